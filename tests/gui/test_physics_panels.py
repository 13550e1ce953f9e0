"""Panels of frequencies, moments, avalanches, defects and intervals: what they show, and how."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from experiments import (
    CoherenceRecord,
    Instant,
    Parameters,
    avalanche_law,
    avalanches,
    phase_defects,
    topology_of,
)
from gui.instruments import avalanches as avalanche_panel
from gui.instruments import defects as defect_panel
from gui.instruments.avalanches import AVALANCHES, AvalanchesSoFar, avalanche_sizes, size_edges
from gui.instruments.avalanches_view import AvalancheView
from gui.instruments.axis_numbers import even_ticks, number_words, round_ends
from gui.instruments.defects import DefectCurve, DefectsSeen, defect_curve
from gui.instruments.defects_view import DefectPlot
from gui.instruments.frequencies import frequency_histogram
from gui.instruments.frequencies_view import FrequencyView
from gui.instruments.moments import moments_of
from gui.instruments.moments_view import MomentsView
from gui.instruments.panel import RunSoFar
from gui.instruments.returns import returns_of
from gui.instruments.returns_view import ReturnMapView
from gui.laboratory import Laboratory
from gui.models.flash_history import FlashHistory
from gui.models.time_window import TimeWindow
from gui.picture.theme import DAY, NIGHT
from tests.gui.conftest import InWindow
from tests.gui.waiting import until
from tests.gui.window_parts import SMALL

SWARM = Parameters(side=10, period=1.0, nudge=0.05, refractory=0.2, jitter=0.1)


def history_of(times: NDArray[np.float64], ids: NDArray[np.uint32]) -> FlashHistory:
    """A history of these flashes."""
    history = FlashHistory()
    history.note(times, ids.astype(np.uint32))
    return history


def run_at(
    t: float,
    history: FlashHistory,
    record: CoherenceRecord,
    memory: object = None,
    zero: NDArray[np.float64] | None = None,
) -> RunSoFar:
    """A run as panels see it, at a time."""
    zero = np.zeros(SWARM.n_fireflies) if zero is None else zero
    return RunSoFar(
        instant=Instant(t, SWARM, zero, 0, 0),
        coherence=record,
        flashes=history,
        lateness=np.zeros(SWARM.n_fireflies),
        measured=cast(Any, None),
        marks=(),
        held=None,
        swarm=cast(Any, None),
        time_window=None,
        room=(100, 200),
        memory=memory,
    )


def beating(periods: NDArray[np.float64], end: float) -> FlashHistory:
    """Fireflies that flash evenly, each with a period of its own, from 0 s on."""
    each = [np.arange(0.0, end, period) for period in periods]
    ids = np.repeat(np.arange(len(periods), dtype=np.uint32), [len(times) for times in each])
    times = np.concatenate(each)
    order = np.argsort(times, kind="stable")
    return history_of(times[order], ids[order])


# -- frequencies ----------------------------------------------------------------------------


def test_frequencies_are_counted_over_the_last_ten_periods() -> None:
    """Each firefly is in the bin of its own; mean and spread are those of all."""
    periods = np.random.default_rng(1).uniform(0.8, 1.25, 100)
    found = frequency_histogram(beating(periods, 30.0), 29.9, SWARM)
    assert found.n_counted == 100
    assert (found.mean, found.spread) == pytest.approx(
        ((1.0 / periods).mean(), (1.0 / periods).std())
    )
    assert found.low < 0.82 < 1.22 < found.high
    edges = np.linspace(found.low, found.high, 41)
    assert found.in_bins(40).tolist() == np.histogram(1.0 / periods, edges)[0].tolist()
    assert found.alone == pytest.approx((1.0 / 0.95, 1.0 / 0.95))
    apart = frequency_histogram(beating(periods, 30.0), 29.9, SWARM.replace(spread=0.2))
    assert apart.alone == pytest.approx((1.0 / 1.15, 1.0 / 0.75))
    assert found.span == 10.0
    before = frequency_histogram(beating(periods, 30.0), 0.5, SWARM)
    assert (before.n_counted, before.in_bins(40).sum()) == (0, 0)


def test_equal_frequencies_are_one_bar_in_the_middle() -> None:
    """However short the axis would be otherwise."""
    found = frequency_histogram(beating(np.ones(100), 30.0), 29.9, SWARM)
    [k] = np.flatnonzero(found.in_bins(40))
    assert 5 < k < 35
    assert found.high - found.low >= 0.04


@pytest.mark.parametrize("period", [0.4, 2.5])
def test_what_those_flash_that_hear_nobody_is_on_the_axis(period: float) -> None:
    """Far beside what is counted, too: the dashed line is seen."""
    found = frequency_histogram(beating(np.full(100, period), 30.0), 29.9, SWARM)
    assert found.low < 1.0 / period < found.high
    assert found.low < found.alone[0] < found.high


@pytest.mark.parametrize(
    ("least", "greatest", "ends"),
    [(0.8, 1.25, (0.6, 1.4)), (0.24, 0.26, (0.23, 0.27)), (1.0, 1.0, (0.98, 1.02))],
)
def test_axes_end_at_round_numbers(
    least: float, greatest: float, ends: tuple[float, float]
) -> None:
    """On either side of all there is."""
    assert round_ends(least, greatest) == pytest.approx(ends)


def test_ticks_are_round_and_as_many_as_there_is_room_for() -> None:
    """With no more digits than tell them apart; where there is room for none, one is left."""
    ticks = even_ticks(0.23, 0.27, 200.0, lambda words: 10.0 * len(words))
    assert [words for _, words in ticks] == ["0.23", "0.24", "0.25", "0.26", "0.27"]
    wide = even_ticks(0.0, 30.0, 1_000.0, lambda words: 10.0 * len(words))
    assert [words for _, words in wide] == ["0", "5", "10", "15", "20", "25", "30"]
    assert len(even_ticks(0.23, 0.27, 5.0, lambda words: 10.0 * len(words))) <= 1
    assert even_ticks(1.0, 1.0, 100.0, len) == []
    assert number_words(-0.0001, 0.01) == "0.00"


# -- moments --------------------------------------------------------------------------------


def test_moments_of_two_groups(qtbot: QtBot) -> None:
    """The second and the fourth are 1; the words tell which is which."""
    zero = np.where(np.arange(100) % 2, 0.0, 0.5)
    found = moments_of(Instant(3.0, SWARM, zero, 0, 0))
    assert found.moduli == pytest.approx([0.0, 1.0, 0.0, 1.0], abs=1e-12)
    assert found.band == pytest.approx(math.sqrt(math.log(100.0) / 100) + 0.1)
    view = shown(MomentsView, qtbot)
    view.show_data(found)
    area = view.area()
    reading = view.reading_at(view.x_of(0.375), area.center().y())
    assert reading is not None
    assert reading.words == "R₂ 1.000: 2 groups\nchance: below 0.315"
    reading = view.reading_at(view.x_of(0.1), area.center().y())
    assert reading is not None
    assert reading.words == "R₁ 0.000: one group\nwithin chance"


# -- avalanches -----------------------------------------------------------------------------


def random_flashes(n: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
    """Many at one instant, each firefly at most once in it."""
    random = np.random.default_rng(seed)
    crowds = [random.permutation(100)[: random.integers(1, 30)] for _ in range(n)]
    times = np.repeat(0.1 * np.arange(1, n + 1), [len(crowd) for crowd in crowds])
    return times, np.concatenate(crowds).astype(np.uint32)


@pytest.mark.parametrize("at_once", [40, 1 << 20])
def test_avalanches_are_counted_once_however_often_somebody_looks(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few at a time; while there are more to look at, the next picture is due."""
    monkeypatch.setattr(avalanche_panel, "AT_ONCE", at_once)
    times, ids = random_flashes(60, seed=2)
    record, history, memory = CoherenceRecord(100), FlashHistory(), None
    for k in range(0, 60, 20):
        part = (times > 0.1 * k + 0.05) & (times < 0.1 * k + 2.05)
        history.note(times[part], ids[part])
        now = float(times[part][-1])
        for _ in range(100):
            run = run_at(now, history, record, memory)
            memory = avalanche_panel.remember(run)
            run = replace(run, memory=memory)
            is_over = AVALANCHES.depends_on(run) == AVALANCHES.depends_on(run)
            assert is_over is not memory.is_behind
            if is_over:
                break
    assert memory is not None
    sizes = avalanches(times, ids, topology_of(SWARM))[1]
    assert memory.counts.tolist() == np.bincount(sizes, minlength=101).tolist()
    assert (memory.since, memory.until, memory.is_gapped) == (0.0, now, False)
    shown_of = avalanche_sizes(memory, SWARM)
    assert shown_of.n_flashes == len(times)
    assert shown_of.mean == pytest.approx(sizes.mean())


