"""The words that requests are made of, in eight languages, and the tokenizer that finds them in a message."""

from bots.intents.lexicon.base import Token, TokenKind
from bots.intents.tokenizer import LEXICONS, tokenize

__all__ = ["LEXICONS", "Token", "TokenKind", "tokenize"]
