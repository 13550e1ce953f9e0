"""Order parameters against theory, and null controls."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from experiments import CoherenceRecord, Parameters, Simulation, noise_band, order_parameter
from experiments.model.random_streams import JITTER, START, stream_keys, uniform, uniform_array
from tests.experiments.simulating import simulate


def test_the_order_parameter_of_known_phases() -> None:
    """Equal phases give 1 at their angle, evenly spread ones give 0."""
    assert order_parameter(np.zeros(5), 2.5, 10.0) == pytest.approx(1j, abs=1e-12)
    assert abs(order_parameter(np.arange(8.0), 100.0, 8.0)) == pytest.approx(0.0, abs=1e-12)
    assert order_parameter(np.array([0.0, 5.0]), 0.0, 10.0) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 4096, 4097, 5000])
def test_the_order_parameter_is_the_mean_of_complex_exponentials(n: int) -> None:
    random = np.random.default_rng(n)
    zero, periods = -5.0 * random.random(n), 4.0 + random.random(n)
    for period in (5.0, periods):
        mean = np.exp(2j * np.pi * (0.7 - zero) / period).mean()
        assert abs(order_parameter(zero, 0.7, period) - mean) < 5e-15


def test_no_rounding_makes_the_coherence_of_those_in_step_more_than_1() -> None:
    random = np.random.default_rng(1)
    moduli = [abs(order_parameter(np.full(n, -5.0 * random.random()), 0.0, 5.0))
              for n in range(1, 500)]  # fmt: skip
    assert max(moduli) <= 1.0
    assert min(moduli) > 1.0 - 1e-14


def test_the_order_parameter_is_that_of_the_formula() -> None:
    """Against the mean of complex exponentials, also at and around half a turn."""
    rng = np.random.default_rng(2)
    for zero in (rng.random(1_000) * 50 - 25, np.array([0.0, 2.5, 2.5 + 1e-15, 5.0, 7.5, -2.5])):
        expected = np.exp(2j * np.pi * (3.0 - zero) / 5.0).mean()
        assert order_parameter(zero, 3.0, 5.0) == pytest.approx(expected, abs=1e-13)
        expected = np.exp(2j * np.pi * (2.5 - zero) / 5.0).mean()
        assert order_parameter(zero, 2.5, 5.0) == pytest.approx(expected, abs=1e-13)


def test_random_phases_stay_in_the_band_and_near_their_mean() -> None:
    """R of independent phases is Rayleigh distributed: mean sqrt(pi / 4N), 99 % below the band."""
    n, draws = 400, 2_000
    rng = np.random.default_rng(1)
    found = np.array([abs(order_parameter(rng.random(n), 0.0, 1.0)) for _ in range(draws)])
    # Four standard errors of the mean and of a proportion of 1 % in 2,000 draws.
    mean = math.sqrt(math.pi / (4 * n))
    assert found.mean() == pytest.approx(mean, abs=4 * 0.0232 / math.sqrt(draws))
    assert (found > noise_band(n)).mean() == pytest.approx(0.01, abs=4 * math.sqrt(0.0099 / draws))


def test_streams_are_uniform_and_independent() -> None:
    """Means of streams and the correlation between them are those of chance, 4 sigma."""
    n = 40_000
    a = uniform_array(stream_keys(1, START, n), 0)
    b = uniform_array(stream_keys(1, JITTER, n), 1)
    assert a.mean() == pytest.approx(0.5, abs=4 / math.sqrt(12 * n))
    assert np.corrcoef(a, b)[0, 1] == pytest.approx(0.0, abs=4 / math.sqrt(n))
    assert uniform(int(stream_keys(1, JITTER, n)[7]), 1) == b[7]
    assert a.min() >= 0.0
    assert a.max() < 1.0


def record_of(parameters: Parameters, until: float) -> Any:
    async def body(simulation: Simulation) -> Any:
        simulation.run_until(until)
        simulation.sample()
        simulation.sample()
        return simulation.coherence

    return simulate(body, parameters)


def test_samples_are_at_multiples_of_a_tenth() -> None:
    """From 0 to the end, both included, each once."""
    record = record_of(Parameters(side=3), 12.3)
    assert record.times.tolist() == [j * 0.1 for j in range(124)]


def test_without_coupling_order_stays_in_the_band_of_chance() -> None:
    """The null control: nudge 0, no jitter: R doesn't move; with jitter it keeps to the band."""
    still = record_of(Parameters(side=20, nudge=0.0, jitter=0.0), 30.0)
    assert np.ptp(still.values) < 1e-9
    moving = record_of(Parameters(side=20, nudge=0.0), 100.0)
    assert moving.noise_band == noise_band(400, 0.1, 5.0)
    assert np.mean(moving.values > moving.noise_band) <= 0.01


