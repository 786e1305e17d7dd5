"""Hybrid Transformer Demucs: one network for all stems, or a bag of specialists, one for each.

The class is that of the package `demucs` (MIT); the weights are its files, either kind:

    *.th            a pickle: {klass, args, kwargs, state, …}, half precision; nothing that it names is run
    *.safetensors   the same state; klass, args and kwargs are JSON in its header

On a CPU the network runs by `htdemucs_cpu`, elsewhere by the package.

In a bag, each stem comes from its own specialist alone, as in demucs' `htdemucs_ft.yaml`; a stem whose
specialist is not loaded is the mean of the others' outputs.
"""

from __future__ import annotations

import inspect
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import torch
from safetensors import safe_open
from torch import Tensor, nn

from separator.core.errors import ModelNotHere
from separator.core.outputs import Stem
from separator.inference.networks import onednn
from separator.inference.networks.htdemucs_cpu import Forward, Precision, is_supported
from separator.inference.precision import describe, select_precision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from separator.inference.catalog.card import ModelCard, ReducedPrecision

KLASS = "demucs.htdemucs.HTDemucs"  # the only class whose files are accepted
OVERLAP = 0.25  # of a window: demucs' own; triangles of the same slope as ours meet there


class _InertClass:
    """Replaces the class that a pickle names; constructing it does nothing."""

    def __init__(self, *_: object) -> None:
        """Ignore the arguments."""


class HTDemucs(nn.Module):
    """One network, or the specialists of a bag."""

    estimated: frozenset[Stem] = frozenset()
    centred = True  #: see `separator.audio.overlap_add.segments`

    def __init__(
        self,
        networks: Sequence[nn.Module],
        focus: Sequence[Stem | None],
        device: torch.device,
        reduced: ReducedPrecision | None = None,
    ) -> None:
        """Combine networks of the same stems, rate and window.

        Args:
            networks: Of the package.
            focus: The stem that each one was trained for; None: all.
            device: The device that they run on.
            reduced: The precision of some of their products; None: float32.
        """
        super().__init__()
        first: Any = networks[0]  # demucs has no types
        on_onednn = (
            device.type == "cpu" and onednn.is_available() and all(is_supported(each) for each in networks)
        )
        if reduced and reduced.parts and not on_onednn:
            reduced = None  # the package's own forward knows no parts
        self.networks = [
            (_onednn_forward if on_onednn else _package_forward)(each, device, reduced) for each in networks
        ]
        self.precision = describe(reduced)
        self.stems = tuple(Stem(name) for name in first.sources)
        self.rate_hz = int(first.samplerate)
        self.window = int(first.segment * first.samplerate)
        self.hop = int((1 - OVERLAP) * self.window)
        self._focus = tuple(focus)

    def separate(self, windows: Tensor) -> Tensor:
        """See `separator.inference.networks.base.Network`."""
        outputs: list[Tensor] = [network(windows) for network in self.networks]
        if len(outputs) == 1:
            return outputs[0]
        return torch.stack([self._stem(outputs, at, stem) for at, stem in enumerate(self.stems)], dim=1)

    def _stem(self, outputs: Sequence[Tensor], at: int, stem: Stem) -> Tensor:
        """(batch, channels, samples): the stem at index `at`, by its specialist."""
        if stem in self._focus:
            return outputs[self._focus.index(stem)][:, at]
        return torch.stack([each[:, at] for each in outputs]).mean(dim=0)


def load(device: torch.device, card: ModelCard, paths: Sequence[Path]) -> HTDemucs:
    """The network of a card with its weights on a device, ready to separate.

    Raises:
        ModelNotHere: The package `demucs` is not installed, or a file holds another network.
    """
    networks = [read_network(path, card.name) for path in paths]
    return HTDemucs(
        networks, [file.focus for file in card.files], device, select_precision(card, device)
    ).eval()


def _onednn_forward(
    network: nn.Module, _: torch.device, reduced: ReducedPrecision | None
) -> Callable[[Tensor], Tensor]:
    """The network by `htdemucs_cpu`: (batch, 2, samples) to (batch, stems, 2, samples)."""
    parts = (reduced.parts or Precision._fields) if reduced else ()
    dtype = getattr(torch, reduced.dtype) if reduced else torch.float32
    with torch.inference_mode():
        return Forward(
            network, Precision(*(dtype if part in parts else torch.float32 for part in Precision._fields))
        )


def _package_forward(
    network: nn.Module, device: torch.device, reduced: ReducedPrecision | None
) -> Callable[[Tensor], Tensor]:
    """The network by the package: (batch, 2, samples) to (batch, stems, 2, samples)."""
    network = network.to(device)
    dtype = getattr(torch, reduced.dtype) if reduced else None

    def run(windows: Tensor) -> Tensor:
        with torch.autocast(device.type, dtype, enabled=reduced is not None):
            outputs: Tensor = network(windows)
        return outputs.float()

    return run


def read_network(path: Path, model: str) -> nn.Module:
    """One network from its file, float32, on the CPU.

    Raises:
        ModelNotHere: As `load`.
    """
    try:
        from demucs.htdemucs import HTDemucs as Reference  # noqa: PLC0415 - an extra; only this model needs it
    except ImportError as missing:
        raise ModelNotHere(setting="pip install", value="demucs", model=model) from missing
    try:
        args, kwargs, state = (_read_safetensors if path.suffix == ".safetensors" else _read_th)(path)
        known = inspect.signature(Reference).parameters  # files name parameters of other versions, too
        network: nn.Module = Reference(
            *args, **{name: each for name, each in kwargs.items() if name in known}
        )
        network.load_state_dict(state)
    except (ValueError, RuntimeError, TypeError, KeyError, AttributeError) as error:
        raise ModelNotHere(setting=path.name, value=type(error).__name__, model=model) from error
    return network.eval()


def _read_th(path: Path) -> tuple[Sequence[Any], dict[str, Any], Mapping[str, Tensor]]:
    """Arguments and weights from a pickle.

    `weights_only` builds tensors, plain containers and what is allowed here: the class, which is replaced by
    an inert one, and the fraction that is the length of a window.

    Raises:
        ValueError: It names anything else, or holds another class.
    """
    allowed: list[Any] = [(_InertClass, KLASS), Fraction]
    try:
        with torch.serialization.safe_globals(allowed):
            package = torch.load(path, weights_only=True, map_location="cpu")
    except Exception as unread:  # a broken pickle fails in as many ways as there are bytes
        raise ValueError(path.name) from unread
    if package["klass"] is not _InertClass:
        raise ValueError(path.name)
    return package["args"], dict(package["kwargs"]), package["state"]


def _read_safetensors(path: Path) -> tuple[Sequence[Any], dict[str, Any], Mapping[str, Tensor]]:
    """Arguments and weights from a safetensors file, as demucs 4.1 writes it (`demucs/hf.py`).

    Raises:
        ValueError: It holds another class, or is no such file.
    """
    try:
        with safe_open(str(path), framework="pt") as file:
            header: dict[str, str] = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except Exception as unread:
        raise ValueError(path.name) from unread
    if header.get("klass") != KLASS:
        raise ValueError(path.name)
    return _decode_json(json.loads(header["args"])), _decode_json(json.loads(header["kwargs"])), state


def _decode_json(value: Any) -> Any:  # noqa: ANN401 - JSON
    """JSON with its fractions, which are written as numerator and denominator."""
    if isinstance(value, dict):
        if value.get("_type") == "fraction":
            return Fraction(value["numerator"], value["denominator"])
        return {name: _decode_json(each) for name, each in value.items()}
    return [_decode_json(each) for each in value] if isinstance(value, list) else value
