"""The connection: which events are subscribed to, and who handles them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket

from bots.discord.attachments import AttachmentDownloads
from bots.discord.commands import CommandTree, Translator
from bots.discord.handlers import Handlers
from bots.discord.permissions import LanguageCache
from bots.discord.platform import DiscordPlatform
from bots.discord.shard import ResumingShard
from bots.discord.slash import SlashCommands

if TYPE_CHECKING:
    from yarl import URL

    from bots.chat.service import ChatService
    from bots.settings import BotSettings

STOP_S = 10.0  #: on stopping, running handlers get this long to finish
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot never joins a voice channel
discord.shard.Shard = ResumingShard  # type: ignore[misc] # discord.py has no setting for it
MAX_RATE_LIMIT_WAIT_S = 30.0  #: a 429 that asks for more is raised, so that other orders go first


def intents(*, message_content: bool) -> discord.Intents:
    """Messages to the bot, whose content Discord sends even without the privileged intent."""
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
            max_messages=None,  # messages are found by their addresses, not in a cache
            max_ratelimit_timeout=MAX_RATE_LIMIT_WAIT_S,
            **options,
        )
        self.platform = DiscordPlatform(self)
        self.service = service
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._request_handlers: Handlers | None = None
        self._slash_commands: SlashCommands | None = None
        self._tree: CommandTree | None = None

    @property
    def handlers(self) -> Handlers:
        """The handlers; they exist once logged in."""
        if self._request_handlers is None:
            raise RuntimeError("not logged in yet")
        return self._request_handlers

    async def setup_hook(self) -> None:
        """After the login, before any event."""
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        common = (self.service, LanguageCache(), self.platform, self._settings.discord_limit_bytes)
        self._request_handlers = Handlers(*common, AttachmentDownloads(self._session))
        self._slash_commands = SlashCommands(*common)
        self._tree = CommandTree(self, self._request_handlers, self._slash_commands)
        await self._tree.set_translator(Translator())
        await self._tree.keep_synced(self._settings.data_dir / "discord-commands.json")

    async def launch_shard(self, gateway: URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect; a later session starts at the same gateway that Discord named for this one."""
        DiscordWebSocket.DEFAULT_GATEWAY = gateway
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def on_message(self, message: discord.Message) -> None:
        """A message was sent."""
        if self.user is not None:
            await self.handlers.message(message, self.user)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """A click, a choice or a form; commands come through the command tree."""
        if interaction.type is discord.InteractionType.component:
            await self.handlers.click(interaction)
        elif interaction.type is discord.InteractionType.modal_submit:
            await self.handlers.form_submitted(interaction)

    async def close(self) -> None:
        """Let running handlers finish, then disconnect."""
        if self._tree is not None:
            self._tree.stop_syncing()
        if self._request_handlers is not None and not self.is_closed():
            await self._request_handlers.wait_until_idle(STOP_S)
        if self._slash_commands is not None and not self.is_closed():
            await self._slash_commands.wait_until_idle(STOP_S)
        await super().close()
        if self._session is not None:
            await self._session.close()