def test_jitter_lifts_the_band_of_chance() -> None:
    """Many uncoupled fireflies, where jitter outweighs chance: a half of R is above the old band.

    Phases begin anew between 0 and J at each flash, so that their mean is J / (2 P - J) in the
    limit of many fireflies and many cycles; the tolerance is half the spread that chance has.
    """
    n, period, jitter = 40_000, 1.0, 0.1
    rng = np.random.default_rng(3)
    # In the steady state: a phase of x is passed in this cycle if it began below x.
    phases = rng.random(4 * n) * period
    phases = phases[phases >= jitter * rng.random(4 * n)][:n]
    found = abs(order_parameter(-phases, 0.0, period))
    assert found == pytest.approx(jitter / (2 * period - jitter), abs=0.5 / math.sqrt(n))
    assert noise_band(n) < found < noise_band(n, jitter, period)


def test_the_band_of_chance_follows_the_parameters() -> None:
    """A change of jitter or period gives it another level from then on, and back in time too."""
    record = CoherenceRecord(100)
    for j in range(30):
        record.add(j * 0.1, 0.5, period=5.0, jitter=0.0 if j < 10 else 0.5)
        if j == 9:
            mark = record.mark()
    times, levels = record.band_steps()
    assert times.tolist() == [0.0, 1.0]
    assert levels.tolist() == [noise_band(100), noise_band(100, 0.5, 5.0)]
    before = record.until(mark)
    assert before.noise_band == noise_band(100)
    before.add(1.0, 0.5, 5.0, 0.5)
    assert before.band_steps()[0].tolist() == [0.0, 1.0]


def test_a_small_swarm_synchronises() -> None:
    """100 fireflies at the defaults reach R >= 0.95 within 120 s."""
    record = record_of(Parameters(side=10), 120.0)
    assert record.values[-1] >= 0.95
    assert record.values[0] < 3 * record.noise_band


def test_the_time_to_synchrony_is_the_start_of_a_lasting_one() -> None:
    """Three periods at R >= 0.99 without a break; a dip starts the count anew."""
    record = CoherenceRecord(100)
    for j in range(100):
        record.add(j * 0.1, 0.5 if j == 30 else 1.0, period=2.0)
    assert record.time_to_sync == pytest.approx(3.1)
    short = CoherenceRecord(100)
    for j in range(60):
        short.add(j * 0.1, 1.0, period=2.0)
    assert short.time_to_sync is None
    short.add(6.0, 1.0, period=2.0)
    assert short.time_to_sync == 0.0


def test_the_record_can_be_read_piecewise() -> None:
    """A cursor gives what is new."""
    record = CoherenceRecord(100)
    record.add(0.0, 1j, 1.0)
    times, values, cursor = record.since(0)
    record.add(0.1, -1.0, 1.0)
    assert (times.tolist(), values.tolist(), cursor) == ([0.0], [1.0], 1)
    assert record.since(cursor)[0].tolist() == [0.1]
    assert record.mean_phases.tolist() == pytest.approx([math.pi / 2, math.pi])
    assert len(record) == 2
