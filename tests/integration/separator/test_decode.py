"""Whatever a person sends becomes frames, or ends in a refusal that names its reason."""

from __future__ import annotations

import time

import numpy as np
import pytest
import soundfile

from separator.audio import decode as decode_module
from separator.audio.decode import DecodeLimits, decode
from separator.core.errors import (
    NoSound,
    NotAudio,
    Protected,
    SeparationFailed,
    SongRefused,
    SongTooLong,
    SongTooShort,
    Stopped,
)

REFUSED = {"07": NoSound, "29": NotAudio, "37": NotAudio}
#: Silent, or shorter than half a second.
NOTHING_TO_HEAR = {
    "17": SongTooShort,
    "19": SongTooShort,
    "31": NoSound,
    "33": SongTooShort,
    "35": NoSound,
    "d14": SongTooShort,
}


@pytest.fixture
def into(tmp_path):
    return tmp_path / "song.f32"


def frames_of(song) -> np.ndarray:
    return np.fromfile(song.path, dtype="<f4").reshape(-1, 2)


def awkward(shared, start):
    return next(path for path in (shared / "awkward").iterdir() if path.name.startswith(start))


@pytest.mark.parametrize(("start", "reason"), [*REFUSED.items(), *NOTHING_TO_HEAR.items()])
def test_what_cannot_be_separated_is_refused_with_its_reason(shared, into, start, reason):
    with pytest.raises(reason):
        decode(awkward(shared, start), into)


def test_every_other_awkward_file_decodes(shared, into):
    """And what comes is sound: finite, stereo, of the length it is counted to have."""
    for path in sorted((shared / "awkward").iterdir()):
        number = path.name.split("_")[0].split()[0]
        if number in REFUSED | NOTHING_TO_HEAR or path.suffix == ".md":
            continue
        song = decode(path, into)
        frames = frames_of(song)
        assert len(frames) == song.samples > 0, path.name
        assert np.isfinite(frames).all(), path.name
        assert song.peak == pytest.approx(np.abs(frames).max()), path.name


@pytest.mark.parametrize("start", ["d02", "d03", "d15", "ref"])
def test_a_lossless_file_has_the_songs_length_to_the_sample(shared, into, start):
    assert decode(awkward(shared, start), into).samples == 661_500


@pytest.mark.parametrize(("start", "delay"), [("d01", 256), ("d04", 0), ("d05", 0), ("d07", 0)])
def test_a_lossy_file_starts_where_the_song_starts(shared, into, start, delay):
    """0 samples of offset, but for the 256 that AC-3 has by design and says nothing of.

    One sample of play: a voice note at 17 kbit/s has its own idea of where a wave stands.
    """
    song = decode(awkward(shared, start), into)
    reference, _ = soundfile.read(awkward(shared, "ref"), dtype="float32")
    assert abs(offset(frames_of(song).mean(axis=1), reference.mean(axis=1)) - delay) <= 1
    assert abs(song.samples - 661_500) <= 1152 + delay  # a codec's frame


def offset(late: np.ndarray, early: np.ndarray) -> int:
    """By how many samples one sound lags behind another."""
    size = 1 << (len(late) + len(early)).bit_length()
    match = np.fft.irfft(np.fft.rfft(late, size) * np.conj(np.fft.rfft(early, size)))
    lag = int(np.argmax(np.abs(match)))
    return lag if lag < size // 2 else lag - size


def test_sixteen_bits_come_through_bit_for_bit(wav, into):
    source = wav()
    expected, _ = soundfile.read(source, dtype="int16")
    assert np.array_equal(np.rint(frames_of(decode(source, into)) * 32768).astype(int), expected)


