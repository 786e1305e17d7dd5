"""Which models there are, their weights, licences and precision. No torch."""

from separator.inference.catalog.fetch import DownloadProgress, pull
from separator.inference.catalog.registry import (
    CARDS,
    ModelCard,
    WeightFile,
    card_of,
    choose_model,
    is_available,
)
from separator.inference.catalog.weights import import_file, is_verified

__all__ = [
    "CARDS",
    "DownloadProgress",
    "ModelCard",
    "WeightFile",
    "card_of",
    "choose_model",
    "import_file",
    "is_available",
    "is_verified",
    "pull",
]
