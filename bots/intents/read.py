"""From a person's words to a `OutputSpec`: "no drums pls", "acapella", "karaoke, flac", "барабаны убрать".

    typed     no     drums  and   bass  ,      vocals  only   flac    thx
    heard     NOT    STEM   AND   STEM  COMMA  STEM    ONLY   FORMAT  FILLER    (`bots.intents.lexicon`)
    reading   └─ taken away: drums, bass       └─ wished ─┘   flac
    wish      -drums-bass, vocals : flac

The meanings are read once, from left to right. A word before stems (*without*) takes away all that are joined
to it; a word after them (*weg*, *抜き*) turns the run of stems that it ends. `+` and *with* sum stems into
one mix, *and* makes several, and what is kept beside something taken away goes without saying. What is not
sure enough (`bots.intents.interpretation`), or nothing that we make ("no sax"), is no error: the desk then
offers buttons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.intents.interpretation import Interpretation
from bots.intents.lexicon import Token, TokenKind, tokenize
from bots.intents.lexicon.base import normalize
from bots.intents.parser import SILENT, IntentParser
from bots.intents.quality import in_quality, take_quality
from bots.intents.tokenizer import LONGEST_MESSAGE
from separator import Format

if TYPE_CHECKING:
    from separator import OutputSpec


def read_intent(words: str, language: str = "en", usual: Format = Format.MP3) -> OutputSpec | None:
    """What a person asks for, or None when that is not clear.

    Args:
        words: A caption, a message or a command's text; anything at all.
        language: The person's own, BCP 47; all eight languages are understood, whichever it is.
        usual: The format where the words name none.
    """
    words, asked = take_quality(normalize(words[:LONGEST_MESSAGE]))
    heard = tokenize(words, language)
    reading = IntentParser(Interpretation(format=usual))
    for place, meaning in enumerate(heard):
        reading.read(meaning, _ahead(heard, place))
    reading.stop()
    outputs = reading.guess.outputs()
    return outputs and in_quality(outputs, asked, format_said=reading.guess.format_said)


def _ahead(heard: list[Token], place: int) -> TokenKind:
    """The sense of the next word that matters."""
    return next((each.sense for each in heard[place + 1 :] if each.sense not in SILENT), TokenKind.STOP)
