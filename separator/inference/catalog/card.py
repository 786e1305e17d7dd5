"""What is known of a model before it is loaded. Imports no torch: bots choose models by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from separator.core.outputs import Stem


@dataclass(frozen=True)
class WeightFile:
    """One file of weights, as its source publishes it."""

    name: str  #: in the models folder
    sha256: str  #: of the file, hex
    size_bytes: int
    sources: tuple[str, ...]  #: URLs, tried in this order; the hash verifies mirrors, too
    focus: Stem | None = None  #: in a bag of specialists, the stem that this one was trained for


@dataclass(frozen=True)
class Score:
    """A published measurement."""

    stem: str  #: or `average`
    sdr_db: float
    on: str  #: the test set
    source: str


@dataclass(frozen=True)
class ReducedPrecision:
    """A 16-bit type on one kind of device: faster, where the stems agree with float32."""

    device: str  #: `cpu`, `cuda`, `mps`
    dtype: str  #: of PyTorch, such as `bfloat16`
    parts: tuple[str, ...] = ()  #: of the network, by its own names; empty: all of it
    agreement_db: float | None = None  #: the worst stem's difference to float32; None: not measured, unused
    measured: str = ""  #: weights and processors of the measurement


@dataclass(frozen=True)
class ModelCard:
    """One model: its stems, network, weights and licence."""

    name: str
    version: str  #: rises when its output changes, so that old separations are not reused
    stems: tuple[Stem, ...]
    network: str  #: `module:function` in `separator.inference.networks` that loads it onto a device
    licence: str  #: as stated by its source
    source: str
    estimated: frozenset[Stem] = frozenset()  #: made by classical signal processing
    rate_hz: int = 44_100
    window: int = 0  #: samples of one window; 0: its own file says so
    package: str = ""  #: the Python module of the network's class; empty: ours
    files: tuple[WeightFile, ...] = ()  #: empty: its weights come with an installed package
    scores: tuple[Score, ...] = ()
    reduced_precisions: tuple[ReducedPrecision, ...] = ()  #: what may be used instead of float32
    note: str = ""  #: key of a sentence that users should read before choosing it
    opt_in: bool = False  #: downloaded only after the note was confirmed

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return sum(file.size_bytes for file in self.files)
