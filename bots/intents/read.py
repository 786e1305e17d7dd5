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

from typing import TYPE_CHECKING

from bots.intents.interpretation import Interpretation
from bots.intents.lexicon import tokenize
from bots.intents.lexicon.base import normalize
from bots.intents.parser import IntentParser
from bots.intents.quality import apply_quality, extract_quality
from bots.intents.tokenizer import MAX_CHARACTERS
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
    text, quality = extract_quality(normalize(message[:MAX_CHARACTERS]))
    result = IntentParser(Interpretation(format=default)).read(tokenize(text, language))
    outputs = result.outputs()
    return outputs and apply_quality(outputs, quality, has_format=result.has_format)
