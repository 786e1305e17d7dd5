"""What is kept, and who may see it. The ground floor: knows no jobs, no bots, no torch."""

from storage.base import Store, StoredSong
from storage.errors import (
    LinkEnded,
    LinkError,
    LinkRefused,
    NotStored,
    StembotError,
    StorageError,
    TooManyBytes,
)
from storage.images import waveform_image
from storage.links import LinkClaims, Links, open_links
from storage.live import LiveIndex, LiveStem, live_key
from storage.manifest import Manifest, StemFile, Tags
from storage.objects import open_store
from storage.retention import Swept, sweep
from storage.revocations import Revocations, revoke
from storage.settings import StorageSettings
from storage.tempdirs import scratch, tidy_scratch

__all__ = [
    "LinkClaims",
    "LinkEnded",
    "LinkError",
    "LinkRefused",
    "Links",
    "LiveIndex",
    "LiveStem",
    "Manifest",
    "NotStored",
    "Revocations",
    "StemFile",
    "StembotError",
    "StorageError",
    "StorageSettings",
    "Store",
    "StoredSong",
    "Swept",
    "Tags",
    "TooManyBytes",
    "live_key",
    "open_links",
    "open_store",
    "revoke",
    "scratch",
    "sweep",
    "tidy_scratch",
    "waveform_image",
]
