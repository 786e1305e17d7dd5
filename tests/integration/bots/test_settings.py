"""What people choose once holds from then on: for them everywhere, for their group where they did not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.chat.preferences import OPTIONS, Preferences
from bots.chat.views import settings_view
from bots.i18n.translate import LANGUAGES
from tests.integration.bots.conftest import ANNA, BEN, GROUP

MOD = replace(BEN, moderator=True)


async def test_language_format_wish_and_quality_are_kept(users):
    view = await users.service.commands.settings(ANNA)
    for label in ("Deutsch", "flac", "Drumless", "Quick"):
        [view] = await users.chooses(view if label == "Deutsch" else await english(users), label)
    [*_, last] = await users.sends("")
    assert last.text.startswith("Demo.mp3: Ohne Schlagzeug (flac)\n")
    [standing] = await users.service.queue.orders.open_orders("chat")
    assert (standing.order.outputs, standing.order.effort) == ("-drums:flac", "quick")


async def english(users):
    """The card in English whatever was chosen: its codes are the same in every language."""
    await users.clicks(f"set:language:en:{ANNA.id}")
    view = await users.service.commands.settings(ANNA)
    await users.clicks(f"set:language:de:{ANNA.id}")
    return view


async def test_words_go_before_what_was_chosen(users):
    await users.clicks(f"set:format:flac:{ANNA.id}")
    await users.clicks(f"set:wish:drumless:{ANNA.id}")
    [*_, last] = await users.sends("vocals wav")
    assert last.text.startswith("Demo.mp3: Vocals (wav)\n")
    [*_, unclear] = await users.sends("nice one", data=b"another")
    assert "What would you like?" in unclear.text, "words that are no wish are not silence"


async def test_a_persons_choice_goes_before_their_groups(users):
    await users.clicks(f"set:language:de:{GROUP}", MOD, GROUP)
    await users.clicks(f"set:language:fr:{ANNA.id}", ANNA)
    preferences = await users.service.preferences.get(ANNA.id, GROUP)
    assert preferences.language == "fr"
    assert (await users.service.preferences.get(BEN.id, GROUP)).language == "de"
    assert (await users.service.preferences.get(BEN.id)).language == ""


async def test_only_moderators_set_what_holds_for_their_group(users):
    refused = await users.service.commands.settings(BEN, GROUP)
    assert refused.text.startswith("Only moderators")
    [answer] = await users.clicks(f"set:daily:10:{GROUP}", BEN, GROUP)
    assert answer.private
    [answer] = await users.clicks(f"set:daily:10:{GROUP}", MOD, "chat:group:2")
    assert answer.private, "nor from another group"
    view = await users.service.commands.settings(MOD, GROUP)
    [view] = await users.chooses(view, "25", MOD, GROUP)
    assert (await users.service.preferences.get(GROUP)).daily == "25"
    assert view.text.startswith("Settings of this group")


async def test_nobody_chooses_for_somebody_else(users):
    [answer] = await users.clicks(f"set:language:ja:{ANNA.id}", MOD)
    assert answer.text == "Only the person who asked can do that."
    assert await users.service.preferences.get(ANNA.id) == Preferences()


@pytest.mark.parametrize("code", ["set:language:xx:", "set:nonsense:de:", "open:nonsense:", "set:", "open:"])
async def test_what_cannot_be_chosen_is_answered(users, code):
    [answer] = await users.clicks(code + ANNA.id)
    assert answer.private
    assert answer.text


async def test_a_group_that_had_its_songs_for_today_is_told_when_there_are_more(users):
    await users.clicks(f"set:daily:10:{GROUP}", MOD, GROUP)
    for number in range(10):
        await users.sends("vocals", ANNA if number % 2 else BEN, b"%d" % number, chat=GROUP)
    [answer] = await users.sends("vocals", data=b"one more", chat=GROUP)
    assert answer.text == "This group has used its 10 songs for today. Please try again in 24 h."
    [*_, alone] = await users.sends("vocals", data=b"one more")
    assert alone.text.startswith("Demo.mp3: Vocals"), "in private there is room"


def test_every_option_has_its_words_and_fits_a_button():
    for language in LANGUAGES:
        for who in ("telegram:12345678901", "telegram:chat:-1001234567890123"):
            for choice in settings_view(who, Preferences(), language, group=True).choices:
                assert choice.chosen_label
                assert len(choice.options) <= 25
                for option in choice.options:
                    assert option.label
                    assert len(option.code.encode()) <= 64
    assert set(OPTIONS) == {"wish", "format", "effort", "language", "daily"}
