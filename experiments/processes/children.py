"""Children: processes that run one module of this program, wherever the user happens to stand.

``python -m`` looks for modules in the current folder first: a ``random.py`` or a ``gui``
that lies there would be run instead of what was meant. So a child begins with nothing but
the standard library, and then looks where its parent looks.
"""

from __future__ import annotations

import errno
import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from cascade.standard_output import write_error
from experiments.processes.unfinished import ENDING_SIGNALS

HIDDEN_COMMAND: Final = "child"
"""By which a packaged program, which has no interpreter beside it, runs its own modules."""

_ROOT: Final = Path(__file__).parents[2]
_PACKAGES: Final = ("cascade", "experiments", "gui")

# With -S the path is the standard library's alone. `site` is called once the parent's folders
# are behind it: so these keep their order, and hooks of installed packages are there too.
_BEGIN: Final = (
    "import json, sys; module, more = sys.argv[1], json.loads(sys.argv[2]); "
    "sys.path += [each for each in more if each not in sys.path]; "
    "sys.argv[:3] = [module]; "
    "import site; site.main(); "
    "import runpy; runpy.run_module(module, run_name='__main__', alter_sys=True)"
)


def child_command(module: str, *arguments: str) -> list[str]:
    """The command line that runs a module of this program with some arguments.

    Raises
    ------
    FileNotFoundError
        There is no interpreter: Python is part of another program.
    """
    if not sys.executable:
        raise FileNotFoundError(errno.ENOENT, "there is no Python interpreter to start")
    if getattr(sys, "frozen", False):
        return [sys.executable, HIDDEN_COMMAND, module, *arguments]
    asked = {"-E": sys.flags.ignore_environment, "-s": sys.flags.no_user_site}
    flags = ("-P", "-S", *(flag for flag, is_set in asked.items() if is_set))
    return [sys.executable, *flags, "-c", _BEGIN, module, json.dumps(_places()), *arguments]


def code_command(code: str, *arguments: str) -> list[str]:
    """The command line that runs some code in a bare interpreter: isolated, with no program.

    Raises
    ------
    FileNotFoundError
        There is no interpreter: Python is part of another program.
    """
    if not sys.executable or getattr(sys, "frozen", False):
        raise FileNotFoundError("there is no Python interpreter beside this program")
    return [sys.executable, "-I", "-c", code, *arguments]


def start_child(
    module: str, *arguments: str, hears_signals: bool = True, **options: Any
) -> subprocess.Popen[str]:
    """Start a module of this program as a process.

    Parameters
    ----------
    module, arguments
        What to run.
    hears_signals
        Otherwise signals that end a program are held back from it, from its first moment on:
        those for the whole group are its parent's to answer.
    options
        Those of ``Popen``.

    Raises
    ------
    OSError
        It can't be started.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = child_command(module, *arguments)
    with nullcontext() if hears_signals else _holding_signals_back():
        return subprocess.Popen(command, env=environment, text=True, **options)


@contextmanager
def _holding_signals_back() -> Iterator[None]:
    """Hold signals back from this thread, and from the processes that it starts."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    held = {*ENDING_SIGNALS, signal.SIGQUIT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run_child(given: Sequence[str]) -> int:
    """What stands behind :data:`HIDDEN_COMMAND`: run a module of this program in this process."""
    if not given or given[0].partition(".")[0] not in _PACKAGES:
        write_error(f"{HIDDEN_COMMAND} takes a module of {', '.join(_PACKAGES)}\n")
        return 2
    sys.argv = list(given)
    runpy.run_module(given[0], run_name="__main__", alter_sys=True)
    return 0


def _places() -> list[str]:
    """Where this process looks for modules, the program's own folder among them.

    The current folder is there by chance, if it is: as an empty place it is left out, by
    name it comes last.
    """
    try:
        here = os.getcwd()
    except OSError:  # it has been taken away
        here = ""
    places = [os.path.normpath(os.path.join(here, each)) for each in sys.path if each]
    if str(_ROOT) not in places:
        places.insert(0, str(_ROOT))
    return sorted(places, key=lambda each: each == here and each != str(_ROOT))
