"""From a song to its stems, and the line in front of it. The front door: importing it never imports torch."""

from separator.core.errors import (
    Blocked,
    Busy,
    ConfigError,
    DownloadFailed,
    ErrorRecord,
    FileTooBig,
    LeaseLost,
    ModelNotHere,
    NoSound,
    NotAudio,
    Protected,
    SeparationFailed,
    SongRefused,
    SongTooLong,
    SongTooShort,
    UnknownWish,
    from_record,
    to_record,
)
from separator.core.exit_codes import ExitCode
from separator.core.jobs import (
    Delivery,
    Event,
    Job,
    JobHistory,
    JobKind,
    JobState,
    NewOrder,
    Order,
    OrderState,
    OrderStatus,
    Position,
    Progress,
    Service,
)
from separator.core.limits import ADDRESS, Block, QuotaUsage, same_network
from separator.core.logs import set_up_logs
from separator.core.naming import title_of
from separator.core.outputs import (
    BASSLESS,
    DRUMLESS,
    INSTRUMENTAL,
    VOCALS,
    Format,
    Mix,
    OutputSpec,
    Quality,
    Stem,
    only,
    without,
)
from separator.core.people import FinishedOrder, Forgotten, People
from separator.core.settings import SeparatorSettings
from separator.inference.catalog.fetch import Fetched, pull
from separator.inference.catalog.registry import CARDS, ModelCard, WeightFile, card_of, choose, is_available
from separator.inference.catalog.weights import import_file, is_right
from separator.inference.malloc import give_memory_back
from separator.queue import open_queue_admin
from separator.queue.admin import Filters, Listing
from separator.queue.base import OrderBook, QueueAdmin
from separator.queue.client import QUICK, QueueClient, link_id, open_queue_client, rests_on
from separator.queue.counters import CLAIM_MS
from separator.queue.stats import QueueStats, Worker
from separator.worker.liveness import alive
from separator.worker.parent_watch import VARIABLE as SERVE_PID
from separator.worker.parent_watch import end_with_serve

__all__ = [
    "ADDRESS",
    "BASSLESS",
    "CARDS",
    "CLAIM_MS",
    "DRUMLESS",
    "INSTRUMENTAL",
    "QUICK",
    "SERVE_PID",
    "VOCALS",
    "Block",
    "Blocked",
    "Busy",
    "ConfigError",
    "Delivery",
    "DownloadFailed",
    "ErrorRecord",
    "Event",
    "ExitCode",
    "Fetched",
    "FileTooBig",
    "Filters",
    "FinishedOrder",
    "Forgotten",
    "Format",
    "Job",
    "JobHistory",
    "JobKind",
    "JobState",
    "LeaseLost",
    "Listing",
    "Mix",
    "ModelCard",
    "ModelNotHere",
    "NewOrder",
    "NoSound",
    "NotAudio",
    "Order",
    "OrderBook",
    "OrderState",
    "OrderStatus",
    "OutputSpec",
    "People",
    "Position",
    "Progress",
    "Protected",
    "Quality",
    "QueueAdmin",
    "QueueClient",
    "QueueStats",
    "QuotaUsage",
    "SeparationFailed",
    "SeparatorSettings",
    "Service",
    "SongRefused",
    "SongTooLong",
    "SongTooShort",
    "Stem",
    "UnknownWish",
    "WeightFile",
    "Worker",
    "alive",
    "card_of",
    "choose",
    "end_with_serve",
    "from_record",
    "give_memory_back",
    "import_file",
    "is_available",
    "is_right",
    "link_id",
    "only",
    "open_queue_admin",
    "open_queue_client",
    "pull",
    "rests_on",
    "same_network",
    "set_up_logs",
    "title_of",
    "to_record",
    "without",
]
