"""What a button does, as the text that it carries. Codes in messages already sent keep working.

A platform only carries the text; it fits the 64 bytes that Telegram allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

ASK, YES = "ask", "yes"  #: the two steps of what cannot be undone
CHOSEN = "*"  #: in the code of a menu of several: the values chosen, joined by commas, take its place


class Action(StrEnum):
    """What a button does; the values are the first word of its code."""

    CANCEL = "cancel"  #: cancel an order: `cancel:17`
    STOP = "stop"  #: stop a download, by its request: `stop:telegram:5:6`
    OUTPUTS = "wish"  #: other outputs of an order's song: `wish:17:-drums:mp3`
    AGAIN = "again"  #: an order's own outputs again, in this chat: `again:17`
    FORMAT = "format"  #: an order's buttons, for another format: `format:17:flac`
    OPEN = "open"  #: show the options of a setting: `open:language:telegram:5`
    SET = "set"  #: choose one: `set:language:de:telegram:5`
    FORGET = "forget"  #: `forget:ask:telegram:5`, then `forget:yes:telegram:5`
    DELETE = "delete"  #: one song: `delete:` asks which, `delete:17` whether, `delete:17:yes` deletes it
    SHARE = "share"  #: explain how a result comes into another chat: `share:17`


class Setting(StrEnum):
    """What `/settings` lets people choose; the values are the names in codes and in the database."""

    OUTPUTS = "wish"
    FORMAT = "format"
    EFFORT = "effort"
    LANGUAGE = "language"
    DAILY = "daily"  #: songs a day, of a group

    @property
    def field(self) -> str:
        """Its name in `Preferences` and in the sentences' keys."""
        return self.name.lower()


#: The fields that follow each action, in their order. The last one may hold colons.
_FIELDS: dict[Action, tuple[str, ...]] = {
    Action.CANCEL: ("order",),
    Action.STOP: ("request",),
    Action.OUTPUTS: ("order", "value"),
    Action.AGAIN: ("order",),
    Action.FORMAT: ("order", "value"),
    Action.OPEN: ("setting", "owner"),
    Action.SET: ("setting", "value", "owner"),
    Action.FORGET: ("value", "owner"),
    Action.DELETE: ("order", "value"),
    Action.SHARE: ("order",),
}


@dataclass(frozen=True)
class ButtonCode:
    """An action and what it is done to. `str()` encodes it, `decode` reads it back."""

    action: Action
    order: int = 0
    value: str = ""  #: an output spec's code, a format, a setting's value, `ASK` or `YES`
    setting: Setting | None = None
    owner: str = ""  #: the person or group that a setting or a deletion is for
    request: str = ""

    def __str__(self) -> str:
        """The code: `wish:17:-drums:mp3`. An optional last part is left out where it is empty."""
        parts = [str(getattr(self, name) or "") for name in _FIELDS[self.action]]
        if len(parts) > 1 and not parts[-1]:
            parts.pop()
        return ":".join([self.action, *parts])

    @classmethod
    def decode(cls, code: str) -> Self:
        """Read a code, of this version or an earlier one.

        Raises:
            ValueError: No button has this code.
        """
        word, _, rest = code.partition(":")
        action = Action(word)
        names = _FIELDS[action]
        facts = dict(zip(names, rest.split(":", len(names) - 1), strict=False))
        order = facts.pop("order", "") or "0"
        if not order.isdecimal():
            raise ValueError(code)
        setting = Setting(facts.pop("setting")) if "setting" in facts else None
        return cls(action, int(order), setting=setting, **facts)


def is_code(text: str, action: Action) -> bool:
    """Whether a text is a button's code for this action."""
    try:
        return ButtonCode.decode(text).action is action
    except ValueError:
        return False
