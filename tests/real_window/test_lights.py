"""Lights on the screen: a flash is a disc, who rests is seen, and nothing else changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.real_window.desktop import Product, wait_until

# Where the picture of the swarm is on the screen, and how long a firefly is, in pixels.
_PLACE = """
corner = window.grid.mapToGlobal(window.grid.cell_rect(0).topLeft().toPoint())
[corner.x(), corner.y(), window.grid.cell_rect(0).width()]
"""
_SIDE, _LIT = 12, 5 * 12 + 6  # row 5, column 6

_STATUS = "line = window.status_line; [line.mapToGlobal(line.rect().topLeft()).y(), line.height()]"


def lightness(pixels: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Red, green and blue added up."""
    channels = [(pixels >> np.uint32(shift)) & np.uint32(0xFF) for shift in (0, 8, 16)]
    total: NDArray[np.int64] = np.sum(channels, axis=0, dtype=np.int64)
    return total


def shown_with(product: Product, cells: str) -> NDArray[np.uint32]:
    """The screen when the grid shows some cells: twice, as the pause begins with the next frame.

    Without the status line, which tells for a second more how frames came.
    """
    top, height = product.do(_STATUS)
    seen: list[NDArray[np.uint32]] = []

    def is_settled() -> bool:
        product.do(f"import tests.gui.cells as cells; window.grid.show_picture(cells.{cells})")
        product.wait_until_whole()
        pixels = product.desktop.pixels().copy()
        pixels[top : top + height] = 0
        seen.append(pixels)
        return len(seen) > 1 and bool((seen[-1] == seen[-2]).all())

    wait_until(is_settled, "the grid shows what it is given")
    return seen[-1]


def test_a_lone_flash_is_a_disc_on_a_meadow(shown: Product) -> None:
    """Its middle is brightest, it is as wide as high, and what lies outside of the grid stays."""
    x, y, cell = shown.do(_PLACE)
    dark = shown_with(shown, f"dark_cells({_SIDE})")
    lit = shown_with(shown, f"lit_cells({_SIDE}, {_LIT})")
    row, column = divmod(_LIT, _SIDE)
    middle = round(y + (row + 0.5) * cell), round(x + (column + 0.5) * cell)
    gain = lightness(lit) - lightness(dark)
    brightest = np.argwhere(gain == gain.max())
    assert np.abs(brightest - middle).max() <= max(2, 0.2 * cell), "the middle is brightest"
    half = np.argwhere(gain > gain.max() / 2)
    height, width = half.max(axis=0) - half.min(axis=0) + 1
    assert abs(height - width) <= 2
    assert 0.2 * cell < width < cell
    assert len(half) < 0.9 * height * width, "it is round"
    changed = np.argwhere(np.abs(gain) > 6)
    reach = 2.0 * cell
    assert (np.abs(changed - middle) <= reach).all(), "nothing else changes"

    def at(row: float, column: float) -> int:
        return int(lightness(dark)[round(y + row * cell), round(x + column * cell)])

    for k in range(1, _SIDE - 1):
        assert at(k + 0.5, 2.5) > at(k, 2) + 8, "who rests is seen"
