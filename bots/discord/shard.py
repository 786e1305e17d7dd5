"""After an outage the session is resumed, so that Discord sends what people wrote meanwhile.

discord.py 2.7.1 tries once to resume a shard's session and then starts a new one, which gets none of the
missed events: a song sent in private during a minute without network would never be answered.
"""

from __future__ import annotations

from discord.gateway import ReconnectWebSocket
from discord.shard import Shard


class ResumingShard(Shard):
    """One connection, which tries to resume until Discord itself ends the session."""

    async def reconnect(self) -> None:
        """Reconnect after a failed try; discord.py doubles the pause before each."""
        resume = self.ws.session_id is not None
        await self.reidentify(ReconnectWebSocket(self.id, resume=resume))
