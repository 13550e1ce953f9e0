"""Files that are written whole or not at all, wherever the program is ended."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from experiments.unfinished import undone_on_leaving


@contextmanager
def in_place_of(path: Path, *, must_take_place: bool = True) -> Iterator[Path]:
    """An empty file beside `path` that takes its place at the end, if nothing fails.

    Parameters
    ----------
    path
        What is to be replaced, or made.
    must_take_place
        Otherwise nothing is replaced: it is only seen whether it could be.

    Raises
    ------
    OSError
        Nothing can be written there, on entry, before any work; or the last step fails.
        Only a file is replaced: to replace a device would take it from the whole system.
    """
    if path.exists() and not path.is_file():
        kind = "it is a folder" if path.is_dir() else "it is not a file"
        raise OSError(errno.EINVAL, kind, str(path))
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with undone_on_leaving(lambda: temporary.unlink(missing_ok=True)):
        temporary.open("x").close()
        try:
            yield temporary
            if must_take_place:
                os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def write_whole(path: Path, contents: bytes) -> None:
    """Write a file, replacing what was there; after a crash it is the old or the new one.

    Raises
    ------
    OSError
        It can't be written; what was there is as it was.
    """
    with in_place_of(path) as temporary, temporary.open("wb") as file:
        file.write(contents)
        file.flush()
        os.fsync(file.fileno())
