"""From a message to an `OutputSpec`: "no drums pls", "acapella", "karaoke, flac", "барабаны убрать".

    message   no     drums  and   bass  ,      vocals  only   flac    thx
    tokens    NOT    STEM   AND   STEM  COMMA  STEM    ONLY   FORMAT  FILLER    (`bots.intents.lexicon`)
    grammar   └─ removed: drums, bass ─┘       └ asked for ┘  flac              (`bots.intents.parser`)
    outputs   -drums-bass, vocals : flac

Tokens are read once, from left to right. A word before stems (*without*) removes all that are joined to it; a
word after them (*weg*, *抜き*) changes the list of stems that it ends. `+` and *with* sum stems into one mix,
*and* makes several, and what is kept beside something removed goes without saying. A message that is not
clear enough (`bots.intents.interpretation`), or asks for nothing that we make ("no sax"), is no error: the
bot then offers buttons.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bots.intents.interpretation import Interpretation
from bots.intents.lexicon import TokenKind
from bots.intents.lexicon.base import normalize
from bots.intents.negation import OUTPUTS
from bots.intents.parser import IntentParser
from bots.intents.quality import apply_quality, extract_quality
from bots.intents.tokenizer import MAX_CHARACTERS, tokenize
from separator.core.outputs import Format

if TYPE_CHECKING:
    from separator.core.outputs import OutputSpec


def read_intent(message: str, language: str = "en", default: Format = Format.MP3) -> OutputSpec | None:
    """The outputs that a message asks for, or None when that is not clear.

    Args:
        message: A caption, a message or a command's text; anything at all.
        language: The sender's, BCP 47; all eight languages are understood, whichever it is.
        default: The format where the message names none.
    """
    lines = message[:MAX_CHARACTERS].split("\n")
    text, quality = extract_quality(
        normalize("\n".join(line for line in lines if not _is_title(line, language)))
    )
    result = IntentParser(Interpretation(format=default)).read(tokenize(text, language))
    outputs = result.outputs()
    return outputs and apply_quality(outputs, quality, has_format=result.has_format)


_VERSION = re.compile(r"(?P<name>.*\S)\s*[(\[](?P<version>[^()\[\]]+)[)\]]\s*(?:\.\w{2,4})?")
_DASH = re.compile(r"\s[-–—]\s")
_INSTRUCTIONS = frozenset({TokenKind.ASK, TokenKind.ONLY, TokenKind.CUT, TokenKind.OFF})


def _is_title(line: str, language: str) -> bool:
    """Whether a line names a song: "Artist - Title", "Title (Karaoke Version)". Its words ask for nothing."""
    line = line.strip()
    if versioned := _VERSION.fullmatch(line):
        name, version = _kinds(versioned["name"], language), _kinds(versioned["version"], language)
        is_named = bool(name - {TokenKind.FILLER, TokenKind.FORMAT}) and not name & (OUTPUTS | _INSTRUCTIONS)
        if is_named and version & OUTPUTS:
            return True
    artist, *title = _DASH.split(line, 1)
    if not title:
        return False
    if line.istitle():
        return True
    before, after = _kinds(artist, language), _kinds(title[0], language)
    is_name = not before & (OUTPUTS | _INSTRUCTIONS) and not after & _INSTRUCTIONS
    return is_name and (TokenKind.UNKNOWN in before or TokenKind.STEM in after)


def _kinds(text: str, language: str) -> set[TokenKind]:
    return {token.kind for token in tokenize(text, language)}
