"""Strangers' tags: read where they can be, never trusted."""

from __future__ import annotations

import io
import resource
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import id3

from separator.audio import tag_reader
from separator.audio.tag_reader import COVER_BYTES, MAX_CHARS
from separator.audio.tags import SongTags, cover_from, read_tags
from storage import Tags

JPEG = b"\xff\xd8\xff" + bytes(100)
FRAMES = 2 * (b"\xff\xfb\x90\x00" + bytes(413))  # of silent mp3


def tagged(path, *frames):
    held = id3.ID3()
    for frame in frames:
        held.add(frame)
    held.save(path)
    with path.open("ab") as file:
        file.write(FRAMES)
    return path


def synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


@pytest.mark.parametrize("name", ["a.flac", "a.m4a", "a.ogg", "a.mp3", "a.opus", "a.wma"])
def test_every_containers_names_are_understood(wav, convert, name):
    options = ["-metadata", "title=Тест", "-metadata", "artist=Ärtist", "-metadata", "album=アルバム"]
    options += ["-c:a", "libvorbis"] if name.endswith("ogg") else []
    assert read_tags(convert(wav(), name, *options)).tags == Tags("Тест", "Ärtist", "アルバム")


def test_awkward_files_never_break_the_reader(shared):
    (path,) = (shared / "awkward").glob("d05*")
    cover = read_tags(path).cover
    assert cover.mime == "image/png"
    assert 2_000_000 < len(cover.data) < 3_000_000
    assert read_tags(shared / "awkward" / "README.md") == SongTags()


@given(st.binary(max_size=400))
@settings(deadline=None, max_examples=50)
def test_noise_has_no_tags(noise):
    """Whatever the reader raises is an `Exception`, which its `main` turns into an exit status."""
    for head in (b"ID3\x04\x00\x00\x00\x00\x02\x00", b"OggS\0\x02", b"fLaC\0\0\0\x22", b"\0\0\0\x18ftypM4A "):
        try:
            told, picture = tag_reader.read(io.BytesIO(head + noise), "song.mp3")
        except Exception:  # noqa: BLE001 - that is the claim
            continue
        assert told.keys() == {"title", "artist", "album", "mime"}
        assert len(picture) <= COVER_BYTES


def test_titles_are_one_line_of_bearable_length(tmp_path):
    long = "a\nb\x00\u202ec" + "x" * 10_000
    tags = read_tags(tagged(tmp_path / "a.mp3", id3.TIT2(encoding=3, text=long))).tags
    assert len(tags.title) <= MAX_CHARS
    assert tags.title.startswith("a b")
    assert tags.title.isprintable()


def test_the_longest_titles_of_the_widest_letters_come_whole(tmp_path):
    frames = [kind(encoding=3, text="𝄞" * 2 * MAX_CHARS) for kind in (id3.TIT2, id3.TPE1, id3.TALB)]
    assert read_tags(tagged(tmp_path / "a.mp3", *frames)).tags == Tags(*["𝄞" * MAX_CHARS] * 3)


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
    assert cover_from(b"\x89PNG\r\n\x1a\n").extension == "png"


def test_a_giant_cover_is_left_behind_and_the_title_is_not(tmp_path):
    giant = id3.APIC(encoding=3, mime="image/jpeg", type=3, desc="", data=JPEG + bytes(2 * COVER_BYTES))
    title = id3.TIT2(encoding=3, text="Song")
    assert read_tags(tagged(tmp_path / "a.mp3", giant, title)) == SongTags(Tags("Song"))


def test_a_frame_that_unpacks_to_gigabytes_costs_the_song_its_tags_and_us_nothing(tmp_path):
    """ID3 frames may be compressed: 4 MB of file would be 4 GB in our memory. The child has half of one."""
    packer = zlib.compressobj(9)
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    megabyte = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    body = synchsafe(1 << 27) + start + megabyte * 4096
    compressed = b"\x00\x09"  # with a length of what it unpacks to
    frame = b"APIC" + synchsafe(len(body)) + compressed + body
    path = tmp_path / "bomb.mp3"
    path.write_bytes(b"ID3\x04\x00\x00" + synchsafe(len(frame)) + frame + FRAMES)
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read_tags(path) == SongTags()
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - ours
    assert grown_kb < 64 * 1024


def test_boxes_that_are_nested_without_end_are_no_tags(tmp_path):
    """An MP4 of 8-byte boxes in one another would be a recursion of their number."""
    depth = 100_000
    nested = b"".join(struct.pack(">I4s", 8 * (depth - level), b"moov") for level in range(depth))
    path = tmp_path / "deep.m4a"
    path.write_bytes(struct.pack(">I4s4sI", 16, b"ftyp", b"M4A ", 0) + nested)
    assert read_tags(path) == SongTags()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("tagged.wav", ()),  # RIFF INFO
        ("tagged.webm", ("-c:a", "libopus")),
        ("tagged.mka", ("-c:a", "flac")),
        ("tagged.opus", ()),
        ("tagged.wma", ()),
        ("tagged.aiff", ("-write_id3v2", "1")),
        ("tagged.m4a", ()),
        ("tagged.avi", ("-c:a", "libmp3lame")),
    ],
)
def test_every_container_tells_its_title(wav, convert, name, options):
    """Some of them mutagen does not read; ffmpeg does."""
    path = convert(wav(), name, "-metadata", "title=Ein Lied", "-metadata", "artist=Wer", *options)
    tags = read_tags(path).tags
    assert tags.title == "Ein Lied"
    assert tags.artist == "Wer" or name == "tagged.avi"


@pytest.mark.parametrize("name", ["info_tags.wav", "tags.webm", "cp1251_title.mp3", "sjis_title.mp3"])
def test_titles_that_were_lost_for_people_are_read(shared, name):
    wanted = {
        "info_tags.wav": ("Info Title", "Info Artist"),
        "tags.webm": ("Mka Title", "Mka Artist"),
        "cp1251_title.mp3": ("Моя песня", "Группа"),
        "sjis_title.mp3": ("私の歌", "バンド"),
    }
    tags = read_tags(shared / "bugs" / name).tags
    assert (tags.title, tags.artist) == wanted[name]


def test_utf_16_without_its_mark_is_read(shared):
    assert read_tags(shared / "bugs" / "utf16_no_bom_title.mp3").tags.title == "Wide Title"
