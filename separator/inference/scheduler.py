"""One device, many songs: who has the next window.

    song A ──windows──►┐                                   ┌──► finished windows of A, in order
    song B ──windows──►│  a thread of its own fills batches │──► … of B
    song C ──preview──►┘  and runs the networks            └──► … of C

Previews go first. Then it is fair by song: whoever was served longest ago has the next window, so a song that
has just come is served at once, and a short one never waits behind a concert. Where the device takes several
windows at once, those of all songs of the same model fill the batch.

Nothing is read before its turn, and a song whose consumer is slow gets no turn while `AHEAD` batches of its
windows wait to be taken; so memory does not grow. What breaks for one song breaks for it alone.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, NamedTuple, Self

import structlog
import torch

from separator.core.errors import Stopped
from separator.inference.engine import read_window

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from torch import Tensor

    from separator.audio.pcm_file import PcmFile
    from separator.inference.engine import Engine
    from separator.inference.networks.base import Network

log = structlog.get_logger()

AHEAD = (
    2  #: batches of a song that are separated before its consumer takes them: one at work, one to go on with
)
LOOK_S = 0.1  #: between two looks at whether a waiting song is still wanted
NICER = 5  #: steps of niceness: a third of the weight
CLOSE_S = 30.0  #: for the window at work, when the device is closed; a slow CPU needs some 5 s for one


@dataclass(eq=False)
class _Stream:
    """Windows of one song on their way through the device. Guarded by the scheduler's lock."""

    engine: Engine
    song: PcmFile
    read_at: Sequence[int]
    urgent: bool
    should_stop: Callable[[], bool]
    served: int = 0  #: when it last had a turn; counts turns
    given: int = 0  #: windows handed to the device
    taken: int = 0  #: windows that the consumer has
    done: deque[Tensor] = field(default_factory=deque)
    failure: Exception | None = None

    def is_ready(self) -> bool:
        """Whether its next window may have a turn."""
        waits = self.given < len(self.read_at) and self.given - self.taken < AHEAD * self.engine.batch
        return waits and self.failure is None and not self.should_stop()


class _WindowRequest(NamedTuple):
    """One window to separate."""

    ride: _Stream
    start: int  #: sample of the song


