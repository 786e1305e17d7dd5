"""What a song is separated into, and what a person may ask for: stems, mixes, formats.

Every value is immutable and has a short code that fits a database column, a file name and a button's
64 bytes, and is read back equal: `Mix.from_code(mix.code) == mix`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from separator.core.errors import UnknownWish

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


class Quality(StrEnum):
    """How much of the sound a file keeps: bits of a sample, or kbit of a second."""

    AUTO = ""  #: bits as the song has them; the best bit rate whose file can be delivered
    BITS_16 = "16"
    BITS_24 = "24"
    FLOAT_32 = "32f"
    KBIT_320 = "320"
    KBIT_256 = "256"
    KBIT_192 = "192"
    KBIT_128 = "128"
    KBIT_96 = "96"

    @property
    def number(self) -> int:
        """Bits or kbit; 0 where it is left open."""
        return int(self.value.rstrip("f") or 0)


class Format(StrEnum):
    """A file format of a mix; the value is the file name's ending."""

    MP3 = "mp3"
    FLAC = "flac"
    WAV = "wav"
    OGG = "ogg"  #: Opus in Ogg
    M4A = "m4a"  #: AAC
    STEM_MP4 = "stem.mp4"  #: the song and its four stems as tracks of one file, by Native Instruments

    @property
    def qualities(self) -> tuple[Quality, ...]:
        """Its qualities, the best first."""
        return _QUALITIES[self]

    @property
    def is_lossy(self) -> bool:
        """Whether its quality is a bit rate."""
        return self not in {Format.FLAC, Format.WAV}

    @property
    def mix_format(self) -> Format:
        """What a single mix comes in: itself, or AAC beside a file of stems."""
        return Format.M4A if self is Format.STEM_MP4 else self

    def at_least(self, number: int) -> Quality:
        """The least quality of this format with so many bits or kbit; its best where it has not so many."""
        good = [each for each in self.qualities if each.number >= number]
        return good[-1] if good else self.qualities[0]


_QUALITIES = {
    Format.MP3: (Quality.KBIT_320, Quality.KBIT_192, Quality.KBIT_128),
    Format.FLAC: (Quality.BITS_24, Quality.BITS_16),
    Format.WAV: (Quality.FLOAT_32, Quality.BITS_24, Quality.BITS_16),
    Format.OGG: (Quality.KBIT_192, Quality.KBIT_128, Quality.KBIT_96),  # Opus needs less for the same sound
    Format.M4A: (Quality.KBIT_256, Quality.KBIT_192, Quality.KBIT_128),  # ffmpeg's AAC gains nothing above
    Format.STEM_MP4: (Quality.KBIT_256, Quality.KBIT_192, Quality.KBIT_128),  # of each of its five tracks
}


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
            raise UnknownWish(outputs=code) from None

    def parts(self, available: Sequence[Stem]) -> tuple[Stem, ...]:
        """The stems of a model whose sum is this mix, in the model's order.

        Raises:
            UnknownWish: The model does not have those stems apart, or nothing would be left.
        """
        two_stems = Stem.ACCOMPANIMENT in available
        if two_stems and self == INSTRUMENTAL:
            return (Stem.ACCOMPANIMENT,)
        if not self.stems <= frozenset(available):
            raise UnknownWish(outputs=self.name)
        parts = tuple(stem for stem in available if (stem in self.stems) != self.without)
        if not parts:
            raise UnknownWish(outputs=self.name)
        return parts


def only(*stems: Stem) -> Mix:
    """Just these stems, summed."""
    return Mix(frozenset(stems))


def without(*stems: Stem) -> Mix:
    """The song less these stems."""
    return Mix(frozenset(stems), without=True)


#: The tracks of a `.stem.mp4` after the song itself, in the order of Native Instruments' own files.
STEM_TRACKS = (Stem.DRUMS, Stem.BASS, Stem.OTHER, Stem.VOCALS)


def stem_tracks(available: Sequence[Stem]) -> dict[Stem, tuple[Stem, ...]]:
    """Which stems each track of a `.stem.mp4` sums: guitar and piano have none and join `other`.

    Raises:
        UnknownWish: The model does not have the four apart.
    """
    if not frozenset(STEM_TRACKS) <= frozenset(available):
        raise UnknownWish(outputs=Format.STEM_MP4.value)
    extra = tuple(stem for stem in available if stem not in STEM_TRACKS)
    return {stem: (stem, *extra) if stem is Stem.OTHER else (stem,) for stem in STEM_TRACKS}


VOCALS = only(Stem.VOCALS)
INSTRUMENTAL = without(Stem.VOCALS)
DRUMLESS = without(Stem.DRUMS)
BASSLESS = without(Stem.BASS)


@dataclass(frozen=True)
class OutputSpec:
    """What a person asked of a song: mixes, or every stem by itself, in a format.

    A `.stem.mp4` always holds the whole song and its stems; mixes that are asked for beside it are files of
    their own.
    """

    mixes: tuple[Mix, ...] = ()
    every_stem: bool = False
    format: Format = Format.MP3
    quality: Quality = Quality.AUTO

    @property
    def code(self) -> str:
        """`-drums,vocals:mp3`, `stems:flac-24`, `stems:stem.mp4`; ASCII, short enough for a button."""
        names = [mix.code for mix in self.mixes] + (["stems"] if self.every_stem else [])
        return f"{','.join(names)}:{'-'.join(filter(None, (self.format.value, self.quality.value)))}"

    @classmethod
    def from_code(cls, code: str) -> Self:
        """Read what `code` wrote.

        Raises:
            UnknownWish: It is not such a code.
        """
        names, _, kind = code.partition(":")
        words = [name for name in names.split(",") if name]
        ending, _, quality = kind.partition("-")
        if not words or ending not in [each.value for each in Format]:
            raise UnknownWish(outputs=code)
        if quality not in ["", *Format(ending).qualities]:
            raise UnknownWish(outputs=code)
        mixes = tuple(Mix.from_code(word) for word in words if word != "stems")
        return cls(mixes, "stems" in words, Format(ending), Quality(quality))

    @property
    def takes_every_stem(self) -> bool:
        """Whether it takes every stem of the song."""
        return self.every_stem or self.format is Format.STEM_MP4

    def resolve(self, available: Sequence[Stem]) -> tuple[Mix, ...]:
        """The mixes to make from a model's stems as files of their own, each once, as they were asked for.

        Raises:
            UnknownWish: The model cannot make one of them, or not the `.stem.mp4`.
        """
        if self.format is Format.STEM_MP4:
            stem_tracks(available)
        apart = self.every_stem and self.format is not Format.STEM_MP4
        stems = tuple(only(stem) for stem in available) if apart else ()
        mixes = tuple(dict.fromkeys((*self.mixes, *stems)))
        for mix in mixes:
            mix.parts(available)
        return mixes

    def needs(self, available: Sequence[Stem]) -> frozenset[Stem]:
        """The stems that its files are made of.

        Raises:
            UnknownWish: As `resolve`.
        """
        mixes = self.resolve(available)
        if self.takes_every_stem:
            return frozenset(available)
        return frozenset(stem for mix in mixes for stem in mix.parts(available))
