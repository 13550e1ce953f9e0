"""Brushes on the grid, and the firefly under the pointer."""

from __future__ import annotations

import math
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from experiments import Action, FireflyAction, Parameters, topology_of
from gui.laboratory import Laboratory
from gui.models.brush import Brush, disc, resized, stroke
from gui.views.grid import GridView
from gui.views.window import Window
from tests.gui.cells import dark_cells
from tests.gui.conftest import InWindow
from tests.gui.waiting import until

SIDE = 9
SMALL = Parameters(side=SIDE, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)
NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton


@given(x=st.floats(0, 8.99), y=st.floats(0, 8.99), width=st.integers(1, 12))
def test_a_brush_touches_the_cells_whose_middle_it_covers(x: float, y: float, width: int) -> None:
    """Around the torus, and always the one under the pointer."""
    found = disc(x, y, width, SIDE)
    expected = {math.floor(y) * SIDE + math.floor(x)}
    reach = min(width, SIDE) / 2
    for row in range(-SIDE, 2 * SIDE):
        for column in range(-SIDE, 2 * SIDE):
            if math.hypot(column + 0.5 - x, row + 0.5 - y) <= reach:
                expected.add(row % SIDE * SIDE + column % SIDE)
    assert found == expected


def test_a_fast_stroke_leaves_no_gap() -> None:
    """Every cell on a straight way is touched, however far apart the two events are."""
    assert {2 * SIDE + x for x in range(9)} <= stroke((0.5, 2.5), (8.5, 2.5), 1, SIDE)
    assert {x * SIDE + x for x in range(9)} <= stroke((0.5, 0.5), (8.5, 8.5), 1, SIDE)


def test_the_wheel_goes_through_odd_widths_within_limits() -> None:
    """From one firefly to forty-one."""
    assert [resized(5, 1), resized(5, -1), resized(1, -3), resized(41, 2)] == [7, 3, 1, 41]


def send(
    window: Window, kind: QEvent.Type, firefly: int, button: Qt.MouseButton, buttons: Qt.MouseButton
) -> None:
    """A mouse event in the middle of a firefly."""
    viewport = window.grid.viewport()
    at = window.grid.cell_rect(firefly).center()
    event = QMouseEvent(kind, at, QPointF(viewport.mapToGlobal(at.toPoint())), button, buttons,
                        Qt.KeyboardModifier.NoModifier)  # fmt: skip
    QApplication.sendEvent(viewport, event)


def drag(window: Window, begin: int, end: int) -> None:
    """Press on one firefly, and let go on another."""
    send(window, QEvent.Type.MouseMove, begin, NONE, NONE)
    send(window, QEvent.Type.MouseButtonPress, begin, LEFT, LEFT)
    send(window, QEvent.Type.MouseMove, end, NONE, LEFT)
    send(window, QEvent.Type.MouseButtonRelease, end, LEFT, NONE)


def test_each_brush_does_its_action_to_what_it_touches(in_window: InWindow) -> None:
    """The model records the action with the ids under the stroke, each once."""

    async def body(lab: Laboratory) -> None:
        window, simulation = lab.window, lab.simulation
        await until(lambda: simulation.now > 0.2)

        def is_done(n: int) -> bool:
            return len(simulation.interventions) >= n

        acting = [brush for brush in Brush if brush.action is not None]
        for k, brush in enumerate(acting, 1):
            window.panel.brush_bar.buttons[brush].click()
            for _ in range(3):
                window.grid.wheelTurned.emit(-1)
            row = k * SIDE
            drag(window, row + 1, row + 7)
            await until(partial(is_done, k))
            assert len(simulation.interventions) == k
            assert brush.action is not None
            wanted = FireflyAction(brush.action, tuple(range(row + 1, row + 8)))
            assert simulation.interventions[-1].what == wanted

    in_window(body, SMALL)


def test_looking_changes_nothing_and_tells_about_a_firefly(in_window: InWindow) -> None:
    """Where it is, phase, last flash and neighbours of the one pointed at; nothing once left."""

    async def body(lab: Laboratory) -> None:
        window, simulation = lab.window, lab.simulation
        label = window.panel.brush_bar.firefly_label
        await until(lambda: simulation.now > 1.5)
        drag(window, 40, 41)
        await until(lambda: label.text().startswith("Firefly 41, row 4, column 5\nphase "))
        assert " % through its cycle" in label.text()
        assert "flashed" in label.text()
        hears = sorted(topology_of(simulation.parameters).neighbours(41))
        assert label.text().endswith("hears 8\n" + ", ".join(map(str, hears)))
        assert not simulation.interventions
        QApplication.sendEvent(window.grid, QEvent(QEvent.Type.Leave))
        await until(lambda: label.text().startswith("Point at"))

    in_window(body, SMALL)


def test_what_was_done_to_a_firefly_is_told(in_window: InWindow) -> None:
    """Silent and pacemaker are named; revived it is like the others."""

    async def body(lab: Laboratory) -> None:
        window, simulation = lab.window, lab.simulation
        label = window.panel.brush_bar.firefly_label
        simulation.act(Action.SILENT, [40])
        simulation.act(Action.PACEMAKER, [40])
        send(window, QEvent.Type.MouseMove, 40, NONE, NONE)
        await until(lambda: "silent and pacemaker" in label.text())
        simulation.act(Action.REVIVE, [40])
        await until(lambda: "silent" not in label.text())

    in_window(body, SMALL)


def test_the_wheel_over_the_grid_sets_the_width_of_the_ring(in_window: InWindow) -> None:
    """Turned away from the user it grows; without a brush there is no ring."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        window.panel.brush_bar.buttons[Brush.FLASH].click()
        send(window, QEvent.Type.MouseMove, 40, NONE, NONE)
        ring = window.grid.ring
        assert ring.isVisible()
        viewport = window.grid.viewport()
        at = window.grid.cell_rect(40).center()
        turned = QPoint(0, 120)
        event = QWheelEvent(at, QPointF(viewport.mapToGlobal(at.toPoint())), QPoint(), turned, NONE,
                            Qt.KeyboardModifier.NoModifier,
                            Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        QApplication.sendEvent(viewport, event)
        send(window, QEvent.Type.MouseMove, 41, NONE, NONE)
        cell = window.grid.cell_rect(40).width()
        assert ring.rect().width() == pytest.approx(7 * cell)
        window.panel.brush_bar.buttons[Brush.LOOK].click()
        assert not ring.isVisible()

    in_window(body, SMALL)


def test_only_new_pictures_count_as_frames(qtbot: QtBot) -> None:
    """A grid that is painted again, as something over it has changed, has shown no frame more."""
    grid = GridView(None)  # type: ignore[arg-type]  # a window of its own
    qtbot.addWidget(grid)
    grid.resize(100, 100)
    frames = []
    grid.painted.connect(lambda: frames.append(1))
    for _ in range(3):
        grid.show_picture(dark_cells(5))
        for _ in range(2):
            grid.grab()
    assert len(frames) == 3
