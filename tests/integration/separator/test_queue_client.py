"""Which model an order gets: that of the workers, wherever they are, and not of the machine with the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from separator import NewOrder, QueueClient, SeparatorSettings, open_queue_client
from separator.core.errors import UnknownWish
from separator.core.jobs import JobKind
from separator.core.outputs import OutputSpec
from separator.inference.catalog import card_of
from separator.queue import open_worker_queue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from separator.queue import WorkerQueue

GUITAR = OutputSpec.from_code("guitar:mp3")
SIX_STEMS = frozenset(file.name for file in card_of("htdemucs_6s").files)


@pytest.fixture
def settings(tmp_path) -> SeparatorSettings:
    """A machine with a bot: no weights lie here."""
    return SeparatorSettings(_env_file=None, data_dir=tmp_path)


@pytest.fixture
async def queue(settings) -> AsyncIterator[QueueClient]:
    async with open_queue_client(settings) as queue:
        yield queue


@pytest.fixture
async def workers(settings) -> AsyncIterator[WorkerQueue]:
    """The queue as workers on other machines have it open."""
    async with open_worker_queue(settings) as queue:
        yield queue


async def model_of(queue: QueueClient, workers: WorkerQueue, number: int, outputs: OutputSpec) -> str:
    """The model that a new order's song is given to."""
    order = NewOrder(f"t:{number}", f"t:{number}", "t", "chat", f"{number:064}", "Song.mp3", outputs.code)
    await queue.submit(order)
    job = await workers.claim("w1", JobKind.SEPARATE, 30)
    return str(job.args["model"])


async def test_an_order_gets_the_model_that_the_workers_have(queue, workers):
    """Also while they are away for a moment, as in an upgrade."""
    with pytest.raises(UnknownWish):
        await queue.check(GUITAR)
    await workers.heartbeat("w1", "cuda", None, "ready", SIX_STEMS)
    await queue.check(GUITAR)
    assert await model_of(queue, workers, 1, GUITAR) == "htdemucs_6s"
    await workers.remove_worker("w1")
    assert await model_of(queue, workers, 2, GUITAR) == "htdemucs_6s"


async def test_what_one_worker_lacks_is_not_counted_on(queue, workers):
    """It could be the one that claims the job."""
    await workers.heartbeat("w1", "cuda", None, "ready", SIX_STEMS)
    await workers.heartbeat("w2", "cpu", None, "ready")
    with pytest.raises(UnknownWish):
        await queue.check(GUITAR)
    assert await model_of(queue, workers, 1, OutputSpec.from_code("vocals:mp3")) == "spleeter-rhythm"


async def test_weights_that_lie_with_the_bot_alone_are_of_no_use(queue, workers, settings):
    settings.weights_dir.mkdir()
    for file in card_of("htdemucs_6s").files:
        with (settings.weights_dir / file.name).open("wb") as sparse:
            sparse.truncate(file.size_bytes)
    await queue.check(GUITAR)  # nobody is there to say otherwise
    await workers.heartbeat("w1", "cpu", None, "ready")
    with pytest.raises(UnknownWish):
        await queue.check(GUITAR)
