"""The engine's promises, with networks that do nothing, too little, too much, or fail."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from separator.audio.pcm_file import PcmFile
from separator.core.errors import ConfigError, SeparationFailed, Stopped
from separator.core.outputs import Stem
from separator.inference import engine as engine_module
from separator.inference.catalog.cards import SPLEETER
from separator.inference.device import pick_device
from separator.inference.engine import Engine, enforce_consistency
from tests.separation import separate_blocks

CPU = torch.device("cpu")


class Halves:
    """Gives half of what it sees to each of two stems, and remembers how much it saw at once."""

    stems = (Stem.VOCALS, Stem.ACCOMPANIMENT)
    estimated: frozenset[Stem] = frozenset()
    rate_hz = 44_100
    window, hop = 700, 500

    def __init__(self):
        self.batches = []

    def separate(self, windows):
        self.batches.append(len(windows))
        return torch.stack([windows / 2, windows / 2], dim=1)


class Dreamer(Halves):
    """Hears something in everything, and numbers that are none."""

    def separate(self, windows):
        out = torch.full((len(windows), 2, 2, windows.shape[-1]), 0.3)
        out[..., 0] = torch.nan
        out[..., 1] = torch.inf
        return out


class Glutton(Halves):
    """Takes at most so many windows at once."""

    def __init__(self, most, says=None):
        super().__init__()
        self.most, self.says = most, says or torch.OutOfMemoryError()

    def separate(self, windows):
        if len(windows) > self.most:
            raise self.says
        return super().separate(windows)


@pytest.fixture
def song(tmp_path):
    def make(samples, seed=1):
        sound = np.random.default_rng(seed).normal(0, 0.1, (samples, 2)).astype("<f4")
        path = tmp_path / "song.f32"
        path.write_bytes(sound.tobytes())
        return PcmFile(path, 44_100, samples), torch.from_numpy(sound.T.copy())

    return make


def run(engine, frames, **more):
    return torch.cat(list(separate_blocks(engine, frames, **more)), dim=-1)


@given(samples=st.integers(1, 4000))
@settings(deadline=None, max_examples=60)
def test_stems_have_the_songs_length_and_add_up_to_it(samples, tmp_path_factory):
    sound = np.random.default_rng(samples).normal(0, 0.1, (samples, 2)).astype("<f4")
    path = tmp_path_factory.mktemp("song") / "song.f32"
    path.write_bytes(sound.tobytes())
    stems = run(Engine(Halves(), CPU), PcmFile(path, 44_100, samples))
    assert stems.shape == (2, 2, samples)
    torch.testing.assert_close(stems.sum(dim=0), torch.from_numpy(sound.T.copy()), atol=1e-6, rtol=0)


def test_what_a_network_invents_is_taken_back(song):
    """No NaN, no Inf, and still all faders up is the song."""
    frames, sound = song(3000)
    stems = run(Engine(Dreamer(), CPU), frames)
    assert stems.isfinite().all()
    torch.testing.assert_close(stems.sum(dim=0), sound, atol=1e-5, rtol=0)


def test_silence_in_silence_out_whatever_the_network_dreams(tmp_path):
    (tmp_path / "song").write_bytes(bytes(8 * 3000))
    stems = run(Engine(Dreamer(), CPU), PcmFile(tmp_path / "song", 44_100, 3000))
    assert not stems.any()


def test_a_silent_window_stays_silent_in_a_batch_of_others():
    """On a graphics card windows of several songs are one batch: a pause of one is no licence to dream."""

    class Haunted(Halves):
        """Hears a soft hum that one stem has and the other lacks."""

        def separate(self, windows):
            hum = 0.01 * torch.ones_like(windows)
            return torch.stack([windows + hum, -0.5 * hum], dim=1)

    engine, windows = Engine(Haunted(), CPU), torch.randn(3, 2, Halves.window) * 0.1
    engine._batch, windows[1] = 3, 0
    stems = engine.run(windows)
    assert not stems[1].any()
    torch.testing.assert_close(stems.sum(dim=1), windows, atol=1e-5, rtol=0)


def test_the_rest_goes_where_the_energy_is():
    """A stem that is not there gets nothing of what the others left over."""
    windows = torch.ones(1, 2, 10)
    stems = torch.stack([torch.full((2, 10), 0.8), torch.zeros(2, 10)])[None]
    shared = enforce_consistency(windows, stems)
    torch.testing.assert_close(shared.sum(dim=1), windows)
    assert shared[0, 1].abs().max() < 1e-6


def test_a_voice_does_not_bleed_into_a_drum_stem_while_no_drum_plays():
    """A fifth of the voice is left over; the drums play in the other half of the window: it was -16 dB."""
    samples, half = 8 * 44_100, 4 * 44_100
    random = torch.Generator().manual_seed(1)
    voice, drums = torch.zeros(1, 2, samples), torch.zeros(1, 2, samples)
    voice[..., :half] = 0.1 * torch.randn(1, 2, half, generator=random)
    drums[..., half + 4410 :] = 0.3 * torch.randn(1, 2, half - 4410, generator=random)
    stems = torch.stack([0.8 * voice, drums], dim=1)

    def bleed_db(shared):
        return 10 * torch.log10(shared[0, 1, :, :half].square().mean() / voice[..., :half].square().mean())

    assert bleed_db(enforce_consistency(voice + drums, stems)) > -20
    shared = enforce_consistency(voice + drums, stems, 2205)
    assert bleed_db(shared) < -50
    torch.testing.assert_close(shared.sum(dim=1), voice + drums, atol=1e-6, rtol=0)


@given(samples=st.integers(2, 3000), moment=st.integers(1, 3000))
@settings(deadline=None, max_examples=60)
def test_shares_of_every_moment_add_up_to_the_song(samples, moment):
    windows, stems = torch.randn(2, 2, samples), torch.randn(2, 3, 2, samples)
    shared = enforce_consistency(windows, stems, moment)
    torch.testing.assert_close(shared.sum(dim=1), windows, atol=1e-4, rtol=0)


def test_numbers_that_are_none_are_logged(song):
    """A song that came out as itself, divided evenly, and nobody could see why."""
    with capture_logs() as logs:
        run(Engine(Dreamer(), CPU), song(3000)[0])
    assert {each["event"] for each in logs} == {"network_not_finite"}


def test_a_cancel_takes_effect_at_the_next_window(song):
    frames, _ = song(50_000)
    network = Halves()
    with pytest.raises(Stopped):
        run(Engine(network, CPU), frames, should_stop=lambda: len(network.batches) >= 2)
    assert len(network.batches) == 2


def test_out_of_memory_halves_the_batch_and_loses_nothing(song):
    frames, sound = song(20_000)
    engine = Engine(Glutton(3), CPU)
    engine._batch = 16
    torch.testing.assert_close(run(engine, frames).sum(dim=0), sound, atol=1e-6, rtol=0)
    assert max(engine.network.batches) == 2


def test_a_device_without_memory_for_one_window_hands_over_to_the_cpu(song):
    frames, sound = song(3000)
    engine = Engine(Glutton(0), torch.device("meta"), reload=lambda _: Halves())
    engine._batch = 2

    def forward(windows):
        """Nothing can be copied to `meta`."""
        return engine.network.separate(windows)

    engine._forward = forward
    torch.testing.assert_close(run(engine, frames).sum(dim=0), sound, atol=1e-6, rtol=0)
    assert engine.device == CPU


@pytest.mark.parametrize(
    "said",
    [
        "MPS backend out of memory (MPS allocated: 18.01 GB, max allowed: 18.13 GB).",
        "CUDA error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory",
    ],
)
def test_a_device_that_lacks_memory_in_its_own_words_is_understood(song, said):
    """Only CUDA's allocator has an error of its own for it."""
    frames, sound = song(20_000)
    engine = Engine(Glutton(3, RuntimeError(said)), CPU)
    engine._batch = 16
    torch.testing.assert_close(run(engine, frames).sum(dim=0), sound, atol=1e-6, rtol=0)
    assert max(engine.network.batches) == 2


