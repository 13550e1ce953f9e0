"""More fireflies than pixels: no flash is lost."""

from __future__ import annotations

import numpy as np
import pytest

from gui.picture.cells import Cells, Shape
from gui.picture.rasteriser import Extent, Rasteriser

COLOURS = np.arange(256, dtype=np.uint32) * 0x010101 + 0xFF000000


def drawn(levels: np.ndarray[tuple[int, int], np.dtype[np.uint16]], extent: Extent) -> np.ndarray:
    """Brightness of the pixels."""
    return Rasteriser().draw(Cells(levels, COLOURS, Shape.LIGHT), extent)[..., 0]


@pytest.mark.parametrize(("side", "length"), [(40, 39), (100, 37), (64, 32), (101, 20), (7, 3)])
def test_a_pixel_is_the_brightest_of_its_fireflies(side: int, length: int) -> None:
    """Each firefly is in one pixel; the rest of the picture doesn't change for it."""
    rng = np.random.default_rng(side)
    extent = Extent.whole(side, length)
    for _ in range(30):
        levels = np.full((side, side), 20, dtype=np.uint16)
        y, x = rng.integers(0, side, 2)
        levels[y, x] = 255
        picture = drawn(levels, extent)
        ((row,), (column,)) = np.nonzero(picture == 255)
        assert abs(row - y * length / side) <= 1.0
        assert abs(column - x * length / side) <= 1.0
        assert (picture == 20).sum() == length * length - 1
    everybody = rng.integers(0, 256, (side, side)).astype(np.uint16)
    assert drawn(everybody, extent).max() == everybody.max()


def test_a_part_of_a_crowd_shows_what_is_in_it_alone() -> None:
    """From the middle on, to the lower right corner."""
    levels = np.full((100, 100), 20, dtype=np.uint16)
    levels[10, 10], levels[60, 70] = 255, 200
    picture = drawn(levels, Extent(50.0, 50.0, 50.0, 50.0, 30, 30))
    assert picture.max() == 200
    ((row,), (column,)) = np.nonzero(picture == 200)
    assert [int(row), int(column)] == [6, 12]
