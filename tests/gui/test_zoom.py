"""Zooming and moving the grid in the window: by wheel, keys, middle button and map."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from experiments import Status
from gui.picture.theme import MARK_COLOURS
from gui.views.grid import GridView
from tests.gui.cells import lit_cells

SIDE = 20
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def grid(qtbot: QtBot) -> GridView:
    """A grid that fills a window, with one firefly lit."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(500, 400)
    grid = GridView(window)
    grid.resize(500, 400)
    grid.show_picture(lit_cells(SIDE, 5 * SIDE + 5))
    window.show()
    qtbot.waitExposed(window)
    return grid


def turn(grid: GridView, at: QPointF, steps: int) -> None:
    """The wheel, with Ctrl."""
    event = QWheelEvent(
        at,
        QPointF(grid.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        CONTROL,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(grid.viewport(), event)


def cell_at(grid: GridView, at: QPointF) -> tuple[int, int]:
    """Which firefly lies there."""
    x, y = grid.picture.cells_at(at)
    return int(x), int(y)


def test_the_wheel_zooms_about_the_pointer(grid: GridView) -> None:
    """With Ctrl; what lies below it stays there, and the picture shows it at its place."""
    at = grid.cell_rect(5 * SIDE + 5).center()
    width = grid.cell_rect(0).width()
    turn(grid, at, 4)
    assert grid.cell_rect(0).width() == pytest.approx(width * 1.25**4, rel=0.02)
    assert cell_at(grid, at) == (5, 5)
    shown = grid.grab().toImage()
    assert shown.pixelColor(grid.cell_rect(5 * SIDE + 5).center().toPoint()).lightnessF() > 0.7
    assert shown.pixelColor(grid.cell_rect(7 * SIDE + 7).center().toPoint()).lightnessF() < 0.3
    turn(grid, at, -4)
    assert grid.cell_rect(0).width() == width
    assert grid.sight.map.isHidden()


def test_clicks_meet_who_is_seen(grid: GridView, qtbot: QtBot) -> None:
    """At every zoom, wherever the grid was moved."""
    clicked: list[tuple[float, float]] = []
    grid.clicked.connect(lambda x, y: clicked.append((x, y)))
    for steps in (0, 3, 5, -6):
        turn(grid, QPointF(160, 120), steps)
        for firefly in (5 * SIDE + 5, 6 * SIDE + 7, 4 * SIDE + 4):
            at = grid.cell_rect(firefly).center().toPoint()
            QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
            y, x = divmod(firefly, SIDE)
            assert (int(clicked[-1][0]), int(clicked[-1][1])) == (x, y)


def test_dots_are_round_and_lie_on_their_fireflies(grid: GridView) -> None:
    """At every zoom and place: the colour up to a sixth of a firefly around, no corners."""
    status = np.zeros(SIDE * SIDE, dtype=np.uint8)
    marked = 5 * SIDE + 5
    status[marked] = Status.SILENT
    grid.show_marks(status)
    colour = MARK_COLOURS[Status.SILENT].lower()
    for steps in (0, 4, 4, 6):
        turn(grid, QPointF(160, 120), steps)
        shown, cell = grid.grab().toImage(), grid.cell_rect(marked).width()
        middle = grid.cell_rect(marked).center()

        def at(x: float, y: float) -> str:
            point = middle + QPointF(x, y) * cell  # noqa: B023
            return str(shown.pixelColor(int(point.x()), int(point.y())).name())  # noqa: B023

        assert {at(0, 0), at(0.1, 0), at(-0.1, 0), at(0, 0.1), at(0, -0.1)} == {colour}
        corners = {at(x, y) for x in (-0.15, 0.15) for y in (-0.15, 0.15)}
        assert colour not in corners, cell
        other = grid.cell_rect(marked + 1).center()
        assert shown.pixelColor(other.toPoint()).name() != colour
    grid.show_marks(np.zeros_like(status))
    assert not grid.picture.marks.isVisible()


def test_the_middle_button_moves_what_is_zoomed(grid: GridView) -> None:
    """By as much as the pointer; the whole grid doesn't move."""
    view, middle = grid.viewport(), Qt.MouseButton.MiddleButton

    def drag() -> QPointF:
        before = grid.cell_rect(0).topLeft()
        QTest.mousePress(view, middle, pos=QPoint(250, 200))
        for k in range(1, 6):
            QTest.mouseMove(view, QPoint(250 - 6 * k, 200 - 4 * k))
        QTest.mouseRelease(view, middle, pos=QPoint(220, 180))
        return grid.cell_rect(0).topLeft() - before

    assert drag() == QPointF(0, 0)
    turn(grid, QPointF(250, 200), 6)
    moved = drag()
    assert (moved.x(), moved.y()) == pytest.approx((-30, -20), abs=1.5)


def test_a_map_shows_where_one_is(grid: GridView) -> None:
    """While part of the grid is out of view; a press on it looks there."""
    assert grid.sight.map.isHidden()
    turn(grid, QPointF(250, 200), 8)
    assert grid.sight.map.isVisible()
    seen = grid.sight.map.seen
    assert 0.0 <= seen.left() < seen.right() <= 1.0
    assert seen.height() < 0.5
    QTest.mouseClick(grid.sight.map, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert grid.sight.map.seen.left() == pytest.approx(0.0, abs=0.01)
    assert grid.sight.map.seen.top() == pytest.approx(0.0, abs=0.01)
    first = grid.sight.map.grab().toImage()
    grid.show_picture(lit_cells(SIDE, *range(SIDE * SIDE)))
    assert grid.sight.map.grab().toImage() != first, "it is kept up to date"
    grid.show_whole()
    assert grid.sight.map.isHidden()


def test_the_cursor_stays_in_view(grid: GridView) -> None:
    """Keys lead it over the whole grid, which follows."""
    grid.setFocus()
    for _ in range(9):
        grid.zoom(1)
    QTest.keyClick(grid, Qt.Key.Key_Home, CONTROL)
    for firefly in (0, SIDE - 1):
        assert grid.rect().contains(grid.cell_rect(firefly).center().toPoint())
        QTest.keyClick(grid, Qt.Key.Key_End)


def test_another_grid_is_seen_whole(grid: GridView) -> None:
    """A swarm of another side has no place that one looked at before."""
    turn(grid, QPointF(250, 200), 8)
    grid.show_picture(lit_cells(SIDE + 1, 3))
    assert grid.sight.map.isHidden()
    assert grid.rect().contains(grid.cell_rect((SIDE + 1) ** 2 - 1).toRect())
