"""The web app inside Telegram (Mini App): identifies the person by what Telegram signed.

A Mini App gets `initData`, a query string whose `hash` is HMAC-SHA256 over its sorted fields, with a key made
of the bot's token (https://core.telegram.org/bots/webapps, "Validating data received via the Mini App"). Once
it is verified, the browser gets a cookie of ours, and shows the songs that the person sent in the chat.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from bots.chat.messages import Person
from storage import LinkClaims, LinkError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from storage import Links

MAX_AGE_S = 3600.0  #: of what Telegram signed: an older page has to be opened again
MAX_AHEAD_S = 60.0  #: by which Telegram's clock may be ahead of ours
COOKIE = "stembot_telegram"
COOKIE_S = 86_400
_PREFIX = "telegram:"  #: no key of the store begins so, so that a mixer link is no cookie
_MAX_INIT_DATA = 4096  # characters; Telegram's are some 600


def verify_init_data(
    init_data: str, bot_token: str, clock: Callable[[], float] = time.time, max_age_s: float = MAX_AGE_S
) -> str:
    """The person that Telegram names, as `telegram:5`; empty where the signature is invalid or too old."""
    if not bot_token or len(init_data) > _MAX_INIT_DATA:
        return ""
    try:
        fields = dict(parse_qsl(init_data, strict_parsing=True, keep_blank_values=True))
        mac = fields.pop("hash")
        signed = "\n".join(f"{key}={value}" for key, value in sorted(fields.items()))
        if not hmac.compare_digest(_mac(bot_token, signed), mac.encode()):
            return ""
        if not -MAX_AHEAD_S <= clock() - int(fields["auth_date"]) <= max_age_s:
            return ""
        return f"{_PREFIX}{int(json.loads(fields['user'])['id'])}"
    except (KeyError, ValueError, TypeError):
        return ""


def _mac(bot_token: str, signed: str) -> bytes:
    secret = hmac.digest(b"WebAppData", bot_token.encode(), hashlib.sha256)
    return hmac.digest(secret, signed.encode(), hashlib.sha256).hex().encode()


def set_telegram_cookie(response: web.StreamResponse, links: Links, person_id: str, *, secure: bool) -> None:
    """Set a signed cookie that names the person, for a day."""
    token = links.sign(LinkClaims(person_id, "", time.time() + COOKIE_S))
    response.set_cookie(
        COOKIE, token, max_age=COOKIE_S, path="/", httponly=True, samesite="Lax", secure=secure
    )


def telegram_person(request: web.Request, links: Links, language: str) -> Person | None:
    """The person that such a cookie names; None without a valid one."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    try:
        person_id = links.read(token).manifest
    except LinkError:
        return None
    return Person(person_id, language) if person_id.startswith(_PREFIX) else None
