"""Pictures of the size of the video, made from smaller ones: numpy alone."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gui.models.recording_settings import Layout, RecordingSettings
from gui.picture.cells import Cells
from gui.picture.dots import DotPainter
from gui.picture.rasteriser import Extent, Rasteriser

BACKGROUND: Final = (0x0A, 0x0E, 0x1C)
"""Around the grid: the night colour of its margin in the window."""


class Composer:
    """Places the grid or the window, and the caption, in the picture of a video.

    The grid is as large as fits within a margin, and centred.

    Parameters
    ----------
    settings
        Size, and what is shown.
    """

    def __init__(self, settings: RecordingSettings) -> None:
        self._layout = Layout.of(settings)
        self._rasteriser = Rasteriser()
        self._dots = DotPainter()
        shape = (settings.height, settings.width, 4)
        self._picture = np.empty(shape, dtype=np.uint8)
        self._size: tuple[int, int] | None = None

    def compose(
        self, subject: Cells | NDArray[np.uint8], caption: NDArray[np.uint8] | None
    ) -> NDArray[np.uint8]:
        """The picture, shape ``(height, width, 4)``; the same memory each time.

        Parameters
        ----------
        subject
            The grid, or RGBA of the window.
        caption
            RGBA of the size of its place, or None to leave what stands there.
        """
        if isinstance(subject, Cells):
            length = self._length()
            grid = self._rasteriser.draw(subject, Extent.whole(subject.side, length))
            self._dots.draw(subject, grid)
            self._place(grid)
        else:
            self._place(self._fitting(subject))
        place = self._layout.caption
        if caption is not None and place is not None:
            self._picture[
                place.y : place.y + caption.shape[0], place.x : place.x + caption.shape[1]
            ] = caption
        return self._picture

    def _length(self) -> int:
        """Of the grid, pixels."""
        room, caption = self._layout.subject, self._layout.caption
        length = min(room.width, room.height)
        if caption is not None and caption.height > length // 2:
            length = min(length, room.width - 2 * caption.width)
        return length - 2 * (length // 24)

    def _fitting(self, window: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The window, made smaller if it is larger than its room."""
        room = self._layout.subject
        height, width = window.shape[:2]
        scale = min(room.height / height, room.width / width, 1.0)
        if scale == 1.0:
            return window
        size = max(1, int(height * scale)), max(1, int(width * scale))
        rows = np.arange(size[0]) * height // size[0]
        columns = np.arange(size[1]) * width // size[1]
        fitting: NDArray[np.uint8] = np.take(np.take(window, rows, axis=0), columns, axis=1)
        return fitting

    def _place(self, subject: NDArray[np.uint8]) -> None:
        room = self._layout.subject
        height, width = subject.shape[:2]
        if self._size != (height, width):
            self._size = height, width
            self._picture[..., :3] = BACKGROUND
            self._picture[..., 3] = 255
        top = room.y + (room.height - height) // 2
        left = room.x + (room.width - width) // 2
        self._picture[top : top + height, left : left + width] = subject
