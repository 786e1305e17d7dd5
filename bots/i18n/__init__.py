"""Sentences in eight languages: lookup and formatting; the texts are in `locales/`."""
