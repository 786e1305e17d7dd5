"""Real songs come apart at least as well as the network's published figures say, and keep the laws."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

from benchmarks import quality
from benchmarks.scores import PUBLISHED, estimate_of, level, read_song, sdr
from separator.audio.decode import decode
from separator.pipeline.separate import separate_song

INSTRUMENTAL = {"mdn_funk": -30, "trackswitch": -15}  # dB of false vocals against the song, at most
OTHERS = ("fragile_thoughts",)


@pytest.mark.parametrize("name", [*PUBLISHED, *INSTRUMENTAL, *OTHERS])
def test_a_real_song_comes_apart_as_well_as_published(shared, engine, tmp_path, assert_laws, name):
    """Within 0.2 dB: the test that the network and its weights are used rightly."""
    song = read_song(shared / "audio" / name)
    source = tmp_path / "song.wav"
    soundfile.write(source, song.mixture, song.rate_hz, subtype="FLOAT")
    parts = separate_song(source, tmp_path / "parts", engine)
    assert_laws(parts, source)
    stems = {each.name: soundfile.read(each.path, dtype="float32")[0] / parts.gain for each in parts.stems}
    for stem, figure in zip(("vocals", "accompaniment"), PUBLISHED.get(name, ()), strict=False):
        assert sdr(song.truth[stem], estimate_of(stem, stems, song.mixture)) >= figure - 0.2, stem
    if name in INSTRUMENTAL:
        assert level(stems["vocals"], song.mixture) < INSTRUMENTAL[name]


def test_a_better_estimate_scores_higher():
    truth = np.random.default_rng(1).normal(size=(1000, 2)).astype(np.float32)
    assert sdr(truth, truth * 0.9) == pytest.approx(20, abs=0.01)
    assert sdr(truth, truth * 0) == pytest.approx(0)
    assert level(truth * 0.1, truth) == pytest.approx(-20, abs=0.01)


def test_stems_that_came_in_one_file_are_scored_against_their_sum():
    stems = {name: np.full((4, 2), value, np.float32) for name, value in (("drums", 1), ("bass", 2))}
    assert estimate_of("bassdrums", stems, stems["drums"])[0, 0] == 3
    assert estimate_of("drumless", stems, stems["drums"] * 10)[0, 0] == 9
    assert estimate_of("bassother", stems, stems["drums"]) is None


@pytest.mark.parametrize("layout", ["sum", "musdb"])
def test_the_command_prints_a_table_and_writes_its_figures(tmp_path, wheel_song, capsys, layout):
    """A folder of one short song, in both layouts."""
    folder = tmp_path / "songs" / "short"
    folder.mkdir(parents=True)
    song = decode(wheel_song, tmp_path / "song.f32")
    sound = np.fromfile(song.path, "<f4").reshape(-1, 2)[:66_150]
    soundfile.write(folder / "vocals.wav", sound * 0.4, 44_100)
    soundfile.write(folder / "other.wav", sound * 0.6, 44_100)
    if layout == "musdb":
        soundfile.write(folder / "mixture.wav", sound, 44_100)
    out = tmp_path / "figures.json"
    assert quality.main([str(tmp_path / "songs"), "--model", "spleeter", "--json", str(out)]) == 0
    assert "short" in capsys.readouterr().out
    figures = json.loads(out.read_text())
    assert figures["model"] == "spleeter"
    assert figures["songs"][0]["sdr"].keys() == {"vocals", "accompaniment"}
