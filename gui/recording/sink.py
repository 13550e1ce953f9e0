"""The sink of the muxer's bytes: a file of any name, written all the way."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

_ANY_NAME: Final = "video"


class Sink:
    """A file that FFmpeg writes to without being told its name.

    Given a name, FFmpeg takes ``12:30.mp4`` for a protocol and ``%03d.mp4`` for a pattern.
    Writes are unbuffered. After the first error nothing more is written, and the caller has to
    ask for it: FFmpeg would report another error, or none at all.

    Parameters
    ----------
    path
        The file.
    mode
        ``xb`` for one that must not exist, ``wb`` for one that may.

    Attributes
    ----------
    name
        What FFmpeg takes for its name.
    fault
        The first error, or None.

    Raises
    ------
    OSError
        It can't be opened.
    """

    def __init__(self, path: Path, mode: Literal["xb", "wb"]) -> None:
        self.name = _ANY_NAME
        self.fault: OSError | None = None
        self._file = path.open(mode, buffering=0)

    def write(self, data: bytes) -> int:
        """Write all of it, as long as that is possible; the number of bytes."""
        rest = memoryview(data)
        try:
            while rest and self.fault is None:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self.fault = error
        return len(data)

    def check(self) -> None:
        """Raise the first error, if there was one."""
        if self.fault is not None:
            raise self.fault

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place in it; gives the place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place in it."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
