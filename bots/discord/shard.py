"""After an outage the session goes on, so that Discord tells what people wrote meanwhile.

discord.py 2.7.1 tries once to resume a shard's session and then begins a new one, to which Discord tells
nothing of what was missed: a song sent in private during a minute without network would never be answered.
"""

from __future__ import annotations

from discord.gateway import ReconnectWebSocket
from discord.shard import Shard


class ResumingShard(Shard):
    """One connection, which tries to resume until Discord itself says that the session is over."""

    async def reconnect(self) -> None:
        """Try again after a try that failed; with a pause before it that doubles, as discord.py has it."""
        going_on = self.ws.session_id is not None
        await self.reidentify(ReconnectWebSocket(self.id, resume=going_on))
