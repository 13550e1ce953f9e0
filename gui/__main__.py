"""The command ``fireflies``: importing this loads neither Qt nor anything else that is large."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from gui.interrupts import leaving_at_once


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, or do what the command says. Gives the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    with leaving_at_once():  # a signal while things load must not end in a traceback
        from gui import command_line
    return command_line.run(given)


if __name__ == "__main__":
    sys.exit(main())
