"""People write as they talk; the bot reads what they mean, or offers buttons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.wishes import read_wish
from separator import Wish


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("drumless please", "-drums:mp3"),
        ("no drums pls", "-drums:mp3"),
        ("without drums", "-drums:mp3"),
        ("w/o drums", "-drums:mp3"),
        ("drum-less", "-drums:mp3"),
        ("remove the drums and bass", "-drums-bass:mp3"),
        ("without drums, bass and vocals", "-vocals-drums-bass:mp3"),
        ("no drums, no bass", "-drums-bass:mp3"),
        ("no drums, vocals only", "-drums,vocals:mp3"),
        ("vocals only", "vocals:mp3"),
        ("just the vocals in flac", "vocals:flac"),
        ("acapella", "vocals:mp3"),
        ("a cappella pls!!", "vocals:mp3"),
        ("ACAPELLA and drums, flac", "vocals,drums:flac"),
        ("vocals + drums", "vocals+drums:mp3"),
        ("karaoke", "-vocals:mp3"),
        ("instrumental wav", "-vocals:wav"),
        ("no vocals", "-vocals:mp3"),
        ("can you take the guitar out? guitarless", "guitar,-guitar:mp3"),
        ("all stems", "stems:mp3"),
        ("stems", "stems:mp3"),
        ("separate this into all stems as flac", "stems:flac"),
        ("drum stems", "drums:mp3"),
        ("the bass", "bass:mp3"),
        ("/drumless@stembot", "-drums:mp3"),
    ],
)
def test_words_become_the_wish_they_mean(words, code):
    wish = read_wish(words)
    assert wish is not None
    assert wish.code == code


@pytest.mark.parametrize("words", ["", "hello", "🎸🎸🎸", "mp3", "lovely song isn't it", "12345"])
def test_words_without_a_wish_ask_for_buttons(words):
    assert read_wish(words) is None


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error_and_its_code_comes_back_equal(text):
    wish = read_wish(text)
    assert wish is None or Wish.from_code(wish.code) == wish
