"""One network on one device: windows of songs go in, their stems come out, whatever it takes.

The engine hands batches of windows to the network and shares what the stems do not explain among them, so
that they add up to the song. By itself it serves one song (`Engine.windows`, `Engine.separate`); for many
songs at a time `separator.inference.scheduler` has the turns.
"""

from __future__ import annotations

import os
from importlib import import_module
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import structlog
import torch
from torch import Tensor

from separator.audio.overlap_add import OverlapAdd, Segment, segments
from separator.core.errors import ConfigError, SeparationFailed, Stopped
from separator.core.jobs import Progress
from separator.inference.catalog.weights import verified_files
from separator.inference.malloc import trim
from separator.inference.precision import FULL

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from pathlib import Path

    from separator.audio.pcm_file import PcmFile
    from separator.inference.catalog.registry import ModelCard
    from separator.inference.networks.base import Network

BATCH = {"cpu": 1}  # windows at once; on the CPU one window already keeps every core busy
BATCH_ELSEWHERE = 8
TIDY_EVERY = 16  #: batches between two tidyings of memory: each costs the next window its page faults
QUIET = 1e-12  # energy under which a stem has no claim on what is left over
#: How PyTorch's allocators and libraries say that memory is too small, where the error's class does not.
NO_MEMORY = ("out of memory", "ALLOC_FAILED", "can't allocate memory")

log = structlog.get_logger()


def pick_device(name: str) -> torch.device:
    """The device that a setting names; `auto` is the best that is here.

    Raises:
        ConfigError: There is no such device.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as wrong:  # torch asserts that CUDA was compiled in
        if lacks_memory(wrong):
            return device  # it is here, and full: `open_engine` knows a way
        raise ConfigError(setting="STEMBOT_DEVICE", value=name) from wrong
    return device


def load_network(card: ModelCard, device: torch.device, weights: Path | None = None) -> Network:
    """The network that a card names, with its weights, on a device.

    Args:
        card: The model.
        device: Where it runs.
        weights: The folder of weight files; a model whose weights come with a package needs none.

    Raises:
        ModelNotHere: Its weights are not there, or not whole.
    """
    module, _, function = card.network.partition(":")
    load = getattr(import_module(f"separator.inference.networks.{module}"), function)
    network: Network = load(device, card, verified_files(card, weights)) if card.files else load(device)
    return network


def open_engine(card: ModelCard, device: str = "auto", weights: Path | None = None) -> Engine:
    """An engine, warm, for a model.

    Raises:
        ConfigError: There is no such device, or the weights are missing.
    """
    engine = _engine_on(pick_device(device), card, weights)
    log.info(
        "engine_opened",
        model=card.name,
        device=str(engine.device),
        threads=torch.get_num_threads(),
        precision=getattr(engine.network, "precision", FULL),
    )
    return engine


def _engine_on(place: torch.device, card: ModelCard, weights: Path | None) -> Engine:
    """An engine, warm, on a device; on the CPU where that has no room for it."""
    if place.type == "cpu":
        torch.set_num_threads(_cores())
        return Engine(load_network(card, place, weights), place)
    try:
        network = load_network(card, place, weights)
        engine = Engine(network, place, reload=lambda other: load_network(card, other, weights))
        engine.warm()
        return engine  # noqa: TRY300 - what follows is for a full device
    except RuntimeError as trouble:
        if not lacks_memory(trouble):
            raise
    log.warning("engine_moved_to_cpu")
    engine = _engine_on(torch.device("cpu"), card, weights)
    engine.fell_back_at = monotonic()
    return engine


def _cores() -> int:
    """Cores that this process may use: fewer than the machine has, in a container."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Device(Protocol):
    """What a song needs of whatever separates it."""

    @property
    def network(self) -> Network:
        """What it is separated by."""
        ...

    def windows(
        self,
        song: PcmFile,
        read_at: Sequence[int],
        *,
        urgent: bool = False,
        should_stop: Callable[[], bool] | None = None,
    ) -> Generator[Tensor]:
        """Separate windows of a song.

        Args:
            song: At the network's rate.
            read_at: Where each window begins; before the song and after it is silence.
            urgent: Somebody waits for these above all.
            should_stop: Asked before every window.

        Yields:
            (stems, channels, window), float32 on the CPU, in the order of `read_at`.

        Raises:
            Stopped: `should_stop` said so.
            SeparationFailed: Memory is too small for a window.
        """
        ...


def is_centred(network: Network) -> bool:
    """Whether songs are cut for it as Demucs does; see `overlap_add.segments`."""
    return bool(getattr(network, "centred", False))


def cut_song(song: PcmFile, network: Network) -> list[Segment]:
    """Where the windows of a song are.

    Raises:
        SeparationFailed: The song has another rate than the network.
    """
    if song.rate_hz != network.rate_hz:
        raise SeparationFailed(rate_hz=song.rate_hz, expected_hz=network.rate_hz)
    return segments(song.samples, network.window, network.hop, centred=is_centred(network))


