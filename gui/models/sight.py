"""The sight of a grid: how large it is seen, and what part of it lies in its room."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

LARGEST_CELL: Final = 96
"""Pixels of the screen that a firefly takes at most."""

STEP: Final = 1.25
"""By how much a step of the wheel or a key zooms."""


@dataclass(frozen=True, slots=True)
class Room:
    """What there is for a grid.

    Attributes
    ----------
    width, height
        Pixels of the screen.
    margin
        What stays free around the whole grid, pixels.
    """

    width: int
    height: int
    margin: int

    @property
    def length(self) -> int:
        """Edge of the largest square within the margins, at least one pixel."""
        return max(1, min(self.width, self.height) - 2 * self.margin)


@dataclass(frozen=True, slots=True)
class GridPlace:
    """Where a grid lies, in pixels of the screen from the upper left corner of its room.

    Attributes
    ----------
    left, top
        Its upper left corner, which may lie outside the room.
    length
        Its edge.
    side
        Fireflies along that.
    """

    left: int
    top: int
    length: int
    side: int

    @property
    def cell(self) -> float:
        """Pixels a firefly."""
        return self.length / self.side

    def cells_at(self, x: float, y: float) -> tuple[float, float]:
        """A point of the room in cells from the upper left corner of the grid."""
        return (x - self.left) / self.cell, (y - self.top) / self.cell

    def seen(self, room: Room) -> tuple[int, int, int, int]:
        """Left, top, width and height of what lies in the room, pixels from its corner."""
        left, top = max(0, self.left), max(0, self.top)
        right = min(room.width, self.left + self.length)
        bottom = min(room.height, self.top + self.length)
        return left, top, max(1, right - left), max(1, bottom - top)


@dataclass(frozen=True, slots=True)
class Sight:
    """How a grid is looked at.

    Attributes
    ----------
    zoom
        How many times larger it is than where all of it is seen; at least 1.
    x, y
        What lies in the middle of the room, as shares of its edges.
    """

    zoom: float = 1.0
    x: float = 0.5
    y: float = 0.5

    @property
    def is_whole(self) -> bool:
        """Whether all of the grid is seen."""
        return self.zoom == 1.0

    def place(self, side: int, room: Room) -> GridPlace:
        """Where a grid lies; never farther from an edge of the room than its margin."""
        length = round(room.length * min(self.zoom, _most_zoom(side, room)))
        left = _clamped(room.width, length, self.x, room.margin)
        top = _clamped(room.height, length, self.y, room.margin)
        return GridPlace(left, top, length, side)

    def zoomed(
        self, factor: float, about: tuple[float, float] | None, side: int, room: Room
    ) -> Sight:
        """Larger or smaller, with the firefly at a point staying where it is.

        Parameters
        ----------
        factor
            How much larger.
        about
            The point, pixels from the corner of the room; None for its middle.
        side, room
            Of which grid, in what room.
        """
        zoom = min(max(1.0, self.zoom * factor), _most_zoom(side, room))
        if zoom < math.sqrt(STEP):  # less than half a step from the whole
            return WHOLE
        x, y = about or (room.width / 2, room.height / 2)
        before = self.place(side, room)
        length = round(room.length * zoom)
        column, row = (x - before.left) / before.length, (y - before.top) / before.length
        return Sight(
            zoom,
            column + (room.width / 2 - x) / length,
            row + (room.height / 2 - y) / length,
        ).settled(side, room)

    def moved(self, x: float, y: float, side: int, room: Room) -> Sight:
        """After the grid was pushed by so many pixels, to the right and down."""
        length = self.place(side, room).length
        return Sight(self.zoom, self.x - x / length, self.y - y / length).settled(side, room)

    def centred(self, column: float, row: float, side: int, room: Room) -> Sight:
        """With a place of the grid, in cells, in the middle as far as that can be."""
        return Sight(self.zoom, column / side, row / side).settled(side, room)

    def showing(self, column: int, row: int, side: int, room: Room) -> Sight:
        """Moved as little as is needed for a firefly to be seen whole."""
        place = self.place(side, room)
        left, top = place.left + column * place.cell, place.top + row * place.cell
        x = _into_view(left, place.cell, room.width, room.margin)
        y = _into_view(top, place.cell, room.height, room.margin)
        return self.moved(x, y, side, room) if x or y else self

    def settled(self, side: int, room: Room) -> Sight:
        """The same, with what really lies in the middle once the edges have held it."""
        place = self.place(side, room)
        return Sight(
            min(self.zoom, _most_zoom(side, room)),
            (room.width / 2 - place.left) / place.length,
            (room.height / 2 - place.top) / place.length,
        )


WHOLE: Final = Sight()
"""All of the grid."""


def _most_zoom(side: int, room: Room) -> float:
    return max(1.0, LARGEST_CELL * side / room.length)


def _clamped(room: int, length: int, share: float, margin: int) -> int:
    """Where a grid begins along one edge, pixels."""
    if length <= room - 2 * margin:
        return (room - length) // 2
    return min(margin, max(room - length - margin, round(room / 2 - share * length)))


def _into_view(begin: float, length: float, room: int, margin: int) -> float:
    """By how much something has to be moved to lie within a room."""
    if begin < margin:
        return margin - begin
    return min(0.0, room - margin - (begin + length))
