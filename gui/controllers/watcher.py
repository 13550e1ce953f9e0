"""Watchers: they look at each frame beside the screen."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Takes pictures away, or does something else once a frame."""

    @property
    def wants_pictures(self) -> bool:
        """Whether pictures have to be made even if nobody looks."""

    def take(self, wall: float) -> None:
        """A frame has been made, or its picture would be the one before."""