def test_another_run_begins_with_no_avalanche() -> None:
    """As does a moment that is gone back to."""
    times, ids = random_flashes(10, seed=3)
    first = avalanche_panel.remember(run_at(1.0, history_of(times, ids), CoherenceRecord(100)))
    assert first.counts.sum() > 0
    other = run_at(0.15, history_of(times, ids), CoherenceRecord(100), first)
    assert avalanche_panel.remember(other).counts.sum() == len(
        avalanches(times[times < 0.15], ids[times < 0.15], topology_of(SWARM))[1]
    )


def test_bins_of_sizes_have_no_gap_and_their_shares_add_up() -> None:
    """Small sizes have one each."""
    edges = size_edges(100)
    assert edges[:6] == [1, 2, 3, 4, 5, 7]
    assert edges[-2] <= 100 < edges[-1]
    counts = np.random.default_rng(1).integers(0, 5, 101)
    counts[0] = 0
    memory = AvalanchesSoFar(CoherenceRecord(100), counts, 0.0, 1.0)
    bins = avalanche_sizes(memory, SWARM).bins
    assert sum(each.count for each in bins) == counts.sum()
    shares = sum(each.share * (each.greatest - each.least + 1) for each in bins)
    assert shares == pytest.approx(1.0)
    assert bins[-1].greatest == 100