def test_a_model_that_a_full_device_has_no_room_for_opens_on_the_cpu(monkeypatch):
    """`meta` stands in for a graphics card that others have filled."""

    def load_network(_card, device, _weights):
        if device.type != "cpu":
            raise torch.OutOfMemoryError
        return Halves()

    monkeypatch.setattr(engine_module, "load_network", load_network)
    engine = engine_module.open_engine(SPLEETER, "meta")
    assert engine.device == CPU
    assert engine.fell_back_at is not None


def test_another_fault_is_not_taken_for_a_lack_of_memory(song):
    engine = Engine(Glutton(0, RuntimeError("shapes do not match")), CPU)
    with pytest.raises(RuntimeError, match="shapes"):
        run(engine, song(3000)[0])


def test_a_machine_without_memory_says_so(song):
    with pytest.raises(SeparationFailed, match="memory"):
        run(Engine(Glutton(0), CPU), song(3000)[0])


def test_a_song_at_another_rate_is_a_mistake_of_ours(tmp_path):
    (tmp_path / "song").write_bytes(bytes(800))
    with pytest.raises(SeparationFailed, match="48000"):
        run(Engine(Halves(), CPU), PcmFile(tmp_path / "song", 48_000, 100))


@pytest.mark.parametrize("name", ["abacus", "cuda:99"])
def test_a_device_that_is_not_here_is_refused_by_name(name):
    with pytest.raises(ConfigError, match=name):
        pick_device(name)
