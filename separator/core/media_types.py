"""Which files look like sound or video, before a byte of them is read."""

from __future__ import annotations

import mimetypes

#: File extensions of sound and video, which clients often send without a content type, or with a wrong one.
MEDIA_EXTENSIONS = frozenset(
    {"aac", "ac3", "aif", "aifc", "aiff", "amr", "ape", "caf", "dsf", "flac", "m4a", "m4b", "mp3", "oga"}
    | {"ogg", "opus", "spx", "wav", "wave", "wma", "wv"}
    | {"3gp", "avi", "mka", "mkv", "mov", "mp4", "webm"}
)


def is_media(name: str, content_type: str = "") -> bool:
    """Whether a file looks like sound or video.

    Args:
        name: The file name.
        content_type: Its media type as the sender's client tells it; may be empty.
    """
    kind = content_type or mimetypes.guess_type(name)[0] or ""
    _, dot, extension = name.lower().rpartition(".")
    return kind.startswith(("audio/", "video/")) or (bool(dot) and extension in MEDIA_EXTENSIONS)
