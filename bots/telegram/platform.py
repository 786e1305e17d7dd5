"""Telegram as the courier sees it: status messages shown, results delivered."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import structlog

from bots.talk import ComeBack, Unreachable
from bots.telegram.address import Address
from bots.telegram.render import batches
from bots.telegram.trouble import NETWORK_PAUSE_S, Unanswered, told_apart
from bots.telegram.uploads import Uploads, file_id_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Message

    from bots.talk import File, Memory, Reply, Result
    from bots.telegram.messenger import Messenger

log = structlog.get_logger()

UNFINISHED = 1000  #: answers of which it is known what went out already
REACT_TRIES = 20  #: of the sign that all is there; a private chat has room for it within seconds
SETTLE_S = 3.0  #: an upload without an answer may still be on its way into the chat


class Telegram:
    """The platform; keeps the promise of `bots.talk.Platform`."""

    name = "telegram"

    def __init__(self, messenger: Messenger, memory: Memory) -> None:
        """Take what posts and edits, and where file ids outlive this process."""
        self._messenger = messenger
        self._uploads = Uploads(messenger, memory)
        #: Files of an order's result that are sent, by their mix: another try goes on where one ended, also
        #: with files that were made smaller meanwhile.
        self._sent: dict[int, dict[str, Message | None]] = {}
        #: Uploads that were not answered: the last message id before them, by the result's key and first mix.
        self._doubts: dict[tuple[str, str], int] = {}

    async def show(self, address: str, reply: Reply) -> None:
        """Turn the status message at this address into `reply`."""
        await self._messenger.edit(_read(address), reply, spare=not reply.final)

    async def deliver(self, result: Result) -> str:
        """Show the last status message, then send the files; returns ids as JSON.

        The edit goes first because a repeat of it is harmless; after the upload nothing can fail any more.
        """
        parts = len(list(batches(result.files)))
        self._messenger.make_room(_read(result.address), 1 + parts)
        address = await self._messenger.edit(_read(result.address), result.reply)
        sent = self._sent.setdefault(result.order, {})
        if len(self._sent) > UNFINISHED:  # answers that were never finished: their chats are gone
            del self._sent[next(iter(self._sent))]
        names = _names(result.files)
        for part in batches([file for file in result.files if names[file.key] not in sent]):
            mine = [names[file.key] for file in part]
            messages: Sequence[Message | None] = await self._once((result.key, mine[0]), address, part)
            # Without messages its answer got lost, and it lies in the chat all the same.
            sent.update(zip(mine, messages or [None] * len(part), strict=True))
        del self._sent[result.order]
        if result.files:
            self._messenger.react(address, "👍", tries=REACT_TRIES)
        return _receipt(address, sent)

    async def _once(self, key: tuple[str, str], address: Address, part: Sequence[File]) -> list[Message]:
        """Send a part; one whose answer got lost is looked for before it is sent again."""
        if key in self._doubts and await self._arrived(key, address):
            return []
        last = max(self._messenger.probe.last(address.chat), address.status)
        try:
            return await self._uploads.send(address, part)
        except Unanswered:
            self._doubts[key] = last
        if await self._arrived(key, address):
            return []
        raise ComeBack(NETWORK_PAUSE_S)

    async def _arrived(self, key: tuple[str, str], address: Address) -> bool:
        """Whether an unanswered upload lies in the chat all the same."""
        await asyncio.sleep(SETTLE_S)
        found = await told_apart(self._messenger.probe.files_after(address.chat, self._doubts[key]))
        for message in found or ():
            self._messenger.probe.saw(address.chat, message)
        return bool(self._doubts.pop(key) and found)


def _read(address: str) -> Address:
    try:
        return Address.read(address)
    except ValueError:
        log.exception("address_unreadable")
        raise Unreachable from None


def _names(files: Sequence[File]) -> dict[str, str]:
    """What each file is called over all tries, by its key: its mix, even when it was made anew."""
    return {file.key: file.mix or file.name for file in files}


def _receipt(address: Address, sent: dict[str, Message | None]) -> str:
    """Message ids, and Telegram's id of every file by its mix."""
    known = {name: message for name, message in sent.items() if message is not None}
    ids = {name: file_id_of(message) for name, message in known.items()}
    numbers = [message.message_id for message in known.values()]
    return json.dumps({"status": address.status, "messages": numbers, "files": ids})
