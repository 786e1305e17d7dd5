"""One contender of `benchmarks.speed`, in a process of its own: loads, then does one song again and again.

    python -m benchmarks.speed_parts CONTENDER FOLDER

For each line on standard input it does the song once and prints `{"took_s": …, "worked_s": …, "peak_bytes":
…}`; `worked_s` are seconds of processor, of all cores and of children, which others on the machine change
little. The first line it prints says what it is: precision and threads. FOLDER holds `song.f32` and
`song.mp3`, and for Demucs its weights; stems of the first run are left there as `CONTENDER.f32`, (stems,
channels, samples).
"""

from __future__ import annotations

import json
import os
import resource
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from separator.audio.pcm_file import FRAME_BYTES, PcmFile
from separator.core.logs import set_up_logs
from separator.inference import engine
from separator.inference.catalog.cards import EMBEDDED, HTDEMUCS, SPLEETER
from separator.inference.malloc import tune_for_inference
from separator.inference.networks import htdemucs, spleeter
from separator.pipeline.separate import separate_song

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch import Tensor

    from separator.inference.catalog.card import ModelCard

RATE_HZ = 44_100
WEIGHTS = "htdemucs.th"


def song_of(folder: Path) -> PcmFile:
    """The song as frames on disk."""
    path = folder / "song.f32"
    return PcmFile(path, RATE_HZ, path.stat().st_size // FRAME_BYTES)


def ours(card: ModelCard, folder: Path, *, exact: bool) -> tuple[Callable[[], Iterable[Tensor]], str]:
    """Our engine from frames to finished stems; what the stems leave over is not shared out, as elsewhere."""
    tune_for_inference()
    card = replace(card, reduced_precisions=()) if exact else card
    cpu = torch.device("cpu")
    network = htdemucs.load(cpu, card, [folder / WEIGHTS]) if card.files else engine.load_network(card, cpu)
    engine.enforce_consistency = lambda _, stems, _moment: stems  # what is compared is the network's own
    warm, song = engine.Engine(network, cpu), song_of(folder)
    read_at = [segment.read_at for segment in engine.cut_song(song, network)]
    precision = getattr(network, "precision", "float32")
    return lambda: engine.join_windows(song, network, warm.windows(song, read_at)), precision


def apply_model(folder: Path) -> tuple[Callable[[], Iterable[Tensor]], str]:
    """The package's own way over a whole song."""
    from demucs import apply  # noqa: PLC0415 - an extra

    network, song = htdemucs.read_network(folder / WEIGHTS, "htdemucs"), song_of(folder)

    def run() -> list[Tensor]:
        mix = song.read(0, song.samples)[None]
        made: Tensor = apply.apply_model(network, mix, shifts=0, overlap=0.25)
        return [made[0]]

    return run, "float32"


def plain_spleeter(folder: Path) -> tuple[Callable[[], Iterable[Tensor]], str]:
    """The whole song at once: its picture, both networks on all blocks of 512 frames, masks, back."""
    network = spleeter.Spleeter().eval()  # as Spleeter has it, without what `load` does for speed
    network.load_state_dict(spleeter.load(torch.device("cpu")).state_dict())
    song, window = song_of(folder), torch.hann_window(4096)

    def run() -> list[Tensor]:
        sound = song.read(0, song.samples)
        with torch.inference_mode():
            picture = torch.stft(sound, 4096, 1024, window=window, pad_mode="constant", return_complex=True)
            bins, frames = picture.shape[1:]
            loud = functional.pad(picture.abs()[:, :1024], (0, -frames % 512))
            blocks = torch.stack(loud.split(512, dim=2)).transpose(2, 3).contiguous()
            painted = [net(blocks).square() for net in network.nets]
            total = sum(painted) + 1e-10
            stems = []
            for each in painted:
                mask = ((each + 0.5e-10) / total).permute(1, 3, 0, 2).flatten(2)[..., :frames]
                top = mask[:, -16:].mean(dim=1, keepdim=True).expand(-1, bins - 1024, -1)
                part = torch.cat([mask, top], dim=1) * picture
                stems.append(torch.istft(part, 4096, 1024, window=window, length=song.samples))
        return [torch.stack(stems)]

    return run, "float32"


def whole_way(folder: Path) -> tuple[Callable[[], Iterable[Tensor]], str]:
    """The program's own way with its embedded model: an mp3 in, flac stems out."""
    tune_for_inference()
    warm = engine.open_engine(EMBEDDED, "cpu")

    def run() -> list[Tensor]:
        with TemporaryDirectory(prefix="speed-") as spare:
            separate_song(folder / "song.mp3", Path(spare), warm)
        return []

    return run, getattr(warm.network, "precision", "float32")


CONTENDERS: dict[str, Callable[[Path], tuple[Callable[[], Iterable[Tensor]], str]]] = {
    "demucs apply_model": apply_model,
    "htdemucs float32": lambda folder: ours(HTDEMUCS, folder, exact=True),
    "htdemucs chosen": lambda folder: ours(HTDEMUCS, folder, exact=False),
    "spleeter plain": plain_spleeter,
    "spleeter chosen": lambda folder: ours(SPLEETER, folder, exact=False),
    "default mp3 to flac": whole_way,
}


def main() -> None:
    """Serve runs until standard input ends."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    set_up_logs(quiet=True)
    torch.set_num_threads(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    run, precision = CONTENDERS[name](folder)
    _print_line(precision=precision, threads=torch.get_num_threads())
    for turn, _ in enumerate(sys.stdin):
        began, worked = perf_counter(), worked_s()
        consume(run(), folder / f"{name}.f32" if turn == 0 else None, song_of(folder).samples)
        times = {"took_s": perf_counter() - began, "worked_s": worked_s() - worked}
        _print_line(**times, peak_bytes=peak_bytes())


def peak_bytes() -> int:
    """The largest resident size of this program so far.

    `ru_maxrss` begins with what the parent held when it started us: for a long song more than we need.
    """
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS: bytes, and no such beginning


def worked_s() -> float:
    """Seconds of processor that this process and its children that have ended took so far."""
    spent = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


def consume(blocks: Iterable[Tensor], path: Path | None, samples: int) -> None:
    """Read what comes, and with a path keep it there, without holding more than a block of it."""
    done = 0
    with path.open("wb") if path else nullcontext() as file:
        for block in blocks:
            for row, sound in enumerate(block.flatten(0, 1) if file else ()):
                file.seek(4 * (row * samples + done))
                file.write(sound.numpy().tobytes())
            done += block.shape[-1]


def _print_line(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
