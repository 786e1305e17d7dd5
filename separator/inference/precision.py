"""Which numbers a network computes with on a device: what its card has measured there, else float32."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from separator.inference.catalog.card import ModelCard, ReducedPrecision

AGREES_DB = -40.0  # no stem may differ more from float32 than this
FULL = "float32"


def select_precision(card: ModelCard, device: torch.device) -> ReducedPrecision | None:
    """The first choice of a card that was measured, agrees, and suits this device; None: float32."""
    for reduced in card.reduced_precisions:
        agrees = reduced.agreement_db is not None and reduced.agreement_db <= AGREES_DB
        if reduced.device == device.type and agrees and is_fast(device, getattr(torch, reduced.dtype)):
            return reduced
    return None


def is_fast(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether a device has instructions for such numbers; without them it is slower than in float32."""
    if device.type == "cpu":
        return dtype is torch.bfloat16 and (_cpu_has("_is_avx512_bf16_supported") or has_tiles())
    if device.type == "cuda" and dtype is torch.bfloat16:
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cuda"


def has_tiles() -> bool:
    """Whether the processor multiplies whole tiles of a matrix (AMX)."""
    return _cpu_has("_is_amx_tile_supported")


def _cpu_has(question: str) -> bool:
    """Ask PyTorch, which has no public question for it; one that it does not know is answered no."""
    ask = getattr(torch.cpu, question, None)
    return ask is not None and bool(ask())


def describe(reduced: ReducedPrecision | None) -> str:
    """For logs: `float32`, or `bfloat16 (picture, transformer)`."""
    if reduced is None:
        return FULL
    return f"{reduced.dtype} ({', '.join(reduced.parts)})" if reduced.parts else reduced.dtype
