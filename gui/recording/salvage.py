"""Salvage: what is left of a video whose writing was cut off."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from experiments import followed
from gui.recording.boxes import cut_to_whole_boxes


def salvage(path: Path, suffix: str) -> bool:
    """Make what was written of a video playable; remove it if nothing of it plays.

    Returns
    -------
    bool
        Whether something plays; then the file is still there.
    """
    with suppress(OSError):
        if suffix == ".mp4":
            cut_to_whole_boxes(path)
        if has_picture(path):
            return True
        followed(path).unlink(missing_ok=True)
    return False


def has_picture(path: Path) -> bool:
    """Whether a player finds a picture in it."""
    import av

    try:
        with path.open("rb") as file, av.open(file, "r") as container:
            return any(packet.size for packet in container.demux(video=0))
    except (av.FFmpegError, OSError, LookupError):
        return False
