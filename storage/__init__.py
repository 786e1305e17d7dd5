"""Objects and the links that open them: songs, stems, manifests. Knows no jobs, no bots, no torch."""

from storage.base import (
    LinkEnded,
    LinkError,
    LinkRefused,
    NotStored,
    StembotError,
    StorageError,
    StorageSettings,
    TooManyBytes,
)
from storage.images import waveform_image
from storage.links import LinkClaims, Links, open_links
from storage.live import LiveIndex, LiveStem, live_key
from storage.manifest import Manifest, StemFile, Tags
from storage.objects import ObjectStore, StoredSong, open_store
from storage.retention import DeletedCounts, delete_expired
from storage.revocations import Revocations, revoke
from storage.tempdirs import remove_stale_temp_dirs, temp_dir

__all__ = [
    "DeletedCounts",
    "LinkClaims",
    "LinkEnded",
    "LinkError",
    "LinkRefused",
    "Links",
    "LiveIndex",
    "LiveStem",
    "Manifest",
    "NotStored",
    "ObjectStore",
    "Revocations",
    "StemFile",
    "StembotError",
    "StorageError",
    "StorageSettings",
    "StoredSong",
    "Tags",
    "TooManyBytes",
    "delete_expired",
    "live_key",
    "open_links",
    "open_store",
    "remove_stale_temp_dirs",
    "revoke",
    "temp_dir",
    "waveform_image",
]
