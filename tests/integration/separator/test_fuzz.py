"""A small run of `benchmarks.fuzz` at every change; the long ones are its own (benchmarks/README.md)."""

from __future__ import annotations

import json

import pytest

from benchmarks import fuzz
from benchmarks.fuzz_inputs import KINDS, Base, Input, attack_of, chance_of
from separator.audio import decode

SEED = 20
HELD = [Base("a.mp3", bytes(range(256)) * 20), Base("b.wav", b"RIFF" * 500), Base("empty", b"")]


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """Broken by the same ways, but from few containers: making all of them takes seconds."""
    spare = tmp_path_factory.mktemp("bases")
    return spare, fuzz.bases(
        fuzz._songs(spare), None, spare, containers=("a.mp3", "24.flac", "a.m4a", "a.opus")
    )


def test_broken_files_are_sound_or_refused_and_leave_nothing_behind(held):
    """Frames of the length that is told, or a sentence; no process, file, descriptor or memory is lost."""
    spare, found = held
    report = fuzz.attack(SEED, found, range(30), spare, threads=2)
    assert [each for each in report["outcomes"] if each.fault] == []
    assert report["leaks"] == []
    results = {each.result for each in report["outcomes"]}
    assert {"decoded", "NotAudio"} <= results, "an attack that always or never breaks a file proves little"


def test_an_attack_can_be_had_again():
    """An input is decided by the seed and its number, so a fault can be looked at alone."""
    whole = [attack_of(SEED, HELD, number) for number in range(60)]
    assert attack_of(SEED, HELD, 41) == whole[41]
    assert whole != [attack_of(SEED + 1, HELD, number) for number in range(60)]
    assert {each.kind for each in whole} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_no_way_of_breaking_stumbles_over_a_tiny_file(kind):
    for number, base in enumerate([*HELD, Base("x", b"x"), Base("xyz", b"xyz")]):
        assert isinstance(KINDS[kind](base.data, chance_of(SEED, number), HELD), bytes)


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (lambda *_, **__: (_ for _ in ()).throw(ValueError("no refusal")), "ValueError: no refusal"),
        (lambda _, into, **__: _short(into), "10 samples told, 1.0 there"),
        (lambda _, into, **__: _litter(into), "left behind"),
    ],
)
def test_what_it_looks_for_it_finds(tmp_path, monkeypatch, broken, fault):
    """A search that cannot fail has found nothing."""
    monkeypatch.setattr(decode, "decode", broken)
    outcome = fuzz.one(Input(0, "none", "a.wav", b""), tmp_path)
    assert fault in outcome.fault


def _short(into) -> decode.Decoded:
    into.write_bytes(bytes(8))
    return decode.Decoded(into, 44_100, 10)


def _litter(into) -> decode.Decoded:
    (into.parent / "core").touch()
    into.write_bytes(b"")
    return decode.Decoded(into, 44_100, 0)


def test_the_command_writes_its_figures_and_ends_with_0(tmp_path, capsys, monkeypatch, held):
    monkeypatch.setattr(fuzz, "bases", lambda *_: held[1])
    out = tmp_path / "figures.json"
    assert fuzz.main(["--inputs", "4", "--seed", str(SEED), "--json", str(out)]) == 0
    figures = json.loads(out.read_text())
    assert (figures["inputs"], figures["faults"], figures["leaks"]) == (4, [], [])
    assert "truncated" in capsys.readouterr().out
