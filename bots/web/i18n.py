"""The sentences of web app and mixer, by language, for pages and their scripts.

A script fills in values that only it knows (`{at}`), so each of them is its own placeholder here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from bots.i18n.translate import LANGUAGES, keys, translate

_PREFIX = "web."
#: Values that scripts fill in.
_PLACEHOLDERS = ("at", "from", "key", "limit_bytes", "limit_s", "of", "percent", "status", "stem", "to")


class Translations(Mapping[str, Mapping[str, str]]):
    """Language → key (`mute.label`) → sentence with `{stem}` where a script fills in.

    A language is read when it is first used: all of them would be 12 MB.
    """

    def __getitem__(self, language: str) -> Mapping[str, str]:
        """The sentences of a language."""
        if language not in LANGUAGES:
            raise KeyError(language)
        return _sentences(language)

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
def _sentences(language: str) -> dict[str, str]:
    values = {name: f"{{{name}}}" for name in _PLACEHOLDERS}
    return {key.removeprefix(_PREFIX): translate(key, language, **values) for key in keys(_PREFIX)}


@cache
def translations() -> Translations:
    """All sentences of the pages."""
    return Translations()
