"""Recorded instruments: the manifest against the table of licences, kits by microphone, notes by velocity."""

import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

pytest.importorskip("scipy", reason="LOUD: the extra `training` is not installed")

from training import SAMPLE_RATE_HZ, recorded_kit, recorded_notes, samples, sources
from training.fluidsynth import Note

ROOT = Path(__file__).parents[3]
CARD, NOTICE = ROOT / "docs" / "models" / "rhythm.md", ROOT / "NOTICE"
SAMPLES = ROOT.parent / "shared" / "samples"
SOURCE = sources.SAMPLE_SOURCES[0]


def _entry(file: str, **facts: object) -> dict[str, object]:
    return {"file": file, "gain_db": 0.0, "repo": SOURCE.repository, "licence": SOURCE.licence} | facts


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> samples.SampleLibrary:
    """A snare of two takes in two microphones, and a bass of two notes in two velocity layers."""
    folder = tmp_path_factory.mktemp("samples")
    t = np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    entries = []
    for take in (1, 2):
        for microphone, hz in (("close", 200), ("oh", 2000)):
            name = f"snare{take}{microphone}.flac"
            soundfile.write(folder / name, 0.1 * take * np.sin(2 * np.pi * hz * t), SAMPLE_RATE_HZ)
            facts = {"kind": "drum", "class": "snare", "kit": "muldjord", "instrument": "snare"}
            entries.append(_entry(name, **facts, take=take, mic=microphone, velocity=60 + take))
    for key in (40, 45):
        for velocity in (50, 110):
            name, hz = f"bass{key}{velocity}.flac", 440 * 2 ** ((key - 69) / 12)
            soundfile.write(folder / name, 0.004 * velocity * np.sin(2 * np.pi * hz * t), SAMPLE_RATE_HZ)
            entries.append(_entry(name, kind="bass", instrument="bass", midi=key, velocity=velocity))
    (folder / samples.MANIFEST).write_text(json.dumps(entries))
    return samples.load_library(folder)


@pytest.mark.parametrize("source", sources.SAMPLE_SOURCES, ids=lambda source: source.repository)
def test_the_card_tells_of_every_sample_source(source):
    """Anyone who uses the weights can find the sounds, at their commit, and read their licence."""
    rows = [line for line in CARD.read_text().splitlines() if f"| {source.repository} |" in line]
    assert len(rows) == 1
    assert all(
        f"| {cell} |" in rows[0] for cell in (source.commit[:12], source.licence, source.author, source.grade)
    )
    assert source.licence in sources.SAMPLE_LICENCES
    assert not re.search(r"GPL|-SA|NC", source.licence)


def test_authors_who_ask_for_their_name_are_in_the_notice():
    """CC-BY: name, licence, and that the sounds were changed."""
    notice = NOTICE.read_text()
    for source in sources.SAMPLE_SOURCES:
        if source.licence.startswith("CC-BY"):
            assert source.author in notice
            assert source.repository in notice
            assert source.licence in notice
    assert "trimmed" in notice


def test_the_table_is_that_of_the_manifest():
    """Repository, commit, licence, author and grade of each file."""
    if not (SAMPLES / samples.MANIFEST).exists():
        pytest.skip("LOUD: no folder of samples, so its licences are not checked")
    entries = json.loads((SAMPLES / samples.MANIFEST).read_text())
    found = {(e["repo"], e["commit"], e["licence"], e["author"], e["grade"]) for e in entries}
    assert found == {(s.repository, s.commit, s.licence, s.author, s.grade) for s in sources.SAMPLE_SOURCES}


def test_samples_of_unknown_origin_are_refused(tmp_path: Path):
    """One GPL kit in the folder would spoil the licence of the weights."""
    (tmp_path / samples.MANIFEST).write_text(json.dumps([_entry("a.ogg", repo="somebody/kit")]))
    with pytest.raises(ValueError, match="somebody/kit"):
        samples.load_library(tmp_path)


