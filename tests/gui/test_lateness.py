"""Lateness: how late flashes came to light, on its scale, its map and its histogram."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.commands.command_line import run as run_command
from gui.commands.window_options import view
from gui.instruments.engine_view import EngineView
from gui.instruments.lateness_view import (
    LatenessBars,
    LatenessMap,
    late_words,
    lateness_table,
)
from gui.laboratory import Laboratory
from gui.models.colouring import Colouring
from gui.models.lateness import MOST_CELLS, N_BINS, at_share, lateness_picture, scale_share
from gui.picture.colour_table import N_COLOURS, rgba
from gui.picture.theme import NIGHT, UNKNOWN_COLOUR
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL
from tests.gui.waiting import until


def point(widget: QWidget, x: float, y: float) -> None:
    """Lead the pointer to a pixel."""
    at, none = QPointF(x, y), Qt.MouseButton.NoButton
    move, plain = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(move, at, widget.mapToGlobal(at), none, none, plain))


def test_the_scale_goes_from_a_millisecond_to_a_second_in_equal_ratios() -> None:
    """What is beyond its ends is at them; what isn't known is nowhere."""
    late = np.array([0.0, 0.001, math.sqrt(0.001), 1.0, 5.0])
    assert scale_share(late) == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0])
    assert np.isnan(scale_share(np.array([np.nan]))[0])
    ends_and_middle = [at_share(share) for share in (0.0, 0.5, 1.0)]
    assert ends_and_middle == pytest.approx([0.001, math.sqrt(0.001), 1.0])
    assert [late_words(each) for each in (0.0008, 0.0171, 1.23, math.nan)] == [
        "0.8 ms", "17 ms", "1.2 s", "not known",
    ]  # fmt: skip


def test_everybody_is_counted_and_percentiles_are_by_rank() -> None:
    """Those beyond the ends in the last bins; those of which nothing is known apart."""
    random = np.random.default_rng(3)
    late = random.lognormal(math.log(0.02), 1.5, 2_500)
    late[:100] = np.nan
    picture = lateness_picture(late, 50)
    known = np.sort(late[100:])
    assert picture.counts.sum() == picture.n_known == 2_400
    assert picture.n_unknown == 100
    assert picture.counts[0] == np.count_nonzero(known < at_share(1 / N_BINS))
    assert picture.counts[-1] == np.count_nonzero(known >= at_share(1.0 - 1 / N_BINS))
    assert picture.p50 == known[math.ceil(0.5 * 2_400) - 1]
    assert picture.p99 == known[math.ceil(0.99 * 2_400) - 1]
    assert picture.per_cell == 1
    assert np.array_equal(picture.cells.ravel(), late, equal_nan=True)
    assert math.isnan(lateness_picture(np.full(9, np.nan), 3).p50)


def test_a_cell_that_several_share_has_the_greatest_lateness() -> None:
    """No late firefly is hidden by its neighbours; a part of which nothing is known says so."""
    side = 2 * MOST_CELLS + 1
    late = np.full(side * side, 0.01)
    late[5 * side + 7] = 0.9
    late[-1] = np.nan
    picture = lateness_picture(late, side)
    assert picture.per_cell == 3
    assert picture.cells.shape == (67, 67)
    assert picture.cells[1, 2] == 0.9
    assert np.count_nonzero(picture.cells == 0.9) == 1
    alone = lateness_picture(np.full(side * side, np.nan), side)
    assert np.isnan(alone.cells).all()


def test_the_map_has_the_colour_of_each_firefly_and_reads_it(qtbot: QtBot) -> None:
    """On time, late, and not known, which has a colour of its own."""
    late = np.full(25, 0.001)
    late[7], late[24] = 1.0, np.nan
    view_of = LatenessMap(NIGHT, None)  # type: ignore[arg-type]  # a window of its own
    qtbot.addWidget(view_of)
    view_of.resize(200, 220)
    view_of.show()
    view_of.show_data(lateness_picture(late, 5))
    picture, area = view_of.grab().toImage(), view_of.area()

    def at(cell: int) -> tuple[int, int]:
        row, column = divmod(cell, 5)
        step = area.width() / 5
        return int(area.left() + (column + 0.5) * step), int(area.top() + (row + 0.5) * step)

    table = lateness_table().astype(int)
    unknown = QColor(UNKNOWN_COLOUR)
    assert picture.pixelColor(*at(0)) == QColor(*table[0].tolist())
    assert picture.pixelColor(*at(7)) == QColor(*table[-1].tolist())
    assert picture.pixelColor(*at(24)) == unknown
    its = np.array(rgba(UNKNOWN_COLOUR))
    assert np.abs(table - its).max(axis=1).min() > 40
    assert np.abs(np.diff(table[:, :3], axis=0)).max() <= 16
    assert len(table) == N_COLOURS
    point(view_of, *at(7))
    assert view_of.read_out.words == "row 1, column 2\n1.0 s"
    point(view_of, *at(24))
    assert view_of.read_out.words == "row 4, column 4\nnot known"


def test_the_histogram_reads_how_many_came_how_late(qtbot: QtBot) -> None:
    """And says so to screen readers; without a flash it says that none is known."""
    bars = LatenessBars(NIGHT, None)  # type: ignore[arg-type]
    qtbot.addWidget(bars)
    bars.resize(240, 140)
    bars.show()
    bars.show_data(lateness_picture(np.full(9, np.nan), 3))
    point(bars, bars.x_of(0.5), 50.0)
    assert bars.read_out.isHidden()
    bars.show_data(lateness_picture(np.array([0.02] * 9 + [0.5]).repeat(10), 10))
    assert bars.accessibleDescription() == "Half within 20 ms, 99 % within 500 ms"
    point(bars, bars.x_of(float(scale_share(np.array([0.02]))[0])), 50.0)
    assert bars.read_out.words == "20 ms to 22 ms\n90 fireflies, 90.0%"


def test_the_engine_panel_shows_the_lateness_of_the_run(in_window: InWindow) -> None:
    """Of every firefly that has flashed; as fast as possible nothing is asked, so none is known."""

    async def body(lab: Laboratory) -> None:
        lab.window.workbench.show_panel("engine")
        engine = lab.window.workbench.views["engine"]
        assert isinstance(engine, EngineView)
        bars = engine.bars
        await until(lambda: lab.simulation.now >= 1.5)
        await until(lambda: "Half within" in bars.accessibleDescription())
        await until(lambda: "not known" not in bars.accessibleDescription())
        lab.controller.move_value("speed", math.inf)
        now = lab.simulation.now
        await until(lambda: lab.simulation.now >= now + 5.0)
        await until(lambda: "not known" in bars.accessibleDescription())

    in_window(body, SMALL)


@pytest.mark.parametrize("command", [[], ["render", "-o", "it.mp4"]])
def test_a_command_line_that_asks_for_it_as_a_view_is_told_where_it_is(
    command: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    """In one sentence, before anything runs; the views that there are are taken."""
    with pytest.raises(SystemExit) as left:
        run_command([*command, "--view", "lateness"])
    assert left.value.code == 2
    err = capfd.readouterr().err
    assert err.count("\n") == 1
    assert "must be one of glow, phase, order: the engine panel shows lateness" in err
    assert [view(each.value) for each in Colouring] == list(Colouring)
