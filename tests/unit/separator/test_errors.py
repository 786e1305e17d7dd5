"""An error reaches the person as a error_message of its own, whichever process it was raised in."""

import pytest

from bots.i18n.translate import LANGUAGES, error_message, has
from separator.core.errors import SongTooLong, from_record, to_record
from storage import StembotError

FACTS = {
    "lasts_s": 5000.0,
    "limit_s": 1200.0,
    "least_s": 1.0,
    "size_bytes": 3e8,
    "limit_bytes": 2e8,
    "wish": "guitar",
    "most": 10,
    "ends_s": 60.0,
    "setting": "STEMBOT_MODEL",
    "value": "x",
    "model": "x",
    "file": "x",
    "reason": "x",
}


def tree(root):
    return [root, *(leaf for child in root.__subclasses__() for leaf in tree(child))]


@pytest.mark.parametrize("kind", tree(StembotError))
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_error_has_its_own_sentence_in_each_language(kind, language):
    assert has(f"error.{kind.__name__}", language)
    said = error_message(kind(**FACTS), language)
    assert "{" not in said
    assert said.endswith((".", "。", "x"))


def test_an_error_written_down_by_a_worker_is_read_the_same_by_a_bot():
    error = from_record(to_record(SongTooLong(lasts_s=5000.0, limit_s=1200.0)))
    assert isinstance(error, SongTooLong)
    assert error_message(error) == "That song is too long: the limit is 20 min."


def test_an_error_of_a_later_version_is_still_told():
    assert error_message(from_record({"kind": "FromTheFuture", "facts": {}}))
