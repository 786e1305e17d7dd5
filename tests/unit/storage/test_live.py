"""What can be heard of a separation that is being made: indexes, pieces, and the bytes in them."""

from __future__ import annotations

import io
import json
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from storage import LiveIndex, LiveStem, NotStored
from storage.flac_index import FlacIndexer
from storage.live import complete_pieces

STEM = LiveStem("vocals", False, b"\0" * 34, ((0, 86), (44_928, 1000), (89_856, 2100)), (86, 1000, 2100))
INDEX = LiveIndex("songs/aa/m@1/7-1", "aa", "m", "1", 44_100, 500_000, (STEM,), gain=0.9, generation=1)


def flac(seconds: float, block: int = 65_536) -> tuple[bytes, list[int]]:
    """A FLAC file, and how long it was after each block was written."""
    sound = np.random.default_rng(5).normal(0, 0.1, (int(seconds * 44_100), 2))
    out, lengths = io.BytesIO(), []
    with soundfile.SoundFile(out, "w", 44_100, 2, "PCM_16", format="FLAC", compression_level=0.25) as file:
        for start in range(0, len(sound), block):
            file.write(sound[start : start + block])
            lengths.append(len(out.getvalue()))
    return out.getvalue(), lengths


def test_an_index_is_read_as_it_was_written():
    assert LiveIndex.from_json(INDEX.to_json()) == INDEX


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"version": 1}', b'{"version": 2, "stems": []}'])
def test_what_is_no_live_index_is_refused(data):
    with pytest.raises(ValueError, match="live index"):
        LiveIndex.from_json(data)


def test_keys_that_a_later_version_adds_are_left_out():
    """During an update a web app reads what a newer worker writes; it called the song's link ended."""
    facts = json.loads(INDEX.to_json())
    facts["more"] = 1
    facts["stems"][0]["colour"] = "red"
    assert LiveIndex.from_json(json.dumps(facts).encode()) == INDEX


def test_what_is_ready_is_what_every_stem_has_and_in_the_end_the_song():
    slower = LiveStem("drums", True, b"", ((0, 86), (44_928, 900)), (86, 900))
    both = LiveIndex(**{**vars(INDEX), "stems": (STEM, slower)})
    assert both.ready_samples == 44_928
    assert LiveIndex(**{**vars(both), "manifest": "there"}).ready_samples == 500_000
    assert LiveIndex(**{**vars(INDEX), "stems": (LiveStem("drums", True, b"", (), ()),)}).ready_samples == 0


def test_a_segment_is_found_in_its_piece():
    assert INDEX.locate(STEM, 86, 1000) == ("songs/aa/m@1/7-1/live/1/vocals-0", 0, 914)
    assert INDEX.locate(STEM, 1200, 2100) == ("songs/aa/m@1/7-1/live/1/vocals-1", 200, 1100)


@pytest.mark.parametrize(("start", "end"), [(0, 86), (86, 1001), (2100, 2200), (300, 300), (-5, 90)])
def test_bytes_that_are_not_there_or_in_no_one_piece_are_not_found(start, end):
    with pytest.raises(NotStored):
        INDEX.locate(STEM, start, end)


@given(st.lists(st.integers(1, 2_000_000), max_size=8))
def test_a_file_that_grows_is_cut_where_the_finished_one_is(sizes):
    """So a player goes on with the finished file under the same numbers."""
    data, _ = FLAC
    whole = FlacIndexer()
    whole.feed(data)
    index = whole.finish()
    growing, at = FlacIndexer(), 0
    for size in [*sizes, len(data)]:
        growing.feed(data[at : at + size])
        at += size
        cuts = growing.cuts
        assert cuts == index.cuts[: len(cuts)]
    assert len(cuts) >= len(index.cuts) - 1


def test_a_file_that_is_being_written_has_its_frames_as_they_come():
    """The encoder holds back less than a segment, so what is separated can be heard."""
    data, lengths = FLAC
    for blocks, length in enumerate(lengths, 1):
        growing = FlacIndexer()
        growing.feed(data[:length])
        assert growing.cuts[-1].sample > min(blocks * 65_536, 264_600) - 2 * 44_928


@given(st.lists(st.integers(1, 100), min_size=1, max_size=40), st.integers(1, 400_000), st.integers(0, 40))
def test_pieces_are_whole_segments_one_after_another(lengths, least, stored):
    cuts = [(number * 44_928, 86 + sum(lengths[:number])) for number in range(len(lengths))]
    at = cuts[min(stored, len(cuts) - 1)][1] if stored else 0
    pieces = complete_pieces(cuts, at, least)
    sample = {byte: number for number, byte in cuts}
    assert all(one[1] == other[0] for one, other in pairwise(pieces))
    assert all(least <= sample[end] - sample[begin] < least + 44_928 for begin, end in pieces)
    assert not pieces or pieces[0][0] == (at or 86)


FLAC = flac(6.0)