def read_window(song: PcmFile, start: int, network: Network) -> Tensor:
    """(channels, window), float32."""
    return song.read(start, start + network.window)


class Engine:
    """A network on a device, warm."""

    def __init__(
        self, network: Network, device: torch.device, reload: Callable[[torch.device], Network] | None = None
    ) -> None:
        """Take a network that is on `device`; `reload` makes it anew on another one, if that has to be."""
        self.network, self.device = network, device
        self._reload = reload
        self.fell_back_at: float | None = None  #: when it fled to the CPU, by `time.monotonic`
        self._batch = BATCH.get(device.type, BATCH_ELSEWHERE)
        self._runs = count(1)

    def warm(self) -> None:
        """Run it once on a near-silent window: a GPU's kernels are loaded before the first song."""
        self.run(torch.full((1, 2, self.network.window), 1e-4))

    @property
    def batch(self) -> int:
        """How many windows it takes at once; fewer after it ran out of memory."""
        return self._batch

    def separate(
        self,
        song: PcmFile,
        on_progress: Callable[[Progress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Iterator[Tensor]:
        """Separate a song, alone.

        Args:
            song: At the network's rate.
            on_progress: Told after every window how many are done.
            should_stop: Asked before every batch.

        Yields:
            (stems, channels, samples), float32 on the CPU; together exactly as long as the song.

        Raises:
            Stopped: `should_stop` said so.
            SeparationFailed: The song has another rate than the network, or memory is too small for a window.
        """
        cut = cut_song(song, self.network)
        sewing = OverlapAdd(
            song.samples, self.network.window, self.network.hop, centred=is_centred(self.network)
        )
        windows = self.windows(song, [place.read_at for place in cut], should_stop=should_stop)
        for done, (place, stems) in enumerate(zip(cut, windows, strict=True), 1):
            yield sewing.push(place.of(stems))
            if on_progress:
                on_progress(Progress("separate", done, len(cut)))

    def windows(
        self,
        song: PcmFile,
        read_at: Sequence[int],
        *,
        urgent: bool = False,  # noqa: ARG002 - alone, everything is
        should_stop: Callable[[], bool] | None = None,
    ) -> Generator[Tensor]:
        """Separate windows of a song, alone; see `Device`."""
        done = 0
        while done < len(read_at):
            if should_stop and should_stop():
                raise Stopped
            batch = [read_window(song, at, self.network) for at in read_at[done : done + self._batch]]
            yield from self.run(torch.stack(batch))
            done += len(batch)

    def run(self, windows: Tensor) -> Tensor:
        """(batch, channels, samples) to (batch, stems, channels, samples), on the CPU, whatever it takes."""
        if next(self._runs) % TIDY_EVERY == 0:
            trim()
        sounding = windows.flatten(1).any(dim=1)
        if sounding.all():
            return self._separated(windows)
        # Silence in, silence out, whatever a network would dream into it.
        stems = windows.new_zeros(len(windows), len(self.network.stems), *windows.shape[1:])
        if sounding.any():
            stems[sounding] = self._separated(windows[sounding])
        return stems

    def _separated(self, windows: Tensor) -> Tensor:
        while True:
            try:
                return torch.cat([self._forward(part) for part in torch.split(windows, self._batch)])
            except RuntimeError as trouble:
                if not lacks_memory(trouble):
                    raise
            self._make_room()  # out here, where the error no longer holds on to what filled the memory

    def _forward(self, windows: Tensor) -> Tensor:
        with torch.inference_mode():
            there = windows.to(self.device)
            stems = enforce_consistency(there, self.network.separate(there).nan_to_num(0.0, 0.0, 0.0))
        return stems.to("cpu", torch.float32).clone()

    def _make_room(self) -> None:
        """After out of memory: half the batch; then the CPU; then it is a failure."""
        if self._batch > 1:
            self._batch //= 2
            log.warning("engine_batch_halved", batch=self._batch, device=str(self.device))
        elif self.device.type != "cpu" and self._reload:
            self.device, self.fell_back_at = torch.device("cpu"), monotonic()
            torch.set_num_threads(_cores())
            self.network = self._reload(self.device)
            log.warning("engine_moved_to_cpu")
        else:
            raise SeparationFailed(reason="memory")
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def lacks_memory(trouble: Exception) -> bool:
    """Whether this error says that a device's memory is too small, in whichever words."""
    return isinstance(trouble, torch.OutOfMemoryError) or any(words in str(trouble) for words in NO_MEMORY)


def enforce_consistency(windows: Tensor, stems: Tensor) -> Tensor:
    """Share what the stems leave over among them, by their energy, so that they add up to what went in.

    Args:
        windows: (batch, channels, samples), what went in.
        stems: (batch, stems, channels, samples), what came out.

    Returns:
        The stems, adding up to `windows`; a window of silence gives silence.

    Source: mixture consistency, Wisdom et al. 2019.
    """
    energy = stems.square().sum(dim=(2, 3), keepdim=True) + QUIET
    rest = windows - stems.sum(dim=1)
    return stems + energy / energy.sum(dim=1, keepdim=True) * rest[:, None]
