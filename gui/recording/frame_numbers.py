"""Frame numbers of a video as wall time passes: which frame is due, and which were missed."""

from __future__ import annotations

import math
from typing import Final

_PICTURES_PER_S: Final = 60
"""Pictures that a window makes, at most; a video of more frames shows some of them longer."""

_SURELY_BEFORE: Final = 0.25
"""Part of a frame by which a picture comes before it, for the frame before not to be missed."""


class FrameNumbers:
    """Gives pictures the numbers of their frames.

    Parameters
    ----------
    fps
        Frames per second of the video.

    Attributes
    ----------
    last
        Number of the frame taken last; -1 before the first, which is 0.
    is_paused
        Whether the time of the video stands still.
    """

    def __init__(self, fps: int) -> None:
        self._fps = fps
        self._began = math.nan
        self._is_joining = False
        self.is_paused = False
        self.last = -1

    def pause(self, is_paused: bool) -> None:
        """Let the time of the video stand still, or go on with the frame after the last."""
        if self.is_paused and not is_paused:
            self._is_joining = not math.isnan(self._began)
        self.is_paused = is_paused

    @property
    def elapsed_s(self) -> float:
        """Seconds of video so far."""
        return (self.last + 1) / self._fps

    def is_due(self, wall: float) -> bool:
        """Whether a frame that has not been taken begins at `wall`, seconds of the wall clock."""
        return not self.is_paused and (self._is_joining or self._index(wall) > self.last)

    def take(self, wall: float) -> int:
        """Take the frame of `wall`; the first is the beginning of the video.

        Returns
        -------
        int
            How many frames before it were missed, though a picture could have been there.
        """
        if self._is_joining:
            self._is_joining = False
            self._began = wall - (self.last + 1) / self._fps
        index, missed = self._index(wall), 0
        if math.isnan(self._began):
            self._began = wall
        else:
            step = index - self.last
            missed = max(0, round(step * min(1.0, _PICTURES_PER_S / self._fps)) - 1)
        self.last = index
        return missed

    def _index(self, wall: float) -> int:
        """Number of the frame at a time; pictures that come somewhat early or late have theirs."""
        if math.isnan(self._began):
            return 0
        fps = self._fps
        early = min(0.5, fps / (2 * _PICTURES_PER_S))  # half the way to the next picture or frame
        place = (wall - self._began) * fps
        index = math.floor(place + early)
        # Of 50 frames and 60 pictures a second, one comes just before its frame now and then.
        is_between = index == self.last + 2 and place < index - _SURELY_BEFORE
        return index - 1 if is_between else index
