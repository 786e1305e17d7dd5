"""What Telegram shows: nothing in a song's name becomes markup, nothing is longer than Telegram takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.chat.layout import progress_bar
from bots.chat.messages import Button, File, Reply
from bots.telegram.render import (
    ALBUM_BYTES,
    ALBUM_FILES,
    BAR_LENGTH,
    TEXT_UNITS,
    is_music,
    markup_of,
    shorten,
    text_of,
    units,
    upload_batches,
)


async def _save(_path):
    return None


def file(name="a.mp3", size=1000):
    return File(name, name, "", 1.0, size, "audio/mpeg", _save)


@given(st.text(), st.integers(1, 50))
def test_a_cut_text_fits_and_is_a_beginning(text, most):
    short = shorten(text.encode(errors="ignore").decode(), most)
    assert units(short) <= most
    assert text.encode(errors="ignore").decode().startswith(short.removesuffix("…"))


def test_an_emoji_at_the_edge_is_not_cut_in_two():
    """One emoji is two UTF-16 units; half of one would be refused as broken text."""
    assert shorten("🥁" * 10, 7) == "🥁🥁🥁…"


def test_the_longest_text_is_what_telegram_takes():
    assert units(text_of(Reply("🎸" * 5000))) <= TEXT_UNITS


@pytest.mark.parametrize(
    "name",
    ["<b>bold</b> & co", "*not bold* _at all_ [a](http://evil)", "`code`", "عربي.mp3", "音楽 🎶"],
)
def test_a_hostile_name_is_shown_as_it_is(name):
    """Plain text, no parse mode: there is nothing to escape."""
    assert text_of(Reply(f"{name}: Drumless")) == f"{name}: Drumless"


def test_a_name_cannot_turn_the_rest_of_the_message_around():
    """U+202E in a name would show everything after it backwards; Arabic and Hebrew need no such mark."""
    assert text_of(Reply("evil\u202e3pm.exe: Drumless")) == "evil3pm.exe: Drumless"


def test_a_name_with_a_handle_calls_nobody():
    """`@somebody` in a song's name would notify somebody."""
    assert text_of(Reply("@everyone.mp3")) == "@\u2060everyone.mp3"
    assert text_of(Reply("me @ home")) == "me @ home"


@pytest.mark.parametrize(("share", "full"), [(0.0, 0), (0.09, 0), (0.5, 5), (0.999, 9), (1.0, 10), (7.0, 10)])
def test_the_bar_never_promises_more_than_is_done(share, full):
    assert progress_bar(share, BAR_LENGTH) == "▰" * full + "▱" * (10 - full)


def test_the_bar_is_only_there_while_something_is_done():
    assert text_of(Reply("Separating: 40 %", progress=0.4)) == "Separating: 40 %\n▰▰▰▰▱▱▱▱▱▱"
    assert text_of(Reply("Done.")) == "Done."


def test_buttons_keep_their_rows_and_codes():
    rows = (
        (Button("Vocals", "wish:1:vocals:mp3"), Button("Drumless", "wish:1:-drums:mp3")),
        (Button("x", "y"),),
    )
    shown = markup_of(Reply("?", buttons=rows)).inline_keyboard
    assert [[button.callback_data for button in row] for row in shown] == [
        ["wish:1:vocals:mp3", "wish:1:-drums:mp3"],
        ["y"],
    ]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/m/x", "http://localhost/m/x", "ftp://a.example/x"])
def test_an_address_that_telegram_refuses_on_a_button_is_written_out(url):
    """A refused button would lose the whole message."""
    reply = Reply("Done.", buttons=((Button("Open mixer", url=url),),))
    assert markup_of(reply) is None
    assert text_of(reply) == f"Done.\n{url}"


def test_a_public_address_becomes_a_button():
    reply = Reply("Done.", buttons=((Button("Open mixer", url="https://stems.example/m/x"),),))
    assert markup_of(reply).inline_keyboard[0][0].url == "https://stems.example/m/x"
    assert text_of(reply) == "Done."


def test_a_plain_link_stands_beside_every_app():
    """Some clients show no Mini App, and from one nothing can be sent on."""
    mixer = Button("Open mixer", url="https://stems.example/m/x", app=True)
    app, link = markup_of(Reply("Done.", buttons=((mixer,),)), private=True).inline_keyboard[0]
    assert app.web_app.url == "https://stems.example/m/x?in=telegram"
    assert (link.text, link.url) == ("Open mixer ↗", "https://stems.example/m/x")
    [[only]] = markup_of(Reply("Done.", buttons=((mixer,),))).inline_keyboard
    assert only.url == "https://stems.example/m/x", "a group has no apps"


@pytest.mark.parametrize(
    ("name", "music"), [("a.mp3", True), ("a.M4A", True), ("a.flac", False), ("a.ogg", False)]
)
def test_telegrams_player_gets_what_it_plays(name, music):
    assert is_music(file(name)) is music


@given(st.lists(st.tuples(st.sampled_from(["mp3", "flac"]), st.integers(1, 60_000_000)), max_size=40))
def test_every_file_goes_out_once_in_order_in_albums_that_telegram_takes(kinds):
    files = [file(f"{number}.{ending}", size) for number, (ending, size) in enumerate(kinds)]
    parts = upload_batches(files)
    assert [each for part in parts for each in part] == files
    for part in parts:
        assert 1 <= len(part) <= ALBUM_FILES
        assert len({is_music(each) for each in part}) == 1
        assert len(part) == 1 or sum(each.size_bytes for each in part) <= ALBUM_BYTES
