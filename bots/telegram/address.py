"""Where an answer goes: what the job table keeps for us between two lives of the bot."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True)
class Address:
    """A place in a chat. Zero where there is no such message or topic."""

    chat: int
    song: int = 0  #: the message with the song; results reply to it
    asked: int = 0  #: the message with the person's words, often the same
    thread: int = 0  #: a forum's topic
    status: int = 0  #: our own message that tells how far it is

    def write(self) -> str:
        """As the job table keeps it."""
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `write` wrote.

        Raises:
            ValueError: It is no address of ours.
        """
        facts = json.loads(text)
        try:
            return cls(**{name: int(value) for name, value in facts.items()})
        except (TypeError, AttributeError) as wrong:
            raise ValueError("not an address in Telegram") from wrong

    def url(self) -> str:
        """Where people of a supergroup can look at the status message; other chats have no such addresses."""
        inner = str(self.chat).removeprefix("-100")
        if not self.status or inner == str(self.chat):
            return ""
        return (
            f"https://t.me/c/{inner}/{self.thread}/{self.status}"
            if self.thread
            else f"https://t.me/c/{inner}/{self.status}"
        )
