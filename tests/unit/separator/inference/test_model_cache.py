"""Models kept warm within a memory budget. The models are stand-ins of a known size."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import replace

import pytest
import torch

from separator.core.errors import ConfigError, Stopped
from separator.core.outputs import Stem
from separator.inference import model_cache as model_cache_module
from separator.inference.catalog.cards import HTDEMUCS, SPLEETER
from separator.inference.engine import Engine
from separator.inference.model_cache import ALLOWANCE_BYTES, ModelCache, expected_size, size_of

CPU = torch.device("cpu")
SIZE = 1_000_000  # bytes of parameters


class Sized(torch.nn.Module):
    stems = (Stem.VOCALS, Stem.ACCOMPANIMENT)
    estimated: frozenset[Stem] = frozenset()
    rate_hz, window, hop = 44_100, 100, 100

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(SIZE // 4))

    def separate(self, windows):
        return torch.stack([windows, windows], dim=1) / 2


@pytest.fixture
def loaded(monkeypatch):
    """Models a, b and c; which were loaded, in order."""
    order = []

    def card_of(name):
        if name not in {"a", "b", "c"}:
            raise ConfigError(setting="STEMBOT_MODEL", value=name)
        return replace(SPLEETER, name=name)

    def open_engine(card, *_):
        order.append(card.name)
        return Engine(Sized(), CPU)

    monkeypatch.setattr(model_cache_module, "card_of", card_of)
    monkeypatch.setattr(model_cache_module, "open_engine", open_engine)
    return order


def budget_for(many):
    return many * (SIZE + ALLOWANCE_BYTES) + SIZE // 2


def use(cache, *models):
    for model in models:
        with cache.acquire(model):
            pass


def test_models_stay_warm_while_they_fit(loaded):
    cache = ModelCache("cpu", budget_bytes=budget_for(2))
    use(cache, "a", "b", "a", "b")
    assert loaded == ["a", "b"]


def test_the_least_recently_used_goes_when_another_would_not_fit(loaded):
    cache = ModelCache("cpu", budget_bytes=budget_for(2))
    use(cache, "a", "b", "a", "c")
    assert cache.names() == ["a", "c"]
    use(cache, "b")
    assert loaded == ["a", "b", "c", "b"]


def test_one_model_is_loaded_whatever_the_budget(loaded):
    cache = ModelCache("cpu", budget_bytes=1)
    use(cache, "a", "b")
    assert (loaded, cache.names()) == (["a", "b"], ["b"])


def test_a_model_in_use_is_not_dropped_and_the_newcomer_waits(loaded):
    cache = ModelCache("cpu", budget_bytes=budget_for(1))
    there = threading.Event()

    def newcomer():
        with cache.acquire("b"):
            there.set()

    waiting = threading.Thread(target=newcomer)
    with cache.acquire("a"):
        waiting.start()
        with cache.acquire("a"):  # others who use what is warm are not held up
            assert not there.is_set()
            assert cache.names() == ["a"]
    waiting.join(30)
    assert there.is_set()
    assert loaded == ["a", "b"]


def test_a_song_that_waits_for_room_can_be_cancelled(loaded):
    cache = ModelCache("cpu", budget_bytes=budget_for(1))
    with cache.acquire("a"), pytest.raises(Stopped), cache.acquire("b", lambda: True):
        pass
    use(cache, "b")
    assert loaded == ["a", "b"]


def test_a_model_that_is_not_known_hurts_nobody(loaded):
    cache = ModelCache("cpu")
    with pytest.raises(ConfigError), cache.acquire("nosuchmodel"):
        pass
    use(cache, "a")
    assert loaded == ["a"]


def test_a_published_file_is_expected_to_double_in_memory():
    """It holds half precision; 84 MB of HTDemucs are 168 MB of float32."""
    assert expected_size(HTDEMUCS) == 2 * 84_141_911 + ALLOWANCE_BYTES


def test_weights_that_are_packed_for_a_processor_count_as_their_files_tell():
    """HTDemucs on a CPU keeps its weights in oneDNN's own order; PyTorch sees no parameters then."""

    class Packed(Sized):
        def __init__(self):
            super().__init__()
            del self.weight

    assert size_of(Engine(Packed(), CPU), HTDEMUCS) == expected_size(HTDEMUCS)


def test_an_engine_that_fled_to_the_cpu_is_given_up_after_a_while(loaded, monkeypatch):
    """Somebody else's hour on the graphics card must not cost this worker the card for good."""
    cache = ModelCache("cpu")
    use(cache, "a")
    engine = cache.get("a")
    engine.fell_back_at = time.monotonic()
    assert cache.get("a") is engine
    monkeypatch.setattr(model_cache_module, "FALLBACK_S", 0)
    with cache.acquire("a") as device:
        assert device.engine is not engine
    assert loaded == ["a", "a"]


def test_a_song_that_waits_for_anothers_model_to_load_can_be_cancelled(loaded):
    cache = ModelCache("cpu", budget_bytes=budget_for(1))
    unwanted, entered = threading.Event(), threading.Event()

    def first_waits():
        entered.set()
        return unwanted.is_set()

    def newcomer():
        with suppress(Stopped), cache.acquire("b", first_waits):
            pass

    waiting = threading.Thread(target=newcomer)
    with cache.acquire("a"):
        waiting.start()
        assert entered.wait(30)  # it has the turn to load, and no room
        with pytest.raises(Stopped), cache.acquire("c", lambda: True):
            pass
        unwanted.set()
        waiting.join(30)
    assert loaded == ["a"]


def test_two_songs_of_one_model_load_it_once(loaded):
    cache = ModelCache("cpu")
    threads = [threading.Thread(target=use, args=(cache, "a")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert loaded == ["a"]
