"""Files into a chat: out of storage and up to Telegram, or by the id under which Telegram has them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from telegram import InputFile, InputMediaAudio, InputMediaDocument, Message
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError

from bots.chat.messages import TooBig, Unreachable
from bots.telegram.address import Address
from bots.telegram.errors import Large, Moved, Unanswered, classify, perhaps_done
from bots.telegram.messenger import where
from bots.telegram.render import is_music

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Sequence

    from bots.chat.messages import File, FileIds
    from bots.telegram.messenger import Messenger

log = structlog.get_logger()

#: Seconds to wait for the answer to an upload, after its last byte: Telegram stores the file meanwhile.
ANSWER_S = 180.0
ACTION_S = 4.0  #: "sending a file…" fades after 5 s; Bot API, sendChatAction


class Uploads:
    """Sends files, one part (a file or an album) a request."""

    def __init__(self, messenger: Messenger, memory: FileIds) -> None:
        """Take what knows the bot and the messages seen, and where file ids outlive this process."""
        self._bot = messenger.bot
        self._probe = messenger.probe
        self._memory = memory

    async def send(self, address: Address, part: Sequence[File]) -> list[Message]:
        """Send a part; returns the messages.

        Raises:
            Unreachable, ComeBack: As the courier knows them.
            Unanswered: It may be there.
            TooBig: Telegram does not take files so large.
        """
        ids = await self._memory.recall([file.key for file in part])
        known = [ids.get(file.key, "") for file in part]
        if all(known):
            with contextlib.suppress(BadRequest):  # Telegram forgot the file: it goes up again
                return await self._noted(part, await self._request(address, part, known), ids)
        return await self._noted(part, await self._afresh(address, part), ids)

    async def _noted(
        self, part: Sequence[File], messages: Sequence[Message], known: dict[str, str]
    ) -> list[Message]:
        """Remember under which id Telegram keeps each file, so that it never goes up twice."""
        ids: dict[str, str] = {}
        for file, message in zip(part, messages, strict=False):
            self._probe.saw(message.chat.id, message.message_id)
            kept = file_id_of(message)
            if file.key and kept and kept != known.get(file.key):
                ids[file.key] = kept
        if ids:
            await self._memory.remember(ids)
        return list(messages)

    async def _afresh(self, address: Address, part: Sequence[File]) -> list[Message]:
        """Bring a part out of storage and up to Telegram."""
        with (
            tempfile.TemporaryDirectory(prefix=f"stembot-{os.getpid()}-") as folder,
            contextlib.ExitStack() as opened,
        ):
            uploads = []
            for number, file in enumerate(part):
                path = Path(folder, str(number))
                await file.save(path)
                handle = opened.enter_context(await asyncio.to_thread(path.open, "rb"))
                # A handle, not bytes: it is read from disk while it goes out.
                uploads.append(
                    InputFile(handle, filename=file.name, attach=len(part) > 1, read_file_handle=False)
                )
            covers = [await _cover(file) for file in part]
            async with self._uploading(address):
                return await self._request(address, part, uploads, covers)

    async def _request(
        self,
        address: Address,
        part: Sequence[File],
        media: Sequence[str | InputFile],
        covers: Sequence[bytes | None] = (),
    ) -> list[Message]:
        """One request, and what its error means."""
        try:
            return list(await self._call(address, part, media, covers or [None] * len(part)))
        except TelegramError as error:
            if isinstance(error, BadRequest) and isinstance(media[0], str):
                raise
            meaning = classify(error)
            if perhaps_done(error):
                log.warning("upload_unanswered", files=len(part), trouble=type(error.__cause__).__name__)
                raise Unanswered from None
        if isinstance(meaning, Moved):
            return await self._request(Address(chat=meaning.chat), part, media, covers)
        if isinstance(meaning, Large):
            raise TooBig(max(file.size_bytes for file in part))
        raise meaning or Unreachable

    async def _call(
        self,
        address: Address,
        part: Sequence[File],
        media: Sequence[str | InputFile],
        covers: Sequence[bytes | None],
    ) -> Sequence[Message]:
        there: dict[str, Any] = {"chat_id": address.chat, "read_timeout": ANSWER_S, **where(address)}
        if len(part) > 1:
            album = [_entry(*each) for each in zip(part, media, covers, strict=True)]
            return await self._bot.send_media_group(media=album, **there)
        send: Awaitable[Message]
        if is_music(part[0]):
            send = self._bot.send_audio(audio=media[0], thumbnail=covers[0], **_tags(part[0]), **there)
        else:
            send = self._bot.send_document(
                document=media[0], thumbnail=covers[0], disable_content_type_detection=True, **there
            )
        return [await send]

    @contextlib.asynccontextmanager
    async def _uploading(self, address: Address) -> AsyncIterator[None]:
        """Show "sending a file…" while the block runs."""
        task = asyncio.create_task(self._act(address))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _act(self, address: Address) -> None:
        while True:
            with contextlib.suppress(TelegramError):
                await self._bot.send_chat_action(
                    address.chat, ChatAction.UPLOAD_DOCUMENT, message_thread_id=address.thread or None
                )
            if address.chat < 0:  # a group's budget of messages is for answers; once is enough there
                return
            await asyncio.sleep(ACTION_S)


def file_id_of(message: Message) -> str:
    """Under which id Telegram keeps the file of a message."""
    kept = message.audio or message.document
    return kept.file_id if kept else ""


def _tags(file: File) -> dict[str, Any]:
    """What Telegram's player shows; seconds are whole there."""
    return {
        "title": file.title or None,
        "performer": file.performer or None,
        "duration": round(file.duration_s) or None,
    }


def _entry(file: File, media: str | InputFile, cover: bytes | None) -> InputMediaAudio | InputMediaDocument:
    """A file of an album."""
    if is_music(file):
        return InputMediaAudio(media, thumbnail=cover, **_tags(file))
    return InputMediaDocument(media, thumbnail=cover, disable_content_type_detection=True)


async def _cover(file: File) -> bytes | None:
    """The picture beside a file; None where it has none."""
    return (await file.cover() or None) if file.cover else None
