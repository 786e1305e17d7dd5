"""Shares one device among several songs, window by window.

    song A ──windows──►┐                                   ┌──► separated windows of A, in order
    song B ──windows──►│  a thread of its own fills batches │──► … of B
    song C ──preview──►┘  and runs the networks            └──► … of C

Previews go first. Then the song that was scheduled longest ago has the next window, so a song that has just
come is scheduled at once, and a short one never waits behind a concert. Where the device runs several windows
at once, those of all songs of the same model fill the batch.

No window is read before it is scheduled, and a song with a slow consumer is not scheduled while `AHEAD`
batches of its windows are not consumed; so memory does not grow. An error of one song fails that song alone.
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

AHEAD = 2  #: batches of a song that may be separated before they are consumed
POLL_S = 0.1  #: between two checks of whether a waiting song should stop
NICENESS = 5  #: added to the thread's: a third of the weight
CLOSE_S = 30.0  #: to wait for the current window when the scheduler stops; a slow CPU needs some 5 s


@dataclass(eq=False)
class _Stream:
    """The windows of one song. Guarded by the scheduler's lock."""

    engine: Engine
    song: PcmFile
    read_at: Sequence[int]
    urgent: bool
    should_stop: Callable[[], bool]
    scheduled_at: int = 0  #: order of its last window among the windows of all songs
    requested: int = 0  #: windows given to the device
    consumed: int = 0  #: windows that the consumer has
    separated: deque[Tensor] = field(default_factory=deque)
    failure: Exception | None = None

    def is_ready(self) -> bool:
        """Whether its next window may be scheduled."""
        ahead = self.requested - self.consumed
        is_due = self.requested < len(self.read_at) and ahead < AHEAD * self.engine.batch
        return is_due and self.failure is None and not self.should_stop()


class _WindowRequest(NamedTuple):
    """One window to separate."""

    stream: _Stream
    start: int  #: sample of the song


class Scheduler:
    """A thread that runs the windows of several songs; a context."""

    def __init__(self) -> None:
        """Prepare; the thread starts with the context."""
        self._streams: list[_Stream] = []
        self._counter = count(1)
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="device", daemon=True)

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop after the current window; running songs are stopped."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
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
        """Separate windows of a song, in turn with the others; see `separator.inference.engine.Device`."""
        stream = _Stream(engine, song, read_at, urgent, should_stop or _never)
        with self._changed:
            self._streams.append(stream)
            self._changed.notify_all()
        try:
            for _ in read_at:
                yield self._next_window(stream)
        finally:
            with self._changed:
                self._streams.remove(stream)

    def _next_window(self, stream: _Stream) -> Tensor:
        """The next separated window of a song; blocks until there is one."""
        with self._changed:
            while not (stream.separated or stream.failure):
                if self._closing or stream.should_stop():
                    raise Stopped
                self._changed.wait(POLL_S)
            if stream.should_stop():
                raise Stopped
            if stream.separated:
                stream.consumed += 1
                self._changed.notify_all()
                return stream.separated.popleft()
            raise stream.failure or Stopped

    def _run(self) -> None:
        """The thread: batch after batch, whatever fails."""
        _lower_priority()
        while requests := self._next_batch():
            try:
                self._run_batch(requests)
            except Exception as bug:  # noqa: BLE001 - its songs fail, and their jobs log the trace
                for request in requests:
                    self._fail(request.stream, bug)
                log.error("batch_failed", error=type(bug).__name__)  # noqa: TRY400 - as above

    def _next_batch(self) -> list[_WindowRequest]:
        """The windows of the next batch; none when the scheduler stops."""
        with self._changed:
            while not self._closing:
                if requests := self._pick_batch():
                    return requests
                self._changed.wait(POLL_S)  # a song's `should_stop` notifies nobody
        return []

    def _pick_batch(self) -> list[_WindowRequest]:
        """The next windows of one model, as many as it runs at once."""
        requests: list[_WindowRequest] = []
        engine: Engine | None = None
        while engine is None or len(requests) < engine.batch:
            ready = [each for each in self._streams if each.is_ready() and engine in {None, each.engine}]
            if not ready:
                break
            stream = min(ready, key=lambda each: (not each.urgent, each.scheduled_at))
            engine = stream.engine
            requests.append(_WindowRequest(stream, stream.read_at[stream.requested]))
            stream.requested += 1
            stream.scheduled_at = next(self._counter)
        return requests

    def _run_batch(self, requests: list[_WindowRequest]) -> None:
        """Read, separate and deliver a batch; where that fails, each song by itself."""
        read = [(each.stream, window) for each in requests if (window := self._read(each)) is not None]
        if not read:
            return
        engine = read[0][0].engine
        try:
            separated = engine.run(torch.stack([window for _, window in read])).unbind()
        except Exception as failure:  # noqa: BLE001 - it is one song's, and that one fails
            streams = {stream for stream, _ in read}
            if len(streams) == 1:
                self._fail(streams.pop(), failure)
            else:
                # No trace: it would show what other threads are changing, and the job of the song logs it.
                log.warning("batch_split", songs=len(streams), error=type(failure).__name__)
                for stream in streams:
                    self._run_stream(stream, [window for owner, window in read if owner is stream])
            return
        self._deliver([(stream, stems) for (stream, _), stems in zip(read, separated, strict=True)])

    def _run_stream(self, stream: _Stream, windows: list[Tensor]) -> None:
        """Run the windows of one song out of a batch that failed, so that only its cause fails."""
        try:
            separated = stream.engine.run(torch.stack(windows)).unbind()
        except Exception as failure:  # noqa: BLE001 - that song fails
            self._fail(stream, failure)
        else:
            self._deliver([(stream, stems) for stems in separated])

    def _read(self, request: _WindowRequest) -> Tensor | None:
        try:
            return read_window(request.stream.song, request.start, request.stream.engine.network)
        except Exception as failure:  # noqa: BLE001 - that song fails
            self._fail(request.stream, failure)
            return None

    def _deliver(self, separated: list[tuple[_Stream, Tensor]]) -> None:
        """Deliver windows; several of one batch are copied, so that none keeps the memory of all."""
        alone = len(separated) == 1
        with self._changed:
            for stream, stems in separated:
                if stream.failure is None:  # else a window before this one is missing
                    stream.separated.append(stems if alone else stems.clone())
            self._changed.notify_all()

    def _fail(self, stream: _Stream, failure: Exception) -> None:
        with self._changed:
            stream.failure = stream.failure or failure
            self._changed.notify_all()


@dataclass(frozen=True)
class ScheduledDevice:
    """A model on a shared device: an implementation of `separator.inference.engine.Device`."""

    scheduler: Scheduler
    engine: Engine

    @property
    def network(self) -> Network:
        """The network that separates songs."""
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


def _lower_priority() -> None:
    """Lower the priority of this thread, where threads have one (Linux); PyTorch's threads inherit it.

    Decoding, encoding and mixing a short song take little of a core, but must not wait for the networks.
    """
    with suppress(OSError, AttributeError):
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS)


def _never() -> bool:
    return False
