"""What widgets look like: no stray colours, and the one with the focus stands out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui.picture.theme import NIGHT
from gui.views.window import Window
from tests.gui.application import focused
from tests.gui.geometry import settle
from tests.gui.shown_window import shown

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of windows, offscreen


def pixels(widget: QWidget) -> NDArray[np.uint32]:
    """A widget as it is painted, as 0xRRGGBB, shape (height, width)."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint32)
    return flat.reshape(image.height(), image.width()) & np.uint32(0xFFFFFF)


def number(colour: str) -> int:
    """A colour of the theme as pixels have it."""
    return int(colour.removeprefix("#"), 16)


@pytest.mark.parametrize("name", ["controls", "circle"])
def test_a_floated_panel_has_a_frame_and_nothing_light_inside_of_it(
    qtbot: QtBot, name: str
) -> None:
    """Its content and its title may be narrower than it is."""
    window = shown(qtbot)
    dock = window.workbench.docks[name]
    dock.show()
    dock.setPalette(QPalette(Qt.GlobalColor.white))  # what Qt paints below
    dock.setFloating(True)
    dock.resize(dock.width() + 6, dock.height())
    settle()
    painted = pixels(dock)
    for line in (painted[0], painted[-1], painted[:, 0], painted[:, -1]):
        assert (line == number(NIGHT.muted)).all()
    for line in (painted[1, 1:-1], painted[-2, 1:-1], painted[1:-1, 1], painted[1:-1, -2]):
        assert set(line) <= {number(NIGHT.panel), number(NIGHT.lines)}  # below its title


def test_tabs_of_stacked_panels_stand_on_the_colour_of_panels(qtbot: QtBot) -> None:
    """From the last tab to the end of their row there is neither a line nor another colour."""
    window = shown(qtbot)
    for name in ("raster", "failures"):
        window.workbench.show_panel(name)
    settle()
    (bar,) = (each for each in window.workbench.findChildren(QTabBar) if each.count())
    place = QRect(bar.mapTo(window, QPoint(0, 0)), bar.size())
    end = bar.tabRect(bar.count() - 1).right() + 1
    assert end < place.width()
    row = pixels(window)[place.top() : place.bottom() + 1, place.left() + end : place.right() + 1]
    assert (row == number(NIGHT.panel)).all()


def test_stacked_panels_are_named_in_full_however_little_room_there_is(qtbot: QtBot) -> None:
    """Arrows lead to the tabs that there is no room for."""
    window = shown(qtbot)
    names = ("frequencies", "avalanches", "returns", "response")
    for name in names:
        window.workbench.show_panel(name)
    settle()
    (bar,) = (each for each in window.workbench.findChildren(QTabBar) if each.count())
    titles = [window.workbench.docks[name].windowTitle() for name in names]
    words = [bar.tabText(k) for k in range(bar.count())]
    assert sorted(words) == sorted(titles)
    for k, title in enumerate(words):
        assert bar.tabRect(k).width() > bar.fontMetrics().horizontalAdvance(title)
    assert bar.tabRect(0).united(bar.tabRect(bar.count() - 1)).width() > bar.width()
    arrows = [each for each in bar.findChildren(QToolButton) if each.isVisible()]
    assert len(arrows) == 2


def focused_by_tab(window: Window, wanted: QWidget) -> None:
    """Go on with Tab until a control has the focus."""
    window.setFocus()
    for _ in range(100):
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        if focused() is wanted:
            return
    raise AssertionError(f"Tab doesn't lead to {wanted}")


def test_the_focus_shows_as_one_frame_around_a_button_and_around_a_slider(qtbot: QtBot) -> None:
    """Between its frame and its words a button looks as without; of a slider all ends change."""
    window = shown(qtbot)
    button, track = window.panel.preset_bar.button, window.sliders["nudge"].track
    plain = {each: pixels(each) for each in (button, track)}
    for each in (button, track):
        focused_by_tab(window, each)
        differs = pixels(each) != plain[each]
        assert differs[0, 8:-8].all()
        assert differs[-1, 8:-8].all()
        assert differs[8:-8, 0].all()
        assert differs[8:-8, -1].all()
        if each is button:
            assert not differs[2:-2, 8:-8].any()
