"""Where an answer goes in Telegram."""

from __future__ import annotations

from dataclasses import dataclass

from bots.chat.address import ReplyAddress


@dataclass(frozen=True)
class Address(ReplyAddress):
    """A status message in a chat. Zero where there is no such message or topic."""

    chat: int
    song: int = 0  #: the message with the song; results reply to it
    asked: int = 0  #: the message with the sender's words, often the same
    thread: int = 0  #: a forum's topic
    status: int = 0  #: the status message

    def url(self) -> str:
        """A link to the status message for members of a supergroup; other chats have no such links."""
        inner = str(self.chat).removeprefix("-100")
        if not self.status or inner == str(self.chat):
            return ""
        thread = f"{self.thread}/" if self.thread else ""
        return f"https://t.me/c/{inner}/{thread}{self.status}"
