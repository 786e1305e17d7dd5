"""`python -m separator file`: JSON lines out, an exit status that says whose fault it was."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from separator.__main__ import main
from separator.core.outputs import DRUMLESS, Format, OutputSpec
from separator.pipeline.mixing import Source, make_mixes
from separator.pipeline.separate import separate_song


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def run(*arguments) -> int:
    return main(["file", "--device", "cpu", "--model", "spleeter-rhythm", *map(str, arguments)])


def test_progress_comes_first_and_the_result_last(wav, tmp_path, capsys):
    assert run(wav(), "--outputs=-drums,drums:flac", "-o", tmp_path / "out") == 0
    *progress, last = lines(capsys)
    assert {"decode", "separate", "encode"} == {line["progress"]["stage"] for line in progress}
    result = last["result"]
    assert result["model"] == "spleeter-rhythm"
    assert result["song_s"] == 2.0
    assert result["files"].keys() == {"drumless", "drums"}
    assert all(soundfile.info(path).frames == 88_200 for path in result["files"].values())


def test_the_samples_are_those_of_the_same_functions_elsewhere(wav, engine, tmp_path, capsys):
    """A worker calls `separate_song` and `make_mixes` too, so chat and command line give the same song."""
    source = wav()
    assert run(source, "--outputs=-drums:flac", "-o", tmp_path / "out") == 0
    path = lines(capsys)[-1]["result"]["files"]["drumless"]
    parts = separate_song(source, tmp_path / "parts", engine)
    outputs = OutputSpec((DRUMLESS,), format=Format.FLAC)
    (file,) = make_mixes(outputs, Source(parts.paths(), "Song"), tmp_path / "again")
    assert np.array_equal(soundfile.read(path)[0], soundfile.read(file.path)[0])


@pytest.mark.parametrize(
    ("content", "outputs", "kind"),
    [
        (b"no song", "vocals:mp3", "NotAudio"),
        (b"", "vocals:mp3", "NotAudio"),
        (None, "guitar:mp3", "UnknownWish"),
        (None, "nonsense", "UnknownWish"),
    ],
)
def test_what_a_person_can_mend_ends_with_2(wav, tmp_path, capsys, content, outputs, kind):
    source = wav()
    if content is not None:
        source.write_bytes(content)
    assert run(source, f"--outputs={outputs}", "-o", tmp_path / "out") == 2
    assert lines(capsys)[-1]["error"]["kind"] == kind


def test_a_fault_of_ours_ends_with_1_and_still_has_a_last_word(tmp_path, capsys):
    assert run(tmp_path / "gone.mp3", "--outputs=vocals:mp3", "-o", tmp_path / "out") == 1
    assert lines(capsys)[-1]["error"]["kind"] == "SeparationFailed"


@pytest.mark.processes
def test_an_ended_command_leaves_nothing_behind(wav, tmp_path):
    """SIGTERM while it works: temporary sound goes, no half file is in the folder."""
    spare = tmp_path / "tmp"
    spare.mkdir()
    source = wav(0.1 * np.random.default_rng(1).normal(size=(44_100 * 120, 1)))
    command = [sys.executable, "-m", "separator", "file", "--device=cpu", "--outputs=vocals:mp3"]
    command += [f"--out={tmp_path / 'out'}", "--", str(source)]
    environment = {"TMPDIR": str(spare), "PATH": ""}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as child:
        assert '"separate"' in next(line for line in child.stdout if "decode" not in line)
        assert list(spare.iterdir())
        child.send_signal(signal.SIGTERM)
        assert child.wait(60) == 128 + signal.SIGTERM
    assert not list(spare.iterdir())
    assert not (tmp_path / "out").exists()
