"""Quality on real songs: SDR of every stem that is fair to score, beside doing nothing and HPSS; false stems.

The songs are for measuring alone: evaluation_songs.py says which, report.py how the figures are told.
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
from training.effects import Audio, rms
from training.evaluation_songs import SONGS
from training.vocal_stage import accompaniment

CHUNK, OVERLAP = 512, 64  # frames of a chunk, frames of a fade
Splitter = Callable[[Audio], Audio]  # (2, samples) to (3, 2, samples)


@dataclass(frozen=True)
class Song:
    """A real song: its mixture, its stems, what Spleeter leaves of it."""

    name: str
    mixture: Audio
    stems: dict[str, Audio]
    accompaniment: Audio


def load_songs(folders: list[Path], names: list[str]) -> list[Song]:
    """Read songs (FLAC or Ogg Vorbis stems) and run the vocal stage on them.

    Raises:
        FileNotFoundError: None of the folders has a song of that name.
    """
    songs = []
    for name in names:
        files = [path for folder in folders for path in sorted((folder / name).glob("*.*"))]
        if not files:
            raise FileNotFoundError(f"no stems of {name} in {' '.join(map(str, folders))}")
        stems = {path.stem: _read(path) for path in files}
        mixture = np.asarray(np.sum(list(stems.values()), axis=0), np.float32)
        songs.append(Song(name, mixture, _combined(stems), accompaniment(mixture)))
    return songs


def available(folders: list[Path]) -> list[str]:
    """Names of the evaluation songs that lie in the folders."""
    return [name for name in SONGS if any((folder / name).is_dir() for folder in folders)]


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
    """SDR in dB of every scored stem, and the level of false stems in dB of the song.

    `drumless` is the mixture without the estimated drums, `nothing` the mixture itself against the same
    reference. `false_drums` and `false_bass` are what is found in the song without that stem, `false_vocals`
    what the vocal stage finds in an instrumental.
    """
    parts = dict(zip(STEMS, splitter(song.accompaniment), strict=True))
    parts |= {"bassother": parts["bass"] + parts["other"], "bassdrums": parts["bass"] + parts["drums"]}
    facts = SONGS[song.name]
    out = {stem: sdr(song.stems[stem], parts[stem]) for stem in facts.scored}
    if "drums" in out:
        out["drumless"] = sdr(song.mixture - song.stems["drums"], song.mixture - parts["drums"])
        out["nothing"] = sdr(song.mixture - song.stems["drums"], song.mixture)
    out |= {f"false_{stem}": leak(splitter, song, stem) for stem in ("drums", "bass") if stem in out}
    if "bass" in facts.silent:
        out["false_bass"] = decibels(rms(parts["bass"]) / rms(song.accompaniment))
    if "vocals" in facts.silent:
        out["false_vocals"] = decibels(rms(song.mixture - song.accompaniment) / rms(song.mixture))
    return out


def decibels(ratio: float) -> float:
    """A ratio of amplitudes in dB, at least -120."""
    return float(20 * np.log10(max(ratio, 1e-6)))


def leak(splitter: Splitter, song: Song, absent: str) -> float:
    """A stem of the song without that stem (the vocal stage's mask as it was), in dB of that song."""
    rest = song.accompaniment - song.stems[absent]
    return decibels(rms(splitter(rest)[STEMS.index(absent)]) / rms(rest))
