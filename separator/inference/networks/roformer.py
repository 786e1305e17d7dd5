"""RoFormers: transformers over bands of the spectrogram, along time and along frequency in turn.

The classes are those of the packages `bs-roformer-infer` and `melband-roformer-infer` (MIT), with the shapes
of their configurations for these weights. Only their attention is replaced: the packages choose kernels by a
call that PyTorch deprecates; PyTorch chooses well by itself.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from separator.core.errors import ModelNotHere

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from separator.core.outputs import Stem
    from separator.inference.catalog.card import ModelCard

_SHAPE = {
    "stereo": True,
    "time_transformer_depth": 1,
    "freq_transformer_depth": 1,
    "dim_head": 64,
    "heads": 8,
    "flash_attn": True,
    "stft_n_fft": 2048,
    "stft_win_length": 2048,
    "stft_normalized": False,
    "mask_estimator_depth": 2,
}
#: bs-roformer-infer 0.1.5, configs/BS-Rofo-SW-Fixed.yaml: 174.7 million weights, as in its file.
BS_SW = {**_SHAPE, "dim": 256, "depth": 12, "num_stems": 6, "stft_hop_length": 512}
#: melband-roformer-infer 0.1.5, configs/config_vocals_mel_band_roformer.yaml.
MELBAND = {**_SHAPE, "dim": 384, "depth": 6, "num_stems": 1, "num_bands": 60, "stft_hop_length": 441}


class Attend(nn.Module):
    """Scaled dot-product attention, by the kernel that PyTorch finds best."""

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """(batch, heads, positions, 64), three times, to the same."""
        return functional.scaled_dot_product_attention(q, k, v)


class RoFormer(nn.Module):
    """A RoFormer; where it predicts the vocals alone, the residual is the accompaniment."""

    estimated: frozenset[Stem] = frozenset()

    def __init__(self, network: nn.Module, stems: Sequence[Stem], rate_hz: int, window: int) -> None:
        """Wrap the package's network; `window` is an integer number of its frames."""
        super().__init__()
        self.network = network
        self.stems, self.rate_hz, self.window = tuple(stems), rate_hz, window
        self.hop = window // 2  # the packages' own overlap: every sample is seen twice
        for module in network.modules():
            if hasattr(module, "attend"):
                module.attend = Attend()

    def separate(self, windows: Tensor) -> Tensor:
        """See `separator.inference.networks.base.Network`."""
        outputs: Tensor = self.network(windows)
        if outputs.dim() == windows.dim():  # one stem comes without a dimension of its own
            outputs = outputs[:, None]
        if outputs.shape[1] < len(self.stems):
            outputs = torch.cat([outputs, (windows - outputs.sum(dim=1))[:, None]], dim=1)
        return outputs


def load_bs_sw(device: torch.device, card: ModelCard, paths: Sequence[Path]) -> RoFormer:
    """BS-RoFormer SW on a device; raises `ModelNotHere` where its package or weights are missing."""
    return _load(device, card, paths, build("bs_roformer.bs_roformer", "BSRoformer", BS_SW, card))


def load_melband(device: torch.device, card: ModelCard, paths: Sequence[Path]) -> RoFormer:
    """Mel-Band RoFormer on a device; raises `ModelNotHere` where its package or weights are missing."""
    return _load(
        device, card, paths, build("mel_band_roformer.mel_band_roformer", "MelBandRoformer", MELBAND, card)
    )


def build(module: str, name: str, shape: dict[str, Any], card: ModelCard) -> nn.Module:
    """An untrained network of a package.

    Raises:
        ModelNotHere: The package is not installed, or is another of the same name.
    """
    try:
        with _quietly():
            network: nn.Module = getattr(import_module(module), name)(**shape)
    except (ImportError, AttributeError, TypeError) as missing:
        raise ModelNotHere(setting="pip install", value=card.package, model=card.name) from missing
    return network.eval()


def _load(device: torch.device, card: ModelCard, paths: Sequence[Path], network: nn.Module) -> RoFormer:
    try:
        state = torch.load(paths[0], weights_only=True, map_location="cpu")
        network.load_state_dict(state.get("state_dict", state))
    except Exception as error:  # a broken pickle fails in as many ways as there are bytes
        raise ModelNotHere(setting=paths[0].name, value=type(error).__name__, model=card.name) from error
    return RoFormer(network, card.stems, card.rate_hz, card.window).eval().to(device)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without the warning that no window was given: the constructors count bins by a transform of noise."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="A window was not provided", category=UserWarning)
        yield
