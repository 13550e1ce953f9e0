"""The command line of the product: the window, and what needs none."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cascade.standard_output import write_error
from experiments import (
    HIDDEN_COMMAND,
    SESSION_SUFFIX,
    StrangeFileError,
    is_address,
    path_of,
    run_child,
)
from experiments.commands.command_line import add_run_options, run_command
from experiments.commands.mirror import mirror_command
from experiments.commands.parsing import OneLineParser
from experiments.processes.unfinished import clean_up
from gui.commands.bench_command import bench_command
from gui.commands.plot_option import WindowHooks, add_plot_option
from gui.commands.recording_options import (
    render_command,
)
from gui.commands.window_command import window_command
from gui.recording.recorded_session import RECORDED, OpenedKind, kind_to_open
from gui.system.application import QtStartError
from gui.system.interrupts import exiting_at_once

SUBCOMMANDS: Final = ("run", "mirror", "sweep", "render", "bench", "help")

_FILE_OPTIONS: Final = {
    ".toml": "--preset",
    **dict.fromkeys((SESSION_SUFFIX, *RECORDED), "--session"),
}
"""What a file by itself on the command line means."""


def run(given: Sequence[str]) -> int:
    """Do what the command says; gives the exit code. Qt is loaded only when a window is needed."""
    with exiting_at_once(clean_up):
        try:
            if given and given[0] == "--":
                return _after_dashes(given[1:])
            if given and not given[0].startswith("-"):
                return _command(given[0], given[1:])
            return window_command(given)
        except QtStartError as error:
            write_error(f"fireflies: {error}\n")
            return 2


def _after_dashes(files: Sequence[str]) -> int:
    """Open the window with what follows ``--``: always a file, even if it looks like an option."""
    if len(files) > 1:
        return _refuse(f"one file at a time, got {files[0]} and {files[1]}")
    return _open_file(files[0], ()) if files else window_command(())


def _refuse(sentence: str) -> int:
    write_error(f"fireflies: {sentence}\n")
    return 2


def _command(name: str, given: Sequence[str]) -> int:
    """Run the command named first on the command line."""
    if name == "run":
        return _run(given)
    if name == "mirror":
        return mirror_command(given)
    if name == "render":
        return render_command(given)
    if name == "sweep":
        from experiments.commands.sweep_command import sweep_command
        from gui.commands.show_sweep import show_sweep

        return sweep_command(given, show_sweep)
    if name == "bench":
        return bench_command(given)
    if name == HIDDEN_COMMAND:
        return run_child(given)
    if name == "help":
        return run([*given[:1], "--help"])
    if not name or is_address(name) or Path(name).suffix or _is_there(name):
        return _open_file(name, given)
    close = difflib.get_close_matches(name, SUBCOMMANDS, n=1, cutoff=0.5)
    meant = f": did you mean {close[0]}?" if close else "."
    return _refuse(
        f"unknown command {name}{meant} There are {', '.join(SUBCOMMANDS)}, "
        "none at all for the window, and files to open; --help says more"
    )


def _is_there(name: str) -> bool:
    """Whether it is a path or an existing file; a folder's name may be a mistyped command."""
    return os.sep in name or (os.path.exists(name) and not os.path.isdir(name))


def _open_file(name: str, given: Sequence[str]) -> int:
    """Open the window with a file."""
    if not name:
        return _refuse("the file to open must have a name, got ''")
    try:
        path = path_of(name)
        option = _FILE_OPTIONS.get(path.suffix.lower())
        if option is None:
            option = "--preset" if kind_to_open(path) is OpenedKind.PRESET else "--session"
    except StrangeFileError as error:
        return _refuse(str(error))
    if given and not given[0].startswith("-"):
        return _refuse(f"one file at a time, got {name} and {given[0]}")
    return window_command([f"{option}={path}", *given])


def _run(given: Sequence[str]) -> int:
    parser = OneLineParser(
        prog="fireflies run", description="Run without a window, as fast as possible."
    )
    add_run_options(parser)
    add_plot_option(parser)
    return run_command(parser, given, WindowHooks())
