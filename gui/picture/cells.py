"""The picture of a swarm before it is drawn: a level for each firefly, and what colour that is."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

FAILED_LEVEL: Final = 256
"""Of a firefly whose workflow has failed: the entry after those of the table."""

_LARGEST_TABLE: Final = FAILED_LEVEL + 1


class Shape(enum.Enum):
    """What a firefly is drawn as, where its cell is large enough for that."""

    TILE = "tile"
    DISC = "disc"
    LIGHT = "light"


Header = tuple[int, int, str, bool, bool]
"""Side, number of colours and shape of cells that are packed, whether levels go round, and
whether dots come with them."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One picture, one cell a firefly.

    Attributes
    ----------
    levels
        Shape ``(side, side)``, uint16; at most 255, or :data:`FAILED_LEVEL`.
    colours
        RGBA of each level, packed in uint32, shape ``(256,)``, and if any has failed that of a
        failed firefly after them; opaque.
    shape
        What they are drawn as.
    is_cyclic
        Whether the last level is followed by the first, as it is with phases: the mean of both
        lies between them, and not in the middle of the table.
    dots
        Packed colour of the dot on each firefly, 0 for none, shape ``(side, side)``; None if
        nobody has one. The window draws dots of its own.
    """

    levels: NDArray[np.uint16]
    colours: NDArray[np.uint32]
    shape: Shape
    is_cyclic: bool = False
    dots: NDArray[np.uint32] | None = None

    @property
    def side(self) -> int:
        """Fireflies along each edge."""
        return len(self.levels)

    @property
    def header(self) -> Header:
        """What is needed to unpack them."""
        has_dots = self.dots is not None
        return self.side, len(self.colours), self.shape.value, self.is_cyclic, has_dots

    @property
    def parts(self) -> tuple[NDArray[np.uint8], ...]:
        """Levels, colours and dots as bytes, which one after the other are what is packed."""
        parts = (self.levels, self.colours) + (() if self.dots is None else (self.dots,))
        return tuple(np.ascontiguousarray(part).view(np.uint8).reshape(-1) for part in parts)

    @classmethod
    def unpacked(cls, header: Header, packed: NDArray[np.uint8]) -> Cells:
        """The cells, by their header and at least as many bytes as :func:`packed_size` says."""
        side, n_colours, shape, is_cyclic, has_dots = header
        end = 2 * side * side
        levels = packed[:end].view(np.uint16).reshape(side, side)
        begin, end = end, end + 4 * n_colours
        colours = packed[begin:end].view(np.uint32)
        dots = packed[end : end + 4 * side * side].view(np.uint32) if has_dots else None
        if dots is not None:
            dots = dots.reshape(side, side)
        return cls(levels, colours, Shape(shape), is_cyclic, dots)


def for_screen(packed: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Packed RGBA in the order that screens have, BGRA; Qt copies that without a change."""
    rgba = packed.view(np.uint8).reshape(-1, 4)
    return np.ascontiguousarray(rgba[:, [2, 1, 0, 3]]).view(np.uint32)[:, 0]


def packed_size(side: int) -> int:
    """Bytes that the cells of a grid take at most."""
    return 6 * side * side + 4 * _LARGEST_TABLE


def with_failed(cells: Cells, ids: Sequence[int], rgba: tuple[int, int, int, int]) -> Cells:
    """The picture with some fireflies in the colour of failure; its levels are written over."""
    cells.levels.reshape(-1)[list(ids)] = FAILED_LEVEL
    colour = np.array(rgba, dtype=np.uint8).view(np.uint32)
    return replace(cells, colours=np.append(cells.colours[:FAILED_LEVEL], colour))
