"""Stems, mixes and wishes are facts that survive a database column and a button, and come back equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separator.core.errors import UnknownWish
from separator.core.outputs import (
    DRUMLESS,
    INSTRUMENTAL,
    VOCALS,
    Format,
    Mix,
    OutputSpec,
    Quality,
    Stem,
    only,
    without,
)

FOUR = (Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER)
SIX = (*FOUR, Stem.GUITAR, Stem.PIANO)
KINDS = [(kind, quality) for kind in Format for quality in (Quality.AUTO, *kind.qualities)]
mixes = st.builds(Mix, st.frozensets(st.sampled_from(Stem), min_size=1), st.booleans())


@given(mixes)
def test_a_mix_comes_back_equal_from_its_code_and_from_its_name(mix):
    assert Mix.from_code(mix.code) == mix
    assert Mix.from_code(mix.name) == mix


@given(st.lists(mixes, min_size=1, max_size=4).map(tuple), st.booleans(), st.sampled_from(KINDS))
def test_a_wish_comes_back_equal_from_its_code(wished, every_stem, kind):
    outputs = OutputSpec(wished, every_stem, *kind)
    assert OutputSpec.from_code(outputs.code) == outputs


@pytest.mark.parametrize(
    ("code", "outputs"),
    [
        ("-drums,vocals:mp3", OutputSpec((DRUMLESS, VOCALS))),
        ("stems:flac", OutputSpec(every_stem=True, format=Format.FLAC)),
        (
            "drums+bass,stems:m4a",
            OutputSpec((only(Stem.DRUMS, Stem.BASS),), every_stem=True, format=Format.M4A),
        ),
        ("-vocals:ogg", OutputSpec((INSTRUMENTAL,), format=Format.OGG)),
    ],
)
def test_codes_of_the_first_version_are_still_read(code, outputs):
    """Orders and buttons from before there were qualities stand in job tables and in chats."""
    assert OutputSpec.from_code(code) == outputs
    assert outputs.code == code


def test_a_code_with_a_quality_fits_a_button():
    """Telegram takes 64 bytes of `wish:<order>:<code>`."""
    longest = max((kind.value for kind in Format), key=len)
    assert len(f"wish:{10**9}:-drums-bass:{longest}-256".encode()) <= 64


@pytest.mark.parametrize(
    ("kind", "number", "quality"),
    [
        (Format.MP3, 192, "192"),
        (Format.MP3, 160, "192"),
        (Format.MP3, 256, "320"),
        (Format.M4A, 320, "256"),
        (Format.OGG, 320, "192"),
        (Format.OGG, 64, "96"),
        (Format.FLAC, 32, "24"),
        (Format.WAV, 32, "32f"),
        (Format.FLAC, 16, "16"),
    ],
)
def test_a_number_becomes_the_least_quality_that_is_no_worse(kind, number, quality):
    assert kind.at_least(number) == quality


@pytest.mark.parametrize("kind", Format)
def test_qualities_are_told_best_first(kind):
    numbers = [each.number for each in kind.qualities]
    assert numbers == sorted(numbers, reverse=True)


def test_drumless_is_every_stem_but_the_drums():
    assert DRUMLESS.parts(FOUR) == (Stem.VOCALS, Stem.BASS, Stem.OTHER)


def test_drumless_and_drums_share_no_stem_and_leave_none_out():
    """The law `drumless + drums = song` is then a plain sum."""
    drums = only(Stem.DRUMS)
    assert sorted(DRUMLESS.parts(FOUR) + drums.parts(FOUR)) == sorted(FOUR)


def test_a_two_stem_model_makes_the_instrumental_of_its_accompaniment():
    assert INSTRUMENTAL.parts((Stem.VOCALS, Stem.ACCOMPANIMENT)) == (Stem.ACCOMPANIMENT,)


@pytest.mark.parametrize("mix", [without(Stem.GUITAR), only(Stem.PIANO), without(*FOUR)])
def test_what_a_model_cannot_make_is_refused(mix):
    with pytest.raises(UnknownWish):
        mix.parts(FOUR)


def test_all_stems_are_each_stem_once_even_beside_a_named_one():
    outputs = OutputSpec(mixes=(VOCALS, DRUMLESS), every_stem=True)
    assert [mix.code for mix in outputs.resolve(FOUR)] == ["vocals", "-drums", "drums", "bass", "other"]


def test_a_file_of_stems_takes_every_stem_and_makes_only_named_mixes_besides():
    """`stems:stem.mp4` is one file, not five."""
    outputs = OutputSpec((DRUMLESS,), every_stem=True, format=Format.STEM_MP4)
    assert outputs.resolve(SIX) == (DRUMLESS,)
    assert outputs.needs(SIX) == frozenset(SIX)
    assert OutputSpec((VOCALS,)).needs(SIX) == {Stem.VOCALS}


@pytest.mark.parametrize("available", [(Stem.VOCALS, Stem.ACCOMPANIMENT), FOUR[:3], ()])
def test_a_file_of_stems_needs_four(available):
    with pytest.raises(UnknownWish):
        OutputSpec(every_stem=True, format=Format.STEM_MP4).resolve(available)


@pytest.mark.parametrize(
    "code",
    [
        "vocals:mp3-24",
        "vocals:flac-320",
        "vocals:flac-32f",
        "",
        ":mp3",
        "vocals",
        "vocals:exe",
        "-:mp3",
        "drums+:mp3",
        "../x:mp3",
    ],
)
def test_a_code_that_we_did_not_write_is_refused(code):
    with pytest.raises(UnknownWish):
        OutputSpec.from_code(code)
