"""Plots explored by hand: read out, zoomed, moved and brought back, by pointer and by keys."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from experiments import Parameters
from gui.instruments.bins import N_BINS, N_FINEST
from gui.instruments.circle import OUTER_RADIUS, phase_circle
from gui.instruments.circle_view import PhaseCircleView
from gui.instruments.coherence_view import CoherencePlot
from gui.instruments.histogram import phase_histogram
from gui.instruments.histogram_view import PhaseHistogramView
from gui.instruments.raster import RasterPicture
from gui.instruments.raster_view import RasterView
from gui.instruments.rate import RateCurve
from gui.instruments.rate_view import RatePlot
from gui.instruments.read_out import ReadOut, label_place
from gui.instruments.time_plot import TimePlot
from gui.instruments.time_ticks import exact_time_words, part_words
from gui.laboratory import Laboratory
from gui.models.coherence_trace import Curve, Mark
from gui.models.flash_history import FlashHistory
from gui.models.time_window import TimeWindow
from gui.picture.theme import NIGHT
from tests.gui.application import double_click
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL
from tests.gui.waiting import until

SWARM = Parameters(side=10)
TIMES = np.arange(0.0, 60.05, 0.1)


@pytest.fixture
def holder(qapp: QApplication) -> Iterator[QWidget]:
    """What plots stand in."""
    made = QWidget()
    made.resize(600, 240)
    made.show()
    yield made
    shiboken6.delete(made)


def of_size(view: QWidget, holder: QWidget) -> None:
    """Give a plot all the room of its holder."""
    view.resize(holder.size())
    view.show()
    QApplication.processEvents()


def point(view: QWidget, x: float, y: float) -> None:
    """Lead the pointer to a pixel of a plot."""
    surface = view.viewport() if isinstance(view, TimePlot) else view
    at, none = QPointF(x, y), Qt.MouseButton.NoButton
    move, plain = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        surface, QMouseEvent(move, at, surface.mapToGlobal(at), none, none, plain)
    )


def leave(view: QWidget) -> None:
    """Lead the pointer away."""
    surface = view.viewport() if isinstance(view, TimePlot) else view
    QApplication.sendEvent(surface, QEvent(QEvent.Type.Leave))


def wheel(view: QWidget, x: float, steps: int) -> None:
    """Turn the wheel over a pixel."""
    at = QPointF(x, 100.0)
    event = QWheelEvent(
        at, view.mapToGlobal(at), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def coherence(holder: QWidget, marks: tuple[Mark, ...] = ()) -> CoherencePlot:
    """A plot of an R that grows from 0 to 1 in a minute."""
    plot = CoherencePlot(NIGHT, holder)
    of_size(plot, holder)
    band = (np.zeros(1), np.array([0.1]))
    plot.show_data(Curve(TIMES, TIMES / 60.0, 0.0, 80.0, *band, marks))
    QApplication.processEvents()
    return plot


def rate(holder: QWidget, marks: tuple[Mark, ...] = ()) -> RatePlot:
    """A plot of a rate that grows from 0 to 600 in a minute."""
    plot = RatePlot(NIGHT, holder)
    of_size(plot, holder)
    plot.show_data(RateCurve(TIMES, TIMES * 10.0, 0.0, 80.0, 1_000.0, marks=marks))
    QApplication.processEvents()
    return plot


def raster(holder: QWidget, marks: tuple[Mark, ...] = ()) -> RasterView:
    """The raster of two flashes of firefly 42, at 20.0 s and at 50.0 s."""
    view = RasterView(NIGHT, holder)
    of_size(view, holder)
    history = FlashHistory()
    history.note(np.array([20.0, 50.0]), np.array([42, 42], dtype=np.uint32))
    seen = history.raster(TimeWindow(0.0, 80.0), 60.0, 100, 100, 400)
    view.show_data(RasterPicture(seen, marks, 10, is_whole=True, is_latest=False))
    QApplication.processEvents()
    return view


# -- what is read -----------------------------------------------------------------------


def test_pointing_reads_the_time_and_the_value_of_the_line(holder: QWidget) -> None:
    """Of the point nearest in time; the crosshair is on the line; away from it all is gone."""
    plot = coherence(holder)
    assert plot.read_out.isHidden()
    point(plot, plot.x_of(30.0), plot.area().center().y())
    assert plot.read_out.words == "30.00 s   R 0.500"
    reading = plot.read_out.reading
    assert reading is not None
    assert reading.x == pytest.approx(plot.x_of(30.0), abs=0.5)
    assert reading.y == pytest.approx(plot.area().bottom() - plot.area().height() * 0.5 / 1.08)
    point(plot, plot.x_of(75.0), plot.area().center().y())  # still to come
    assert plot.read_out.isHidden()
    point(plot, plot.x_of(30.0), plot.area().center().y())
    leave(plot)
    assert plot.read_out.isHidden()


def test_the_read_out_follows_what_shows_below_a_pointer_that_rests(holder: QWidget) -> None:
    """A new curve is read at the same place, also while the pointer does not move."""
    plot = rate(holder)
    point(plot, plot.x_of(40.0), 80.0)
    assert plot.read_out.words == "40.00 s   400 flashes/s"
    plot.show_data(RateCurve(TIMES, TIMES * 5.0, 0.0, 80.0, 1_000.0))
    assert plot.read_out.words == "40.00 s   200 flashes/s"


def test_who_flashed_is_read_from_the_raster(holder: QWidget) -> None:
    """The time, the firefly of the row, and how often it flashed within the pixel's time."""
    view = raster(holder)
    area = view.area()
    y = area.top() + 42.5 / 100 * area.height()
    point(view, view.x_of(20.1), y)
    time, who, flashes = view.read_out.words.split("\n")
    assert float(time.removesuffix(" s")) == pytest.approx(20.1, abs=0.15)
    assert who == "firefly 42"
    assert flashes == "1 flash within 0.2 s"
    point(view, view.x_of(35.0), y)
    assert view.read_out.words.endswith("firefly 42\nno flash within 0.2 s")
    point(view, view.x_of(70.0), y)  # still to come
    assert view.read_out.isHidden()


