"""One network on one device: a song goes in as frames, its stems come out as finished audio, in order.

The engine cuts the song into windows, batches them, hands them to the network, shares what the stems do not
explain among them (so that they add up to the song), and sews the results. Memory does not grow with the
song.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

import structlog
import torch
from torch import Tensor

from separator.audio.overlap_add import Sewing, places
from separator.errors import ConfigError, SeparationFailed, Stopped
from separator.jobs import Progress
from separator.models.weights import checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from separator.audio.frames import Frames
    from separator.models.base import Network
    from separator.models.registry import ModelCard

BATCH = {"cpu": 1}  # windows at once; on the CPU one window already keeps every core busy
BATCH_ELSEWHERE = 8
QUIET = 1e-12  # energy under which a stem has no claim on what is left over

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
    load = getattr(import_module(f"separator.models.{module}"), function)
    network: Network = load(device, card, checked(card, weights)) if card.files else load(device)
    return network


def open_engine(card: ModelCard, device: str = "auto", weights: Path | None = None) -> Engine:
    """An engine, warm, for a model.

    Raises:
        ConfigError: There is no such device, or the weights are missing.
    """
    place = pick_device(device)
    if place.type == "cpu":
        torch.set_num_threads(_cores())
    network = load_network(card, place, weights)
    engine = Engine(network, place, reload=lambda other: load_network(card, other, weights))
    if place.type != "cpu":
        engine.warm()
    return engine


def _cores() -> int:
    """Cores that this process may use: fewer than the machine has, in a container."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Engine:
    """A network on a device, warm."""

    def __init__(
        self, network: Network, device: torch.device, reload: Callable[[torch.device], Network] | None = None
    ) -> None:
        """Take a network that is on `device`; `reload` makes it anew on another one, if that has to be."""
        self.network, self.device = network, device
        self._reload = reload
        self._batch = BATCH.get(device.type, BATCH_ELSEWHERE)

    def warm(self) -> None:
        """Run it once on a near-silent window: a GPU's kernels are loaded before the first song."""
        noise = torch.full((1, 2, self.network.window), 1e-4, device=self.device)
        with torch.inference_mode():
            self.network.separate(noise)

    def separate(
        self,
        song: Frames,
        on_progress: Callable[[Progress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Iterator[Tensor]:
        """Separate a song.

        Args:
            song: At the network's rate.
            on_progress: Told after every batch how many windows are done.
            should_stop: Asked before every batch.

        Yields:
            (stems, channels, samples), float32 on the CPU; together exactly as long as the song.

        Raises:
            Stopped: `should_stop` said so.
            SeparationFailed: The song has another rate than the network, or memory is too small for a window.
        """
        network = self.network
        if song.rate_hz != network.rate_hz:
            raise SeparationFailed(rate_hz=song.rate_hz, expected_hz=network.rate_hz)
        centred = getattr(network, "centred", False)
        cut = places(song.samples, network.window, network.hop, centred=centred)
        sewing = Sewing(song.samples, network.window, network.hop, centred=centred)
        done = 0
        while done < len(cut):
            if should_stop and should_stop():
                raise Stopped
            batch = cut[done : done + self._batch]
            windows = [song.read(place.reads, place.reads + network.window) for place in batch]
            for place, stems in zip(batch, self._run(torch.stack(windows)), strict=True):
                yield sewing.push(place.of(stems))
            done += len(windows)
            if on_progress:
                on_progress(Progress("separate", done, len(cut)))

    def _run(self, windows: Tensor) -> Tensor:
        """(batch, channels, samples) to (batch, stems, channels, samples), on the CPU, whatever it takes."""
        while True:
            try:
                return torch.cat([self._forward(part) for part in torch.split(windows, self._batch)])
            except torch.OutOfMemoryError:
                self._make_room()

    def _forward(self, windows: Tensor) -> Tensor:
        if not windows.any():  # silence in, silence out, whatever a network would dream into it
            return windows.new_zeros(len(windows), len(self.network.stems), *windows.shape[1:])
        with torch.inference_mode():
            there = windows.to(self.device)
            stems = share_rest(there, self.network.separate(there).nan_to_num(0.0, 0.0, 0.0))
        return stems.to("cpu", torch.float32).clone()

    def _make_room(self) -> None:
        """After out of memory: half the batch; then the CPU; then it is a failure."""
        if self._batch > 1:
            self._batch //= 2
            log.warning("engine_batch_halved", batch=self._batch, device=str(self.device))
        elif self.device.type != "cpu" and self._reload:
            self.device = torch.device("cpu")
            self.network = self._reload(self.device)
            log.warning("engine_moved_to_cpu")
        else:
            raise SeparationFailed(reason="memory")
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def share_rest(windows: Tensor, stems: Tensor) -> Tensor:
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