def test_a_drummer_does_not_repeat_a_take(library):
    """Two strokes that are equal to the sample are a machine's."""
    rng = np.random.default_rng(1)
    strike = recorded_kit.new_drum("snare", rng, library, "muldjord")
    levels = [float(np.abs(strike(61, rng)["close"]).max()) for _ in range(6)]
    assert all(abs(a - b) > 0.01 for a, b in pairwise(levels))


def test_a_kit_without_a_drum_leaves_it_to_the_others(library):
    """The samples have no clap, and not every folder has every drum."""
    rng = np.random.default_rng(1)
    assert recorded_kit.new_drum("clap", rng, library, "muldjord") is None
    assert recorded_kit.new_drum("kick", rng, library, "muldjord") is None


def test_microphones_are_mixed_anew_for_every_song(library):
    """Close, overhead and room: the same stroke, another record."""
    rng = np.random.default_rng(1)
    mixes = [recorded_kit.new_microphones(rng) for _ in range(200)]
    strike = recorded_kit.new_drum("snare", rng, library, "muldjord")
    tracks = strike(61, rng)
    close = recorded_kit.close_track(tracks, mixes[0])
    assert np.array_equal(close, tracks["close"])
    found = [recorded_kit.distant_tracks([tracks], mix, rng)["oh"] for mix in mixes[:9]]
    assert len({round(float(np.abs(x).max()), 6) for x in found}) == 9
    assert 0.05 < np.mean([mix.close_db < 0 for mix in mixes]) < 0.25
    assert 0.2 < np.mean([mix.is_squeezed for mix in mixes]) < 0.5


def test_a_drum_without_a_close_microphone_keeps_its_nearest_one():
    """Hats and cymbals of some kits were heard by overheads alone."""
    rng = np.random.default_rng(1)
    oh = {"oh": np.ones((2, 9), np.float32)}
    assert recorded_kit.close_track(oh, recorded_kit.new_microphones(rng)) is oh["oh"]


def _pitch_hz(x: np.ndarray) -> float:
    """Hertz of the loudest bin."""
    return (
        float(np.argmax(np.abs(np.fft.rfft(x * np.hanning(x.size), 8 * x.size))))
        * SAMPLE_RATE_HZ
        / 8
        / x.size
    )


@pytest.mark.parametrize("key", [38, 40, 43, 52])
def test_notes_come_at_their_pitch_or_in_an_octave_that_the_instrument_has(library, key):
    """A note far outside the recordings, resampled, would sound like a toy."""
    x = recorded_notes.render([Note(0, 0.8, key, 100)], "bass", library, 1.0, np.random.default_rng(2))
    octaves = 12 * np.log2(_pitch_hz(x[0, 5000:30_000]) / (440 * 2 ** ((key - 69) / 12)))
    assert abs(octaves - 12 * round(octaves / 12)) < 0.6
    assert x.shape == (2, SAMPLE_RATE_HZ)


def test_hard_notes_are_louder_and_let_go_notes_end(library):
    """Velocity layers, and a release."""
    soft, hard = (
        recorded_notes.render([Note(0, 0.3, 40, v)], "bass", library, 1.0, np.random.default_rng(2))
        for v in (50, 110)
    )
    assert np.abs(hard).max() > 1.7 * np.abs(soft).max()
    assert np.abs(hard[:, SAMPLE_RATE_HZ // 2 :]).max() == 0


def test_a_slide_begins_at_the_note_before(library):
    """A fifth higher, and down within a tenth of a second."""
    recording = library.notes["bass"]["bass"][0]
    x = recorded_notes._note(Note(0, 0.8, 40, 50), recording, 0.0, 7.0, 0.1, np.random.default_rng(2))
    early, late = _pitch_hz(x[0, :900]), _pitch_hz(x[0, 15_000:30_000])
    assert early > 1.15 * late
    assert abs(late / (440 * 2 ** ((40 - 69) / 12)) - 1) < 0.02