def test_what_the_raster_has_forgotten_is_said(holder: QWidget) -> None:
    """Not that nobody flashed."""
    view = raster(holder)
    history = FlashHistory()
    history.note(np.array([30.0]), np.array([1], dtype=np.uint32))
    history.go_to(40.0, 100)
    seen = history.raster(TimeWindow(0.0, 80.0), 60.0, 100, 100, 400)
    view.show_data(RasterPicture(seen, (), 10, is_whole=True, is_latest=False))
    point(view, view.x_of(20.0), 50.0)
    assert view.read_out.words.endswith("no longer remembered")
    point(view, view.x_of(50.0), 50.0)
    assert "no flash within" in view.read_out.words


def test_a_bin_of_the_histogram_is_read_and_seen_closer_in_finer_ones(holder: QWidget) -> None:
    """From when to when, how many, which share; zoomed in twice as far the bins are half."""
    bars = PhaseHistogramView(NIGHT, holder)
    of_size(bars, holder)
    phases = np.array([2.51] * 30 + [2.59] * 10 + [0.1] * 60)
    bars.show_data(phase_histogram(phases, SWARM))
    point(bars, bars.x_of(2.55 / 5.0), 60.0)
    assert bars.read_out.words == "2.50 to 2.62 s after the flash\n40 fireflies, 40.0%"
    assert bars.n_bins() == N_BINS
    for _ in range(4):
        wheel(bars, bars.x_of(2.51 / 5.0), 1)
    assert bars.n_bins() == 2 * N_BINS
    assert not bars.is_whole
    assert bars.read_out.words == "2.50 to 2.56 s after the flash\n30 fireflies, 30.0%"
    for _ in range(40):
        wheel(bars, bars.x_of(2.51 / 5.0), 1)
    assert bars.n_bins() == N_FINEST
    double_click(bars, QPoint(200, 60))
    assert bars.is_whole


