"""A name that a stranger typed never becomes a path, and musicians still recognise their song."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separator.core.naming import clean, mix_file_name, title_of


@pytest.mark.parametrize(
    ("sent", "title"),
    [
        ("Lithium.mp3", "Lithium"),
        ("Ünïcode 音楽.mp3", "Ünïcode 音楽"),
        ("../../etc/passwd", "passwd"),
        ("C:\\music\\demo v1.2.wav", "demo v1.2"),
        ("Mr. Brightside.flac", "Mr. Brightside"),
        ("", "Song"),
        ("...", "Song"),
        ("con.mp3", "Song"),
        ("evil\u202e3pm.exe", "evil3pm"),
        ("a/b?c*d.ogg", "b c d"),
    ],
)
def test_a_title_is_what_the_file_was_called(sent, title):
    assert title_of(sent) == title


@given(st.text())
def test_any_text_becomes_one_name_inside_one_folder(text):
    name = mix_file_name(text, "drumless", "mp3")
    assert not set(name) & set('/\\:*?"<>|\x00')
    assert len(name.encode()) <= 255
    assert name.endswith(" (drumless).mp3")
    assert not name.startswith((".", " "))


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize("title", ["Symphony No.5", "Op.27", "Mr.Smith", "Vol.2", "S.O.S", "feat.X"])
def test_a_title_with_a_dot_in_it_is_no_file_ending(title):
    assert title_of(title) == title
    assert title_of(f"{title}.mp3") == title


@pytest.mark.parametrize("name", ["می\u200cخواهم", "क\u200dष", "\U0001f468\u200d\U0001f469\u200d\U0001f467"])
def test_joined_letters_and_emoji_stay_joined(name):
    assert clean(name) == name
    assert clean(f"a\u200db {name}\u200d") == f"ab {name}"
