"""The connection: which events are wanted, who hears them, and which commands exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket

from bots.discord.attachments import Downloads
from bots.discord.commands import Translator, Tree
from bots.discord.handlers import Handlers
from bots.discord.permissions import LanguageCache
from bots.discord.platform import DiscordPlatform
from bots.discord.render import code_of
from bots.discord.shard import ResumingShard
from bots.discord.slash import SlashCommands

if TYPE_CHECKING:
    from yarl import URL

    from bots.chat.service import ChatService
    from bots.settings import BotSettings

PATIENCE_S = 10.0  #: on stopping, how long those who are being answered may take
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot never joins a voice channel
discord.shard.Shard = ResumingShard  # type: ignore[misc] # discord.py has no other place to say so
RATE_WAIT_S = 30.0  #: a 429 that asks for more is handed to the courier, which has other orders to bring


def intents(*, message_content: bool) -> discord.Intents:
    """What the bot hears: messages to it, whose content Discord shows even without the privileged intent."""
    wanted = discord.Intents.none()
    wanted.guilds = True  # which channels there are, and what the bot may do in them
    wanted.guild_messages = True
    wanted.dm_messages = True
    wanted.message_content = message_content
    return wanted


class StembotClient(discord.AutoShardedClient):
    """The bot on Discord. One connection for each 2500 servers or so, as Discord recommends them."""

    def __init__(self, service: ChatService, settings: BotSettings, **options: Any) -> None:  # noqa: ANN401 - discord.py's own
        """Prepare; nothing is connected before `login`. `options` go to discord.py."""
        super().__init__(
            intents=intents(message_content=settings.discord_message_content),
            allowed_mentions=discord.AllowedMentions.none(),  # nobody is pinged by a song's name
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,  # every message of ours is found by its address
            max_ratelimit_timeout=RATE_WAIT_S,
            **options,
        )
        self.platform = DiscordPlatform(self)
        self.service = service
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._answers: Handlers | None = None
        self._slash: SlashCommands | None = None

    @property
    def answers(self) -> Handlers:
        """Who answers; there once logged in."""
        if self._answers is None:
            raise RuntimeError("not logged in yet")
        return self._answers

    async def setup_hook(self) -> None:
        """After the login, before any event."""
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        downloads = Downloads(self._session)
        tongues = LanguageCache()
        self._answers = Handlers(
            self.service, tongues, self.platform, downloads, self._settings.discord_limit_bytes
        )
        self._slash = SlashCommands(self.service, tongues, self._answers)
        tree = Tree(self, self._answers, self._slash)
        await tree.set_translator(Translator())
        await tree.sync_when_changed(self._settings.data_dir / "discord-commands.json")

    async def launch_shard(self, gateway: URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect; where Discord sent us (or a proxy of it) is where a new session is begun later, too."""
        DiscordWebSocket.DEFAULT_GATEWAY = gateway
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something."""
        if self.user is not None:
            await self.answers.message(message, self.user)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Somebody pressed or chose, here or in a process long gone (commands come by the tree)."""
        data: Any = interaction.data or {}
        if interaction.type is discord.InteractionType.component:
            await self.answers.press(
                interaction, code_of(str(data.get("custom_id", "")), data.get("values", []))
            )
        elif interaction.type is discord.InteractionType.modal_submit:
            await self.answers.submitted(interaction)

    async def close(self) -> None:
        """Finish the answers that are begun, then hang up."""
        if self._answers is not None and not self.is_closed():
            await self._answers.drained(PATIENCE_S)
        if self._slash is not None and not self.is_closed():
            await self._slash.drained(PATIENCE_S)
        await super().close()
        if self._session is not None:
            await self._session.close()
