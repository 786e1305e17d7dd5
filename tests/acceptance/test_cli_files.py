"""`stembot separate` with the files, folders, pipes and terminals that people really have."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from separator.inference.catalog.cards import CARDS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def bugs(shared) -> Path:
    """Files that failed for people, with what each must give in its README."""
    return shared / "bugs"


def environment(**values: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("STEMBOT_")}
    return {**clean, "PYTHONPATH": str(ROOT), **values}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "bots", "separate", *(os.fsdecode(str(each)) for each in arguments)]


def separate(
    folder: Path, *arguments: object, stdin: bytes = b"", **values: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in an empty folder; text that is no UTF-8 is kept as it is."""
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(**values),
        input=stdin.decode("latin-1"),
        capture_output=True,
        encoding="latin-1",
        check=False,
        timeout=300,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode in {2, 78}, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "{" not in done.stderr


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def energies(folder: Path) -> dict[str, float]:
    sounds = {path.name: soundfile.read(path)[0] for path in sorted(folder.iterdir())}
    return {name: round(float(np.square(sound).sum()), 1) for name, sound in sounds.items()}


def test_two_songs_at_once_into_one_folder_keep_their_own_sound(bugs, tmp_path):
    """Their temporary files had one name: empty files, and stems with the other song's sound."""
    songs = [bugs / "Alpha.mp3", bugs / "Beta.mp3"]
    for song in songs:
        assert separate(tmp_path, song, "all stems", "-o", tmp_path / "alone").returncode == 0
    running = [
        subprocess.Popen(command(song, "all stems", "-o", tmp_path / "both"), env=environment())
        for song in songs
    ]
    assert [each.wait(300) for each in running] == [0, 0]
    assert energies(tmp_path / "both") == energies(tmp_path / "alone")
    assert len(names(tmp_path / "both")) == 8


def test_a_song_of_the_same_title_takes_nothing_away(bugs, tmp_path):
    for song in ("01 first album.mp3", "01 second album.mp3"):
        assert separate(tmp_path, bugs / song, "vocals", "-o", "o").returncode == 0
    assert names(tmp_path / "o") == ["Intro (vocals) (2).mp3", "Intro (vocals).mp3"]


def test_a_result_never_replaces_its_own_song_even_when_asked_to(bugs, tmp_path):
    """The song is called as its result would be."""
    song = tmp_path / "Intro (vocals).mp3"
    song.write_bytes((bugs / "01 first album.mp3").read_bytes())
    before = song.read_bytes()
    assert separate(tmp_path, song, "vocals", "--overwrite", "-o", tmp_path).returncode == 0
    assert song.read_bytes() == before
    assert names(tmp_path) == ["Intro (vocals) (2).mp3", "Intro (vocals).mp3"]


def test_overwrite_replaces_what_was_there_but_nothing_of_the_same_run(bugs, tmp_path):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "Intro (vocals).mp3").write_bytes(b"of last week")
    songs = [bugs / "01 first album.mp3", bugs / "01 second album.mp3"]
    assert separate(tmp_path, *songs, "vocals", "--overwrite", "-o", "o").returncode == 0
    sizes = [path.stat().st_size for path in (tmp_path / "o").iterdir()]
    assert len(sizes) == 2
    assert min(sizes) > 50_000


def test_several_files_are_all_done(bugs, tmp_path):
    done = separate(tmp_path, bugs / "a.mp3", bugs / "b.mp3", "-o", "o", "drumless", "--json")
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(each["source"]).name for each in results] == ["a.mp3", "b.mp3"]
    assert names(tmp_path / "o") == ["a (drumless).mp3", "b (drumless).mp3"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("{song}", "gone.wav", "drumless"),  # was taken for a wish: "as wav"
        ("{song}", "{folder}", "drumless"),
        ("{folder}", "drumless"),
        ("*.ogg", "drumless"),
        ("drumless",),
        ("-o", "o"),
        ("{song}", "drumless", "--qality=24"),
        ("/dev/null", "vocals"),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_done(bugs, tmp_path, arguments):
    (tmp_path / "album").mkdir()
    facts = {"song": bugs / "a.mp3", "folder": tmp_path / "album"}
    done = separate(tmp_path, *(each.format(**facts) for each in arguments), "--json")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert names(tmp_path) == ["album"]


def test_a_refusal_with_json_is_an_object(tmp_path):
    done = separate(tmp_path, "gone.mp3", "vocals", "--json")
    error = json.loads(done.stdout)["error"]
    assert error["message"] == "There is no file gone.mp3."
    assert error["kind"] == "NoSuchFile"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp932"])
def test_a_pipe_that_cannot_show_a_title_gets_it_escaped(bugs, tmp_path, encoding):
    done = separate(tmp_path, bugs / "ongaku.mp3", "vocals", "-o", "o", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert names(tmp_path / "o") == ["音楽 (vocals).mp3"]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("doctor",), ("models", "list"), ("--help",)])