def test_mono_is_carried_as_two_equal_channels(wav, into):
    source = wav(np.linspace(-0.5, 0.5, 44_100))
    frames = frames_of(decode(source, into))
    assert np.array_equal(frames[:, 0], frames[:, 1])
    assert frames.max() == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.flac", []),
        ("a.m4a", ["-c:a", "alac"]),
        ("a.aiff", []),
        ("a.caf", []),
        ("a.w64", []),
        ("a.wav", ["-rf64", "always"]),
        ("a.wav", ["-c:a", "pcm_f32le"]),
        ("a.wav", ["-c:a", "pcm_s24le"]),
        ("a.wav", ["-c:a", "pcm_s32le"]),
        ("a.wav", ["-c:a", "pcm_f64le"]),
        ("a.mka", ["-c:a", "pcm_s16le"]),
        ("a.wv", []),
        ("a.tta", []),
        ("a.au", []),
    ],
)
def test_lossless_containers_keep_every_sample(wav, convert, into, name, options):
    source = wav(name="source.wav")
    song = decode(convert(source, name, *options), into)
    expected, _ = soundfile.read(source, dtype="float32")
    assert np.array_equal(frames_of(song), expected)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp3", ["-b:a", "192k"]),
        ("a.m4a", ["-b:a", "192k"]),
        ("a.ogg", ["-c:a", "libvorbis"]),
        ("a.opus", ["-b:a", "128k"]),
        ("a.webm", ["-c:a", "libopus"]),
        ("a.mp4", ["-f", "mp4"]),
        ("a.wma", ["-c:a", "wmav2"]),
        ("a.mp2", []),
        ("a.eac3", []),
    ],
)
def test_lossy_files_start_with_the_song(wav, convert, into, name, options):
    """Encoder delay is trimmed where the file tells it; the old formats do not tell, and have theirs.

    ffmpeg's WMA decoder drops what Microsoft's encoder puts first; its own encoder does not put it.
    """
    delay = {"a.wma": -2048, "a.mp2": 481, "a.eac3": 256}.get(name, 0)
    source = wav(name="source.wav")
    song = decode(convert(source, name, *options), into)
    expected, _ = soundfile.read(source, dtype="float32")
    assert offset(frames_of(song)[:, 0], expected[:, 0]) in {0, delay}


def test_the_first_stream_that_has_sound_is_taken(wav, convert, into):
    """A silent first track (a camera's unused input) is no reason to refuse."""
    silent, song = wav(np.zeros((88_200, 2)), "silent.wav"), wav(name="song.wav")
    both = convert(silent, "both.mka", "-i", str(song), "-map", "0", "-map", "1", "-c:a", "flac")
    expected, _ = soundfile.read(song, dtype="float32")
    assert np.array_equal(frames_of(decode(both, into)), expected)


def test_a_first_stream_that_nobody_can_decode_is_passed_over(wav, convert, into):
    """Cameras and set-top boxes put codecs of their own before the sound that everybody knows."""
    noise, song = wav(np.random.default_rng(1).normal(0, 0.1, (9000, 2)), "noise.wav"), wav(name="song.wav")
    streams = ("-map", "0", "-map", "1", "-c:a:0", "pcm_s16le", "-c:a:1", "flac")
    both = convert(noise, "both.mka", "-i", str(song), *streams)
    both.write_bytes(both.read_bytes().replace(b"A_PCM/INT/LIT", b"A_XYZ/INT/LIT"))
    expected, _ = soundfile.read(song, dtype="float32")
    assert np.array_equal(frames_of(decode(both, into)), expected)


def test_a_title_that_looks_like_a_stream_changes_nothing(wav, convert, into):
    """What ffmpeg says of streams stands beside what the file says of itself."""
    title = ("-metadata", "title=Stream #0:0: Audio: flac, 24 bit\nStream #0:0: Audio: none")
    song = decode(convert(wav(), "song.flac", *title), into)
    assert (song.samples, song.over_16_bits) == (88_200, False)


def test_long_lyrics_do_not_hide_what_the_streams_are(wav, convert, into):
    """They are told before the streams; unheard, there is no second stream, and there are no 24 bits."""
    silent, song = wav(np.zeros((88_200, 2)), "silent.wav"), wav(name="song.wav", subtype="PCM_24")
    lyrics = ("-metadata", "lyrics=" + 20 * ("la " * 1600 + "\n"))
    streams = ("-map", "0", "-map", "1", "-c:a", "flac")
    both = decode(convert(silent, "both.mka", "-i", str(song), *streams, *lyrics), into)
    assert (both.samples, both.over_16_bits) == (88_200, True)


def test_all_streams_of_a_file_share_one_patience(wav, convert, into, monkeypatch):
    """Else eight silent ones could take eight times what a song may."""
    silent = wav(np.zeros((88_200, 2)), "silent.wav")
    three = convert(silent, "three.mka", "-map", "0", "-map", "0", "-map", "0", "-c:a", "flac")
    given, running = [], decode_module.run_sandboxed

    def spy(command, limits, *more, **named):
        given.append(limits.wall_s)
        return running(command, limits, *more, **named)

    monkeypatch.setattr(decode_module, "run_sandboxed", spy)
    with pytest.raises(NoSound):
        decode(three, into, limits=DecodeLimits(decoding_s=50))
    assert 50 >= given[0] > given[1] > given[2] > 0


