"""The layers of HTDemucs on a CPU, each built from the package's layer; see `htdemucs_cpu`.

Inputs are (batch, rows, columns, channels): a spectrogram's rows are frequencies and its columns frames; a
waveform is one row, its columns are samples.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from separator.inference.networks.onednn import Conv, Linear, product
from separator.inference.precision import has_tiles

STRIDE = 4  # of every encoder; its kernel is twice as long
CROP = 2  # columns or rows that an encoder pads on each side, and a decoder cuts off
QUERIES = 336  # of one product of attention: their scores, 1.8 MB, stay in the cache


class Branch:
    """One residual branch of `demucs.demucs.DConv`: narrow, widen, gate, scale, add."""

    def __init__(self, layer: nn.Sequential, dtype: torch.dtype) -> None:
        """Pack the seven steps of the package's layer."""
        steps: Any = layer
        narrow, self._first, _, widen, second, _, scale = steps
        self._dtype, self._eps = dtype, second.eps
        self._narrow = Conv(narrow.weight[:, :, None], narrow.bias, dtype, dilation=narrow.dilation[0])
        weight = torch.cat([widen.weight[:, :, 0], widen.bias[:, None]], dim=1).detach()
        # Mean and mean square of the wide output follow from the moments of (narrow, 1).
        exact = weight.double()
        self._mean, self._square = exact.mean(dim=0), exact.T @ exact / len(exact)
        # Columns: the narrow channels and 1, both over the deviation; the mean over the deviation.
        scales = torch.cat([scale.scale, torch.ones_like(scale.scale)]).detach()
        weight = torch.cat([weight, -torch.ones(len(weight), 1)], dim=1) * (second.weight * scales)[:, None]
        value, gate = weight.chunk(2)
        bias_value, bias_gate = (second.bias * scales).chunk(2)
        self._value = Linear(value, bias_value, dtype)
        self._gate = Linear(gate, bias_gate, dtype, "sigmoid")

    def __call__(self, x: Tensor) -> Tensor:
        """(batch, rows, columns, channels), changed in place; every row is normalised by itself."""
        batch, rows, columns, _ = x.shape
        y = self._narrow(x).float()
        y = functional.layer_norm(y, y.shape[2:], eps=self._first.eps)
        y = functional.gelu(torch.addcmul(self._first.bias, y, self._first.weight)).flatten(0, 1)
        wide = y.new_ones(*y.shape[:2], y.shape[2] + 1)
        wide[..., :-1] = y
        moments = torch.bmm(wide.transpose(1, 2), wide).double() / columns
        mean = moments[:, -1] @ self._mean
        over = ((moments * self._square).sum(dim=(1, 2)) - mean.square()).clamp_min(0) + self._eps
        over, mean = over.rsqrt()[:, None, None], mean[:, None, None]
        columns_of = torch.empty(batch * rows, columns, wide.shape[2] + 1, dtype=self._dtype)
        torch.mul(wide, over.float(), out=columns_of[..., :-1])
        columns_of[..., -1:] = mean * over
        columns_of = columns_of.view(batch, rows, columns, -1)
        return x.addcmul_(self._value(columns_of), self._gate(columns_of))


def branches_of(layer: Any, dtype: torch.dtype) -> list[Branch]:  # noqa: ANN401 - demucs has no types
    """Its residual branches; some networks have them in encoders alone."""
    return [Branch(each, dtype) for each in layer.dconv.layers] if layer.dconv else []


class Encoder:
    """A quarter of the rows of a spectrogram, or of the columns of a waveform."""

    def __init__(self, layer: Any, dtype: torch.dtype) -> None:  # noqa: ANN401 - demucs has no types
        self._by_rows = layer.freq
        weight = layer.conv.weight.flatten(2).transpose(1, 2).flatten(1)  # (out, 8 positions of channels)
        self._conv = Linear(weight, layer.conv.bias, dtype, "gelu")
        self._branches = branches_of(layer, dtype)
        (value, gate), (bias, bias_gate) = (
            layer.rewrite.weight.flatten(1).chunk(2),
            layer.rewrite.bias.chunk(2),
        )
        self._value, self._gate = Linear(value, bias, dtype), Linear(gate, bias_gate, dtype, "sigmoid")

    def __call__(self, x: Tensor) -> Tensor:
        """(batch, rows, columns, in) to (batch, rows / 4 or rows, columns or columns / 4, out)."""
        dim = 1 if self._by_rows else 2
        spare = -x.shape[dim] % STRIDE
        around = (0, 0, CROP, CROP + spare)
        x = functional.pad(x, (0, 0, *around) if self._by_rows else around)
        x = x.unfold(dim, 2 * STRIDE, STRIDE).transpose(3, 4).flatten(3)
        y = self._conv(x)
        for branch in self._branches:
            y = branch(y)
        return self._value.times(y, self._gate(y))


