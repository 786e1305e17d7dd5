"""What people read: complete, in numbers they can use, with nothing of the machine in it."""

import ast
import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message, VariableReference
from fluent.syntax.visitor import Visitor

from bots.i18n.translate import (
    DEFAULT,
    LANGUAGES,
    LOCALES,
    duration,
    error_message,
    has,
    language_of,
    size,
    translate,
)
from separator.core.errors import Busy, SongTooLong

TRANSLATORS = {"translate", "_words"}  # the second is Discord's, for the names of commands
BOTS = Path(__file__).parents[3] / "bots"


class Facts(Visitor):
    """Collects the facts of a message."""

    def __init__(self):
        self.names = set()

    def visit_VariableReference(self, node: VariableReference):  # noqa: N802 - Fluent's name
        self.names.add(node.id.name)


def messages(language):
    """Message id → (its facts, its text as written), for every sentence of a language."""
    found = {}
    for file in (LOCALES / language).glob("*.ftl"):
        source = file.read_text("utf-8")
        for entry in FluentParser().parse(source).body:
            assert entry.__class__.__name__ != "Junk", f"{file}: {entry.content}"
            if isinstance(entry, Message):
                facts = Facts()
                facts.visit(entry)
                assert entry.id.name not in found, f"{entry.id.name} is there twice"
                found[entry.id.name] = (facts.names, source[entry.span.start : entry.span.end])
    return found


ENGLISH = messages(DEFAULT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence_with_the_facts_that_english_fills_in(language):
    theirs = messages(language)
    assert theirs.keys() == ENGLISH.keys()
    assert {key: facts for key, (facts, _) in theirs.items()} == {
        key: facts for key, (facts, _) in ENGLISH.items()
    }


def test_every_language_says_its_own_name():
    assert len({translate("language.name", language) for language in LANGUAGES}) == len(LANGUAGES)


def keys_in_code():
    """Key of each `translate("…")` in `bots`; an f-string counts by its fixed beginning, as `doctor.*`."""
    for file in BOTS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATORS
            ):
                continue
            for key in keys_in(node.args[0]):
                yield pytest.param(key, id=f"{file.stem}:{key}")


def keys_in(node):
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from keys_in(node.body)
        yield from keys_in(node.orelse)
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        yield node.values[0].value + "*"


@pytest.mark.parametrize("key", list(keys_in_code()))
def test_every_key_in_the_code_has_a_sentence(key):
    if key.endswith("*"):
        assert any(name.startswith(key[:-1].replace(".", "-")) for name in ENGLISH)
    else:
        assert has(key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_other_language_differs_from_english_wherever_they_use_words(language):
    """A sentence that was copied and never translated shows up here."""
    same_in_many = (
        "unit-",
        "web-app",
        "output-",
        "web-preset-",
        "web-stem-",
        "web-app-outputs-",
        "heading",
        "permission-",
    )
    copied = [
        key
        for key, (_, text) in messages(language).items()
        if text == ENGLISH[key][1] and len(text) > 40 and not key.startswith(same_in_many)
    ]
    assert language == DEFAULT or not copied


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_and_menus_fit_where_they_are_shown(language):
    """Buttons by a thumb's width, descriptions by Discord's 100 characters, its menu's name by 32."""
    for key in ENGLISH:
        if key.startswith(("button-", "output-")) and key != "output-without":
            assert len(translate(key, language)) <= 20, key
        if key.startswith("command-"):
            assert 1 <= len(translate(key, language)) <= 100, key
    assert len(translate("command.menu", language)) <= 32


@pytest.mark.parametrize(
    ("before", "said"),
    [(1, "1 песня"), (2, "2 песни"), (5, "5 песен"), (11, "11 песен"), (21, "21 песня"), (104, "104 песни")],
)
def test_counts_take_the_form_that_the_language_wants(before, said):
    assert said in translate("queued", "ru", before=before, eta="")


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 file is too big"), (2, "2 files are too big"), (21, "21 files are too big")]
)
def test_one_file_is_not_files(count, said):
    assert said in translate("done_too_big", outputs="Drumless", count=count)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "1 h 5 min"),
        ("fr", "1 h 5 min"),
        ("ru", "1 ч 5 мин"),
        ("ja", "1時間5分"),
        ("pt-BR", "1 h 5 min"),
    ],
)
def test_times_are_said_in_the_persons_language(language, said):
    assert duration(3900, language) == said


@pytest.mark.parametrize(("language", "said"), [("fr", "12 Mo"), ("ru", "12 МБ"), ("ja", "12 MB")])
def test_sizes_are_said_in_the_persons_language(language, said):
    assert size(12_000_000, language) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chat_gets_plain_characters(language):
    """No marks of text direction around facts: they show as boxes, and break a copied link."""
    text = translate("queued", language, before=2, eta=translate("eta", language, eta_s=40.0))
    assert not {"\u2068", "\u2069"} & set(text)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (40.4, "40 s"), (150, "2 min"), (3600, "1 h"), (3900, "1 h 5 min")]
)
def test_times_are_said_as_people_say_them(seconds, said):
    assert duration(seconds) == said


def test_sizes_are_said_in_megabytes_until_those_get_long():
    assert size(200_000_000) == "200 MB"
    assert size(10) == "1 MB"
    assert size(12_300_000_000) == "12 GB"


def test_numbers_become_words_by_the_unit_in_their_name():
    assert translate("eta", eta_s=40.0) == ", about 40 s to go"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en-GB", "en"),
        ("xx", "en"),
        ("", "en"),
        ("EN_us", "en"),
        ("pt-BR", "pt"),
        ("es-419", "es"),
        ("ja", "ja"),
    ],
)
def test_a_language_that_is_not_there_is_english(tag, language):
    assert language_of(tag) == language


def test_the_longest_song_title_is_cut_and_not_refused():
    text = translate("heading", song="ab" * 5000, outputs="x")
    assert text.endswith("…: x")
    assert len(text) < 2100


def test_what_a_song_calls_itself_is_never_read_as_a_pattern():
    assert translate("heading", song="{ $wish } {percent} %s", outputs="x") == "{ $wish } {percent} %s: x"


def test_a_sentence_that_lacks_a_fact_is_not_said():
    with pytest.raises(KeyError, match="queued"):
        translate("queued")
    with pytest.raises(KeyError):
        translate("no.such.key")


def test_an_error_that_lacks_a_fact_is_told_by_the_class_above_it():
    assert error_message(SongTooLong()) == "I can't separate this song."


def test_a_limit_has_a_sentence_of_its_own():
    assert error_message(Busy(limit="jobs_waiting", most=10)).startswith(
        "You already have 10 songs in the queue"
    )
    assert error_message(Busy(limit="of a later version")).startswith("I'm at my limit")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_names_a_path_or_a_trace(language):
    for _, text in messages(language).values():
        assert not re.search(r"(^|\s)/\w+/|Traceback|\.py\b", text)
