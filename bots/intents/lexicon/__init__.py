"""The words that wishes are made of, in eight languages, and the ear that finds them in what people type."""

from bots.intents.lexicon.base import Token, TokenKind
from bots.intents.tokenizer import LANGUAGES, tokenize

__all__ = ["LANGUAGES", "Token", "TokenKind", "tokenize"]
