"""`python -m bots …` and `stembot …`: the one place that builds settings and joins rooms."""

from __future__ import annotations

import sys

from bots.cli import run


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
