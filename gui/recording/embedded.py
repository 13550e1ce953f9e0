"""The session that a recording carries within itself."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import IO, Final

from experiments import StrangeFileError, kind_of, open_regular
from gui.recording.png_text import SIGNATURE, png_text
from gui.recording.settings import RecordingError

SESSION_KEY: Final = "fireflies_session"

LEAST_RESERVED: Final = 1 << 16
"""Bytes kept for the session from the first frame on: it grows while the recording goes on."""

_BEGIN: Final = b'{"fireflies":'
_LAST: Final = b',\n"check":"'
_SUM_LENGTH: Final = 10
_LONGEST: Final = 16_000_000
"""Bytes of a session that is found."""

_HEAD: Final = 1 << 20
_TAIL: Final = 5 * _LONGEST
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


def put_session(path: Path, before: bytes, session: bytes) -> bool:
    """Put a session in the place of the one that a file was begun with.

    Parameters
    ----------
    path
        The file; what lies before and behind stays.
    before
        What stands there now, with its padding.
    session
        What is to stand there.

    Returns
    -------
    bool
        Whether there was room for it.
    """
    if len(session.rstrip()) > len(before):
        return False
    after = padded(session, len(before))
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as contents:
        # A finished MP4 has it twice: at the beginning, where it was, and at the end.
        places = {contents.find(before), contents.rfind(before)} - {-1}
        for at in places:
            contents[at : at + len(after)] = after
    return bool(places)


def append_gif_comment(path: Path, session: bytes) -> None:
    """Add a session to a finished GIF, as a comment before its end."""
    text = session.rstrip()
    blocks = [text[at : at + _GIF_BLOCK] for at in range(0, len(text), _GIF_BLOCK)]
    comment = b"".join(bytes([len(block)]) + block for block in blocks)
    with path.open("r+b") as file:
        file.seek(-1, 2)
        if file.read(1) != _GIF_TRAILER:
            return
        file.seek(-1, 2)
        file.write(_GIF_COMMENT + comment + b"\0" + _GIF_TRAILER)


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
    except RecordingError as error:
        raise RecordingError(f"{path} can't be used: {error}") from error
    if found is None:
        if not head:
            raise RecordingError(f"{path} is empty")
        other = None if is_carrier(head) else kind_of(head)
        raise RecordingError(
            f"{path} carries no session of Fireflies" + (f": it is {other}" if other else "")
        )
    return found


def is_carrier(head: bytes) -> bool:
    """Whether a file that begins so is of a kind that may carry a session."""
    return head.startswith((SIGNATURE, b"GIF8", _WEBM)) or head[4:8] == _MP4_TYPE


def _session_in(file: IO[bytes]) -> bytes | None:
    beginning = file.read(len(SIGNATURE))
    if beginning == SIGNATURE:
        return png_text(file, SESSION_KEY, _LONGEST)
    tail = _part(file, max(0, file.seek(0, 2) - _TAIL), _TAIL)
    if beginning.startswith(b"GIF"):
        return _gif_text(tail)
    found = _text(tail)
    if found is None:
        del tail
        found = _text(_part(file, 0, _HEAD + _LONGEST))
    return found


def _part(file: IO[bytes], at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)


def _text(held: bytes) -> bytes | None:
    """The last whole session in some bytes; a finished file may hold the first one too."""
    begin = len(held)
    for _ in range(_MOST_COPIES):
        begin = held.rfind(_BEGIN, 0, begin)
        if begin < 0:
            break
        last = held.find(_LAST, begin, begin + _LONGEST)
        if last >= 0:
            return held[begin : last + len(_LAST) + _SUM_LENGTH]
    return None


def _gif_text(held: bytes) -> bytes | None:
    begin = held.rfind(_GIF_COMMENT + bytes([_GIF_BLOCK]) + _BEGIN)
    if begin < 0:
        return None
    at, parts, size = begin + len(_GIF_COMMENT), [], _GIF_BLOCK
    while size == _GIF_BLOCK and at < len(held):  # only the last one is shorter
        size = held[at]
        parts.append(held[at + 1 : at + 1 + size])
        at += 1 + size
    return _text(b"".join(parts))
