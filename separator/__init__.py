"""From a song to its stems, and the queue in front of it. What front ends import; it never imports torch.

Three modules may be imported besides it: `core.errors` and `core.outputs`, which every package uses, and
`inference.catalog`, which models there are.
"""

from separator.core.exit_codes import ExitCode
from separator.core.folders import check_folder, temp_folder
from separator.core.jobs import (
    Delivery,
    FinishedOrder,
    Job,
    JobHistory,
    JobState,
    NewOrder,
    Order,
    OrderState,
    OrderStatus,
    Service,
)
from separator.core.limits import ADDRESS, QuotaUsage, same_network
from separator.core.logs import set_up_logs
from separator.core.media_types import is_media
from separator.core.naming import printable, title_of
from separator.core.settings import SeparatorSettings
from separator.inference.malloc import tune_for_low_memory
from separator.queue import open_queue_admin
from separator.queue.admin import Filters, QueueAdmin
from separator.queue.client import QUICK, QueueClient, link_id, open_queue_client, rests_on
from separator.queue.events import CLAIM_MS
from separator.queue.inbox import Incoming, MessageInbox
from separator.queue.people import People
from separator.queue.stats import QueueStats
from separator.worker.liveness import liveness_file
from separator.worker.parent_watch import SERVE_PID, exit_with_parent

__all__ = [
    "ADDRESS",
    "CLAIM_MS",
    "QUICK",
    "SERVE_PID",
    "Delivery",
    "ExitCode",
    "Filters",
    "FinishedOrder",
    "Incoming",
    "Job",
    "JobHistory",
    "JobState",
    "MessageInbox",
    "NewOrder",
    "Order",
    "OrderState",
    "OrderStatus",
    "People",
    "QueueAdmin",
    "QueueClient",
    "QueueStats",
    "QuotaUsage",
    "SeparatorSettings",
    "Service",
    "check_folder",
    "exit_with_parent",
    "is_media",
    "link_id",
    "liveness_file",
    "open_queue_admin",
    "open_queue_client",
    "printable",
    "rests_on",
    "same_network",
    "set_up_logs",
    "temp_folder",
    "title_of",
    "tune_for_low_memory",
]
