"""The length of a WebM file, told while it is being written (RFC 9559)."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path
from typing import Final

_HEADER: Final = 4_096
_TICK_OF_1_MS: Final = bytes.fromhex("2ad7b1830f4240")
_ROOM: Final = bytes.fromhex("ec01000000000000020000")
"""What FFmpeg leaves for the length, which it knows at the end: a void of eleven bytes."""

_LENGTH: Final = bytes.fromhex("448988")


class WebmLength:
    """Keeps the length in the header of an unfinished file up to date, in case it is cut off.

    Without one, players show no length and don't seek.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._place = -1

    def note(self, seconds: float) -> None:
        """Write the present length; if that fails, the file goes on without one."""
        with suppress(OSError), self._path.open("r+b", buffering=0) as file:
            if self._place < 0:
                header = file.read(_HEADER)
                scale = header.find(_TICK_OF_1_MS)
                self._place = -1 if scale < 0 else header.find(_ROOM, scale)
            if self._place >= 0:
                file.seek(self._place)
                file.write(_LENGTH + struct.pack(">d", 1e3 * seconds))
