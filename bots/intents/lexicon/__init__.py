"""The words that wishes are made of, in eight languages, and the ear that finds them in what people type."""

from bots.intents.lexicon.base import Meaning, Sense
from bots.intents.tokenizer import LANGUAGES, listen

__all__ = ["LANGUAGES", "Meaning", "Sense", "listen"]
