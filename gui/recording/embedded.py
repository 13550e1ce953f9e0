"""The session that a recording carries within itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Final

from experiments import StrangeFileError, kind_of_contents, open_regular
from gui.models.recording_settings import RecordingError
from gui.recording.png_text import SIGNATURE, png_text

SESSION_KEY: Final = "fireflies_session"

LEAST_RESERVED: Final = 1 << 16
"""Bytes kept for the session from the first frame on: it grows while the recording goes on."""

_BEGIN: Final = b'{"fireflies":'
_LAST: Final = b',\n"check":"'
_SUM_LENGTH: Final = 10
_PART: Final = 1 << 20
LONGEST_TEXT: Final = 16_000_000
"""Bytes of a session that is found."""

_HEAD: Final = 1 << 20
_TAIL: Final = 5 * LONGEST_TEXT
"""Where sessions begin: soon after the beginning, or with their padding before the end."""

_MOST_COPIES: Final = 3
"""How many to look at, from the last one on, if some are cut off."""

_WEBM: Final = b"\x1aE\xdf\xa3"
_MP4_TYPE: Final = b"ftyp"
_GIF_TRAILER: Final = b"\x3b"
_GIF_COMMENT: Final = b"\x21\xfe"
_GIF_BLOCK: Final = 255


def reserved_for(session: bytes) -> int:
    """How many bytes to keep for a session that begins so."""
    return max(LEAST_RESERVED, 4 * len(session))


def padded(session: bytes, length: int) -> bytes:
    """A session with spaces behind it, which don't matter to its reader."""
    return session.rstrip().ljust(length)


def put_session(path: Path, before: bytes, session: bytes, *, from_end: bool = False) -> bool:
    """Put a session in the place of the one that a file was begun with.

    By reading and writing alone: some file systems share no memory for writing.

    Parameters
    ----------
    path
        The file; what lies before and behind stays.
    before
        What stands there now, with its padding.
    session
        What is to stand there.
    from_end
        Whether the last such place is meant, not the first: a finished MP4 has two.

    Returns
    -------
    bool
        Whether there was room for it.

    Raises
    ------
    OSError
        The file can't be read or written.
    """
    if len(session.rstrip()) > len(before):
        return False
    with path.open("r+b") as file:
        at = _place(file, before, from_end=from_end)
        if at is None:
            return False
        file.seek(at)
        file.write(padded(session, len(before)))
    return True


def _place(file: IO[bytes], what: bytes, *, from_end: bool) -> int | None:
    """Where something stands in a file, looking at a part of it at a time."""
    size = file.seek(0, 2)
    starts = range(0, size, _PART)
    for start in reversed(starts) if from_end else starts:
        file.seek(start)
        part = file.read(_PART + len(what) - 1)  # also what begins here and ends in the next
        found = part.rfind(what) if from_end else part.find(what)
        if found >= 0:
            return start + found
    return None


def append_gif_comment(path: Path, session: bytes) -> None:
    """Add a session to a finished GIF, as a comment before its end.

    Raises
    ------
    OSError
        There is no room for it; the picture is as it was.
    """
    text = session.rstrip()
    blocks = [text[at : at + _GIF_BLOCK] for at in range(0, len(text), _GIF_BLOCK)]
    comment = b"".join(bytes([len(block)]) + block for block in blocks)
    with path.open("r+b") as file:
        file.seek(-1, 2)
        if file.read(1) != _GIF_TRAILER:
            return
        end = file.seek(-1, 2)
        try:
            file.write(_GIF_COMMENT + comment + b"\0" + _GIF_TRAILER)
            file.flush()
        except OSError:
            os.truncate(path, end)
            with path.open("ab", buffering=0) as whole:
                whole.write(_GIF_TRAILER)
            raise


def read_session_text(path: Path) -> bytes:
    """The session in a recording or a picture, be it finished or cut off.

    It is looked for where such files have it; no decoder runs on the file.

    Raises
    ------
    RecordingError
        There is none in it, or it can't be read.
    """
    try:
        with open_regular(path) as file:
            found = _session_in(file)
            head = b"" if found is not None else _part(file, 0, _HEAD)
    except StrangeFileError as error:
        raise RecordingError(str(error)) from error
    except OSError as error:
        raise RecordingError(f"can't read {path}: {error.strerror}") from error
    except MemoryError as error:
        raise RecordingError(f"there is too little memory to read {path}") from error
    except RecordingError as error:
        raise RecordingError(f"{path} can't be used: {error}") from error
    if found is None:
        if not head:
            raise RecordingError(f"{path} is empty")
        other = None if is_carrier(head) else kind_of_contents(head)
        raise RecordingError(
            f"{path} carries no session of Fireflies" + (f": it is {other}" if other else "")
        )
    return found


def is_carrier(head: bytes) -> bool:
    """Whether a file that begins so is of a kind that may carry a session."""
    return head.startswith((SIGNATURE, b"GIF8", _WEBM)) or head[4:8] == _MP4_TYPE


def _session_in(file: IO[bytes]) -> bytes | None:
    beginning = _part(file, 0, len(SIGNATURE))
    if beginning == SIGNATURE:
        return png_text(file, SESSION_KEY, LONGEST_TEXT)
    tail = _part(file, max(0, file.seek(0, 2) - _TAIL), _TAIL)
    if beginning.startswith(b"GIF"):
        return _gif_text(tail)
    found = _text(tail)
    if found is None:
        del tail
        found = _text(_part(file, 0, _HEAD + LONGEST_TEXT))
    return found


def _part(file: IO[bytes], at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length) or b""  # None of some files of /proc


def _text(held: bytes) -> bytes | None:
    """The last whole session in some bytes; a finished file may hold the first one too."""
    begin = len(held)
    for _ in range(_MOST_COPIES):
        begin = held.rfind(_BEGIN, 0, begin)
        if begin < 0:
            break
        last = held.find(_LAST, begin, begin + LONGEST_TEXT)
        if last >= 0:
            return held[begin : last + len(_LAST) + _SUM_LENGTH]
    return None


def _gif_text(held: bytes) -> bytes | None:
    begin = held.rfind(_GIF_COMMENT + bytes([_GIF_BLOCK]) + _BEGIN)
    if begin < 0:
        return None
    at, parts, size = begin + len(_GIF_COMMENT), [], _GIF_BLOCK
    end = min(len(held), at + LONGEST_TEXT)
    while size == _GIF_BLOCK and at < end:  # only the last one is shorter
        size = held[at]
        parts.append(held[at + 1 : at + 1 + size])
        at += 1 + size
    return _text(b"".join(parts))
