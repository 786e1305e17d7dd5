"""What a word can mean to us, and how a language lists its words.

Words are kept `normalize`: small letters without accents, so that "SIN BATERIA" is "sin batería". A phrase of
several words is written with `_` in the lists: `take_away`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from separator import Format, Mix, Stem, only

if TYPE_CHECKING:
    from collections.abc import Mapping


class TokenKind(StrEnum):
    """What a word does in a wish."""

    STEM = "stem"  #: names a part: drums
    MIX = "mix"  #: names a mix: karaoke, drumless
    OTHER = "other"  #: what is left beside the named stems; by itself no wish
    MINUS = "minus"  #: a karaoke to Russian musicians; before a stem it takes that away
    MUSIC = "music"  #: "music only" is a karaoke, "no music" is the voice; else just a word
    LYRICS = "lyrics"  #: "no lyrics" is a karaoke; else just a word
    ALL = "all"  #: all, everything
    PARTS = "parts"  #: stems, tracks, split
    NOT = "not"  #: takes away what follows: without
    OFF = "off"  #: takes away what stands before: 抜き, weg
    BUT = "but"  #: takes away what follows; after *remove*, that alone stays
    BESIDES = "besides"  #: the same for what stands before it: 以外
    CUT = "cut"  #: takes away either: remove, убрать
    ONLY = "only"  #: wishes what stands beside it: only, nur
    JUST = "just"  #: wishes what stands after it: que (la voix)
    ALONE = "alone"  #: wishes what stands before it: だけ
    AND = "and"  #: between stems
    COMMA = "comma"
    PLUS = "plus"  #: sums the stems around it
    WITH = "with"  #: sums, or says what stays
    KEEP = "keep"  #: says what stays
    TOGETHER = "together"  #: sums all stems that are wished
    ONE = "one"  #: "one without …, one without …": begins another mix
    ASK = "ask"  #: a request: give me, please
    FOR = "for"  #: "backing track for bass": whoever plays that; else it changes nothing
    PLAY = "play"  #: what somebody plays to it is not what they want to hear: play, practise
    FORMAT = "format"
    FILLER = "filler"  #: a word of the language that changes nothing
    VAGUE = "vague"  #: about sound, but nothing we make: sax, beat, louder
    STOP = "stop"  #: the sentence ends
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Token:
    """One word or phrase, understood."""

    sense: TokenKind
    mix: Mix | None = None  #: for STEM and MIX
    format: Format | None = None
    faint: bool = False  #: an emoji: a stem beside other words, by itself just joy


_Key = Stem | Mix | TokenKind

#: Endings that Russian nouns of our kind take; `барабан~` stands for all of them.
_RUSSIAN_ENDINGS = ("", *"а у е о ы и я ой ою ом ов ам ами ах ку ка ки кой".split())  # noqa: SIM905 - reads as a list


def normalize(text: str) -> str:
    """Small letters without accents; kana keep their voice marks, `ß` is `ss`."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    kept = (each for each in parts if not unicodedata.combining(each) or each in "\u3099\u309a")
    return unicodedata.normalize("NFC", "".join(kept))


def meaning_of(key: _Key) -> Token:
    """The meaning that a list of words stands under."""
    if isinstance(key, Mix):
        return Token(TokenKind.MIX, mix=key)
    if isinstance(key, TokenKind):
        return Token(key)
    return Token(TokenKind.STEM, mix=only(key))


class Vocabulary:
    """The words of one language.

    Attributes:
        words: Word or phrase (its words joined by a space), plain → its meaning.
        longest: Words in the longest phrase.
    """

    def __init__(self, lists: Mapping[_Key, str]) -> None:
        """Take lists of words, apart by spaces, by what they mean.

        Raises:
            ValueError: A word stands under two meanings.
        """
        self.words: dict[str, Token] = {}
        for key, listed in lists.items():
            for word in listed.split():
                for form in _forms(word):
                    self._add(normalize(form.replace("_", " ")), meaning_of(key))
        self.longest = max(word.count(" ") + 1 for word in self.words)

    def _add(self, word: str, meaning: Token) -> None:
        if self.words.setdefault(word, meaning) != meaning:
            raise ValueError(f"{word!r} means {self.words[word].sense} and {meaning.sense}")


def _forms(word: str) -> list[str]:
    """A word as listed, or with each ending where the list says `~`."""
    stem, marked, _ = word.partition("~")
    return [stem + ending for ending in _RUSSIAN_ENDINGS] if marked else [stem]


#: One character of Japanese writing: kana, kanji, and the marks that lengthen and repeat.
JAPANESE = r"[\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff]"
IS_JAPANESE = re.compile(JAPANESE)
