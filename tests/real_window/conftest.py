"""One X server for all tests that look at a real screen, and one window for each module."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest

from tests.real_window.desktop import Desktop, NoDesktopError, Product

# As it is after the start, whatever the test before has done.
TIDY = """
from PySide6.QtWidgets import QApplication
for top in QApplication.topLevelWidgets():
    if top is not window and top.isVisible():
        top.close()
if window.is_grid_alone:
    window.toggle_grid_alone()
window.showNormal()
window.workbench.arrange_anew()
window.ask("theme night")
window.ask("usual text")
window.ask("view glow")
window.ask("brush look")
window.letGoRequested.emit()
window.show_notice(None)
window.show_toast("")
window.resize(1280, 800)
if window.grid.side != 12:
    window.sliders["side"].valueTyped.emit("side", "12")
"""

PAUSE = """
if window.toolbar.buttons["play"].accessibleName() == "Pause":
    window.ask("play")
"""


@pytest.fixture(scope="session")
def desktop_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Desktop]]:
    """Gives the X server with a screen of a size, such as "1280x720"; started when asked for."""
    if sys.platform != "linux":
        pytest.skip("no X server on this system")
    started: dict[str, Desktop] = {}

    def desktop_of_size(size: str) -> Desktop:
        if size not in started:
            try:
                started[size] = Desktop(tmp_path_factory.mktemp("screen"), size)
            except NoDesktopError as reason:
                pytest.skip(f"no real window: {reason}")
        return started[size]

    yield desktop_of_size
    for each in started.values():
        each.close()


@pytest.fixture(scope="module")
def product(
    desktop_of: Callable[[str], Desktop], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """The product with a small swarm, on a large screen; started once for a module.

    It isn't left for those that follow: it would take its share of the processor from all tests.
    """
    started = Product(
        desktop_of("1920x1080"),
        tmp_path_factory.mktemp("remembered"),
        ["--side", "12", "--seed", "1"],
    )
    try:
        yield started
        assert (started.close(), started.errors()) == (0, "")
    finally:
        started.kill()


@pytest.fixture
def shown(product: Product) -> Product:
    """The same, as it is after the start, and paused."""
    product.do(TIDY)
    product.wait_until("window.width() == 1280 and window.height() == 800")
    product.wait_until("window.grid.side == 12")
    product.wait_until("not window.workbench.views_missing()")  # plots come after the grid
    product.do(PAUSE)
    return product
