"""Long series in bounded memory: no dip and no rise is ever lost."""

from __future__ import annotations

import numpy as np
import pytest

from experiments import CoherenceRecord
from experiments.model.long_series import Extremes, LongSeries


@pytest.mark.parametrize("cuts", [1, 7, 500])
@pytest.mark.parametrize("n", [1, 63, 64, 65, 1_000, 10_007])
def test_the_extremes_are_those_of_each_stretch(n: int, cuts: int) -> None:
    """However the samples came in: least and greatest of each stretch, where they were."""
    values = np.random.default_rng(n).random(n)
    extremes = Extremes(64)
    for part in np.array_split(values, cuts):
        extremes.take(part)
    width = extremes.width
    assert width * 64 >= n
    at, found = extremes.points(0, n)
    expected = set()
    for begin in range(0, n, width):
        stretch = values[begin : begin + width]
        expected |= {begin + int(stretch.argmin()), begin + int(stretch.argmax())}
    assert set(at.tolist()) == expected
    assert np.array_equal(found, values[at])


@pytest.mark.parametrize("most", [None, 4_000])
@pytest.mark.parametrize("n", [0, 1, 100, 5_000, 60_000])
def test_a_line_through_a_series_keeps_its_peaks_in_few_points(n: int, most: int | None) -> None:
    """From any sample to any: the extremes are there, in no more points than asked for."""
    random = np.random.default_rng(n)
    values = random.random(n)
    series = LongSeries(most)
    for part in np.array_split(values, 13):
        series.extend(part)
    assert len(series) == n
    for first, end in [(0, n), (n // 3, n // 2), (max(0, n - 300), n), (0, min(n, 400))]:
        at, found = series.drawn(first, end, 400)
        assert len(at) <= 400
        assert np.array_equal(found, values[at])
        assert (np.diff(at) > 0).all()
        if end > first:
            inside = values[first:end]
            assert found.min() <= inside.min()
            assert found.max() >= inside.max()
    assert series.highest() == values.max(initial=0.0)


def test_a_series_holds_no_more_than_it_is_allowed() -> None:
    """The latest samples as they are, and a fixed number of stretches."""
    series = LongSeries(1_000)
    for k in range(50):
        series.extend(np.full(1_000, float(k)))
        assert 1_000 <= len(series) - series.first <= 2_063
    assert series.read(49_500).tolist() == [49.0] * 500
    assert series.read(0, 10).tolist() == []


@pytest.mark.parametrize("n_before", [0, 500, 30_000, 39_900])
def test_a_series_can_be_taken_back(n_before: int) -> None:
    """As it was after so many samples; what is let go by then is drawn all the same."""
    values = np.random.default_rng(1).random(40_000)
    series = LongSeries(2_000)
    series.extend(values)
    before = series.until(n_before)
    before.extend(values[n_before:])
    assert len(before) == 40_000
    assert np.array_equal(before.read(39_950), values[39_950:])
    _, found = before.drawn(0, 40_000, 200)
    assert found.max() == values.max()
    assert found.min() == values.min()


def test_a_record_that_let_samples_go_says_so() -> None:
    """And still knows its highest R, its times, and how to be drawn from the start."""
    record = CoherenceRecord(100, most=1_000)
    for j in range(3_000):
        record.add(j * 0.1, 0.9 if j == 17 else 0.1, 5.0, 0.5)
    assert not record.is_whole
    assert record.highest == 0.9
    assert record.times[-1] == 2_999 * 0.1
    times, values = record.drawn(0.0, 300.0, 100)
    assert len(times) <= 100
    assert times[values.argmax()] == 17 * 0.1
    with pytest.raises(ValueError, match=r"must be at 300\.0 s, got 7\.0 s"):
        record.add(7.0, 0.5, 5.0)
