"""Children that begin with the program loaded: forked from a process that has imported it once.

To import window and model takes a second of a core, each time. What a test's child does after
that is the same as in a process that was started; what is about the start itself, about imports
or about flags of the interpreter starts one. Elsewhere than on Linux nothing is imported ahead:
Apple's libraries don't let themselves be forked.
"""

from __future__ import annotations

import atexit
import functools
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import ModuleType, TracebackType
from typing import IO, Any, Final, Union

ROOT: Final = Path(__file__).parents[1]

_IMPORTED: Final = (
    ("gui.__main__", "gui.app", "gui.commands.command_line", "gui.instruments.coherence_view")
    if sys.platform == "linux"
    else ()
)
_A_WHILE_S: Final = 240.0


Process = Union["subprocess.Popen[str]", "Child"]


class Child:
    """A process that runs some code, with pipes of text.

    Parameters
    ----------
    code
        What it runs as ``__main__``; it may be indented.
    arguments
        Its ``sys.argv[1:]``.
    environment
        All of it.
    folder
        Where it stands.
    begins_session
        It leads a session and a group of processes of its own.
    errors
        Where it writes errors, if not into a pipe.

    Attributes
    ----------
    pid
        Of the process.
    returncode
        As ``subprocess`` has it; None while it runs.
    stdin, stdout, stderr
        What it is told and what it writes.
    """

    def __init__(
        self,
        code: str,
        *arguments: object,
        environment: Mapping[str, str] | None = None,
        folder: Path = ROOT,
        begins_session: bool = False,
        errors: IO[str] | None = None,
    ) -> None:
        self.returncode: int | None = None
        (their_input, tell), (heard, their_output), (told, their_errors) = (
            os.pipe() for _ in range(3)
        )
        ours, theirs = socket.socketpair()
        with tempfile.TemporaryFile("w+") as request, theirs:
            given = {
                "code": textwrap.dedent(code),
                "arguments": [str(each) for each in arguments],
                "environment": dict(os.environ if environment is None else environment),
                "folder": str(folder),
                "begins_session": begins_session,
            }
            json.dump(given, request)
            request.flush()
            request.seek(0)
            passed = [their_input, their_output, errors.fileno() if errors else their_errors]
            socket.send_fds(_parent(), [b"+"], [theirs.fileno(), request.fileno(), *passed])
        for file in (their_input, their_output, their_errors):
            os.close(file)
        self.stdin: IO[str] = os.fdopen(tell, "w")
        self.stdout: IO[str] = os.fdopen(heard)
        self.stderr: IO[str] = os.fdopen(told)
        self._told = ours.makefile("r")
        ours.close()
        self.pid = int(self._told.readline())

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        if self.returncode is None and select.select([self._told], [], [], 0.0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float = _A_WHILE_S) -> int:
        """Wait for its end; the exit code.

        Raises
        ------
        subprocess.TimeoutExpired
            It runs still.
        """
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a child", timeout)
            self.returncode = os.waitstatus_to_exitcode(int(self._told.readline()))
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it with -9, if it still runs."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float = _A_WHILE_S) -> tuple[str, str]:
        """Wait for its end, and give all that is left of its output and errors."""
        with suppress(BrokenPipeError):
            self.stdin.close()
        late = threading.Timer(timeout, self.kill)
        late.start()
        try:
            errors: list[str] = []
            reader = threading.Thread(target=lambda: errors.append(self.stderr.read()))
            reader.start()
            output = self.stdout.read()
            reader.join()
            self.wait()
        finally:
            late.cancel()
            late.join()
            self.close()
        return output, errors[0]

    def close(self) -> None:
        """Let go of the pipes."""
        for file in (self.stdin, self.stdout, self.stderr, self._told):
            with suppress(BrokenPipeError):
                file.close()

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.kill()
        self.wait()
        self.close()


@functools.cache
def _parent() -> socket.socket:
    """Start the process that is forked; how to ask it for children. It ends with this one."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-W", "error::ResourceWarning", "-m", __name__],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # threads are not forked
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _serve(control: socket.socket) -> dict[str, Any] | None:
    """Fork whenever that is asked for: what a child is to do, in that child; None at the end.

    Who asked is told the number of the child, and how it has ended.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: our parent's to answer
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    told: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([control.fileno(), woken], [], [])
        if woken in ready:
            os.read(woken, 1_000)
        while told and (ended := os.waitpid(-1, os.WNOHANG))[0]:
            with socket.socket(fileno=told.pop(ended[0])) as asker:
                asker.sendall(b"%d\n" % ended[1])
        if control.fileno() not in ready:
            continue
        asked, passed, _, _ = socket.recv_fds(control, 1, 5)
        if not asked:
            return None
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for file in (woken, wake, *told.values()):
                os.close(file)
            control.close()
            return _as_asked(*passed)
        for file in passed[1:]:
            os.close(file)
        os.write(passed[0], b"%d\n" % pid)
        told[pid] = passed[0]


def _as_asked(asker: int, request: int, *standard: int) -> dict[str, Any]:
    """Be the process that was asked for; what it is to run."""
    with open(request, encoding="utf-8") as file:
        given: dict[str, Any] = json.load(file)
    for k, each in enumerate(standard):
        os.dup2(each, k)
        os.close(each)
    os.close(asker)
    if given["begins_session"]:
        os.setsid()
    os.chdir(given["folder"])
    os.environ.clear()
    os.environ.update(given["environment"])
    sys.argv = ["-c", *given["arguments"]]
    sys.path[0] = ""
    return given


def _main() -> None:
    """Import the program, and fork: a child goes on from here as what it is to be."""
    for name in _IMPORTED:
        importlib.import_module(name)
    with socket.socket(fileno=os.dup(0)) as control:
        given = _serve(control)
    if given is not None:
        main = sys.modules["__main__"] = ModuleType("__main__")
        exec(compile(given["code"], "<string>", "exec"), vars(main))


if __name__ == "__main__":
    _main()