def test_the_circle_is_read_on_the_ring_and_inside(holder: QWidget) -> None:
    """On the ring who is at that phase, inside of it the mean, outside nothing."""
    view = PhaseCircleView(NIGHT, holder)
    of_size(view, holder)
    view.show_data(phase_circle(np.full(100, 1.3), 1j, SWARM))  # at the top
    square = view.area()
    centre, half = square.center(), square.width() / 2
    point(view, centre.x(), centre.y() - 0.85 * half)
    assert view.read_out.words == "phase 1.25 to 1.38 s\n100 fireflies, 100.0%"
    point(view, centre.x() + 0.2 * half, centre.y())
    assert view.read_out.words == "mean phase 1.25 s\nR 1.000"
    point(view, centre.x() + 1.3 * OUTER_RADIUS * half, centre.y())
    assert view.read_out.isHidden()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.read_out.words.startswith("phase 2.")  # from the middle of the way around


def test_changes_stand_on_every_plot_over_time_at_the_same_place(holder: QWidget) -> None:
    """In plots of the same width at the same pixel, and read with the value there."""
    marks = (Mark(25.0, "nudge 0.10 s"),)
    plots = [make(holder, marks) for make in (coherence, rate, raster)]
    places = [plot.x_of(25.0) for plot in plots]
    assert places == pytest.approx([places[0]] * 3, abs=1.0)
    for plot in plots:
        assert plot.area().top() > 12.0  # the strip for symbols
        point(plot, plot.x_of(25.0), plot.area().center().y())
        assert plot.read_out.words.endswith("nudge 0.10 s  at 25.0 s")


@pytest.mark.parametrize("make", [coherence, rate, raster])
def test_a_part_of_the_run_has_a_sign(
    holder: QWidget, make: Callable[[QWidget], CoherencePlot | RatePlot | RasterView]
) -> None:
    """With the times of its ends, and ways back; all of the run has none."""
    plot = make(holder)
    assert plot.sign.isHidden()
    plot.sign.show_part(part_words(12.0, 40.0), is_latest=False)
    assert not plot.sign.isHidden()
    assert plot.sign.label.text() == "12.0 to 40.0 s"
    asked: list[str] = []
    plot.wholeRequested.connect(lambda: asked.append("all"))
    plot.latestRequested.connect(lambda: asked.append("latest"))
    plot.sign.all_button.click()
    plot.sign.latest_button.click()
    QTest.keyClick(plot, Qt.Key.Key_Home)
    QTest.keyClick(plot, Qt.Key.Key_End)
    assert asked == ["all", "latest"] * 2


# -- by hand ----------------------------------------------------------------------------


def test_arrows_move_the_read_out_and_then_the_plot(holder: QWidget) -> None:
    """From the middle; with Ctrl by a pixel; at its edge the plot moves; with Shift at once."""
    plot = coherence(holder)
    moved: list[float] = []
    plot.panRequested.connect(moved.append)
    area, middle = plot.area(), plot.area().center().x()
    QTest.keyClick(plot, Qt.Key.Key_Left)
    reading = plot.read_out.reading
    assert reading is not None
    step = 80.0 / area.width() * 8.0  # s
    assert reading.words.startswith(exact_time_words(round(plot.time_at(middle) - step, 1)))
    assert plot.accessibleDescription() == reading.words
    QTest.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert moved == [pytest.approx(8.0)]
    for _ in range(200):
        QTest.keyClick(plot, Qt.Key.Key_Left)
    assert moved[-1] == pytest.approx(-8.0)
    assert plot.read_out.words == "0.00 s   R 0.000"


