"""Recording settings: what is recorded, and into what kind of file."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from experiments import in_place_of

INSTALL_COMMAND: Final = "pip install 'cascade-fireflies[video]'"

CODECS: Final = {".mp4": "libx264", ".webm": "libvpx-vp9", ".gif": "gif"}
"""Kinds of files by suffix, and what encodes them."""

LARGEST_RATE: Final = 120
LARGEST_RATES: Final = {".gif": 50}
"""Frames per second at most, by suffix. In a GIF frames last whole hundredths of a second, and
viewers take one hundredth for ten."""

EXISTS_ALREADY: Final = "exists already, and recordings are never written over"

SMALLEST_SIDE: Final = 64
LARGEST_SIDE: Final = 4_320

QUEUE_LENGTH: Final = 8
"""Frames that may wait for the encoder, fewer if they are large; more are dropped and counted."""


class RecordingError(ValueError):
    """A recording can't be made or read; says why in one line."""


class Subject(Enum):
    """What is in the picture."""

    GRID = "grid"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """How to record.

    Attributes
    ----------
    subject
        The grid alone, or the whole window.
    width, height
        Of the video, pixels; even.
    fps
        Frames per second of the video, from 1 to 120; see also :func:`check_rate`.
    has_caption
        Whether time, R and parameters are written beside the grid.

    Raises
    ------
    RecordingError
        A size or a rate is not allowed.
    """

    subject: Subject = Subject.GRID
    width: int = 1280
    height: int = 720
    fps: int = 30
    has_caption: bool = True

    def __post_init__(self) -> None:
        for name in ("width", "height"):
            value = getattr(self, name)
            if not SMALLEST_SIDE <= value <= LARGEST_SIDE or value % 2:
                allowed = f"an even number from {SMALLEST_SIDE} to {LARGEST_SIDE}"
                raise RecordingError(f"{name} must be {allowed}, got {value}")
        if not 1 <= self.fps <= LARGEST_RATE:
            raise RecordingError(f"fps must be from 1 to {LARGEST_RATE}, got {self.fps}")


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Part of a picture, in pixels from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are in the picture: the grid or window within `subject`, and the caption."""

    subject: Rectangle
    caption: Rectangle | None

    @classmethod
    def of(cls, settings: RecordingSettings) -> Layout:
        """The caption stands in the margin beside the grid, or below it if there is none."""
        width, height = settings.width, settings.height
        whole = Rectangle(0, 0, width, height)
        if settings.subject is Subject.WINDOW or not settings.has_caption:
            return cls(whole, None)
        margin = (width - height) // 2
        if margin >= height // 4:
            return cls(whole, Rectangle(0, 0, margin, height))
        strip = height // 10
        below = Rectangle(0, height - strip, width, strip)
        return cls(Rectangle(0, 0, width, height - strip), below)


def check_can_record(suffix: str) -> None:
    """Refuse a kind of file that can't be encoded here.

    Raises
    ------
    RecordingError
        The suffix is unknown, PyAV isn't installed, or its codec is missing.
    """
    codec = CODECS.get(suffix.lower())
    if codec is None:
        raise RecordingError(f"must end in {', '.join(CODECS)}")
    if importlib.util.find_spec("av") is None:
        raise RecordingError(f"needs PyAV: {INSTALL_COMMAND}")
    import av.codec

    if codec not in av.codec.codecs_available:
        raise RecordingError(f"the codec {codec} is missing in this build of PyAV")


def largest_rate(suffix: str) -> int:
    """Frames per second at most for a kind of file."""
    return LARGEST_RATES.get(suffix.lower(), LARGEST_RATE)


def check_rate(suffix: str, fps: int) -> None:
    """Refuse more frames per second than a kind of file can show.

    Raises
    ------
    RecordingError
        There are too many.
    """
    if fps > (allowed := largest_rate(suffix)):
        kind = suffix.lower()
        raise RecordingError(f"must be from 1 to {allowed} for a {kind} file, got {fps}")


def check_recording_path(path: Path) -> None:
    """Refuse a file that can't be recorded to; nothing that exists is written over.

    Raises
    ------
    RecordingError
        It exists, can't be written, or :func:`check_can_record` refuses its suffix.
    """
    if path.name.lower() in CODECS:
        raise RecordingError(f"needs a name before the {path.name}")
    check_can_record(path.suffix)
    try:
        with in_place_of(path, must_take_place=False, must_be_new=True):
            pass
    except FileExistsError as error:
        raise RecordingError(EXISTS_ALREADY) from error
    except OSError as error:
        raise RecordingError(f"can't be written: {error.strerror}") from error
    except ValueError as error:  # a zero byte in the path
        raise RecordingError(f"can't be written: {error}") from error


def free_path(folder: Path, stem: str, suffix: str) -> Path:
    """A path in a folder that is still free: the name, or the name with a number."""
    path = folder / f"{stem}{suffix}"
    number = 2
    while os.path.lexists(path):
        path = folder / f"{stem} {number}{suffix}"
        number += 1
    return path
