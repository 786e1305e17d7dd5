"""The conversation of one process, without a platform: its services, put together.

message with a song ──► songs.serve ──► replies ─┐
button or menu      ──► buttons.click ─► replies ─┼─► the platform shows them in one status message;
words as a reply    ──► follow_ups.… ──► replies ─┤
command             ──► commands.…   ──► reply   ─┘   `DeliveryService` edits it later and sends the result
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.chat.buttons import Buttons
from bots.chat.commands import Commands
from bots.chat.downloads import SongDownloads
from bots.chat.follow_ups import FollowUps
from bots.chat.orders import OrderService
from bots.chat.preferences import PreferenceStore
from bots.chat.results import ResultViews
from bots.chat.songs import Songs

if TYPE_CHECKING:
    from bots.settings import BotSettings
    from separator import QueueClient
    from storage import Links


class ChatService:
    """What a platform's handlers call. One a process."""

    def __init__(self, queue: QueueClient, links: Links, settings: BotSettings) -> None:
        self.queue = queue
        self.results = ResultViews(queue, links, settings)
        self.orders = OrderService(queue, self.results)
        self.preferences = PreferenceStore(queue.people)
        self.downloads = SongDownloads(queue, links, settings)
        self.songs = Songs(self.orders, self.preferences, self.downloads)
        self.commands = Commands(self.orders, self.preferences, self.downloads)
        self.buttons = Buttons(self.orders, self.preferences, self.downloads)
        self.follow_ups = FollowUps(self.orders, self.preferences, self.buttons)
