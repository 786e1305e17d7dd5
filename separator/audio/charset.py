"""Texts of tags in encodings that they do not name: read as what they are, or not at all.

ID3 knows Latin-1 and Unicode; for twenty years programs wrote the encoding of their own country into the
field for Latin-1, and UTF-16 without its mark. A text that fits no encoding surely is dropped: the file's
name is better than signs that nobody can read. Imports nothing of ours: the tag reader runs by itself.
"""

from __future__ import annotations

import re

_CYRILLIC = ("cp1251", "koi8-r")
_MARKS = frozenset("«»№—–…“”’")
_COMMON_CYRILLIC = frozenset("оеаинтсрвлкмдпуя")  # four letters in five of Russian, most of its sisters'
_VOWELS = frozenset("аеёиоуыэюяіїє")
_MARGIN = 0.15  # by which the better of two readings must be better
_LEAST_COMMON = 0.5  # share of the common letters in a text that is Russian
_HIGH_RUN = re.compile(r"[\x80-\xff]{3,}")
_KANA = re.compile("[\u3041-\u30ff]")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")
_SWAPPED = 0.8  # share of characters whose halves are swapped


def repair(text: str) -> str:
    """The text as it was meant; empty where that cannot be told."""
    text = _unswap(text)
    if "\x00" in text:  # UTF-16 that was read byte by byte
        text = text.replace("\x00", "")
    if not any("\x80" <= char <= "\xff" for char in text) or any(char > "\xff" for char in text):
        return text
    return _decode(text, text.encode("latin-1"))


def _unswap(text: str) -> str:
    """UTF-16 whose halves were swapped: `圀椀搀攀` is `Wide`."""
    swapped = sum(not ord(char) & 0xFF and 0x20 <= ord(char) >> 8 < 0x7F for char in text)  # noqa: PLR2004
    if not text or swapped < _SWAPPED * len(text):
        return text
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-le", "ignore")


def _decode(text: str, data: bytes) -> str:
    """Eight-bit text that claims to be Latin-1."""
    for guess in (_try(data, "utf-8"), _japanese(data), _cyrillic(data), _chinese(data)):
        if guess:
            return guess
    if _HIGH_RUN.search(text):
        return ""  # no Western word has three such letters in a row
    return _try(data, "cp1252") or text


def _try(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _japanese(data: bytes) -> str:
    """Shift-JIS with at least one kana in it; Latin-1 has no letters where its pairs begin."""
    guess = _try(data, "cp932")
    pairs = any(0x81 <= byte <= 0x9F for byte in data)  # noqa: PLR2004 - lead bytes
    return guess if pairs and _KANA.search(guess) and not _HALF_WIDTH.search(guess) else ""


def _cyrillic(data: bytes) -> str:
    """One of Russia's encodings, if the letters are as frequent as they should be and words have vowels."""
    found = sorted(
        ((_share(guess), guess) for each in _CYRILLIC if (guess := _try(data, each))), reverse=True
    )
    if not found or found[0][0] < _LEAST_COMMON:
        return ""
    return found[0][1] if len(found) == 1 or found[0][0] - found[1][0] >= _MARGIN else ""


def _share(guess: str) -> float:
    """How much of a text is frequent Cyrillic letters; 0 where it is no Cyrillic text."""
    letters = [char for char in guess if char > "\x7f" and char not in _MARKS]
    if len(letters) < 3 or any(not "\u0400" <= char <= "\u04ff" for char in letters):  # noqa: PLR2004
        return 0.0
    words = re.findall(r"[\u0400-\u04ff]+", guess)
    plain = all(word in {word.lower(), word.upper(), word.capitalize()} for word in words)
    spoken = any(_VOWELS & set(word.lower()) for word in words)
    return sum(char.lower() in _COMMON_CYRILLIC for char in letters) / len(letters) * (plain and spoken)


def _chinese(data: bytes) -> str:
    """GBK whose signs are all common ones, or marks."""
    guess = _try(data, "gbk")
    leads = [char.encode("gbk")[0] for char in guess if char > "\x7f"]
    common = sum(0xB0 <= lead <= 0xD7 or 0xA1 <= lead <= 0xA3 for lead in leads)  # noqa: PLR2004
    return guess if len(leads) > 1 and common == len(leads) else ""