class Scheduler:
    """Turns at a device."""

    def __init__(self) -> None:
        """Prepare; the thread starts with the context."""
        self._rides: list[_Stream] = []
        self._turns = count(1)
        self._news = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="device", daemon=True)

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop after the window at work; songs on their way stop."""
        with self._news:
            self._closing = True
            self._news.notify_all()
        self._thread.join(timeout=CLOSE_S)

    def windows(
        self,
        engine: Engine,
        song: PcmFile,
        read_at: Sequence[int],
        *,
        urgent: bool = False,
        should_stop: Callable[[], bool] | None = None,
    ) -> Generator[Tensor]:
        """Separate windows of a song, by turns with the others; see `separator.inference.engine.Device`."""
        ride = _Stream(engine, song, read_at, urgent, should_stop or _never)
        with self._news:
            self._rides.append(ride)
            self._news.notify_all()
        try:
            for _ in read_at:
                yield self._take(ride)
        finally:
            with self._news:
                self._rides.remove(ride)

    def _take(self, ride: _Stream) -> Tensor:
        """The next finished window of a song."""
        with self._news:
            while not (ride.done or ride.failure):
                if self._closing or ride.should_stop():
                    raise Stopped
                self._news.wait(LOOK_S)
            if ride.should_stop():
                raise Stopped
            if ride.done:
                ride.taken += 1
                self._news.notify_all()
                return ride.done.popleft()
            raise ride.failure or Stopped

    def _run(self) -> None:
        """The thread: turn after turn, whatever breaks."""
        _stand_back()
        while turns := self._wait():
            try:
                self._serve(turns)
            except Exception as bug:  # noqa: BLE001 - its songs are told, and their jobs log the trace
                for turn in turns:
                    self._fail(turn.ride, bug)
                log.error("turn_failed", trouble=type(bug).__name__)  # noqa: TRY400 - as above

    def _wait(self) -> list[_WindowRequest]:
        """The windows of the next batch; none when the device closes."""
        with self._news:
            while not self._closing:
                if turns := self._pick():
                    return turns
                self._news.wait(LOOK_S)  # a song's `should_stop` makes no noise
        return []

    def _pick(self) -> list[_WindowRequest]:
        """Whose turn it is: windows of one model, as many as it takes at once."""
        turns: list[_WindowRequest] = []
        engine: Engine | None = None
        while engine is None or len(turns) < engine.batch:
            ready = [ride for ride in self._rides if ride.is_ready() and engine in {None, ride.engine}]
            if not ready:
                break
            ride = min(ready, key=lambda ride: (not ride.urgent, ride.served))
            engine = ride.engine
            turns.append(_WindowRequest(ride, ride.read_at[ride.given]))
            ride.given += 1
            ride.served = next(self._turns)
        return turns

    def _serve(self, turns: list[_WindowRequest]) -> None:
        """Read, separate and hand out a batch; where that fails, each song by itself."""
        read = [(turn.ride, window) for turn in turns if (window := self._read(turn)) is not None]
        if not read:
            return
        engine = read[0][0].engine
        try:
            made = engine.run(torch.stack([window for _, window in read])).unbind()
        except Exception as failure:  # noqa: BLE001 - it is one song's, and that one is told
            rides = {ride for ride, _ in read}
            if len(rides) == 1:
                self._fail(rides.pop(), failure)
            else:
                # No trace: it would show what other threads are changing, and the guilty song's job logs it.
                log.warning("batch_failed", songs=len(rides), trouble=type(failure).__name__)
                for ride in rides:
                    self._serve_alone(ride, [window for owner, window in read if owner is ride])
            return
        self._give([(ride, stems) for (ride, _), stems in zip(read, made, strict=True)])

    def _serve_alone(self, ride: _Stream, windows: list[Tensor]) -> None:
        """The windows of one song out of a batch that failed: which song's fault was it?"""
        try:
            made = ride.engine.run(torch.stack(windows)).unbind()
        except Exception as failure:  # noqa: BLE001 - it is that song's, and it is told
            self._fail(ride, failure)
        else:
            self._give([(ride, stems) for stems in made])

    def _read(self, turn: _WindowRequest) -> Tensor | None:
        try:
            return read_window(turn.ride.song, turn.start, turn.ride.engine.network)
        except Exception as failure:  # noqa: BLE001 - a song that cannot be read is that song's own trouble
            self._fail(turn.ride, failure)
            return None

    def _give(self, made: list[tuple[_Stream, Tensor]]) -> None:
        """Hand finished windows out; a song alone in its batch keeps it, others get copies of their own."""
        alone = len(made) == 1
        with self._news:
            for ride, stems in made:
                if ride.failure is None:  # else one is missing before this
                    ride.done.append(stems if alone else stems.clone())
            self._news.notify_all()

    def _fail(self, ride: _Stream, failure: Exception) -> None:
        with self._news:
            ride.failure = ride.failure or failure
            self._news.notify_all()


@dataclass(frozen=True)
class ScheduledDevice:
    """A model at a scheduled device, as a song sees it: `separator.inference.engine.Device`."""

    scheduler: Scheduler
    engine: Engine

    @property
    def network(self) -> Network:
        """What songs are separated by."""
        return self.engine.network

    def windows(
        self,
        song: PcmFile,
        read_at: Sequence[int],
        *,
        urgent: bool = False,
        should_stop: Callable[[], bool] | None = None,
    ) -> Generator[Tensor]:
        """See `separator.inference.engine.Device`."""
        return self.scheduler.windows(self.engine, song, read_at, urgent=urgent, should_stop=should_stop)


def _stand_back() -> None:
    """Let everything else in this process go before the networks, where a thread has a niceness (Linux).

    What a short song needs beside its windows (decoding, encoding, its mix) takes little of a core, but must
    not wait for a concert's numbers. The threads that share the numbers inherit it.
    """
    with suppress(OSError, AttributeError):
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICER)


def _never() -> bool:
    """Nobody will want to stop."""
    return False
