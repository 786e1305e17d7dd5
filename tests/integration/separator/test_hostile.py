"""Files that were made to do harm: to open others, to call out, to fill memory or disk, to never end."""

from __future__ import annotations

import resource
import socket
import struct
import subprocess
import threading
from contextlib import suppress

import pytest

from bots.i18n.translate import error_message
from separator.audio.decode import DecodeLimits, decode, ffmpeg
from separator.core.errors import NotAudio, SongRefused, SongTooLong

DAY_S = 24 * 3600

#: Ways to name another file inside a file, by what reads them; `{target}` is a path or an address.
SCRIPTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{target}\n#EXT-X-ENDLIST\n",
    "hls with a key": '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n#EXTINF:2,\n{target}\n',
    "hls behind an id3 tag": "ID3\x04\x00\x00\x00\x00\x00\x00#EXTM3U\n#EXTINF:2,\n{target}\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile '{target}'\n",
    "a list of files": "file '{target}'\n" * 10,
    "concat protocol": "concat:{target}|{target}\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    '<AdaptationSet mimeType="audio/mp4"><Representation id="1"><BaseURL>{target}</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns={target}\nc=IN IP4 127.0.0.1\nm=audio {port} RTP/AVP 0\n",
    "asx": '<asx version="3.0"><entry><ref href="{target}"/></entry></asx>',
    "asf redirector": "[Reference]\r\nRef1={target}?MSWMExt=.asf\r\n",
    "pls": "[playlist]\nNumberOfEntries=1\nFile1={target}\n",
    "ram": "{target}\n" * 4,
    "smil": '<smil><body><audio src="{target}"/></body></smil>',
    "imf": '<?xml version="1.0"?><AssetMap xmlns="http://www.smpte-ra.org/schemas/429-9/2007/AM"><AssetList>'
    "<Asset><ChunkList><Chunk><Path>{target}</Path></Chunk></ChunkList></Asset></AssetList></AssetMap>",
    "lavfi graph": "amovie={target}[out0]",
    "avisynth": 'DirectShowSource("{target}")\n',
    "metadata": ";FFMETADATA1\ntitle={target}\n",
    "subtitles": "1\n00:00:00,000 --> 00:00:02,000\n{target}\n",
}


@pytest.fixture
def into(tmp_path):
    return tmp_path / "song.f32"


@pytest.fixture
def trap():
    """A port of this machine that nobody should call; (port, who called)."""
    callers = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            with suppress(OSError):
                while True:
                    caller, _ = server.accept()
                    callers.append(caller.recv(200))
                    caller.close()

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], callers
        server.shutdown(socket.SHUT_RDWR)


def refused(source, into) -> SongRefused:
    """The refusal of a file, which has a sentence and has left no sound behind."""
    with pytest.raises(SongRefused) as refusal:
        decode(source, into)
    assert error_message(refusal.value)
    assert not into.exists() or into.stat().st_size == 0
    return refusal.value


@pytest.mark.parametrize("kind", SCRIPTS)
def test_a_file_that_names_another_opens_neither_file_nor_address(tmp_path, wav, into, trap, kind):
    """Whatever it calls itself: `.mp3` and `.m3u8` are tried, and every protocol that is a way out."""
    port, callers = trap
    targets = [str(wav(name="secret.wav")), f"http://127.0.0.1:{port}/song.wav", f"tcp://127.0.0.1:{port}"]
    for name, target in zip(("song.mp3", "song.m3u8", "song.wav"), targets, strict=True):
        source = tmp_path / f"sent-{name}"
        source.write_text(SCRIPTS[kind].format(target=target, port=port))
        refused(source, into)
    assert callers == []


def test_ffmpeg_would_call_if_it_were_let(tmp_path, trap):
    """So the test above means something: the same script, without our lists, does reach the port."""
    port, callers = trap
    script = tmp_path / "song.m3u8"
    script.write_text(SCRIPTS["hls"].format(target=f"http://127.0.0.1:{port}/song.ts"))
    command = [
        ffmpeg(),
        "-v",
        "quiet",
        "-protocol_whitelist",
        "file,http,tcp",
        "-i",
        script,
        "-f",
        "null",
        "-",
    ]
    subprocess.run(command, check=False, timeout=60)
    assert callers


