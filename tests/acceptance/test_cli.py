"""`stembot separate`: one command, real files, sentences instead of traces."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.processes


def stembot(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bots", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=150)


def sounds(done: subprocess.CompletedProcess[str]) -> dict[str, np.ndarray]:
    assert done.returncode == 0, done.stderr
    return {mix: soundfile.read(path)[0] for mix, path in json.loads(done.stdout)["files"].items()}


def test_drumless_plus_drums_is_the_sum_of_all_stems(wheel_song, tmp_path):
    """The law of mixes, in the very files that a person gets."""
    options = ("--format", "wav", "--json", "-o", tmp_path)
    stems = sounds(stembot("separate", wheel_song, "all stems", *options))
    drumless = sounds(stembot("separate", wheel_song, "drumless", *options))["drumless"]
    assert list(stems) == ["vocals", "drums", "bass", "other"]
    song = sum(stems.values())
    gap = song - drumless - stems["drums"]
    assert np.sum(gap**2) < 1e-6 * np.sum(song**2)


def test_files_are_named_after_the_song_and_the_mix(wheel_song, tmp_path):
    """A file of stems is the song's; a mix that is wished beside it has its own name."""
    options = ("--format=stem.mp4", "--quality=192", "-o", tmp_path)
    done = stembot("separate", wheel_song, "no", "drums", *options)
    assert done.returncode == 0, done.stderr
    mix, stems = sorted(tmp_path.iterdir())
    assert mix.name == stems.name.removesuffix(".stem.mp4") + " (drumless).m4a"
    assert done.stdout.splitlines() == [str(stems), str(mix)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "I can't find any sound in that file."),
        (b"just text, no song at all\n" * 40, "I can't find any sound in that file."),
        (b"#EXTM3U\n#EXT-X-VERSION:3\nhttp://127.0.0.1:9/a.ts\n", "I can't find any sound in that file."),
    ],
)
def test_a_file_without_sound_exits_2_with_one_sentence(content, sentence, tmp_path):
    path = tmp_path / "song.mp3"
    path.write_bytes(content)
    done = stembot("separate", path, "vocals", "-o", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("nowhere.mp3", "vocals"),
        ("pyproject.toml", "qwertyuiop"),
        ("pyproject.toml", "guitarless"),
        ("pyproject.toml", "vocals", "--format=mp3", "--quality=24"),
    ],
)
def test_what_cannot_be_asked_exits_2_with_one_sentence(arguments, tmp_path):
    done = stembot("separate", *arguments, "-o", tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_model_that_is_not_there_is_named_and_nothing_starts(tmp_path):
    done = stembot("separate", "x.mp3", "vocals", "--model", "nope", "-o", tmp_path)
    assert done.returncode == 78
    assert "nope" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_finds_a_fresh_install_well(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "bots", "doctor"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "STEMBOT_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout
