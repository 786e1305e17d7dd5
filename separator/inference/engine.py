"""Runs one network on one device: windows of songs go in, their stems come out.

The engine hands batches of windows to the network and distributes what the stems leave over, so that they add
up to the song. When a device runs out of memory, it shrinks the batch, then moves to the CPU. By itself it
serves one song (`Engine.windows`); `separator.inference.scheduler` shares it among several.
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
from torch.nn import functional

from separator.audio.overlap_add import OverlapAdd, Segment, segments
from separator.core.errors import SeparationFailed, Stopped
from separator.inference.catalog.weights import verified_files
from separator.inference.device import AUTO, describe_device, lacks_memory, pick_device
from separator.inference.device_monitor import DeviceMonitor
from separator.inference.malloc import trim
from separator.inference.precision import FLOAT32

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from pathlib import Path

    from separator.audio.pcm_file import PcmFile
    from separator.inference.catalog.registry import ModelCard
    from separator.inference.networks.base import Network

CPU_BATCH, BATCH = 1, 8  # windows at once; on the CPU one window already keeps every core busy
TRIM_EVERY = 16  #: batches between two calls of `trim`: each costs the next window its page faults
MIN_ENERGY = 1e-12  # keeps silent stems from a division by zero
MOMENT_S = (
    0.05  # within which a stem counts as there or not: shorter than a drum's decay, longer than a period
)
#: Of a stem's mean energy in the window (-40 dB): where no stem has anything, the residual goes by the whole.
REMEMBERED = 1e-4

log = structlog.get_logger()


def load_network(card: ModelCard, device: torch.device, weights: Path | None = None) -> Network:
    """The network that a card names, with its weights, on a device.

    Args:
        card: The model.
        device: The device that it runs on.
        weights: The folder of weight files; a model whose weights come with a package needs none.

    Raises:
        ModelNotHere: Its weights are missing or incomplete.
    """
    module, _, function = card.network.partition(":")
    load = getattr(import_module(f"separator.inference.networks.{module}"), function)
    network: Network = load(device, card, verified_files(card, weights)) if card.files else load(device)
    return network


def open_engine(
    card: ModelCard,
    device: str = "auto",
    weights: Path | None = None,
    monitor: DeviceMonitor | None = None,
) -> Engine:
    """An engine for a model, warmed up; `monitor` is notified of what it does.

    Raises:
        ConfigError: There is no such device, or the weights are missing.
    """
    monitor = monitor or DeviceMonitor()
    with monitor.loading(card.name):
        engine = _engine_on(pick_device(device, card), card, weights, monitor, named=device != AUTO)
    log.info(
        "engine_opened",
        model=card.name,
        device=str(engine.device),
        threads=torch.get_num_threads(),
        precision=getattr(engine.network, "precision", FLOAT32),
    )
    return engine


def _engine_on(
    device: torch.device, card: ModelCard, weights: Path | None, monitor: DeviceMonitor, *, named: bool
) -> Engine:
    """An engine on a device, warmed up; on the CPU where the device has too little memory.

    A device that nobody named and that fails in another way is not used either.
    """
    if device.type == "cpu":
        torch.set_num_threads(_cores())
        return Engine(load_network(card, device, weights), device, monitor=monitor)
    try:
        network = load_network(card, device, weights)
        engine = Engine(network, device, lambda other: load_network(card, other, weights), monitor)
        engine.warm_up()
        return engine  # noqa: TRY300 - what follows is for a full device
    except RuntimeError as error:
        if named and not lacks_memory(error):
            raise
        log.warning("engine_moved_to_cpu", error=str(error)[:200], **describe_device(device))
    engine = _engine_on(torch.device("cpu"), card, weights, monitor, named=named)
    engine.fell_back_at = monotonic()
    return engine


def _cores() -> int:
    """Cores that this process may use: fewer than the machine has, in a container."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Device(Protocol):
    """A network on a device, as a song uses it: alone (`Engine`) or shared (`ScheduledDevice`)."""

    @property
    def network(self) -> Network:
        """The network that separates it."""
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
            read_at: The sample at which each window begins; before the song and after it is silence.
            urgent: These go before all others.
            should_stop: Asked before every window.

        Yields:
            (stems, channels, window), float32 on the CPU, in the order of `read_at`.

        Raises:
            Stopped: `should_stop` returned true.
            SeparationFailed: Memory is too small for a window.
        """
        ...


def is_centred(network: Network) -> bool:
    """Whether its songs are cut as Demucs does; see `overlap_add.segments`."""
    return bool(getattr(network, "centred", False))


def cut_song(song: PcmFile, network: Network) -> list[Segment]:
    """The windows of a song.

    Raises:
        SeparationFailed: The song has another rate than the network.
    """
    if song.rate_hz != network.rate_hz:
        raise SeparationFailed(rate_hz=song.rate_hz, expected_hz=network.rate_hz)
    return segments(song.samples, network.window, network.hop, centred=is_centred(network))


def join_windows(song: PcmFile, network: Network, windows: Iterable[Tensor]) -> Iterator[Tensor]:
    """Overlap-add the separated windows of a song.

    Args:
        song: The song that the windows are of.
        network: The network that separated them.
        windows: (stems, channels, window), one for each segment of `cut_song`.

    Yields:
        (stems, channels, samples), float32; together exactly as long as the song.
    """
    overlap_add = OverlapAdd(song.samples, network.window, network.hop, centred=is_centred(network))
    for segment, stems in zip(cut_song(song, network), windows, strict=True):
        yield overlap_add.push(segment.crop(stems))


def read_window(song: PcmFile, start: int, network: Network) -> Tensor:
    """(channels, window), float32."""
    return song.read(start, start + network.window)


class Engine:
    """A network on a device."""

    def __init__(
        self,
        network: Network,
        device: torch.device,
        reload: Callable[[torch.device], Network] | None = None,
        monitor: DeviceMonitor | None = None,
    ) -> None:
        """Run a network that is on a device.

        Args:
            network: It lies on `device`.
            device: Where it runs.
            reload: Loads it onto another device, if that has to be.
            monitor: Notices a device that hangs.
        """
        self.network, self.device = network, device
        self._reload, self._monitor = reload, monitor or DeviceMonitor()
        self._kind = object()  # whose windows the monitor compares
        self.fell_back_at: float | None = None  #: when it moved to the CPU, by `time.monotonic`
        self._batch = CPU_BATCH if device.type == "cpu" else BATCH
        self._runs = count(1)

    def warm_up(self) -> None:
        """Run it once on a near-silent window, so that a GPU's kernels are loaded before the first song."""
        self.run(torch.full((1, 2, self.network.window), 1e-4))

    @property
    def batch(self) -> int:
        """How many windows it runs at once; fewer after it ran out of memory."""
        return self._batch

    def windows(
        self,
        song: PcmFile,
        read_at: Sequence[int],
        *,
        urgent: bool = False,  # noqa: ARG002 - there is no other song
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
        """(batch, channels, samples) to (batch, stems, channels, samples), on the CPU; silence stays so."""
        if next(self._runs) % TRIM_EVERY == 0:
            trim()
        audible = windows.flatten(1).any(dim=1)
        if audible.all():
            return self._run_in_batches(windows)
        stems = windows.new_zeros(len(windows), len(self.network.stems), *windows.shape[1:])
        if audible.any():
            stems[audible] = self._run_in_batches(windows[audible])
        return stems

    def _run_in_batches(self, windows: Tensor) -> Tensor:
        while True:
            try:
                return torch.cat([self._forward(part) for part in torch.split(windows, self._batch)])
            except RuntimeError as error:
                if not lacks_memory(error):
                    raise
            self._use_less_memory()  # out here, where the error no longer references what filled the memory

    def _forward(self, windows: Tensor) -> Tensor:
        with self._monitor.window((self._kind, self.device.type, len(windows))), torch.inference_mode():
            mixture = windows.to(self.device)
            separated = finite_only(self.network.separate(mixture))
            moment = int(MOMENT_S * self.network.rate_hz)
            stems = enforce_consistency(mixture, separated, moment)
            return stems.to("cpu", torch.float32).clone()  # waits for the device

    def _use_less_memory(self) -> None:
        """Halve the batch; then move to the CPU; then fail."""
        if self._batch > 1:
            self._batch //= 2
            log.warning("engine_batch_halved", batch=self._batch, device=str(self.device))
        elif self.device.type != "cpu" and self._reload:
            self.device, self.fell_back_at = torch.device("cpu"), monotonic()
            torch.set_num_threads(_cores())
            with self._monitor.loading("onto the CPU"):
                self.network = self._reload(self.device)
            log.warning("engine_moved_to_cpu")
        else:
            raise SeparationFailed(reason="memory")
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def finite_only(stems: Tensor) -> Tensor:
    """The stems with zeros for what is no number, which is a fault of a network or a device: it is logged."""
    if stems.isfinite().all():
        return stems
    share = 1 - stems.isfinite().float().mean().item()
    log.warning("network_not_finite", share=round(share, 6), device=str(stems.device))
    return stems.nan_to_num(0.0, 0.0, 0.0)


def enforce_consistency(windows: Tensor, stems: Tensor, moment: int = 0) -> Tensor:
    """Distribute the residual among the stems by their energy, so that they add up to the mixture.

    A stem that is silent at a moment gets next to nothing of what others left over then, however loud it is
    elsewhere in the window.

    Args:
        windows: (batch, channels, samples), the mixture.
        stems: (batch, stems, channels, samples).
        moment: Samples within which energy is compared; 0 is the whole window.

    Returns:
        The stems, adding up to `windows`; a window of silence gives silence.

    Source: mixture consistency, Wisdom et al. 2019.
    """
    energy = stems.square().sum(dim=2, keepdim=True)  # (batch, stems, 1, samples)
    whole = energy.mean(dim=3, keepdim=True) + MIN_ENERGY
    samples = windows.shape[-1]
    if 0 < moment < samples:
        now = _smooth(energy.flatten(0, 1), moment).reshape(energy.shape)
        energy = now + REMEMBERED * whole
    else:
        energy = whole
    residual = windows - stems.sum(dim=1)
    return stems + energy / energy.sum(dim=1, keepdim=True) * residual[:, None]


def _smooth(energy: Tensor, moment: int) -> Tensor:
    """Means over moments that overlap by half, with lines between them: (rows, 1, samples), as it came."""
    hop = max(moment // 2, 1)
    means = functional.avg_pool1d(energy, 2 * hop, hop, padding=hop, ceil_mode=True, count_include_pad=False)
    lines = functional.interpolate(
        means, size=(means.shape[-1] - 1) * hop + 1, mode="linear", align_corners=True
    )
    return lines[..., : energy.shape[-1]]
