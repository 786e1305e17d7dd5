"""Files under DRM are recognised by what their containers say."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from separator.audio.drm import is_protected


def box(name: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I", 8 + len(body)) + name + body


def mp4(entry: bytes) -> bytes:
    stsd = box(b"stsd", bytes(4), struct.pack(">I", 1), box(entry, bytes(28)))
    moov = box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", stsd)))))
    return box(b"ftyp", b"M4A isom") + box(b"mdat", bytes(5000)) + moov


@pytest.mark.parametrize("entry", [b"drms", b"enca", b"aavd"])
def test_a_locked_track_is_found_behind_the_sound(tmp_path, entry):
    """Bought music says so in its sample entry, which often stands at the file's end."""
    (tmp_path / "song").write_bytes(mp4(entry))
    assert is_protected(tmp_path / "song")


def test_wma_and_audible_headers_are_known(tmp_path):
    asf = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(30)
    (tmp_path / "wma").write_bytes(asf + bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"))
    (tmp_path / "aa").write_bytes(bytes(4) + b"\x57\x90\x75\x36" + bytes(20))
    assert is_protected(tmp_path / "wma")
    assert is_protected(tmp_path / "aa")


@pytest.mark.parametrize("content", [b"", b"ID3", mp4(b"mp4a"), mp4(b"mp4a")[:-30]])
def test_other_files_are_free(tmp_path, content):
    (tmp_path / "song").write_bytes(content)
    assert not is_protected(tmp_path / "song")


@given(st.binary(max_size=300), st.integers(0, 5100))
@settings(deadline=None, max_examples=50)
def test_torn_and_twisted_boxes_end(tmp_path_factory, noise, at):
    """A hostile file may nest boxes in circles and lie about sizes."""
    path = tmp_path_factory.mktemp("hostile") / "song"
    content = mp4(b"mp4a")
    path.write_bytes(content[:at] + noise + content[at:])
    is_protected(path)
