"""The rhythm network: splits an accompaniment into drums, bass and other.

A band-split U-Net over the spectrogram of a song without vocals. It predicts three real masks that add up to
one in every time-frequency bin, so the three stems always add up to the input. Inference only, plain torch
operations; training: `training/`, docs/models/rhythm.md.

    X ──► |·|^0.3 of L, R, mid, side ──► 96 bands ──► U-Net (40, 64, 80, 96 channels) ──► bins ──► softmax
          1024 bins, up to 11 kHz        2 to 32       3 × 3 convolutions, fully connected         over stems
                                         bins wide     over bands, a GRU over time at the bottom
"""

from itertools import pairwise
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from separator.audio.stft import power
from separator.inference.networks.refine import BinRange, refine_masks

STEMS = ("drums", "bass", "other")
SAMPLE_RATE_HZ = 44_100
FFT = 4096  # samples; Spleeter's, so its spectrogram can be handed on as it is
HOP = 1024  # samples
BINS = 1024  # 0 to 11 kHz; above, the mask is the mean of the highest rows
TOP_ROWS = 64  # rows averaged for the bins above
BANDS = (
    (32, 2),
    (16, 4),
    (16, 8),
    (16, 16),
    (16, 32),
)  # (how many, bins wide): kick and bass live in the first
CHANNELS = (40, 64, 80, 96)  # of the U-Net's levels
FEATURES = 4  # left, right, mid, side
FLOOR = 0.04  # mean magnitude of a window at about -60 dB full scale: quieter windows are not amplified
SHARPNESS = 0.6  # exponent of the masks before they are normalised again: L1 makes them too confident
ABSENT_SHARPNESS = 3.0  # the same where a stem seems to be absent from a window
ABSENT, PRESENT = 0.1, 0.3  # power of a stem in its clearest frames, as a share of theirs; see `_absence`
CLEAREST = 0.95  # quantile of a window's frames: a few strokes in 12 s make a stem present
AUDIBLE = 1e-3  # of the window's mean power: quieter frames are not counted
WINDOW_SHARE = 0.6  # of a window's own mean and variance in every normalisation; see `BlendedNorm`
RANGES = (
    BinRange(0, 64, 1),
    BinRange(64, 256, 16),
    BinRange(256, BINS, 32),
)  # to 690 Hz, to 2.8 kHz, to 11 kHz
PACKAGED = Path(__file__).parents[1] / "catalog" / "weights" / "rhythm.safetensors"


class BandsIn(nn.Module):
    """Bins to bands: one linear layer for each width, and a learned embedding of the band."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width * FEATURES, CHANNELS[0]) for _, width in BANDS)
        self.place = nn.Parameter(0.02 * torch.randn(CHANNELS[0], sum(n for n, _ in BANDS)))

    def forward(self, features: Tensor) -> Tensor:
        """(batch, features, frames, bins) to (batch, channels, frames, bands)."""
        parts, low = [], 0
        for layer, (count, width) in zip(self.layers, BANDS, strict=True):
            rows = features[..., low : low + count * width]
            rows = rows.reshape(*rows.shape[:-1], count, width)
            parts.append(layer(rows.permute(0, 2, 3, 1, 4).flatten(3)))
            low += count * width
        return torch.cat(parts, dim=2).permute(0, 3, 1, 2) + self.place[:, None, :]


class BandsOut(nn.Module):
    """Bands to bins: logits for every stem and channel, in memory frame by frame as spectrograms are."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(CHANNELS[0], width * len(STEMS) * 2) for _, width in BANDS)

    def forward(self, bands: Tensor) -> Tensor:
        """(batch, channels, frames, bands) to (batch, stems, 2, bins, frames)."""
        parts, low = [], 0
        rows = bands.permute(0, 2, 3, 1)
        for layer, (count, width) in zip(self.layers, BANDS, strict=True):
            out = layer(rows[:, :, low : low + count])
            out = out.reshape(*out.shape[:-1], len(STEMS), 2, width)
            parts.append(out.permute(0, 3, 4, 1, 2, 5).flatten(4))
            low += count
        return torch.cat(parts, dim=4).mT


