"""What people read: complete, in numbers they can use, with nothing of the machine in it."""

import re
import string

import pytest

from bots.words import TABLE, duration, language_of, say, size


@pytest.mark.parametrize("language", TABLE)
def test_every_language_fills_the_same_facts_into_each_sentence_as_english(language):
    def facts(template):
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}

    for key, template in TABLE[language].items():
        assert facts(template) == facts(TABLE["en"][key]), key


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (40.4, "40 s"), (150, "2 min"), (3600, "1 h"), (3900, "1 h 5 min")]
)
def test_times_are_said_as_people_say_them(seconds, said):
    assert duration(seconds) == said


def test_sizes_are_said_in_megabytes():
    assert size(200_000_000) == "200 MB"
    assert size(10) == "1 MB"


def test_numbers_become_words_by_the_unit_in_their_name():
    assert say("eta", eta_s=40.0) == ", about 40 s to go"


@pytest.mark.parametrize(("tag", "language"), [("en-GB", "en"), ("xx", "en"), ("", "en"), ("EN_us", "en")])
def test_a_language_that_is_not_there_is_english(tag, language):
    assert language_of(tag) == language


def test_no_sentence_names_a_path_or_a_trace():
    for template in TABLE["en"].values():
        assert not re.search(r"(^|\s)/\w+/|Traceback|\.py\b", template)
