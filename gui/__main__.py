"""The command ``fireflies``: importing this loads neither Qt nor anything else that is large."""

from __future__ import annotations

import sys

from gui.system.interrupts import exiting_at_once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, or do what the command says. Gives the exit code."""
    with exiting_at_once() as handlers:  # first of all: from here on no signal is a traceback
        try:
            from gui.system.loading import without_collecting

            with without_collecting():
                from cascade.standard_output import have_standard_streams
                from gui.commands import command_line

            have_standard_streams()
            return command_line.run(list(sys.argv[1:] if arguments is None else arguments))
        finally:
            if arguments is None:  # the process ends here
                handlers.ignore_from_now_on()


if __name__ == "__main__":
    sys.exit(main())
