"""What the courier needs of Discord: edit a status message, deliver a result, say when to come back.

A place is answered with the bot's own token as long as it is a member there; where it is not, with the
interaction's token, by editing the one message that stands there already; when that token has ended, in the
person's direct messages.
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

from bots.chat.messages import Reply, Result, RetryLater, Unreachable, UploadTooBig
from bots.discord.render import card
from bots.discord.reply_target import Address
from bots.discord.uploads import FILES_A_MESSAGE, batches, on_disk, opened, plainly_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bots.discord.uploads import Saved

log = structlog.get_logger()

SHOW_S = 60.0  #: an edit that takes longer is given up and tried again later
DELIVER_S = 9 * 60.0  #: a whole result, uploads included; the courier keeps its claim meanwhile
UNFINISHED = 1000  #: answers of which it is known what went out already
ENDED_KEPT = 1000  #: of so many status messages it is known that they had their last word
PICTURE = "stems.png"
NONCE_LENGTH = 25  # characters (discord_openapi.json, format "nonce")
DOWN_S = 30.0  #: Discord answers 5xx: come back after
UNCONNECTED_S = 10.0  #: no answer at all: come back after
BLOCKED_S = 120.0  #: a 429 that names no time comes from Discord's front door (Cloudflare)

#: Discord's JSON error codes.
UNKNOWN_MESSAGE, TOO_LARGE, TOKEN_ENDED, ARCHIVED_THREAD = 10_008, 40_005, 50_027, 50_083


@contextmanager
def troubles() -> Iterator[None]:
    """Turn Discord's troubles into the two that the courier knows; what is our own fault passes through."""
    try:
        yield
    except discord.RateLimited as wait:
        raise RetryLater(wait.retry_after) from wait
    except discord.DiscordServerError as down:
        raise RetryLater(DOWN_S) from down
    except discord.HTTPException as refused:
        if _closed(refused):
            log.info("place_closed", code=refused.code, status=refused.status)
            raise Unreachable from refused
        if refused.status == 429:  # noqa: PLR2004 - HTTP: too many requests
            raise RetryLater(BLOCKED_S) from refused
        raise
    except (aiohttp.ClientError, TimeoutError, OSError) as cut:
        raise RetryLater(UNCONNECTED_S) from cut


def _closed(error: discord.HTTPException) -> bool:
    """Whether this place takes nothing from us any more."""
    return isinstance(error, discord.NotFound | discord.Forbidden) or error.code == TOKEN_ENDED


def _uneditable(error: discord.HTTPException) -> bool:
    """Whether the message cannot be edited though its channel may well take a new one."""
    return error.code in {UNKNOWN_MESSAGE, ARCHIVED_THREAD}


