"""Bit depths and bit rates in a message: "flac 24", "24-bit wav", "wav 32 float", "mp3 192".

    message   drumless as a 24 bit   .flac       all of it as stem.mp4 , 192 kbps
    text      drumless as a          .flac       all of it as stemmp4  ,
    quality                 24 bits                                      192 kbit

A number is a quality by its unit, or by a format right beside it; others ("vocals 2", "track 24") are none.
Where no format is named a unit can imply it: 24 bits are flac, 32 bit float is wav, kbit/s are mp3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from separator.core.outputs import Format, Quality

if TYPE_CHECKING:
    from separator.core.outputs import OutputSpec

#: Names of a stem file; the lexicons know it as one word, `stemmp4`.
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
#: The format that a bit depth implies; not 16, which is a kind of music too.
_FORMAT_OF_BITS = {24: Format.FLAC, 32: Format.WAV}


@dataclass(frozen=True)
class RequestedQuality:
    """A bit depth or bit rate, whatever the format has."""

    number: int
    is_bits: bool  #: else kbit/s


def extract_quality(text: str) -> tuple[str, RequestedQuality | None]:
    """Separate the quality from the rest of a message.

    Args:
        text: Normalized (`bots.intents.lexicon.base.normalize`).

    Returns:
        The text without the quality, a stem file named as one word; and the last quality in it.
    """
    requested: list[RequestedQuality] = []

    def extract(found: re.Match[str]) -> str:
        number, is_beside_format = int(found["number"]), bool(found["before"] or found["after"])
        if number in _BIT_DEPTHS and (found["bits"] or (is_beside_format and not found["kbit"])):
            requested.append(RequestedQuality(number, is_bits=True))
        elif found["kbit"] or (is_beside_format and number in _BIT_RATES):
            requested.append(RequestedQuality(number, is_bits=False))
        else:
            return found[0]
        return f"{found['before'] or ''} {found['after'] or ''}"

    remaining = _QUALITY.sub(extract, _STEM_FILE.sub("stemmp4", text))
    return remaining, requested[-1] if requested else None


def apply_quality(outputs: OutputSpec, quality: RequestedQuality | None, *, has_format: bool) -> OutputSpec:
    """The outputs in the requested quality, or the nearest that their format has."""
    if quality is None:
        return outputs
    chosen = outputs.format
    if not has_format and quality.is_bits:
        chosen = _FORMAT_OF_BITS.get(quality.number, chosen)
    elif not (has_format or chosen.is_lossy):
        chosen = Format.MP3
    if quality.is_bits == chosen.is_lossy:  # "24 bit mp3": there is no such thing
        return outputs
    return replace(outputs, format=chosen, quality=chosen.at_least(quality.number))


def format_label(outputs: OutputSpec) -> str:
    """Format and quality as people write them: `flac 24`, `wav 32f`, `mp3 192`; empty for the default."""
    if outputs.quality is Quality.AUTO:
        return "" if outputs.format is Format.MP3 else outputs.format.value
    return f"{outputs.format.value} {outputs.quality.value}"
