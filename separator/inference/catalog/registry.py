"""Chooses models by name, outputs and available weights. Imports no torch; it only looks at files."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from separator.core.errors import ConfigError, ModelNotHere, UnknownWish
from separator.inference.catalog.card import ModelCard, Score, WeightFile
from separator.inference.catalog.cards import CARDS, EMBEDDED, SPLEETER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from separator.core.outputs import OutputSpec, Stem

__all__ = [
    "CARDS",
    "EMBEDDED",
    "SPLEETER",
    "ModelCard",
    "Score",
    "WeightFile",
    "available_weights",
    "card_of",
    "choose_model",
    "is_available",
    "select_specialists",
    "usable_card",
]

Weights = frozenset[str]  #: names of weight files
MIN_STEMS = 4  # of a model that `auto` chooses for "all stems"


def card_of(name: str) -> ModelCard:
    """The card with this name; `auto` is the embedded default.

    A bag of specialists is also found as `<name>-<stem>-<stem>`: only those specialists then.

    Raises:
        ConfigError: There is no such model.
    """
    if name == "auto":
        return EMBEDDED
    if name in CARDS:
        return CARDS[name]
    bag_name, *words = name.split("-")
    bag = CARDS.get(bag_name)
    specialists = {file.focus.value: file.focus for file in bag.files if file.focus} if bag else {}
    if bag and words and all(word in specialists for word in words):
        return select_specialists(bag, (specialists[word] for word in words))
    raise ConfigError(setting="STEMBOT_MODEL", value=name)


def select_specialists(card: ModelCard, stems: Iterable[Stem]) -> ModelCard:
    """A bag of specialists with only those for `stems`; any other card unchanged.

    All stems still come out; those without their specialist are the mean of the others' outputs, so this
    serves outputs of only `stems`, or of everything without them. It has a name of its own, so that its
    separations are not taken for those of the bag.
    """
    wanted = set(stems)
    specialists = tuple(file for file in card.files if file.focus in wanted)
    if not specialists or len(specialists) == len(card.files):
        return card
    names = [file.focus.value for file in specialists if file.focus]
    return replace(card, name="-".join([card.name, *names]), files=specialists)


def is_available(card: ModelCard, available: Path | Weights | None) -> bool:
    """Whether a model can be used: its files are in the folder, and its network is installed.

    Only sizes are compared; the hash is verified when the weights are loaded. A process without torch does
    not separate, so packages are not required there. `available` is a folder, or the names of weight files
    that workers reported.
    """
    if isinstance(available, frozenset):
        return all(file.name in available for file in card.files)
    return _is_installed(card) and all(
        available is not None and _is_complete(available / file.name, file) for file in card.files
    )


def available_weights(folder: Path) -> Weights:
    """The complete weight files in a folder whose network is installed."""
    files = (file for card in CARDS.values() if _is_installed(card) for file in card.files)
    return frozenset(file.name for file in files if _is_complete(folder / file.name, file))


def _is_installed(card: ModelCard) -> bool:
    return not (card.package and find_spec("torch") and not find_spec(card.package))


def _is_complete(path: Path, file: WeightFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size_bytes


def usable_card(name: str, folder: Path | None) -> ModelCard:
    """The card with this name if it can be used, else the embedded one: what a worker loads first.

    Raises:
        ConfigError: There is no such model.
    """
    card = card_of(name)
    return card if is_available(card, folder) else EMBEDDED


def choose_model(name: str, outputs: OutputSpec, available: Path | Weights | None = None) -> ModelCard:
    """The model for an output spec: the one named, or for `auto` the best that is available.

    Args:
        name: Of a model, or `auto`.
        outputs: What it must be able to make.
        available: The folder of weights, or the names of available files; None: only models without files.

    Raises:
        UnknownWish: It cannot make the outputs.
        ModelNotHere: The weights of the named model are missing.
        ConfigError: There is no such model.
    """
    if not outputs.mixes and not outputs.every_stem:
        raise UnknownWish(outputs="")
    if name == "auto":
        return _choose_automatically(outputs, available)
    card = _for_outputs(card_of(name), outputs)
    if not is_available(card, available):
        raise ModelNotHere(setting="STEMBOT_MODEL", value=card.name, model=card.name)
    return card


def _choose_automatically(outputs: OutputSpec, available: Path | Weights | None) -> ModelCard:
    """The first of `CARDS` that can; if none can, the error is that of the embedded model."""
    for each in CARDS.values():
        if outputs.takes_every_stem and len(each.stems) < MIN_STEMS:
            continue
        try:
            card = _for_outputs(each, outputs)
        except UnknownWish:
            continue
        if is_available(card, available):
            return card
    return _for_outputs(EMBEDDED, outputs)


def _for_outputs(card: ModelCard, outputs: OutputSpec) -> ModelCard:
    """The card with only the specialists that the outputs need.

    Raises:
        UnknownWish: It cannot make the outputs.
    """
    outputs.resolve(card.stems)
    if outputs.takes_every_stem:
        return card
    return select_specialists(card, (stem for mix in outputs.mixes for stem in mix.stems))
