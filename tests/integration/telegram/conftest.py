"""The Telegram bot in this process, over HTTP with a fake Bot API server, with a real database and store.

A `FakeWorker` does the jobs, so that a test decides when a song is separated and how it ends.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from bots.settings import BotSettings
from bots.telegram.app import serve
from separator.core.jobs import JobKind, Progress
from separator.core.outputs import Format, OutputSpec
from separator.queue import open_queue
from storage import Manifest, open_store
from tests.programs import free_port
from tests.servers.telegram import BotApi, Contract, Group, Person, labels

TOKEN = "4242:integration-test_token"


@pytest.fixture(scope="session")
def contract(shared):
    return Contract(shared / "specs/telegram_api.json")


@pytest.fixture
async def api(contract):
    """A server that fails the test if anything broke the contract."""
    async with BotApi(contract, TOKEN).running() as server:
        yield server
    assert server.problems == []


@pytest.fixture(params=["polling", "webhook"])
def update_mode(request):
    """How updates come."""
    if request.param == "polling":
        return {}
    port = free_port()
    return {"telegram_webhook_url": f"http://127.0.0.1:{port}", "telegram_webhook_port": port}


@pytest.fixture
def settings(tmp_path, api):
    """Polling; edits come as fast as delivery polls."""
    return BotSettings(
        _env_file=None,
        data_dir=tmp_path,
        telegram_token=SecretStr(TOKEN),
        telegram_api_url=api.root,
        edit_every_s=0.2,
        song_limit_s=600,
    )


@asynccontextmanager
async def running(settings):
    """The bot, until the block ends; then it must stop by itself."""
    stopping = asyncio.Event()
    task = asyncio.create_task(serve(settings, stopping))
    try:
        yield task
    finally:
        stopping.set()
        await asyncio.wait_for(task, 20)


@pytest.fixture
async def bot(settings):
    async with running(settings) as task:
        yield task


@pytest.fixture
def ada(api):
    return Person(api, 1001, "Ada")


@pytest.fixture
def ben(api):
    return Person(api, 1002, "Ben")


@pytest.fixture
def group(api, ada):
    """A supergroup in which somebody has written before."""
    group = Group(api)
    api.write(group.chat, {"from": ada.user, "text": "hi"})
    return group


class FakeWorker:
    """A worker driven by the test: real claims, real results, no sound."""

    def __init__(self, queue, store):
        self.queue, self.orders, self.store = queue.workers, queue.orders, store

    async def heartbeat(self):
        await self.queue.heartbeat("worker", "cpu", 10.0)

    async def claim(self, kind):
        """Lease the next job of this kind, waiting for it."""
        await self.heartbeat()
        async with asyncio.timeout(30):
            while not (job := await self.queue.claim("worker", kind, 60.0)):
                await self.queue.wait(0.05)
        return job

    async def report(self, job, done, total):
        await self.queue.report(job, Progress("separate", done, total))

    async def finish_separation(self, job, cover=b""):
        """Stems are there; with a `cover` (PNG) also a manifest that names it."""
        folder = f"songs/{job.args['song']}/worker"
        manifest = Manifest(
            job.args["song"], "spleeter", "1", 44_100, 44_100, (), "", cover_key=f"{folder}/cover.png"
        )
        await self.store.put(f"{folder}/cover.png", cover)
        await self.store.put(f"{folder}/manifest.json", manifest.to_json() if cover else b"{}")
        await self.queue.finish(job, {"manifest": f"{folder}/manifest.json"})

    async def finish_mix(self, *, size=0, count=0):
        """Answer the next MIX job with files whose bytes name song and mix; `size` pads them."""
        job = await self.claim(JobKind.MIX)
        outputs = OutputSpec.from_code(job.args["wish"])
        names = [mix.name for mix in outputs.mixes] or ["vocals", "drums", "bass", "other"]
        wanted = [f"{name}{turn or ''}" for turn in range(20) for name in names][: count or len(names)]
        files = [await self._file(job, name, outputs.format, size) for name in wanted]
        manifest = job.args.get("manifest", f"songs/{job.args['song']}/worker/manifest.json")
        result = {"manifest": manifest, "title": job.args["title"], "song_s": 11.4, "files": files}
        await self.queue.finish(job, {**result, "artist": "Nobody"})
        return job

    async def _file(self, job, mix, ending, size):
        data = content(job.args["song"], mix).ljust(size, b"\0")
        key = f"mixes/{hashlib.sha256(data).hexdigest()}"
        await self.store.put(key, data)
        title = f"{job.args['title']} ({mix})"
        mime = "audio/mpeg" if ending is Format.MP3 else "audio/flac"
        return {
            "key": key,
            "name": f"{title}.{ending}",
            "title": title,
            "mix": mix,
            "size_bytes": len(data),
            "mime": mime,
        }

    async def finish_order(self, cover=b"", **how):
        """Both jobs of the next order."""
        await self.finish_separation(await self.claim(JobKind.SEPARATE), cover)
        return await self.finish_mix(**how)


async def message_with_button(api, chat, label):
    """The bot's first message in a chat, once there is a button with this label under it."""
    await api.until(lambda: api.by_bot(chat) and label in labels(api.by_bot(chat)[0]))
    return api.by_bot(chat)[0]


def sha256_of(path):
    """A file's hash, under which the store keeps it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def content(song, mix):
    """The bytes of a file that `FakeWorker` makes."""
    return f"{mix} of {song}".encode()


@pytest.fixture
async def worker(settings):
    async with open_queue(settings) as queue:
        yield FakeWorker(queue, open_store(settings))


@pytest.fixture
def song(tmp_path):
    """A file that nobody will decode here."""

    def make(name="Lithium.mp3", data=b"some song"):
        path = tmp_path / "sent" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path

    return make
