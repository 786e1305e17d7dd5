"""The words that requests are made of, a file a language."""

from bots.intents.lexicon.base import Lexicon, Token, TokenKind
from bots.intents.lexicon.english import ENGLISH
from bots.intents.lexicon.french import FRENCH
from bots.intents.lexicon.german import GERMAN
from bots.intents.lexicon.italian import ITALIAN
from bots.intents.lexicon.japanese import JAPANESE_WORDS
from bots.intents.lexicon.portuguese import PORTUGUESE
from bots.intents.lexicon.russian import RUSSIAN
from bots.intents.lexicon.spanish import SPANISH

LEXICONS = {
    "en": ENGLISH,
    "es": SPANISH,
    "pt": PORTUGUESE,
    "de": GERMAN,
    "fr": FRENCH,
    "ru": RUSSIAN,
    "it": ITALIAN,
    "ja": JAPANESE_WORDS,
}

__all__ = ["LEXICONS", "Lexicon", "Token", "TokenKind"]
