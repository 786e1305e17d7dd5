"""What a song is taken apart into, and what a person may wish for: stems, mixes, formats.

Everything here is a frozen fact with a short code that survives a database column, a file name and a
button's 64 bytes, and comes back equal: `Mix.from_code(mix.code) == mix`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from separator.errors import UnknownWish

if TYPE_CHECKING:
    from collections.abc import Sequence


class Stem(StrEnum):
    """One part of a song, as models name them."""

    VOCALS = "vocals"
    DRUMS = "drums"
    BASS = "bass"
    OTHER = "other"
    GUITAR = "guitar"
    PIANO = "piano"
    ACCOMPANIMENT = "accompaniment"  #: all but the vocals, from a two-stem model


class Format(StrEnum):
    """A file format that a mix can be had in; the value is the file name's ending."""

    MP3 = "mp3"
    FLAC = "flac"
    WAV = "wav"
    OGG = "ogg"
    M4A = "m4a"


#: Names that musicians use for "everything without …".
_WITHOUT_NAMES = {
    frozenset({Stem.VOCALS}): "instrumental",
    frozenset({Stem.DRUMS}): "drumless",
    frozenset({Stem.BASS}): "bassless",
    frozenset({Stem.GUITAR}): "guitarless",
    frozenset({Stem.PIANO}): "pianoless",
}


@dataclass(frozen=True)
class Mix:
    """A sum of stems: either just `stems`, or (`without`) every stem but those."""

    stems: frozenset[Stem]
    without: bool = False

    @property
    def code(self) -> str:
        """`vocals`, `drums+bass`, `-drums`, `-vocals-drums`: ASCII, in the order of `Stem`."""
        named = [stem.value for stem in Stem if stem in self.stems]
        return "".join(f"-{name}" for name in named) if self.without else "+".join(named)

    @property
    def name(self) -> str:
        """The word for it: `vocals`, `drumless`, `drums+bass`, `no-vocals-drums`."""
        if not self.without:
            return self.code
        return _WITHOUT_NAMES.get(self.stems) or f"no{self.code}"

    @classmethod
    def from_code(cls, code: str) -> Self:
        """Read `code` or a name.

        Raises:
            UnknownWish: It names no stem.
        """
        by_name = {name: stems for stems, name in _WITHOUT_NAMES.items()}
        if code in by_name:
            return cls(by_name[code], without=True)
        without = code.startswith(("-", "no-"))
        words = code.removeprefix("no").lstrip("-").split("-") if without else code.split("+")
        try:
            return cls(frozenset(Stem(word) for word in words), without=without)
        except ValueError:
            raise UnknownWish(wish=code) from None

    def parts(self, available: Sequence[Stem]) -> tuple[Stem, ...]:
        """The stems of a model whose sum is this mix, in the model's order.

        Raises:
            UnknownWish: The model does not have those stems apart, or nothing would be left.
        """
        two_stems = Stem.ACCOMPANIMENT in available
        if two_stems and self == INSTRUMENTAL:
            return (Stem.ACCOMPANIMENT,)
        if not self.stems <= frozenset(available):
            raise UnknownWish(wish=self.name)
        parts = tuple(stem for stem in available if (stem in self.stems) != self.without)
        if not parts:
            raise UnknownWish(wish=self.name)
        return parts


def only(*stems: Stem) -> Mix:
    """Just these stems, summed."""
    return Mix(frozenset(stems))


def without(*stems: Stem) -> Mix:
    """The song less these stems."""
    return Mix(frozenset(stems), without=True)


VOCALS = only(Stem.VOCALS)
INSTRUMENTAL = without(Stem.VOCALS)
DRUMLESS = without(Stem.DRUMS)
BASSLESS = without(Stem.BASS)


@dataclass(frozen=True)
class Wish:
    """What a person asked of a song: mixes, or every stem by itself, in a format."""

    mixes: tuple[Mix, ...] = ()
    every_stem: bool = False
    format: Format = Format.MP3

    @property
    def code(self) -> str:
        """`-drums,vocals:mp3` or `stems:flac`; ASCII, short enough for a button."""
        names = [mix.code for mix in self.mixes] + (["stems"] if self.every_stem else [])
        return f"{','.join(names)}:{self.format.value}"

    @classmethod
    def from_code(cls, code: str) -> Self:
        """Read what `code` wrote.

        Raises:
            UnknownWish: It is not such a code.
        """
        names, _, ending = code.partition(":")
        words = [name for name in names.split(",") if name]
        if not words or ending not in [each.value for each in Format]:
            raise UnknownWish(wish=code)
        mixes = tuple(Mix.from_code(word) for word in words if word != "stems")
        return cls(mixes=mixes, every_stem="stems" in words, format=Format(ending))

    def resolve(self, available: Sequence[Stem]) -> tuple[Mix, ...]:
        """The mixes to make from a model's stems, each once, in the order they were asked for.

        Raises:
            UnknownWish: The model cannot make one of them.
        """
        stems = tuple(only(stem) for stem in available) if self.every_stem else ()
        mixes = tuple(dict.fromkeys((*self.mixes, *stems)))
        for mix in mixes:
            mix.parts(available)
        return mixes
