"""The room opened inside Telegram: who it is, by what Telegram signed.

A Mini App gets `initData`, a query string whose `hash` is HMAC-SHA256 over its sorted fields, with a key made
of the bot's token (https://core.telegram.org/bots/webapps, "Validating data received via the Mini App"). Once
it is found right, the browser gets a cookie of ours, and sees the songs that its person sent in the chat.
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

MAX_AGE_S = 3600.0  #: of what Telegram signed: a page that was opened earlier is opened anew
COOKIE = "stembot_telegram"
COOKIE_S = 86_400
_WHO = "telegram:"  #: no key of the store begins so, and a mixer's link is no cookie
_MOST = 4096  # characters; Telegram's are some 600


def person_in(
    init_data: str, bot_token: str, clock: Callable[[], float] = time.time, max_age_s: float = MAX_AGE_S
) -> str:
    """The person that Telegram names, as `telegram:5`; empty where Telegram did not say so, or long ago."""
    if not bot_token or len(init_data) > _MOST:
        return ""
    try:
        fields = dict(parse_qsl(init_data, strict_parsing=True, keep_blank_values=True))
        told = fields.pop("hash")
        signed = "\n".join(f"{key}={value}" for key, value in sorted(fields.items()))
        if not hmac.compare_digest(_mac(bot_token, signed), told.encode()):
            return ""
        if not 0 <= clock() - int(fields["auth_date"]) <= max_age_s:
            return ""
        return f"{_WHO}{int(json.loads(fields['user'])['id'])}"
    except (KeyError, ValueError, TypeError):
        return ""


def _mac(bot_token: str, signed: str) -> bytes:
    secret = hmac.digest(b"WebAppData", bot_token.encode(), hashlib.sha256)
    return hmac.digest(secret, signed.encode(), hashlib.sha256).hex().encode()


def remember_telegram(request: web.Request, answer: web.StreamResponse, links: Links, who: str) -> None:
    """Give the browser a signed cookie that says who it is, for a day."""
    token = links.sign(LinkClaims(who, "", time.time() + COOKIE_S))
    answer.set_cookie(
        COOKIE, token, max_age=COOKIE_S, path="/", httponly=True, samesite="Lax", secure=request.secure
    )


def telegram_person(request: web.Request, links: Links, language: str) -> Person | None:
    """The person behind such a cookie; None without one, or with one that is not ours or has ended."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    try:
        who = links.read(token).manifest
    except LinkError:
        return None
    return Person(who, language) if who.startswith(_WHO) else None
