"""Recorders, the pictures they are given, and what a video shows when it is decoded."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from experiments import (
    Parameters,
    Session,
    Step,
    encode_session,
)
from gui.models.recording_settings import (
    RecordingSettings,
)
from gui.picture.cells import Cells, Shape
from gui.recording.recorder import Recorder, RecorderState

TINY = RecordingSettings(width=320, height=240, fps=30, has_caption=False)

SESSION = encode_session(Session(Parameters(), (), 0.0, 0, "0" * 64, "1.0"))

LATER = encode_session(
    Session(Parameters(), (Step(1.0, (("nudge", 0.1),)),), 2.0, 5, "1" * 64, "1.0")
)

COLOURS = [(255, 243, 196), (184, 116, 26), (16, 24, 44), (64, 64, 64)]


def grid(index: int, side: int = 8) -> Cells:
    """A picture whose firefly 0 tells which it is."""
    levels = np.full((side, side), 2, dtype=np.uint16)
    levels[0, 0] = index % len(COLOURS)
    levels[-1, -1] = (index // len(COLOURS)) % len(COLOURS)
    colours = np.zeros((256, 4), dtype=np.uint8)
    colours[: len(COLOURS), :3] = COLOURS
    colours[:, 3] = 255
    return Cells(levels, colours.view(np.uint32)[:, 0], Shape.TILE)


def decoded(path: Path) -> tuple[list[float], list[NDArray[np.uint8]]]:
    """Times in seconds, and pictures RGB, of all frames of a file."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        colours = None if path.suffix == ".gif" else "ITU709"
        pictures = [frame.to_ndarray(format="rgb24", src_colorspace=colours) for frame in frames]
        return [frame.time for frame in frames], [picture.astype(np.uint8) for picture in pictures]


def length_of(path: Path) -> float:
    """Seconds that a player shows, once a picture from the middle could be had at once."""
    with av.open(str(path)) as container:
        assert container.duration is not None
        length = container.duration / av.time_base
        if path.suffix != ".gif":
            container.seek(round(0.6 * container.duration))
            assert next(container.decode(video=0)).time <= 0.6 * length
        return length


def corner(picture: NDArray[np.uint8], side: int = 8) -> NDArray[np.int_]:
    """Colour of firefly 0 in a tiny video."""
    length = 240 - 2 * (240 // 24)
    cell = length / side
    y = (240 - length) // 2 + int(cell / 2)
    x = (320 - length) // 2 + int(cell / 2)
    colour: NDArray[np.int_] = picture[y, x].astype(int)
    return colour


@contextmanager
def recorder(
    path: Path, settings: RecordingSettings = TINY, session: bytes = SESSION
) -> Iterator[Recorder]:
    """A recorder that is ready; let go in any case."""
    made = Recorder(
        path, settings, {"title": "Fireflies", "comment": "a test"}, session, largest_side=300
    )
    try:
        while made.poll() is RecorderState.STARTING:
            time.sleep(0.005)
        yield made
    finally:
        made.abandon()


def feed(made: Recorder, n: int, first: int = 0) -> None:
    """Offer frames one by one, as fast as they are taken."""
    for k in range(first, first + n):
        before = made.frames
        while made.frames == before:
            while not made.n_free and made.poll() is RecorderState.RECORDING:
                time.sleep(0.001)
            if made.poll() is not RecorderState.RECORDING:
                return
            made.offer(100.0 + k / made.settings.fps, grid(k))
