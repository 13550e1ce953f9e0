"""The folder where sweeps of the window are kept, each in a folder of its own."""

from __future__ import annotations

import contextlib
import datetime
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from experiments import FileLock, make_folder

SWEEPS: Final = "sweeps"
"""The folder, beside that of runs."""

MOST_SWEEPS: Final = 50
"""Sweeps that are kept; older ones go when another one begins."""

_UNDER_WAY: Final = "under-way"
"""Marks a sweep that isn't finished, and that nobody has ended by hand."""

_LOCK: Final = "lock"


def new_sweep_path(folder: Path, names: Sequence[str]) -> Path:
    """A place for another sweep, over parameters of these names; room is made for it.

    Raises
    ------
    OSError
        No place can be made.
    """
    make_folder(folder)
    for old in _sweeps(folder)[MOST_SWEEPS - 1 :]:
        if _is_free(old):
            shutil.rmtree(old, ignore_errors=True)
    stem = f"{datetime.datetime.now():%Y-%m-%d %H.%M.%S} {' '.join(names)}"
    path, n = folder / stem, 1
    while path.exists():
        n += 1
        path = folder / f"{stem} {n}"
    return path


def mark_under_way(path: Path, *, is_under_way: bool) -> None:
    """Note that a sweep is under way, or that it has ended and is not to be offered."""
    with contextlib.suppress(OSError):
        if is_under_way:
            (path / _UNDER_WAY).touch()
        else:
            (path / _UNDER_WAY).unlink(missing_ok=True)


def cut_off_sweep(folder: Path) -> Path | None:
    """The latest sweep that ended before its time, with its process or its window."""
    marked = (path for path in _sweeps(folder) if (path / _UNDER_WAY).exists())
    return next(filter(_is_free, marked), None)


def _sweeps(folder: Path) -> list[Path]:
    """Folders of sweeps, the latest that something was done to first."""
    times: dict[Path, int] = {}
    with contextlib.suppress(OSError):
        for each in folder.iterdir():
            with contextlib.suppress(OSError):  # another window takes old ones away
                if each.is_dir():
                    times[each] = each.stat().st_mtime_ns
    return sorted(times, key=times.__getitem__, reverse=True)


def _is_free(path: Path) -> bool:
    """Whether no living process is at a sweep."""
    try:
        FileLock(path / _LOCK).release()
    except OSError:
        return False
    return True
