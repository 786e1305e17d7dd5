"""The sentences of web room and mixer, by language, for pages and their scripts.

A script fills in facts that only it knows (`{at}`), so each fact is said as its own placeholder here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from bots.i18n.translate import LANGUAGES, keys, translate

_PREFIX = "web."
#: Facts that scripts fill in.
_FACTS = ("at", "from", "key", "limit_bytes", "limit_s", "of", "percent", "stem", "to")


class Translations(Mapping[str, Mapping[str, str]]):
    """Language → key (`mute.label`) → sentence with `{stem}` where a script fills in.

    A language is read when somebody comes who speaks it: all of them would be 12 MB.
    """

    def __getitem__(self, language: str) -> Mapping[str, str]:
        """The sentences of a language."""
        if language not in LANGUAGES:
            raise KeyError(language)
        return _said(language)

    def __contains__(self, language: object) -> bool:
        """Whether there is such a language, without reading it."""
        return language in LANGUAGES

    def __iter__(self) -> Iterator[str]:
        """The languages."""
        return iter(LANGUAGES)

    def __len__(self) -> int:
        """How many languages there are."""
        return len(LANGUAGES)


@cache
def _said(language: str) -> dict[str, str]:
    facts = {name: f"{{{name}}}" for name in _FACTS}
    return {key.removeprefix(_PREFIX): translate(key, language, **facts) for key in keys(_PREFIX)}


@cache
def phrases() -> Translations:
    """All that the pages say."""
    return Translations()