class BlendedNorm(nn.BatchNorm2d):
    """Normalise each channel by a blend of the window's own statistics and the learned ones.

    Plain batch normalisation uses the statistics of the songs that were trained on, and ours are synthetic:
    real songs come out shifted and scaled in every layer. Measured on real songs: drums and bass each gain
    half a decibel and more (docs/models/rhythm.md). Each window of a batch has its own statistics.
    """

    update_rate = 0.03  # of the learned statistics, a training step

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, frames, bands), unchanged in shape."""
        values = x.float()
        mean = values.mean(dim=(2, 3))
        square = values.square().mean(dim=(2, 3))  # ten times as fast on a CPU as torch.var_mean
        variance = (square - mean.square()).clamp_min(0)
        learned_mean, learned_variance = self.running_mean, self.running_var
        if learned_mean is None or learned_variance is None:  # never: they are tracked
            raise ValueError("a norm without statistics")
        if self.training:
            with torch.no_grad():
                learned_mean.lerp_(mean.mean(dim=0), self.update_rate)
                learned_variance.lerp_(square.mean(dim=0) - mean.mean(dim=0).square(), self.update_rate)
        mean = WINDOW_SHARE * mean + (1 - WINDOW_SHARE) * learned_mean
        variance = WINDOW_SHARE * variance + (1 - WINDOW_SHARE) * learned_variance
        scale = torch.rsqrt(variance + self.eps) * self.weight
        shift = self.bias - mean * scale
        return torch.addcmul(shift[:, :, None, None], values, scale[:, :, None, None]).to(x.dtype)


class Block(nn.Module):
    """Two convolutions, then fully connected over the bands of each frame (TFC-TDF, Choi et al. 2019)."""

    def __init__(self, channels: int, bands: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.first_norm = BlendedNorm(channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.second_norm = BlendedNorm(channels)
        self.narrow = nn.Linear(bands, max(bands // 4, 8))
        self.wide = nn.Linear(max(bands // 4, 8), bands)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, frames, bands), unchanged in shape."""
        y = functional.relu(self.first_norm(self.first(x)))
        y = x + functional.relu(self.second_norm(self.second(y)))
        return y + self._over_bands(y)

    def _over_bands(self, y: Tensor) -> Tensor:
        """`wide(relu(narrow(y)))` over the bands, in the memory order of `y`: channels innermost."""
        rows = y.permute(0, 2, 3, 1)
        few = functional.relu(torch.matmul(self.narrow.weight, rows) + self.narrow.bias[:, None])
        many: Tensor = torch.matmul(self.wide.weight, few) + self.wide.bias[:, None]
        return many.permute(0, 3, 1, 2)


class BiGRU(nn.Module):
    """A bidirectional GRU over time, the same for every band."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gru = nn.GRU(channels, channels // 2, batch_first=True, bidirectional=True)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, frames, bands), unchanged in shape."""
        rows = x.permute(0, 3, 2, 1)
        with torch.autocast(x.device.type, enabled=False):
            out: Tensor = self.gru(rows.flatten(0, 1).float())[0]
        return x + out.reshape(*rows.shape[:2], *out.shape[1:]).permute(0, 3, 2, 1)


class BandSplitUNet(nn.Module):
    """One trained network; 0.81 million parameters."""

    def __init__(self) -> None:
        super().__init__()
        bands = sum(count for count, _ in BANDS)
        self.bands_in, self.bands_out = BandsIn(), BandsOut()
        steps = list(pairwise(CHANNELS))
        self.encoders = nn.ModuleList(Block(c, bands >> i) for i, c in enumerate(CHANNELS[:-1]))
        self.downs = nn.ModuleList(nn.Conv2d(a, b, 2, stride=2) for a, b in steps)
        self.bottom = Block(CHANNELS[-1], bands >> len(steps))
        self.memory = BiGRU(CHANNELS[-1])
        self.ups = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, stride=2) for a, b in steps)
        self.decoders = nn.ModuleList(Block(c, bands >> i) for i, c in enumerate(CHANNELS[:-1]))

    def forward(self, spectrum: Tensor) -> Tensor:
        """Logits for each stem.

        Args:
            spectrum: (batch, 2, 1024 bins, frames), complex; any level.
        Returns: (batch, stems, 2, 1024 bins, frames), float; a softmax over stems gives masks.
        """
        frames = spectrum.shape[-1]
        x = self.bands_in(_features(spectrum))
        skips = []
        for encoder, down in zip(self.encoders, self.downs, strict=True):
            x = encoder(x)
            skips.append(x)
            x = functional.relu(down(x))
        x = self.memory(self.bottom(x))
        for up, decoder, skip in reversed(list(zip(self.ups, self.decoders, skips, strict=True))):
            x = decoder(up(x) + skip)
        logits: Tensor = self.bands_out(x)
        return logits[..., :frames]


