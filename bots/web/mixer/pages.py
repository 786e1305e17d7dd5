"""What all pages share: security headers, the choice of language, and templates filled with sentences.

A page is a file with `{{key}}` where a sentence or a value goes; its scripts get the same sentences as a JSON
block. So no sentence stands in HTML or script, and values are escaped in one place.
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

#: Nothing is loaded from or sent to other origins; no referrer, because the address holds the link's token.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex",
}

_WEIGHT = re.compile(r"[01](\.[0-9]{0,3})?")
TELEGRAM_WEB = "https://web.telegram.org"
#: Of the page that a Mini App button opens: web clients show it in a frame. It has no cookie.
MINI_APP_HEADERS = SECURITY_HEADERS | {
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", f"frame-ancestors {TELEGRAM_WEB}"
    )
}
MINI_APP = ("in", "telegram")  #: the query of such a page's address

_PLACEHOLDER = re.compile(r"\{\{([a-z0-9_.]+)\}\}")


def pick_language(request: web.Request, translations: Mapping[str, Mapping[str, str]]) -> str:
    """The language of the browser's list that it likes best of those there are, else English."""
    choices = [_choice(part) for part in request.headers.get("Accept-Language", "").split(",")]
    known = [(weight, language) for weight, language in choices if weight > 0 and language in translations]
    return max(known, key=lambda choice: choice[0])[1] if known else DEFAULT_LANGUAGE


def _choice(part: str) -> tuple[float, str]:
    """Weight and primary subtag of `de-CH;q=0.9`; without a weight 1 (RFC 9110, section 12.4.2)."""
    tag, *parameters = part.split(";")
    weight = next((each.strip()[2:] for each in parameters if each.strip().startswith("q=")), "1")
    return float(weight) if _WEIGHT.fullmatch(weight) else 0.0, tag.strip().partition("-")[0].lower()


def render_page(
    name: str,
    translations: Mapping[str, Mapping[str, str]],
    language: str,
    *,
    folder: Path = STATIC,
    status: int = 200,
    **values: str,
) -> web.Response:
    """The template `name` with its sentences in a language and its other values (escaped).

    Raises:
        KeyError: The template names a value that is not given; a test renders them all.
    """
    sentences = {**translations.get(DEFAULT_LANGUAGE, {}), **translations.get(language, {})}
    values = {**sentences, **values, "language": language}
    data = json.dumps(sentences, ensure_ascii=False).replace("<", "\\u003c")

    def fill(placeholder: re.Match[str]) -> str:
        name = placeholder[1]
        return data if name == "translations_json" else html.escape(values[name])

    text = _PLACEHOLDER.sub(fill, (folder / name).read_text("utf-8"))
    response = web.Response(text=text, content_type="text/html", status=status, headers=SECURITY_HEADERS)
    response.headers["Cache-Control"] = "no-store"
    response.enable_compression()
    return response
