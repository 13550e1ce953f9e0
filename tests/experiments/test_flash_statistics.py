"""Statistics of flashes, against logs made by hand and against theory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from experiments import Parameters, Simulation
from experiments.model.flash_statistics import (
    frequencies,
    interval_correlation,
    intervals,
    lags,
    phase_locking,
    return_map,
)
from experiments.model.random_streams import JITTER, stream_keys, uniform_array
from tests.experiments.simulating import quiet_state, simulate

TIMES = np.array([1.0, 1.5, 2.0, 2.0, 4.0, 4.5, 7.0])
IDS = np.array([3, 0, 3, 1, 3, 0, 3], dtype=np.uint32)


def shuffled(n: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
    """Random flashes of ten fireflies, some at one time."""
    rng = np.random.default_rng(seed)
    return np.sort(rng.integers(0, n, n) / 2.0), rng.integers(0, 10, n).astype(np.uint32)


def test_intervals_are_those_of_each_firefly_in_the_order_of_their_ends() -> None:
    """One fewer than flashes; who flashed once has none."""
    found = intervals(TIMES, IDS)
    assert found.times.tolist() == [2.0, 4.0, 4.5, 7.0]
    assert found.ids.tolist() == [3, 3, 0, 3]
    assert found.lengths.tolist() == [1.0, 2.0, 3.0, 3.0]
    assert len(intervals(TIMES[:0], IDS[:0])) == 0


def test_intervals_and_frequencies_are_those_of_the_simplest_way() -> None:
    """Firefly by firefly, of random flashes."""
    times, ids = shuffled(300, 1)
    found, frequency = intervals(times, ids), frequencies(times, ids, 12)
    for i in range(12):
        own = times[ids == i]
        assert found.lengths[found.ids == i].tolist() == np.diff(own).tolist()
        if len(own) > 1 and own[-1] > own[0]:
            assert frequency[i] == pytest.approx(1.0 / np.diff(own).mean(), rel=1e-12)
        else:
            assert math.isnan(frequency[i])
    assert math.isnan(frequency[11])
    assert (np.diff(found.times) >= 0.0).all()


def test_the_return_map_has_each_interval_over_the_one_before() -> None:
    """Of the same firefly."""
    first, second, whose = return_map(TIMES, IDS)
    assert list(zip(first, second, whose, strict=True)) == [(1.0, 2.0, 3), (2.0, 3.0, 3)]
    times, ids = shuffled(300, 2)
    first, second, whose = return_map(times, ids)
    for i in range(10):
        own = np.diff(times[ids == i])
        assert first[whose == i].tolist() == own[:-1].tolist()
        assert second[whose == i].tolist() == own[1:].tolist()


def test_the_correlation_of_intervals_is_that_of_the_return_map() -> None:
    """Of alternating ones -1, of random ones Pearson's; of equal ones there is none."""
    alternating = np.cumsum(np.tile([1.0, 2.0], 20))
    assert interval_correlation(alternating, np.zeros(40, np.uint32)) == pytest.approx(-1.0)
    times, ids = shuffled(300, 3)
    first, second, _ = return_map(times, ids)
    expected = np.corrcoef(first, second)[0, 1]
    assert interval_correlation(times, ids) == pytest.approx(expected, abs=1e-12)
    assert math.isnan(interval_correlation(np.arange(40.0) * 0.1, np.zeros(40, np.uint32)))
    assert math.isnan(interval_correlation(TIMES[:0], IDS[:0]))


def test_lags_are_counted_from_the_latest_flash_of_the_other() -> None:
    """Also at the same instant; before its first flash there is none."""
    first, second = np.array([0.5, 2.0, 3.5, 6.0]), np.array([1.0, 2.0, 3.0])
    assert lags(first, second).tolist() == [0.0, 0.5, 3.0]
    assert lags(second, first).tolist() == [0.5, 0.0, 1.0]
    assert len(lags(first, second[:0])) == 0


