"""The instruments around the grid: what they show, against the simplest way to work it out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from experiments import Parameters
from gui.instruments.axis_numbers import short_number, steady_top_of_share, top_of_count
from gui.instruments.bins import N_BINS
from gui.instruments.circle import INNER_RADIUS, OUTER_RADIUS, phase_circle
from gui.instruments.circle_view import PhaseCircleView
from gui.instruments.histogram import phase_histogram
from gui.instruments.histogram_view import PhaseHistogramView
from gui.instruments.raster import RasterPicture
from gui.instruments.raster_view import RasterView
from gui.instruments.rate import rate_curve
from gui.models.flash_history import MOST_REMEMBERED, FlashHistory
from gui.models.status_readout import Activity, StatusReadout
from gui.models.time_window import TimeWindow
from gui.picture.theme import NIGHT

SWARM = Parameters(side=10)


def flashes(n: int, seed: int, end: float = 20.0) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
    """Random flashes in order."""
    random = np.random.default_rng(seed)
    times = np.sort(random.uniform(0.0, end, n))
    return times, random.integers(0, SWARM.n_fireflies, n).astype(np.uint32)


# -- raster -----------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [100, 33, 7, 1])
def test_a_raster_counts_every_flash_in_its_place(rows: int) -> None:
    """Each cell holds the flashes of its fireflies and its time, whatever shares a row."""
    times, ids = flashes(300, seed=rows)
    history = FlashHistory()
    for part in np.array_split(np.arange(300), 7):
        history.note(times[part], ids[part])
    begin = 3.0
    raster = history.raster(TimeWindow(begin, 20.0), 20.0, SWARM.n_fireflies, rows, 50)
    expected = np.zeros_like(raster.share)
    for t, i in zip(times, ids, strict=True):
        if t < begin:
            continue
        column = min(int((t - begin) / ((20.0 - begin) / 50)), 49)
        expected[i // raster.per_row, column] += 1.0 / raster.per_row
    assert raster.share == pytest.approx(np.minimum(expected, 1.0))
    assert raster.share.shape[0] <= rows
    assert raster.share.shape[0] * raster.per_row >= SWARM.n_fireflies
    shown = [i for row in range(raster.share.shape[0]) for i in raster.fireflies(row)]
    assert shown == list(range(SWARM.n_fireflies))
    assert raster.counts.sum() == np.count_nonzero(times >= begin)


def test_a_raster_says_since_when_flashes_are_remembered() -> None:
    """What is forgotten is not taken for silence; all that is remembered is in order."""
    n = MOST_REMEMBERED + 1_000
    times = np.linspace(0.0, 20.0, n)
    history = FlashHistory()
    history.note(times[:5_000], np.zeros(5_000, dtype=np.uint32))
    assert history.known_since == -math.inf
    history.note(times[5_000:], np.zeros(n - 5_000, dtype=np.uint32))
    raster = history.raster(TimeWindow(0.0, 20.0), 20.0, SWARM.n_fireflies, 100, 400)
    assert raster.known_since == times[1_000]
    assert np.all(raster.counts[0, 1:] > 0)
    assert raster.counts.sum() == MOST_REMEMBERED
    found, _ = history.between(0.0, 20.0)
    assert found.tolist() == times[1_000:].tolist()
    assert history.between(5.0, 6.0)[0].tolist() == times[(times >= 5.0) & (times <= 6.0)].tolist()


def test_a_raster_of_nothing_is_dark() -> None:
    """Before the first flash, and where there is no room."""
    history = FlashHistory()
    window = TimeWindow(0.0, 30.0)
    assert not history.raster(window, 0.0, SWARM.n_fireflies, 100, 50).share.any()
    assert history.raster(window, 3.0, SWARM.n_fireflies, 0, 0).share.shape == (1, 1)


def test_the_raster_view_paints_the_flash_where_it_happened(qtbot: QtBot) -> None:
    """The last flash is at the right, in the row of its firefly; everything else is dark."""
    view = RasterView(NIGHT, None)  # type: ignore[arg-type]  # a window of its own
    qtbot.addWidget(view)
    view.resize(440, 160)
    view.show()
    rows, columns = view.contentsRect().height(), view.contentsRect().width()
    history = FlashHistory()
    history.note(np.array([9.99]), np.array([99], dtype=np.uint32))
    raster = history.raster(TimeWindow(0.0, 10.0), 10.0, SWARM.n_fireflies, rows, columns)
    view.show_data(RasterPicture(raster, (), SWARM.side, is_whole=True, is_latest=False))
    picture = view.grab().toImage()
    plot = QRectF(view.contentsRect())
    last = plot.bottom() - 0.5 * plot.height() / len(raster.share)
    assert picture.pixelColor(int(plot.right()) - 1, int(last)) == QColor(NIGHT.accent)
    assert picture.pixelColor(int(plot.center().x()), int(last)) == QColor(NIGHT.background)
    assert picture.pixelColor(int(plot.right()) - 1, int(plot.top()) + 2) == QColor(
        NIGHT.background
    )


# -- rate -------------------------------------------------------------------------------


def test_the_rate_is_the_number_of_flashes_in_each_tenth_of_a_second() -> None:
    """In stretches that are over; they add up to all flashes, however they came in."""
    times, ids = flashes(2_000, seed=4)
    history = FlashHistory()
    for part in np.array_split(np.arange(2_000), 11):
        history.note(times[part], ids[part])
    middles, rates = history.rate(0.0, 20.0, 1_000)
    assert len(middles) == 200
    for k in (0, 17, 199):
        inside = np.count_nonzero(np.floor(times / 0.1) == k)
        assert rates[k] == pytest.approx(inside / 0.1)
    assert rates.sum() * 0.1 == pytest.approx(2_000)
    assert len(history.rate(0.0, 12.345, 1_000)[0]) == 123


def test_a_quiet_time_after_the_last_flash_has_rate_zero() -> None:
    """Not left out: the line goes down."""
    history = FlashHistory()
    history.note(np.array([0.05]), np.array([1], dtype=np.uint32))
    _, rates = history.rate(0.0, 1.0, 1_000)
    assert list(rates) == [pytest.approx(10.0)] + [0.0] * 9
    middles, rates = history.rate(0.0, 1e6, 1_000)  # a straight line
    assert middles.tolist() == pytest.approx([0.05, 0.15, 999_999.95])
    assert rates.tolist() == pytest.approx([10.0, 0.0, 0.0])
    history.note(np.array([5.05, 5.05]), np.array([1, 2], dtype=np.uint32))
    middles, rates = history.rate(0.0, 6.0, 1_000)
    assert rates[50] == pytest.approx(20.0)
    assert rates.sum() == pytest.approx(30.0)


def test_the_rate_curve_keeps_every_peak_over_hours() -> None:
    """Thinned for the plot, its highest point is the highest rate, also of what is let go."""
    history = FlashHistory()
    end = 9_000.0
    times = np.sort(np.random.default_rng(1).uniform(0.0, end, 90_000))
    times[20_000:20_400] = times[20_000]
    times = np.sort(times)
    for some in np.array_split(times, 11):
        history.note(some, np.zeros(len(some), dtype=np.uint32))
    shown = rate_curve(history, end)
    assert shown.is_whole
    assert shown.rates.max() >= 4_000.0
    assert shown.top >= shown.rates.max()
    assert len(shown.times) <= 1_700
    part = rate_curve(
        history, end, TimeWindow(8_000.0, 8_040.0)
    )  # so short that nothing is thinned
    assert (part.begin, part.end, part.is_whole) == (8_000.0, 8_040.0, False)
    inside = np.count_nonzero((times >= 8_000.0) & (times < 8_040.0))
    assert part.rates.sum() * 0.1 == pytest.approx(inside, abs=40)


@pytest.mark.parametrize(
    ("highest", "top"), [(0.0, 10), (10.0, 10), (10.1, 20), (1999, 2000), (2000, 2000), (6e5, 1e6)]
)
def test_the_scale_ends_at_a_round_number(highest: float, top: float) -> None:
    """1, 2 or 5 times a power of ten."""
    assert top_of_count(highest) == top


def test_large_numbers_are_short() -> None:
    """With a letter for thousands and millions."""
    assert [short_number(n) for n in (0, 5, 2_500, 10_000, 5e6)] == ["0", "5", "2.5k", "10k", "5M"]


# -- circle and histogram ---------------------------------------------------------------


def test_on_the_circle_a_phase_is_an_angle() -> None:
    """A quarter of the period after its flash a firefly stands at the top, at the right radius."""
    for share, column, row in ((0.0, 1, 0), (0.25, 0, -1), (0.5, -1, 0), (0.75, 0, 1)):
        phases = np.full(100, share * SWARM.period + 3 * SWARM.period)
        density = phase_circle(phases, 1j, SWARM).density
        size = len(density)
        rows, columns = np.nonzero(density)
        x, y = (columns.mean() + 0.5) / size * 2 - 1, (rows.mean() + 0.5) / size * 2 - 1
        middle = (INNER_RADIUS + OUTER_RADIUS) / 2
        assert (x, y) == (
            pytest.approx(column * middle, abs=0.06),
            pytest.approx(row * middle, abs=0.06),
        )


def test_random_phases_fill_the_circle_evenly_and_order_does_not() -> None:
    """Neither a small nor a large swarm hides in the dark or drowns in light."""
    for side in (5, 50, 300):
        parameters = Parameters(side=side)
        phases = np.random.default_rng(side).uniform(0.0, 5.0, side * side)
        density = phase_circle(phases, 0j, parameters).density
        lit = density[density > 0.0]
        assert 0.3 < lit.mean() < 0.9
        assert density.max() < 1.0


def test_the_histogram_counts_phases_wrapped() -> None:
    """Each in its bin; shares add up to one; the scale ends above the fullest."""
    random = np.random.default_rng(2)
    phases = random.uniform(-7.0, 30.0, 2_500)
    histogram = phase_histogram(phases, SWARM)
    expected = np.zeros(N_BINS)
    for phase in phases:
        expected[int(math.fmod(phase + 50.0, 5.0) / 5.0 * N_BINS) % N_BINS] += 1
    assert histogram.shares == pytest.approx(expected / 2_500)
    assert histogram.shares.sum() == pytest.approx(1.0)
    assert histogram.top >= histogram.shares.max()
    assert histogram.deaf_share == pytest.approx(0.2)
    assert phase_histogram(np.zeros(9), SWARM).top == 1.0


def test_the_views_paint_what_the_model_says(qtbot: QtBot) -> None:
    """A synchronised swarm: one bar, one cluster, an arrow to it; elsewhere nothing."""
    phases = np.full(2_500, 2.5)  # half a cycle: at the left
    parameters = Parameters()
    circle = PhaseCircleView(NIGHT, None)  # type: ignore[arg-type]  # a window of its own
    bars = PhaseHistogramView(NIGHT, None)  # type: ignore[arg-type]
    views: tuple[QWidget, ...] = (circle, bars)
    for view in views:
        qtbot.addWidget(view)
        view.resize(248, 248)
        view.show()
    circle.show_data(phase_circle(phases, -1.0 + 0j, parameters))
    observed = {"R": 1.0}
    circle.show_status(
        StatusReadout(Activity.PAUSED, 1.0, 1.0, None, None, None, observed, 1, "2,500 workflows")
    )
    bars.show_data(phase_histogram(phases, parameters))
    picture = circle.grab().toImage()
    middle, half = 124, 120
    ring = int(half * (INNER_RADIUS + OUTER_RADIUS) / 2)
    around = [picture.pixelColor(middle - ring, middle + dy).red() for dy in range(-3, 4)]
    assert max(around) > 150
    assert picture.pixelColor(middle - ring // 2, middle) == QColor(NIGHT.text)  # the arrow
    assert picture.pixelColor(middle, middle + ring) == QColor(NIGHT.panel)  # an empty place
    assert circle.accessibleDescription() == "R 1.00"
    picture = bars.grab().toImage()
    plot_left, plot_right = bars.area().left(), bars.area().right()
    bar = round(plot_left) + int((plot_right - plot_left) * (N_BINS / 2 + 0.5) / N_BINS)
    assert QColor(NIGHT.accent) in [picture.pixelColor(bar + dx, 100) for dx in (-2, -1, 0, 1, 2)]
    assert picture.pixelColor(round(plot_left) + 150, 100) == QColor(NIGHT.background)
    assert picture.pixelColor(round(plot_left) + 10, 100) == QColor(NIGHT.panel)  # deaf


def test_an_axis_of_shares_does_not_jump_with_what_it_shows() -> None:
    """Up at once, down only when there is room; never below what it shows."""
    tops, before = [], 0.0
    for highest in (0.048, 0.052, 0.049, 0.045, 0.051, 0.039, 0.042, 0.003):
        before = steady_top_of_share(highest, before)
        tops.append(before)
    assert tops == [0.05, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.005]
    rng = np.random.default_rng(1)
    for highest in rng.uniform(0.0, 1.0, 500).tolist():
        before = steady_top_of_share(highest, before)
        assert highest <= before
