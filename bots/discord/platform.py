"""Discord as a `Platform`: edits a status message, delivers a result, says when to retry.

Where the bot is a member, it answers with its own token; elsewhere with the interaction's token, by editing
the one message that is there already; when that token has ended, in the person's direct messages.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import aiohttp
import discord
import structlog

from bots.chat.layout import batches
from bots.chat.messages import Reply, Result, RetryLater, Unreachable, UploadTooBig
from bots.discord.render import message_view
from bots.discord.reply_target import Address
from bots.discord.uploads import BYTES_A_MESSAGE, FILES_A_MESSAGE, open_files, saved_files, with_plain_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bots.discord.uploads import SavedFile

log = structlog.get_logger()

SHOW_S = 60.0  #: an edit that takes longer is aborted and tried again later
DELIVER_S = 9 * 60.0  #: a complete result, uploads included
MAX_RESULTS = 1000  #: partly sent results in memory
MAX_FINAL = 1000  #: final status messages in memory
WAVEFORM = "stems.png"
NONCE_LENGTH = 25  # characters (discord_openapi.json, format "nonce")
SERVER_ERROR_PAUSE_S = 30.0  #: after a 5xx
NO_CONNECTION_PAUSE_S = 10.0  #: after no response at all
BLOCKED_PAUSE_S = 120.0  #: after a 429 without a time, which comes from Cloudflare

#: Discord's JSON error codes.
UNKNOWN_MESSAGE, TOO_LARGE, TOKEN_ENDED, ARCHIVED_THREAD = 10_008, 40_005, 50_027, 50_083


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise Discord's errors as `Unreachable` or `RetryLater`; an error of our own passes through."""
    try:
        yield
    except discord.RateLimited as limited:
        raise RetryLater(limited.retry_after) from limited
    except discord.DiscordServerError as down:
        raise RetryLater(SERVER_ERROR_PAUSE_S) from down
    except discord.HTTPException as refused:
        if _is_unreachable(refused):
            log.info("chat_unreachable", code=refused.code, status=refused.status)
            raise Unreachable from refused
        if refused.status == 429:  # noqa: PLR2004 - HTTP: too many requests
            raise RetryLater(BLOCKED_PAUSE_S) from refused
        raise
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise RetryLater(NO_CONNECTION_PAUSE_S) from error


def _is_unreachable(error: discord.HTTPException) -> bool:
    """Whether the chat will take nothing from the bot."""
    return isinstance(error, discord.NotFound | discord.Forbidden) or error.code == TOKEN_ENDED


def _is_uneditable(error: discord.HTTPException) -> bool:
    """Whether the message cannot be edited, though its channel may take a new one."""
    return error.code in {UNKNOWN_MESSAGE, ARCHIVED_THREAD}


