"""What a word can mean, and how a language lists its words.

Words are stored normalized: small letters without accents, so that "SIN BATERIA" is "sin batería". A phrase
of several words is written with `_` in the lists: `take_away`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from separator.core.outputs import Format, Mix, Stem, only

if TYPE_CHECKING:
    from collections.abc import Mapping


class TokenKind(StrEnum):
    """What a word does in a request."""

    STEM = "stem"  #: names a part: drums
    MIX = "mix"  #: names a mix: karaoke, drumless
    OTHER = "other"  #: what is left beside the named stems
    REST = "rest"  #: likewise; by itself no request
    MINUS = "minus"  #: a karaoke to Russian musicians; before a stem it removes that
    MUSIC = "music"  #: "music only" is a karaoke, "no music" is the voice; else just a word
    LYRICS = "lyrics"  #: "no lyrics" is a karaoke; else just a word
    ALL = "all"  #: all, everything
    PARTS = "parts"  #: stems, tracks, split
    NOT = "not"  #: removes what follows: without; after a stem at the end of a list, that
    NEGATION = "negation"  #: negates a verb, or the noun beside it: don't, nicht, не
    PROTECT = "protect"  #: says that nothing is to be done to a stem: don't touch
    OFF = "off"  #: removes what stands before it: 抜き, weg
    BUT = "but"  #: removes what follows; after *remove*, that alone stays
    BESIDES = "besides"  #: the same for what stands before it: 以外
    CUT = "cut"  #: removes either: remove, убрать
    ONLY = "only"  #: asks for what stands beside it: only, nur
    JUST = "just"  #: asks for what stands after it: que (la voix)
    ALONE = "alone"  #: asks for what stands before it: だけ
    AND = "and"  #: between stems
    COMMA = "comma"
    PLUS = "plus"  #: sums the stems around it
    WITH = "with"  #: sums, or says what stays
    KEEP = "keep"  #: says what stays
    YES = "yes"  #: after a stem: it stays: on, sí
    INSTEAD = "instead"  #: what follows is not asked for: instead of
    REPLACED = "replaced"  #: what stands before it is not asked for: じゃなくて
    HAVE = "have"  #: what follows the sender has already
    TOGETHER = "together"  #: sums all stems that are asked for
    ONE = "one"  #: "one without …, one without …": begins another mix
    ASK = "ask"  #: a request: give me, please
    FOR = "for"  #: "backing track for bass": for somebody who plays that; else it changes nothing
    PLAY = "play"  #: what somebody plays to it is not what they want to hear: play, practise
    FORMAT = "format"
    FILLER = "filler"  #: a word of the language that changes nothing
    COUNT = "count"  #: two, three: before "stems" not how many we make
    LEVEL = "level"  #: how loud a stem shall be, which we do not set: louder, percent
    NEITHER = "neither"  #: Italian "né voce": right before a stem it removes that
    PRONOUN = "pronoun"  #: "without you" names no stem
    EXCLAMATION = "exclamation"  #: "what a (voice)" is praise
    QUESTION = "question"  #: begins a question about the song: why, where
    VERSION = "version"  #: right after a stem it is an arrangement: version, cover
    COPULA = "copula"  #: "the drums are …" is a statement
    VAGUE = "vague"  #: about sound, but nothing we make: sax, beat, louder
    AMBIGUOUS = "ambiguous"  #: two things may be meant: not only
    STOP = "stop"  #: the sentence ends
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Token:
    """One word or phrase and its meaning."""

    kind: TokenKind
    mix: Mix | None = None  #: for STEM and MIX
    format: Format | None = None
    is_player: bool = False  #: somebody who plays the stem: drummer
    is_weak: bool = False  #: an emoji: a stem beside other words, no request by itself


@dataclass(frozen=True)
class Player:
    """Stands before a list of words for somebody who plays a stem."""

    stem: Stem


_Key = Stem | Mix | TokenKind | Player

#: Endings that Russian nouns of our kind take; `барабан~` stands for all of them.
_RUSSIAN_ENDINGS = ("", *"а у е о ы и я ой ою ом ов ам ами ах ку ка ки кой".split())  # noqa: SIM905 - reads as a list


def normalize(text: str) -> str:
    """Small letters without accents; kana keep their voicing marks, `ß` becomes `ss`."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    without_accents = (each for each in parts if not unicodedata.combining(each) or each in "\u3099\u309a")
    return unicodedata.normalize("NFC", "".join(without_accents))


def token_of(key: _Key) -> Token:
    """The token that every word listed under a key becomes."""
    if isinstance(key, Mix):
        return Token(TokenKind.MIX, mix=key)
    if isinstance(key, TokenKind):
        return Token(key)
    if isinstance(key, Player):
        return Token(TokenKind.STEM, mix=only(key.stem), is_player=True)
    return Token(TokenKind.STEM, mix=only(key))


class Lexicon:
    """The words of one language.

    Attributes:
        words: Word or phrase (its words joined by a space), normalized → its token.
        longest: Number of words in the longest phrase.
    """

    def __init__(self, lists: Mapping[_Key, str]) -> None:
        """Index lists of words, separated by spaces, by what they mean.

        Raises:
            ValueError: A word is listed under two meanings.
        """
        self.words: dict[str, Token] = {}
        for key, listed in lists.items():
            for word in listed.split():
                for form in _forms(word):
                    self._add(normalize(form.replace("_", " ")), token_of(key))
        self.longest = max(word.count(" ") + 1 for word in self.words)

    def _add(self, word: str, token: Token) -> None:
        if self.words.setdefault(word, token) != token:
            raise ValueError(f"{word!r} means {self.words[word].kind} and {token.kind}")


def _forms(word: str) -> list[str]:
    """A word as listed, or with each ending where the list says `~`."""
    stem, marked, _ = word.partition("~")
    return [stem + ending for ending in _RUSSIAN_ENDINGS] if marked else [stem]


#: One character of Japanese writing: kana, kanji, and the marks that lengthen and repeat.
JAPANESE = r"[\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff]"
IS_JAPANESE = re.compile(JAPANESE)