def nonce(*parts: str) -> str:
    """The same parts, the same nonce: Discord then answers a repeat with the message that is there."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:NONCE_LENGTH]


class DiscordPlatform:
    """Discord, as the courier sees it."""

    name = "discord"

    def __init__(self, client: discord.Client) -> None:
        """Send through this client's REST side; its gateway need not be up."""
        self._client = client
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        #: Files of an order's result that are sent, by their name, until all of it is.
        self._sent: dict[int, dict[str, int]] = {}
        self._ended: deque[int] = deque(maxlen=ENDED_KEPT)  #: status messages that had their last word

    async def show(self, address: str, reply: Reply) -> None:
        """Turn the status message into `reply`.

        A status message that its person deleted stays deleted while there is only progress to tell; the last
        word comes as a new message.
        """
        place = Address.read(address)
        with troubles():
            async with asyncio.timeout(SHOW_S):
                try:
                    await self._edit(place, reply)
                except discord.HTTPException as error:
                    if not _uneditable(error):
                        raise
                    if reply.final:
                        await self._send_card(place, reply, nonce(address, reply.text))

    async def deliver(self, result: Result) -> str:
        """Send the files, then turn the status message into the result; returns the messages' ids as JSON."""
        place = Address.read(result.address)
        with troubles():
            async with asyncio.timeout(DELIVER_S):
                try:
                    sent = await self._deliver_to(place, result)
                except discord.HTTPException as closed:
                    if not _closed(closed):
                        raise
                    log.info("delivers_in_private", order=result.order, code=closed.code)
                    sent = await self._deliver_privately(place, result)
        return json.dumps({"messages": sent})

    async def _deliver_to(self, place: Address, result: Result) -> list[int]:
        if place.ended():
            return await self._deliver_privately(place, result)
        async with on_disk(result.files) as files:
            if place.by_token:
                return [await self._complete_by_token(place, result, files)]
            sent = await self._send_files(place, files, result)
        try:
            await self._edit(place, result.reply, await _picture_of(result))
        except discord.HTTPException as error:
            if not _uneditable(error):
                raise
            sent.append(await self._send_card(place, result.reply, nonce(result.key, "card")))
        return sent

    async def _deliver_privately(self, place: Address, result: Result) -> list[int]:
        """The person's direct messages: the last place there is."""
        channel = await self._client.create_dm(discord.Object(place.person))
        private = Address(channel=channel.id, message=0, person=place.person)
        async with on_disk(result.files) as files:
            sent = await self._send_files(private, files, result)
        return [*sent, await self._send_card(private, result.reply, nonce(result.key, "card"))]

    async def _edit(self, place: Address, reply: Reply, picture: bytes = b"") -> None:
        """Edit in turn, so that an edit which Discord held back cannot overwrite the last word."""
        async with self._turns.setdefault(place.message, asyncio.Lock()):
            if place.message in self._ended and not reply.final:
                return
            await self._edit_now(place, reply, picture)
            if reply.final:
                self._ended.append(place.message)

    async def _edit_now(self, place: Address, reply: Reply, picture: bytes) -> None:
        if not place.by_token:
            message = self._channel(place).get_partial_message(place.message)
            if picture:
                files = [discord.File(io.BytesIO(picture), PICTURE)]
                await message.edit(view=card(reply, picture=PICTURE), attachments=files)
            else:
                await message.edit(view=card(reply))
            return
        if place.ended():
            raise Unreachable
        await self._webhook(place).edit_message(place.message, view=card(reply))

    async def _complete_by_token(self, place: Address, result: Result, files: Sequence[Saved]) -> int:
        """One edit that brings everything: more messages may not be allowed, and an edit repeats well."""
        hook, named = self._webhook(place), plainly_named(files[:FILES_A_MESSAGE])
        view = card(result.reply, [each.name for each in named])
        try:
            message = await hook.edit_message(place.message, view=view, attachments=await opened(named))
        except discord.HTTPException as error:
            if not (_too_large(error) and named):
                raise
            raise UploadTooBig(max(each.size_bytes for each in named)) from error
        return message.id

    async def _send_files(self, place: Address, files: Sequence[Saved], result: Result) -> list[int]:
        """As few messages as take the files; what went out before another try stays out."""
        sent = self._sent.setdefault(result.order, {})
        if len(self._sent) > UNFINISHED:  # answers that were never finished: their chats are gone
            del self._sent[next(iter(self._sent))]
        waiting = batches([each for each in files if each.name not in sent])
        while waiting:
            batch = waiting.pop(0)
            try:
                message = await self._send_batch(place, batch, result.key)
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

    async def _send_batch(self, place: Address, batch: Sequence[Saved], key: str) -> int:
        message = await self._channel(place).send(
            files=await opened(batch),
            nonce=nonce(key, *(each.name for each in batch)),
            allowed_mentions=discord.AllowedMentions.none(),
            **_beside(place),
        )
        return message.id

    async def _send_card(self, place: Address, reply: Reply, once: str) -> int:
        message = await self._channel(place).send(
            view=card(reply), nonce=once, allowed_mentions=discord.AllowedMentions.none(), **_beside(place)
        )
        return message.id

    def _channel(self, place: Address) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(place.channel)

    def _webhook(self, place: Address) -> discord.Webhook:
        return discord.Webhook.partial(self._client.application_id or 0, place.token, client=self._client)


async def _picture_of(result: Result) -> bytes:
    return await result.waveform() if result.waveform and result.files else b""


def _beside(place: Address) -> dict[str, Any]:
    """A reply to the person's message, or to the status message; one that is gone does no harm."""
    beside = place.asked or place.message
    if not beside:
        return {}
    reference = discord.MessageReference(
        message_id=beside, channel_id=place.channel, fail_if_not_exists=False
    )
    return {"reference": reference}


def _too_large(error: discord.HTTPException) -> bool:
    return error.status == 413 or error.code == TOO_LARGE  # noqa: PLR2004 - HTTP: content too large
