"""Strangers' tags: read where they can be, never trusted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import id3

from separator.audio.tags import COVER_BYTES, LONGEST, SongTags, cover_from, read_tags
from storage import Tags

JPEG = b"\xff\xd8\xff" + bytes(100)


def tagged(path, *frames):
    held = id3.ID3()
    for frame in frames:
        held.add(frame)
    held.save(path)
    with path.open("ab") as file:
        file.write(b"\xff\xfb\x90\x00" + bytes(413))  # one frame of mp3
        file.write(b"\xff\xfb\x90\x00" + bytes(413))
    return path


@pytest.mark.parametrize("name", ["a.flac", "a.m4a", "a.ogg", "a.mp3", "a.opus", "a.wma"])
def test_every_containers_names_are_understood(wav, convert, name):
    options = ["-metadata", "title=Тест", "-metadata", "artist=Ärtist", "-metadata", "album=アルバム"]
    options += ["-c:a", "libvorbis"] if name.endswith("ogg") else []
    assert read_tags(convert(wav(), name, *options)).tags == Tags("Тест", "Ärtist", "アルバム")


def test_awkward_files_never_break_the_reader(shared):
    titles = {path.name[:3]: read_tags(path) for path in (shared / "awkward").iterdir()}
    assert titles["d05"].cover is not None


@given(st.binary(max_size=400))
@settings(deadline=None, max_examples=50)
def test_noise_has_no_tags(tmp_path_factory, noise):
    for head in (b"ID3\x04\x00\x00\x00\x00\x02\x00", b"OggS\0\x02", b"fLaC\0\0\0\x22", b"\0\0\0\x18ftypM4A "):
        path = tmp_path_factory.mktemp("noise") / "song"
        path.write_bytes(head + noise)
        assert isinstance(read_tags(path), SongTags)


def test_titles_are_one_line_of_bearable_length(tmp_path):
    long = "a\nb\x00\u202ec" + "x" * 10_000
    tags = read_tags(tagged(tmp_path / "a.mp3", id3.TIT2(encoding=3, text=long))).tags
    assert len(tags.title) <= LONGEST
    assert tags.title.startswith("a b")
    assert tags.title.isprintable()


def test_the_front_cover_goes_before_others(tmp_path):
    back = id3.APIC(encoding=3, mime="image/jpeg", type=4, desc="back", data=JPEG + b"back")
    front = id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="front", data=JPEG + b"front")
    assert read_tags(tagged(tmp_path / "a.mp3", back, front)).cover.data.endswith(b"front")


@pytest.mark.parametrize("data", [b"", b"<svg onload=alert(1)>", b"GIF89a", JPEG + bytes(COVER_BYTES)])
def test_only_bearable_jpeg_and_png_are_covers(data):
    """What a tag claims to be a picture is looked at, not believed."""
    assert cover_from(data) is None


def test_a_picture_is_what_its_bytes_say():
    assert cover_from(JPEG).mime == "image/jpeg"
    assert cover_from(b"\x89PNG\r\n\x1a\n").ending == "png"
