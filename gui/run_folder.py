"""The folder where running sessions are saved all the time, so that no run is ever lost."""

from __future__ import annotations

import contextlib
import datetime
import os
from pathlib import Path
from typing import Final

import platformdirs
from PySide6.QtCore import QLockFile

from experiments import SESSION_SUFFIX

MOST_KEPT: Final = 20
"""Runs that are kept after their end."""

_LOCK_SUFFIX: Final = ".lock"
_MARK_SUFFIX: Final = ".running"


def run_folder_path() -> Path:
    """Where the runs of this user are."""
    return platformdirs.user_state_path("fireflies", appauthor=False) / "runs"


class RunFolder:
    """Session files of runs that go on, and of those that have ended.

    A run that goes on has a mark beside its file, and a lock as long as its process
    lives: a mark without a lock tells of a run that was cut off.

    Parameters
    ----------
    folder
        Where they are; made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: dict[Path, QLockFile] = {}
        self._number = 0

    def begin(self) -> Path:
        """A place for a run that begins, locked for as long as this process has it.

        Raises
        ------
        OSError
            There can be none.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._number += 1
        now = datetime.datetime.now().strftime("%Y-%m-%d %H.%M.%S")
        path = self._folder / f"{now} {os.getpid()}-{self._number}{SESSION_SUFFIX}"
        lock = self._lock_of(path)
        if not lock.tryLock(0):
            raise OSError(0, "it can't be locked", str(path))
        self._locks[path] = lock
        _mark_path(path).touch()
        return path

    def note_ended(self, path: Path) -> None:
        """A run has ended as it should, or is of no more interest: it is kept for a while."""
        with contextlib.suppress(OSError):
            _mark_path(path).unlink(missing_ok=True)
        lock = self._locks.pop(path, None)
        if lock is not None:
            lock.unlock()
        self._thin()

    def close(self) -> None:
        """All runs of this process have ended as they should."""
        for path in list(self._locks):
            self.note_ended(path)

    def cut_off(self) -> list[Path]:
        """Runs whose process ended without a word, the latest first."""
        found = []
        for path in self._runs():
            if path in self._locks or not _mark_path(path).exists():
                continue
            lock = self._lock_of(path)
            if lock.tryLock(0):  # whoever had it is no more
                lock.unlock()
                found.append(path)
        return found

    def ended(self) -> list[Path]:
        """Runs that have ended, the latest first."""
        return [path for path in self._runs() if not _mark_path(path).exists()]

    def _thin(self) -> None:
        for path in self.ended()[MOST_KEPT:]:
            with contextlib.suppress(OSError):
                path.unlink()

    def _runs(self) -> list[Path]:
        try:
            runs = [each for each in self._folder.iterdir() if each.suffix == SESSION_SUFFIX]
            return sorted(runs, key=lambda path: path.stat().st_mtime, reverse=True)
        except OSError:
            return []

    def _lock_of(self, path: Path) -> QLockFile:
        lock = QLockFile(str(_lock_path(path)))
        lock.setStaleLockTime(0)  # a run may go on for days
        return lock


def _mark_path(path: Path) -> Path:
    return path.with_name(path.name + _MARK_SUFFIX)


def _lock_path(path: Path) -> Path:
    return path.with_name(path.name + _LOCK_SUFFIX)
