"""The folder where running sessions are saved all the time, so that no run is ever lost."""

from __future__ import annotations

import contextlib
import datetime
import secrets
from pathlib import Path
from typing import Final

import platformdirs

from experiments import SESSION_SUFFIX, FileLock, in_plain_words, make_folder
from gui.kept.places import place_of_user

MOST_KEPT: Final = 20
"""Runs that are kept after their end."""

_LONGEST_PRESET: Final = 5_000
"""Characters, more than any path has."""

_LOCK_SUFFIX: Final = ".lock"
_MARK_SUFFIX: Final = ".running"
_MOMENT_SUFFIX: Final = ".moment"


def run_folder_path() -> Path:
    """Where the runs of this user are.

    Raises
    ------
    OSError
        There is no home.
    """
    state = place_of_user(lambda: platformdirs.user_state_path("fireflies", appauthor=False))
    return state / "runs"


class RunFolder:
    """Session files of running and of ended runs.

    A running one has a mark beside its file, which names its preset, and a lock for as long
    as its process lives: a mark without a lock means that the run was cut off. Any number of
    windows share the folder.

    Parameters
    ----------
    folder
        Where they are; made when it is needed.

    Attributes
    ----------
    place
        The same.
    """

    def __init__(self, folder: Path) -> None:
        self.place = folder
        self._locks: dict[Path, FileLock] = {}
        self._claimed: dict[Path, FileLock] = {}

    def begin(self, preset: str = "") -> Path:
        """A place for a run that begins, locked for as long as this process has it.

        Parameters
        ----------
        preset
            Name or file of the preset that it began with, for restoring it.

        Raises
        ------
        OSError
            No place can be made; its `strerror` says why in words.
        """
        make_folder(self.place)
        with in_plain_words(self.place, self.place / "a run"):
            while True:
                now = datetime.datetime.now().strftime("%Y-%m-%d %H.%M.%S")
                path = self.place / f"{now} {secrets.token_hex(3)}{SESSION_SUFFIX}"
                with contextlib.suppress(BlockingIOError):  # another window tidies up
                    self._locks[path] = FileLock(_lock_path(path))
                    break
            _mark_path(path).write_text(preset, "utf-8", "surrogateescape")
        return path

    def preset_of(self, path: Path) -> str:
        """Name or file of the preset that a run began with; empty if that isn't known."""
        try:
            with _mark_path(path).open(encoding="utf-8", errors="surrogateescape") as mark:
                return mark.read(_LONGEST_PRESET)
        except OSError:
            return ""

    def note_ended(self, path: Path) -> None:
        """Note that a run has ended normally, or is of no more interest; it is kept for a while."""
        with contextlib.suppress(OSError):
            _mark_path(path).unlink(missing_ok=True)
            moment_path(path).unlink(missing_ok=True)  # it is of use to those cut off alone
        for locks in (self._locks, self._claimed):
            if (lock := locks.pop(path, None)) is not None:
                lock.release()
        self._thin()
        self._sweep()

    def close(self) -> None:
        """Note that all runs of this process have ended normally; others may claim what it did."""
        for path in list(self._locks):
            self.note_ended(path)
        while self._claimed:
            self._claimed.popitem()[1].release()

    def claim(self, path: Path) -> bool:
        """Keep a run that was cut off from being offered in another window too.

        Lasts until its end is noted, or this folder closed; returns whether it was possible.
        """
        try:
            self._claimed[path] = FileLock(_lock_path(path))
        except OSError:
            return False
        return True

    def cut_off(self) -> list[Path]:
        """Runs that were cut off with their process, the latest first."""
        return [
            path
            for path in self._runs()
            if path not in self._locks and _mark_path(path).exists() and _is_free(path)
        ]

    def ended(self) -> list[Path]:
        """Runs that have ended, the latest first."""
        return [path for path in self._runs() if not _mark_path(path).exists()]

    def _thin(self) -> None:
        for path in self.ended()[MOST_KEPT:]:
            with contextlib.suppress(OSError):
                path.unlink()

    def _sweep(self) -> None:
        """Remove locks and marks that killed processes left without a run."""
        with contextlib.suppress(OSError):
            for lock in self.place.glob(f"*{_LOCK_SUFFIX}"):
                path = lock.with_name(lock.name.removesuffix(_LOCK_SUFFIX))
                is_of_use = path.exists() and _mark_path(path).exists()
                if not is_of_use and path not in self._locks and _is_free(path):
                    _mark_path(path).unlink(missing_ok=True)
                    moment_path(path).unlink(missing_ok=True)

    def _runs(self) -> list[Path]:
        times: dict[Path, float] = {}
        with contextlib.suppress(OSError):
            for each in self.place.iterdir():
                with contextlib.suppress(OSError):  # another window takes old ones away
                    if each.suffix == SESSION_SUFFIX:
                        times[each] = each.stat().st_mtime
        return sorted(times, key=times.__getitem__, reverse=True)


def moment_path(path: Path) -> Path:
    """Where the last state of a run is kept, beside its session."""
    return path.with_name(path.name + _MOMENT_SUFFIX)


def _is_free(path: Path) -> bool:
    """Whether no living process has a run; a lock that was left there is taken away."""
    try:
        FileLock(_lock_path(path)).release()
    except OSError:
        return False
    return True


def _mark_path(path: Path) -> Path:
    return path.with_name(path.name + _MARK_SUFFIX)


def _lock_path(path: Path) -> Path:
    return path.with_name(path.name + _LOCK_SUFFIX)
