"""Files on their way out: opened again for each try, gone afterwards, named so that Discord finds them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.chat.layout import batches
from bots.chat.messages import File
from bots.discord.platform import NONCE_LENGTH, nonce
from bots.discord.uploads import (
    BYTES_A_MESSAGE,
    FILES_A_MESSAGE,
    SavedFile,
    open_files,
    saved_files,
    with_plain_names,
)


def file(name: str, data: bytes) -> File:
    async def save(path: Path) -> None:
        path.write_bytes(data)

    return File(name, "Song", "", 1.0, len(data), "audio/mpeg", save)


async def test_files_are_there_for_every_try_and_gone_afterwards():
    """discord.py closes a file when its request has ended, so a second try opens it again."""
    async with saved_files([file("a.mp3", b"one"), file("a.mp3", b"two")]) as saved:
        for _ in range(2):
            files = await open_files(saved)
            assert [each.fp.read() for each in files] == [b"one", b"two"]
            assert [each.filename for each in files] == ["a.mp3", "a.mp3"]
            for each in files:
                each.close()
        folder = saved[0].path.parent
    assert not folder.exists()


async def test_a_failing_copy_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    async def save(_: Path) -> None:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - any will do
        async with saved_files([File("a.mp3", "", "", 1.0, 1, "", save)]):
            pass
    assert list(tmp_path.iterdir()) == []


def test_names_in_a_card_are_what_discord_can_refer_to():
    named = with_plain_names(
        [SavedFile(Path("0"), "Süße *Träume* (drumless).mp3"), SavedFile(Path("1"), "音楽.flac")]
    )
    assert [each.name for each in named] == ["1_S_e_Tr_ume_drumless.mp3", "2_.flac"]


def test_a_nonce_fits_and_tells_parts_apart():
    assert len(nonce("order-1", "a")) == NONCE_LENGTH
    assert nonce("order-1", "a") == nonce("order-1", "a")
    assert nonce("ab", "c") != nonce("a", "bc")


@given(st.lists(st.integers(0, 2 * BYTES_A_MESSAGE), max_size=30))
def test_files_go_out_in_order_and_no_message_is_too_much(sizes):
    """A file that is too much even alone still goes, alone."""
    files = [SavedFile(Path(str(number)), f"{number}.wav", size) for number, size in enumerate(sizes)]
    messages = batches(files, FILES_A_MESSAGE, BYTES_A_MESSAGE)
    assert [each for message in messages for each in message] == files
    for message in messages:
        assert 1 <= len(message) <= FILES_A_MESSAGE
        assert len(message) == 1 or sum(each.size_bytes for each in message) <= BYTES_A_MESSAGE
