"""``python -m experiments.run_fireflies``: the window, or with ``--headless`` a run without."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import entry_points

from cascade.standard_output import have_standard_streams, write_error
from experiments.commands import command_line
from experiments.processes.unfinished import exit_on_signals


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window through the installed command, so that this package needs no ``gui``."""
    have_standard_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "--headless" in given:
        given.remove("--headless")
        if arguments is None:  # this process is ours
            exit_on_signals()
        return command_line.main(given)
    for command in entry_points(group="console_scripts", name="fireflies"):
        if arguments is None:  # this process is ours, so let it be the command's
            sys.argv[1:] = given
            return int(command.load()() or 0)
        return int(command.load()(given) or 0)
    write_error(
        "fireflies is not installed here (pip install cascade-fireflies); "
        "--headless runs without a window\n"
    )
    return 2


if __name__ == "__main__":
    sys.exit(main())