def test_the_phase_locking_value_of_pairs_made_by_hand() -> None:
    """Equal frequencies keep their distance, incommensurate ones lose it; in between, the mean."""
    beat = np.arange(0.0, 200.5)
    assert phase_locking(beat, beat + 0.3) == pytest.approx(1.0, abs=1e-12)
    assert phase_locking(beat, beat[::2]) == pytest.approx(0.0, abs=1e-12)  # 2:1 is no 1:1
    assert phase_locking(beat, np.arange(0.0, 200.5, 1.25)) == pytest.approx(0.0, abs=1e-12)
    # Half a turn apart in all: the mean of exp(i x) for x from 0 to pi has the modulus 2 / pi.
    slower = np.arange(0.0, 101.0) * (100.0 / 99.5)
    found = phase_locking(np.arange(0.0, 101.0), slower)
    assert found == pytest.approx(2.0 / math.pi, abs=1e-12)
    assert math.isnan(phase_locking(beat[:1], beat))
    assert math.isnan(phase_locking(beat[:5], beat[10:]))


def test_the_phase_locking_value_is_the_mean_over_fine_steps() -> None:
    """Of two random trains, and the same with the two exchanged."""
    rng = np.random.default_rng(8)
    one, other = (np.cumsum(0.5 + rng.random(60)) for _ in range(2))
    t = np.linspace(max(one[0], other[0]), min(one[-1], other[-1]), 400_001)
    phase = np.interp(t, one, np.arange(60)) - np.interp(t, other, np.arange(60))
    assert phase_locking(one, other) == pytest.approx(
        abs(np.exp(2j * np.pi * phase).mean()), abs=1e-5
    )
    assert phase_locking(other, one) == pytest.approx(phase_locking(one, other), abs=1e-12)


UNCOUPLED = Parameters(side=5, nudge=0.0, period=5.0, jitter=0.1)


def test_uncoupled_intervals_are_the_period_less_their_jitter() -> None:
    """In a run, flash for flash, they are ``period - jitter * u(seed, 1, i, k)``."""

    async def body(simulation: Simulation) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
        simulation.run_until(60.0)
        times, ids, _ = simulation.flashes.read()
        return times, ids

    found = intervals(*simulate(body, UNCOUPLED))
    keys = stream_keys(UNCOUPLED.seed, JITTER, 25)
    for i in range(25):
        own = found.lengths[found.ids == i]
        assert len(own) >= 10
        expected = [5.0 - 0.1 * uniform_array(keys, k)[i] for k in range(1, len(own) + 1)]
        assert own == pytest.approx(expected, rel=1e-9)


@pytest.mark.drill
@pytest.mark.usefixtures("compiled_unless_in_drill")
def test_uncoupled_intervals_have_the_mean_and_spread_of_theory() -> None:
    """In a run that begins at phase 0: those of an interval, and those of the 1,000th flash.

    They are 4.95 and 0.028868 s, 4,950 and 0.9129 s. Means within four standard errors, and
    the spread of an interval (one is 4e-4 of it); that of the 1,000th flash of 1,024 fireflies
    within 5 % (one is 2.2 %).
    """
    parameters = UNCOUPLED.replace(side=32)
    n, n_flashes = parameters.n_fireflies, 1_000

    async def body(simulation: Simulation) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
        simulation.run_until(n_flashes * parameters.period)
        times, ids, _ = simulation.flashes.read()
        return times, ids

    times, ids = simulate(body, parameters, quiet_state(parameters, {}, 0.0))
    by_firefly = times[np.argsort(ids, kind="stable")]
    first_of_each = np.concatenate(([0], np.cumsum(np.bincount(ids, minlength=n))[:-1]))
    thousandth = by_firefly[first_of_each + n_flashes - 1]
    lengths = intervals(times, ids).lengths
    deviation = 0.1 / math.sqrt(12.0)
    error = deviation / math.sqrt(n * n_flashes)
    assert lengths.mean() == pytest.approx(4.95, abs=4.0 * error)
    assert lengths.std() == pytest.approx(deviation, rel=1.8e-3)
    assert thousandth.mean() == pytest.approx(4_950.0, abs=4.0 * n_flashes * error)
    assert thousandth.std() == pytest.approx(deviation * math.sqrt(n_flashes), rel=0.05)
    correlation = interval_correlation(times, ids)
    assert correlation == pytest.approx(0.0, abs=4.0 / math.sqrt(n * n_flashes))
