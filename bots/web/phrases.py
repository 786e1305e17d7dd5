"""The sentences of web room and mixer, by language, for pages and their scripts.

A script fills in facts that only it knows (`{at}`), so each fact is said as its own placeholder here.
"""

from __future__ import annotations

from functools import cache

from fluent.syntax import FluentParser
from fluent.syntax.ast import Message

from bots.words import DEFAULT, LANGUAGES, LOCALES, say

_FILE = "web.ftl"
_PREFIX = "web-"
#: Facts that scripts fill in.
_FACTS = ("at", "from", "key", "limit_bytes", "limit_s", "of", "percent", "stem", "to")


def _keys() -> list[str]:
    """The ids of all sentences of these pages, as Fluent writes them."""
    source = (LOCALES / DEFAULT / _FILE).read_text("utf-8")
    return [each.id.name for each in FluentParser().parse(source).body if isinstance(each, Message)]


@cache
def phrases() -> dict[str, dict[str, str]]:
    """Language → key (`mute.label`) → sentence with `{stem}` where a script fills in."""
    facts = {name: f"{{{name}}}" for name in _FACTS}
    return {
        language: {
            key.removeprefix(_PREFIX).replace("-", "."): say(key, language, **facts) for key in _keys()
        }
        for language in LANGUAGES
    }
