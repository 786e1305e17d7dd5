"""Where an answer goes in Discord."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bots.chat.address import ReplyAddress

#: An interaction's token lives 15 min (Discord's documentation), less half a minute, so that no request
#: starts with a token that ends before it does.
TOKEN_S = 15 * 60 - 30


@dataclass(frozen=True)
class Address(ReplyAddress):
    """A status message, and what else is needed to answer beside it.

    The token is stored only where the bot is not a member: there it can answer nothing but the interaction,
    and only for fifteen minutes, so a later answer goes to the person's direct messages.
    """

    channel: int
    message: int  #: the status message; ours, so it can be edited
    person: int  #: who asked
    asked: int = 0  #: the message that holds the song; 0 where there is none (a slash command)
    token: str = ""  #: of the interaction, where the bot itself has no access
    until: float = 0.0  #: seconds since 1970; when the token ends

    @property
    def by_token(self) -> bool:
        """Whether only the interaction's token can answer here."""
        return bool(self.token)

    def ended(self, now: float | None = None) -> bool:
        """Whether that token has ended."""
        return self.by_token and (time.time() if now is None else now) >= self.until
