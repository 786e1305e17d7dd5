"""The precision of a network on a device: what its card has measured there, else float32."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from separator.inference.catalog.card import ModelCard, ReducedPrecision

AGREES_DB = -40.0  # no stem may differ more from float32 than this
FLOAT32 = "float32"


def select_precision(card: ModelCard, device: torch.device) -> ReducedPrecision | None:
    """The first of a card that was measured, agrees with float32, and is fast here; None: float32."""
    for reduced in card.reduced_precisions:
        agrees = reduced.agreement_db is not None and reduced.agreement_db <= AGREES_DB
        if reduced.device == device.type and agrees and is_fast(device, getattr(torch, reduced.dtype)):
            return reduced
    return None


def is_fast(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether a device has instructions for this type; without them it is slower than float32."""
    if device.type == "cpu":
        return dtype is torch.bfloat16 and (_cpu_has("_is_avx512_bf16_supported") or has_tiles())
    if device.type == "cuda" and dtype is torch.bfloat16:
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cuda"


def has_tiles() -> bool:
    """Whether the processor multiplies whole tiles of a matrix (AMX)."""
    return _cpu_has("_is_amx_tile_supported")


def _cpu_has(name: str) -> bool:
    """Ask PyTorch by a private function; False where this version has none."""
    function = getattr(torch.cpu, name, None)
    return function is not None and bool(function())


def describe(reduced: ReducedPrecision | None) -> str:
    """For logs: `float32`, or `bfloat16 (spectrogram, transformer)`."""
    if reduced is None:
        return FLOAT32
    return f"{reduced.dtype} ({', '.join(reduced.parts)})" if reduced.parts else reduced.dtype
