"""Locks that last as long as a process has a file open, whatever the number of that process.

The system takes such a lock back when the process ends, however it ends; so a process that has
got the number of a dead one, as happens in every container, is not taken for it. Some file
systems know no locks: there the file says who made it, down to the moment that process began.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import sys
import time
from pathlib import Path
from typing import IO, Final

from experiments.processes.process_identity import beginning_of, system_identity

_NO_LOCKS: Final = frozenset(
    getattr(errno, name)
    for name in ("ENOLCK", "ENOSYS", "EINVAL", "EOPNOTSUPP", "ENOTSUP")
    if hasattr(errno, name)
)

_LONGEST_WORDS: Final = 1_000
_FAR: Final = 1 << 30
"""Where Windows locks a byte: what is locked can't be read there."""

_UNKNOWN_FOR_S: Final = 24 * 3600.0
"""How long a process on another machine, which can't be checked, is assumed to live."""


class FileLock:
    """A file that this process owns from now on.

    Parameters
    ----------
    path
        The file; made if it isn't there.

    Raises
    ------
    BlockingIOError
        Another process has it, or another part of this one.
    OSError
        It can't be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = open(path, "r+b", buffering=0, opener=_make)  # noqa: SIM115
        try:
            self._take()
        except BaseException:
            self._file.close()
            raise

    def release(self) -> None:
        """Release the lock and remove the file."""
        if sys.platform == "win32":  # where an open file can't be taken away
            self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._file.close()

    def _take(self) -> None:
        if not _has_locked(self._file) and _lives(self._file):
            raise BlockingIOError(errno.EAGAIN, "it is in use", str(self._path))
        if not self._path.exists() or not os.path.samestat(
            os.fstat(self._file.fileno()), self._path.stat()
        ):  # its owner has just removed it
            raise BlockingIOError(errno.EAGAIN, "it is in use", str(self._path))
        self._file.truncate(0)
        self._file.seek(0)
        self._file.write("\n".join(_this_process()).encode())


def _make(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT, 0o666)


def _has_locked(file: IO[bytes]) -> bool:
    """Lock a file for this process; False if that can't be done on its file system.

    Raises
    ------
    BlockingIOError
        It is locked already.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(_FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return False
        raise BlockingIOError(errno.EAGAIN, "it is in use", file.name) from error
    return True


def _this_process() -> tuple[str, ...]:
    """Machine, its last start, the space of process numbers, number and beginning."""
    return (platform.node(), *system_identity(), str(os.getpid()), beginning_of(os.getpid()))


def _lives(file: IO[bytes]) -> bool:
    """Whether the process that a file names is still there, as far as can be known."""
    file.seek(0)
    words = tuple(file.read(_LONGEST_WORDS).decode("utf-8", "replace").split("\n"))
    if not any(words):
        return False  # nobody got as far as that
    here = _this_process()
    if len(words) == len(here) and words[:3] == here[:3] and words[3].isdigit():
        if here[1]:
            return beginning_of(int(words[3])) == words[4]
        return _is_running(int(words[3]))
    if len(words) == len(here) and words[0] == here[0] and words[1] != here[1]:
        return False  # the machine has been restarted since
    return time.time() - os.fstat(file.fileno()).st_mtime < _UNKNOWN_FOR_S


def _is_running(pid: int) -> bool:
    if sys.platform == "win32":
        return True  # asking by os.kill would end it there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
