"""Quality on real songs: SDR of every stem that is fair to score, beside doing nothing and HPSS.

The songs are for measuring alone. `DEVELOPMENT` may be looked at while the generator is being improved;
the others are for the last measurement only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import torch
from torch import Tensor

from separator.audio.stft import istft, stft
from separator.inference.networks.rhythm_net import STEMS, RhythmNet
from training.effects import Audio
from training.vocal_stage import accompaniment

DEVELOPMENT = ("80s_rock", "lithium", "scurutan_jam", "wfpl30", "caesium")
# The stems that the songs' own page calls fair; silent ones left out.
SCORED_STEMS: dict[str, tuple[str, ...]] = {
    "80s_rock": ("drums", "bass", "other"),
    "lithium": ("drums", "bass", "other"),
    "scurutan_jam": ("drums", "bass", "other"),
    "wfpl30": ("other", "bassdrums"),
    "caesium": ("bassother",),
    "sodium": ("drums", "other"),
    "francium": ("drums", "bassother"),
    "mdn_funk": ("drums", "bass", "other"),
    "trackswitch": ("drums", "bass", "other"),
}
CHUNK, OVERLAP = 512, 64  # frames of a chunk, frames of a fade
Splitter = Callable[[Audio], Audio]  # (2, samples) to (3, 2, samples)


@dataclass(frozen=True)
class Song:
    """A real song: its mixture, its stems, what Spleeter leaves of it."""

    name: str
    mixture: Audio
    stems: dict[str, Audio]
    accompaniment: Audio


def load_songs(folder: Path, names: list[str]) -> list[Song]:
    """Read songs and run the vocal stage on them."""
    songs = []
    for name in names:
        stems = {path.stem: _read(path) for path in sorted((folder / name).glob("*.flac"))}
        mixture = np.asarray(np.sum(list(stems.values()), axis=0), np.float32)
        songs.append(Song(name, mixture, _combined(stems), accompaniment(mixture)))
    return songs


def _read(path: Path) -> Audio:
    x, _ = soundfile.read(path, dtype="float32", always_2d=True)
    return np.ascontiguousarray(np.repeat(x, 2, axis=1).T if x.shape[1] == 1 else x.T[:2])


def _combined(stems: dict[str, Audio]) -> dict[str, Audio]:
    """With the sums that some songs are scored on."""
    zero = np.zeros_like(next(iter(stems.values())))
    bass, drums, other = (stems.get(name, zero) for name in ("bass", "drums", "other"))
    return {"bassother": bass + other, "bassdrums": bass + drums} | stems


def split(net: RhythmNet, sound: Audio) -> Audio:
    """Drums, bass, other of an accompaniment (2, samples), chunk by chunk: (3, 2, samples)."""
    spectrogram = stft(torch.from_numpy(sound))
    return np.asarray(istft(song_masks(net, spectrogram) * spectrogram, sound.shape[-1]).numpy())


@torch.inference_mode()
def song_masks(net: RhythmNet, spectrogram: Tensor) -> Tensor:
    """Masks (3, 2, bins, frames) of a whole song, chunks cross-faded."""
    frames = spectrogram.shape[-1]
    total, weight = torch.zeros(len(STEMS), *spectrogram.shape), torch.zeros(frames)
    for start in range(0, max(frames - OVERLAP, 1), CHUNK - OVERLAP):
        stop = min(start + CHUNK, frames)
        ramp = torch.arange(1, stop - start + 1, dtype=torch.float32) / OVERLAP
        fade = torch.minimum(ramp, ramp.flip(0)).clamp_max(1)
        total[..., start:stop] += net(spectrogram[None, ..., start:stop])[0] * fade
        weight[start:stop] += fade
    return total / weight


def sdr(reference: Audio, estimate: Audio) -> float:
    """10·log10(Σref² / Σ(ref−est)²) over the whole clip and both channels."""
    error = float(np.sum(np.square(reference - estimate), dtype=np.float64))
    return float(10 * np.log10(float(np.sum(np.square(reference), dtype=np.float64)) / max(error, 1e-12)))


def scores(song: Song, splitter: Splitter) -> dict[str, float]:
    """SDR in dB of every scored stem; `drumless` is the mixture without the estimated drums."""
    parts = dict(zip(STEMS, splitter(song.accompaniment), strict=True))
    parts |= {"bassother": parts["bass"] + parts["other"], "bassdrums": parts["bass"] + parts["drums"]}
    out = {stem: sdr(song.stems[stem], parts[stem]) for stem in SCORED_STEMS[song.name]}
    if "drums" in out:
        out["drumless"] = sdr(song.mixture - song.stems["drums"], song.mixture - parts["drums"])
        out["nothing"] = sdr(song.mixture - song.stems["drums"], song.mixture)
    return out


def means(rows: dict[str, dict[str, float]]) -> dict[str, float]:
    """The mean over songs of each stem."""
    stems = dict.fromkeys(stem for row in rows.values() for stem in row)
    return {stem: float(np.mean([row[stem] for row in rows.values() if stem in row])) for stem in stems}


def table(rows: dict[str, dict[str, float]]) -> str:
    """Markdown: a line a song, means last."""
    rows = rows | {"**mean**": means(rows)}
    stems = ["drums", "bass", "other", "bassdrums", "bassother", "drumless", "nothing"]
    lines = ["| song | " + " | ".join(stems) + " |", "|---|" + "---|" * len(stems)]
    for name, row in rows.items():
        lines.append(f"| {name} | " + " | ".join(f"{row[s]:.1f}" if s in row else "–" for s in stems) + " |")
    return "\n".join(lines)