def _features(spectrum: Tensor) -> Tensor:
    """Compressed magnitudes (batch, features, frames padded to a multiple of 8, bins), about 1 on average."""
    left, right = spectrum[:, 0].mT, spectrum[:, 1].mT
    pairs = (left, right, (left + right) / 2, (left - right) / 2)
    magnitudes = torch.stack([power(each).sqrt() for each in pairs], dim=1)
    level = magnitudes[:, :2].mean(dim=(1, 2, 3), keepdim=True).clamp_min(FLOOR)
    compressed = (magnitudes / level + 1e-5).pow(0.3)
    spare = -compressed.shape[2] % (1 << (len(CHANNELS) - 1))
    return functional.pad(compressed, (0, 0, 0, spare))


class RhythmNet(nn.Module):
    """One or more trained networks whose masks are averaged."""

    def __init__(self, members: int = 1, sharpness: float = SHARPNESS, *, refined: bool = True) -> None:
        """With `sharpness` 1 and `refined` false, the masks are those of the networks."""
        super().__init__()
        self.sharpness, self.refined = sharpness, refined
        self.members = nn.ModuleList(BandSplitUNet() for _ in range(members))

    def forward(self, spectrum: Tensor) -> Tensor:
        """Masks for the stems of `STEMS`.

        Args:
            spectrum: (batch, 2, bins, frames), complex64: `torch.stft` of the accompaniment with FFT, HOP, a
                periodic Hann window; 1024 bins or more (all 2049, say), any number of frames, full scale ±1.
        Returns: (batch, 3, 2, bins, frames), float32, 0 to 1, adding up to 1 over the stems.
        """
        low = spectrum[:, :, :BINS]
        # Frame by frame, as spectra lie in memory.
        masks = torch.stack([member(low).mT.float().softmax(dim=1) for member in self.members]).mean(dim=0)
        powers = power(low.mT)
        absence = _absence(masks, powers)
        if self.sharpness != 1.0:
            masks = _sharpen(masks, absence, self.sharpness)
        if self.refined:
            masks = _blend(masks, refine_masks(masks, powers.sqrt(), RANGES), absence)
        above = spectrum.shape[2] - masks.shape[4]
        top = masks[..., -TOP_ROWS:].mean(dim=4, keepdim=True).expand(-1, -1, -1, -1, above)
        return torch.cat([masks, top], dim=4).mT


def _absence(masks: Tensor, powers: Tensor) -> Tensor:
    """How much each stem seems to be absent from a window, 0 to 1: (batch, stems); *other* never is.

    Drums are nearly alone in some frames of every few seconds: in real songs they had 0.7 to 0.98 of the
    power of the clearest twentieth of the frames; where a song had none, 0.02 to 0.58. The same holds for
    basses (0.55 to 0.81, 0.00 to 0.24; one song failed).

    Args:
        masks: (batch, stems, 2, frames, bins), adding up to 1.
        powers: (batch, 2, frames, bins), the power of the spectrogram.
    """
    total = powers.sum(dim=(1, 3))[:, None]
    parts = (masks[:, :-1].square() * powers[:, None]).sum(dim=(2, 4))
    audible = total > AUDIBLE * total.mean(dim=-1, keepdim=True)
    share = torch.where(audible, parts / total.clamp_min(1e-12), torch.nan)
    clear = share.nanquantile(CLEAREST, dim=-1).nan_to_num(1.0)
    return functional.pad(((PRESENT - clear) / (PRESENT - ABSENT)).clamp(0, 1), (0, 1))


def _sharpen(masks: Tensor, absence: Tensor, sharpness: float) -> Tensor:
    """Masks to a power, normalised; to a higher power for stems that seem to be absent."""
    exponents = sharpness + absence * (ABSENT_SHARPNESS - sharpness)
    masks = masks.pow(exponents[..., None, None, None])
    return masks / masks.sum(dim=1, keepdim=True)


def _blend(masks: Tensor, refined: Tensor, absence: Tensor) -> Tensor:
    """The refined masks, but the original ones of stems that seem to be absent: a fit would add to them."""
    if not bool(absence.any()):
        return refined
    masks = refined.lerp(masks, absence[..., None, None, None])
    return masks / masks.sum(dim=1, keepdim=True)


def load_rhythm(path: Path | None = None) -> RhythmNet:
    """The trained network in evaluation mode, float32, from safetensors (the packaged weights by default).

    Raises:
        FileNotFoundError: There are no weights at `path`.
        ValueError: The weights are not those of this network.
    """
    weights = {name: value.float() for name, value in load_file(path or PACKAGED).items()}
    net = RhythmNet(members=1 + max(int(name.split(".")[1]) for name in weights))
    missing, unexpected = net.load_state_dict(weights, strict=False)
    # Counts of training steps are no weights, and the file has none.
    if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
        raise ValueError("these are not weights of the rhythm network")
    return net.eval()
