"""Line logs: records that reach the disk as soon as they are made, a line of JSON each."""

from __future__ import annotations

import io
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from experiments.files.whole_file import followed
from experiments.files.write_errors import in_plain_words

_PAGE_BYTES: Final = 4_096

_GROWTH_BYTES: Final = 64
"""By how much a line may exceed all earlier ones and still be allowed for."""


class LineLog:
    """A file of JSON Lines that is whole after each record, even if the process is killed.

    Each record is one line, written unbuffered with one call: a process that is killed at any
    moment leaves whole lines. A system may interrupt a write between two pages, so a line is
    padded with spaces where the next would cross a page. A full disk ends the log after the
    last record that fitted, and nothing else.

    Parameters
    ----------
    path
        What was there before is lost.

    Attributes
    ----------
    n_records
        Records written.
    fault
        Why the log has ended early, or None.

    Raises
    ------
    OSError
        Nothing can be written there.
    """

    def __init__(self, path: Path) -> None:
        self.n_records = 0
        self._n_bytes = 0
        self._longest = 0
        self.fault: OSError | None = None
        self._path = path
        with in_plain_words(path):
            self._is_new = not path.exists()
            self._file: io.FileIO = path.open("ab", buffering=0)
        self._is_regular = stat.S_ISREG(os.fstat(self._file.fileno()).st_mode)
        if self._is_regular:
            self._file.truncate(0)

    def __enter__(self) -> LineLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        """Whether nothing more is written."""
        return self._file.closed

    def write(self, record: Mapping[str, object]) -> bool:
        """Write a record; gives whether the log goes on.

        The first time that it can't be written, `fault` says why and the file is closed.
        """
        if self._file.closed:
            return False
        line = self._filling_its_page(json.dumps(record).encode()) + b"\n"
        rest = line
        try:
            while rest:  # a second time only where there was no room: to be told why
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self.fault = error
            self._end_with_a_whole_line()
            return False
        self.n_records += 1
        self._n_bytes += len(line)
        return True

    def _filling_its_page(self, text: bytes) -> bytes:
        """A line's text, with spaces up to the page's end if the next may not fit before it."""
        self._longest = max(self._longest, len(text))
        room = -(self._n_bytes + len(text) + 1) % _PAGE_BYTES
        return text + b" " * room if room < self._longest + _GROWTH_BYTES else text

    def take_back(self) -> None:
        """Close the file, and remove it if it wasn't there before."""
        self.close()
        if self._is_new:
            with suppress(OSError):
                followed(self._path).unlink()

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        with suppress(OSError):  # nothing is buffered that could be lost
            self._file.close()

    def _end_with_a_whole_line(self) -> None:
        """Take back what was written of the last record, and close."""
        with suppress(OSError):
            if self._is_regular:
                self._file.truncate(self._n_bytes)
        self.close()
