"""A song's cover as the small JPEG that chats show beside it; a picture is as hostile as a song."""

from __future__ import annotations

from pathlib import Path

import imageio_ffmpeg

from separator.audio.sandbox import Limits, run_sandboxed
from storage import temp_dir

SIDE = 320  # pixels; Telegram takes no larger thumbnails (Bot API, sendAudio)
BYTES = 200_000  # likewise
_LIMITS = Limits(wall_s=10, cpu_s=10, memory_bytes=1 << 30, file_bytes=1)
_FORMATS = {"png": "png_pipe", "jpg": "jpeg_pipe"}  # demuxers; what a cover is was seen when it was taken in


def thumbnail(cover: bytes, extension: str) -> bytes:
    """A JPEG of at most 320 pixels a side, or nothing where the picture cannot be read.

    Args:
        cover: A JPEG or PNG.
        extension: `jpg` or `png`.
    """
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-loglevel", "error"),
        *("-protocol_whitelist", "pipe", "-f", _FORMATS.get(extension, "jpeg_pipe"), "-i", "pipe:0"),
        *("-frames:v", "1", "-vf", f"scale={SIDE}:{SIDE}:force_original_aspect_ratio=decrease"),
        *("-pix_fmt", "yuvj420p", "-q:v", "5", "-f", "mjpeg", "pipe:1"),
    ]
    with temp_dir() as folder:
        source = Path(folder, "cover")
        source.write_bytes(cover)
        with run_sandboxed(command, _LIMITS, Path(folder), source=source) as child:
            jpeg = child.stdout.read(BYTES + 1)
            complete = child.wait() == 0 if len(jpeg) <= BYTES else False
    return jpeg if complete else b""
