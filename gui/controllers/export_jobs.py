"""Export jobs: each is done in a thread, or by a process that repeats the run."""

from __future__ import annotations

import contextlib
import re
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Protocol

from experiments import SESSION_SUFFIX, ExportError, OnShare, start_child, write_whole

_LONGEST_END_S: Final = 1.0
_PROGRESS: Final = re.compile(rb"running: +(\d+) %")


class ExportCancelledError(Exception):
    """The export was cancelled."""


class Job(Protocol):
    """An export that is waiting, at work, or over."""

    path: Path
    takes_long: bool

    @property
    def share(self) -> float | None:
        """How much is done, in [0, 1]; None if that isn't known."""

    def start(self) -> None:
        """Begin; raises OSError if that is impossible."""

    def is_over(self) -> bool:
        """Whether it has ended, with or without success."""

    def fault(self) -> str | None:
        """Why there is no file, in a sentence; None after success, or if it was cancelled."""

    def give_up(self) -> None:
        """Cancel it: it ends soon, without a file."""

    def close(self) -> None:
        """Wait until it has ended, and release what it used."""


def session_beside(path: Path) -> Path:
    """The session that belongs to an export."""
    return path.with_name(path.name + SESSION_SUFFIX)


class Writing:
    """Writes in a thread what is already known.

    Parameters
    ----------
    path
        The file.
    work
        Writes it, and reports its progress to the callback given, which raises once the
        export is cancelled.
    session
        Contents of the session beside it.
    """

    takes_long = False

    def __init__(self, path: Path, work: Callable[[OnShare], object], session: bytes) -> None:
        self.path = path
        self.share: float | None = None
        self._work = work
        self._session = session
        self._is_given_up = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="export")

    def start(self) -> None:
        """Begin."""
        self._future = self._thread.submit(self._write)

    def is_over(self) -> bool:
        """Whether the thread is done."""
        return self._future.done()

    def fault(self) -> str | None:
        """Why there is no file; errors of the program itself are raised."""
        error = self._future.exception()
        if error is None or isinstance(error, ExportCancelledError):
            return None
        if isinstance(error, OSError):
            return f"{error.filename or self.path} can't be written: {error.strerror or error}"
        if isinstance(error, ExportError):
            return str(error)
        raise error

    def give_up(self) -> None:
        """End it at its next report of progress."""
        self._is_given_up = True

    def close(self) -> None:
        """Wait for the thread."""
        self._thread.shutdown()

    def _write(self) -> None:
        self._work(self._note)
        write_whole(session_beside(self.path), self._session)

    def _note(self, share: float) -> None:
        if self._is_given_up:
            raise ExportCancelledError
        self.share = share


class Repeating:
    """Repeats the run in a process of its own, which writes the file.

    Parameters
    ----------
    path
        The file.
    option
        The option of `fireflies run` that writes it, with its dashes.
    session
        Contents of the session beside it, which is repeated.
    population
        What computes the fireflies.
    is_large
        Whether the swarm is larger than usual.
    """

    takes_long = True

    def __init__(
        self, path: Path, option: str, session: bytes, population: str, *, is_large: bool
    ) -> None:
        self.path = path
        self._option = option
        self._session = session
        self._population = population
        self._is_large = is_large
        self._is_given_up = False
        self._was_there = True
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Write the session, and begin to repeat it."""
        beside = session_beside(self.path)
        self._was_there = beside.exists()
        write_whole(beside, self._session)
        self._folder = tempfile.TemporaryDirectory(prefix="fireflies-")
        self._said = Path(self._folder.name) / "said"
        with self._said.open("wb") as said:
            self._process = start_child(
                *("experiments.run_fireflies", "--headless", "--progress"),
                *("--session", str(beside), self._option, str(self.path)),
                *("--population", self._population),
                *(["--allow-large"] if self._is_large else []),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )

    @property
    def share(self) -> float | None:
        """The progress that the process reports."""
        told = _PROGRESS.findall(self._said.read_bytes())
        return int(told[-1]) / 100 if told else None

    def is_over(self) -> bool:
        """Whether the process has ended."""
        return self._process is None or self._process.poll() is not None

    def fault(self) -> str | None:
        """The last line that the process printed."""
        code = 0 if self._process is None else self._process.returncode
        if code == 0 or self._is_given_up:
            return None
        said = self._said.read_text(errors="replace").strip().rpartition("\n")[2]
        return said or f"exit code {code}"

    def give_up(self) -> None:
        """End the process; it cleans up after itself."""
        self._is_given_up = True
        if self._process is not None:
            self._process.terminate()

    def close(self) -> None:
        """Wait for the process, but not for long; remove a session that has no file."""
        if self._process is not None and self._is_given_up:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LONGEST_END_S)
            self._process.kill()
        is_made = self._process is not None and self._process.wait() == 0
        if not is_made and not self._was_there:
            session_beside(self.path).unlink(missing_ok=True)
        if self._folder is not None:
            self._folder.cleanup()
