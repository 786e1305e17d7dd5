"""What nothing may write: every token and secret that the program reads while tests run is looked for after.

A secret is known here from the moment that somebody reads it out of its `SecretStr`, or hands it to a process
of the program. What tests print or log is searched test by test, what processes write when they are stopped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LEAST = 8  #: characters; what is shorter stands in texts by chance
_SECRET_SETTING = re.compile(r"STEMBOT_.*(TOKEN|SECRET|PASSWORD|DATABASE_URL)$")
#: A link that opens something, as `storage.links` signs it.
_LINK = re.compile(r"/m/[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{43}")

_known: set[str] = set()
_public: set[str] = set()


def know(secret: str) -> None:
    """Look for this from now on; of an address only its password, for hosts may be told."""
    if "://" in secret:
        secret = urlsplit(secret).password or ""
    if len(secret) >= LEAST:
        _known.add(secret)


def know_what_is_read() -> None:
    """Learn each secret when the program reads it."""
    read = SecretStr.get_secret_value

    def reading(self: SecretStr) -> str:
        secret = read(self)
        know(secret)
        return secret

    SecretStr.get_secret_value = reading  # type: ignore[method-assign] # that is the point


def know_settings(environment: dict[str, str]) -> None:
    """Learn the secrets that a process is given."""
    for name, value in environment.items():
        if _SECRET_SETTING.match(name):
            know(value)


def publish(link: str) -> None:
    """Let a link be written: one that lies in the repository for all to see and opens test data only."""
    _public.add(link)


def told(text: str) -> list[str]:
    """The secrets that a text gives away, by their beginnings."""
    for link in _public:
        text = text.replace(link, "")
    links = [link[:8] for link in _LINK.findall(text)]
    return [f"{secret[:3]}…" for secret in sorted(_known) if secret in text] + links


def told_in(files: list[Path]) -> list[str]:
    """Which of these files give something away, and what."""
    read = [(file, told(file.read_text(errors="replace"))) for file in files if file.is_file()]
    return [f"{file.name}: {', '.join(given)}" for file, given in read if given]


def judge(report: pytest.TestReport) -> None:
    """Fail a test that wrote a secret somewhere."""
    given = told("\n".join(text for _, text in report.sections))
    if report.passed and given:
        report.outcome = "failed"
        report.longrepr = f"secrets were printed or logged while this ran: {', '.join(given)}"
