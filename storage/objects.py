"""The store, by obstore: disk now, S3, GCS and Azure by the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.base import Store
    from storage.settings import StorageSettings


def open_store(settings: StorageSettings) -> Store:
    """The store that the settings name."""
    raise NotImplementedError
