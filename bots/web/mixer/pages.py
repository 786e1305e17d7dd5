"""What every page of the house has in common: headers, words, and the frame of HTML they stand in.

A page is a file with `{{key}}` where a sentence goes; the scripts get the same sentences as a JSON block. So
no sentence stands in HTML or script, and whatever a song calls itself is escaped once, here.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

STATIC = Path(__file__).parent / "static"
DEFAULT_LANGUAGE = "en"

#: Nothing comes from elsewhere and nothing is told there: a link in the address must not leak by a referrer.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}

_SLOT = re.compile(r"\{\{([a-z0-9_.]+)\}\}")


def pick_language(request: web.Request, phrases: Mapping[str, Mapping[str, str]]) -> str:
    """The first language of the browser's list that the table has, else English."""
    for part in request.headers.get("Accept-Language", "").split(","):
        primary = part.partition(";")[0].strip().partition("-")[0].lower()
        if primary in phrases:
            return primary
    return DEFAULT_LANGUAGE


def page(
    name: str,
    phrases: Mapping[str, Mapping[str, str]],
    language: str,
    *,
    folder: Path = STATIC,
    status: int = 200,
    **slots: str,
) -> web.Response:
    """A page of ours: the file `name`, its sentences in a language, its slots filled (escaped).

    Raises:
        KeyError: The page has a slot that nobody filled; a test walks them all.
    """
    words = {**phrases.get(DEFAULT_LANGUAGE, {}), **phrases.get(language, {})}
    facts = {**words, **slots, "language": language}
    data = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")

    def fill(slot: re.Match[str]) -> str:
        return data if slot[1] == "words_json" else html.escape(facts[slot[1]])

    text = _SLOT.sub(fill, (folder / name).read_text("utf-8"))
    answer = web.Response(text=text, content_type="text/html", status=status, headers=SECURITY_HEADERS)
    answer.headers["Cache-Control"] = "no-store"
    answer.enable_compression()
    return answer
