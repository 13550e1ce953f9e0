"""Where the pointer is on the screen is where it is in the swarm, at every scale of the desktop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.real_window.conftest import PAUSE
from tests.real_window.desktop import Desktop, Product, wait_until

# Red and green cells like a chessboard, which no other part of the window has.
_CHESSBOARD = """
import numpy as np
side = window.grid.side
y, x = np.mgrid[:side, :side]
picture = np.full((side, side, 4), (0, 255, 0, 255), np.uint8)
picture[(x + y) % 2 == 0] = (255, 0, 0, 255)
window.grid.show_picture(picture)
"""
_RED, _GREEN = 0xFF0000, 0x00FF00
_IS_ON_SCREEN = "window.screen().availableGeometry().contains(window.frameGeometry())"
_PINNED = "window.grid.picture.pin.path().boundingRect().getRect()"


def chessboard(product: Product) -> tuple[int, int, int]:
    """Left and upper edge of the chessboard on the screen, and how long a cell is, in pixels.

    Waits until every cell has the same number of pixels, and there is nothing between them.
    """
    side = product.do("window.grid.side")
    wanted = np.where(np.indices((side, side)).sum(axis=0) % 2 == 0, _RED, _GREEN)
    found: list[int] = []

    def is_even() -> bool:
        product.do(_CHESSBOARD)  # anew: the pause begins with the next frame
        pixels = product.desktop.pixels()
        board = (pixels == _RED) | (pixels == _GREEN)
        rows, columns = np.flatnonzero(board.any(axis=1)), np.flatnonzero(board.any(axis=0))
        length = len(columns) // side
        if not length or len(rows) != len(columns) or len(columns) % side:
            return False
        found[:] = int(columns[0]), int(rows[0]), length
        there = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return bool((there == np.kron(wanted, np.ones((length, length), np.int64))).all())

    wait_until(is_even, "all cells are alike on the screen")
    return found[0], found[1], found[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "scale"),
    [("1024x600", 1.25), ("1280x720", 1.5), ("1920x1080", 2.0)],
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
        end = length - 1
        for x, y, right, down in ((0, 0, 0, 0), (5, 7, 0, end), (6, 3, end, 0), (12, 12, end, 0)):
            at = left + x * length + right, top + y * length + down
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
    x, y = left + 6 * length, top + 6 * length
    shown.do("window.ask('brush silence')")
    shown.desktop.point("mousemove", x, y)
    shown.wait_until("window.grid.ring.isVisible()")
    for colour in ((255, 243, 196, 255), (16, 24, 44, 255)):
        shown.do(f"picture[:] = {colour}; window.grid.show_picture(picture.copy())")
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
