"""The base of every platform's `reply_to`: where an answer goes, as JSON that outlives the process."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self, get_type_hints


@dataclass(frozen=True)
class ReplyAddress:
    """A status message on one platform. Subclasses add the fields; their names are stored, so they stay."""

    def write(self) -> str:
        """The address as an order keeps it: JSON without what is empty."""
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `write` wrote.

        Raises:
            ValueError: It is no address of this platform.
        """
        try:
            address = cls(**json.loads(text))
        except TypeError as error:
            raise ValueError(f"not an address: {text}") from error
        for name, kind in get_type_hints(cls).items():
            if not isinstance(getattr(address, name), (int, float) if kind is float else kind):
                raise ValueError(f"not an address: {text}")  # noqa: TRY004 - as for any other text
        return address
