"""A mixer server with one separated song, and Debian's Chromium."""

from __future__ import annotations

import io
import json
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from obstore.store import MemoryStore
from playwright.async_api import async_playwright

from bots.web.i18n import translations
from bots.web.mixer import mixer_app
from storage import LinkClaims, Links, Manifest, StemFile, Tags
from storage.images import encode_grey
from storage.links import Key
from storage.objects import ObjectStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

RATE_HZ = 44_100
SONG_S = 30.0
FOLDER = "songs/" + "ab" * 32 + "/spleeter-rhythm@1/7"

#: Arguments of Chromium for machines without a screen, a sound card or a network.
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip


def stems() -> dict[str, np.ndarray]:
    """Stem → (samples, 2), float: each has a pitch and a rhythm of its own."""
    at = np.arange(int(SONG_S * RATE_HZ)) / RATE_HZ
    pulse = 0.4 + 0.6 * np.exp(-6 * (at % 0.5))  # never below what a test can hear
    sounds = {
        "vocals": 0.2 * np.sin(2 * np.pi * 440 * at) * (0.6 + 0.4 * np.sin(at)),
        "drums": 0.3 * np.random.default_rng(1).standard_normal(len(at)) * pulse * 0.3,
        "bass": 0.25 * np.sin(2 * np.pi * 110 * at),
        "other": 0.1 * np.sin(2 * np.pi * 660 * at) * (0.5 + 0.5 * np.cos(at / 2)),
    }
    return {name: np.stack([sound, 0.9 * sound], axis=1) for name, sound in sounds.items()}


@dataclass
class MixerSite:
    """A mixer with one song, and what a test needs of it."""

    store: ObjectStore
    links: Links
    client: TestClient
    stems: dict[str, np.ndarray]
    files: dict[str, bytes]

    def token(self, title: str = "Ein Lied", until: float | None = None, manifest: str = "") -> str:
        """A link to the song."""
        grant = LinkClaims(manifest or f"{FOLDER}/manifest.json", title, until or time.time() + 60)
        return self.links.sign(grant)

    def url(self, path: str) -> str:
        """The address on this machine."""
        return str(self.client.make_url(path))


@pytest.fixture(scope="session")
def sounds() -> dict[str, np.ndarray]:
    return stems()


@pytest.fixture(scope="session")
def flacs(sounds) -> dict[str, bytes]:
    made = {}
    for name, sound in sounds.items():
        out = io.BytesIO()
        soundfile.write(out, sound, RATE_HZ, format="FLAC", subtype="PCM_16")
        made[name] = out.getvalue()
    return made


@pytest.fixture(scope="session")
def peaks(sounds) -> bytes:
    told = {
        name: [int(255 * np.abs(part).max()) for part in np.array_split(sound, int(SONG_S * 50))]
        for name, sound in sounds.items()
    }
    return json.dumps({"per_s": 50, "stems": told}).encode()


def images() -> dict[str, bytes]:
    """A spectrogram that is loud everywhere, and masks that give each stem a quarter of the song."""
    width, height = 400, 128
    images_by_name = {"song": encode_grey(width, [b"\xff" * width] * height)}
    for at, name in enumerate(("vocals", "drums", "bass", "other")):
        line = b"\0" * (100 * at) + b"\xff" * 100 + b"\0" * (300 - 100 * at)
        images_by_name[name] = encode_grey(width, [line] * height)
    return images_by_name


@pytest.fixture
async def site(tmp_path, sounds, flacs, peaks) -> AsyncIterator[MixerSite]:
    store = ObjectStore(MemoryStore(), tmp_path)
    for name, data in flacs.items():
        await store.put(f"{FOLDER}/{name}.flac", data)
    await store.put(f"{FOLDER}/peaks.json", peaks)
    for name, data in images().items():
        await store.put(f"{FOLDER}/{name}.png", data)
    manifest = Manifest(
        song="ab" * 32, model="spleeter-rhythm", model_version="1", rate_hz=RATE_HZ,
        samples=len(sounds["vocals"]), peaks_key=f"{FOLDER}/peaks.json",
        stems=tuple(
            StemFile(
                name, f"{FOLDER}/{name}.flac", len(data), estimated=name != "vocals",
                mask_key=f"{FOLDER}/{name}.png",
            )
            for name, data in flacs.items()
        ),
        tags=Tags(title="Ein Lied", artist="Die Sänger"),
        spectrogram_key=f"{FOLDER}/song.png",
    )  # fmt: skip
    await store.put(f"{FOLDER}/manifest.json", manifest.to_json())
    links = Links((Key("k", bytes(range(32))),))
    app = web.Application()
    app.add_subapp("/m", mixer_app(store, links, translations()))
    async with TestClient(TestServer(app)) as client:
        yield MixerSite(store, links, client, sounds, flacs)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, run by playwright."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("LOUD: there is no Chromium here, so nobody looked at the page")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield started
        await started.close()
