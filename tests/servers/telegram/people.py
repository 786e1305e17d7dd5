"""People and groups on the far side of the Bot API: they send songs, press buttons, and read what comes."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.telegram.server import BotApi

Json = dict[str, Any]
_ENTITIES = {"mention": re.compile(r"(?<!\w)@\w{3,}"), "bot_command": re.compile(r"(?<!\w)/\w+(?:@\w+)?")}


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def entities(text: str) -> list[Json]:
    """What Telegram finds in a text by itself; offsets in UTF-16 code units."""
    return [
        {"type": kind, "offset": _utf16(text[: hit.start()]), "length": _utf16(hit.group())}
        for kind, pattern in _ENTITIES.items()
        for hit in pattern.finditer(text)
    ]


def labels(message: Json) -> list[str]:
    """The buttons under a message, by what they say."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


@dataclass
class Group:
    """A supergroup; `admins` are ids of people who may moderate."""

    api: BotApi
    id: int = -1001000000001
    title: str = "The band"
    forum: bool = False
    admins: set[int] = field(default_factory=set)

    @property
    def chat(self) -> Json:
        """As the contract has it."""
        return {
            "id": self.id,
            "type": "supergroup",
            "title": self.title,
            **({"is_forum": True} if self.forum else {}),
        }


@dataclass
class Channel(Group):
    """A channel in which the bot may post."""

    id: int = -1002000000002
    title: str = "The band's news"

    @property
    def chat(self) -> Json:
        """As the contract has it."""
        return {"id": self.id, "type": "channel", "title": self.title}


@dataclass
class Person:
    """Somebody with Telegram open."""

    api: BotApi
    id: int
    name: str = "Ada"
    language: str = "en"

    @property
    def user(self) -> Json:
        """As the contract has it."""
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}

    @property
    def chat(self) -> Json:
        """The private chat with the bot: its id is the person's."""
        return {"id": self.id, "type": "private", "first_name": self.name}

    async def says(self, text: str, where: Group | None = None, **more: Any) -> Json:
        """Send a text; returns the message."""
        return await self._send(where, {"text": text, "entities": entities(text)}, more)

    async def sends(
        self, path: Path, caption: str = "", *, kind: str = "audio", where: Group | None = None, **more: Any
    ) -> Json:
        """Send a file as `audio`, `voice`, `video`, `video_note` or `document`; returns the message.

        `more` may carry `file` (facts of the file that override the usual), `reply_to_message`,
        `message_thread_id`, `sender_chat`. A GIF (`animation`) comes as a document, too, as from Telegram.
        """
        facts = _facts_of(kind, path) | more.pop("file", {})
        file = self.api.add_file(await asyncio.to_thread(path.read_bytes), facts)
        caption_fields = {"caption": caption, "caption_entities": entities(caption)} if caption else {}
        same = (
            {"document": {key: file[key] for key in file if key not in {"duration", "width", "height"}}}
            if kind == "animation"
            else {}
        )
        return await self._send(where, {kind: file, **same, **caption_fields}, more)

    async def edits(self, message: Json, words: str) -> Json:
        """Correct the text or caption of a message that was sent."""
        name, found = ("text", "entities") if "text" in message else ("caption", "caption_entities")
        edited = {**message, name: words, found: entities(words), "edit_date": message["date"] + 1}
        self.api.messages[message["chat"]["id"], message["message_id"]] = edited
        kind = "edited_channel_post" if message["chat"]["type"] == "channel" else "edited_message"
        await self.api.send_update(kind, edited)
        return edited

    async def presses(self, message: Json, label: str) -> str:
        """Press the button with this label; returns the callback query's id."""
        rows = message["reply_markup"]["inline_keyboard"]
        data = next(button["callback_data"] for row in rows for button in row if button["text"] == label)
        return await self.calls_back(message, data)

    async def calls_back(self, message: Json, data: str) -> str:
        """Press a button with these data, even one that is no longer there."""
        query = f"cb{self.api.next_id()}"
        await self.api.send_update(
            "callback_query",
            {"id": query, "from": self.user, "chat_instance": "1", "data": data, "message": message},
        )
        return query

    async def types(self, words: str) -> Json:
        """Type our name and these words in any chat; returns how that was answered."""
        query = f"iq{self.api.next_id()}"
        body = {"id": query, "from": self.user, "query": words, "offset": ""}
        await self.api.send_update("inline_query", body)
        return await self.api.until(lambda: self.api.answered.get(query))

    async def _send(self, where: Group | None, body: Json, more: Json) -> Json:
        body = {key: value for key, value in body.items() if value != []}
        chat = (where or self).chat
        sender = {"sender_chat": chat} if chat["type"] == "channel" else {"from": self.user}
        if "sender_chat" in more:  # Telegram then names one and the same user for everybody
            sender = {"from": {"id": 136817688, "is_bot": True, "first_name": "Channel"}}
        message = self.api.write(chat, {**sender, **body, **more})
        await self.api.send_update("channel_post" if chat["type"] == "channel" else "message", message)
        return message


def _facts_of(kind: str, path: Path) -> Json:
    """What Telegram says of a file of this kind."""
    named = {"file_name": path.name}
    return {
        "audio": {"duration": 11, "mime_type": "audio/mpeg", **named},
        "voice": {"duration": 11, "mime_type": "audio/ogg"},
        "video": {"duration": 11, "width": 320, "height": 240, "mime_type": "video/mp4", **named},
        "video_note": {"duration": 11, "length": 240},
        "animation": {"duration": 3, "width": 320, "height": 240, "mime_type": "video/mp4", **named},
        "document": named,
    }[kind]
