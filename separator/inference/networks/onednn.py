"""Layers of oneDNN with packed weights and a fused activation, as `torch.compile` calls them.

PyTorch's own `linear` in float32 goes to MKL, which on CPUs of other makers than Intel does not use all of
their vector units: half of oneDNN's speed where it was measured (docs/decisions/0013). Inputs are channels
last: (batch, rows, columns, channels), contiguous.
"""

from __future__ import annotations

import platform
from typing import Any

import torch
from torch import Tensor

# The operators that `torch.compile` uses; PyTorch has neither types nor public names for them.
LINEAR: Any = getattr(torch.ops.mkldnn, "_linear_pointwise", None)
CONV: Any = getattr(torch.ops.mkldnn, "_convolution_pointwise", None)
PACK_LINEAR: Any = getattr(torch.ops.mkldnn, "_reorder_linear_weight", None)
PACK_CONV: Any = getattr(torch.ops.mkldnn, "_reorder_convolution_weight", None)
SHAPED = {"gelu": "none"}  # the variant of an activation: the exact one


def is_available() -> bool:
    """Whether PyTorch has these layers here; only on processors of the kind that they were measured on."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return False
    built: Any = torch.backends.mkldnn
    return bool(built.is_available()) and None not in (LINEAR, CONV, PACK_LINEAR, PACK_CONV)


class Linear:
    """`x @ weight.T + bias`, and an activation."""

    def __init__(self, weight: Tensor, bias: Tensor | None, dtype: torch.dtype, act: str = "none") -> None:
        """Pack a weight, (out, in); `act` is `none`, `gelu` or `sigmoid`."""
        self._weight = PACK_LINEAR(weight.detach().to(dtype).contiguous(), None)
        self._bias = None if bias is None else bias.detach().to(dtype)
        self._act = act

    def __call__(self, x: Tensor) -> Tensor:
        """(..., in) to (..., out)."""
        out: Tensor = LINEAR(x, self._weight, self._bias, self._act, [], SHAPED.get(self._act, ""))
        return out

    def times(self, x: Tensor, other: Tensor) -> Tensor:
        """Its output for `x`, times `other`, in one pass."""
        out: Tensor = LINEAR(x, other, self._weight, self._bias, "mul")
        return out


class Conv:
    """A convolution of stride 1, and an activation; rows and columns stay."""

    def __init__(
        self, weight: Tensor, bias: Tensor, dtype: torch.dtype, act: str = "none", dilation: int = 1
    ) -> None:
        """A weight is (out, in, rows, columns), both odd; `dilation` is that of the columns.

        It is packed for the size of the first input: packed for no size, oneDNN would pack it again at every
        call where a processor has tiles (AMX), which takes ten times the convolution.
        """
        rows, columns = weight.shape[2:]
        self._pad, self._dilation_args = [rows // 2, dilation * (columns // 2)], ([1, 1], [1, dilation], 1)
        self._weight, self._packed = weight.detach().to(dtype).contiguous(), False
        self._bias, self._act = bias.detach().to(dtype), act

    def __call__(self, x: Tensor) -> Tensor:
        """(batch, rows, columns, in) to (batch, rows, columns, out)."""
        x = self._prepare(x)
        out: Tensor = CONV(x, self._weight, self._bias, self._pad, *self._dilation_args, self._act, [], "")
        return out.permute(0, 2, 3, 1)

    def times(self, x: Tensor, other: Tensor) -> Tensor:
        """Its output for `x`, times `other`, in one pass."""
        x = self._prepare(x)
        out: Tensor = CONV(
            x,
            other.permute(0, 3, 1, 2),
            self._weight,
            self._bias,
            self._pad,
            *self._dilation_args,
            "mul",
            None,
            None,
            [],
            None,
        )
        return out.permute(0, 2, 3, 1)

    def _prepare(self, x: Tensor) -> Tensor:
        """The input as (batch, in, rows, columns), oneDNN's order; packs the weight at the first call."""
        x = x.permute(0, 3, 1, 2)
        if not self._packed:
            self._weight = PACK_CONV(self._weight, self._pad, *self._dilation_args, list(x.shape))
            self._packed = True
        return x


def product(x: Tensor, weight: Tensor) -> Tensor:
    """`x @ weight.T` of two matrices, neither of them packed."""
    out: Tensor = LINEAR(x, weight, None, "none", [], "")
    return out
