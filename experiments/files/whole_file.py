"""Whole files: written completely or not at all, whenever the program is ended.

Everything that the product writes goes through here, except what grows while it is written:
logs and recordings. A replaced file keeps its permissions; a new one follows the user's umask;
and a symbolic link is followed, never replaced.
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
    """The target of a path, through any number of symbolic links; the path itself if it is none."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


@contextmanager
def in_place_of(
    path: Path, *, must_take_place: bool = True, must_be_new: bool = False
) -> Iterator[Path]:
    """An empty file beside `path` that takes its place at the end, if nothing fails.

    Its name is short, so that `path` may have the longest name that the file system allows. What
    killed processes left for the same `path` is removed.

    Parameters
    ----------
    path
        The file to replace or make. A symbolic link stands for its target, which need not
        exist.
    must_take_place
        If False, nothing is replaced: it is only checked that it could be.
    must_be_new
        Whether an existing file is never replaced, even if it appears meanwhile.

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
            # Until then it is closed to all who may not read the old one.
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
    """Take a free name; fail if another process has taken it, even at the same moment."""
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

    Where the group can't be kept, the new one gets no more rights than all others: what was
    meant for one group is not for another.
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
        with suppress(OSError):  # only root can give files away
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
