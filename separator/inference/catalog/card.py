"""What is known of a model before it is loaded. Light: the line chooses by it in a process without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from separator.core.outputs import Stem


@dataclass(frozen=True)
class WeightFile:
    """One file of weights, as its source publishes it."""

    name: str  #: in the models folder
    sha256: str  #: of the whole file, hex
    size_bytes: int
    sources: tuple[str, ...]  #: addresses, tried in this order; the hash makes a mirror as good as the source
    focus: Stem | None = None  #: in a bag of specialists, the stem that this one was trained for


@dataclass(frozen=True)
class Score:
    """What somebody measured."""

    stem: str  #: or `average`
    sdr_db: float
    on: str  #: the test songs
    source: str


@dataclass(frozen=True)
class ReducedPrecision:
    """Numbers of half the size, on one kind of device: faster, where they agree with float32."""

    device: str  #: `cpu`, `cuda`, `mps`
    dtype: str  #: of PyTorch, such as `bfloat16`
    parts: tuple[str, ...] = ()  #: of the network, in its own words; none: all of it
    agreement_db: float | None = (
        None  #: the worst stem's difference to float32; None: not measured, so not used
    )
    measured: str = ""  #: on what


@dataclass(frozen=True)
class ModelCard:
    """One model: what it makes and where it comes from."""

    name: str
    version: str  #: rises when its numbers change, so old separations are not mixed up with new ones
    stems: tuple[Stem, ...]
    network: str  #: `module:function` inside `separator.inference.networks` that loads it onto a device
    licence: str  #: as stated by its source
    source: str
    estimated: frozenset[Stem] = frozenset()  #: made by classical signal processing, and named so
    rate_hz: int = 44_100
    window: int = 0  #: samples that the network sees at once; 0: its own file says so
    package: str = ""  #: the Python module that has the network's class; empty: it is ours
    files: tuple[WeightFile, ...] = ()  #: none: its weights come with an installed package
    scores: tuple[Score, ...] = ()
    reduced_precisions: tuple[ReducedPrecision, ...] = ()  #: what may be used instead of float32
    note: str = ""  #: key of a sentence that a person should read before choosing it
    opt_in: bool = False  #: fetched only by somebody who has read the note

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return sum(file.size_bytes for file in self.files)
