"""A first start as a newcomer has it: a fresh home, and not a word on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.real_window.desktop import Desktop, Product, wait_until

_STORY = "not window.overlays.story.isHidden()"
_MIDDLE = """
grid = window.grid
side = grid.side
corner = grid.mapToGlobal(grid.cell_rect((side // 2) * side + side // 2).center().toPoint())
[corner.x(), corner.y(), grid.cell_rect(0).width()]
"""
_PAUSED = "window.toolbar.buttons['play'].accessibleName() == 'Play'"


@pytest.mark.slow
def test_a_click_ends_the_story_and_lights_a_disc_and_later_starts_are_quiet(
    desktop_of: Callable[[str], Desktop], tmp_path: Path
) -> None:
    """The story is on the screen until then; the same home has none the next time."""
    desktop = desktop_of("1280x720")
    product = Product(desktop, tmp_path)
    try:
        product.wait_until(_STORY)
        product.wait_until("window.grid.side == 50")
        product.wait_until("not window.workbench.views_missing()")
        x, y, cell = product.do(_MIDDLE)
        size = round(cell)
        reach = 3 * size  # of a brush nine cells wide
        desktop.point("mousemove", x, y, "click", 1)
        product.wait_until(f"not ({_STORY})")
        desktop.press("space")
        product.wait_until(_PAUSED)
        desktop.point("mousemove", x, y, "click", 1)
        desktop.point_away()

        def is_lit() -> bool:
            red = desktop.pixels()[y - reach : y + reach, x - reach : x + reach] >> 16
            brightest = red.reshape(6, size, 6, size).max(axis=(1, 3))  # of tiles as large as cells
            return bool(np.median(brightest) > 0x80)  # dark ones have 0x10 of red

        wait_until(is_lit, "the fireflies under the brush have flashed")
        assert (product.close(), product.errors()) == (0, "")
        product.kill()
        product = Product(desktop, tmp_path)
        product.wait_until("window.panel.preset_bar.button.text() == 'First light'")
        product.wait_until("window.grid.side == 50")
        assert not product.do(_STORY)
        assert product.do("window.commands.situation.brush.value") == "look"
        assert (product.close(), product.errors()) == (0, "")
    finally:
        product.kill()