def test_the_law_is_drawn_where_all_hear_all() -> None:
    """And as long as a flash moves all on at once; of a torus nobody knows a law."""
    memory = AvalanchesSoFar(CoherenceRecord(100), np.zeros(101, np.int64), 0.0, 1.0)
    assert len(avalanche_sizes(memory, SWARM).law) == 0
    nine = SWARM.replace(side=3, topology="all")
    memory = AvalanchesSoFar(CoherenceRecord(9), np.zeros(10, np.int64), 0.0, 1.0)
    assert len(avalanche_sizes(memory, nine.replace(delay=0.1)).law) == 0
    assert len(avalanche_sizes(memory, nine.replace(nudge=0.2)).law) == 0  # alpha is above 1
    found = avalanche_sizes(memory, nine)
    assert found.law_sizes.tolist() == list(range(1, 10))
    assert found.law == pytest.approx(avalanche_law(9, 0.45, np.arange(1, 10)))


# -- defects --------------------------------------------------------------------------------


def test_defects_are_remembered_as_long_as_it_is_the_same_run() -> None:
    """Each instant once, in order; another run begins anew."""
    record, history = CoherenceRecord(100), FlashHistory()
    random = np.random.default_rng(4)
    memory = None
    wanted: list[tuple[float, int, int]] = []
    for t in (0.1, 0.2, 0.2, 0.5):
        zero = random.random(100)
        memory = defect_panel.remember(run_at(t, history, record, memory, zero))
        found = phase_defects(t - zero, 10)
        wanted = [each for each in wanted if each[0] < t]
        wanted.append((t, found.n_positive, found.n_negative))
    assert memory is not None
    rows = zip(memory.times, *memory.numbers.T, strict=True)
    assert [tuple(row) for row in rows] == wanted
    curve = defect_curve(run_at(0.5, history, record, memory))
    assert curve.numbers.tolist() == [plus + minus for _, plus, minus in wanted]
    assert curve.n_positive == curve.n_negative == wanted[-1][1]
    assert curve.top >= curve.numbers.max()
    other = defect_panel.remember(run_at(0.7, history, CoherenceRecord(100), memory))
    assert other.times.tolist() == [0.7]


def test_defects_of_a_long_run_are_thinned() -> None:
    """Every second point goes; the first one, from which on it was looked at, stays."""
    record = CoherenceRecord(100)
    n = defect_panel.MOST_REMEMBERED
    memory = DefectsSeen(record, 0.1 * np.arange(n, dtype=np.float64), np.zeros((n, 2), np.int64))
    after = defect_panel.remember(run_at(n * 0.1, FlashHistory(), record, memory))
    assert len(after.times) == n // 2 + 1
    assert after.times[:2].tolist() == pytest.approx([0.0, 0.2])
    assert after.times[-1] == pytest.approx(n * 0.1)


