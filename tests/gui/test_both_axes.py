"""Plots looked at more closely along both axes: rows of the raster, squares, maps, moments."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shiboken6
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from experiments import Parameters, pair_map
from gui.instruments.circle import phase_circle
from gui.instruments.circle_view import PhaseCircleView
from gui.instruments.lateness_view import LatenessMap
from gui.instruments.moments import Moments
from gui.instruments.moments_view import MomentsView
from gui.instruments.pair_plot import PairPlot
from gui.instruments.raster import RasterPicture
from gui.instruments.raster_view import RasterView
from gui.laboratory import Laboratory
from gui.models.axis_part import WHOLE_AXIS, AxisPart
from gui.models.flash_history import FlashHistory, Raster
from gui.models.lateness import lateness_picture
from gui.models.time_window import TimeWindow
from gui.picture.theme import NIGHT
from tests.gui.application import double_click
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL
from tests.gui.waiting import until

N = 2_500
TIMES = np.linspace(0.0, 50.0, 4_001)
IDS = (np.arange(4_001) * 997 % N).astype(np.uint32)
SHARES = st.floats(0.0, 1.0)


@pytest.fixture
def holder(qapp: QApplication) -> Iterator[QWidget]:
    """What plots stand in."""
    made = QWidget()
    made.resize(600, 300)
    made.show()
    yield made
    shiboken6.delete(made)


def history() -> FlashHistory:
    """Some thousand flashes, all over the swarm."""
    made = FlashHistory()
    made.note(TIMES, IDS)
    return made


def wheel(view: QWidget, at: QPointF, steps: int, *, is_shifted: bool = False) -> None:
    """Turn the wheel over a pixel."""
    shift, plain = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        at, view.mapToGlobal(at), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton,
        shift if is_shifted else plain, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def raster(
    holder: QWidget, whose: AxisPart, rows: int = 200, columns: int = 300
) -> tuple[RasterView, Raster]:
    """A view of some of the fireflies."""
    view = RasterView(NIGHT, holder)
    view.resize(holder.size())
    view.show()
    seen = history().raster(TimeWindow(0.0, 50.0), 50.0, N, rows, columns, whose)
    view.show_data(RasterPicture(seen, (), 50, is_whole=True, is_latest=False))
    QApplication.processEvents()
    return view, seen


# -- parts of an axis -------------------------------------------------------------------


@given(SHARES, st.floats(0.01, 1.0), SHARES, st.floats(0.2, 5.0))
def test_what_is_zoomed_about_stays_put_unless_an_end_is_in_the_way(
    begin: float, length: float, about: float, factor: float
) -> None:
    """And nothing beyond the ends ever shows."""
    before = AxisPart(begin * (1.0 - length), begin * (1.0 - length) + length)
    about = before.at(about)
    after = before.zoomed(factor, about, 1e-3)
    assert -1e-12 <= after.begin < after.end <= 1.0 + 1e-12
    assert after.length == pytest.approx(min(1.0, max(1e-3, before.length / factor)))
    if after.begin > 1e-9 and after.end < 1.0 - 1e-9:
        assert after.share_of(about) == pytest.approx(before.share_of(about), abs=1e-6)


@given(SHARES, SHARES, st.integers(1, 4_000_000))
def test_a_part_has_something_in_it(one: float, other: float, n: int) -> None:
    """Of any number of things at least one, and all of them when it is whole."""
    first, after = AxisPart(min(one, other), max(one, other)).of(n)
    assert 0 <= first < after <= n
    assert WHOLE_AXIS.of(n) == (0, n)


# -- the raster -------------------------------------------------------------------------


@pytest.mark.parametrize("whose", [WHOLE_AXIS, AxisPart(0.4, 0.5), AxisPart(0.9, 0.902)])
@pytest.mark.parametrize("rows", [7, 90, 5_000])
def test_no_flash_of_those_that_show_is_lost(whose: AxisPart, rows: int) -> None:
    """Each is counted in its row and column, and no other is; rows are as many as fit at most."""
    seen = history().raster(TimeWindow(10.0, 30.0), 50.0, N, rows, 64, whose)
    first, after = whose.of(N)
    is_in = (TIMES >= 10.0) & (TIMES <= 30.0) & (first <= IDS) & (after > IDS)
    assert seen.counts.shape[0] <= rows
    assert seen.counts.sum() == is_in.sum()
    wanted = np.zeros_like(seen.counts)
    for t, who in zip(TIMES[is_in].tolist(), IDS[is_in].tolist(), strict=True):
        row = next(k for k in range(len(wanted)) if who in seen.fireflies(k))
        wanted[row, min(int((t - 10.0) / 20.0 * 64), 63)] += 1
    assert np.array_equal(seen.counts, wanted)
    assert [who for k in range(len(wanted)) for who in seen.fireflies(k)] == [*range(first, after)]


def test_one_flash_among_a_million_is_lit_at_every_zoom(holder: QWidget) -> None:
    """However many fireflies share its row; the picture is no larger for that."""
    made, n, who = FlashHistory(), 1_000_000, 654_321
    made.note(np.array([5.0]), np.array([who], dtype=np.uint32))
    view = RasterView(NIGHT, holder)
    view.resize(holder.size())
    view.show()
    whose = WHOLE_AXIS
    while True:
        seen = made.raster(TimeWindow(0.0, 10.0), 10.0, n, 150, 300, whose)
        assert seen.counts.size <= 150 * 300
        view.show_data(RasterPicture(seen, (), 1_000, is_whole=True, is_latest=False))
        picture = view.grab().toImage()
        ratio, area = picture.devicePixelRatio(), view.area()
        down = (who + 0.5 - seen.first) / (seen.per_row * len(seen.counts))
        x = round((area.left() + 0.5 * area.width() + 0.5) * ratio)
        y = int((area.top() + down * area.height()) * ratio)
        near = [picture.pixelColor(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        assert any(each != QColor(NIGHT.background) for each in near), seen
        if seen.per_row == 1:
            return
        whose = whose.zoomed(4.0, who / n, 5 / n)


def test_the_wheel_zooms_among_the_fireflies_with_shift_or_beside_them(holder: QWidget) -> None:
    """About the one that is pointed at; over the rows it zooms in time, as elsewhere."""
    view, seen = raster(holder, AxisPart(0.2, 0.6))
    rows: list[tuple[float, float]] = []
    times: list[float] = []
    view.rowsZoomRequested.connect(lambda factor, about: rows.append((factor, about)))
    view.zoomRequested.connect(lambda factor, _about: times.append(factor))
    area = view.area()
    about = (seen.first + 0.25 * (seen.after - seen.first)) / N
    y = area.top() + 0.25 * area.height()
    wheel(view, QPointF(area.center().x(), y), 1, is_shifted=True)
    wheel(view, QPointF(area.left() - 8.0, y), -1)
    assert [factor for factor, _ in rows] == pytest.approx([1.25, 0.8])
    assert [each for _, each in rows] == pytest.approx([about, about])
    assert not times
    wheel(view, QPointF(area.center().x(), y), 1)
    assert len(rows) == 2
    assert times == pytest.approx([1.25])


def test_dragging_moves_along_both_axes(holder: QWidget) -> None:
    """To where the hand pulls it."""
    view, _ = raster(holder, AxisPart(0.2, 0.6))
    moved: list[tuple[str, float]] = []
    view.panRequested.connect(lambda by: moved.append(("time", by)))
    view.rowsPanRequested.connect(lambda by: moved.append(("rows", by)))
    area, at = view.area(), view.area().center().toPoint()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(view, at + QPoint(50, -30))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at + QPoint(50, -30))
    assert [axis for axis, _ in moved] == ["time", "rows"]
    assert [by for _, by in moved] == pytest.approx(
        [-50.0 / area.width() * 50.0, 30.0 / area.height()]
    )


def test_keys_lead_the_read_out_to_any_firefly(holder: QWidget) -> None:
    """Up and Down, and the plot at its edge; with PgUp and PgDn fewer or more show."""
    view, seen = raster(holder, AxisPart(0.2, 0.6))
    asked: list[tuple[str, float]] = []
    view.rowsZoomRequested.connect(lambda factor, _about: asked.append(("zoom", factor)))
    view.rowsPanRequested.connect(lambda by: asked.append(("pan", by)))
    QTest.keyClick(view, Qt.Key.Key_Up)
    middle = view.read_out.words.split("\n")[1]
    for _ in range(60):
        QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.read_out.words.split("\n")[1] != middle
    first, last = seen.fireflies(0)[0], seen.fireflies(0)[-1]
    assert view.read_out.words.split("\n")[1] == f"fireflies {first:,} to {last:,}"
    assert asked[-1][0] == "pan"
    assert asked[-1][1] == pytest.approx(-0.1)
    asked.clear()
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert [what for what, _ in asked] == ["zoom", "zoom"]
    assert [by for _, by in asked] == pytest.approx([1.25, 0.8])


def test_a_few_fireflies_of_the_raster_are_read_and_left_again(in_window: InWindow) -> None:
    """The read-out names them, a sign says which show, a double click shows all; so does a new
    run."""

    async def body(lab: Laboratory) -> None:
        view = lab.window.workbench.views["raster"]
        assert isinstance(view, RasterView)
        lab.window.workbench.show_panel("raster")
        await until(lambda: lab.window.is_seen("raster"))
        await lab.pump.run_ahead(20.0)
        lab.pump.present()
        n = SMALL.n_fireflies
        area = view.area()
        for _ in range(4):
            wheel(view, QPointF(area.left() - 8.0, area.top() + 1.0), 1)
        await until(lambda: view.sign.isVisible())
        _, after = lab.intent.whose.of(n)
        assert after < n
        assert view.sign.label.text() == f"fireflies 0 to {after - 1:,}"
        at = QPointF(area.center().x(), area.bottom() - 1.0)
        QTest.mouseMove(view, at.toPoint())
        await until(lambda: f"firefly {after - 1:,}\n" in view.read_out.words)
        double_click(view, at.toPoint())
        await until(lambda: not view.sign.isVisible())
        assert lab.intent.whose.is_whole
        lab.zoom.zoom_rows(2.0, 0.5)
        await until(lambda: view.sign.isVisible())
        lab.intent.begin_anew()
        await until(lambda: lab.intent.whose.is_whole and not view.sign.isVisible())

    in_window(body, SMALL, is_playing=False)


# -- square plots -----------------------------------------------------------------------


def test_a_square_plot_is_seen_closer_where_it_is_pointed_at(holder: QWidget) -> None:
    """Off its diagonal too; both axes stay equally close, and a double click shows all."""
    plot = PairPlot(NIGHT, holder)
    plot.resize(holder.size())
    plot.show()
    plot.show_data(pair_map(Parameters()))
    QApplication.processEvents()
    area = plot.area()
    at = QPointF(area.left() + 0.2 * area.width(), area.top() + 0.1 * area.height())
    for _ in range(6):
        wheel(plot, at, 1)
    assert plot.place_at(0.2, 0.9).x() == pytest.approx(at.x())
    assert plot.place_at(0.2, 0.9).y() == pytest.approx(at.y())
    assert plot.across.length == pytest.approx(plot.upright.length) == pytest.approx(1.25**-6)
    before = plot.across, plot.upright
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=at.toPoint())
    QTest.mouseMove(plot, at.toPoint() + QPoint(-20, -30))
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=at.toPoint() + QPoint(-20, -30))
    assert plot.across == before[0].moved(20.0 / area.width())
    assert plot.upright == before[1].moved(-30.0 / area.height())
    double_click(plot, at.toPoint())
    assert plot.is_whole
    assert plot.upright.is_whole


# -- others -----------------------------------------------------------------------------


def test_the_map_of_the_lateness_is_seen_closer(holder: QWidget) -> None:
    """What is pointed at is read at every zoom; a double click shows all of the grid."""
    view = LatenessMap(NIGHT, holder)
    view.resize(holder.size())
    view.show()
    late = np.full(400, 0.002)
    late[7 * 20 + 15] = 0.5
    view.show_data(lateness_picture(late, 20))
    QApplication.processEvents()
    area = view.area()
    at = QPointF(area.left() + 15.5 / 20 * area.width(), area.top() + 7.5 / 20 * area.height())
    for _ in range(14):
        QTest.mouseMove(view, at.toPoint())
        assert view.read_out.words == "row 7, column 15\n500 ms"
        wheel(view, at, 1)
    assert len(view.sight.seen()[0]) <= 3
    picture = view.grab().toImage()
    ratio = picture.devicePixelRatio()
    off = QPointF(0.25 * area.width() / 3, 0.25 * area.height() / 3)  # within the same cell still
    here, beside = (
        picture.pixelColor((each * ratio).toPoint())
        for each in (at + off, QPointF(area.left() + 4.0, area.top() + 4.0))
    )
    assert here != beside
    double_click(view, at.toPoint())
    assert view.sight.is_whole


def test_small_moments_are_seen_larger(holder: QWidget) -> None:
    """The value at a place of the axis is what it says; a double click goes back to 1."""
    view = MomentsView(NIGHT, holder)
    view.resize(holder.size())
    view.show()
    view.show_data(Moments(np.array([0.06, 0.03, 0.02, 0.01]), 0.04))
    QApplication.processEvents()
    area = view.area()
    x = area.left() + area.width() / 8
    for _ in range(8):
        wheel(view, QPointF(x, area.center().y()), 1)
    assert view.top == pytest.approx(1.25**-8)
    QTest.mouseMove(view, QPoint(round(x), round(area.center().y())))
    reading = view.read_out.reading
    assert reading is not None
    assert reading.words.startswith("R₁ 0.060")
    assert reading.y == pytest.approx(area.bottom() - 0.06 / view.top * area.height())
    double_click(view, area.center().toPoint())
    assert view.top == 1.0


def test_the_circle_is_seen_closer(holder: QWidget) -> None:
    """Who is at a phase is read and drawn where the pointer is, at every zoom."""
    view = PhaseCircleView(NIGHT, holder)
    view.resize(holder.size())
    view.show()
    view.show_data(phase_circle(np.full(100, 1.3), 1j, Parameters(side=10)))  # at the top
    QApplication.processEvents()
    square = view.area()
    at = QPointF(square.center().x() - 1.0, square.top() + 0.15 * square.height() / 2)
    for _ in range(6):
        QTest.mouseMove(view, at.toPoint())
        assert view.read_out.words == "phase 1.25 to 1.38 s\n100 fireflies, 100.0%"
        wheel(view, at, 1)
    assert view.across.length == pytest.approx(view.down.length) == pytest.approx(1.25**-6)
    picture = view.grab().toImage()
    ratio = picture.devicePixelRatio()
    # Deaf is a fifth of the cycle from the right on: the shaded arc is out of sight, and nothing
    # is drawn beyond the part that shows.
    edge = QPointF(square.left() - 3.0, square.center().y()) * ratio
    assert picture.pixelColor(edge.toPoint()) == QColor(NIGHT.background)
    before = view.across
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=at.toPoint())
    QTest.mouseMove(view, at.toPoint() + QPoint(-20, -10))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at.toPoint() + QPoint(-20, -10))
    assert view.across == before.moved(20.0 / square.width())
    double_click(view, at.toPoint())
    assert view.across.is_whole
    assert view.whole() == square
