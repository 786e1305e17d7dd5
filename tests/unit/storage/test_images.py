"""The image of a result in a chat: a PNG that any reader takes, whatever the peaks are."""

from __future__ import annotations

import struct
import zlib

import pytest

from bots.web.mixer.share_image import share_image
from storage.images import HEIGHT, WIDTH, encode_grey, waveform_image


def pixels(png: bytes) -> tuple[bytes, list[bytes]]:
    """Palette and rows of palette indexes, every checksum looked at."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, found = 8, {}
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        found[kind] = body
        at += 12 + length
    assert found[b"IHDR"][:8] == struct.pack(">II", WIDTH, HEIGHT)
    data = zlib.decompress(found[b"IDAT"])
    return found[b"PLTE"], [data[k + 1 : k + 1 + WIDTH] for k in range(0, len(data), WIDTH + 1)]


def test_each_stem_has_a_track_in_its_colour():
    palette, rows = pixels(waveform_image({"vocals": [255] * 500, "bass": [10] * 500}))
    assert len(rows) == HEIGHT
    assert palette[3:6] == b"\xf5\xa5\x24"
    top, bottom = b"".join(rows[: HEIGHT // 2]), b"".join(rows[HEIGHT // 2 :])
    assert set(top) == {0, 1}
    assert set(bottom) == {0, 2}
    assert top.count(1) > 5 * bottom.count(2), "louder is taller"


@pytest.mark.parametrize(
    "peaks",
    [{}, {"vocals": []}, {"vocals": [0]}, {"vocals": [0] * 9}, {"new": [3, 1]}, {"a": [255] * 100_000}],
)
def test_any_peaks_make_a_picture(peaks):
    _, rows = pixels(waveform_image(peaks))
    assert {len(row) for row in rows} == {WIDTH}


def test_the_spectrogram_is_painted_in_the_colours_of_its_stems():
    width = 400
    song = encode_grey(width, [b"\xff" * width, b"\x80" * width])
    masks = {
        "vocals": encode_grey(width, [b"\xff" * 200 + b"\0" * 200] * 2),
        "bass": encode_grey(width, [b"\0" * 200 + b"\xff" * 200] * 2),
    }
    png = share_image(song, masks)
    assert struct.unpack(">II", png[16:24]) == (WIDTH, HEIGHT)
    data = zlib.decompress(png[41 : 41 + int.from_bytes(png[33:37])])
    rows = [data[at + 1 : at + 1 + 3 * WIDTH] for at in range(0, len(data), 3 * WIDTH + 1)]
    assert rows[0][:3] == b"\xf5\xa5\x24"
    assert rows[0][-3:] == b"\x2e\xc4\x93"
    assert rows[-1][0] < 0.6 * rows[0][0], "softer is darker"


@pytest.mark.parametrize("broken", [b"", b"\x89PNG", b"x" * 100])
def test_what_is_no_picture_of_ours_is_not_painted(broken):
    with pytest.raises(ValueError, match="picture of ours"):
        share_image(broken, {})
