"""Chooses the device that networks run on: one that is really able to, not one that merely answers.

A graphics card that this PyTorch has no kernels for (older or newer than its builds) holds tensors and fails
at the first convolution. So a device is tried with what networks do, in the type that the model will use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
import torch
from torch.nn import functional

from separator.core.errors import ConfigError
from separator.inference.precision import select_precision

if TYPE_CHECKING:
    from separator.inference.catalog.registry import ModelCard

log = structlog.get_logger()

AUTO = "auto"
#: How PyTorch's allocators and libraries word a lack of memory, where the error's class does not tell.
NO_MEMORY = ("out of memory", "ALLOC_FAILED", "can't allocate memory")
_ERRORS = (RuntimeError, AssertionError)  # torch asserts that CUDA was compiled in
_usable: set[tuple[str, torch.dtype]] = set()  # tried in this process; failures are tried again


def pick_device(name: str, card: ModelCard | None = None) -> torch.device:
    """The device that a setting names; `auto` is the best that works here, in the end the CPU.

    Args:
        name: As the setting has it.
        card: The model that will run there.

    Raises:
        ConfigError: There is no such device, or the one that was named cannot run networks.
    """
    if name != AUTO:
        try:
            device = torch.device(name)
            try_device(device, card)
        except _ERRORS as error:
            raise ConfigError(setting="STEMBOT_DEVICE", value=name) from error
        return device
    for kind, available in (("cuda", torch.cuda.is_available), ("mps", torch.backends.mps.is_available)):
        if available():
            device = torch.device(kind)
            try:
                try_device(device, card)
            except _ERRORS as error:
                log.warning("device_unusable", device=kind, error=str(error)[:200], **describe_device(device))
            else:
                return device
    return torch.device("cpu")


def try_device(device: torch.device, card: ModelCard | None = None) -> None:
    """Run a convolution and an attention there, in float32 and in the model's type.

    Raises:
        RuntimeError: It cannot; not where it only lacks memory, which falls back by itself.
        AssertionError: This PyTorch was built without it.
    """
    reduced = select_precision(card, device) if card else None
    dtypes = {torch.float32, getattr(torch, reduced.dtype) if reduced else torch.float32}
    for dtype in dtypes:
        if (str(device), dtype) in _usable:
            continue
        try:
            run_kernels(device, dtype)
        except _ERRORS as error:
            if not lacks_memory(error):
                raise
        else:
            _usable.add((str(device), dtype))


def run_kernels(device: torch.device, dtype: torch.dtype) -> None:
    """What networks are made of, on a few numbers."""
    with torch.inference_mode():
        sound = torch.ones(1, 16, 64, device=device, dtype=dtype)
        filters = torch.ones(16, 16, 3, device=device, dtype=dtype) / 48
        heads = functional.conv1d(sound, filters, padding=1).reshape(1, 2, 64, 8)
        heard = functional.scaled_dot_product_attention(heads, heads, heads)
        found = functional.linear(functional.gelu(heard), torch.ones(8, 8, device=device, dtype=dtype))
        if device.type != "meta" and not bool(torch.isfinite(found.float().sum()).item()):
            raise RuntimeError("no finite numbers")


def describe_device(device: torch.device) -> dict[str, str]:
    """For logs: what the card is, and for which cards this PyTorch was built."""
    if device.type != "cuda":
        return {}
    try:
        capability = ".".join(map(str, torch.cuda.get_device_capability(device)))
    except _ERRORS:
        capability = "unknown"
    return {"capability": capability, "built_for": " ".join(torch.cuda.get_arch_list())}


def lacks_memory(error: Exception) -> bool:
    """Whether this error means that a device's memory is too small."""
    return isinstance(error, torch.OutOfMemoryError) or any(words in str(error) for words in NO_MEMORY)
