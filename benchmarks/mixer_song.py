"""Songs for the mixer's benchmark, out of real stems, in a store behind the real app."""

from __future__ import annotations

import io
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from aiohttp import web
from obstore.store import MemoryStore

from bots.web.i18n import translations
from bots.web.mixer import mixer_app
from separator.audio import encode, peaks
from separator.audio.spectrogram_image import SpectrogramRenderer
from storage import LinkClaims, Links, Manifest, StemFile, Tags, seek_table
from storage.flac_index import FlacIndexer
from storage.links import Key
from storage.objects import ObjectStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

RATE_HZ = 44_100
FOUR = ("vocals", "drums", "bass", "other")
SIX = ("vocals", "drums", "bass", "other", "guitar", "piano")
LOW_HZ, HIGH_HZ = 300.0, 2000.0  # between them `other` goes to the guitar, above them to the piano
_BLOCK = 1 << 17
#: Records what leaves the master fader, on the audio thread, where no block is ever lost.
EAR_MODULE = """
registerProcessor("ear", class extends AudioWorkletProcessor {
    constructor() {
        super();
        this.clear();
    }
    clear() {
        this.block = [new Float32Array(16384), new Float32Array(16384)];
        this.at = 0;
    }
    process([input]) {
        input.forEach((side, channel) => this.block[channel].set(side, this.at));
        this.at += 128;
        if (this.at < 16384) return true;
        this.port.postMessage(this.block);
        this.clear();
        return true;
    }
});
"""


def real(folder: Path, name: str) -> dict[str, np.ndarray]:
    """Stem → (samples, 2), float32, of one song of a folder; a stem that it has not is silence."""
    found = {path.stem: soundfile.read(path, dtype="float32")[0] for path in (folder / name).glob("*.flac")}
    quiet = np.zeros_like(next(iter(found.values())))
    return {stem: found.get(stem, quiet) for stem in FOUR}


def six(folder: Path, seconds: float) -> dict[str, np.ndarray]:
    """A dense song of six stems: all songs of the folder that have four stems, again and again."""
    names = sorted(path.name for path in folder.iterdir() if all((path / f"{s}.flac").exists() for s in FOUR))
    songs = [real(folder, name) for name in names]
    once = {stem: np.concatenate([song[stem] for song in songs]) for stem in FOUR}
    once |= dict(zip(("other", "guitar", "piano"), _split(once["other"]), strict=True))
    length = int(seconds * RATE_HZ)
    return {stem: np.resize(once[stem], (length, 2)) for stem in SIX}


def same(folder: Path, seconds: float) -> dict[str, np.ndarray]:
    """Six stems with the same sound, each softer: whatever is between them in time is the mixer's."""
    dense = np.resize(real(folder, "heart_on_my_thumb")["other"], (int(seconds * RATE_HZ), 2))
    return {stem: dense * np.float32(0.5 - 0.05 * number) for number, stem in enumerate(SIX)}


def _split(sound: np.ndarray) -> list[np.ndarray]:
    """Three bands that add up to the sound."""
    spectrum = np.fft.rfft(sound, axis=0)
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    bands = (hertz < LOW_HZ, (hertz >= LOW_HZ) & (hertz < HIGH_HZ), hertz >= HIGH_HZ)
    parts = [np.fft.irfft(spectrum * band[:, None], len(sound), axis=0) for band in bands]
    return [part.astype(np.float32) for part in parts]


@dataclass
class Installation:
    """The app, and the addresses of what it shows."""

    root: str
    store: ObjectStore
    links: Links

    async def keep(self, name: str, stems: Mapping[str, np.ndarray]) -> tuple[str, float]:
        """Store a separation as the worker does; returns its address and its bit rate, Mbit/s."""
        base, samples = f"songs/{name}/m@1/1-1", len(next(iter(stems.values())))
        sketch, outlines, files = SpectrogramRenderer(len(stems), samples, RATE_HZ), {}, {}
        for start in range(0, samples, _BLOCK):
            sketch.push(np.stack([sound[start : start + _BLOCK].T for sound in stems.values()]))
        song, masks = sketch.render()
        for stem, sound in stems.items():
            outlines[stem] = peaks.WaveformPeaks(RATE_HZ)
            outlines[stem].push(sound.T)
            files[stem] = _flac(sound)
            await self.store.put(f"{base}/{stem}.flac", files[stem])
        for stem, mask in zip(stems, masks, strict=True):
            await self.store.put(f"{base}/mask-{stem}.png", mask)
        await self.store.put(f"{base}/spectrogram.png", song)
        await self.store.put(f"{base}/peaks.json", peaks.peaks_json(outlines))
        await self.store.put(
            f"{base}/cuts.json", seek_table.to_json({s: _index(data) for s, data in files.items()})
        )
        entries = [
            StemFile(s, f"{base}/{s}.flac", len(data), mask_key=f"{base}/mask-{s}.png")
            for s, data in files.items()
        ]
        manifest = Manifest(
            song="0" * 64,
            model="htdemucs",
            model_version="1",
            rate_hz=RATE_HZ,
            samples=samples,
            stems=tuple(entries),
            peaks_key=f"{base}/peaks.json",
            tags=Tags(title=name),
            cuts_key=f"{base}/cuts.json",
            spectrogram_key=f"{base}/spectrogram.png",
        )
        await self.store.put(f"{base}/manifest.json", manifest.to_json())
        token = self.links.sign(LinkClaims(f"{base}/manifest.json", name, time.time() + 86_400))
        rate = sum(map(len, files.values())) * 8 / (samples / RATE_HZ) / 1e6
        return f"{self.root}/m/{token}", rate


@asynccontextmanager
async def installation(folder: Path) -> AsyncIterator[Installation]:
    """The mixer app on a free port, over a store in memory."""
    store, links = ObjectStore(MemoryStore(), folder), Links((Key("k", bytes(32)),))
    app = web.Application()
    app.router.add_get("/m/static/ear.js", _ear)
    app.add_subapp("/m", mixer_app(store, links, translations()))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield Installation(f"http://{host}:{port}", store, links)
    finally:
        await runner.cleanup()


async def _ear(_: web.Request) -> web.Response:
    return web.Response(text=EAR_MODULE, content_type="text/javascript")


def rounded(sound: np.ndarray) -> np.ndarray:
    """What a stem is once it is stored: 16 bits."""
    steps: np.ndarray = np.clip(np.rint(sound * 32_768), -32_768, 32_767).astype(np.float32) / 32_768
    return steps


def _flac(sound: np.ndarray) -> bytes:
    out = io.BytesIO()
    effort = encode._FLAC_EFFORT  # noqa: SLF001 - as the worker's files are
    soundfile.write(out, rounded(sound), RATE_HZ, "PCM_16", format="FLAC", compression_level=effort)
    return out.getvalue()


def _index(data: bytes):  # noqa: ANN202 - a FlacIndex
    indexer = FlacIndexer()
    indexer.feed(data)
    return indexer.finish()


__all__ = ["FOUR", "RATE_HZ", "SIX", "Installation", "installation", "real", "rounded", "same", "six"]
