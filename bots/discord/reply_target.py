"""Where an answer goes: the opaque `reply_to` of an order, as this room writes and reads it."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import Self

#: An interaction's token lives 15 min (Discord's documentation); half a minute is kept in hand, so that no
#: request is begun with a token that ends under way.
TOKEN_S = 15 * 60 - 30


@dataclass(frozen=True)
class Address:
    """A status message, and what else is needed to answer beside it.

    The token is kept only where the bot is not a member: there nothing but the interaction can be answered,
    and after fifteen minutes nothing at all, so the answer then goes to the person directly.
    """

    channel: int
    message: int  #: the status message; ours, so it can be edited
    person: int  #: who asked
    asked: int = 0  #: the message that holds the song; 0 where there is none (a slash command)
    token: str = ""  #: of the interaction, where the bot itself has no access
    until: float = 0.0  #: seconds since 1970; when the token ends

    @property
    def by_token(self) -> bool:
        """Whether only the interaction's token opens this place."""
        return bool(self.token)

    def ended(self, now: float | None = None) -> bool:
        """Whether that token has ended."""
        return self.by_token and (time.time() if now is None else now) >= self.until

    def write(self) -> str:
        """JSON without what is empty."""
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `write` wrote.

        Raises:
            ValueError: It is no such address.
        """
        try:
            return cls(**json.loads(text))
        except TypeError as wrong:
            raise ValueError("not an address of this room") from wrong
