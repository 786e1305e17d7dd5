"""Orders and jobs as facts: what is asked, what is worked on, and which transitions a job may make.

An *order* is one person's request for outputs of one song, with the address for the answer. A *job* is one
row of work: SEPARATE (a song by a model) or MIX (files from a separation). Orders for the same work share it.
All times are seconds since 1970 by the database's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from separator.core.naming import printable

if TYPE_CHECKING:
    from separator.core.errors import ErrorRecord

Json = dict[str, Any]


class JobKind(StrEnum):
    """What a job does."""

    SEPARATE = "separate"  #: needs the device and takes long
    MIX = "mix"  #: sums stems and encodes; needs no device, takes seconds


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"  #: for the job it comes after
    QUEUED = "queued"  #: may be claimed
    RUNNING = "running"  #: leased to a worker, which must keep renewing
    DONE = "done"  #: its result is in storage
    REFUSED = "refused"  #: the song is at fault; never retried
    FAILED = "failed"  #: ours; its attempts are spent
    CANCELLED = "cancelled"  #: nobody wants it any more


#: The transitions a job may make; SQL guards each of them with the state it leaves.
TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.WAITING: frozenset({JobState.QUEUED, JobState.REFUSED, JobState.FAILED, JobState.CANCELLED}),
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    JobState.RUNNING: frozenset(
        {
            JobState.RUNNING,
            JobState.QUEUED,
            JobState.DONE,
            JobState.REFUSED,
            JobState.FAILED,
            JobState.CANCELLED,
        }
    ),
    JobState.DONE: frozenset(),
    JobState.REFUSED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}
ACTIVE = frozenset(state for state, to in TRANSITIONS.items() if to)  #: work that can still be shared


@dataclass(frozen=True)
class JobSpec:
    """A job to be made, unless one with the same key is active or done."""

    kind: JobKind
    key: str  #: names the work: same key, same result
    args: Json
    max_attempts: int = 3


@dataclass(frozen=True)
class Job:
    """One row of work, as it was when it was read."""

    id: int
    kind: JobKind
    key: str
    state: JobState
    owner: str
    args: Json
    token: int = 0  #: fencing token: rises with every claim; every write of a running job carries it
    attempts: int = 0
    max_attempts: int = 3
    result: Json | None = None
    error: ErrorRecord | None = None
    worker: str | None = None
    lease_until: float | None = None
    cancel: bool = False
    alone: bool = False  #: a worker died over it: nothing runs beside it any more
    after_job: int | None = None
    created: float = 0.0
    started: float | None = None
    finished: float | None = None


class OrderState(StrEnum):
    """Where an order stands on its way back to the person."""

    DRAFT = "draft"  #: the song is here, its outputs are still to be chosen
    OPEN = "open"  #: its job is active
    READY = "ready"  #: its job ended; the answer waits for the bot
    SENDING = "sending"  #: a bot has claimed the answer
    SENT = "sent"  #: the answer is in the chat
    CANCELLED = "cancelled"  #: the person took it back


@dataclass(frozen=True)
class NewOrder:
    """A request for outputs of a song, as it is submitted.

    `request_id` is the platform's id of the person's message: asking twice after a crash is harmless.
    """

    request_id: str
    owner: str  #: `telegram:123`, `discord:456`, `web:<cookie>`
    platform: str
    reply_to: str  #: opaque address for the answer; only the platform reads it
    song: str  #: SHA-256 of the file's bytes, hex
    song_name: str  #: the file name as it was sent, but for what cannot be stored or shown
    outputs: str = ""  #: `OutputSpec.code`; for a draft only its format: `:flac`
    language: str = "en"
    limit_bytes: int = 0  #: the largest file that the platform takes here; 0 is no limit
    place: str = ""  #: the group or server where it was asked; empty in private
    effort: str = ""  #: `quick`: by the embedded model; else by the one that is set

    def __post_init__(self) -> None:
        """Keep only what every database stores of the song's name."""
        object.__setattr__(self, "song_name", printable(self.song_name))


@dataclass(frozen=True)
class Order(NewOrder):
    """An order as the table has it."""

    id: int = 0
    state: OrderState = OrderState.DRAFT
    job: int | None = None  #: the MIX job that answers it
    receipt: str = ""  #: what the platform returned on delivery, opaque
    created: float = 0.0


@dataclass(frozen=True)
class Progress:
    """How far the separation is: windows done of all windows, so it is true."""

    stage: str = ""  #: `load`, `decode`, `separate`, `encode`, `mix`
    done: int = 0
    total: int = 0
    preview: str = ""  #: key of the manifest of what can be heard first; empty before there is one
    live: str = ""  #: key of the index of what can be heard so far (`storage.live`); empty as well
    song_s: float = 0.0  #: length of the song, once it is decoded; only workers know it, for estimates

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.done / self.total if self.total else 0.0


@dataclass(frozen=True)
class Position:
    """A position in the queue."""

    before: int  #: jobs that go first, running ones included
    eta_s: float | None = None  #: seconds to go by the measured speed of live workers; None when not known


class Service(StrEnum):
    """Whether queued work will be begun now; if not, the senders are told why."""

    OPEN = "open"  #: somebody takes work
    LOADING = "loading"  #: every living worker is still loading a model
    NOBODY = "nobody"  #: no worker lives
    DRAINED = "drained"  #: the operator lets nothing new begin
    STORAGE = "storage"  #: of one order: the store failed it, and it is tried again


@dataclass(frozen=True)
class OrderStatus:
    """Everything that a status message says about an order, read at one moment."""

    order: Order
    state: JobState  #: of the job that matters now: the separation, then the mix
    progress: Progress = field(default_factory=Progress)
    position: Position | None = None  #: while queued or running
    result: Json | None = None  #: of the MIX job, when DONE
    error: ErrorRecord | None = None
    service: Service = Service.OPEN


@dataclass(frozen=True)
class Event:
    """Something that happened to a job."""

    at: float
    #: `claimed`, `lapsed`, `again` (after an error), `released`, `freed`, `unwanted`, `retried`, or an end.
    what: str
    who: str = ""  #: the worker, where there was one
    why: str = ""  #: the kind of the error, where there was one


@dataclass(frozen=True)
class JobHistory:
    """Everything about one job."""

    job: Job
    now: float  #: by the clock that wrote all other times
    events: tuple[Event, ...]
    orders: tuple[Order, ...]  #: those that wait for it, or for what comes after it
    after: tuple[int, ...]  #: jobs that wait for it, or did


@dataclass(frozen=True)
class FinishedOrder:
    """An order whose files are done, with the result of its MIX job."""

    order: Order
    result: Json


@dataclass(frozen=True)
class Forgotten:
    """What nobody else has a part in, so that its bytes go, too."""

    orders: int  #: rows that were deleted
    songs: frozenset[str]  #: SHA-256, hex
    files: frozenset[str]  #: keys of mixes


@dataclass(frozen=True)
class Delivery:
    """An answer that one bot has claimed to send."""

    status: OrderStatus
    token: int  #: fencing token of the claim
