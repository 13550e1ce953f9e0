"""Where the pointer is on the screen is where it is in the swarm, at every scale of the desktop."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.real_window.conftest import PAUSE
from tests.real_window.desktop import Desktop, Product, wait_until

# Red and green tiles like a chessboard, which no other part of the window has.
_CHESSBOARD = """
import numpy as np
from tests.gui.cells import board_cells
window.grid.show_picture(board_cells(window.grid.side))
"""
_FINE = 100
_IS_ON_SCREEN = "window.screen().availableGeometry().contains(window.frameGeometry())"
_PINNED = "window.grid.picture.pin.path().boundingRect().getRect()"


def chessboard(product: Product) -> tuple[int, int, float]:
    """Left and upper edge of the chessboard on the screen, and how long a cell is, in pixels.

    Waits until every cell has its share of the pixels, and there is nothing between them.
    """
    side = product.do("window.grid.side")
    found: list[int] = []

    def is_even() -> bool:
        product.do(_CHESSBOARD)  # anew: the pause begins with the next frame
        pixels = product.desktop.pixels()
        red, green, blue = (pixels >> 16) & 0xFF, (pixels >> 8) & 0xFF, pixels & 0xFF
        board = (blue == 0) & (np.abs(red + green - 255) <= 1)
        rows, columns = np.flatnonzero(board.any(axis=1)), np.flatnonzero(board.any(axis=0))
        if not len(columns) or len(rows) != len(columns):
            return False
        found[:] = int(columns[0]), int(rows[0]), len(columns)
        there = red[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        even = _share_of_even_cells(side, len(columns))
        wanted = even[:, None] * even[None, :] + (1 - even[:, None]) * (1 - even[None, :])
        return there.shape == wanted.shape and bool(np.abs(there / 255 - wanted).max() < 0.05)

    wait_until(is_even, "all cells are alike on the screen")
    return found[0], found[1], found[2] / side


def _share_of_even_cells(side: int, length: int) -> NDArray[np.float64]:
    """How much of each pixel along an edge lies in the first, third, fifth ... cell."""
    fine = (np.arange(length * _FINE) + 0.5) * side / (length * _FINE)
    even: NDArray[np.float64] = (np.floor(fine) % 2 == 0).reshape(length, _FINE).mean(axis=1)
    return even


def pixels_of(cell: int, length: float) -> tuple[int, int]:
    """The first and the last pixel whose middle lies in a cell, from the edge of the grid."""
    return math.ceil(cell * length - 0.5), math.ceil((cell + 1) * length - 0.5) - 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "scale"),
    [
        ("1024x600", 1.25),
        pytest.param("1280x720", 1.5, marks=pytest.mark.drill(alone=True)),
        ("1920x1080", 2.0),
    ],
)
def test_the_window_fits_and_each_click_meets_its_firefly(
    desktop_of: Callable[[str], Desktop], tmp_path: Path, size: str, scale: float
) -> None:
    """However the desktop is scaled: all within reach, no seams, each pixel its own cell's."""
    product = Product(desktop_of(size), tmp_path, ["--side", "13"], scale)
    try:
        product.do(PAUSE)
        product.wait_until("window.isActiveWindow()")
        product.wait_until(_IS_ON_SCREEN)
        assert product.do("from tests.gui.geometry import faults; faults(window)") == []
        left, top, length = chessboard(product)
        for x, y, right, down in ((0, 0, 0, 0), (5, 7, 0, 1), (6, 3, 1, 0), (12, 12, 1, 0)):
            at = left + pixels_of(x, length)[right], top + pixels_of(y, length)[down]
            product.desktop.point("mousemove", *at, "click", 1)
            product.wait_until(f"list({_PINNED})[2]")
            assert tuple(product.do(_PINNED)[:2]) == (x, y)
            product.do("window.letGoRequested.emit()")
            product.wait_until(f"not list({_PINNED})[2]")
        product.desktop.point_away()
        assert (product.close(), product.errors()) == (0, "")
    finally:
        product.kill()


def test_the_circle_of_a_brush_follows_the_wheel_at_once_and_is_seen_on_lit_cells(
    shown: Product,
) -> None:
    """Paused, nothing else would paint; its line is light and dark, so one of them stands out."""
    left, top, length = chessboard(shown)
    x, y = left + round(6 * length), top + round(6 * length)
    shown.do("window.ask('brush silence')")
    shown.desktop.point("mousemove", x, y)
    shown.wait_until("window.grid.ring.isVisible()")
    shown.do("from tests.gui.cells import dark_cells, white_cells")
    for cells in ("white_cells", "dark_cells"):
        shown.do(f"window.grid.show_picture({cells}(window.grid.side))")
        for turn in (4, 5):  # the wheel's two directions
            before = shown.do("window.grid.ring.rect().width()")
            shown.desktop.point("click", turn)
            shown.wait_until(f"window.grid.ring.rect().width() != {before}")
            reach = round(shown.do("window.grid.ring.rect().width()") / 2)

            def contrast(reach: int = reach) -> int:
                """Between the darkest and the lightest pixel where the line crosses."""
                line = shown.desktop.pixels()[y, x + reach - 4 : x + reach + 5] & 0xFF
                return int(line.max()) - int(line.min())

            wait_until(lambda: contrast() > 100, "the circle stands out")
    shown.desktop.point_away()
    shown.wait_until("not window.grid.ring.isVisible()")
