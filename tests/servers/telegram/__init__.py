"""A fake Bot API server over TCP, for tests: strict where Telegram is strict.

Every call is validated against Telegram's published contract, and so is every update and answer that it
gives; what breaks the contract lands in `BotApi.problems` and fails the test that looks there.
"""

from tests.servers.telegram.contract import Broken, Contract
from tests.servers.telegram.people import Channel, Group, Person, labels
from tests.servers.telegram.server import BotApi, Call, Fault

__all__ = ["BotApi", "Broken", "Call", "Channel", "Contract", "Fault", "Group", "Person", "labels"]
