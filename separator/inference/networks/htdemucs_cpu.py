"""HTDemucs on a CPU: the package's weights in a memory layout that is faster.

            ┌─► spectrogram ─► 4 encoders ─┐              ┌─► 4 decoders ─► inverse ─┐
    window ─┤                              ├ transformer ─┤                          + ─► stems
            └─► waveform ────► 4 encoders ─┘              └─► 4 decoders ────────────┘

Differences to `demucs/htdemucs.py`, all equal to rounding (a test compares the outputs):

- Channels are the last dimension, (batch, rows, columns, channels), so that every projection is one matrix
  product and nothing is transposed between layers; activations and gates run inside oneDNN's products.
- Strided convolutions are products too: their kernels are two strides long.
- The second norm of a residual branch follows a linear layer, so its mean and variance come from the moments
  of that layer's narrow input, and the norm itself becomes two more columns of the weight.
- Layer scales are folded into the weights before them.
- The inverse transform adds four shifted hops instead of scattering samples.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from separator.audio.stft import FFT, HOP, overlap_add
from separator.inference.networks.htdemucs_layers import Decoder, Encoder, Layer
from separator.inference.networks.onednn import Linear

PAD = 1536  # samples before the first frame's middle: the network's frames begin with its first strides
EPSILON = 1e-5  # of the network's normalisation of its input
#: Required arguments of a network; channels, layers, heads, stems and lengths are free.
SHAPE = {
    "audio_channels": 2,
    "cac": True,
    "context": 1,
    "context_enc": 0,
    "depth": 4,
    "kernel_size": 8,
    "nfft": FFT,
    "norm_starts": 4,
    "rewrite": True,
    "stride": 4,
    "t_cross_first": False,
    "t_emb": "sin",
    "t_gelu": True,
    "t_group_norm": False,
    "t_layer_scale": True,
    "t_norm_first": True,
    "t_norm_in": True,
    "t_norm_in_group": False,
    "t_norm_out": True,
    "t_sin_random_shift": 0,
    "t_sparse_cross_attn": False,
    "t_sparse_self_attn": False,
    "use_train_segment": True,
}


def is_supported(network: Any) -> bool:  # noqa: ANN401 - demucs has no types
    """Whether a network of the package is of the shape that `Forward` is for: all published ones are."""
    args, kwargs = network._init_args_kwargs  # noqa: SLF001 - what the package keeps for its own files
    bound = inspect.signature(type(network).__init__).bind(network, *args, **kwargs)
    bound.apply_defaults()
    arguments = bound.arguments
    return (
        all(arguments[name] == value for name, value in SHAPE.items())
        and not arguments["multi_freqs"]
        and bool(arguments["freq_emb"] and arguments["t_layers"])
    )


class Precision(NamedTuple):
    """The type of products; sums of many steps and norms are float32 everywhere."""

    spectrogram: torch.dtype
    waveform: torch.dtype
    transformer: torch.dtype


class Forward:
    """`HTDemucs.forward` of the package, for windows of the length that it was trained on.

    It keeps only small tensors of the package's network, which can be freed.
    """

    def __init__(self, network: Any, precision: Precision) -> None:  # noqa: ANN401 - demucs has no types
        """Pack the weights of a network that `is_supported` accepts."""
        self._precision = precision
        spectrogram, waveform, transformer_dtype = precision
        self._window = torch.hann_window(FFT)
        transformer = network.crosstransformer
        self._norms, self._position_scale = (
            (transformer.norm_in, transformer.norm_in_t),
            transformer.weight_pos_embed,
        )
        self._period = transformer.max_period
        self._encoders = [Encoder(each, spectrogram) for each in network.encoder]
        self._encoders_t = [Encoder(each, waveform) for each in network.tencoder]
        self._decoders = [Decoder(each, spectrogram) for each in network.decoder]
        self._decoders_t = [Decoder(each, waveform) for each in network.tdecoder]
        self._layers = [Layer(each, transformer_dtype) for each in transformer.layers]
        self._layers_t = [Layer(each, transformer_dtype) for each in transformer.layers_t]
        rows = torch.arange(network.freq_emb.embedding.num_embeddings)
        self._row_embedding = (
            (network.freq_emb(rows) * network.freq_emb_scale).detach().to(spectrogram)[:, None]
        )
        self._positions: tuple[Tensor, Tensor] | None = None
        self._in, self._out = None, None
        if network.bottom_channels:
            self._in = [
                _pointwise(network, f"channel_upsampler{end}", transformer_dtype) for end in ("", "_t")
            ]
            self._out = [
                _pointwise(network, f"channel_downsampler{end}", transformer_dtype) for end in ("", "_t")
            ]

    def __call__(self, waveform: Tensor) -> Tensor:
        """(batch, 2, samples), float32, to (batch, stems, 2, samples)."""
        x, scale = _normalize(self._stft(waveform), self._precision.spectrogram)
        t, scale_t = _normalize(waveform.transpose(1, 2)[:, None].contiguous(), self._precision.waveform)
        x, t = self._run_network(x, t)
        stems = self._istft(x, scale, waveform.shape[-1])
        waveforms = t[:, 0].transpose(1, 2)
        stems = torch.addcmul(stems, waveforms, scale_t[0]).add_(scale_t[1])
        return torch.unflatten(stems, 1, (-1, waveform.shape[1]))

    def _run_network(self, x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """Spectrogram and waveform through both branches of the network."""
        skips, skips_t, lengths = list[Tensor](), list[Tensor](), list[int]()
        for encode, encode_t in zip(self._encoders, self._encoders_t, strict=True):
            lengths.append(t.shape[2])
            x, t = encode(x), encode_t(t)
            if not skips:
                x += self._row_embedding
            skips.append(x)
            skips_t.append(t)
        x, t = self._transform(x, t)
        for decode, decode_t in zip(self._decoders, self._decoders_t, strict=True):
            x, t = decode(x + skips.pop()), decode_t(t + skips_t.pop())[:, :, : lengths.pop()]
        return x, t

    def _transform(self, x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """Between encoders and decoders: positions are time-frequency bins and steps of the waveform."""
        rows, columns = x.shape[1:3]
        x, t = x.flatten(1, 2), t[:, 0]
        if self._in:
            x, t = (
                self._in[0](x.to(self._precision.transformer)),
                self._in[1](t.to(self._precision.transformer)),
            )
        positions, positions_t = self._position_embeddings(rows, columns, t)
        x, t = self._norms[0](x.float()) + positions, self._norms[1](t.float()) + positions_t
        for layer, layer_t in zip(self._layers, self._layers_t, strict=True):
            x, t = layer(x, t), layer_t(t, x)
        if self._out:
            x, t = (
                self._out[0](x.to(self._precision.transformer)),
                self._out[1](t.to(self._precision.transformer)),
            )
        x, t = x.to(self._precision.spectrogram), t.to(self._precision.waveform)
        return torch.unflatten(x, 1, (rows, columns)), t[:, None]

    def _position_embeddings(self, rows: int, columns: int, t: Tensor) -> tuple[Tensor, Tensor]:
        """(1, positions, width) for both branches; the same for every window."""
        if self._positions is None:
            package: Any = import_module("demucs.transformer")  # an extra
            width, period = t.shape[-1], self._period
            spectrogram = package.create_2d_sin_embedding(width, rows, columns, max_period=period)
            waveform = package.create_sin_embedding(t.shape[1], width, max_period=period)
            spectrogram, waveform = spectrogram.permute(0, 2, 3, 1).flatten(1, 2), waveform.transpose(0, 1)
            self._positions = (spectrogram * self._position_scale, waveform * self._position_scale)
        return self._positions

    def _stft(self, waveform: Tensor) -> Tensor:
        """(batch, 2, samples) to (batch, bins, frames, real and imaginary of each channel)."""
        batch, channels, samples = waveform.shape
        frames = -(-samples // HOP)
        padded = functional.pad(waveform, (PAD, PAD + frames * HOP - samples), mode="reflect").flatten(0, 1)
        spectrogram = torch.stft(
            padded, FFT, HOP, window=self._window, center=False, normalized=True, return_complex=True
        )
        real = torch.unflatten(torch.view_as_real(spectrogram[:, :-1]), 0, (batch, channels))
        return real.permute(0, 2, 3, 1, 4).flatten(3).contiguous()

    def _istft(self, x: Tensor, scale: tuple[Tensor, Tensor], samples: int) -> Tensor:
        """The inverse: (batch, bins, frames, stems · 2 · complex) to (batch, stems · 2, samples)."""
        batch, bins, frames, parts = x.shape
        deviation, mean = (each[..., None] for each in scale)
        x = torch.addcmul(mean, x, deviation)
        spectrogram = torch.empty(batch, parts // 2, frames, bins + 1, dtype=torch.complex64)
        spectrogram[..., bins] = 0  # the network leaves the topmost bin out
        torch.view_as_real(spectrogram)[..., :bins, :] = torch.unflatten(x, 3, (-1, 2)).permute(0, 3, 2, 1, 4)
        # Squared Hann windows, four of them overlapping, add up to 1.5 everywhere.
        pieces = torch.fft.irfft(spectrogram, norm="ortho").mul_(self._window / 1.5)
        return overlap_add(pieces)[..., PAD : PAD + samples]


def _normalize(x: Tensor, dtype: torch.dtype) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Mean 0 and deviation 1 over everything, and how to undo it: deviation and mean, (batch, 1, 1)."""
    deviation, mean = torch.std_mean(x.flatten(1), dim=1, keepdim=True)
    around = (-1, 1, 1, 1)
    y = ((x - mean.view(around)) / (EPSILON + deviation.view(around))).to(dtype)
    return y, (deviation[..., None], mean[..., None])


def _pointwise(network: Any, name: str, dtype: torch.dtype) -> Linear:  # noqa: ANN401 - as above
    """A convolution with a kernel of one is a projection."""
    conv = getattr(network, name)
    return Linear(conv.weight[:, :, 0], conv.bias, dtype)
