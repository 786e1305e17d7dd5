"""From the text of a message to tokens: cut into words, each looked up, typing errors corrected.

    text      Ohne  Shclagzeug , pls        ドラムなしflacで
    words     ohne  shclagzeug , pls        ドラム  なし  flac  で
    tokens    NOT   STEM       , ASK        STEM  OFF  FORMAT  FILLER
                    └ corrected: one swap away from "schlagzeug"

A word is looked up first in the language that most of the message is in; the sender's language and English
get an advantage, so they win where words collide ("base" is a karaoke in Spanish, a typing error in English).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from bots.intents.lexicon import LEXICONS, Lexicon, Token, TokenKind
from bots.intents.lexicon.base import IS_JAPANESE, JAPANESE, normalize
from bots.intents.typo_exceptions import TYPO_EXCEPTIONS
from separator.core.outputs import Format, Stem, only

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN_ADVANTAGE, ENGLISH_ADVANTAGE = 0.5, 0.3  # in words; less than one, so that evidence can win
FILLER_WEIGHT = 0.6  # languages share short words, so they are weaker evidence

MAX_CHARACTERS = 500  # the rest of a message is not read
LONGEST_JAPANESE = max(map(len, LEXICONS["ja"].words))  # characters

_MARKS = {
    **{mark: Token(TokenKind.STOP) for mark in "\n.;!?。"},
    **{mark: Token(TokenKind.COMMA) for mark in ",、"},
    **{mark: Token(TokenKind.AND) for mark in "&/・"},
    "+": Token(TokenKind.PLUS),
    **{mark: Token(TokenKind.NOT) for mark in "-🚫❌"},
    **{
        mark: Token(TokenKind.STEM, mix=only(stem), is_weak=True)
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

_IGNORED = re.compile(
    r"https?://\S+|[@#<]\S+|\b(?![23]\b(?! ?k))\d+(?!\d*\s?(?:%|db\b))\s?(?:kbps|kbit|k|hz|khz|bit)?\b"
)
_ABBREVIATIONS = {
    r"[-+]?\d+\s?(?:%|db\b)": " percent ",
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
    """The words and marks of a message, normalized. Addresses, mentions and numbers are left out."""
    text = normalize(text[:MAX_CHARACTERS])
    text = _IGNORED.sub(" ", text)
    for pattern, full in _ABBREVIATIONS.items():
        text = re.sub(pattern, full, text)
    text = _ELIDED.sub(r"\1 ", text)
    return _WORD.findall(re.sub(r"['’`]", "", text))


def tokenize(text: str, language: str) -> list[Token]:
    """The tokens of a message, in order.

    Args:
        text: Anything at all.
        language: The sender's, BCP 47.
    """
    words = list(_segment(split(text)))
    ranked = _rank_lexicons(words, language.replace("_", "-").partition("-")[0].lower())
    tokens: list[Token] = []
    index = 0
    while index < len(words):
        token, length = _match(words, index, ranked)
        tokens += [token] if token else correct_typo(words[index], ranked)
        index += length
    return tokens


def _segment(words: list[str]) -> Iterator[str]:
    """The words, those in Japanese writing cut into known words."""
    for word in words:
        if IS_JAPANESE.match(word):
            yield from _segment_japanese(word)
        else:
            yield word


def _segment_japanese(text: str) -> Iterator[str]:
    unknown = ""
    while text:
        longest = min(len(text), LONGEST_JAPANESE)
        known = next((text[:n] for n in range(longest, 0, -1) if text[:n] in LEXICONS["ja"].words), "")
        if known and unknown:
            yield unknown
            unknown = ""
        if known:
            yield known
        else:
            unknown += text[0]
        text = text[len(known) or 1 :]
    if unknown:
        yield unknown


def _rank_lexicons(words: list[str], own: str) -> list[Lexicon]:
    """The lexicons, those that know most of the message first."""

    def score(language: str) -> float:
        advantage = (language == own) * OWN_ADVANTAGE + (language == "en") * ENGLISH_ADVANTAGE
        return advantage + _count_known(words, LEXICONS[language])

    return [LEXICONS[each] for each in sorted(LEXICONS, key=score, reverse=True)]


def _count_known(words: list[str], lexicon: Lexicon) -> float:
    """How many words of the message a language knows."""
    known, index = 0.0, 0
    while index < len(words):
        token, length = _match(words, index, [lexicon])
        if token and words[index] not in _FIXED:
            known += length * (FILLER_WEIGHT if token.kind is TokenKind.FILLER else 1.0)
        index += length
    return known


def _match(words: list[str], index: int, ranked: list[Lexicon]) -> tuple[Token | None, int]:
    """The longest phrase that begins here in any language, by rank; and its length in words."""
    longest = max(each.longest for each in ranked)
    for length in range(min(longest, len(words) - index), 0, -1):
        phrase = " ".join(words[index : index + length])
        if length == 1 and phrase in _FIXED:
            return _FIXED[phrase], 1
        if token := _look_up(phrase, ranked):
            return token, length
    return None, 1


#: Letters that a word has at least, by its kind, before a typing error in it is corrected; shorter words have
#: too many neighbours, and a stem is likelier here than a verb.
_MIN_LETTERS = {
    TokenKind.STEM: 5,
    TokenKind.MIX: 5,
    TokenKind.NOT: 5,
    TokenKind.BUT: 5,
    TokenKind.CUT: 6,
    TokenKind.ONLY: 6,
    TokenKind.PARTS: 6,
}
LONG_WORD = 8  # letters from which two errors are corrected
#: Pairs that people run together: nodrums, vocalsonly.
_COMPOUNDS = {
    (TokenKind.NOT, TokenKind.STEM),
    (TokenKind.ONLY, TokenKind.STEM),
    (TokenKind.STEM, TokenKind.ONLY),
}


def _correctable_words() -> dict[str, list[tuple[str, Lexicon]]]:
    """First letter → the words that a typing error may mean, and the lexicon of each."""
    words: dict[str, list[tuple[str, Lexicon]]] = {}
    for lexicon in LEXICONS.values():
        for word, token in lexicon.words.items():
            if len(word) >= _MIN_LETTERS.get(token.kind, MAX_CHARACTERS):
                words.setdefault(word[0], []).append((word, lexicon))
    return words


_CORRECTABLE = _correctable_words()


def correct_typo(word: str, ranked: list[Lexicon]) -> list[Token]:
    """The tokens of an unlisted word: drawn out (basss), run together (nodrums), mistyped, or unknown."""
    for squeezed in (re.sub(r"(.)\1{2,}", r"\1", word), re.sub(r"(.)\1{2,}", r"\1\1", word)):
        if known := _look_up(squeezed, ranked):
            return [known]
    if word in TYPO_EXCEPTIONS or IS_JAPANESE.match(word):
        return [Token(TokenKind.UNKNOWN)]
    return _split_compound(word, ranked) or [_nearest(word, ranked) or Token(TokenKind.UNKNOWN)]


def _look_up(word: str, ranked: list[Lexicon]) -> Token | None:
    return next((each.words[word] for each in ranked if word in each.words), None)


def _split_compound(word: str, ranked: list[Lexicon]) -> list[Token] | None:
    """Two words of one language that were run together."""
    for lexicon in ranked:
        for position in range(2, len(word) - 2):
            first, second = lexicon.words.get(word[:position]), lexicon.words.get(word[position:])
            if first and second and (first.kind, second.kind) in _COMPOUNDS:
                return [first, second]
    return None


def _nearest(word: str, ranked: list[Lexicon]) -> Token | None:
    """The token of the nearest word, if it is near enough and begins with the same letter."""
    best: tuple[int, int, Token] | None = None
    for known, lexicon in _CORRECTABLE.get(word[0], ()):
        allowed = 2 if min(len(known), len(word)) >= LONG_WORD else 1
        distance = OSA.distance(word, known, score_cutoff=allowed)
        if distance <= allowed:
            found = (distance, ranked.index(lexicon), lexicon.words[known])
            best = min(best or found, found, key=lambda each: each[:2])
    return best[2] if best else None
