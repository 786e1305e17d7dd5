"""Signed links that end: HMAC-SHA256 over what may be seen and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.settings import StorageSettings


@dataclass(frozen=True)
class Grant:
    """What the holder of a link may see."""

    manifest: str  #: key of the manifest
    title: str  #: what the page is called
    until: float  #: seconds since 1970


class Links:
    """Makes and reads tokens."""

    def __init__(self, settings: StorageSettings) -> None: ...

    def sign(self, grant: Grant) -> str:
        """A token for this grant: URL-safe ASCII."""
        raise NotImplementedError

    def read(self, token: str) -> Grant:
        """What a token grants.

        Raises:
            LinkRefused: It is not ours, or was changed.
            LinkEnded: Its time is up.
        """
        raise NotImplementedError

    def url(self, grant: Grant) -> str:
        """The public address of the mixer page for this grant; empty where no public URL is set."""
        raise NotImplementedError


def open_links(settings: StorageSettings) -> Links:
    """Links with the key of this data folder, made on the first start (mode 0600)."""
    return Links(settings)
