"""The outline of a waveform."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from separator.audio.peaks import PER_S, WaveformPeaks, peaks_json


@given(st.lists(st.integers(0, 5000), max_size=8))
def test_an_outline_does_not_depend_on_the_blocks_it_came_in(sizes):
    sound = np.sin(np.arange(2 * sum(sizes), dtype=np.float32)).reshape(2, -1)
    dealt, whole = WaveformPeaks(44_100), WaveformPeaks(44_100)
    at = 0
    for size in sizes:
        dealt.push(sound[:, at : at + size])
        at += size
    whole.push(sound)
    assert dealt.values() == whole.values()
    assert dealt.peak == whole.peak


def test_a_second_has_twenty_numbers_and_full_scale_is_255():
    peaks = WaveformPeaks(44_100)
    sound = np.zeros((2, 44_100), dtype=np.float32)
    sound[1, 2205 * 3 + 7] = -1.0
    peaks.push(sound)
    told = json.loads(peaks_json({"vocals": peaks}, gain=0.5))
    assert told["per_s"] == PER_S
    assert told["stems"]["vocals"] == [0, 0, 0, 128] + [0] * 16


def test_the_rest_after_the_last_whole_step_is_there_too():
    peaks = WaveformPeaks(44_100)
    peaks.push(np.full((2, 2206), 1.0, dtype=np.float32))
    assert peaks.values() == [255, 255]
