"""Whatever people call their songs and write beside them: shown as it is, nothing broken, nobody called."""

from __future__ import annotations

import re

import pytest

from tests.integration.discord.answers import answered, replied

HOSTILE = [
    "<b>bold</b> & <script>.mp3",
    "*_[a](http://evil.example)_* `x` ||s||.mp3",
    "عربي שלום.mp3",
    "音楽 🎶👩\u200d👩\u200d👧 Ünïcödé.mp3",
    "@everyone @here <@1> <@&2> <#3>.mp3",
    "# heading.mp3",
    "1. list - > quote.mp3",
    "x" * 250 + ".mp3",
]
UNSEEN = "a\u202e3pm.mp3"  # reads "ampm3.a" where the mark is let through


def shown(text):
    """What a person sees of markdown that only escapes."""
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", text)


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_name_is_shown_as_it_is(discord, ann, music, name):
    asked = await ann.commands(music, "separate", file=(name, b"1"), want="vocals")
    status = await answered(asked, "Vocals")
    assert shown(status.text).startswith(f"{name}: Vocals")
    assert discord.problems == []


async def test_a_mark_that_turns_the_reading_direction_is_taken_out(ann, music):
    asked = await ann.commands(music, "separate", file=(UNSEEN, b"1"), want="vocals")
    assert "\u202e" not in (await answered(asked, "Vocals")).text


async def test_the_longest_message_breaks_nothing(discord, ann):
    """Discord gives paying people 4000 characters."""
    words = "drumless " + ("la 🌊 " * 1000)[:3980]
    message = await ann.says(ann.private, words, ("Song.mp3", b"1"))
    await replied(ann, message, "Song.mp3")
    assert discord.problems == []
