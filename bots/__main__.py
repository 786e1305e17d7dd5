"""`python -m bots …` and `stembot …`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    _skip_unused_imports(sys.argv[1:])
    from bots.cli.main import run  # noqa: PLC0415 - see above
    from bots.cli.terminal import protect_streams  # noqa: PLC0415

    protect_streams()
    sys.exit(run(sys.argv[1:]))


def _skip_unused_imports(words: list[str]) -> None:
    """Keep libraries from importing optional packages that this command never uses.

    rich: structlog and httpx import it; 5 MB in a service without a terminal, 30 ms of `--help`.
    cryptography: for Telegram Passport, which the bot does not offer; 10 MB.
    """
    service = words[:1] in (["bot"], ["web"]) and not (sys.stderr and sys.stderr.isatty())
    unused = ["rich"] if service or "--help" in words else []
    unused += ["cryptography"] if words == ["bot", "telegram"] else []
    for name in unused:
        sys.modules[name] = None  # type: ignore[assignment] # an import of it then raises ImportError


if __name__ == "__main__":
    main()
