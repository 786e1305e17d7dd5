"""The models of a worker: loaded once, kept warm within a memory budget, their turns at the device shared.

A model counts with its parameters as they lie in memory and an allowance for what stays with it besides.
When another one is asked for that would not fit, those least recently used are dropped. One that a song is
using is never dropped: then the newcomer waits, and so does its song.
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
from separator.inference.engine import open_engine
from separator.inference.scheduler import ScheduledDevice, Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from separator.inference.catalog.registry import ModelCard
    from separator.inference.engine import Engine

log = structlog.get_logger()

BUDGET_BYTES = 4_000_000_000  #: of all models together, where no setting says otherwise
#: What stays with a model beside its parameters: weights packed for the CPU's kernels, buffers of libraries.
ALLOWANCE_BYTES = 256_000_000
FALLBACK_S = 300.0  #: after which a model that fled from a full device to the CPU tries that device again
LOOK_S = 0.2  #: between two looks at whether a song that waits for a model is still wanted


class ModelCache:
    """Engines by model, behind one scheduler; a context."""

    def __init__(
        self,
        device: str,
        weights: Path | None = None,
        loading: Callable[[str], AbstractContextManager[object]] = nullcontext,
        budget_bytes: int = BUDGET_BYTES,
    ) -> None:
        """Load models onto `device`.

        Args:
            device: As the setting names it.
            weights: The folder of weight files.
            loading: Makes a context for a model's name; it is loaded within.
            budget_bytes: What all models may take together; one alone may take more.
        """
        self._device, self._weights, self._loading = device, weights, loading
        self._budget_bytes = budget_bytes
        self._scheduler = Scheduler()
        self._warm: OrderedDict[str, Engine] = OrderedDict()  #: the least recently used first
        self._users: Counter[str] = Counter()
        self._sizes: dict[str, int] = {}  #: bytes of each model that was ever loaded
        self._news = threading.Condition()
        self._load_turn = threading.Lock()

    def __enter__(self) -> Self:
        """Start taking turns."""
        self._scheduler.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop; songs on their way stop too."""
        self._scheduler.__exit__()

    @contextmanager
    def acquire(self, model: str, should_stop: Callable[[], bool] | None = None) -> Iterator[ScheduledDevice]:
        """A seat at the device with this model, which stays warm meanwhile; blocks while it is loaded.

        Raises:
            ConfigError: There is no such model or device, or its weights are missing.
            Stopped: `should_stop` said so while it waited for room.
        """
        with self._news:
            self._users[model] += 1
        try:
            yield ScheduledDevice(self._scheduler, self.get(model, should_stop))
        finally:
            with self._news:
                self._users[model] -= 1
                self._news.notify_all()

    def get(self, model: str, should_stop: Callable[[], bool] | None = None) -> Engine:
        """The engine of a model, warm; see `acquire`."""
        found = self._find(model)
        if found:
            return found
        with self._turn_to_load(should_stop):
            found = self._find(model)
            if not found:
                card = card_of(model)
                self._make_room(card, should_stop)
                found = self._load(card, model)
            return found

    def names(self) -> list[str]:
        """The models that are warm, the least recently used first."""
        with self._news:
            return list(self._warm)

    @contextmanager
    def _turn_to_load(self, should_stop: Callable[[], bool] | None) -> Iterator[None]:
        """One at a time: two that load side by side would each find room."""
        while not self._load_turn.acquire(timeout=LOOK_S):
            if should_stop and should_stop():
                raise Stopped
        try:
            yield
        finally:
            self._load_turn.release()

    def _find(self, model: str) -> Engine | None:
        with self._news:
            engine = self._warm.get(model)
            if engine is None:
                return None
            if engine.fell_back_at is not None and monotonic() - engine.fell_back_at >= FALLBACK_S:
                del self._warm[model]  # songs that are at it keep it until they are done
                return None
            self._warm.move_to_end(model)
            return engine

    def _load(self, card: ModelCard, model: str) -> Engine:
        began = monotonic()
        with self._loading(model):
            engine = open_engine(card, self._device, self._weights)
        with self._news:
            self._warm[model] = engine
            self._sizes[model] = size_of(engine, card)
        took_s = round(monotonic() - began, 2)
        log.info("engine_ready", model=model, took_s=took_s, size_bytes=self._sizes[model])
        return engine

    def _make_room(self, card: ModelCard, should_stop: Callable[[], bool] | None) -> None:
        """Drop idle models until this one fits; wait while those in use take too much."""
        with self._news:
            while True:
                for model in [model for model in self._warm if not self._users[model]]:
                    if self._fits(card):
                        break
                    del self._warm[model]
                    log.info("engine_dropped", model=model, to_load=card.name)
                if not self._warm or self._fits(card):
                    break
                if should_stop and should_stop():
                    raise Stopped
                self._news.wait(LOOK_S)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _fits(self, card: ModelCard) -> bool:
        needed = self._sizes.get(card.name, expected_size(card))
        return needed + sum(self._sizes[model] for model in self._warm) <= self._budget_bytes


def expected_size(card: ModelCard) -> int:
    """What a model will take, before it was ever loaded: published files hold half precision."""
    return 2 * card.size_bytes + ALLOWANCE_BYTES


def size_of(engine: Engine, card: ModelCard) -> int:
    """What a loaded model takes: its parameters and buffers as they are, and the allowance.

    A network that keeps its weights in another way, packed for a library, shows none: then what was expected.
    """
    network = engine.network
    tensors = [*network.parameters(), *network.buffers()] if isinstance(network, torch.nn.Module) else []
    counted = sum(each.numel() * each.element_size() for each in tensors)
    return counted + ALLOWANCE_BYTES if counted else expected_size(card)
