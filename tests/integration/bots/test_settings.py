"""What people choose once holds from then on: for them everywhere, for their group where they did not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.chat.preferences import OPTIONS, Preferences
from bots.chat.views import settings_view
from bots.i18n.translate import LANGUAGES
from tests.integration.bots.conftest import ANNA, BEN, GROUP

MOD = replace(BEN, moderator=True)


async def test_language_format_wish_and_quality_are_kept(visitors):
    card = await visitors.service.commands.settings(ANNA)
    for label in ("Deutsch", "flac", "Drumless", "Quick"):
        [card] = await visitors.chooses(card if label == "Deutsch" else await english(visitors), label)
    [*_, last] = await visitors.sends("")
    assert last.text.startswith("Demo.mp3: Ohne Schlagzeug (flac)\n")
    [standing] = await visitors.service.queue.orders.open_orders("chat")
    assert (standing.order.outputs, standing.order.effort) == ("-drums:flac", "quick")


async def english(visitors):
    """The card in English whatever was chosen: its codes are the same in every language."""
    await visitors.presses(f"set:language:en:{ANNA.id}")
    card = await visitors.service.commands.settings(ANNA)
    await visitors.presses(f"set:language:de:{ANNA.id}")
    return card


async def test_words_go_before_what_was_chosen(visitors):
    await visitors.presses(f"set:format:flac:{ANNA.id}")
    await visitors.presses(f"set:wish:drumless:{ANNA.id}")
    [*_, last] = await visitors.sends("vocals wav")
    assert last.text.startswith("Demo.mp3: Vocals (wav)\n")
    [*_, unclear] = await visitors.sends("nice one", data=b"another")
    assert "What would you like?" in unclear.text, "words that are no wish are not silence"


async def test_a_persons_choice_goes_before_their_groups(visitors):
    await visitors.presses(f"set:language:de:{GROUP}", MOD, GROUP)
    await visitors.presses(f"set:language:fr:{ANNA.id}", ANNA)
    taste = await visitors.service.preferences.get(ANNA.id, GROUP)
    assert taste.language == "fr"
    assert (await visitors.service.preferences.get(BEN.id, GROUP)).language == "de"
    assert (await visitors.service.preferences.get(BEN.id)).language == ""


async def test_only_moderators_set_what_holds_for_their_group(visitors):
    refused = await visitors.service.commands.settings(BEN, GROUP)
    assert refused.text.startswith("Only moderators")
    [told] = await visitors.presses(f"set:daily:10:{GROUP}", BEN, GROUP)
    assert told.private
    [told] = await visitors.presses(f"set:daily:10:{GROUP}", MOD, "chat:group:2")
    assert told.private, "nor from another group"
    card = await visitors.service.commands.settings(MOD, GROUP)
    [card] = await visitors.chooses(card, "25", MOD, GROUP)
    assert (await visitors.service.preferences.get(GROUP)).daily == "25"
    assert card.text.startswith("Settings of this group")


async def test_nobody_chooses_for_somebody_else(visitors):
    [told] = await visitors.presses(f"set:language:ja:{ANNA.id}", MOD)
    assert told.text == "Only the person who asked can do that."
    assert await visitors.service.preferences.get(ANNA.id) == Preferences()


@pytest.mark.parametrize("code", ["set:language:xx:", "set:nonsense:de:", "open:nonsense:", "set:", "open:"])
async def test_what_cannot_be_chosen_is_answered(visitors, code):
    [told] = await visitors.presses(code + ANNA.id)
    assert told.private
    assert told.text


async def test_a_group_that_had_its_songs_for_today_is_told_when_there_are_more(visitors):
    await visitors.presses(f"set:daily:10:{GROUP}", MOD, GROUP)
    for number in range(10):
        await visitors.sends("vocals", ANNA if number % 2 else BEN, b"%d" % number, chat=GROUP)
    [told] = await visitors.sends("vocals", data=b"one more", chat=GROUP)
    assert told.text == "This group has used its 10 songs for today. Please try again in 24 h."
    [*_, alone] = await visitors.sends("vocals", data=b"one more")
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
