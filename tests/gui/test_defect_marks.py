"""Phase defects marked on the grid: where they are, told by their shape, and only if wanted."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from experiments import Defects, phase_defects
from gui.laboratory import Laboratory
from gui.models.colouring import Colouring
from gui.picture.colour_maps import table_of
from gui.picture.theme import DEFECT_COLOURS, GRID_MARGIN_COLOUR, GRID_NIGHT
from gui.views.defect_marks import mark_size, marks_at
from tests.gui.conftest import InWindow
from tests.gui.contrast import contrast_ratio
from tests.gui.staged import Stage, run_staged
from tests.gui.waiting import frames, until
from tests.gui.window_parts import SMALL


def truth(lab: Laboratory) -> Defects:
    """The defects of the present."""
    instant = lab.simulation.instant
    return phase_defects(instant.phases / instant.parameters.period, instant.parameters.side)


def same(one: Defects | None, other: Defects) -> bool:
    """Whether both are the same ones."""
    return one is not None and all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("rows", "columns", "charges")
    )


def test_a_key_marks_them_and_takes_the_marks_away(in_window: InWindow) -> None:
    """Those of the instant that shows, also while paused; the menu has a tick for it."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        marks = window.grid.picture.defects
        await until(lambda: lab.simulation.now > 0.2)
        assert not marks.isVisible()
        QTest.keyClick(window, Qt.Key.Key_W)
        await until(lambda: marks.defects is not None)
        assert window.commands["mark defects"].isChecked()
        lab.intent.is_playing = False
        await until(lambda: lab.simulation.is_complete and same(marks.defects, truth(lab)))
        assert marks.isVisible() == (len(truth(lab).charges) > 0)
        lab.simulation.act("scramble", list(range(25)))
        await until(lambda: lab.simulation.instant.n_interventions == 1)
        await until(lambda: same(marks.defects, truth(lab)))
        assert len(truth(lab).charges) > 0
        assert marks.isVisible()
        lab.controller.reset()
        await until(lambda: lab.simulation.instant.n_interventions == 0)
        await until(lambda: same(marks.defects, truth(lab)))
        QTest.keyClick(window, Qt.Key.Key_W)
        await until(lambda: marks.defects is None)
        assert not marks.isVisible()
        assert not window.commands["mark defects"].isChecked()

    in_window(body, SMALL)


def test_each_mark_lies_between_its_four_fireflies(in_window: InWindow) -> None:
    """On the screen: the dark ground of a mark, in its middle the light of its sign."""

    async def body(lab: Laboratory) -> None:
        picture = lab.window.grid.picture
        places, signs = np.array([1.5, 3.5]), np.array([1, -1])
        lab.window.show_defects(Defects(places, places[::-1].copy(), signs))
        await frames(lab)
        seen = lab.window.grid.grab().toImage()
        ratio = seen.devicePixelRatio()
        half = mark_size(picture.cell * ratio, ratio, 1e6)[0] // 2
        for row, column, sign in zip(places, places[::-1], signs, strict=True):
            middle = picture.point_at(column + 0.5, row + 0.5) * ratio
            assert seen.pixelColor(middle.toPoint()).name() == GRID_NIGHT.text.lower()
            above = middle - QPointF(0.0, half / 2)
            light = seen.pixelColor(above.toPoint()).lightness() > 128
            assert light is bool(sign > 0)  # the upright line of the plus
        lab.window.show_defects(None)
        await frames(lab)

    in_window(body, SMALL, is_playing=False)


def test_marks_differ_in_shape_and_not_in_colour_alone() -> None:
    """Where either of them is clear, and where it has its sign."""
    alone = [
        marks_at(np.array([10]), np.array([10]), np.array([sign]), 17, (21, 21)) > 0
        for sign in (1, -1)
    ]
    assert np.count_nonzero(alone[0] != alone[1]) > 10  # the corners of the square
    both = [
        marks_at(np.array([10]), np.array([10]), np.array([sign]), 17, (21, 21)) for sign in (1, -1)
    ]
    light = [(each & 0xFF) > 200 for each in both]
    assert light[0][6, 10]
    assert not light[1][6, 10]
    assert light[0][10, 6] and light[1][10, 6]  # noqa: PT018


