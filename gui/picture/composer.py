"""Pictures of the size of the video, made from smaller ones: numpy alone."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gui.models.recording_settings import Layout, RecordingSettings, Subject

BACKGROUND: Final = (0x0A, 0x0E, 0x1C)
"""Around the grid: the night colour of its margin in the window."""


class Composer:
    """Places the grid or the window, and the caption, in the picture of a video.

    Fireflies are whole pixels wide, all alike, so that the edges between them are
    sharp; the grid is as large as that allows, and centred.

    Parameters
    ----------
    settings
        Size, and what is shown.
    """

    def __init__(self, settings: RecordingSettings) -> None:
        self._layout = Layout.of(settings)
        self._is_grid = settings.subject is Subject.GRID
        shape = (settings.height, settings.width, 4)
        self._picture = np.empty(shape, dtype=np.uint8)
        self._shape: tuple[int, ...] = ()
        self._clear()

    def _clear(self) -> None:
        self._picture[..., :3] = BACKGROUND
        self._picture[..., 3] = 255

    def compose(
        self, subject: NDArray[np.uint8], caption: NDArray[np.uint8] | None
    ) -> NDArray[np.uint8]:
        """The picture, shape ``(height, width, 4)``; the same memory each time.

        Parameters
        ----------
        subject
            RGBA of the grid, one pixel a firefly, or of the window at most as large as the
            video.
        caption
            RGBA of the size of its place, or None to leave what stands there.
        """
        if subject.shape != self._shape:
            self._shape = subject.shape
            self._clear()
            self._place_subject(subject.shape)
        rows, columns = self._index
        np.take(np.take(subject, rows, axis=0), columns, axis=1, out=self._target, mode="clip")
        place = self._layout.caption
        if caption is not None and place is not None:
            self._picture[
                place.y : place.y + caption.shape[0], place.x : place.x + caption.shape[1]
            ] = caption
        return self._picture

    def _place_subject(self, shape: tuple[int, ...]) -> None:
        room = self._layout.subject
        height, width = shape[:2]
        if self._is_grid:
            length = min(room.width, room.height)
            if self._layout.caption is not None and self._layout.caption.height > length // 2:
                length = min(length, room.width - 2 * self._layout.caption.width)
            margin = length // 24
            cell = (length - 2 * margin) // width
            scaled = (cell * height, cell * width) if cell else (length, length)
        else:
            scale = min(room.height / height, room.width / width, 1.0)
            scaled = (max(1, int(height * scale)), max(1, int(width * scale)))
        rows = np.arange(scaled[0]) * height // scaled[0]
        columns = np.arange(scaled[1]) * width // scaled[1]
        self._index = (rows, columns)
        top = room.y + (room.height - scaled[0]) // 2
        left = room.x + (room.width - scaled[1]) // 2
        self._target = self._picture[top : top + scaled[0], left : left + scaled[1]]
