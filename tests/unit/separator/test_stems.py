"""Stems, mixes and wishes are facts that survive a database column and a button, and come back equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separator import DRUMLESS, INSTRUMENTAL, VOCALS, Format, Mix, Stem, UnknownWish, Wish, only, without

FOUR = (Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER)
mixes = st.builds(Mix, st.frozensets(st.sampled_from(Stem), min_size=1), st.booleans())


@given(mixes)
def test_a_mix_comes_back_equal_from_its_code_and_from_its_name(mix):
    assert Mix.from_code(mix.code) == mix
    assert Mix.from_code(mix.name) == mix


@given(st.lists(mixes, min_size=1, max_size=4).map(tuple), st.booleans(), st.sampled_from(Format))
def test_a_wish_comes_back_equal_from_its_code(wished, every_stem, ending):
    wish = Wish(wished, every_stem, ending)
    assert Wish.from_code(wish.code) == wish


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
    wish = Wish(mixes=(VOCALS, DRUMLESS), every_stem=True)
    assert [mix.code for mix in wish.resolve(FOUR)] == ["vocals", "-drums", "drums", "bass", "other"]


@pytest.mark.parametrize("code", ["", ":mp3", "vocals", "vocals:exe", "-:mp3", "drums+:mp3", "../x:mp3"])
def test_a_code_that_we_did_not_write_is_refused(code):
    with pytest.raises(UnknownWish):
        Wish.from_code(code)
