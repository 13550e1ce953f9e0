"""Salvage: what is left of a video whose writing was cut off."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from experiments import followed
from gui.recording.boxes import cut_to_whole_boxes


def salvage(path: Path, suffix: str) -> bool:
    """Let play what was written of a video; take it away if nothing of it does.

    Returns
    -------
    bool
        Whether something plays, which is there then.
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