def nonce(*parts: str) -> str:
    """The same nonce for the same parts: Discord answers a repeat with the message that is there."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:NONCE_LENGTH]


class DiscordPlatform:
    """Keeps the promise of `bots.chat.messages.Platform`."""

    name = "discord"

    def __init__(self, client: discord.Client) -> None:
        """Send through this client's REST API; its gateway need not be connected."""
        self._client = client
        self._edit_locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        #: The message of each file that was sent, by order and file name, until the result is complete.
        self._sent: dict[int, dict[str, int]] = {}
        self._final: deque[int] = deque(maxlen=MAX_FINAL)  #: messages of final status messages

    async def show(self, address: str, reply: Reply) -> None:
        """Turn the status message into `reply`.

        A status message that somebody deleted stays deleted during progress; the final reply comes as a new
        message.
        """
        target = Address.read(address)
        with translate_errors():
            async with asyncio.timeout(SHOW_S):
                try:
                    await self._edit(target, reply)
                except discord.HTTPException as error:
                    if not _is_uneditable(error):
                        raise
                    if reply.final:
                        await self._send_message(target, reply, nonce(address, reply.text))

    async def deliver(self, result: Result) -> str:
        """Send the files, then turn the status message into the result; returns the messages' ids as JSON."""
        address = Address.read(result.address)
        with translate_errors():
            async with asyncio.timeout(DELIVER_S):
                try:
                    sent = await self._deliver_in_chat(address, result)
                except discord.HTTPException as refused:
                    if not _is_unreachable(refused):
                        raise
                    log.info("delivered_privately", order=result.order, code=refused.code)
                    sent = await self._deliver_privately(address, result)
        return json.dumps({"messages": sent})

    async def _deliver_in_chat(self, address: Address, result: Result) -> list[int]:
        if address.ended():
            return await self._deliver_privately(address, result)
        async with saved_files(result.files) as files:
            if address.by_token:
                return [await self._deliver_by_token(address, result, files)]
            sent = await self._send_files(address, files, result)
        try:
            await self._edit(address, result.reply, await _waveform_of(result))
        except discord.HTTPException as error:
            if not _is_uneditable(error):
                raise
            sent.append(await self._send_message(address, result.reply, nonce(result.key, "card")))
        return sent

    async def _deliver_privately(self, address: Address, result: Result) -> list[int]:
        """Deliver to the person's direct messages, where nothing else is left."""
        channel = await self._client.create_dm(discord.Object(address.person))
        private = Address(channel=channel.id, message=0, person=address.person)
        async with saved_files(result.files) as files:
            sent = await self._send_files(private, files, result)
        return [*sent, await self._send_message(private, result.reply, nonce(result.key, "card"))]

    async def _edit(self, address: Address, reply: Reply, waveform: bytes = b"") -> None:
        """Edit under a lock, so that an edit which Discord delayed cannot overwrite the final reply."""
        async with self._edit_locks.setdefault(address.message, asyncio.Lock()):
            if address.message in self._final and not reply.final:
                return
            await self._edit_now(address, reply, waveform)
            if reply.final:
                self._final.append(address.message)

    async def _edit_now(self, address: Address, reply: Reply, waveform: bytes) -> None:
        if not address.by_token:
            message = self._channel(address).get_partial_message(address.message)
            if waveform:
                files = [discord.File(io.BytesIO(waveform), WAVEFORM)]
                await message.edit(view=message_view(reply, image=WAVEFORM), attachments=files)
            else:
                await message.edit(view=message_view(reply))
            return
        if address.ended():
            raise Unreachable
        await self._webhook(address).edit_message(address.message, view=message_view(reply))

    async def _deliver_by_token(self, address: Address, result: Result, files: Sequence[SavedFile]) -> int:
        """One edit with all files: more messages may be forbidden, and an edit can be repeated."""
        webhook, named = self._webhook(address), with_plain_names(files[:FILES_A_MESSAGE])
        view = message_view(result.reply, [each.name for each in named])
        try:
            message = await webhook.edit_message(
                address.message, view=view, attachments=await open_files(named)
            )
        except discord.HTTPException as error:
            if not (_too_large(error) and named):
                raise
            raise UploadTooBig(max(each.size_bytes for each in named)) from error
        return message.id

    async def _send_files(self, address: Address, files: Sequence[SavedFile], result: Result) -> list[int]:
        """Send the files in as few messages as possible, without those that an earlier try sent."""
        sent = self._sent.setdefault(result.order, {})
        if len(self._sent) > MAX_RESULTS:  # results that were never completed: their chats are gone
            del self._sent[next(iter(self._sent))]
        waiting = batches([each for each in files if each.name not in sent], FILES_A_MESSAGE, BYTES_A_MESSAGE)
        while waiting:
            batch = waiting.pop(0)
            try:
                message = await self._send_batch(address, batch, result.key)
            except discord.HTTPException as error:
                if not _too_large(error):
                    raise
                if len(batch) == 1:
                    raise UploadTooBig(batch[0].size_bytes) from error
                waiting[:0] = [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
            else:
                sent |= {each.name: message for each in batch}
        del self._sent[result.order]
        return list(dict.fromkeys(sent.values()))

    async def _send_batch(self, address: Address, batch: Sequence[SavedFile], key: str) -> int:
        message = await self._channel(address).send(
            files=await open_files(batch),
            nonce=nonce(key, *(each.name for each in batch)),
            allowed_mentions=discord.AllowedMentions.none(),
            **_reply_arguments(address),
        )
        return message.id

    async def _send_message(self, address: Address, reply: Reply, message_nonce: str) -> int:
        message = await self._channel(address).send(
            view=message_view(reply),
            nonce=message_nonce,
            allowed_mentions=discord.AllowedMentions.none(),
            **_reply_arguments(address),
        )
        return message.id

    def _channel(self, address: Address) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(address.channel)

    def _webhook(self, address: Address) -> discord.Webhook:
        return discord.Webhook.partial(self._client.application_id or 0, address.token, client=self._client)


async def _waveform_of(result: Result) -> bytes:
    return await result.waveform() if result.waveform and result.files else b""


def _reply_arguments(address: Address) -> dict[str, Any]:
    """Makes a message a reply to the person's, or to the status message, if that exists."""
    replied_to = address.asked or address.message
    if not replied_to:
        return {}
    reference = discord.MessageReference(
        message_id=replied_to, channel_id=address.channel, fail_if_not_exists=False
    )
    return {"reference": reference}


def _too_large(error: discord.HTTPException) -> bool:
    return error.status == 413 or error.code == TOO_LARGE  # noqa: PLR2004 - HTTP: content too large
