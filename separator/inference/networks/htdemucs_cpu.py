"""HTDemucs on a CPU: the package's network, its weights and its numbers, laid out for speed.

            ┌─► picture ─► 4 encoders ─┐              ┌─► 4 decoders ─► inverse ─┐
    window ─┤                          ├ transformer ─┤                          + ─► stems
            └─► sound ───► 4 encoders ─┘              └─► 4 decoders ────────────┘

What differs from `demucs/htdemucs.py`, and gives the same to rounding (a test holds them together):

- Channels lie together, (batch, rows, columns, channels), so that every projection is one matrix product and
  nothing is turned round between layers; activations and gates run inside oneDNN's products.
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
#: What a network must be made with; channels, layers, heads, stems and lengths are free.
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
    made = inspect.signature(type(network).__init__).bind(network, *args, **kwargs)
    made.apply_defaults()
    told = made.arguments
    return (
        all(told[name] == value for name, value in SHAPE.items())
        and not told["multi_freqs"]
        and bool(told["freq_emb"] and told["t_layers"])
    )


class Precision(NamedTuple):
    """What products run in; sums of many steps and norms are float32 everywhere."""

    picture: torch.dtype
    sound: torch.dtype
    transformer: torch.dtype


class Forward:
    """`HTDemucs.forward` of the package, for windows of the length that it was trained on.

    It keeps nothing of the network that it was made of but small things, so the network can go.
    """

    def __init__(self, network: Any, precision: Precision) -> None:  # noqa: ANN401 - demucs has no types
        """Pack the weights of a network that `is_supported`."""
        self._precision = precision
        picture, sound, across = precision
        self._window = torch.hann_window(FFT)
        between = network.crosstransformer
        self._norms, self._placing = (between.norm_in, between.norm_in_t), between.weight_pos_embed
        self._period = between.max_period
        self._encoders = [Encoder(each, picture) for each in network.encoder]
        self._encoders_t = [Encoder(each, sound) for each in network.tencoder]
        self._decoders = [Decoder(each, picture) for each in network.decoder]
        self._decoders_t = [Decoder(each, sound) for each in network.tdecoder]
        self._layers = [Layer(each, across) for each in between.layers]
        self._layers_t = [Layer(each, across) for each in between.layers_t]
        rows = torch.arange(network.freq_emb.embedding.num_embeddings)
        self._rows = (network.freq_emb(rows) * network.freq_emb_scale).detach().to(picture)[:, None]
        self._places: tuple[Tensor, Tensor] | None = None
        self._in, self._out = None, None
        if network.bottom_channels:
            self._in = [_pointwise(network, f"channel_upsampler{end}", across) for end in ("", "_t")]
            self._out = [_pointwise(network, f"channel_downsampler{end}", across) for end in ("", "_t")]

    def __call__(self, sound: Tensor) -> Tensor:
        """(batch, 2, samples), float32, to (batch, stems, 2, samples)."""
        x, scale = _normal(self._stft(sound), self._precision.picture)
        t, scale_t = _normal(sound.transpose(1, 2)[:, None].contiguous(), self._precision.sound)
        x, t = self._network_of(x, t)
        stems = self._istft(x, scale, sound.shape[-1])
        sounds = t[:, 0].transpose(1, 2)
        stems = torch.addcmul(stems, sounds, scale_t[0]).add_(scale_t[1])
        return torch.unflatten(stems, 1, (-1, sound.shape[1]))

    def _network_of(self, x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """Picture and sound through both sides of the network."""
        skips, skips_t, lengths = list[Tensor](), list[Tensor](), list[int]()
        for encode, encode_t in zip(self._encoders, self._encoders_t, strict=True):
            lengths.append(t.shape[2])
            x, t = encode(x), encode_t(t)
            if not skips:
                x += self._rows
            skips.append(x)
            skips_t.append(t)
        x, t = self._transform(x, t)
        for decode, decode_t in zip(self._decoders, self._decoders_t, strict=True):
            x, t = decode(x + skips.pop()), decode_t(t + skips_t.pop())[:, :, : lengths.pop()]
        return x, t

    def _transform(self, x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """Between encoders and decoders: each cell of the picture is a place, each step of the sound."""
        rows, columns = x.shape[1:3]
        x, t = x.flatten(1, 2), t[:, 0]
        if self._in:
            x, t = (
                self._in[0](x.to(self._precision.transformer)),
                self._in[1](t.to(self._precision.transformer)),
            )
        places, places_t = self._placed(rows, columns, t)
        x, t = self._norms[0](x.float()) + places, self._norms[1](t.float()) + places_t
        for layer, layer_t in zip(self._layers, self._layers_t, strict=True):
            x, t = layer(x, t), layer_t(t, x)
        if self._out:
            x, t = (
                self._out[0](x.to(self._precision.transformer)),
                self._out[1](t.to(self._precision.transformer)),
            )
        x, t = x.to(self._precision.picture), t.to(self._precision.sound)
        return torch.unflatten(x, 1, (rows, columns)), t[:, None]

    def _placed(self, rows: int, columns: int, t: Tensor) -> tuple[Tensor, Tensor]:
        """What tells places apart, (1, places, width) for both branches; the same for every window."""
        if self._places is None:
            package: Any = import_module("demucs.transformer")  # an extra
            width, period = t.shape[-1], self._period
            picture = package.create_2d_sin_embedding(width, rows, columns, max_period=period)
            sound = package.create_sin_embedding(t.shape[1], width, max_period=period)
            picture, sound = picture.permute(0, 2, 3, 1).flatten(1, 2), sound.transpose(0, 1)
            self._places = (picture * self._placing, sound * self._placing)
        return self._places

    def _stft(self, sound: Tensor) -> Tensor:
        """(batch, 2, samples) to (batch, bins, frames, real and imaginary of each channel)."""
        batch, channels, samples = sound.shape
        frames = -(-samples // HOP)
        padded = functional.pad(sound, (PAD, PAD + frames * HOP - samples), mode="reflect").flatten(0, 1)
        picture = torch.stft(
            padded, FFT, HOP, window=self._window, center=False, normalized=True, return_complex=True
        )
        real = torch.unflatten(torch.view_as_real(picture[:, :-1]), 0, (batch, channels))
        return real.permute(0, 2, 3, 1, 4).flatten(3).contiguous()

    def _istft(self, x: Tensor, scale: tuple[Tensor, Tensor], samples: int) -> Tensor:
        """The inverse: (batch, bins, frames, stems · 2 · complex) to (batch, stems · 2, samples)."""
        batch, bins, frames, parts = x.shape
        deviation, mean = (each[..., None] for each in scale)
        x = torch.addcmul(mean, x, deviation)
        picture = torch.empty(batch, parts // 2, frames, bins + 1, dtype=torch.complex64)
        picture[..., bins] = 0  # the network leaves the topmost bin out
        torch.view_as_real(picture)[..., :bins, :] = torch.unflatten(x, 3, (-1, 2)).permute(0, 3, 2, 1, 4)
        # Squared and laid four deep, a Hann window is 1.5 everywhere.
        pieces = torch.fft.irfft(picture, norm="ortho").mul_(self._window / 1.5)
        return overlap_add(pieces)[..., PAD : PAD + samples]


def _normal(x: Tensor, dtype: torch.dtype) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Mean 0 and deviation 1 over everything, and how to undo it: deviation and mean, (batch, 1, 1)."""
    deviation, mean = torch.std_mean(x.flatten(1), dim=1, keepdim=True)
    around = (-1, 1, 1, 1)
    y = ((x - mean.view(around)) / (EPSILON + deviation.view(around))).to(dtype)
    return y, (deviation[..., None], mean[..., None])


def _pointwise(network: Any, name: str, dtype: torch.dtype) -> Linear:  # noqa: ANN401 - as above
    """A convolution over single places is a projection."""
    conv = getattr(network, name)
    return Linear(conv.weight[:, :, 0], conv.bias, dtype)