@pytest.fixture
def borrowing(tmp_path, convert):
    """A QuickTime file whose sound is said to lie in another file (an alias record, as old Macs wrote it)."""

    def make(wav_file, target: str):
        source = convert(wav_file, "own.mov", "-c:a", "pcm_s16le")
        data = bytearray(source.read_bytes())
        record = bytes(10 + 1 + 27 + 12 + 1 + 63 + 16) + struct.pack(">HH", 1, 1) + bytes(16)
        path = target.encode() + b"\0" * (len(target) % 2)
        record += struct.pack(">HH", 2, len(path)) + path + struct.pack(">HH", 0xFFFF, 0)
        entry = struct.pack(">I4sI", 12 + len(record), b"alis", 0) + record
        at = data.index(b"dref") - 4
        old_size = struct.unpack_from(">I", data, at)[0]
        new = struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1) + entry
        for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
            place = data.rindex(name, 0, at) - 4 if name != b"dinf" else at - 8
            size = struct.unpack_from(">I", data, place)[0]
            struct.pack_into(">I", data, place, size + len(new) - old_size)
        data[at : at + old_size] = new
        start = data.index(b"mdat") + 4
        end = data.index(b"moov") - 4
        data[start:end] = bytes(end - start)  # nothing of its own to be heard
        result = tmp_path / "borrowing.mov"
        result.write_bytes(data)
        return result

    return make


def test_a_film_borrows_no_sound_from_another_file(tmp_path, wav, borrowing, into):
    """Told to, ffmpeg opens the other file, which shows that the reference is a real one."""
    secret = wav(name="secret.wav")
    source = borrowing(secret, str(secret))
    refused(source, into)
    options = ["-enable_drefs", "1", "-use_absolute_path", "1", "-v", "verbose"]
    command = [ffmpeg(), *options, "-i", str(source), "-f", "null", "-"]
    told = subprocess.run(command, check=False, timeout=60, capture_output=True, cwd=tmp_path).stderr
    assert b"secret.wav" in told


def test_a_film_borrows_no_sound_over_the_network(wav, borrowing, into, trap):
    port, callers = trap
    refused(borrowing(wav(), f"http://127.0.0.1:{port}/song.wav"), into)
    assert callers == []


def test_a_picture_is_no_song(tmp_path, into):
    source = tmp_path / "song.mp3"
    source.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    assert isinstance(refused(source, into), NotAudio)


def test_a_day_of_silence_is_refused_after_the_limit_and_not_after_the_day(tmp_path, convert, wav, into):
    """A silent mp3 of 86 MB lasts 24 hours; what is written until it is refused is the limit's length."""
    alone = ("-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0")  # every frame stands for itself
    options = ("-ar", "8000", "-ac", "1", "-b:a", "8k", "-af", "volume=0", *alone)
    second = convert(wav(), "second.mp3", *options).read_bytes()
    frame = second[72 * 5 : 72 * 6]  # 72 ms at 8 kbit/s are 72 bytes
    assert frame[:2] == second[:2]
    source = tmp_path / "day.mp3"
    with source.open("wb") as file:
        for _ in range(1000):
            file.write(frame * (DAY_S * 1000 // 72 // 1000))
    with pytest.raises(SongTooLong) as refusal:
        decode(source, into, limits=DecodeLimits(max_s=60))
    assert error_message(refusal.value)
    assert into.stat().st_size < 2 * 60 * 44_100 * 8


def test_a_file_that_unpacks_a_thousandfold_fills_neither_memory_nor_disk(tmp_path, into):
    """Silence in FLAC: 8 channels at 192 kHz, 370 MB of sound in 390 kB."""
    source = tmp_path / "bomb.flac"
    silence = ["-f", "lavfi", "-i", "anullsrc=channel_layout=7.1:sample_rate=192000", "-t", "60"]
    subprocess.run([ffmpeg(), "-v", "error", *silence, source], check=True, timeout=60)
    assert source.stat().st_size < 400_000
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SongTooLong):
        decode(source, into, limits=DecodeLimits(max_s=5))
    assert into.stat().st_size < 2 * 5 * 44_100 * 8
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 256 * 1024


def test_a_header_that_asks_for_gigabytes_gets_none(tmp_path, into):
    """A CAF file may claim a decoder's settings of any size, which ffmpeg would set aside at once."""
    settings_bytes = 1_900_000_000
    head = b"caff" + struct.pack(">HH", 1, 0) + b"desc" + struct.pack(">q", 32)
    head += struct.pack(">d4sIIIII", 44_100.0, b"aac ", 0, 0, 1024, 2, 0)
    source = tmp_path / "song.caf"
    source.write_bytes(head + b"kuki" + struct.pack(">q", settings_bytes) + bytes(5000))
    refused(source, into)


@pytest.mark.parametrize("megabytes", [16, 150, 250, 350])
def test_too_little_memory_is_never_taken_for_a_shorter_song(wav, into, monkeypatch, megabytes):
    """What ffmpeg could not hold is not the song's end: the song is refused, or it is whole."""
    monkeypatch.setattr("separator.audio.decode.MEMORY_BYTES", megabytes << 20)
    with suppress(SongRefused):
        assert decode(wav(), into).samples == 88_200
