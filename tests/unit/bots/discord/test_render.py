"""What a person typed is shown as typed: nothing in it is obeyed by Discord."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.chat.layout import progress_bar
from bots.chat.messages import Button, Reply
from bots.discord.render import BAR_CELLS, TEXT_LIMIT, escape, message_view, shorten

if TYPE_CHECKING:
    import discord


def unescape(markdown: str) -> str:
    """What Discord shows of text in which everything is escaped: a backslash hides before a mark."""
    marks = iter(markdown)
    return "".join(next(marks) if mark == "\\" else mark for mark in marks)


def components(view: discord.ui.LayoutView) -> list[dict]:
    """The card as it goes over the wire, flat."""
    [box] = view.to_components()
    flat = []
    for each in box["components"]:
        flat += [each, *each.get("components", [])]
    return flat


def words(view: discord.ui.LayoutView) -> str:
    return "\n".join(each["content"] for each in components(view) if each["type"] == 10)


@pytest.mark.parametrize(
    ("name", "markdown"),
    [
        ("*bold* _slanted_ ~~gone~~", r"\*bold\* \_slanted\_ \~\~gone\~\~"),
        ("||secret|| `code`", r"\|\|secret\|\| \`code\`"),
        ("[click](https://evil.example)", r"\[click](https://evil.example)"),
        ("<@123> <#4> <t:0> <:smile:5>", r"\<\@123> \<#4> \<t:0> \<:smile:5>"),
        ("@everyone @here", r"\@everyone \@here"),
        ("# heading", r"\# heading"),
        ("> quote\n>>> all", "\\> quote\n\\>>> all"),
        ("- list\n+ list\n1. list\n-# small", "\\- list\n\\+ list\n1\\. list\n\\-# small"),
        ("back\\slash", r"back\\slash"),
        ("plain (drumless).mp3", "plain (drumless).mp3"),
        ("🎸 音楽 Ünïcode", "🎸 音楽 Ünïcode"),
    ],
)
def test_markdown_in_a_name_is_shown_not_obeyed(name, markdown):
    assert escape(name) == markdown


def test_a_link_of_ours_stays_a_link():
    """A backslash in an address would break it, so an address is left alone up to its end."""
    assert escape("Listen: https://stems.example/m/a_b*c-d_e (one week)") == (
        "Listen: https://stems.example/m/a_b*c-d_e (one week)"
    )


def test_a_name_cannot_turn_the_writing_direction_of_what_follows():
    """U+202E shows the rest of the message backwards: `gpj.exe` becomes `exe.jpg`."""
    assert escape("song\u202egpj.exe\u202c") == "songgpj.exe"


def test_right_to_left_letters_are_kept():
    assert escape("שיר אהבה.mp3") == "שיר אהבה.mp3"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf"])))
def test_every_text_comes_back_equal_when_discord_shows_it(text):
    """Escaping adds backslashes and nothing else (addresses are their own case)."""
    text = text.replace("http", "")
    assert unescape(escape(text)) == text


@given(st.text(max_size=9000), st.integers(2, 5000))
def test_text_is_cut_to_what_a_card_takes(text, limit):
    assert len(escape(shorten(text, limit))) <= max(limit, 1)


def test_text_that_fits_is_not_cut():
    assert shorten("a" * TEXT_LIMIT, TEXT_LIMIT) == "a" * TEXT_LIMIT


def test_the_longest_card_keeps_to_discords_limits():
    """4000 characters in all, 40 components, 80 a label, five buttons a row."""
    row = tuple(Button("x" * 200, code=f"wish:{number}") for number in range(7))
    view = message_view(Reply("*" * 9000, buttons=(row, row), progress=0.5))
    assert len(words(view)) <= TEXT_LIMIT
    assert len(components(view)) <= 40
    buttons = [each for each in components(view) if each["type"] == 2]
    assert len(buttons) == 14
    assert all(len(each["label"]) <= 80 for each in buttons)


def test_a_button_carries_the_desks_code_and_a_link_its_address():
    view = message_view(
        Reply(
            "done", buttons=((Button("Cancel", "cancel:17"), Button("Mixer", url="https://a.example/m/x")),)
        )
    )
    cancel, mixer = (each for each in components(view) if each["type"] == 2)
    assert cancel["custom_id"] == "cancel:17"
    assert mixer["url"] == "https://a.example/m/x"


def test_an_address_too_long_for_a_button_is_written_out():
    """512 characters are a button's limit; the link must not be lost for it."""
    url = "https://a.example/m/" + "x" * 600
    view = message_view(Reply("done", buttons=((Button("Mixer", url=url),),)))
    assert words(view).endswith(f"\n{url}")


def test_a_card_with_buttons_has_its_first_line_for_a_title():
    view = message_view(Reply("*Song*\nWhat would you like?", buttons=((Button("Vocals", "wish:1"),),)))
    assert words(view) == "**\\*Song\\***\nWhat would you like?"


def test_a_result_is_headed_by_its_song_whatever_that_is_called():
    """In a busy channel "Done: Drumless." alone tells nobody of which song."""
    again = ((Button("Vocals", "wish:1:vocals:mp3"),),)
    reply = Reply("Done: Drumless.", buttons=again, final=True, title="*Night*\n# Drive" + "x" * 300)
    title, done = words(message_view(reply)).split("\n")
    assert title.startswith(r"**\*Night\* # Drivexxx")
    assert title.endswith("…**")
    assert (len(title) < 230, done) == (True, "Done: Drumless.")


def test_a_text_without_buttons_has_no_title():
    assert (
        words(message_view(Reply("Send me a song.\n\nBass comes out clean.")))
        == "Send me a song.\n\nBass comes out clean."
    )


def test_files_are_shown_in_a_card_that_brings_them():
    view = message_view(Reply("done"), attached=["1_Song.mp3"])
    assert components(view)[-1]["file"] == {"url": "attachment://1_Song.mp3"}


def test_a_card_never_expires():
    """Its buttons are answered from their code, by any process, so nothing has to be waited for."""
    assert message_view(Reply("x", buttons=((Button("Cancel", "cancel:1"),),))).timeout is None


@pytest.mark.parametrize(
    ("share", "cells"), [(0.0, 0), (0.5, BAR_CELLS // 2), (1.0, BAR_CELLS), (7.0, BAR_CELLS), (-1.0, 0)]
)
def test_the_bar_is_as_full_as_the_work_is_done(share, cells):
    assert progress_bar(share, BAR_CELLS) == "▰" * cells + "▱" * (BAR_CELLS - cells)
