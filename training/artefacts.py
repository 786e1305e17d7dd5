"""Artefacts of a split, measured: seams, pumping, holes and leaks.

- seam: how much the sound moves from frame to frame where chunks overlap; 0 dB is as elsewhere
- sum: the stems' sum against the accompaniment; what the masks lose or add
- leak: a stem that is absent from the song, against the song
- pumping: spread of the other stems' level in frames with drums against their true level there
- holes: share of the time-frequency bins of the true rest that lose more than 20 dB
"""

from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from separator.audio.stft import stft
from separator.inference.networks.rhythm_net import RhythmNet
from training.effects import Audio, rms
from training.evaluate import CHUNK, OVERLAP, Song, decibels, leak, song_masks, split

AUDIBLE_DB = -50.0  # a bin this far under the loudest is inaudible and does not count
HOLE_DB = -20.0


def sum_error(sound: Audio, parts: Audio) -> float:
    """What the stems' sum lacks, in dB of the sound."""
    return decibels(rms(parts.sum(axis=0) - sound) / rms(sound))


def seam(net: RhythmNet, sound: Audio) -> float:
    """Frame to frame movement of the sound in the chunks' fades, over the movement elsewhere, in dB."""
    spectrogram = stft(torch.from_numpy(sound))
    parts = song_masks(net, spectrogram) * spectrogram
    movement = parts.diff().abs().square().sum(dim=(0, 1, 2))
    movement = movement / (spectrogram.diff().abs().square().sum(dim=(0, 1)) + 1e-6)
    fades = _in_fade(movement)
    return decibels(float((movement[fades].mean() / movement[~fades].mean()).sqrt())) if fades.any() else 0.0


def _in_fade(frames: Tensor) -> Tensor:
    at = torch.arange(frames.numel())
    return (at % (CHUNK - OVERLAP) < OVERLAP) & (at >= CHUNK - OVERLAP)


def pumping(net: RhythmNet, song: Song) -> float:
    """Standard deviation in dB of the drumless level against the true one, in frames with drums."""
    parts = split(net, song.accompaniment)
    found, true, drums = (
        _levels(x) for x in (parts[1] + parts[2], song.stems["bassother"], song.stems["drums"])
    )
    audible = (drums > drums.max() - 30) & (true > true.max() - 40)
    return float(np.std((found - true)[audible]))


def holes(net: RhythmNet, song: Song) -> float:
    """Share of the audible bins of bass and rest that are more than 20 dB too quiet in the drumless song."""
    spectrogram = stft(torch.from_numpy(song.accompaniment))
    masks = song_masks(net, spectrogram)
    true = stft(torch.from_numpy(song.stems["bassother"])).abs()
    found = ((masks[1] + masks[2]) * spectrogram).abs()
    audible = true > true.max() * 10 ** (AUDIBLE_DB / 20)
    return float((found < true * 10 ** (HOLE_DB / 20))[audible].float().mean())


def table(net: RhythmNet, songs: list[Song]) -> str:
    """Markdown: a line a song, dB but for the holes."""
    lines = [
        "| song | sum | seam | leak: no drums | leak: no bass | pumping | holes |",
        "|---|---|---|---|---|---|---|",
    ]
    for song in songs:
        splitter = partial(split, net)
        columns = [f"{sum_error(song.accompaniment, splitter(song.accompaniment)):.0f}"]
        columns.append(f"{seam(net, song.accompaniment):.1f}")
        has_all = {"drums", "bass", "other"} <= song.stems.keys()
        columns += [f"{leak(splitter, song, stem):.0f}" if has_all else "–" for stem in ("drums", "bass")]
        columns += [f"{pumping(net, song):.1f}", f"{100 * holes(net, song):.1f} %"] if has_all else ["–", "–"]
        lines.append(f"| {song.name} | " + " | ".join(columns) + " |")
    return "\n".join(lines)


def _levels(x: Audio) -> NDArray[np.float64]:
    """RMS in dB of pieces of 46 ms."""
    pieces = x[:, : x.shape[1] // 2048 * 2048].reshape(2, -1, 2048)
    return np.asarray(10 * np.log10(np.mean(np.square(pieces), axis=(0, 2)) + 1e-10))