def test_a_histogram_is_dragged_and_stays_within_its_span(holder: QWidget) -> None:
    """By the pointer as far as there is anything."""
    bars = PhaseHistogramView(NIGHT, holder)
    of_size(bars, holder)
    bars.show_data(phase_histogram(np.linspace(0.0, 4.9, 100), SWARM))
    for key in (Qt.Key.Key_Plus,) * 4:
        QTest.keyClick(bars, key)
    begin, end = bars.span
    assert end - begin == pytest.approx(1.25**-4)
    assert (begin + end) / 2 == pytest.approx(0.5)
    at = bars.area().center().toPoint()
    QTest.mousePress(bars, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(bars, at + QPoint(60, 0))
    QTest.mouseRelease(bars, Qt.MouseButton.LeftButton, pos=at + QPoint(60, 0))
    width = bars.area().width()
    assert bars.span[0] == pytest.approx(begin - 60.0 / width * (end - begin))
    for _ in range(30):
        QTest.keyClick(bars, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert bars.span[1] == pytest.approx(1.0)
    QTest.keyClick(bars, Qt.Key.Key_Home)
    assert bars.is_whole


def test_plots_over_time_go_along_and_follow_the_present(in_window: InWindow) -> None:
    """Zooming the raster zooms R as well, paused too; End follows what happens from then on."""

    async def body(lab: Laboratory) -> None:
        views = lab.window.workbench.views
        plot, view = views["coherence"], views["raster"]
        assert isinstance(plot, CoherencePlot)
        assert isinstance(view, RasterView)
        lab.window.workbench.show_panel("raster")
        await until(lambda: lab.window.is_seen("raster"))
        await lab.pump.run_ahead(100.0)
        lab.pump.present()
        await until(lambda: plot.viewRange()[0] == [0.0, 120.0])
        wheel(view, view.x_of(60.0), 4)
        await until(lambda: plot.viewRange()[0][1] < 120.0)
        window = lab.intent.time_window
        assert window is not None
        left = view.area().left()
        await until(lambda: view.x_of(window.begin) == pytest.approx(left))
        assert plot.sign.isVisible()
        assert view.sign.isVisible()
        QTest.keyClick(view, Qt.Key.Key_End)
        ends = [100.0 - 5.0 * SMALL.period, 100.0]
        await until(lambda: plot.viewRange()[0] == pytest.approx(ends))
        await lab.pump.run_ahead(130.0)
        lab.pump.present()
        await until(lambda: plot.viewRange()[0][1] == pytest.approx(130.0))
        right = view.area().left() + view.area().width()
        await until(lambda: view.x_of(130.0) == pytest.approx(right))
        assert not plot.sign.latest_button.isVisible()

    in_window(body, SMALL, is_playing=False)


# -- words and places -------------------------------------------------------------------


@pytest.mark.parametrize("x", [0.0, 40.0, 299.0])
@pytest.mark.parametrize("y", [0.0, 40.0, 119.0])
def test_the_label_stays_in_the_plot_and_off_the_point(x: float, y: float) -> None:
    """Wherever the pointer is, as long as there is room."""
    room = QRectF(0.0, 0.0, 300.0, 120.0)
    label = label_place(QPointF(x, y), QSizeF(120.0, 40.0), room)
    assert room.contains(label)
    assert not label.contains(x, y)


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [
        (12.0, 40.0, "12.0 to 40.0 s"),
        (0.0, 20.0, "0 to 20.0 s"),
        (60.0, 900.0, "1:00 to 15:00 min"),
    ],
)
def test_a_part_is_told_by_its_ends(begin: float, end: float, words: str) -> None:
    """With one unit for both."""
    assert part_words(begin, end) == words


def test_a_plot_without_pointer_reads_nothing(
    holder: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No work is done for a read-out that nobody asks for."""
    plot = coherence(holder)
    asked: list[float] = []

    def counting(x: float, _y: float) -> None:
        asked.append(x)

    monkeypatch.setattr(plot, "reading_at", counting)
    band = (np.zeros(1), np.array([0.1]))
    for k in range(10):
        plot.show_data(Curve(TIMES, TIMES / (60.0 + k), 0.0, 80.0, *band, ()))
    assert asked == []
    point(plot, plot.x_of(30.0), 50.0)
    assert len(asked) == 1
    assert all(math.isfinite(x) for x in asked)
    assert isinstance(plot.read_out, ReadOut)
