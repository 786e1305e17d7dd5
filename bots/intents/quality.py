"""How good the files shall be, in a person's words: "flac 24", "24-bit wav", "wav 32 float", "mp3 192".

    typed     drumless as a 24 bit   .flac       the whole stem.mp4 , 192 kbps
    left      drumless as a          .flac       the whole stemmp4  ,
    quality                 24 bits                                   192 kbit

A number is a quality by its unit, or by a format right beside it; others ("vocals 2", "track 24") are none.
Where no format is named a unit can name it: 24 bits are flac, 32 bit float is wav, kbit/s are mp3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from separator import Format, Quality

if TYPE_CHECKING:
    from separator import OutputSpec

#: What people call a file of stems; the vocabularies know it as one word, `stemmp4`.
_STEM_FILE = re.compile(
    r"""(?<![a-z0-9])(?:
        stems?[ ._-]?(?:mp4|m4a)
      | native[ -]?instruments?(?:[ -]stems?)?
      | (?:ni|traktor|mixxx)[ -]stems?
      | (?:for|fur|para|pour|per|для)[ ]traktor
    )(?![a-z0-9])""",
    re.VERBOSE,
)
_FORMAT = "stemmp4|mp3|flac|wave?|ogg|opus|vorbis|m4a|aac"
_BITS = r"bits?|битн?\w*|ビット"
_QUALITY = re.compile(
    rf"""(?<![a-z0-9.])
    (?P<before>(?:{_FORMAT})[ ,/:-]{{0,2}})?
    (?P<number>\d{{2,3}})
    (?:[ -]?(?P<bits>(?:{_BITS})(?:[ -]?f(?:loat)?)?|float|f)|[ ]?(?P<kbit>kbps|kbits?(?:/s)?|kb/s|k))?
    (?P<after>[ ](?:{_FORMAT}))?
    (?![a-z0-9]|[.,]\d|[ ]?k?hz)""",
    re.VERBOSE,
)
_BIT_DEPTHS = frozenset({16, 24, 32})
_BIT_RATES = frozenset({96, 112, 128, 160, 192, 224, 256, 320})  # what a bare number beside "mp3" may mean
#: The format that a number of bits means by itself; 16 are a kind of music too.
_OF_BITS = {24: Format.FLAC, 32: Format.WAV}


@dataclass(frozen=True)
class RequestedQuality:
    """A quality as it was said."""

    number: int
    bits: bool  #: else kbit


def take_quality(text: str) -> tuple[str, RequestedQuality | None]:
    """Find what is said of quality.

    Args:
        text: Plain (`bots.intents.lexicon.base.normalize`).

    Returns:
        The text without it, a file of stems named as one word; and the last quality that was said.
    """
    asked: list[RequestedQuality] = []

    def cut(found: re.Match[str]) -> str:
        number, beside = int(found["number"]), bool(found["before"] or found["after"])
        if number in _BIT_DEPTHS and (found["bits"] or (beside and not found["kbit"])):
            asked.append(RequestedQuality(number, bits=True))
        elif found["kbit"] or (beside and number in _BIT_RATES):
            asked.append(RequestedQuality(number, bits=False))
        else:
            return found[0]
        return f"{found['before'] or ''} {found['after'] or ''}"

    left = _QUALITY.sub(cut, _STEM_FILE.sub("stemmp4", text))
    return left, asked[-1] if asked else None


def in_quality(outputs: OutputSpec, asked: RequestedQuality | None, *, format_said: bool) -> OutputSpec:
    """The wish in the quality that was asked for, as near as its format has it."""
    if asked is None:
        return outputs
    kind = outputs.format
    if not format_said:
        kind = _OF_BITS.get(asked.number, kind) if asked.bits else kind if kind.is_lossy else Format.MP3
    if asked.bits == kind.is_lossy:  # "24 bit mp3": there is no such thing
        return outputs
    return replace(outputs, format=kind, quality=kind.at_least(asked.number))


def quality_words(outputs: OutputSpec) -> str:
    """The format and quality of a wish as people write them: `flac 24`, `wav 32f`, `mp3 192`; or empty."""
    if outputs.quality is Quality.AUTO:
        return "" if outputs.format is Format.MP3 else outputs.format.value
    return f"{outputs.format.value} {outputs.quality.value}"
