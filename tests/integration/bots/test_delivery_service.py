"""The lease on a result: renewed as long as the upload lasts, and never used after it is lost."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from bots.chat import delivery
from bots.chat.delivery import DeliveryService
from bots.chat.messages import Person, Request, Song
from bots.chat.service import ChatService
from bots.settings import BotSettings
from separator import OrderState, SeparatorSettings, open_queue_client
from separator.core.errors import LeaseLost
from separator.core.jobs import JobKind
from separator.queue import open_queue
from storage import open_links
from tests.programs import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bots.chat.messages import Reply, Result


class SlowChat:
    """A platform whose uploads last until they are let go."""

    name = "chat"

    def __init__(self) -> None:
        self.begun, self.brought, self.broken_off = 0, 0, 0
        self.go_on = asyncio.Event()
        self.shown: list[str] = []

    async def show(self, _address: str, reply: Reply) -> None:
        self.shown.append(reply.text)

    async def deliver(self, _result: Result) -> str:
        self.begun += 1
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.broken_off += 1
            raise
        self.brought += 1
        return "receipt"


@pytest.fixture
def settings(tmp_path):
    return BotSettings(_env_file=None, data_dir=tmp_path)


@asynccontextmanager
async def bot(settings: BotSettings) -> AsyncIterator[tuple[ChatService, SlowChat]]:
    """A chat service and its deliveries."""
    async with open_queue_client(settings) as queue:
        service, chat = ChatService(queue, open_links(settings), settings), SlowChat()
        task = asyncio.create_task(DeliveryService(service.orders, chat).run())
        try:
            yield service, chat
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def serve(service: ChatService, request_id: str = "chat:1") -> None:
    """Somebody sends a song with a wish."""

    async def fetch() -> AsyncIterator[bytes]:
        yield b"not a song"

    song = Song("Demo.mp3", 10, fetch)
    outputs = Request(request_id, Person("chat:anna"), "chat", "drumless", song, reply_to=lambda: "here")
    async for _ in service.songs.serve(outputs):
        pass


async def ask(service: ChatService, settings: SeparatorSettings) -> int:
    """An order that has its answer (the song is refused); its id."""
    await serve(service)
    async with open_queue(settings) as queue:
        job = await queue.workers.claim("w", JobKind.SEPARATE, 30)
        await queue.workers.refuse(job, {"kind": "NotAudio", "facts": {}})
    return (await service.queue.orders.find_order("chat:1")).id


async def claim_of(settings: SeparatorSettings, order_id: int) -> dict[str, float]:
    """Token and end of the claim on an answer, as the table has them."""
    async with open_queue(settings) as queue, queue.orders.database.driver.read_transaction() as tx:
        return await tx.one("SELECT token, lease_until, state FROM orders WHERE id = :id", id=order_id)


async def test_a_claim_is_renewed_while_its_upload_lasts(settings, monkeypatch):
    """So the lease can be short, and a killed bot's answer is taken over by its successor within a minute."""
    monkeypatch.setattr(delivery, "DELIVERY_LEASE_S", 0.6)
    async with bot(settings) as (service, chat):
        order_id = await ask(service, settings)

        async def uploads() -> bool:
            return chat.begun > 0

        await eventually(uploads, "the upload begins")
        first = await claim_of(settings, order_id)

        async def outlived() -> bool:
            return (await claim_of(settings, order_id))["lease_until"] > first["lease_until"] + 0.6

        await eventually(outlived, "the claim has lasted for more than its lease")
        chat.go_on.set()

        async def sent() -> bool:
            return (await service.queue.orders.order(order_id)).state is OrderState.SENT

        await eventually(sent, "the answer is written down")
        assert (chat.begun, chat.brought) == (1, 1)
        assert (await claim_of(settings, order_id))["token"] == first["token"]


async def test_an_upload_whose_claim_was_lost_is_broken_off(settings, monkeypatch):
    """A machine that slept must not send what another bot has sent meanwhile."""
    monkeypatch.setattr(delivery, "DELIVERY_LEASE_S", 0.6)
    async with bot(settings) as (service, chat):
        order_id = await ask(service, settings)

        async def uploads() -> bool:
            return chat.begun > 0

        await eventually(uploads, "the upload begins")
        async with open_queue(settings) as queue:
            async with queue.orders.database.driver.transaction() as tx:  # time passes for the table alone
                await tx.all("UPDATE orders SET lease_until = 0 WHERE id = :id", id=order_id)
            successor = await queue.outbox.claim_delivery("chat", 600)
            assert successor is not None

            async def broken_off() -> bool:
                return chat.broken_off > 0

            await eventually(broken_off, "the first sender stops")
            await queue.outbox.delivered(order_id, successor.token, "by the successor")
        assert (chat.begun, chat.brought) == (1, 0)
        assert (await service.queue.orders.order(order_id)).receipt == "by the successor"
        with pytest.raises(LeaseLost):
            await service.queue.outbox.delivered(order_id, successor.token - 1, "late")


async def test_what_was_said_just_now_is_not_edited_before_its_time(settings):
    """Anyone who took the song has told where it stands; from there on edits are so far apart."""
    async with open_queue_client(settings) as queue:
        service, chat = ChatService(queue, open_links(settings), settings), SlowChat()
        looks = DeliveryService(service.orders, chat, edit_every_s=0.5)
        await serve(service)
        began = time.monotonic()
        await looks.show_all()

        async def shows() -> bool:
            await looks.show_all()
            return bool(chat.shown)

        await eventually(shows, "the status is shown")
        assert time.monotonic() - began >= 0.5
        [text] = chat.shown
        assert text.startswith("Demo.mp3: Drumless")


async def test_orders_that_were_cancelled_leave_nothing_behind(settings):
    """One lock was kept for each of them, for as long as the bot ran."""
    async with open_queue_client(settings) as queue:
        service, chat = ChatService(queue, open_links(settings), settings), SlowChat()
        serving = DeliveryService(service.orders, chat, edit_every_s=0.0)

        async def shown() -> bool:
            return not serving._tasks

        for number in range(3):
            await serve(service, f"chat:{number}")
            await serving.show_all()
            await eventually(shown, "it is shown")
            await queue.orders.cancel((await queue.orders.find_order(f"chat:{number}")).id)
            await serving.show_all()
            await eventually(shown, "its end is shown")
        assert len(chat.shown) >= 3
        assert not serving._locks
