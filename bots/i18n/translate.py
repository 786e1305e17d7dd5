"""Every sentence a person may read, by language. The sentences stand in `locales/<language>/*.ftl` (Fluent).

    translate("queued", "ru", before=2, eta_s=40)
               │         │        └ facts: a number's name carries its unit; it is formatted for the language
               │         └ locales/ru/chat.ftl: queued = …  (what a language lacks is said in English)
               └ a key; Fluent's names have no dots, so `button.cancel` is written `button-cancel` there

Fluent knows each language's plurals, so callers pass counts and choose no forms.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fluent.runtime import FluentBundle, FluentResource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage import StembotError

DEFAULT = "en"
LOCALES = Path(__file__).parent / "locales"
LANGUAGES = tuple(sorted(each.name for each in LOCALES.iterdir() if each.is_dir()))

#: The source of a sentence: from its name, at the beginning of a line, to the last indented line.
_SENTENCE = re.compile(r"^([a-zA-Z][\w-]*) *=.*(?:\n(?:[ }].*|(?=\n[ }])))*", re.MULTILINE)
_PART = re.compile(r"\{\s*([a-z][\w-]*)\s*\}")  # one sentence within another

MAX_FACT_CHARACTERS = 2000  # Fluent refuses more than 2500


class _Sentences:
    """The sentences of one language. Each is parsed when it is first used.

    A platform uses few of them, and in few languages; all parsed would be 16 MB in every process.
    """

    def __init__(self, language: str) -> None:
        """Read the files of a language and split them into sentences."""
        self._bundle = FluentBundle([language], use_isolating=False)  # chats would show the marks
        texts = [file.read_text("utf-8") for file in sorted((LOCALES / language).glob("*.ftl"))]
        found = (each for text in texts for each in _SENTENCE.finditer(text))
        self._sources: dict[str, str] = {each[1]: each[0] for each in found}

    def __contains__(self, name: str) -> bool:
        """Whether there is a sentence of this name."""
        return name in self._sources

    @property
    def names(self) -> Iterable[str]:
        """The names of all sentences."""
        return self._sources.keys()

    def translate(self, name: str, facts: dict[str, float | str]) -> tuple[str, list[Exception]]:
        """A sentence, and what is wrong with its facts."""
        self._parse(name)
        pattern = self._bundle.get_message(name).value
        if pattern is None:
            raise KeyError(name)
        text, errors = self._bundle.format_pattern(pattern, facts)
        return str(text), errors

    def _parse(self, name: str) -> None:
        """Add a sentence to the bundle, and those it refers to."""
        if self._bundle.has_message(name) or name not in self._sources:
            return
        self._bundle.add_resource(FluentResource(self._sources[name]))
        for part in _PART.findall(self._sources[name]):
            self._parse(part)


@cache
def _sentences(language: str) -> _Sentences:
    """The sentences of one language, read on first use."""
    return _Sentences(language)


def _name(key: str) -> str:
    """A key as Fluent writes it."""
    return key.replace(".", "-")


def has(key: str, language: str = DEFAULT) -> bool:
    """Whether a language has its own sentence for this key."""
    return _name(key) in _sentences(language)


def keys(prefix: str) -> list[str]:
    """All keys that begin so; dots stand for all of Fluent's dashes."""
    return [key for name in _sentences(DEFAULT).names if (key := name.replace("-", ".")).startswith(prefix)]


def language_of(tag: str) -> str:
    """The language of the table for a BCP 47 tag: `pt-BR` is `pt`; one that is not there is English."""
    primary = tag.replace("_", "-").split("-")[0].lower()
    return primary if primary in LANGUAGES else DEFAULT


def duration(seconds: float, language: str = DEFAULT) -> str:
    """A time as people write it: `40 s`, `3 min`, `1 h 5 min`."""
    if seconds < 90:  # noqa: PLR2004 - up to a minute and a half people count seconds
        return translate("unit.seconds", language, n=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 60:  # noqa: PLR2004 - minutes in an hour
        return translate("unit.minutes", language, n=minutes)
    hours, rest = divmod(minutes, 60)
    if rest:
        return translate("unit.hours_minutes", language, hours=hours, minutes=rest)
    return translate("unit.hours", language, n=hours)


def size(count_bytes: float, language: str = DEFAULT) -> str:
    """A file size as people write it: `12 MB` (of 1,000,000 bytes), in gigabytes from ten on."""
    if count_bytes >= 1e10:  # noqa: PLR2004 - five digits of megabytes are hard to read
        return translate("unit.gigabytes", language, n=round(count_bytes / 1e9))
    return translate("unit.megabytes", language, n=max(1, round(count_bytes / 1e6)))


def _format(name: str, fact: float | str, language: str) -> float | str:
    """A fact as text, by the unit in its name."""
    if isinstance(fact, str):
        return fact if len(fact) <= MAX_FACT_CHARACTERS else fact[: MAX_FACT_CHARACTERS - 1] + "…"
    if name.endswith("_s"):
        return duration(fact, language)
    return size(fact, language) if name.endswith("_bytes") else fact


def translate(key: str, language: str = DEFAULT, /, **facts: float | str) -> str:
    """The sentence for a key, in a language, with the facts in it.

    Raises:
        KeyError: There is no such sentence, or it needs a fact that was not given; tests walk them all.
    """
    here = language_of(language)
    formatted = {name: _format(name, fact, here) for name, fact in facts.items()}
    text, errors = _sentences(here if has(key, here) else DEFAULT).translate(_name(key), formatted)
    if errors:
        raise KeyError(key, *errors)
    return text


def error_message(error: StembotError, language: str = DEFAULT) -> str:
    """The sentence for an error: that of its class, or of the nearest base class that has one.

    An error of another version may lack a fact that its sentence needs; then the base class's is used.
    """
    kinds = [kind.__name__ for kind in type(error).__mro__]
    for key in (f"error.{kinds[0]}.{error.facts.get('limit', '')}", *(f"error.{name}" for name in kinds)):
        try:
            return translate(key, language, **error.facts)
        except KeyError:
            continue
    return translate("error.StembotError", language)
