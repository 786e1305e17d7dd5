"""Exit codes of every program here."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a program ended; 0 is success."""

    FAILED = 1  #: a failure that is not the user's
    REFUSED = 2  #: the song or the request was refused; the user can correct it
    HUNG = 75  #: the device answers no more; starting again helps; EX_TEMPFAIL of sysexits.h
    CONFIG = 78  #: a setting is wrong, so starting again would not help; EX_CONFIG of sysexits.h
    INTERRUPTED = 130  #: Ctrl-C; shells report 128 + SIGINT
