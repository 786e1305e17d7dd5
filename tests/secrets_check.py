"""Searches the output of tests for every token and secret that the program read while they ran.

A secret is registered when it is read out of its `SecretStr`, or given to a process of the program. What
tests print or log is searched test by test; what processes write, when they are stopped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

MIN_LENGTH = 8  #: characters; shorter ones occur in texts by chance
_SECRET_SETTING = re.compile(r"STEMBOT_.*(TOKEN|SECRET|PASSWORD|DATABASE_URL)$")
#: A link that opens something, as `storage.links` signs it.
_LINK = re.compile(r"/m/[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{43}")

_known: set[str] = set()
_public: set[str] = set()


def register_secret(secret: str) -> None:
    """Search for this from now on; of an address only for its password, as hosts may be written."""
    if "://" in secret:
        secret = urlsplit(secret).password or ""
    if len(secret) >= MIN_LENGTH:
        _known.add(secret)


def watch_secret_values() -> None:
    """Register each secret when the program reads it."""
    read = SecretStr.get_secret_value

    def reading(self: SecretStr) -> str:
        secret = read(self)
        register_secret(secret)
        return secret

    SecretStr.get_secret_value = reading  # type: ignore[method-assign] # that is the point


def register_settings(environment: dict[str, str]) -> None:
    """Register the secrets of a process's environment."""
    for name, value in environment.items():
        if _SECRET_SETTING.match(name):
            register_secret(value)


def allow_link(link: str) -> None:
    """Allow a link in output: one of the repository, which opens test data only."""
    _public.add(link)


def leaked_secrets(text: str) -> list[str]:
    """The secrets in a text, by their beginnings."""
    for link in _public:
        text = text.replace(link, "")
    links = [link[:8] for link in _LINK.findall(text)]
    return [f"{secret[:3]}…" for secret in sorted(_known) if secret in text] + links


def leaking_files(files: list[Path]) -> list[str]:
    """Which of these files contain secrets, and which."""
    read = [(file, leaked_secrets(file.read_text(errors="replace"))) for file in files if file.is_file()]
    return [f"{file.name}: {', '.join(given)}" for file, given in read if given]


def fail_if_leaked(report: pytest.TestReport) -> None:
    """Fail a test that wrote a secret somewhere."""
    given = leaked_secrets("\n".join(text for _, text in report.sections))
    if report.passed and given:
        report.outcome = "failed"
        report.longrepr = f"secrets were printed or logged while this ran: {', '.join(given)}"