def test_marks_stand_where_they_are_asked_for_and_others_are_left_out() -> None:
    """Each centred; what doesn't fit the picture isn't drawn, and breaks nothing."""
    x, y = np.array([5, 20, -3, 39]), np.array([8, 30, 5, 39])
    pixels = marks_at(x, y, np.array([1, -1, 1, 1]), 9, (40, 40))
    rows, columns = np.nonzero(pixels)
    assert set(rows.tolist()) == {*range(4, 13), *range(27, 34)}
    assert set(columns.tolist()) == {*range(1, 10), *range(17, 24)}
    assert not marks_at(x[:0], y[:0], x[:0], 9, (4, 4)).any()


@pytest.mark.parametrize(
    ("cell", "ratio", "size"), [(1.0, 1.0, 15), (30.0, 1.0, 21), (200.0, 1.0, 25), (40.0, 2.0, 29)]
)
def test_marks_are_as_large_as_can_be_seen(cell: float, ratio: float, size: int) -> None:
    """An odd number of the screen's pixels, between 15 and 25 of Qt's."""
    assert mark_size(cell, ratio, 1e6) == (size, True)


@pytest.mark.parametrize(
    ("room", "size", "has_edge"),
    [(600, 15, True), (400, 13, True), (210, 9, True), (190, 7, False)],
)
def test_marks_shrink_before_they_lose_their_edge(room: float, size: int, has_edge: bool) -> None:
    """The more there are on the same grid, so that they cover two fifths of it at most."""
    assert mark_size(3.0, 1.0, room) == (size, has_edge)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_crowd_of_marks_is_of_signs_alone_that_still_differ_in_shape(ratio: float) -> None:
    """Where they would cover the grid: small, and a plus has more than a minus all the same."""
    size, has_edge = mark_size(3.3 * ratio, ratio, 33.0 * ratio**2)
    assert not has_edge
    assert size < 9 * ratio
    middle, shape = np.array([size]), (2 * size + 1, 2 * size + 1)
    plus, minus = (
        marks_at(middle, middle, np.array([sign]), size, shape, has_edge=False) for sign in (1, -1)
    )
    lights = [np.argwhere((each & 0xFF) > 200) for each in (plus, minus)]
    heights = [len(set(each[:, 0].tolist())) for each in lights]
    assert heights[0] >= 3
    assert heights[1] == 1
    assert np.count_nonzero(plus) > np.count_nonzero(minus) > 0


def test_marks_are_seen_on_every_colour() -> None:
    """Their edge or their ground stands out 3:1, in every view; the sign on its ground too."""
    for colour in DEFECT_COLOURS.values():
        assert contrast_ratio(colour, GRID_MARGIN_COLOUR) >= 4.5
        for view in Colouring:
            for entry in table_of(view)[::15]:
                ground = "#{:02X}{:02X}{:02X}".format(*entry[:3])
                edges = (colour, GRID_MARGIN_COLOUR)
                assert max(contrast_ratio(ground, edge) for edge in edges) >= 3.0
    assert contrast_ratio(GRID_NIGHT.text, GRID_MARGIN_COLOUR) >= 4.5


def test_nothing_is_worked_out_while_nobody_wants_it() -> None:
    """Marks come with the wish, follow the instants, and go with it."""

    async def body(stage: Stage) -> None:
        await stage.play(0.05)
        assert stage.screen.defects is None
        assert not stage.screen.is_marking
        stage.hand.toggle_defects()
        assert stage.screen.is_marking
        await stage.play(0.05)
        first = stage.screen.defects
        assert first is not None
        await stage.play(0.2)
        assert stage.screen.defects is not first
        stage.hand.toggle_defects()
        await stage.play(0.05)
        assert stage.screen.defects is None

    run_staged(body)
