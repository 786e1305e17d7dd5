"""From stems to the files that a person asked for."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from mutagen import File

from separator.audio.decode import decode
from separator.audio.encode import Encoding, clip, open_lossless, quantize
from separator.audio.tags import SongTags, cover_from, read_tags
from separator.audio.true_peak import LOSSY_PEAK, true_peak
from separator.core.errors import UnknownWish
from separator.core.outputs import DRUMLESS, INSTRUMENTAL, VOCALS, Format, OutputSpec, Quality, Stem, only
from separator.pipeline.mixing import Source, fit_bitrate, is_estimated, make_mixes
from storage import Tags

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
ALONE = [kind for kind in Format if kind is not Format.STEM_MP4]  # that one: test_formats
FOUR = (Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER)


@pytest.fixture
def source(tmp_path):
    """Four stems of 2 s that are told apart by their noise."""

    def make(level=0.05, bits=16, tags=None) -> Source:
        paths = {}
        for number, stem in enumerate(FOUR):
            sound = np.random.default_rng(number).normal(0, level, (88_200, 2))
            paths[stem] = tmp_path / f"{stem.value}.flac"
            with open_lossless(paths[stem], Encoding(Format.FLAC, bits=bits)) as write:
                write(clip(quantize(sound, bits), bits))
        return Source(paths, "Song", tags or SongTags(Tags("Song", "Artist", "Album"), cover_from(PNG)))

    return make


def steps(path):
    return soundfile.read(path, dtype="int32")[0].astype(np.int64)


def test_drumless_and_drums_are_the_song_bit_for_bit(source, tmp_path):
    """A mix is a plain sum."""
    stems = source()
    made = make_mixes(OutputSpec((DRUMLESS, only(Stem.DRUMS)), format=Format.FLAC), stems, tmp_path / "out")
    total = sum(steps(file.path) for file in made)
    assert np.array_equal(total, sum(steps(path) for path in stems.stems.values()))


@pytest.mark.parametrize("bits", [16, 24])
def test_a_stem_by_itself_comes_out_as_it_is(source, tmp_path, bits):
    stems = source(bits=bits)
    (file,) = make_mixes(OutputSpec((VOCALS,), format=Format.WAV), stems, tmp_path / "out")
    assert np.array_equal(steps(file.path), steps(stems.stems[Stem.VOCALS]))
    assert soundfile.info(file.path).subtype == f"PCM_{bits}"


def test_a_sum_that_would_clip_is_scaled_with_the_other_files_of_the_wish(source, tmp_path):
    """So they still add up to one another."""
    stems = source(level=0.2)
    made = make_mixes(OutputSpec((DRUMLESS, only(Stem.DRUMS)), format=Format.FLAC), stems, tmp_path / "out")
    assert made[0].gain == made[1].gain < 1
    sounds = [soundfile.read(file.path)[0] for file in made]
    assert np.abs(sounds[0]).max() < 1
    song = sum(soundfile.read(path)[0] for path in stems.stems.values())
    assert np.abs(sum(sounds) - made[0].gain * song).max() < 2**-13, "rounding, and the noise before it"


@pytest.mark.parametrize("kind", ALONE)
def test_every_format_starts_and_ends_with_the_song_and_carries_its_tags(source, tmp_path, kind):
    """0 samples of offset, lossy formats included; title, artist, album and cover come along."""
    (file,) = make_mixes(OutputSpec((DRUMLESS,), format=kind), source(), tmp_path / "out")
    assert file.path.name == f"Song (drumless).{kind.value}"
    assert (file.samples, file.duration_s, file.size_bytes) == (88_200, 2.0, file.path.stat().st_size)
    song = decode(file.path, tmp_path / "back.f32")
    assert song.samples == 88_200, "every one of them says where its last packet's sound ends"
    back = np.fromfile(song.path, dtype="<f4").reshape(-1, 2)[:88_200]
    stems = source().stems
    expected = sum(soundfile.read(stems[stem])[0] for stem in FOUR if stem is not Stem.DRUMS)
    match = np.fft.irfft(np.fft.rfft(back[:, 0], 1 << 18) * np.conj(np.fft.rfft(expected[:, 0], 1 << 18)))
    assert np.argmax(match) == 0
    tags = read_tags(file.path)
    assert tags.tags == Tags("Song (drumless)", "Artist", "Album")
    assert tags.cover.data == PNG


@pytest.mark.parametrize("kind", ALONE)
def test_a_song_without_tags_gets_a_title(source, tmp_path, kind):
    (file,) = make_mixes(OutputSpec((VOCALS,), format=kind), source(tags=SongTags()), tmp_path / "out")
    assert read_tags(file.path) == SongTags(Tags("Song (vocals)"))


def test_every_stem_is_a_file_of_its_own_and_nothing_else_is_left(source, tmp_path):
    made = make_mixes(OutputSpec(every_stem=True), source(), tmp_path / "out")
    names = [f"Song ({stem.value}).mp3" for stem in FOUR]
    assert [file.path.name for file in made] == names
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)


def test_a_wish_that_the_stems_do_not_allow_is_refused(source, tmp_path):
    with pytest.raises(UnknownWish):
        make_mixes(OutputSpec((only(Stem.GUITAR),)), source(), tmp_path / "out")


def test_stems_that_a_wish_does_not_need_need_not_be_there(source, tmp_path):
    stems = source()
    stems.stems[Stem.BASS].unlink()
    assert make_mixes(OutputSpec((VOCALS,)), stems, tmp_path / "out")


@pytest.mark.parametrize(
    ("song_s", "limit_bytes", "kbit"),
    [(240, 0, 320), (240, 10 << 20, 320), (300, 10 << 20, 192), (600, 10 << 20, 128), (1200, 10 << 20, 0)],
)
def test_the_bit_rate_steps_down_for_the_limit(song_s, limit_bytes, kbit):
    assert fit_bitrate(Format.MP3, song_s, limit_bytes) == kbit


def test_a_file_for_a_small_limit_is_within_it(source, tmp_path):
    stems = source()
    limit = 64 * 1024 + len(PNG) + 50_000  # 2 s at 192 kbit/s are 48 kB, at 320 kbit/s 80 kB
    (file,) = make_mixes(OutputSpec((DRUMLESS,)), stems, tmp_path / "out", limit)
    assert file.kbit == 192
    assert file.size_bytes <= limit
    (big,) = make_mixes(OutputSpec((DRUMLESS,)), stems, tmp_path / "big", 1000)
    assert big.kbit == 320, "nothing fits, so a link will carry the best"


def test_tags_of_a_stranger_stay_inside_the_folder(source, tmp_path):
    stems = source()
    evil = Source(stems.stems, "../../etc/passwd\n\x00CON", SongTags(Tags("../x")))
    (file,) = make_mixes(OutputSpec((VOCALS,)), evil, tmp_path / "out")
    assert file.path.parent == tmp_path / "out"
    assert file.path.exists()


def test_mixes_of_half_the_estimated_stems_are_estimates():
    """Drums, bass and other together are Spleeter's accompaniment, which is none."""
    estimated = {Stem.DRUMS, Stem.BASS, Stem.OTHER}
    assert is_estimated(DRUMLESS.parts(FOUR), estimated)
    assert is_estimated((Stem.BASS,), estimated)
    assert not is_estimated(INSTRUMENTAL.parts(FOUR), estimated)
    assert not is_estimated((Stem.VOCALS,), estimated)
    assert is_estimated((Stem.DRUMS,), {Stem.DRUMS})