# -- intervals ------------------------------------------------------------------------------


def test_the_return_map_has_each_pair_of_intervals_in_its_place() -> None:
    """Of fireflies that alternate two intervals both lie off the diagonal."""
    one = np.cumsum(np.tile([0.93, 1.12], 8))
    times = np.repeat(one, 100)
    history = history_of(times, np.tile(np.arange(100, dtype=np.uint32), len(one)))
    found = returns_of(history, float(one[-1]), SWARM, held=7)
    assert (found.whose, found.every) == (7, 1)
    assert {tuple(np.round(each, 9)) for each in found.held} == {(0.93, 1.12), (1.12, 0.93)}
    cells = {tuple(each) for each in np.argwhere(found.counts).tolist()}
    place = [int(found.share_of(each) * 256) for each in (0.93, 1.12)]
    assert cells == {(place[1], place[0]), (place[0], place[1])}
    assert found.n_points == 100 * 8  # of those of the last ten periods


def test_of_a_large_swarm_a_few_fireflies_are_followed() -> None:
    """Every so many; the one that is held always is."""
    large = SWARM.replace(side=60)
    times = np.repeat(np.arange(5.0), 3_600)
    history = history_of(times, np.tile(np.arange(3_600, dtype=np.uint32), 5))
    found = returns_of(history, 4.5, large, held=1)
    assert found.every == 3
    assert found.n_points == 1_200 * 3
    assert found.held.tolist() == [[1.0, 1.0]] * 3


# -- views ----------------------------------------------------------------------------------


def shown(kind: type[Any], qtbot: QtBot) -> Any:
    """A view in a window of its own."""
    parent = QWidget()
    qtbot.addWidget(parent)
    view = kind(NIGHT, parent)
    parent.resize(800, 600)
    view.resize(400, 300)
    parent.show()
    return view


def test_views_read_out_what_is_below_the_pointer(qtbot: QtBot) -> None:
    """Values with their units, at the place where they are drawn."""
    periods = np.linspace(0.8, 1.25, 100)
    histogram = frequency_histogram(beating(periods, 30.0), 29.9, SWARM)
    view = shown(FrequencyView, qtbot)
    assert view.reading_at(100.0, 100.0) is None
    view.show_data(histogram)
    k = int(np.argmax(histogram.in_bins(40)))
    reading = view.reading_at(view.x_of((k + 0.5) / 40), 100.0)
    n = int(histogram.in_bins(40)[k])
    assert reading.words.splitlines()[1] == f"{n} fireflies, {n / 100:.1%}"
    assert "flashes/s" in reading.words
    times, ids = random_flashes(30, seed=5)
    memory = avalanche_panel.remember(run_at(3.0, history_of(times, ids), CoherenceRecord(100)))
    sizes = avalanche_sizes(memory, SWARM)
    view = shown(AvalancheView, qtbot)
    assert view.reading_at(100.0, 100.0) is None
    view.show_data(sizes)
    reading = view.reading_at(view.x_of(0.0), 100.0)
    first = sizes.bins[0]
    assert reading.words == (
        f"1 flash\n{first.count:,} of {sizes.n_avalanches:,}, "
        f"{first.count / sizes.n_avalanches:.2%}"
    )
    assert view.area().top() <= reading.y <= view.area().bottom()


def test_the_return_map_is_square_and_read_out_by_both_axes(qtbot: QtBot) -> None:
    """Whatever the shape of its panel; keys move along the diagonal."""
    one = np.cumsum(np.tile([0.93, 1.12], 8))
    history = history_of(np.repeat(one, 100), np.tile(np.arange(100, dtype=np.uint32), len(one)))
    found = returns_of(history, float(one[-1]), SWARM, held=7)
    view = shown(ReturnMapView, qtbot)
    view.show_data(found)
    area = view.area()
    assert area.width() == pytest.approx(area.height())
    x, up = (found.share_of(each) for each in (0.93, 1.12))
    at = QPointF(view.x_of(x), area.bottom() - up * area.height())
    QTest.mouseMove(view, at.toPoint())
    n = found.n_points // 2
    assert view.read_out.words.splitlines()[0].startswith("after 0.9")
    assert view.read_out.words.splitlines()[1] == f"{n} times"
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.read_out.words.splitlines()[1] == "0 times"
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert not view.is_whole