def test_other_commands_speak_to_such_a_terminal_too(tmp_path, words):
    done = subprocess.run(
        [sys.executable, "-m", "bots", *words],
        cwd=tmp_path,
        env=environment(PYTHONIOENCODING="ascii", STEMBOT_DATA_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_reader_that_goes_away_is_no_failure(bugs, tmp_path, more):
    with subprocess.Popen(
        command(bugs / "a.mp3", "vocals", "-o", "o", *more),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        child.stdout.close()
        told = child.stderr.read()
        assert child.wait(300) == 0, told
    assert "Traceback" not in told
    assert "BrokenPipe" not in told


def test_names_that_are_not_utf_8_are_taken_and_told_readably(bugs, tmp_path):
    folder = tmp_path / os.fsdecode(b"o-\xfc")
    done = separate(tmp_path, bugs / "a.mp3", "vocals", "-o", folder)
    assert done.returncode == 0, done.stderr
    assert names(folder) == ["a (vocals).mp3"]
    missing = separate(tmp_path, tmp_path / os.fsdecode(b"caf\xe9.mp3"), "vocals")
    assert missing.returncode == 2
    assert "udce9" not in missing.stderr
    assert "caf\\xe9.mp3" in missing.stderr


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A folder on a disk of 3 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("LOUD: no file system can be mounted here, so full disks are not tried")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(folder: Path, leave_bytes: int) -> None:
    status = os.statvfs(folder)
    (folder / "filling").write_bytes(bytes(status.f_bavail * status.f_frsize - leave_bytes))


@pytest.mark.parametrize("leave_bytes", [0, 200_000, 1_200_000])
def test_a_full_folder_is_named_and_nothing_is_left_in_it(bugs, tmp_path, small_disk, leave_bytes):
    """Where it can be seen it is told before the work, and otherwise when the disk is full."""
    fill(small_disk, leave_bytes)
    outputs = "all stems as wav" if leave_bytes > 1_000_000 else "vocals"
    done = separate(tmp_path, bugs / "Alpha.mp3", outputs, "-o", small_disk)
    assert_one_sentence(done)
    assert str(small_disk) in done.stderr
    assert names(small_disk) == ["filling"]


def test_a_full_folder_for_temporary_files_is_named(bugs, tmp_path, small_disk):
    done = separate(tmp_path, bugs / "a.mp3", "vocals", "-o", "o", TMPDIR=str(small_disk))
    assert_one_sentence(done)
    assert str(small_disk) in done.stderr
    assert names(small_disk) == []


def test_a_file_where_the_folder_should_be_is_named(bugs, tmp_path):
    (tmp_path / "o").write_text("a file")
    for out in ("o", "o/deeper"):
        done = separate(tmp_path, bugs / "a.mp3", "vocals", "-o", tmp_path / out)
        assert_one_sentence(done)
        assert str(tmp_path / out) in done.stderr


@pytest.fixture
def read_only_disk(tmp_path) -> Iterator[Path]:
    """A folder that root cannot write into either."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro,size=3m", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("LOUD: no file system can be mounted here, so read-only disks are not tried")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_read_only_folder_is_named(bugs, tmp_path, read_only_disk):
    done = separate(tmp_path, bugs / "a.mp3", "vocals", "-o", read_only_disk / "new")
    assert_one_sentence(done)
    assert str(read_only_disk / "new") in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing_behind(bugs, tmp_path, number):
    """Ctrl-C, `timeout`, a terminal that is closed."""
    spare = tmp_path / "tmp"
    spare.mkdir()
    songs = [bugs / "Alpha.mp3"] * 4
    with subprocess.Popen(
        # a suite that runs in the background has its children ignore Ctrl-C
        ["env", "--default-signal=INT", *command(*songs, "all stems", "-o", tmp_path / "o", "--json")],
        cwd=tmp_path,
        env=environment(TMPDIR=str(spare)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as child:
        child.stdout.readline()  # the first is done, the second begins
        child.send_signal(number)
        assert child.wait(60) == 128 + number
        told = child.stderr.read()
    assert "Traceback" not in told
    assert names(spare) == []
    assert [name for name in names(tmp_path / "o") if name.startswith(".")] == []


@pytest.mark.parametrize("way", ["-", "/dev/stdin", "fifo.mp3"])
def test_a_stream_is_separated(bugs, tmp_path, way):
    sound = (bugs / "a.mp3").read_bytes()
    if way == "fifo.mp3":
        os.mkfifo(tmp_path / way)
        with subprocess.Popen(command(way, "vocals", "-o", "o"), cwd=tmp_path, env=environment()) as child:
            (tmp_path / way).write_bytes(sound)
            assert child.wait(300) == 0
        assert names(tmp_path / "o") == ["fifo (vocals).mp3"]
        return
    done = separate(tmp_path, way, "vocals", "-o", "o", stdin=sound)
    assert done.returncode == 0, done.stderr
    assert names(tmp_path / "o") == ["Song (vocals).mp3"]


def test_ones_own_command_line_has_no_limit_but_the_one_that_was_set(tmp_path):
    """The limit of 20 minutes is for chats; where the operator set one, the refusal names the setting."""
    long = tmp_path / "long.wav"
    soundfile.write(long, np.tile(np.sin(np.arange(100_000) / 9) / 4, 97), 8000)  # 20 min and 12 s
    done = separate(tmp_path, long, "vocals", "-o", "o", STEMBOT_SONG_LIMIT_S="1200")
    assert_one_sentence(done)
    assert "STEMBOT_SONG_LIMIT_S" in done.stderr
    child = [sys.executable, "-m", "bots", "separate", str(long), "vocals", "-o", "o"]
    with subprocess.Popen(child, cwd=tmp_path, env=environment(TMPDIR=str(tmp_path)), text=True) as running:
        while running.poll() is None and not any(tmp_path.glob("stembot-*/.sound-*/vocals*")):
            continue  # until it is decoded, and so was not refused
        assert running.poll() is None
        running.terminate()
        assert running.wait(60) == 128 + signal.SIGTERM


def spoil(models: Path, name: str) -> None:
    models.mkdir(parents=True, exist_ok=True)
    for file in CARDS[name].files:
        with (models / file.name).open("wb") as spoiled:
            spoiled.truncate(file.size_bytes)


def test_spoiled_weights_are_replaced_by_the_embedded_model_which_is_told(bugs, tmp_path):
    name = "htdemucs"
    data = tmp_path / "data"
    spoil(data / "models", name)
    done = separate(tmp_path, bugs / "a.mp3", "vocals", "-o", "o", STEMBOT_DATA_DIR=str(data))
    assert done.returncode == 0, done.stderr
    assert "spleeter-rhythm" in done.stderr
    assert "damaged" in done.stderr
    spoil(data / "models", name)
    done = separate(
        tmp_path, bugs / "a.mp3", "vocals", "-o", "o", "--model", name, STEMBOT_DATA_DIR=str(data)
    )
    assert done.returncode == 2, "what was named is not replaced behind one's back"
    assert "models pull" in done.stderr


def test_a_model_that_nobody_knows_is_told_as_it_was_typed(bugs, tmp_path):
    done = separate(tmp_path, bugs / "a.mp3", "vocals", "--model", "nope")
    assert done.returncode == 78
    assert "STEMBOT_MODEL" not in done.stderr
    assert "--model" in done.stderr
