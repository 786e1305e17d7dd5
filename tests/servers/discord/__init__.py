"""A Discord of our own, over TCP, for tests: REST, gateway and file server.

Every request is validated against Discord's published contract and against the rules that the contract cannot
say; what breaks them lands in `Discord.problems` and fails the test that looks there.
"""

from tests.servers.discord.calls import Call
from tests.servers.discord.contract import Contract
from tests.servers.discord.gateway import TOKEN
from tests.servers.discord.people import Person
from tests.servers.discord.rest import Discord
from tests.servers.discord.world import Channel, Interaction, Message

__all__ = ["TOKEN", "Call", "Channel", "Contract", "Discord", "Interaction", "Message", "Person"]
