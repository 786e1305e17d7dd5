"""Errors of ours as responses: a status, and a sentence in the visitor's language."""

from __future__ import annotations

from typing import Any

import structlog
from aiohttp import web

from bots.i18n.translate import error_message
from bots.web.i18n import translations
from bots.web.mixer import pick_language
from separator.core.errors import Blocked
from storage import LinkError, NotStored, StembotError

log = structlog.get_logger()

_STATUS = {NotStored: 404, LinkError: 410, Blocked: 403}


@web.middleware
async def answer_errors(request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 - aiohttp's own
    """Answer errors with a sentence."""
    try:
        return await handler(request)  # type: ignore[no-any-return]
    except StembotError as error:
        log.warning("web_request_failed", error=type(error).__name__)
        language = pick_language(request, translations())
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 503)
        return web.json_response({"text": error_message(error, language), "final": True}, status=status)
