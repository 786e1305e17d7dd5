"""Files that are less than they say, or more than a decoder reads: what is there is separated, and told."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bots.chat.results import _describe_result
from separator.audio.decode import DecodeLimits, decode, ffmpeg
from separator.core.errors import NotAudio

from .conftest import noise_and_tone

if TYPE_CHECKING:
    from pathlib import Path


def lasts(source: Path, tmp_path: Path) -> float:
    return decode(source, tmp_path / "song.f32").song_s


def joined(tmp_path: Path, *parts: Path) -> Path:
    path = tmp_path / "chain.ogg"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


@pytest.mark.parametrize(
    "second",
    [
        ("-c:a", "libopus"),
        ("-c:a", "libvorbis", "-ar", "22050"),
        ("-c:a", "libvorbis", "-ac", "1"),
        ("-c:a", "libvorbis"),  # the same again: decoded in one go
        ("-c:a", "flac"),
    ],
)
def test_every_link_of_a_chain_is_decoded(wav, convert, tmp_path, second):
    """A captured radio stream: only the first part came out, silently."""
    first = convert(wav(), "first.ogg", "-c:a", "libvorbis")
    chain = joined(tmp_path, first, convert(wav(), "second.ogg", *second), first)
    assert lasts(chain, tmp_path) == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("song.m4a", ("-movflags", "+faststart", "-c:a", "aac")),
        ("song.mp3", ("-c:a", "libmp3lame")),  # its first frame counts the others
        ("song.flac", ()),
        ("song.mka", ("-c:a", "libopus")),
    ],
)
def test_a_download_that_broke_off_gives_what_is_there_and_says_so(wav, convert, tmp_path, name, options):
    whole = convert(wav(noise_and_tone(8 * 44_100)), name, *options)
    assert decode(whole, tmp_path / "song.f32").said_s == 0
    part = decode(cut(whole, 0.5), tmp_path / "song.f32")
    assert 2 < part.song_s < 6
    assert part.said_s == pytest.approx(8, abs=0.2)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("song.mp3", ("-write_xing", "0")),
        ("song.aac", ()),
        ("song.ogg", ()),
        ("song.caf", ()),
        ("other.wav", ()),
        ("song.aiff", ()),
        ("song.wma", ()),
        ("song.webm", ()),
        ("song.opus", ()),
        ("song.wv", ()),
        ("song.ts", ("-c:a", "mp2")),
    ],
)
def test_a_whole_file_is_never_called_a_part(wav, convert, tmp_path, name, options):
    assert decode(convert(wav(), name, *options), tmp_path / "song.f32").said_s == 0


def test_sound_that_is_shorter_than_its_picture_is_whole(wav, tmp_path):
    video = tmp_path / "video.mp4"
    picture = ("-f", "lavfi", "-i", "color=c=red:s=64x64:d=6:r=5")
    command = [ffmpeg(), "-v", "error", *picture, "-i", str(wav()), "-map", "0:v", "-map", "1:a", str(video)]
    subprocess.run(command, check=True, timeout=60)
    song = decode(video, tmp_path / "song.f32")
    assert (round(song.song_s, 1), song.said_s) == (2.0, 0)


@pytest.mark.parametrize(
    "junk", [b"HTTP/1.1 200 OK\r\nContent-Type: audio/ogg\r\n\r\n", b"\0" * 3000, b"x" * 777]
)
@pytest.mark.parametrize("name", ["song.ogg", "song.flac", "song.m4a"])
def test_what_stands_before_the_sound_is_skipped(wav, convert, tmp_path, junk, name):
    path = convert(wav(), name)
    path.write_bytes(junk + path.read_bytes())
    assert lasts(path, tmp_path) == pytest.approx(2, abs=0.1)


def test_the_track_that_is_flagged_as_default_is_the_song(wav, tmp_path):
    """As a player plays it; the first is a commentary."""
    other = wav(np.full((44_100, 2), 0.5), "comment.wav")
    film = tmp_path / "film.mka"
    flags = ("-map", "0:a", "-map", "1:a", "-disposition:a:0", "0", "-disposition:a:1", "default")
    command = [ffmpeg(), "-v", "error", "-i", str(other), "-i", str(wav()), *flags, "-c:a", "flac", str(film)]
    subprocess.run(command, check=True, timeout=60)
    assert lasts(film, tmp_path) == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_damaged_file_is_not_called_silent(wav, convert, tmp_path, seed):
    path = convert(wav(), "song.m4a", "-c:a", "aac", "-movflags", "+faststart")
    data = bytearray(path.read_bytes())
    start = data.find(b"mdat") + 4
    data[start:] = b"\xff" * (len(data) - start) if seed == 1 else bytes([0x55 + seed]) * (len(data) - start)
    path.write_bytes(bytes(data))
    with pytest.raises(NotAudio) as refused:
        decode(path, tmp_path / "song.f32", limits=DecodeLimits(min_s=0))
    assert refused.value.facts.get("limit") == "damaged"


def test_chats_are_told_of_the_missing_part():
    class _Order:
        outputs, language, limit_bytes = "-drums:mp3", "en", 0

    result = {"files": [], "song_s": 5.3, "said_s": 12.0}
    assert "only 5 s could be read" in _describe_result(_Order(), result, has_link=True)


def test_files_that_failed_for_people(shared, tmp_path):
    bugs = shared / "bugs"
    assert lasts(bugs / "chained_vorbis_then_opus.ogg", tmp_path) == pytest.approx(12, abs=0.1)
    assert lasts(bugs / "junk_before.ogg", tmp_path) > 3
    part = decode(bugs / "download_cut.m4a", tmp_path / "song.f32")
    assert (round(part.song_s, 1), part.said_s) == (5.3, 12.0)
