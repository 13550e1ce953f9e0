"""Choices for recordings, and the status of a running one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gui.models.recording_settings import (
    LARGEST_RATE,
    RecordingError,
    RecordingSettings,
    Subject,
    largest_rate,
)

PICTURE_SIZES: Final = {"720p": (1280, 720), "1080p": (1920, 1080), "square": (1080, 1080)}
"""Sizes to choose from, pixels."""

SIZE_WORDS: Final = {
    "720p": "1280 x 720",
    "1080p": "1920 x 1080",
    "square": "1080 x 1080, square",
}

RATES: Final = (24, 25, 30, 50, 60)
"""Frames per second to choose from: more pictures than 60 a second are not made."""

KIND_WORDS: Final = {".mp4": "MP4 (H.264)", ".webm": "WebM (VP9)", ".gif": "GIF"}


@dataclass(frozen=True, slots=True)
class RecordingChoice:
    """How the next recording is made.

    Attributes
    ----------
    subject
        The grid alone, or the whole window.
    size
        A name of :data:`PICTURE_SIZES`.
    fps
        Frames per second; one of :data:`RATES`, or whatever else somebody has set.
    has_caption
        Whether time, R and parameters are written beside the grid.
    suffix
        Kind of file.

    Raises
    ------
    RecordingError
        There is no such size or kind of file, or :class:`RecordingSettings` refuses a value.
    """

    subject: Subject = Subject.GRID
    size: str = "720p"
    fps: int = 30
    has_caption: bool = True
    suffix: str = ".mp4"

    def __post_init__(self) -> None:
        for name, known in (("size", PICTURE_SIZES), ("suffix", KIND_WORDS)):
            if (value := getattr(self, name)) not in known:
                raise RecordingError(f"{name} must be one of {', '.join(known)}, got {value!r}")
        self.settings()

    def settings(self) -> RecordingSettings:
        """For the recorder; no faster than this kind of file can be."""
        width, height = PICTURE_SIZES[self.size]
        fps, allowed = self.fps, largest_rate(self.suffix)
        if allowed < fps <= LARGEST_RATE:
            fps = allowed
        return RecordingSettings(self.subject, width, height, fps, self.has_caption)


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """A moment of a recording.

    Attributes
    ----------
    is_running
        Whether frames are being taken: otherwise it starts or ends.
    elapsed_s
        Seconds of video so far.
    bytes_written
        Size of the file so far.
    dropped
        Frames that couldn't be kept up with.
    is_paused
        Whether the time of the video stands still.
    """

    is_running: bool
    elapsed_s: float
    bytes_written: int
    dropped: int
    is_paused: bool = False

    def text(self) -> str:
        """Time and size, and what was dropped if anything was."""
        words = f"{length_text(self.elapsed_s)}  {size_text(self.bytes_written)}"
        if self.is_paused:
            words = f"paused  {words}"
        return words + (f"  {self.dropped:,} dropped" if self.dropped else "")


def length_text(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def size_text(n_bytes: int) -> str:
    """Bytes for people."""
    if n_bytes < 1_000_000:
        return f"{n_bytes / 1e3:.0f} kB"
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.2f} GB"
