"""The session within a recording or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from experiments import Session, SessionError, decode_session, load_session
from gui.recording.embedded import SESSION_KEY, read_session_text
from gui.recording.settings import RecordingError

RECORDED: Final = (".mp4", ".webm", ".gif", ".png")
"""Suffixes of the files that carry one."""


def load_run(path: Path) -> Session:
    """The session in a session file, a recording or a picture.

    Raises
    ------
    SessionError
        There is none, or it can't be read.
    """
    if path.suffix.lower() not in RECORDED:
        return load_session(path)
    try:
        return session_in(path)
    except RecordingError as error:
        raise SessionError(str(error)) from error


def session_in(path: Path) -> Session:
    """The session that a recording or a picture was made from.

    Raises
    ------
    RecordingError
        It carries none, or can't be read.
    SessionError
        What it carries is damaged.
    """
    if path.suffix.lower() == ".png":
        from gui.views.png import read_png_text  # Qt, which the command line does without

        return decode_session(read_png_text(path, SESSION_KEY), str(path))
    return decode_session(read_session_text(path), str(path))
