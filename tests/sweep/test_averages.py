"""Averages over runs: means of numbers, directions of angles, and what follows from either."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable

import numpy as np
import pytest

from experiments.model.observables import MEAN_PHASE, OBSERVABLES, R
from experiments.sweep.averages import averages_of, lines_of, mean_of, principal, range_of
from experiments.sweep.border import border_of
from experiments.sweep.order import difference

NAN = math.nan


def test_angles_have_one_scale() -> None:
    """From -pi to pi, between which means, maps and lines put them; the mean phase is one."""
    angles = [each for each in OBSERVABLES.values() if each.is_angle]
    assert MEAN_PHASE in angles
    assert all(each.bounds == (-math.pi, math.pi) for each in angles)
    assert not R.is_angle


def test_the_mean_of_numbers_is_their_mean() -> None:
    """Of those that there are; with their standard deviation and ends."""
    found = averages_of(R, np.array([[0.25, 0.75, NAN], [1.0, NAN, NAN], [NAN, NAN, NAN]]))
    assert found.n.tolist() == [2, 1, 0]
    assert found.means[:2].tolist() == [0.5, 1.0]
    assert found.spreads[:2] == pytest.approx([math.sqrt(0.125), 0.0])
    assert (found.least[0], found.greatest[0]) == (0.25, 0.75)
    for each in (found.means, found.spreads, found.least, found.greatest):
        assert math.isnan(each[2])


def test_the_mean_of_angles_is_their_direction() -> None:
    """At either side of pi it is pi and not zero; the spread doesn't know where zero is."""
    values = np.array([[-0.2, 0.4], [math.pi - 0.2, 0.4 - math.pi], [3.0, NAN], [NAN, NAN]])
    found = averages_of(MEAN_PHASE, values)
    assert found.means[:3] == pytest.approx([0.1, 0.1 - math.pi, 3.0])
    assert found.spreads[0] == pytest.approx(found.spreads[1])
    assert (found.greatest - found.least)[:3] == pytest.approx([0.6, 0.6, 0.0])
    assert found.least[1] == pytest.approx(-math.pi - 0.2)  # of the arc around the mean
    for each in (found.means, found.spreads, found.least, found.greatest):
        assert math.isnan(each[3])


def test_the_spread_of_angles_is_that_of_the_normal_distribution_wrapped_round() -> None:
    """Whose mean vector has the length exp(-sigma² / 2): 20,000 of them give 0.5 to 2 %."""
    angles = np.random.default_rng(1).normal(3.0, 0.5, 20_000)
    found = averages_of(MEAN_PHASE, principal(MEAN_PHASE, angles))
    assert found.spreads == pytest.approx(0.5, rel=0.02)
    assert found.means == pytest.approx(3.0, abs=0.02)


def test_angles_that_cancel_out_have_no_mean() -> None:
    """No direction is theirs, whatever is left of roundings."""
    thirds = [math.tau * k / 3 - 2.0 for k in range(3)]
    values = np.array([[0.3, 0.3 - math.pi, NAN], thirds])
    assert np.isnan(averages_of(MEAN_PHASE, values).means).all()
    assert mean_of(MEAN_PHASE, thirds) is None


@pytest.mark.parametrize("measured", [R, MEAN_PHASE])
def test_a_few_values_have_the_mean_of_many(measured: object) -> None:
    """One rule, whether a map is drawn or a sweep looks where to go next."""
    random = np.random.default_rng(2)
    for n in range(1, 6):
        values = random.uniform(-math.pi, math.pi, n)
        of_many = float(averages_of(measured, values).means)  # type: ignore[arg-type]
        assert mean_of(measured, values.tolist()) == pytest.approx(of_many)  # type: ignore[arg-type]
    assert mean_of(measured, []) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([3.0, -3.0], math.tau - 6.0),
        ([0.5], 0.0),
        ([0.0, 2.0, -2.0], 4.0),
        ([1.0, 2.0, 1.5], 1.0),
    ],
)
def test_angles_lie_apart_by_the_least_arc_that_has_them_all(
    values: list[float], wanted: float
) -> None:
    """So a map is made finer where angles differ, and not where they pass from pi to -pi."""
    assert range_of(MEAN_PHASE, values) == pytest.approx(wanted)
    assert difference(MEAN_PHASE, values) == pytest.approx(wanted)
    assert difference(MEAN_PHASE, [*values, None]) == math.inf


def test_a_border_of_angles_is_where_they_cross_a_level_the_short_way() -> None:
    """From 3 to -3 they cross pi, at which the level may lie, and not zero; as vectors tell."""
    means = np.array([[3.0, -0.5, 2.0], [-3.0, 0.5, 3.0], [-2.0, 1.0, -2.5]])

    def crossings(level: float) -> list[float]:
        found = border_of(MEAN_PHASE, (0.0, 1.0, 2.0), means, level)
        return [-1.0 if math.isnan(each) else float(each) for each in found]

    gap = math.tau - 6.0
    assert crossings(0.0) == pytest.approx([-1.0, 0.5, -1.0])
    assert crossings(math.pi) == pytest.approx(
        [(math.pi - 3.0) / gap, -1.0, 1.0 + (math.pi - 3.0) / (math.tau - 5.5)]
    )
    assert crossings(-2.5) == pytest.approx([1.5, -1.0, 2.0])


def shown(values: list[list[float]]) -> list[tuple[list[float], list[float], list[float]]]:
    """The lines between -pi and pi: means, least, greatest."""
    averages = averages_of(MEAN_PHASE, np.array(values))
    lines = lines_of(MEAN_PHASE, averages, -math.pi, math.pi)
    return [(each.means.tolist(), each.least.tolist(), each.greatest.tolist()) for each in lines]


def test_a_line_of_angles_has_no_leap() -> None:
    """It leaves at the top and comes in again at the bottom: twice the same, a turn apart."""
    lines = shown([[2.8], [3.0], [-3.0], [-2.9]])
    on = [2.8, 3.0, math.tau - 3.0, math.tau - 2.9]
    assert [line[0] for line in lines] == [
        pytest.approx([each - math.tau for each in on]),
        pytest.approx(on),
    ]
    assert len(shown([[0.1], [-0.1]])) == 1


def test_a_band_of_angles_is_whole_on_both_sides_of_pi() -> None:
    """Where only the band goes over the edge, that comes in again too."""
    lines = shown([[3.0, -3.1], [2.9, 2.9]])
    assert len(lines) == 2
    for means, least, greatest in lines:
        assert all(a <= m <= b for a, m, b in zip(least, means, greatest, strict=True))
    ends = [cmath.rect(1.0, end) for line in lines for end in (line[1][0], line[2][0])]
    wanted = [cmath.rect(1.0, end) for end in (3.0, -3.1)] * 2
    assert all(abs(one - other) < 1e-9 for one, other in zip(ends, wanted, strict=True))


@pytest.mark.parametrize("turn", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("of", [range_of, difference])
def test_nothing_depends_on_where_zero_is(of: Callable[..., float], turn: float) -> None:
    """All angles turned alike lie as far apart as before."""
    values = np.random.default_rng(3).uniform(-math.pi, math.pi, 6)
    turned = principal(MEAN_PHASE, values + turn)
    assert of(MEAN_PHASE, turned.tolist()) == pytest.approx(of(MEAN_PHASE, values.tolist()))
