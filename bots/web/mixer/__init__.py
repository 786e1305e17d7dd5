"""The mixer: an aiohttp app and a page that play a manifest behind a link. Knows no jobs, no bots.

The app is loaded when it is first used: it brings NumPy along, 13 MB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bots.web.mixer.files import Files
from bots.web.mixer.mix_files import FileStatus, MixFiles
from bots.web.mixer.pages import SECURITY_HEADERS, STATIC, page, pick_language
from bots.web.mixer.responses import send_object

if TYPE_CHECKING:
    from bots.web.mixer.app import mixer_app

__all__ = [
    "SECURITY_HEADERS",
    "STATIC",
    "FileStatus",
    "Files",
    "MixFiles",
    "mixer_app",
    "page",
    "pick_language",
    "send_object",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - as PEP 562 has it
    if name == "mixer_app":
        from bots.web.mixer.app import mixer_app  # noqa: PLC0415 - see above

        return mixer_app
    raise AttributeError(name)
