"""The models of a worker: loaded once and cached within a memory budget, behind one scheduler.

A model counts with its parameters and buffers and an allowance for other memory. When another one is needed
that would not fit, the least recently used are evicted. A model that a song is using is never evicted: then
the other waits, and so does its song.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from contextlib import contextmanager, nullcontext
from time import monotonic
from typing import TYPE_CHECKING, Self

import structlog
import torch

from separator.core.errors import Stopped
from separator.inference.catalog.registry import card_of
from separator.inference.device_monitor import DeviceMonitor
from separator.inference.engine import open_engine
from separator.inference.scheduler import ScheduledDevice, Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from separator.inference.catalog.registry import ModelCard
    from separator.inference.engine import Engine

log = structlog.get_logger()

BUDGET_BYTES = 4_000_000_000  #: of all models together, where no setting limits them
#: Memory of a model beside its parameters: weights packed for the CPU's kernels, buffers of libraries.
ALLOWANCE_BYTES = 256_000_000
FALLBACK_S = 300.0  #: after which a model that moved from a full device to the CPU is loaded again
POLL_S = 0.2  #: between two checks of whether a song that waits for a model should stop


class ModelCache:
    """Engines by model, behind one scheduler; a context."""

    def __init__(
        self,
        device: str,
        weights: Path | None = None,
        loading: Callable[[str], AbstractContextManager[object]] = nullcontext,
        budget_bytes: int = BUDGET_BYTES,
        monitor: DeviceMonitor | None = None,
    ) -> None:
        """Load models onto `device`.

        Args:
            device: As the setting names it.
            weights: The folder of weight files.
            loading: Called with a model's name; returns a context in which the model is loaded.
            budget_bytes: Of all models together; one alone may take more.
            monitor: Notices a device that hangs.
        """
        self._device, self._weights, self._loading = device, weights, loading
        self._budget_bytes, self._monitor = budget_bytes, monitor or DeviceMonitor()
        self._scheduler = Scheduler()
        self._engines: OrderedDict[str, Engine] = OrderedDict()  #: by model; the least recently used first
        self._users: Counter[str] = Counter()
        self._sizes: dict[str, int] = {}  #: bytes of each model that was ever loaded
        self._changed = threading.Condition()
        self._load_lock = threading.Lock()

    def __enter__(self) -> Self:
        """Start the scheduler."""
        self._scheduler.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the scheduler; running songs are stopped."""
        self._scheduler.__exit__()

    @contextmanager
    def acquire(self, model: str, should_stop: Callable[[], bool] | None = None) -> Iterator[ScheduledDevice]:
        """The device with this model, which stays loaded meanwhile; blocks while it is loaded.

        Raises:
            ConfigError: There is no such model or device, or its weights are missing.
            Stopped: `should_stop` returned true while it waited for memory.
        """
        with self._changed:
            self._users[model] += 1
        try:
            yield ScheduledDevice(self._scheduler, self.get(model, should_stop))
        finally:
            with self._changed:
                self._users[model] -= 1
                self._changed.notify_all()

    def get(self, model: str, should_stop: Callable[[], bool] | None = None) -> Engine:
        """The engine of a model; see `acquire`."""
        if engine := self._find(model):
            return engine
        with self._loading_alone(should_stop):
            if engine := self._find(model):  # another song has loaded it meanwhile
                return engine
            card = card_of(model)
            self._evict_for(card, should_stop)
            return self._load(card, model)

    def names(self) -> list[str]:
        """The loaded models, the least recently used first."""
        with self._changed:
            return list(self._engines)

    @contextmanager
    def _loading_alone(self, should_stop: Callable[[], bool] | None) -> Iterator[None]:
        """One at a time: two that load concurrently would both count the same free memory."""
        while not self._load_lock.acquire(timeout=POLL_S):
            if should_stop and should_stop():
                raise Stopped
        try:
            yield
        finally:
            self._load_lock.release()

    def _find(self, model: str) -> Engine | None:
        with self._changed:
            engine = self._engines.get(model)
            if engine is None:
                return None
            if engine.fell_back_at is not None and monotonic() - engine.fell_back_at >= FALLBACK_S:
                del self._engines[model]  # running songs keep it until they are done
                return None
            self._engines.move_to_end(model)
            return engine

    def _load(self, card: ModelCard, model: str) -> Engine:
        began = monotonic()
        with self._loading(model):
            engine = open_engine(card, self._device, self._weights, self._monitor)
        with self._changed:
            self._engines[model] = engine
            self._sizes[model] = size_of(engine, card)
        took_s = round(monotonic() - began, 2)
        log.info("engine_ready", model=model, took_s=took_s, size_bytes=self._sizes[model])
        return engine

    def _evict_for(self, card: ModelCard, should_stop: Callable[[], bool] | None) -> None:
        """Evict idle models until this one fits; wait while those in use take too much."""
        with self._changed:
            while True:
                for model in [model for model in self._engines if not self._users[model]]:
                    if self._fits(card):
                        break
                    del self._engines[model]
                    log.info("engine_evicted", model=model, to_load=card.name)
                if not self._engines or self._fits(card):
                    break
                if should_stop and should_stop():
                    raise Stopped
                self._changed.wait(POLL_S)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _fits(self, card: ModelCard) -> bool:
        needed = self._sizes.get(card.name, expected_size(card))
        return needed + sum(self._sizes[model] for model in self._engines) <= self._budget_bytes


def expected_size(card: ModelCard) -> int:
    """Bytes of a model before it was ever loaded: published files have half precision."""
    return 2 * card.size_bytes + ALLOWANCE_BYTES


def size_of(engine: Engine, card: ModelCard) -> int:
    """Bytes of a loaded model: its parameters and buffers, and the allowance.

    A network whose weights are packed for a library shows none: then the expected size.
    """
    network = engine.network
    tensors = [*network.parameters(), *network.buffers()] if isinstance(network, torch.nn.Module) else []
    counted = sum(each.numel() * each.element_size() for each in tensors)
    return counted + ALLOWANCE_BYTES if counted else expected_size(card)
