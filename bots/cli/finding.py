"""What a probe of the doctor found."""

from __future__ import annotations

from typing import NamedTuple

PROBE_S = 10.0  #: a probe that takes longer has failed


class CheckResult(NamedTuple):
    """Something that is well, or that somebody should mend; `key` names its sentence, `doctor.KEY`."""

    well: bool
    key: str
    facts: dict[str, float | str] = {}  # noqa: RUF012 - never written to
