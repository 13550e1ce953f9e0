"""The boxes that an MP4 file is made of (ISO/IEC 14496-12), as far as they matter here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_HEADER: Final = 8
_LONG_HEADER: Final = 16


def cut_to_whole_boxes(path: Path) -> int:
    """Take away what was begun and not finished at the end of a fragmented file.

    Players stop at the first box that goes on beyond the end of the file, some with an
    error; a fragment is of use only together with the data behind it.

    Returns
    -------
    int
        Bytes that were taken away.
    """
    size = path.stat().st_size
    whole = at = 0
    with path.open("rb") as file:
        while at + _HEADER <= size:
            file.seek(at)
            header = file.read(_LONG_HEADER)
            length, kind = int.from_bytes(header[:4], "big"), header[4:8]
            if length == 1:
                length = int.from_bytes(header[8:16], "big")
            if length < _HEADER or at + length > size:
                break
            at += length
            if kind != b"moof":
                whole = at
    if whole < size:
        os.truncate(path, whole)
    return size - whole
