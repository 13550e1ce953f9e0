"""Where there is room, plots stand beside the grid: as long as nobody has arranged them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.views.window import Window
from tests.gui.panel_names import SHOWN_AT_FIRST

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of windows, offscreen

WIDE, NARROW = (1900, 1000), (1280, 800)


def shown(qtbot: QtBot) -> Window:
    """A window that is not wide."""
    window = Window()
    qtbot.addWidget(window)
    window.resize(*NARROW)
    window.show()
    qtbot.waitExposed(window)
    return window


def is_beside(window: Window) -> bool:
    """Whether R stands to the left of the grid, and not below it."""
    plot = window.workbench.docks["coherence"].geometry()
    grid = window.grid.geometry()
    assert plot.right() < grid.left() or plot.top() > grid.bottom()
    return bool(plot.right() < grid.left())


def test_plots_go_by_the_room_there_is(qtbot: QtBot) -> None:
    """Below a grid that is as wide as the window, beside one that leaves room; there and back."""
    window = shown(qtbot)
    assert not is_beside(window)
    assert window.workbench.shown() == SHOWN_AT_FIRST
    window.resize(*WIDE)
    qtbot.waitUntil(lambda: is_beside(window))
    assert window.workbench.shown() == SHOWN_AT_FIRST | {"circle", "raster"}
    grid = window.grid
    qtbot.waitUntil(lambda: abs(grid.width() - grid.height()) < 0.1 * grid.height())
    window.resize(*NARROW)
    qtbot.waitUntil(lambda: not is_beside(window))
    assert window.workbench.shown() == SHOWN_AT_FIRST


def test_plots_beside_the_grid_share_its_height(qtbot: QtBot) -> None:
    """At first, and when more are shown: none is pressed flat by the others."""
    window = shown(qtbot)
    bench = window.workbench
    window.resize(*WIDE)
    qtbot.waitUntil(lambda: is_beside(window))

    def are_alike(*names: str) -> bool:
        heights = [bench.docks[name].height() for name in names]
        return max(heights) <= 1.1 * min(heights)

    qtbot.waitUntil(lambda: are_alike("coherence", "raster", "circle"))
    bench.show_panel("raster", False)
    bench.show_panel("rate")
    bench.show_panel("engine")
    qtbot.waitUntil(lambda: are_alike("coherence", "rate", "engine"))


def test_what_somebody_arranged_stays(qtbot: QtBot) -> None:
    """A panel shown, a panel floated, or what parts them taken hold of: none of it is undone."""
    window = shown(qtbot)
    bench = window.workbench
    bench.show_panel("rate")
    assert not bench.is_automatic
    window.resize(*WIDE)
    assert bench.is_shown("rate")
    assert not is_beside(window)
    bench.arrange_anew()
    assert bench.is_automatic
    assert is_beside(window)
    dock = bench.docks["coherence"]
    dock.setFloating(True)
    dock.setFloating(False)
    assert not bench.is_automatic
    bench.arrange_anew()
    between = QPoint(dock.geometry().right() + 2, dock.geometry().center().y())
    QTest.mousePress(bench, Qt.MouseButton.LeftButton, pos=between)
    QTest.mouseRelease(bench, Qt.MouseButton.LeftButton, pos=between)
    assert not bench.is_automatic
    window.resize(*NARROW)
    assert is_beside(window)


def test_what_was_remembered_is_not_rearranged(qtbot: QtBot) -> None:
    """In a window of another shape the panels stand where they were put."""
    window = shown(qtbot)
    bench = window.workbench
    bench.show_panel("rate")
    remembered = bench.arrangement()
    bench.arrange_anew()
    assert bench.arrange(remembered)
    window.resize(*WIDE)
    assert bench.is_shown("rate")
    assert not is_beside(window)


def test_the_full_screen_gives_back_what_was_there(qtbot: QtBot) -> None:
    """The grid alone and back: still arranged by the room, or by hand, as before."""
    window = shown(qtbot)
    bench = window.workbench
    bench.put_away(True)
    window.resize(*WIDE)
    assert not bench.shown()
    window.resize(*NARROW)
    bench.put_away(False)
    assert bench.shown() == SHOWN_AT_FIRST
    assert bench.is_automatic
