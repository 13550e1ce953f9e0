"""Write errors, explained: which folder, which link or which limit is in the way."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_LONGEST_NAME: Final = 255
"""Bytes, where the system doesn't say."""

_HERE: Final = Path()
_PERMISSION: Final = (errno.EACCES, errno.EPERM)


@contextmanager
def in_plain_words(path: Path, tried: Path | None = None) -> Iterator[None]:
    """Make the `strerror` of an OSError say in words what is wrong; its type stays.

    Parameters
    ----------
    path
        What is to be written: the error's `filename`.
    tried
        What the system was asked for, if that is something else.
    """
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, why_not(error, tried or path), str(path)) from error


def why_not(error: OSError, path: Path) -> str:
    """Why `path` can't be written, in detail: which folder is missing, not just that one is.

    The system's own message comes first, so that it can be looked up; where it is plain enough,
    as for a full disk, nothing is added.
    """
    said = error.strerror or str(error)
    if error.errno is None or said != os.strerror(error.errno):
        return said  # words of its own
    words = _explained(error, path)
    return f"{said}: {words}" if words else said


def _explained(error: OSError, path: Path) -> str:
    if error.errno == errno.ENOENT:
        missing = _first_missing(path.parent)
        return "the current folder is gone" if missing == _HERE else f"there is no folder {missing}"
    if error.errno == errno.ENOTDIR:
        return f"{_first_that_is_no_folder(path.parent)} is not a folder"
    if error.errno == errno.EEXIST:
        return f"{_first_that_is_no_folder(path)} is there already, and is not a folder"
    if error.errno == errno.ELOOP:
        return "its links lead in a circle"
    if error.errno == errno.ENAMETOOLONG:
        return _too_long(path)
    if error.errno in _PERMISSION:
        return _not_allowed(path)
    return ""


def _first_missing(folder: Path) -> Path:
    """The first folder on the way that isn't there."""
    for each in reversed([folder, *folder.parents]):
        if not os.path.lexists(each):
            return each
    return folder


def _first_that_is_no_folder(path: Path) -> Path:
    for each in reversed([path, *path.parents]):
        if os.path.lexists(each) and not os.path.isdir(each):
            return each
    return path


def _too_long(path: Path) -> str:
    length = len(os.fsencode(path.name))
    try:
        limit = os.pathconf(_nearest_folder(path), "PC_NAME_MAX")
    except (OSError, ValueError, AttributeError):  # AttributeError: Windows has none
        limit = _LONGEST_NAME
    if length > limit:
        return f"its name must have at most {limit} bytes, got {length}"
    return f"its path is too long, {len(os.fsencode(path))} bytes"


def _not_allowed(path: Path) -> str:
    try:
        is_there = path.exists()
    except OSError:
        is_there = False
    if is_there and not path.is_dir():
        return "it may not be written"
    folder = _nearest_folder(path)
    where = "current folder" if folder == _HERE else f"folder {folder}"
    return f"nothing may be made in the {where}"


def _nearest_folder(path: Path) -> Path:
    """The nearest folder above that exists."""
    return next((each for each in path.parents if os.path.isdir(each)), path.parent)
