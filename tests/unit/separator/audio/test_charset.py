"""Titles in encodings that tags do not name: readable, or dropped; never mojibake."""

import pytest

from separator.audio.charset import repair

RUSSIAN = ["Моя песня", "Группа крови", "Кино", "Звезда по имени Солнце", "ПЕСНЯ БЕЗ СЛОВ", "Чайф - Ой-йо"]
RARE = {"Чайф - Ой-йо", "ПЕСНЯ БЕЗ СЛОВ"}  # letters that are not frequent, or no small ones


@pytest.mark.parametrize("text", RUSSIAN)
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866"])
def test_russian_is_read(text, encoding):
    """In the encoding of Windows for sure; in the others it is at least no mojibake."""
    assert repair(text.encode(encoding).decode("latin-1")) in {text, ""}
    if encoding == "cp1251" and text not in RARE:
        assert repair(text.encode(encoding).decode("latin-1")) == text


@pytest.mark.parametrize("text", ["私の歌", "バンド", "さくらさくら", "夜に駆ける"])
def test_japanese_is_read(text):
    assert repair(text.encode("cp932").decode("latin-1")) == text


@pytest.mark.parametrize("text", ["我的歌", "月亮代表我的心", "小苹果", "千里之外 (Live)"])
def test_chinese_is_read(text):
    assert repair(text.encode("gbk").decode("latin-1")) == text


@pytest.mark.parametrize("text", ["Café", "Motörhead", "Señorita", "Où est-ce ?", "Für Elise", "Ænima", "Øl"])
def test_western_titles_stay(text):
    assert repair(text) == text


@pytest.mark.parametrize("text", ["Wide Title", "Élan vital", "日本の歌", "Моя песня", "plain"])
def test_unicode_stays(text):
    assert repair(text) == text
    assert repair(text.encode().decode("latin-1")) == text


def test_utf_16_with_swapped_halves_is_read():
    for text in ("Wide Title", "A", "Track 01 (live)"):
        assert repair(text.encode("utf-16-le").decode("utf-16-be")) == text


def test_what_cannot_be_told_is_dropped():
    for text, encoding in (("Αγάπη μου", "cp1253"), ("เพลงของฉัน", "cp874")):
        assert repair(text.encode(encoding).decode("latin-1")) == ""
