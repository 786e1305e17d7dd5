"""The live mixer: an aiohttp app and a page that play the separation behind a link. Imports storage only.

`mixer_app` is loaded when it is first used: it brings NumPy along, 13 MB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bots.web.mixer.files import StaticFiles
from bots.web.mixer.mix_files import FileStatus, MixFiles
from bots.web.mixer.pages import SECURITY_HEADERS, STATIC, pick_language, render_page
from bots.web.mixer.responses import send_object

if TYPE_CHECKING:
    from bots.web.mixer.app import mixer_app

__all__ = [
    "SECURITY_HEADERS",
    "STATIC",
    "FileStatus",
    "MixFiles",
    "StaticFiles",
    "mixer_app",
    "pick_language",
    "render_page",
    "send_object",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - as PEP 562 has it
    if name == "mixer_app":
        from bots.web.mixer.app import mixer_app  # noqa: PLC0415 - see above

        return mixer_app
    raise AttributeError(name)