def test_the_mp3_says_its_own_bit_rate(source, tmp_path):
    (file,) = make_mixes(OutputSpec((VOCALS,)), source(), tmp_path / "out")
    assert File(file.path).info.bitrate == 320_000


@pytest.mark.parametrize("kind", [Format.MP3, Format.M4A, Format.OGG])
def test_loud_music_has_room_for_what_lossy_coding_adds(source, tmp_path, kind):
    """A hard-limited master: 4.6 dB over full scale in mp3, 6.3 dB in m4a, and players cut that off."""
    stems = source(level=0.35)
    for path in stems.stems.values():
        sound, rate_hz = soundfile.read(path)
        soundfile.write(path, np.clip(3 * sound, -0.24, 0.24), rate_hz)
    [file] = make_mixes(OutputSpec((DRUMLESS,), format=kind), stems, tmp_path / "out")
    summed = sum(soundfile.read(stems.stems[stem], dtype="float32")[0] for stem in FOUR if stem != Stem.DRUMS)
    before = true_peak([summed], 44_100)
    assert file.gain * before == pytest.approx(LOSSY_PEAK, rel=0.01)
    [lossless] = make_mixes(OutputSpec((DRUMLESS,), format=Format.FLAC), stems, tmp_path / "flac")
    assert lossless.gain == 1, "a sum of lossless files that fits is exact"


def test_a_mix_that_has_to_be_rounded_to_16_bits_is_dithered_and_an_exact_one_is_not(source, tmp_path):
    fine = source(bits=24)
    [file] = make_mixes(
        OutputSpec((VOCALS,), format=Format.WAV, quality=Quality.BITS_16), fine, tmp_path / "out"
    )
    sound = soundfile.read(fine.stems[Stem.VOCALS], dtype="float32")[0]
    error = 32_768 * (soundfile.read(file.path, dtype="float32")[0] - sound)
    assert 0.4 < error.std() < 0.6, "rounding alone has 0.29 of a step, with triangular noise 0.5"
