"""What looks like a song."""

from __future__ import annotations

import pytest

from separator import is_media


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("a.MP3", ""), ("a.flac", "application/octet-stream"), ("a", "audio/ogg"), ("a.bin", "video/mp4")],
)
def test_sound_and_video_are_known_by_type_or_name(name, content_type):
    assert is_media(name, content_type)


@pytest.mark.parametrize(
    ("name", "content_type"), [("a.txt", ""), ("mp3", "text/plain"), ("", ""), ("a.pdf", "")]
)
def test_other_files_are_not(name, content_type):
    """A name without a dot is no extension."""
    assert not is_media(name, content_type)
