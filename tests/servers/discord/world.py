"""What stands on our Discord: people, channels, messages, interactions, as they are on the wire."""

from __future__ import annotations

import mimetypes
import re
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

Json = dict[str, Any]

#: The bits of Discord's permissions that the tests give and take.
PERMISSIONS = {
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "use_application_commands": 1 << 31,
    "send_messages_in_threads": 1 << 38,
}
EVERYTHING = sum(PERMISSIONS.values()) & ~PERMISSIONS["manage_messages"]
EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15
EPOCH_MS = 1_420_070_400_000  # Discord's snowflakes count from 2015

_step = count(1)


def snowflake() -> int:
    """An id that rises, with the time in it."""
    return ((int(time.time() * 1000) - EPOCH_MS) << 22) | (next(_step) & 0x3FFFFF)


def now() -> str:
    """The time as Discord writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000+00:00", time.gmtime())


@dataclass
class User:
    """Somebody, or the bot."""

    name: str
    bot: bool = False
    locale: str = "en-US"
    moderator: bool = False
    id: int = field(default_factory=snowflake)

    def wire(self) -> Json:
        """As Discord writes it."""
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": None,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
        }

    def member(self) -> Json:
        """Their membership in a server, without the user."""
        return {"roles": [], "joined_at": now(), "deaf": False, "mute": False, "flags": 0, "nick": None}


@dataclass
class Channel:
    """A text channel of a server, or (without one) a person's direct messages."""

    guild: int | None
    name: str = "music"
    recipient: User | None = None
    denied: int = 0  #: permissions that the bot lacks here
    limit_bytes: int = 10 * 2**20  #: the largest attachment that is taken
    parent: Channel | None = None  #: of a thread
    id: int = field(default_factory=snowflake)

    def wire(self, bot: User) -> Json:
        """As Discord writes it."""
        if self.guild is None:
            recipients = [self.recipient.wire()] if self.recipient else []
            return {"id": str(self.id), "type": 1, "recipients": recipients, "last_message_id": None}
        if self.parent is not None:
            return self._thread()
        overwrite = {"id": str(bot.id), "type": 1, "allow": "0", "deny": str(self.denied)}
        return {
            "id": str(self.id),
            "type": 0,
            "guild_id": str(self.guild),
            "name": self.name,
            "position": 0,
            "permission_overwrites": [overwrite],
            "nsfw": False,
            "parent_id": None,
        }

    def _thread(self) -> Json:
        return {
            "id": str(self.id),
            "type": 11,
            "guild_id": str(self.guild),
            "parent_id": str(self.parent.id if self.parent else 0),
            "owner_id": "1",
            "name": self.name,
            "message_count": 1,
            "member_count": 1,
            "rate_limit_per_user": 0,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 1440,
                "archive_timestamp": now(),
                "locked": False,
            },
        }


@dataclass
class Message:
    """A message; `fields` are what its sender gave, kept as they came."""

    channel: Channel
    author: User
    fields: Json
    attachments: list[Json] = field(default_factory=list)
    mentions: list[User] = field(default_factory=list)
    reference: Message | None = None
    ephemeral_for: User | None = None
    deleted: bool = False
    edits: list[float] = field(default_factory=list)  #: when, monotonic
    id: int = field(default_factory=snowflake)

    @property
    def text(self) -> str:
        """All words that a person reads in it, components included; a title without its marks."""
        words = [self.fields.get("content") or "", *_texts(self.fields.get("components") or [])]
        return re.sub(r"(?<!\\)\*\*", "", "\n".join(words)).strip()

    @property
    def buttons(self) -> dict[str, Json]:
        """Its buttons by label."""
        return {
            each["label"]: each for each in _walk(self.fields.get("components") or []) if each["type"] == 2
        }

    @property
    def menus(self) -> list[Json]:
        """Its select menus, from top to bottom."""
        return [each for each in _walk(self.fields.get("components") or []) if each["type"] == 3]

    def wire(self) -> Json:
        """As Discord writes it."""
        payload: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "author": self.author.wire(),
            "content": self.fields.get("content") or "",
            "timestamp": now(),
            "edited_timestamp": now() if self.edits else None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [each.wire() for each in self.mentions],
            "mention_roles": [],
            "attachments": self.attachments,
            "embeds": [],
            "pinned": False,
            "type": 19 if self.reference else 0,
            "flags": self.fields.get("flags") or 0,
            "components": self.fields.get("components") or [],
        }
        if self.reference is not None:
            payload["message_reference"] = {
                "message_id": str(self.reference.id),
                "channel_id": str(self.channel.id),
            }
            payload["referenced_message"] = self.reference.wire() if not self.reference.deleted else None
        return payload


@dataclass
class Interaction:
    """A command, a menu or a button, and what the bot made of it."""

    channel: Channel
    user: User
    source: Message | None = None  #: the message that a button stands under
    id: int = field(default_factory=snowflake)
    token: str = ""
    asked: float = field(default_factory=time.monotonic)
    acknowledged_s: float | None = None  #: seconds from the event to the acknowledgement
    kind: int = 0  #: of the acknowledgement, as Discord numbers them
    response: Message | None = None
    followups: list[Message] = field(default_factory=list)
    ended: bool = False  #: its token's fifteen minutes are over
    suggested: list[str] | None = None  #: what was offered to somebody who types
    values: dict[str, str] = field(default_factory=dict)  #: what is sent for each suggestion
    form: Json | None = None  #: the form that was opened

    def __post_init__(self) -> None:
        self.token = self.token or f"interaction-{self.id}"


def attachment(url: str, name: str, data: bytes) -> Json:
    """An attachment as Discord writes it."""
    return {
        "id": str(snowflake()),
        "filename": name,
        "size": len(data),
        "url": url,
        "proxy_url": url,
        "content_type": mimetypes.guess_type(name)[0],
    }


def _walk(components: list[Json]) -> list[Json]:
    """Every component, however deep."""
    found = []
    for each in components:
        found.append(each)
        found += _walk(each.get("components") or [])
    return found


def _texts(components: list[Json]) -> list[str]:
    return [each["content"] for each in _walk(components) if each["type"] == 10]


def count_of(components: list[Json]) -> int:
    """How many components there are in all."""
    return len(_walk(components))