def test_a_return_map_without_points_says_so_in_words_that_nothing_crosses(qtbot: QtBot) -> None:
    """They are whole, in a high and narrow panel, below whose title the square is."""
    view = shown(ReturnMapView, qtbot)
    view.resize(208, 600)
    view.show_data(returns_of(FlashHistory(), 0.0, SWARM, held=None))
    picture, area = view.grab().toImage(), view.area()
    ground = QColor(NIGHT.background)
    inked = [
        x
        for x in range(round(area.left()), round(area.right()))
        if any(
            picture.pixelColor(x, y) != ground
            for y in range(round(area.top()) + 2, round(area.bottom()) - 2)
        )
    ]
    assert area.left() + 2 < inked[0] < inked[-1] < area.right() - 2
    assert area.top() < 20


@pytest.mark.parametrize("palette", [NIGHT, DAY], ids=["night", "day"])
@pytest.mark.parametrize("size", [(208, 120), (420, 300)])
def test_views_paint_with_nothing_and_with_something_to_show(
    palette: Any, size: tuple[int, int], qtbot: QtBot
) -> None:
    """Before a swarm, with one that has not flashed, and with one that has; small and large."""
    record = CoherenceRecord(100)
    times, ids = random_flashes(50, seed=6)
    for t, history in ((0.0, FlashHistory()), (5.0, history_of(times, ids))):
        run = run_at(t, history, record, zero=np.random.default_rng(7).random(100))
        memory = avalanche_panel.remember(run)
        seen = defect_panel.remember(run)
        data: list[tuple[type[QWidget], object]] = [
            (FrequencyView, frequency_histogram(history, t, SWARM)),
            (MomentsView, moments_of(run.instant)),
            (AvalancheView, avalanche_sizes(memory, SWARM)),
            (DefectPlot, defect_curve(replace(run, memory=seen, time_window=TimeWindow(0.0, 9.0)))),
            (ReturnMapView, returns_of(history, t, SWARM, held=1)),
        ]
        for kind, each in data:
            view = shown(kind, qtbot)
            view.resize(*size)
            view.show_style(palette, 1.5)
            empty = view.grab().toImage()
            view.show_data(each)
            picture = view.grab().toImage()
            assert not picture.isNull()
            assert picture != empty, kind
            assert view.accessibleDescription(), kind


def test_each_shows_the_running_swarm(in_window: InWindow) -> None:
    """Hidden at first; once shown it is given pictures, and says so to screen readers."""

    async def body(lab: Laboratory) -> None:
        workbench = lab.window.workbench
        for name in ("frequencies", "moments", "avalanches", "defects", "returns"):
            assert not workbench.is_shown(name)
            view = workbench.views[name]
            assert not view.accessibleDescription()
            workbench.show_panel(name)
            await until(partial(is_described, view))

    in_window(body, SMALL.replace(speed=5.0))


def is_described(view: QWidget) -> bool:
    """Whether there is something to say of what it shows."""
    return bool(view.accessibleDescription())


def test_a_few_defects_can_be_read_after_many(qtbot: QtBot) -> None:
    """Along a logarithmic axis: the numbers beside it, where the line is, and what is read out."""
    plot = shown(DefectPlot, qtbot)
    plot.resize(420, 300)
    times = np.array([0.0, 1.0, 2.0, 3.0])
    numbers = np.array([1_200.0, 99.0, 9.0, 0.0])
    curve = DefectCurve(times, numbers, 0, 0, 0.0, 3.0, 2_000.0, True, False, ())
    plot.show_data(curve)
    plot.grab()
    assert plot.levels_to(curve.top) == (0.0, 10.0, 100.0, 1_000.0)
    assert plot.levels_to(10.0) == (0.0, 1.0, 10.0)
    for t, words in zip(times, ("1,200 defects", "99 defects", "9 defects", "0 defects"),
                        strict=True):  # fmt: skip
        read = plot.reading_at(plot.x_of(float(t)), 100.0)
        assert read is not None
        assert words in read.words
    heights = [plot.reading_at(plot.x_of(float(t)), 0.0).y for t in times]
    assert heights[2] - heights[1] == pytest.approx(heights[3] - heights[2], rel=1e-6)
    assert heights[3] - heights[2] > 0.2 * plot.area().height()
