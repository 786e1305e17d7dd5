"""`python -m bots …` and `stembot …`: the one place that builds settings and joins rooms."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    _travel_light(sys.argv[1:])
    from bots.cli.main import run  # noqa: PLC0415 - see above

    sys.exit(run(sys.argv[1:]))


def _travel_light(words: list[str]) -> None:
    """Keep out of a room what its libraries load wherever it is installed, and what it never uses.

    rich: structlog and httpx would draw with it; 5 MB of each room that no terminal shows. cryptography: for
    Telegram Passport, which is no business of ours; 10 MB.
    """
    unused = ["rich"] if words[:1] in (["bot"], ["web"]) and not sys.stderr.isatty() else []
    unused += ["cryptography"] if words == ["bot", "telegram"] else []
    for name in unused:
        sys.modules[name] = None  # type: ignore[assignment] # Python's way to say that it is not there


if __name__ == "__main__":
    main()