class Decoder:
    """Four times the rows of a spectrogram, or the columns of a waveform."""

    def __init__(self, layer: Any, dtype: torch.dtype) -> None:  # noqa: ANN401 - demucs has no types
        self._by_rows = layer.freq
        weight = layer.rewrite.weight if layer.freq else layer.rewrite.weight[:, :, None]
        (value, gate), (bias, bias_gate) = weight.chunk(2), layer.rewrite.bias.chunk(2)
        self._value, self._gate = Conv(value, bias, dtype), Conv(gate, bias_gate, dtype, "sigmoid")
        self._branches = branches_of(layer, dtype)
        weight = layer.conv_tr.weight.flatten(2).permute(2, 1, 0)  # (8 positions, out, in)
        # The four outputs of a position overlap the previous kernel's second half and its own first half.
        weight = torch.cat([weight[STRIDE:], weight[:STRIDE]], dim=2).flatten(0, 1)
        bias = layer.conv_tr.bias.repeat(STRIDE)
        self._grow = Linear(weight, bias, dtype, "none" if layer.last else "gelu")

    def __call__(self, x: Tensor) -> Tensor:
        """(batch, rows, columns, in) to (batch, 4 · rows or rows, columns or 4 · columns, out)."""
        y = self._value.times(x, self._gate(x))
        for branch in self._branches:
            y = branch(y)
        dim = 1 if self._by_rows else 2
        z = torch.unflatten(self._grow(with_previous(y, dim)), 3, (STRIDE, -1))
        z = z.transpose(2, 3).flatten(1, 2) if self._by_rows else z.flatten(2, 3)
        return z.narrow(dim, CROP, z.shape[dim] - 2 * CROP)


def with_previous(x: Tensor, dim: int) -> Tensor:
    """Every row (or column) concatenated with the previous one: one more, of twice the channels."""
    count = x.shape[dim]
    shape = list(x.shape)
    shape[dim], shape[3] = count + 1, 2 * shape[3]
    both = x.new_empty(shape)
    before, own = both.chunk(2, dim=3)
    before.narrow(dim, 1, count).copy_(x)
    own.narrow(dim, 0, count).copy_(x)
    before.narrow(dim, 0, 1).zero_()
    own.narrow(dim, count, 1).zero_()
    return both


def attend_fused(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Attention of (batch, heads, positions, size) by PyTorch's own kernel; queries are scaled already."""
    return functional.scaled_dot_product_attention(queries, keys, values, scale=1.0)


def attend_tiled(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """The same by products of oneDNN, a head and `QUERIES` queries at a time."""
    values = values.transpose(2, 3).contiguous()
    attended = torch.empty(queries.shape, dtype=queries.dtype)
    heads = (each.flatten(0, 1) for each in (queries.contiguous(), keys.contiguous(), values, attended))
    for query, key, value, out in zip(*heads, strict=True):
        for start in range(0, len(query), QUERIES):
            scores = product(query[start : start + QUERIES], key)
            out[start : start + QUERIES] = product(torch.softmax(scores, dim=-1), value)
    return attended


class Attention:
    """`nn.MultiheadAttention` without its attention weights, its layer scale folded in.

    PyTorch's kernel is twice as fast as products of oneDNN where a processor has tiles (AMX), half as fast in
    bfloat16 where it has none (docs/decisions/0013).
    """

    def __init__(self, layer: nn.MultiheadAttention, scale: Tensor, dtype: torch.dtype) -> None:
        self._attend = attend_fused if has_tiles() else attend_tiled
        self._heads, width = layer.num_heads, layer.embed_dim
        small = (width // self._heads) ** -0.5
        weights, biases = layer.in_proj_weight.chunk(3), layer.in_proj_bias.chunk(3)
        self._q = Linear(weights[0] * small, biases[0] * small, dtype)
        self._k, self._v = Linear(weights[1], biases[1], dtype), Linear(weights[2], biases[2], dtype)
        self._out = Linear(layer.out_proj.weight * scale[:, None], layer.out_proj.bias * scale, dtype)

    def __call__(self, queries: Tensor, context: Tensor) -> Tensor:
        """(batch, positions, width) and (batch, other positions, width) to (batch, positions, width)."""
        projected = (self._q(queries), self._k(context), self._v(context))
        heads = (torch.unflatten(each, 2, (self._heads, -1)).transpose(1, 2) for each in projected)
        return self._out(self._attend(*heads).transpose(1, 2).flatten(2))


class Layer:
    """A layer of `demucs.transformer`: self-attention of a branch, or cross-attention to the other branch."""

    def __init__(self, layer: Any, dtype: torch.dtype) -> None:  # noqa: ANN401 - demucs has no types
        self._dtype, self.crosses = dtype, hasattr(layer, "cross_attn")
        attends = layer.cross_attn if self.crosses else layer.self_attn
        self._attention = Attention(attends, layer.gamma_1.scale, dtype)
        self._query_norm, self._context_norm = layer.norm1, layer.norm2
        self._before = layer.norm3 if self.crosses else layer.norm2
        self._after, scale = layer.norm_out, layer.gamma_2.scale
        self._wide = Linear(layer.linear1.weight, layer.linear1.bias, dtype, "gelu")
        self._narrow = Linear(layer.linear2.weight * scale[:, None], layer.linear2.bias * scale, dtype)

    def __call__(self, x: Tensor, other: Tensor) -> Tensor:
        """(batch, positions, width), float32, to the same."""
        queries = self._query_norm(x).to(self._dtype)
        context = self._context_norm(other).to(self._dtype) if self.crosses else queries
        x = x + self._attention(queries, context)
        x = x + self._narrow(self._wide(self._before(x).to(self._dtype)))
        normalised = functional.layer_norm(x, x.shape[1:], eps=self._after.eps)
        return torch.addcmul(self._after.bias, normalised, self._after.weight)
