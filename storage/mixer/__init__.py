"""The mixer: an aiohttp app and a page that play a manifest behind a link. Knows no jobs, no bots.

The app is loaded when it is asked for: it brings NumPy along, 13 MB that a bot, which draws a card at most,
saves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.mixer.card import card
from storage.mixer.files import Files
from storage.mixer.making import Made, Maker
from storage.mixer.serve import send_object
from storage.mixer.shell import SECURITY_HEADERS, STATIC, page, pick_language

if TYPE_CHECKING:
    from storage.mixer.app import mixer_app

__all__ = [
    "SECURITY_HEADERS",
    "STATIC",
    "Files",
    "Made",
    "Maker",
    "card",
    "mixer_app",
    "page",
    "pick_language",
    "send_object",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - as PEP 562 has it
    if name == "mixer_app":
        from storage.mixer.app import mixer_app  # noqa: PLC0415 - see above

        return mixer_app
    raise AttributeError(name)