def test_a_song_is_refused_as_soon_as_it_is_too_long(wav, into):
    """Not after the disk is full: decoding stops within a block of the limit."""
    source = wav(np.ones((44_100 * 120, 1)) * 0.1)
    with pytest.raises(SongTooLong) as refusal:
        decode(source, into, limits=DecodeLimits(max_s=3))
    assert refusal.value.facts["limit_s"] == 3
    assert into.stat().st_size < 44_100 * 8 * 20


def test_a_header_that_lies_about_length_is_not_believed(wav, into):
    source = wav()
    whole = bytearray(source.read_bytes())
    whole[40:44] = (2**32 - 1).to_bytes(4, "little")  # the size of the sound
    source.write_bytes(whole)
    assert decode(source, into).samples == 88_200


@pytest.mark.parametrize("rate_hz", [1, 2**32 - 5])
def test_a_header_that_lies_about_its_rate_costs_no_memory(wav, into, rate_hz):
    """At 1 Hz a file of 200 MB would become 70 TB of song."""
    source = wav()
    whole = bytearray(source.read_bytes())
    whole[24:28] = rate_hz.to_bytes(4, "little")
    source.write_bytes(whole)
    with pytest.raises(NotAudio):
        decode(source, into)
    assert not into.exists()


def test_a_song_of_a_low_rate_is_resampled_in_small_pieces(wav, into, monkeypatch):
    """Found by fuzzing: at 1 kHz a block of 1 MiB became 92 MB, several times over."""
    pieces, write = [], decode_module._PcmWriter.write

    def spy(writer, frames):
        pieces.append(len(frames))
        write(writer, frames)

    monkeypatch.setattr(decode_module._PcmWriter, "write", spy)
    source = wav(0.1 * np.ones((60_000, 1)), rate_hz=1000)
    assert decode(source, into).song_s == 60
    assert max(pieces) <= 2 * decode_module.MAX_BLOCK_SAMPLES


def test_a_torn_file_is_the_part_that_is_there(wav, convert, into):
    source = convert(wav(), "torn.mp3", "-b:a", "128k")
    source.write_bytes(source.read_bytes()[:16_000])
    assert 0.8 < decode(source, into).song_s < 1.2


def test_numbers_that_are_none_become_silence(wav, into):
    sound = np.full((44_100, 2), 0.25, dtype=np.float32)
    sound[100], sound[200], sound[300] = np.nan, np.inf, 1e30
    frames = frames_of(decode(wav(sound, subtype="FLOAT"), into))
    assert np.isfinite(frames).all()
    assert not frames[100].any()
    assert not frames[200].any()
    assert frames.max() == pytest.approx(decode_module.MAX_AMPLITUDE)


def test_decoding_can_be_given_up(wav, into):
    def stop():
        raise Stopped

    with pytest.raises(Stopped):
        decode(wav(), into, check=stop)


def test_a_decoder_that_takes_for_ever_is_ended(wav, into):
    """And no part of a song is taken for the song."""
    source = wav(np.ones((44_100 * 600, 1)) * 0.1)
    began = time.monotonic()
    with pytest.raises((SeparationFailed, NotAudio)):
        decode(source, into, limits=DecodeLimits(max_s=4000, decoding_s=0.05))
    assert time.monotonic() - began < 20


def test_a_locked_song_is_called_locked(wav, convert, into):
    source = convert(wav(), "locked.m4a")
    source.write_bytes(source.read_bytes().replace(b"mp4a\0\0\0\0\0\0", b"drms\0\0\0\0\0\0"))
    with pytest.raises(Protected):
        decode(source, into)


def test_a_name_is_never_an_option_or_an_address(wav, into, tmp_path):
    source = wav()
    for name in ("-i.wav", "http:--x.wav", "concat:a|b.wav", "%d.wav", "a\nb.wav"):
        assert decode(source.rename(tmp_path / name), into).samples == 88_200
        source = tmp_path / name


def test_every_refusal_is_one_the_sender_can_mend():
    for kind in (NoSound, NotAudio, Protected, SongTooLong, SongTooShort):
        assert issubclass(kind, SongRefused)
