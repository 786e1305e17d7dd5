"""From a person's words to a `Wish`: "no drums pls", "acapella", "karaoke, flac", "drums + bass".

    words      no      drums   and   bass   ,   vocals   only   flac
    token      NOT     DRUMS    ·    BASS   |   VOCALS    ·     FORMAT
    reading    without{drums, bass}             only{vocals}    flac

Words are looked up in one table a language; what is in no table is left unread. `+` joins stems into one mix,
other joints make several. Nothing understood is not an error: the desk then offers buttons.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from separator import BASSLESS, DRUMLESS, INSTRUMENTAL, Format, Mix, Stem, Wish, only, without


@dataclass(frozen=True)
class Vocabulary:
    """The words of one language."""

    stems: dict[str, Stem]
    mixes: dict[str, Mix]
    everything: frozenset[str]
    negations: frozenset[str]
    joints: frozenset[str]  #: between stems of one negation
    emphasis: frozenset[str]  #: beside a stem that is wished for
    formats: dict[str, Format] = field(default_factory=dict)


ENGLISH = Vocabulary(
    stems={
        **dict.fromkeys(("vocal", "vocals", "voice", "voices", "vox", "singing", "singer"), Stem.VOCALS),
        **dict.fromkeys(("acapella", "acappella", "accapella", "capella"), Stem.VOCALS),
        **dict.fromkeys(("drum", "drums", "drumtrack", "percussion", "beat", "beats"), Stem.DRUMS),
        **dict.fromkeys(("bass", "bassline", "basses"), Stem.BASS),
        **dict.fromkeys(("other", "others", "rest"), Stem.OTHER),
        **dict.fromkeys(("guitar", "guitars"), Stem.GUITAR),
        **dict.fromkeys(("piano", "pianos", "keys"), Stem.PIANO),
    },
    mixes={
        **dict.fromkeys(("instrumental", "instrumentals", "karaoke", "vocalless"), INSTRUMENTAL),
        **dict.fromkeys(("accompaniment", "backing", "novocals"), INSTRUMENTAL),
        **dict.fromkeys(("drumless", "nodrums"), DRUMLESS),
        **dict.fromkeys(("bassless", "nobass"), BASSLESS),
        "guitarless": without(Stem.GUITAR),
        "pianoless": without(Stem.PIANO),
    },
    everything=frozenset({"stems", "stem", "all", "everything", "separate", "multitrack", "split"}),
    negations=frozenset(
        {"no", "without", "wo", "remove", "minus", "less", "cut", "mute", "not", "except", "sans"}
    ),
    joints=frozenset({"and", "or", "nor", "the", "any", "&", ",", "/"}),
    emphasis=frozenset({"only", "just", "solo", "alone", "isolated", "isolate"}),
)
FORMATS = {each.value: each for each in Format} | {"wave": Format.WAV, "aac": Format.M4A, "opus": Format.OGG}
LANGUAGES = {"en": ENGLISH}

_TOKEN = re.compile(r"[^\W\d_]+[0-9]?[^\W\d_]*|[+&,;/]", re.UNICODE)


def _tokens(words: str) -> list[str]:
    """Lower-case words and joints; `w/o`, `a capella` and `mp3` are one word each."""
    plain = unicodedata.normalize("NFKC", words).lower()
    plain = re.sub(r"\bw/o\b", "without", plain)
    plain = re.sub(r"\ba[ -]c+ap+el+a\b", "acapella", plain)
    plain = re.sub(r"(\w)-(?=(?:less|free)\b)", r"\1", plain)
    return _TOKEN.findall(plain)


@dataclass
class _Reading:
    """What has been understood so far."""

    mixes: list[Mix] = field(default_factory=list)
    everything: bool = False
    format: Format = Format.MP3
    removed: set[Stem] = field(default_factory=set)
    negated: bool = False
    summing: bool = False

    def stem(self, stem: Stem) -> None:
        """A stem's name was read: taken away, added to the sum before it, or wished by itself."""
        if self.negated:
            self.removed.add(stem)
        elif self.summing and self.mixes and not self.mixes[-1].without:
            self.mixes[-1] = Mix(self.mixes[-1].stems | {stem})
        else:
            self.mixes.append(only(stem))
        self.summing = False

    def close(self) -> None:
        """The words end: all that was taken away is one mix, and the first."""
        if self.removed:
            self.mixes.insert(0, Mix(frozenset(self.removed), without=True))


def _read(token: str, words: Vocabulary, reading: _Reading) -> None:
    """Take one token in."""
    if token in words.negations:
        reading.negated = True
    elif token in words.stems:
        reading.stem(words.stems[token])
    elif token in words.mixes:
        reading.mixes.append(words.mixes[token])
    elif token in words.everything:
        reading.everything = reading.everything or not reading.negated
    elif token in FORMATS:
        reading.format = FORMATS[token]
    elif token == "+":  # noqa: S105 - a plus sign, no password
        reading.summing = True
    elif token not in words.joints:
        reading.negated = False


def _emphasised(tokens: list[str], place: int, words: Vocabulary) -> bool:
    """Whether a stem stands beside a word such as *only*, which ends a negation: "no drums, vocals only"."""
    after = tokens[place + 1] if place + 1 < len(tokens) else ""
    before = tokens[place - 1] if place else ""
    return tokens[place] in words.stems and (after in words.emphasis or before in words.emphasis)


def read_wish(words: str, language: str = "en") -> Wish | None:
    """What a person asks for, or None when no word of it is known.

    Args:
        words: A caption, a message or a command's text; anything at all.
        language: BCP 47; English words are understood in every language.
    """
    vocabulary = LANGUAGES.get(language.split("-", maxsplit=1)[0], ENGLISH)
    reading = _Reading()
    tokens = _tokens(words)
    for place, token in enumerate(tokens):
        if _emphasised(tokens, place, vocabulary):
            reading.negated = False
        _read(token, vocabulary, reading)
    reading.close()
    mixes = tuple(dict.fromkeys(reading.mixes))
    everything = reading.everything and not mixes
    if not mixes and not everything:
        return None
    return Wish(mixes=mixes, every_stem=everything, format=reading.format)
