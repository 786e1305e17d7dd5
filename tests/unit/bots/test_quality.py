"""Bit depths and bit rates in messages and from menus."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.chat.results import _output_buttons
from bots.discord.commands import QUALITIES
from bots.intents.quality import extract_quality, format_label
from bots.intents.read import read_intent
from separator import Order, OrderState
from separator.core.outputs import DRUMLESS, Format, OutputSpec, Quality

KINDS = [(kind, quality) for kind in Format for quality in (Quality.AUTO, *kind.qualities)]


@pytest.mark.parametrize(("kind", "quality"), KINDS)
def test_the_name_of_a_quality_is_understood_when_it_is_typed(kind, quality):
    outputs = OutputSpec((DRUMLESS,), format=kind, quality=quality)
    assert read_intent(f"drumless {format_label(outputs)}") == outputs


@pytest.mark.parametrize("kind", Format)
@pytest.mark.parametrize("quality", QUALITIES)
def test_any_choice_from_discords_two_menus_is_understood(kind, quality):
    """A quality that the format does not have is ignored: the menus do not depend on each other."""
    outputs = read_intent(f"drumless {kind} {quality}")
    assert (outputs.mixes, outputs.format) == ((DRUMLESS,), kind)
    assert (outputs.quality is Quality.AUTO) == (("bit" in quality.split()[1:2]) == kind.is_lossy)


@pytest.mark.parametrize(
    "text", ["track 24", "summer of 69", "vocals 320", "wav 44.1", "flac 48 khz", "1995"]
)
def test_a_number_without_unit_or_format_beside_it_is_no_quality(text):
    assert extract_quality(text) == (text, None)


@pytest.mark.parametrize(
    "name",
    ["stem.mp4", "stems.mp4", "stem mp4", "native instruments", "ni stems", "traktor stems", "mixxx stems"],
)
def test_the_stem_file_has_many_names(name):
    assert read_intent(name) == OutputSpec(every_stem=True, format=Format.STEM_MP4)


def test_after_a_stem_file_the_buttons_offer_mixes_as_m4a():
    """Drumless as another `.stem.mp4` would be the same file again."""
    order = Order(
        id=17,
        request_id="telegram:1:1",
        owner="telegram:1",
        platform="telegram",
        reply_to="",
        song="",
        song_name="",
        outputs="stems:stem.mp4-192",
        language="en",
        state=OrderState.READY,
        job=None,
        created=0.0,
    )
    codes = {button.code for row in _output_buttons(order, leave_out=["stems"]) for button in row}
    assert "wish:17:-drums:m4a-192" in codes
    assert all(OutputSpec.from_code(code.partition("17:")[2]).format is Format.M4A for code in codes)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("drumless", "-drums:flac"),
        ("drumless 320kbps", "-drums:mp3-320"),
        ("drumless 24 bit", "-drums:flac-24"),
        ("drumless 32 bit float", "-drums:wav-32f"),
        ("drumless m4a 192", "-drums:m4a-192"),
    ],
)
def test_a_unit_implies_a_format_also_where_flac_is_the_default(words, code):
    assert read_intent(words, default=Format.FLAC).code == code


@given(st.text(alphabet="0123456789 flacwvmp3bitk.-/ビットhz", max_size=500))
def test_any_numbers_and_units_make_valid_outputs_or_none(text):
    outputs = read_intent(f"drumless {text}")
    assert outputs is None or OutputSpec.from_code(outputs.code) == outputs
