"""Telegram as the courier sees it: status messages shown, results delivered."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from telegram import InputFile, InputMediaAudio, InputMediaDocument, Message
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bots.talk import ComeBack, Unreachable
from bots.telegram.address import Address
from bots.telegram.messenger import where
from bots.telegram.render import batches, is_music
from bots.telegram.trouble import (
    NETWORK_PAUSE_S,
    Moved,
    TooBig,
    Unanswered,
    perhaps_done,
    told_apart,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Sequence

    from bots.talk import File, Reply, Result
    from bots.telegram.messenger import Messenger

log = structlog.get_logger()

#: Seconds to wait for the answer to an upload, after its last byte: Telegram stores the file meanwhile.
ANSWER_S = 180.0
SETTLE_S = 3.0  #: an upload without an answer may still be on its way into the chat
ACTION_S = 4.0  #: "sending a file…" fades after 5 s; Bot API, sendChatAction


class Telegram:
    """The platform; keeps the promise of `bots.talk.Platform`."""

    name = "telegram"

    def __init__(self, messenger: Messenger) -> None:
        """Take what posts and edits."""
        self._messenger = messenger
        self._bot = messenger.bot
        #: Parts of a result that are sent, by its key: a second try goes on where the first broke off.
        self._sent: dict[str, list[list[Message]]] = {}
        #: Uploads that were not answered: the last message id before them, by the result's key and part.
        self._doubts: dict[tuple[str, int], int] = {}

    async def show(self, address: str, reply: Reply) -> None:
        """Turn the status message at this address into `reply`."""
        await self._messenger.edit(_read(address), reply)

    async def deliver(self, result: Result) -> str:
        """Show the last status message, then send the files; returns ids as JSON.

        The edit goes first because a repeat of it is harmless; after the upload nothing can fail any more.
        """
        address = await self._messenger.edit(_read(result.address), result.reply)
        sent = self._sent.setdefault(result.key, [])
        parts = list(batches(result.files))
        for number in range(len(sent), len(parts)):
            sent.append(await self._once((result.key, number), address, parts[number]))
        del self._sent[result.key]
        if result.files:
            self._messenger.react(address, "👍")
        return _receipt(address, parts, sent)

    async def _once(self, key: tuple[str, int], address: Address, part: Sequence[File]) -> list[Message]:
        """Send a part; one whose answer got lost is looked for before it is sent again."""
        if key in self._doubts and await self._arrived(key, address):
            return []
        last = max(self._messenger.probe.last(address.chat), address.status)
        try:
            return await self._send(address, part)
        except Unanswered:
            self._doubts[key] = last
        if await self._arrived(key, address):
            return []
        raise ComeBack(NETWORK_PAUSE_S)

    async def _arrived(self, key: tuple[str, int], address: Address) -> bool:
        """Whether an unanswered upload lies in the chat all the same."""
        await asyncio.sleep(SETTLE_S)
        found = await told_apart(self._messenger.probe.files_after(address.chat, self._doubts[key]))
        for message in found or ():
            self._messenger.probe.saw(address.chat, message)
        return bool(self._doubts.pop(key) and found)

    async def _send(self, address: Address, batch: Sequence[File]) -> list[Message]:
        """Bring one batch out of storage and into the chat."""
        with tempfile.TemporaryDirectory(prefix="stembot-") as folder, contextlib.ExitStack() as opened:
            handles = []
            for number, file in enumerate(batch):
                path = Path(folder, str(number))
                await file.save(path)
                handles.append(opened.enter_context(await asyncio.to_thread(path.open, "rb")))
            # Handles, not bytes: the upload is read from disk while it goes out.
            uploads = [
                InputFile(handle, filename=file.name, attach=len(batch) > 1, read_file_handle=False)
                for file, handle in zip(batch, handles, strict=True)
            ]
            async with self._uploading(address):
                return await self._upload(address, batch, uploads)

    async def _upload(
        self, address: Address, batch: Sequence[File], uploads: Sequence[InputFile]
    ) -> list[Message]:
        """One request, and what its error means."""
        try:
            sent = await self._request(address, batch, uploads)
        except TelegramError as error:
            meaning = verdict(error)
            if perhaps_done(error):
                log.warning("upload_unanswered", files=len(batch), trouble=type(error.__cause__).__name__)
                raise Unanswered from None
        else:
            for message in sent:
                self._messenger.probe.saw(address.chat, message.message_id)
            return sent
        if isinstance(meaning, Moved):
            return await self._upload(Address(chat=meaning.chat), batch, uploads)
        if isinstance(meaning, TooBig):
            log.error("upload_too_big", sizes=[file.size_bytes for file in batch])
            raise Unreachable("too big")
        raise meaning or Unreachable

    async def _request(
        self, address: Address, batch: Sequence[File], uploads: Sequence[InputFile]
    ) -> list[Message]:
        there: dict[str, Any] = {"chat_id": address.chat, "read_timeout": ANSWER_S, **where(address)}
        if len(batch) > 1:
            pairs = zip(batch, uploads, strict=True)
            media = [_music(*pair) if is_music(batch[0]) else _document(*pair) for pair in pairs]
            return list(await self._bot.send_media_group(media=media, **there))
        file, upload = batch[0], uploads[0]
        send: Awaitable[Message]
        if is_music(file):
            send = self._bot.send_audio(audio=upload, **_tags(file), **there)
        else:
            send = self._bot.send_document(document=upload, disable_content_type_detection=True, **there)
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


def _read(address: str) -> Address:
    try:
        return Address.read(address)
    except ValueError:
        log.exception("address_unreadable")
        raise Unreachable from None


def _tags(file: File) -> dict[str, Any]:
    """What Telegram's player shows; seconds are whole there."""
    return {
        "title": file.title or None,
        "performer": file.performer or None,
        "duration": round(file.duration_s) or None,
    }


def _music(file: File, upload: InputFile) -> InputMediaAudio:
    return InputMediaAudio(upload, **_tags(file))


def _document(_file: File, upload: InputFile) -> InputMediaDocument:
    return InputMediaDocument(upload, disable_content_type_detection=True)


def _receipt(address: Address, parts: Sequence[Sequence[File]], sent: Sequence[Sequence[Message]]) -> str:
    """Message ids, and Telegram's id of every file by its mix: sent again, it needs no upload."""
    ids = {}
    for part, messages in zip(parts, sent, strict=True):
        for file, message in zip(part, messages, strict=False):  # no messages: the answer got lost
            kept = message.audio or message.document
            if kept is not None:
                ids[file.mix or file.name] = kept.file_id
    numbers = [message.message_id for messages in sent for message in messages]
    return json.dumps({"status": address.status, "messages": numbers, "files": ids})
