"""Sends files to a chat: from storage, or by the file id of an earlier upload."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from telegram import InputFile, InputMediaAudio, InputMediaDocument, Message
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError

from bots.chat.messages import Unreachable, UploadTooBig
from bots.telegram.address import Address
from bots.telegram.errors import (
    ChatMoved,
    FileTooLarge,
    Refused,
    ResponseLost,
    WrongFormat,
    classify,
    may_have_succeeded,
)
from bots.telegram.messenger import reply_arguments
from bots.telegram.render import is_music
from storage import temp_dir

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Sequence

    from bots.chat.file_ids import FileIdCache
    from bots.chat.messages import File
    from bots.telegram.messenger import Messenger

log = structlog.get_logger()

#: Seconds to wait for the response to an upload, after its last byte: Telegram stores the file meanwhile.
RESPONSE_S = 180.0
ACTION_S = 4.0  #: "sending a file…" fades after 5 s; Bot API, sendChatAction


@dataclass(frozen=True)
class _Batch:
    """Files of one kind as they are sent together."""

    files: Sequence[File]
    media: Sequence[str | InputFile]
    covers: Sequence[bytes | None]
    as_documents: bool

    def album(self) -> list[InputMediaAudio | InputMediaDocument]:
        """The files of an album."""
        entries = zip(self.files, self.media, self.covers, strict=True)
        if self.as_documents:
            return [
                InputMediaDocument(media, thumbnail=cover, disable_content_type_detection=True)
                for _, media, cover in entries
            ]
        return [InputMediaAudio(media, thumbnail=cover, **_tags(file)) for file, media, cover in entries]


class Uploads:
    """Sends files, one batch (a file or an album) per request."""

    def __init__(self, messenger: Messenger, file_ids: FileIdCache) -> None:
        self._bot = messenger.bot
        self._delivery_check = messenger.delivery_check
        self._file_ids = file_ids

    async def send(self, address: Address, part: Sequence[File]) -> list[Message]:
        """Send a batch; returns the messages.

        Raises:
            Unreachable, RetryLater: As for every platform.
            Unanswered: It may have been sent.
            UploadTooBig: Telegram refuses files this large.
        """
        ids = await self._file_ids.get([file.key for file in part])
        known = [ids.get(file.key, "") for file in part]
        if all(known):
            with contextlib.suppress(BadRequest):  # Telegram no longer has the file: it is uploaded again
                return await self._remember_ids(part, await self._request(address, part, known), ids)
        return await self._remember_ids(part, await self._upload(address, part), ids)

    async def _remember_ids(
        self, part: Sequence[File], messages: Sequence[Message], known: dict[str, str]
    ) -> list[Message]:
        """Store the file ids, so that no file is uploaded twice."""
        ids: dict[str, str] = {}
        for file, message in zip(part, messages, strict=False):
            self._delivery_check.record_message(message.chat.id, message.message_id)
            file_id = file_id_of(message)
            if file.key and file_id and file_id != known.get(file.key):
                ids[file.key] = file_id
        if ids:
            await self._file_ids.add(ids)
        return list(messages)

    async def _upload(self, address: Address, part: Sequence[File]) -> list[Message]:
        """Upload a batch from storage."""
        with (
            temp_dir() as folder,
            contextlib.ExitStack() as opened,
        ):
            uploads = []
            for number, file in enumerate(part):
                path = Path(folder, str(number))
                await file.save(path)
                handle = opened.enter_context(await asyncio.to_thread(path.open, "rb"))
                # A handle, not bytes: it is read from disk while it is sent.
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
        *,
        as_documents: bool = False,
    ) -> list[Message]:
        """Send one request; translates its error. What Telegram does not take as music goes as a document."""
        request = _Batch(part, media, covers or [None] * len(part), as_documents or not is_music(part[0]))
        try:
            return list(await self._send(address, request))
        except TelegramError as error:
            classified = classify(error)
            if isinstance(media[0], str) and type(classified) in {Refused, WrongFormat}:
                raise  # it is about the file id
            if may_have_succeeded(error):
                log.warning("upload_response_lost", files=len(part), error=type(error.__cause__).__name__)
                raise ResponseLost from None
        if isinstance(classified, ChatMoved):
            return await self._request(Address(chat=classified.chat), part, media, covers)
        if isinstance(classified, WrongFormat) and not request.as_documents:
            return await self._request(address, part, media, as_documents=True)
        if isinstance(classified, FileTooLarge):
            raise UploadTooBig(max(file.size_bytes for file in part))
        raise classified or Unreachable

    async def _send(self, address: Address, batch: _Batch) -> Sequence[Message]:
        common: dict[str, Any] = {
            "chat_id": address.chat,
            "read_timeout": RESPONSE_S,
            **reply_arguments(address),
        }
        if len(batch.files) > 1:
            return await self._bot.send_media_group(
                media=batch.album(), rate_limit_args=len(batch.files), **common
            )
        send: Awaitable[Message]
        [file], [media], [cover] = batch.files, batch.media, batch.covers
        if batch.as_documents:
            send = self._bot.send_document(
                document=media, thumbnail=cover, disable_content_type_detection=True, **common
            )
        else:
            send = self._bot.send_audio(audio=media, thumbnail=cover, **_tags(file), **common)
        return [await send]

    @contextlib.asynccontextmanager
    async def _uploading(self, address: Address) -> AsyncIterator[None]:
        """Show "sending a file…" while the block runs."""
        task = asyncio.create_task(self._repeat_action(address))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _repeat_action(self, address: Address) -> None:
        while True:
            with contextlib.suppress(TelegramError):
                await self._bot.send_chat_action(
                    address.chat, ChatAction.UPLOAD_DOCUMENT, message_thread_id=address.thread or None
                )
            if address.chat < 0:  # a group's rate limit is for replies; once is enough there
                return
            await asyncio.sleep(ACTION_S)


def file_id_of(message: Message) -> str:
    """Telegram's id of the file in a message."""
    file = message.audio or message.document
    return file.file_id if file else ""


def _tags(file: File) -> dict[str, Any]:
    """What Telegram's player shows; it takes whole seconds."""
    return {
        "title": file.title or None,
        "performer": file.performer or None,
        "duration": round(file.duration_s) or None,
    }


async def _cover(file: File) -> bytes | None:
    """The thumbnail of a file; None if it has none."""
    return (await file.cover() or None) if file.cover else None
