"""The session that a recording carries within itself."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Final

from gui.recording.settings import RecordingError

SESSION_KEY: Final = "fireflies_session"

LEAST_RESERVED: Final = 1 << 16
"""Bytes kept for the session from the first frame on: it grows while the recording goes on."""

_BEGIN: Final = b'{"fireflies":'
_LAST: Final = b',\n"check":"'
_SUM_LENGTH: Final = 10
_LONGEST: Final = 16_000_000
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
    """The session in a recording, be it finished or cut off.

    Raises
    ------
    RecordingError
        There is none in it, or it can't be read.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            found = _gif_text(held) if held[:3] == b"GIF" else _text(held)
    except OSError as error:
        raise RecordingError(f"can't read {path}: {error.strerror}") from error
    except ValueError as error:  # empty, or a zero byte in the path
        raise RecordingError(f"can't read {path}: {error}") from error
    if found is None:
        raise RecordingError(f"{path} carries no session of Fireflies")
    return found


def _text(held: mmap.mmap | bytes) -> bytes | None:
    """The last session in some bytes; a finished file may hold the first one too."""
    begin = held.rfind(_BEGIN)
    last = held.find(_LAST, begin, begin + _LONGEST) if begin >= 0 else -1
    return None if last < 0 else bytes(held[begin : last + len(_LAST) + _SUM_LENGTH])


def _gif_text(held: mmap.mmap) -> bytes | None:
    begin = held.rfind(_GIF_COMMENT + bytes([_GIF_BLOCK]) + _BEGIN)
    if begin < 0:
        return None
    at, parts, length = begin + len(_GIF_COMMENT), [], 0
    while at < len(held) and (size := held[at]) and length < _LONGEST:
        parts.append(held[at + 1 : at + 1 + size])
        at += 1 + size
        length += size
    return _text(b"".join(parts))
