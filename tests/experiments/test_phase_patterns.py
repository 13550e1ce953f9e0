"""Moments, defects and windings of phases, against patterns made by hand and against theory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from experiments import Parameters, local_order, noise_band, order_parameter, topology_of
from experiments.model.phase_patterns import (
    daido_moments,
    grid_windings,
    phase_defects,
    plaquette_charges,
    winding_number,
)
from experiments.model.random_streams import START, stream_keys, uniform_array
from experiments.model.theory import DEFECT_DENSITY, local_coherence, random_coherence


def start_fractions(seed: int, n: int) -> NDArray[np.float64]:
    """The phase fractions that a run of such a seed starts with."""
    return uniform_array(stream_keys(seed, START, n), 0)


def vortex(side: int, charge: int = 1, y: float = 0.0, x: float = 0.0) -> NDArray[np.float64]:
    """A phase that goes round once about the middle of a grid, or about a place beside it."""
    rows, columns = np.mgrid[0:side, 0:side] - (side - 1) / 2
    angle = charge * np.arctan2(rows - y, columns - x) / (2.0 * math.pi)
    flat: NDArray[np.float64] = angle.reshape(-1)
    return flat


def twisted(side: int, turns: int) -> NDArray[np.float64]:
    """Phases that grow evenly along each row, by so many turns in all."""
    return np.tile(turns * np.arange(side) / side, side)


@pytest.mark.parametrize("n", [100, 2_500])
def test_r_of_random_phases_has_the_mean_and_the_band_of_theory(n: int) -> None:
    """Over 4,000 starts, mean sqrt(pi / 4N) and the 99th percentile sqrt(ln 100 / N), within 5 %.

    One standard error is 0.8 % of the mean and 1.7 % of the percentile.
    """
    found = [abs(order_parameter(start_fractions(seed, n), 0.0, 1.0)) for seed in range(4_000)]
    assert np.mean(found) == pytest.approx(random_coherence(n), rel=0.05)
    assert np.percentile(found, 99) == pytest.approx(noise_band(n), rel=0.05)
    assert random_coherence(100) == pytest.approx(0.0886227, abs=1e-7)


@pytest.mark.parametrize("groups", [1, 2, 3, 4])
def test_the_mth_moment_is_that_of_m_groups(groups: int) -> None:
    """Groups at equal distances have modulus 1 at their number and its multiples, else 0."""
    fractions = np.repeat(np.arange(groups) / groups, 25) + 0.3 + np.arange(25 * groups) % 7
    found = np.abs(daido_moments(fractions))
    expected = [float(m % groups == 0) for m in range(1, 5)]
    assert found == pytest.approx(expected, abs=1e-12)


def test_the_first_moment_is_the_order_parameter() -> None:
    """Angle and modulus; the others are means of powers."""
    fractions = np.random.default_rng(3).random(400) * 3 - 1
    first, second = daido_moments(fractions, 2)
    assert first == pytest.approx(order_parameter(-fractions, 0.0, 1.0), abs=1e-12)
    assert second == pytest.approx(np.mean(np.exp(4j * np.pi * fractions)), abs=1e-12)


@pytest.mark.parametrize(("charge", "y", "x"), [(1, 0.0, 0.0), (-1, 0.0, 0.0), (1, 3.0, -2.0)])
def test_a_vortex_is_one_defect_where_it_was_made(charge: int, y: float, x: float) -> None:
    """Positive where the phase grows from a row's direction to a column's, that is clockwise."""
    found = phase_defects(vortex(20, charge, y, x), 20, wraps=False)
    assert found.charges.tolist() == [charge]
    assert (found.rows.tolist(), found.columns.tolist()) == ([9.5 + y], [9.5 + x])
    assert (found.n_positive, found.n_negative) == ((1, 0) if charge > 0 else (0, 1))


def test_whole_cycles_make_no_difference() -> None:
    """Phases that aren't wrapped, and all turned by as much, have the same charges."""
    fractions = start_fractions(1, 400)
    more = fractions + np.random.default_rng(1).integers(-5, 5, 400) + 0.37
    assert np.array_equal(plaquette_charges(fractions, 20), plaquette_charges(more, 20))


def test_charges_on_a_torus_add_up_to_nothing_and_a_third_of_the_squares_has_one() -> None:
    """Of random phases, whatever the seed; without the wrap they need not add up."""
    n_charged = 0
    open_sums = set()
    for seed in range(100):
        fractions = start_fractions(seed, 2_500)
        charges = plaquette_charges(fractions, 50)
        assert charges.shape == (50, 50)
        assert charges.sum() == 0
        n_charged += int(np.count_nonzero(charges))
        inside = plaquette_charges(fractions, 50, wraps=False)
        assert np.array_equal(inside, charges[:-1, :-1])
        open_sums.add(int(inside.sum()))
    assert len(open_sums) > 1
    # A standard error is 0.1 %, were they independent.
    assert n_charged / 250_000 == pytest.approx(DEFECT_DENSITY, rel=0.01)


def test_charges_on_a_torus_add_up_to_nothing_also_at_exactly_half_a_turn() -> None:
    """Where either way round is as short, an edge goes the same way for both of its squares."""
    rng = np.random.default_rng(5)
    for _ in range(200):
        fractions = rng.integers(-4, 5, 36) / 2.0
        assert plaquette_charges(fractions, 6).sum() == 0
        assert plaquette_charges(fractions / 2.0, 6).sum() == 0


def test_order_at_the_core_of_a_vortex() -> None:
    """The firefly at a corner of its square, with its eight neighbours: 0.4093."""
    order = local_order(vortex(20), 1.0, topology_of(Parameters(side=20))).reshape(20, 20)
    assert order[9:11, 9:11] == pytest.approx(np.full((2, 2), 0.4093), abs=5e-5)


@pytest.mark.parametrize("turns", [1, 2, -3])
def test_a_twisted_state_has_its_winding_no_order_and_no_defect(turns: int) -> None:
    """On 50 x 50, R is 0 and local order (1 + 2 cos(2 pi q / 50)) / 3 everywhere."""
    fractions = twisted(50, turns)
    rows, columns = grid_windings(fractions, 50)
    assert set(rows.tolist()) == {turns}
    assert set(columns.tolist()) == {0}
    assert abs(order_parameter(-fractions, 0.0, 1.0)) == pytest.approx(0.0, abs=1e-12)
    order = local_order(fractions, 1.0, topology_of(Parameters(side=50)))
    expected = (1.0 + 2.0 * math.cos(2.0 * math.pi * turns / 50)) / 3.0
    assert order == pytest.approx(np.full(2_500, expected), abs=1e-12)
    assert local_coherence(turns, 50) == pytest.approx(expected, abs=1e-15)
    assert not plaquette_charges(fractions, 50).any()
    turned, _ = grid_windings(fractions.reshape(50, 50).T.reshape(-1), 50)
    assert set(turned.tolist()) == {0}


def test_windings_of_two_rows_differ_by_the_charges_between_them() -> None:
    """Of random phases on a torus: what goes round between two loops is what they differ by."""
    fractions = start_fractions(4, 400)
    rows, columns = grid_windings(fractions, 20)
    charges = plaquette_charges(fractions, 20)
    assert (rows - np.roll(rows, -1)).tolist() == charges.sum(axis=1).tolist()
    assert (np.roll(columns, -1) - columns).tolist() == charges.sum(axis=0).tolist()
    assert winding_number(np.array([0.0, 0.3, 0.6, 2.9])) == 1
    assert winding_number(np.zeros((3, 5))).tolist() == [0, 0, 0]
