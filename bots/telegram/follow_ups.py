"""Handles words that reply to one of the bot's messages, and words that were corrected by an edit."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bots.chat.messages import ButtonClick
from bots.telegram.address import Address
from bots.telegram.status import StatusMessage
from bots.telegram.update_parser import address_of, author_of, group_id_of, request_id_of

if TYPE_CHECKING:
    from telegram import Message

    from bots.chat.service import ChatService
    from bots.telegram.messenger import Messenger
    from bots.telegram.update_parser import ParsedMessage
    from separator import Order


class FollowUpHandler:
    """Orders more of a song by words about one of its answers."""

    def __init__(self, service: ChatService, messenger: Messenger, upload_limit_bytes: int) -> None:
        self._service = service
        self._messenger = messenger
        self._upload_limit_bytes = upload_limit_bytes

    async def order_replied_to(self, message: Message, parsed: ParsedMessage) -> Order | None:
        """The order whose status message or file a message replies to."""
        is_answer = partial(_is_answer, chat=message.chat.id, number=parsed.replied)
        owner, chat = author_of(message).id, group_id_of(message.chat)
        return await self._service.follow_ups.find_order(owner, chat, is_answer)

    async def serve(self, message: Message, order: Order, words: str, request_id: str = "") -> None:
        """Order what the words say of the order's song; say nothing where they say nothing of it."""
        request_id = request_id or request_id_of(message)
        known = await self._service.songs.address_of(request_id)
        there = Address.read(order.reply_to)
        here = replace(address_of(message, None), song=there.song if there.chat == message.chat.id else 0)
        status = StatusMessage(self._messenger, Address.read(known) if known else here)
        click = ButtonClick(
            id=request_id,
            person=author_of(message),
            platform="telegram",
            code="",
            reply_to=status.address_text,
            upload_limit_bytes=self._upload_limit_bytes,
            chat=group_id_of(message.chat),
        )
        async for reply in self._service.follow_ups.serve(click, order, words):
            await status.show(reply)

    def means_outputs(self, message: Message, words: str) -> bool:
        """Whether the words ask for something to be separated."""
        return self._service.songs.is_wish(author_of(message), words)


def _is_answer(order: Order, chat: int, number: int) -> bool:
    """Whether a message of ours is the status message or a file of an order."""
    try:
        address = Address.read(order.reply_to)
        receipt = json.loads(order.receipt or "{}")
    except ValueError:
        return False
    sent = {address.status, receipt.get("status", 0), *receipt.get("messages", ())}
    return address.chat == chat and number in sent
