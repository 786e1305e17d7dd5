"""The preview: the right part, heard first, and nothing done twice for it."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
import torch

from separator.audio.highlight import HighlightDetector
from separator.audio.pcm_file import PcmFile
from separator.core.outputs import Stem
from separator.inference.engine import Engine, cut_song
from separator.pipeline import preview
from separator.pipeline.separate import separate_song

RATE_HZ = 44_100


class Halves:
    """Two halves of what it sees, in windows of five seconds; remembers how many it saw."""

    stems = (Stem.VOCALS, Stem.ACCOMPANIMENT)
    estimated: frozenset[Stem] = frozenset()
    rate_hz, window, hop = RATE_HZ, 5 * RATE_HZ, 4 * RATE_HZ

    def __init__(self):
        self.seen = 0

    def separate(self, windows):
        self.seen += len(windows)
        return torch.stack([windows * 0.75, windows * 0.25], dim=1)


class Centred(Halves):
    centred = True


class Recorder:
    """An observer that records its calls."""

    def __init__(self, network=None):
        self.network, self.files, self.clips, self.seen_before = network, [], [], 0

    def on_decoded(self, song, device, peaks):
        self.song, self.device, self.peaks = song, device, peaks

    def on_files(self, files):
        self.files.append(files)

    def on_preview(self, clip):
        self.seen_before = self.network.seen
        self.clips.append((clip, [soundfile.read(each.path, dtype="int16")[0] for each in clip.stems]))


def song_with_a_voice(seconds, at, lasts=30):
    """Wide noise throughout, loud bass at the start, and somewhere a voice in the middle: (samples, 2)."""
    generator = np.random.default_rng(2)
    sound = generator.normal(0, 0.05, (seconds * RATE_HZ, 2))
    time_s = np.arange(10 * RATE_HZ) / RATE_HZ
    sound[: len(time_s)] += 0.4 * np.sin(2 * np.pi * 60 * time_s)[:, None]
    time_s = np.arange(lasts * RATE_HZ) / RATE_HZ
    voice = sum(0.1 * np.sin(2 * np.pi * hz * time_s) for hz in (300, 600, 900, 1500))
    sound[at * RATE_HZ : (at + lasts) * RATE_HZ] += voice[:, None]
    return sound


def frames_of(sound, path):
    path.write_bytes(sound.astype("<f4").tobytes())
    return PcmFile(path, RATE_HZ, len(sound))


def look_at(song, size=100_000):
    """As it is looked at while it is decoded, in blocks of any size."""
    detector = HighlightDetector(song.rate_hz)
    for block in song.blocks(size):
        detector.push(block)
    return detector.curve()


@pytest.mark.parametrize("network", [Halves(), Centred()])
@pytest.mark.parametrize("at", [0, 47, 90])
def test_the_part_with_the_voice_is_chosen(tmp_path, network, at):
    """Not the loud bass at the start, not the noise."""
    song = frames_of(song_with_a_voice(120, at), tmp_path / "song.f32")
    chosen = preview.choose_windows(song, look_at(song), cut_song(song, network), network)
    begins_s = chosen[0] * network.hop / RATE_HZ
    lasts_s = ((len(chosen) - 1) * network.hop + network.window) / RATE_HZ
    assert 25 < lasts_s <= preview.MAX_S
    assert abs(begins_s - at) <= 4


def test_a_song_whose_middle_is_nowhere_begins_with_its_start(tmp_path):
    """Silence, or a karaoke track: still some part is shown."""
    song = frames_of(np.zeros((90 * RATE_HZ, 2)), tmp_path / "song.f32")
    assert preview.choose_windows(song, look_at(song), cut_song(song, Halves()), Halves())[0] == 0


def test_a_short_song_has_no_preview(tmp_path):
    song = frames_of(song_with_a_voice(40, 0), tmp_path / "song.f32")
    assert not preview.choose_windows(song, look_at(song), cut_song(song, Halves()), Halves())


def test_a_look_does_not_depend_on_the_blocks_it_came_in(tmp_path):
    song = frames_of(song_with_a_voice(47, 10), tmp_path / "song.f32")
    small, large = look_at(song, 7_001), look_at(song, 10**7)
    assert len(large.voice) == 47 * 4
    np.testing.assert_allclose(small.voice, large.voice, rtol=1e-4, atol=1e-6)
    assert small.peaks.values() == large.peaks.values()


def test_a_song_that_begins_again_is_looked_at_anew():
    """The first stream of a file may be silent: what was seen of it is not the song."""
    detector = HighlightDetector(RATE_HZ)
    detector.push(np.ones((RATE_HZ, 2), dtype=np.float32))
    detector.begin()
    detector.push(np.zeros((RATE_HZ // 2 + 5, 2), dtype=np.float32))
    assert detector.curve().voice.tolist() == [0.0, 0.0]
    assert detector.curve().peaks.peak == 0.0


def test_the_outline_is_of_the_whole_song(tmp_path):
    song = frames_of(song_with_a_voice(47, 10), tmp_path / "song.f32")
    assert len(look_at(song).peaks.values()) == 47 * 20


@pytest.mark.parametrize("kind", [Halves, Centred])
def test_a_preview_comes_first_and_costs_no_window_twice(wav, tmp_path, kind):
    source = wav(song_with_a_voice(90, 47).clip(-1, 1))
    plain, network = kind(), kind()
    without = separate_song(source, tmp_path / "plain", Engine(plain, torch.device("cpu")))
    recorder = Recorder(network)
    reported = []
    parts = separate_song(
        source,
        tmp_path / "parts",
        Engine(network, torch.device("cpu")),
        observer=recorder,
        on_progress=reported.append,
    )
    [(clip, sounds)] = recorder.clips
    assert recorder.seen_before == 7 < network.seen == plain.seen
    done = [each.done for each in reported if each.stage == "separate"]
    assert done == list(range(1, plain.seen + 1))
    for one, other in zip(parts.stems, without.stems, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes()
    assert not [each for each in (tmp_path / "parts").iterdir() if each.is_dir()]
    assert all(len(sound) == clip.samples for sound in sounds)
    first = round(47 / 4) * 4 * RATE_HZ
    assert parts.highlight_s * RATE_HZ == first
    assert without.highlight_s is None
    song = soundfile.read(source, dtype="int16")[0][first : first + clip.samples]
    middle = slice(2 * RATE_HZ, -3 * RATE_HZ)
    assert np.abs(sum(sound.astype(int) for sound in sounds) - song)[middle].max() <= 1
    for sound in sounds:
        assert np.abs(sound[:20]).max() < np.abs(sound[middle]).max() / 10
        assert np.abs(sound[-20:]).max() < np.abs(sound[middle]).max() / 10
