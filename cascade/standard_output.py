"""Standard output: writing to those who started the program, whatever they read it with.

What their terminal can't show is replaced; a reader that has gone, a full disk and
no stream at all (a window program on Windows, ``>&-`` in a shell) are no traceback.
Everything a command line prints goes through here.
"""

from __future__ import annotations

import os
import sys
from typing import IO


def have_standard_streams() -> None:
    """Give a process that was started without some of its standard streams silent ones.

    The next file to be opened would take the number of the missing stream, and whatever
    a library prints would go into it.
    """
    if os.name == "posix":
        number = os.open(os.devnull, os.O_RDWR)
        while number <= 2:
            os.set_inheritable(number, True)
            number = os.open(os.devnull, os.O_RDWR)
        os.close(number)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def write_out(prog: str, text: str = "") -> bool:
    """Write to stdout, all the way; if that fails, say so in a line on stderr and give False.

    Nothing is said of a reader that had enough, which is how ``| head`` ends.
    """
    try:
        _write(sys.stdout, text)
    except OSError as error:
        _give_up(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            write_error(f"{prog}: can't write to stdout: {error.strerror}\n")
        return False
    return True


def write_error(text: str) -> None:
    """Write to stderr; there is nobody left to tell if that fails."""
    try:
        _write(sys.stderr, text)
    except OSError:
        _give_up(sys.stderr)


def is_watched() -> bool:
    """Whether stderr is a terminal, where a line can overwrite itself."""
    return sys.stderr is not None and sys.stderr.isatty()


def _write(stream: IO[str] | None, text: str) -> None:
    if stream is None:
        return
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = getattr(stream, "encoding", None) or "ascii"
        stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


def _give_up(stream: IO[str]) -> None:
    """Lead a broken stream nowhere: the interpreter writes what it still holds at its end."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # not a file of the system at all
        return
