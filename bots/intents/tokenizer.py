"""From what a person typed to meanings: cut into words, each looked up, typing errors forgiven.

    typed      Ohne  Shclagzeug , pls        ドラムなしflacで
    words      ohne  shclagzeug , pls        ドラム  なし  flac  で
    meanings   NOT   STEM       , ASK        STEM  OFF  FORMAT  FILLER
                     └ mended: one swap away from "schlagzeug"

A word is looked up in the language that most of the message is in first; the person's own language and then
English get a head start, so they win where words collide ("base" is a karaoke in Spanish, a typo in English).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from bots.intents.lexicon.base import IS_JAPANESE, JAPANESE, Token, TokenKind, Vocabulary, normalize
from bots.intents.lexicon.english import ENGLISH
from bots.intents.lexicon.french import FRENCH
from bots.intents.lexicon.german import GERMAN
from bots.intents.lexicon.italian import ITALIAN
from bots.intents.lexicon.japanese import JAPANESE_WORDS
from bots.intents.lexicon.portuguese import PORTUGUESE
from bots.intents.lexicon.russian import RUSSIAN
from bots.intents.lexicon.spanish import SPANISH
from bots.intents.typo_exceptions import LOOKALIKES
from separator import Format, Stem, only

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = {
    "en": ENGLISH,
    "es": SPANISH,
    "pt": PORTUGUESE,
    "de": GERMAN,
    "fr": FRENCH,
    "ru": RUSSIAN,
    "it": ITALIAN,
    "ja": JAPANESE_WORDS,
}
OWN_LANGUAGE, ENGLISH_TOO = 0.5, 0.3  # head starts, in words; less than one, so that evidence can win
FILLER_COUNTS = 0.6  # short words are shared by languages, so they say less of which one it is

LONGEST_MESSAGE = 500  # characters that are read; nobody words a wish longer

_MARKS = {
    **{mark: Token(TokenKind.STOP) for mark in "\n.;!?。"},
    **{mark: Token(TokenKind.COMMA) for mark in ",、"},
    **{mark: Token(TokenKind.AND) for mark in "&/・"},
    "+": Token(TokenKind.PLUS),
    **{mark: Token(TokenKind.NOT) for mark in "-🚫❌"},
    **{
        mark: Token(TokenKind.STEM, mix=only(stem), faint=True)
        for mark, stem in {"🎤": Stem.VOCALS, "🥁": Stem.DRUMS, "🎸": Stem.GUITAR, "🎹": Stem.PIANO}.items()
    },
}
_FORMATS = {
    **{each.value.replace(".", ""): each for each in Format},  # `stemmp4`: see bots.intents.quality
    "wave": Format.WAV,
    "aac": Format.M4A,
    "opus": Format.OGG,
    "vorbis": Format.OGG,
    "lossless": Format.FLAC,
}
_FIXED = _MARKS | {word: Token(TokenKind.FORMAT, format=each) for word, each in _FORMATS.items()}

_GONE = re.compile(r"https?://\S+|[@#<]\S+|\b\d+\s?(?:kbps|kbit|k|hz|khz|bit)?\b")
_SHORT = {
    r"\bw/o(?:ut)?\b": "without",
    r"\bw/": "with ",
    r"(?<=\w)-(?=(?:less|free)\b)": "",
    "ヴォ": "ボ",
    r"(?<=[ァ-ヺ])-(?=[ァ-ヺ])": "ー",
}
_ELIDED = re.compile(r"\b(l|d|c|j|m|n|s|t|qu|all|dell|dall|nell|sull|un|quest)['’](?=\w)")
_WORD = re.compile(
    rf"(?:{JAPANESE})+|(?:(?!{JAPANESE})[^\W_])+|(?<![\w-])-(?=\w)|[\n.;!?。,、&/・+]|[🥁🎸🎹🎤🚫❌]"
)


def split(text: str) -> list[str]:
    """The words and marks of a message, plain. Addresses, mentions and numbers are left out."""
    text = normalize(text[:LONGEST_MESSAGE])
    text = _GONE.sub(" ", text)
    for short, written_out in _SHORT.items():
        text = re.sub(short, written_out, text)
    text = _ELIDED.sub(r"\1 ", text)
    return _WORD.findall(re.sub(r"['’`]", "", text))


def tokenize(text: str, language: str) -> list[Token]:
    """What each word and phrase of a message means, in order.

    Args:
        text: Anything at all.
        language: The person's own, BCP 47.
    """
    words = list(_pieces(split(text)))
    ranked = _ranked(words, language.replace("_", "-").partition("-")[0].lower())
    heard: list[Token] = []
    place = 0
    while place < len(words):
        meaning, length = _match(words, place, ranked)
        heard += [meaning] if meaning else correct_typo(words[place], ranked)
        place += length
    return heard


def _pieces(words: list[str]) -> Iterator[str]:
    """The words, those in Japanese writing cut where the longest known one ends."""
    for word in words:
        if IS_JAPANESE.match(word):
            yield from _cut(word)
        else:
            yield word


def _cut(run: str) -> Iterator[str]:
    unknown = ""
    while run:
        longest = min(len(run), 14)  # ありがとうございます is 10; a rest for the lists to grow into
        known = next((run[:n] for n in range(longest, 0, -1) if run[:n] in JAPANESE_WORDS.words), "")
        if known and unknown:
            yield unknown
            unknown = ""
        if known:
            yield known
        else:
            unknown += run[0]
        run = run[len(known) or 1 :]
    if unknown:
        yield unknown


def _ranked(words: list[str], own: str) -> list[Vocabulary]:
    """The vocabularies by how much of the message each knows; own language and English have a head start."""

    def score(language: str) -> float:
        head_start = (language == own) * OWN_LANGUAGE + (language == "en") * ENGLISH_TOO
        return head_start + _known(words, LANGUAGES[language])

    return [LANGUAGES[each] for each in sorted(LANGUAGES, key=score, reverse=True)]


def _known(words: list[str], vocabulary: Vocabulary) -> float:
    """How many words of the message a language knows."""
    known, place = 0.0, 0
    while place < len(words):
        meaning, length = _match(words, place, [vocabulary])
        if meaning and words[place] not in _FIXED:
            known += length * (FILLER_COUNTS if meaning.sense is TokenKind.FILLER else 1.0)
        place += length
    return known


def _match(words: list[str], place: int, ranked: list[Vocabulary]) -> tuple[Token | None, int]:
    """The longest phrase that begins here in any language, by rank; and its length in words."""
    longest = max(each.longest for each in ranked)
    for length in range(min(longest, len(words) - place), 0, -1):
        phrase = " ".join(words[place : place + length])
        if length == 1 and phrase in _FIXED:
            return _FIXED[phrase], 1
        for vocabulary in ranked:
            if phrase in vocabulary.words:
                return vocabulary.words[phrase], length
    return None, 1


#: Letters that a word has at least, by its sense, before a typing error of it is forgiven; shorter ones
#: have too many neighbours, and a stem is likelier here than a verb.
_LEAST_LETTERS = {
    TokenKind.STEM: 5,
    TokenKind.MIX: 5,
    TokenKind.NOT: 5,
    TokenKind.BUT: 5,
    TokenKind.CUT: 6,
    TokenKind.ONLY: 6,
    TokenKind.PARTS: 6,
}
LONG_WORD = 8  # letters from which two errors are forgiven
#: Pairs that people run together: nodrums, vocalsonly, drumtrack.
_RUN_TOGETHER = {
    (TokenKind.NOT, TokenKind.STEM),
    (TokenKind.ONLY, TokenKind.STEM),
    (TokenKind.STEM, TokenKind.ONLY),
}


def _targets() -> dict[str, list[tuple[str, Vocabulary]]]:
    """First letter → the words that a typing error may mean, and whose they are."""
    targets: dict[str, list[tuple[str, Vocabulary]]] = {}
    for vocabulary in LANGUAGES.values():
        for word, meaning in vocabulary.words.items():
            if len(word) >= _LEAST_LETTERS.get(meaning.sense, LONGEST_MESSAGE):
                targets.setdefault(word[0], []).append((word, vocabulary))
    return targets


_TARGETS = _targets()


def correct_typo(word: str, ranked: list[Vocabulary]) -> list[Token]:
    """The meanings of a word that is in no list: drawn out (basss), run together (nodrums), or mistyped."""
    for squeezed in (re.sub(r"(.)\1{2,}", r"\1", word), re.sub(r"(.)\1{2,}", r"\1\1", word)):
        if known := _look_up(squeezed, ranked):
            return [known]
    if word in LOOKALIKES or IS_JAPANESE.match(word):
        return [Token(TokenKind.UNKNOWN)]
    return _pulled_apart(word, ranked) or [_nearest(word, ranked) or Token(TokenKind.UNKNOWN)]


def _look_up(word: str, ranked: list[Vocabulary]) -> Token | None:
    return next((each.words[word] for each in ranked if word in each.words), None)


def _pulled_apart(word: str, ranked: list[Vocabulary]) -> list[Token] | None:
    """Two words of one language that were run together."""
    for vocabulary in ranked:
        for cut in range(2, len(word) - 2):
            first, second = vocabulary.words.get(word[:cut]), vocabulary.words.get(word[cut:])
            if first and second and (first.sense, second.sense) in _RUN_TOGETHER:
                return [first, second]
    return None


def _nearest(word: str, ranked: list[Vocabulary]) -> Token | None:
    """The meaning of the nearest word, if it is near enough and begins with the same letter."""
    best: tuple[int, int, Token] | None = None
    for known, vocabulary in _TARGETS.get(word[0], ()):
        allowed = 2 if min(len(known), len(word)) >= LONG_WORD else 1
        distance = OSA.distance(word, known, score_cutoff=allowed)
        if distance <= allowed:
            found = (distance, ranked.index(vocabulary), vocabulary.words[known])
            best = min(best or found, found, key=lambda each: each[:2])
    return best[2] if best else None
