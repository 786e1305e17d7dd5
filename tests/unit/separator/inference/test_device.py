"""A device is used where networks run on it, not where it merely holds a tensor."""

from __future__ import annotations

import pytest
import torch
from structlog.testing import capture_logs

from separator.core.errors import ConfigError
from separator.inference import device as device_module
from separator.inference import engine as engine_module
from separator.inference.catalog.cards import SPLEETER
from separator.inference.catalog.registry import card_of
from separator.inference.device import pick_device, run_kernels

NO_KERNELS = "CUDA error: no kernel image is available for execution on the device"


@pytest.fixture
def tried(monkeypatch) -> list[str]:
    """`auto` finds a card that torch sees; on it, and only there, kernels fail with the word in `says`."""
    tried: list[str] = []

    def run_kernels(device, dtype):
        tried.append(f"{device} {dtype}")
        if device.type != "cpu":
            raise RuntimeError(NO_KERNELS)

    monkeypatch.setattr(device_module, "run_kernels", run_kernels)
    monkeypatch.setattr(device_module, "_usable", set())
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (3, 5))
    monkeypatch.setattr(torch.cuda, "get_arch_list", lambda: ["sm_75", "sm_90"])
    return tried


def test_auto_passes_over_a_card_that_has_no_kernels_and_says_which_it_is(tried):
    """An old or brand-new card: `torch.zeros` works there, and the worker ended for good."""
    with capture_logs() as logs:
        assert pick_device("auto") == torch.device("cpu")
    assert tried == ["cuda torch.float32"]
    [event] = [each for each in logs if each["event"] == "device_unusable"]
    assert (event["capability"], event["built_for"]) == ("3.5", "sm_75 sm_90")
    assert "no kernel image" in event["error"]


def test_a_card_that_the_operator_named_and_that_cannot_stops_the_worker(tried):  # noqa: ARG001
    with pytest.raises(ConfigError, match="cuda"):
        pick_device("cuda")


def test_the_type_that_the_model_will_use_is_tried_as_well(tried, monkeypatch):
    monkeypatch.setattr("separator.inference.precision.is_fast", lambda *_: True)
    pick_device("cpu", card_of("htdemucs"))
    assert sorted(tried) == ["cpu torch.bfloat16", "cpu torch.float32"]
    pick_device("cpu", card_of("htdemucs"))
    assert len(tried) == 2, "once in a process"


def test_a_full_card_is_not_called_unusable(tried, monkeypatch):  # noqa: ARG001
    """Others may free its memory; until then the engine runs on the CPU by itself."""

    def full(*_):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(device_module, "run_kernels", full)
    assert pick_device("auto") == torch.device("cuda")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_cpu_passes_the_real_try(dtype):
    run_kernels(torch.device("cpu"), dtype)


def test_a_model_that_fails_on_a_device_nobody_named_opens_on_the_cpu(monkeypatch):
    """What the try does not find: a kernel of one network alone."""

    def load_network(_card, device, _weights):
        if device.type != "cpu":
            raise RuntimeError(NO_KERNELS)
        return torch.nn.Identity()

    monkeypatch.setattr(engine_module, "load_network", load_network)
    monkeypatch.setattr(engine_module, "pick_device", lambda *_: torch.device("meta"))
    assert engine_module.open_engine(SPLEETER, "auto").device == torch.device("cpu")
    with pytest.raises(RuntimeError, match="no kernel"):
        engine_module.open_engine(SPLEETER, "meta")
