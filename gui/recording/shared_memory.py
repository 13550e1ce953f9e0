"""Memory that a process and its child share, all of it reserved before it is used."""

from __future__ import annotations

import errno
import mmap
import os
import sys
import tempfile
import uuid
from contextlib import suppress
from typing import Final

from gui.models.recording_settings import RecordingError

_CHUNK: Final = 1 << 20
_NO_ROOM: Final = (errno.ENOSPC, errno.ENOMEM, errno.EFBIG, errno.EDQUOT)


class SharedMemory:
    """Bytes for a process and one child; they are freed with the last of the two.

    Not multiprocessing's: its memory lies on /dev/shm, which is small in containers and kills a
    process that touches more of it than there is, and its name is left by a killed process.

    Parameters
    ----------
    size
        Bytes.

    Attributes
    ----------
    buffer
        The bytes.
    key
        Lets the child find them, see :func:`attach`.
    handles
        File descriptors that the child has to inherit.

    Raises
    ------
    RecordingError
        There is not enough memory.
    """

    def __init__(self, size: int) -> None:
        self.handles: tuple[int, ...] = ()
        try:
            if sys.platform == "win32":
                self.key = f"fireflies-{uuid.uuid4().hex}"
                self.buffer = mmap.mmap(-1, size, tagname=self.key)
                return
            handle = _reserved(size)
            self.key, self.handles = str(handle), (handle,)
            self.buffer = mmap.mmap(handle, size)
        except OSError as error:
            self.close_handles()
            raise RecordingError(
                f"needs {size / 1e6:.0f} MB of memory for pictures that wait to be encoded, and "
                f"there is not so much ({error.strerror})"
            ) from error

    def close_handles(self) -> None:
        """Close the handles once the child has its own; the bytes stay."""
        for handle in self.handles:
            os.close(handle)
        self.handles = ()


def attach(key: str, size: int) -> mmap.mmap:
    """The bytes, in the child."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=key)
    return mmap.mmap(int(key), size)


def _reserved(size: int) -> int:
    """A nameless file with all its space reserved: in memory, or else on the disk."""
    if hasattr(os, "memfd_create"):
        with suppress(OSError):
            return _with_room(os.memfd_create("fireflies-pictures"), size)
    with tempfile.TemporaryFile() as file:
        return _with_room(os.dup(file.fileno()), size)


def _with_room(handle: int, size: int) -> int:
    """The file, extended to a size; closed if there is no room for that."""
    try:
        try:
            os.posix_fallocate(handle, 0, size)
        except (AttributeError, OSError) as error:
            if getattr(error, "errno", None) in _NO_ROOM:
                raise
            _fill(handle, size)
    except OSError:
        os.close(handle)
        raise
    return handle


def _fill(handle: int, size: int) -> None:
    """Write zeros, to be sure of room where a file system can't reserve any."""
    for at in range(0, size, _CHUNK):
        left = memoryview(bytes(min(_CHUNK, size - at)))
        while left:
            left = left[os.write(handle, left) :]
