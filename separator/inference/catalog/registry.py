"""Which model does what: names, choices, whose weights are here. Light: no torch, it only looks at files."""

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
APART = 4  # stems of a model that is asked for every stem; two are no answer to "all stems"


def card_of(name: str) -> ModelCard:
    """The card with this name; `auto` is the embedded default.

    A bag of specialists answers to `<name>-<stem>-<stem>` too: only those specialists then.

    Raises:
        ConfigError: There is no such model.
    """
    if name == "auto":
        return EMBEDDED
    if name in CARDS:
        return CARDS[name]
    whole, *words = name.split("-")
    bag = CARDS.get(whole)
    experts = {file.focus.value: file.focus for file in bag.files if file.focus} if bag else {}
    if bag and words and all(word in experts for word in words):
        return select_specialists(bag, (experts[word] for word in words))
    raise ConfigError(setting="STEMBOT_MODEL", value=name)


def select_specialists(card: ModelCard, stems: Iterable[Stem]) -> ModelCard:
    """A bag of specialists with none but those for `stems`; any other card as it is.

    All stems still come out; those without their specialist are what the others make of them, so this serves
    a wish for nothing but `stems`, or for everything without them. It has a name of its own, under which its
    separations are kept apart.
    """
    wanted = set(stems)
    experts = tuple(file for file in card.files if file.focus in wanted)
    if not experts or len(experts) == len(card.files):
        return card
    names = [file.focus.value for file in experts if file.focus]
    return replace(card, name="-".join([card.name, *names]), files=experts)


def is_available(card: ModelCard, place: Path | Weights | None) -> bool:
    """Whether a model can be used: its files lie in the folder, whole, and its network is installed.

    Only sizes are looked at; the hash is checked when the weights are loaded. A process without torch does
    not separate, so it is not asked for packages. Instead of a folder, `place` may be what workers say that
    they have.
    """
    if isinstance(place, frozenset):
        return all(file.name in place for file in card.files)
    return _is_installed(card) and all(
        place is not None and _is_whole(place / file.name, file) for file in card.files
    )


def available_weights(folder: Path) -> Weights:
    """The weight files in a folder that this process could load: whole, and with their network installed."""
    files = (file for card in CARDS.values() if _is_installed(card) for file in card.files)
    return frozenset(file.name for file in files if _is_whole(folder / file.name, file))


def _is_installed(card: ModelCard) -> bool:
    return not (card.package and find_spec("torch") and not find_spec(card.package))


def _is_whole(path: Path, file: WeightFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size_bytes


def usable_card(name: str, folder: Path | None) -> ModelCard:
    """The card with this name if it can be used, else the embedded one: what a worker warms up.

    Raises:
        ConfigError: There is no such model.
    """
    card = card_of(name)
    return card if is_available(card, folder) else EMBEDDED


def choose_model(name: str, outputs: OutputSpec, place: Path | Weights | None = None) -> ModelCard:
    """The model to use for a wish: the one named, or for `auto` the best that is here.

    Args:
        name: Of a model, or `auto`.
        outputs: What it has to make.
        place: Where weights are, or the names of those that are; without it only models count that need none.

    Raises:
        UnknownWish: It cannot make what is wished.
        ModelNotHere: The one that is named has no weights here.
        ConfigError: There is no such model.
    """
    if not outputs.mixes and not outputs.every_stem:
        raise UnknownWish(outputs="")
    if name == "auto":
        return _best(outputs, place)
    card = _for_wish(card_of(name), outputs)
    if not is_available(card, place):
        raise ModelNotHere(setting="STEMBOT_MODEL", value=card.name, model=card.name)
    return card


def _best(outputs: OutputSpec, place: Path | Weights | None) -> ModelCard:
    """The first of `CARDS` that can; the embedded one says why not."""
    for each in CARDS.values():
        if outputs.takes_every_stem and len(each.stems) < APART:
            continue
        try:
            card = _for_wish(each, outputs)
        except UnknownWish:
            continue
        if is_available(card, place):
            return card
    return _for_wish(EMBEDDED, outputs)


def _for_wish(card: ModelCard, outputs: OutputSpec) -> ModelCard:
    """The card with no more specialists than the wish needs.

    Raises:
        UnknownWish: It cannot make what is wished.
    """
    outputs.resolve(card.stems)
    if outputs.takes_every_stem:
        return card
    return select_specialists(card, (stem for mix in outputs.mixes for stem in mix.stems))
