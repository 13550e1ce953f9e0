"""The recorded session: what kind of file somebody opens, and the session in it."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Final

from experiments import (
    SESSION_SUFFIX,
    Session,
    SessionError,
    StrangeFileError,
    decode_session,
    kind_of_contents,
    load_session,
    open_regular,
)
from gui.models.recording_settings import RecordingError
from gui.recording.embedded import is_carrier, read_session_text

PRESET_SUFFIX: Final = ".toml"

RECORDED: Final = (".mp4", ".webm", ".gif", ".png")
"""Suffixes of the files that carry a session."""

_LOOKED_AT: Final = 1_000


class OpenedKind(Enum):
    """What can be opened."""

    PRESET = "preset"
    RUN = "run"
    RECORDING = "recording"


def kind_to_open(path: Path) -> OpenedKind:
    """What a file is to be opened as: by what is in it, or else by its name.

    Raises
    ------
    StrangeFileError
        It is none, can't be read, or is of a kind that can't be opened.
    """
    with open_regular(path) as file:
        try:
            head = file.read(_LOOKED_AT) or b""
        except OSError as error:
            raise StrangeFileError(f"can't read {path}: {error.strerror}") from error
    if is_carrier(head):
        return OpenedKind.RECORDING
    suffix = path.suffix.lower()
    if suffix == PRESET_SUFFIX:
        return OpenedKind.PRESET
    if suffix == SESSION_SUFFIX:
        return OpenedKind.RUN
    if suffix in RECORDED:
        return OpenedKind.RECORDING
    if (other := kind_of_contents(head)) is not None:
        raise StrangeFileError(
            f"{path} is {other}; it must be a preset ({PRESET_SUFFIX}), a run ({SESSION_SUFFIX}), "
            f"or a recording or picture of one ({', '.join(RECORDED)})"
        )
    is_json = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    return OpenedKind.RUN if is_json else OpenedKind.PRESET


def load_run(path: Path) -> Session:
    """The session in a session file, a recording or a picture.

    Raises
    ------
    SessionError
        There is none, or it can't be read.
    """
    try:
        kind = kind_to_open(path)
        return session_in(path) if kind is OpenedKind.RECORDING else load_session(path)
    except (RecordingError, StrangeFileError) as error:
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
    return decode_session(read_session_text(path), str(path))
