"""Shapes of strokes: lines, rectangles and fills, by pointer and by keyboard, done as a whole."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from experiments import Action, FireflyAction, Parameters, Status, session_of
from gui.laboratory import Laboratory
from gui.models.brush import Brush
from gui.models.stroke_shape import StrokeShape, filled_ids, line_ids, rectangle_ids
from tests.gui.conftest import InWindow
from tests.gui.staged import Stage, run_staged
from tests.gui.waiting import frames, until

SIDE = 10
SMALL = Parameters(side=SIDE, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)


def cells(*places: tuple[int, int]) -> set[int]:
    """Ids at columns and rows."""
    return {y % SIDE * SIDE + x % SIDE for x, y in places}


@pytest.mark.parametrize("seed", range(20))
def test_a_line_has_all_that_is_near_it(seed: int) -> None:
    """As asking each cell for its distance finds it, and the cells that it leads through."""
    rng = np.random.default_rng(seed)
    (x0, y0), (x1, y1) = begin, end = rng.uniform(2, 8, (2, 2)).tolist()
    width = int(rng.choice([1, 3, 5]))
    found = line_ids((x0, y0), (x1, y1), width, SIDE)
    near = set()
    for x in range(-6, 16):
        for y in range(-6, 16):
            at = np.array([x + 0.5, y + 0.5])
            along = np.array(end) - begin
            share = np.clip((at - begin) @ along / (along @ along), 0, 1)
            if math.dist(at, np.array(begin) + share * along) <= width / 2:
                near |= cells((x, y))
    through = {
        int(y0 + s * (y1 - y0)) * SIDE + int(x0 + s * (x1 - x0)) for s in np.linspace(0, 1, 7)
    }
    assert near | cells((int(x0), int(y0)), (int(x1), int(y1))) <= found
    assert found - near <= {i for i in range(SIDE * SIDE) if width == 1 or i in through}


def test_a_line_and_a_rectangle_go_around_the_edges() -> None:
    """As the grid does; a rectangle has both corners, however they lie."""
    assert line_ids((8.5, 3.5), (11.5, 3.5), 1, SIDE) == cells((8, 3), (9, 3), (0, 3), (1, 3))
    expected = cells((9, 9), (10, 9), (9, 10), (10, 10))
    assert rectangle_ids((9.2, 9.9), (10.1, 10.1), SIDE) == expected
    assert rectangle_ids((10.1, 10.1), (9.2, 9.9), SIDE) == expected
    assert rectangle_ids((-30.0, 2.0), (30.0, 2.9), SIDE) == cells(*((x, 2) for x in range(SIDE)))


def flooded(begin: int, status: np.ndarray) -> set[int]:
    """All joined edge by edge, found one neighbour after the other."""
    found, waiting = set(), [begin]
    while waiting:
        i = waiting.pop()
        if i not in found and status[i] == status[begin]:
            found.add(i)
            y, x = divmod(i, SIDE)
            waiting += cells((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_a_fill_has_all_that_are_alike_and_joined(seed: int) -> None:
    """Edge by edge, around the edges of the grid; what is only touched at a corner is another."""
    rng = np.random.default_rng(seed)
    status = rng.choice([0, int(Status.SILENT)], SIDE * SIDE, p=[0.6, 0.4]).astype(np.uint8)
    for begin in range(0, SIDE * SIDE, 7):
        y, x = divmod(begin, SIDE)
        assert filled_ids((x + 0.5, y + 0.5), status, SIDE) == flooded(begin, status)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (StrokeShape.LINE, cells(*((x, 2) for x in range(1, 5)))),
        (StrokeShape.RECTANGLE, cells(*((x, y) for x in range(1, 5) for y in (2, 3)))),
        (StrokeShape.FILL, set(range(SIDE * SIDE)) - cells((7, 7))),
    ],
)
def test_a_shape_is_previewed_and_done_when_it_is_let_go(
    shape: StrokeShape, expected: set[int]
) -> None:
    """As one stroke, which one undo takes back; a session has it as any other."""

    async def body(stage: Stage) -> None:
        hand = stage.hand
        await stage.paint(Brush.SILENCE, (7, 7))
        hand.choose_brush(Brush.PACEMAKER)
        hand.set_width(1)
        hand.choose_shape(shape)
        end = 3.2 if shape is StrokeShape.RECTANGLE else 2.5
        hand.stroke(1.5, 2.5, 1.5, 2.5)
        hand.stroke(1.5, 2.5, 3.5, 2.5)
        hand.stroke(3.5, 2.5, 4.5, end)
        await stage.play(0.1)
        assert stage.screen.preview == expected
        assert not any(stage.simulation.status[i] for i in expected)
        hand.end_stroke()
        await stage.play(0.1)
        assert stage.screen.preview == set()
        done = stage.simulation.interventions[-1].what
        assert done == FireflyAction(Action.PACEMAKER, tuple(sorted(expected)))
        assert session_of(stage.simulation, "1").steps[-1].action is Action.PACEMAKER
        stage.controller.undo()
        await stage.play(0.1)
        assert set(np.flatnonzero(stage.simulation.status)) == cells((7, 7))

    run_staged(body, SMALL)


def test_escape_gives_a_shape_up_and_another_brush_does_too() -> None:
    """Nothing is done, wherever the pointer goes until it is let go."""

    async def body(stage: Stage) -> None:
        hand = stage.hand
        hand.choose_brush(Brush.SILENCE)
        hand.choose_shape(StrokeShape.RECTANGLE)
        for give_up in (hand.let_go, lambda: hand.choose_brush(Brush.REVIVE)):
            hand.stroke(1.5, 2.5, 4.5, 4.5)
            assert stage.screen.preview
            give_up()
            assert not stage.screen.preview
            if give_up == hand.let_go:
                hand.stroke(4.5, 4.5, 6.5, 6.5)
                assert not stage.screen.preview
            hand.end_stroke()
            await stage.play(0.1)
        assert not stage.simulation.interventions
        hand.choose_brush(Brush.SILENCE)
        hand.stroke(1.5, 2.5, 1.5, 2.5)
        hand.end_stroke()
        await stage.play(0.1)
        assert set(np.flatnonzero(stage.simulation.status)) == cells((1, 2))

    run_staged(body, SMALL)


def test_shapes_and_width_have_keys_and_controls(in_window: InWindow) -> None:
    """Shown where a brush draws; a rectangle is drawn by keyboard alone."""

    async def body(lab: Laboratory) -> None:
        window, bar, simulation = lab.window, lab.window.panel.brush_bar, lab.simulation
        assert not bar.width_row.isVisible()
        QTest.keyClick(window, Qt.Key.Key_Q)
        await until(bar.width_row.isVisible)
        QTest.keyClick(bar.width_row.track, Qt.Key.Key_Home)
        assert lab.intent.brush_width == 1
        QTest.keyClick(bar.width_row.track, Qt.Key.Key_Right)
        assert lab.intent.brush_width == 3
        assert bar.width_row.value_label.text() == "3 cells"
        QTest.keyClick(window, Qt.Key.Key_BracketRight)
        await until(lambda: bar.width_row.value_label.text() == "5 cells")
        QTest.keyClick(window, Qt.Key.Key_E)
        await until(bar.shapes[StrokeShape.RECTANGLE].isChecked)
        assert not bar.width_row.isVisible()
        assert "other corner" in bar.firefly_label.text()
        QTest.keyClick(window, Qt.Key.Key_Up)  # the cursor is in the middle
        QTest.keyPress(window.grid, Qt.Key.Key_Return)
        QTest.keyClick(window.grid, Qt.Key.Key_Right)
        QTest.keyClick(window.grid, Qt.Key.Key_Down)
        await frames(lab)
        assert not window.grid.picture.preview.path().isEmpty()
        QTest.keyRelease(window.grid, Qt.Key.Key_Return)
        await until(lambda: simulation.status.any())
        assert set(np.flatnonzero(simulation.status)) == cells((5, 4), (6, 4), (5, 5), (6, 5))
        await frames(lab)
        assert window.grid.picture.preview.path().isEmpty()
        bar.shapes[StrokeShape.LINE].click()
        await until(lambda: lab.intent.shape is StrokeShape.LINE)

    in_window(body, SMALL)
