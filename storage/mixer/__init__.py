"""The mixer: an aiohttp app and a page that play a manifest behind a link. Knows no jobs, no bots."""

from storage.mixer.app import mixer_app
from storage.mixer.card import card
from storage.mixer.files import Files
from storage.mixer.serve import send_object
from storage.mixer.shell import SECURITY_HEADERS, STATIC, page, pick_language

__all__ = ["SECURITY_HEADERS", "STATIC", "Files", "card", "mixer_app", "page", "pick_language", "send_object"]
