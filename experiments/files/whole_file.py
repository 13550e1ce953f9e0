"""Files that are written whole or not at all, wherever the program is ended.

All that the product writes goes through here, but for what grows while it is written: logs
and recordings. A file that is replaced keeps who may read it; a new one gets what the user's
umask says; and where a symbolic link leads is what is written, never the link itself.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from experiments.files.left_parts import name_of_part, sweep_parts
from experiments.files.write_errors import in_plain_words
from experiments.processes.unfinished import cleanup_on_exit


def followed(path: Path) -> Path:
    """Where a path leads, through any number of symbolic links; itself, if it is none."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


@contextmanager
def in_place_of(
    path: Path, *, must_take_place: bool = True, must_be_new: bool = False
) -> Iterator[Path]:
    """An empty file beside `path` that takes its place at the end, if nothing fails.

    Its name is short, so that whatever name the file system allows `path` to have is fine. What
    a process that was killed has left for the same `path` is taken away.

    Parameters
    ----------
    path
        What is to be replaced, or made. Of a symbolic link it is what it leads to, which
        need not be there.
    must_take_place
        Otherwise nothing is replaced: it is only seen whether it could be.
    must_be_new
        Whether what is there is left alone, also if it comes there meanwhile.

    Raises
    ------
    OSError
        Nothing can be written there, on entry, before any work; or the last step fails. Its
        `strerror` says in words what is wrong. Only a file is replaced: to replace a device
        would take it from the whole system.

    Notes
    -----
    Another name of the same file (a hard link) keeps the old contents, which is what makes
    backups out of such names.
    """
    with in_plain_words(path):
        target = followed(path)
        before = _what_is_there(target)
        if before is not None:
            if must_be_new:
                raise FileExistsError(errno.EEXIST, "it exists already", str(path))
            _check_replaceable(target, before)
    temporary = target.with_name(name_of_part(target))
    sweep_parts(target)
    with cleanup_on_exit(lambda: temporary.unlink(missing_ok=True)):
        with in_plain_words(path, temporary):
            # What is in it meanwhile is for nobody who may not read the one before.
            mode = 0o666 if before is None else stat.S_IRUSR | stat.S_IWUSR
            os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
        try:
            yield temporary
            if must_take_place:
                with in_plain_words(path):
                    _take_place(temporary, target, before, must_be_new=must_be_new)
        finally:
            with suppress(OSError):  # its folder is gone, for one
                temporary.unlink(missing_ok=True)


def write_whole(path: Path, contents: bytes) -> None:
    """Write a file, replacing what was there; after a crash it is the old or the new one.

    Raises
    ------
    OSError
        It can't be written; what was there is as it was.
    """
    with in_place_of(path) as temporary, in_plain_words(path), temporary.open("wb") as file:
        file.write(contents)
        file.flush()
        os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, unless it is there.

    Raises
    ------
    OSError
        It can't be made; its `strerror` says in words what is wrong.
    """
    with in_plain_words(folder):
        folder.mkdir(parents=True, exist_ok=True)


def _what_is_there(target: Path) -> os.stat_result | None:
    try:
        return target.stat()
    except FileNotFoundError:
        return None


def _check_replaceable(target: Path, before: os.stat_result) -> None:
    """Refuse what isn't a file, and a file that its owner has protected."""
    if not stat.S_ISREG(before.st_mode):
        kind = "it is a folder" if stat.S_ISDIR(before.st_mode) else "it is not a file"
        raise OSError(errno.EINVAL, kind, str(target))
    os.close(os.open(target, os.O_WRONLY))


def _take_place(
    temporary: Path, target: Path, before: os.stat_result | None, *, must_be_new: bool
) -> None:
    if must_be_new:
        _become(temporary, target)
        return
    if before is not None:
        _keep_who_may(temporary, target, before)
    try:
        os.replace(temporary, target)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        # A file that is mounted by itself, as containers do, can only be written over.
        _write_over(temporary, target)


def _become(temporary: Path, target: Path) -> None:
    """Take a name that is free, and nobody else's who takes it at the same moment."""
    try:
        os.link(temporary, target)
    except FileExistsError as error:
        raise FileExistsError(errno.EEXIST, "it exists already", str(target)) from error
    except OSError:  # a file system without such links
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "it exists already", str(target)) from None
        os.rename(temporary, target)


def _keep_who_may(temporary: Path, target: Path, before: os.stat_result) -> None:
    """Give the new file the mode, the owner and the group of the one that it replaces.

    Where the group can't be kept, it may do no more than all others: what was meant for one
    group is not for another.
    """
    mode = stat.S_IMODE(before.st_mode)
    made = temporary.stat()
    if made.st_gid != before.st_gid:
        try:
            os.chown(temporary, -1, before.st_gid)
        except OSError:
            temporary.chmod((mode & ~0o070) | ((mode & 0o007) << 3))
            return
    if made.st_uid != before.st_uid:
        with suppress(OSError):  # only root gives files away
            os.chown(temporary, before.st_uid, -1)
    temporary.chmod(mode)
    if hasattr(os, "listxattr"):  # access lists, and what else is noted on the file
        with suppress(OSError):
            for name in os.listxattr(target):
                with suppress(OSError):
                    os.setxattr(temporary, name, os.getxattr(target, name))


def _write_over(temporary: Path, target: Path) -> None:
    with temporary.open("rb") as new, target.open("r+b") as file:
        shutil.copyfileobj(new, file)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
