"""The return map of two fireflies alone, and shapes of responses: held against theory and runs."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from experiments import (
    RESPONSE_SHAPES,
    Checkpoint,
    Parameters,
    Simulation,
    Status,
    pair_map,
    sampled_points,
    shifts_of,
)
from experiments.model.pair_map import Pair
from experiments.model.response_shapes import leaky_integrate_and_fire, leaky_shift
from tests.experiments.simulating import flashes_of, quiet_state, simulate

BARE: dict[str, Any] = {"period": 1.0, "nudge": 0.0, "refractory": 0.0, "jitter": 0.0}
"""Nothing but a response, in units of the period."""

EACH: list[dict[str, Any]] = [
    {"period": 5.0, "nudge": 0.2, "refractory": 1.0, "jitter": 0.0},
    {**BARE, "response": "multiplicative", "strength": 0.2},
    {**BARE, "response": "mirollo-strogatz", "b": 3.0, "eps": 0.1},
    {**BARE, "response": "mirollo-strogatz", "b": 3.0, "eps": -0.1, "refractory": 0.1},
    {**BARE, "response": "inhibitory", "strength": 0.3, "refractory": 0.2},
    {**BARE, "response": "drawn", "points": ((0.0, -0.2), (0.4, -0.1), (0.7, 0.3), (1.0, -0.1))},
]
"""Responses of every kind, with and without a refractory time."""


@pytest.mark.parametrize(("b", "eps"), [(3.0, 0.1), (2.0, 0.05), (1.0, -0.1), (3.0, -0.05)])
def test_a_mirollo_strogatz_pair_has_the_slope_and_the_fixed_point_of_theory(
    b: float, eps: float
) -> None:
    """e^(2 b eps), measured over 1e-7, and (e^(b (1 + eps)) - 1) / ((e^b - 1)(e^(b eps) + 1))."""
    found = pair_map(Parameters(**BARE, response="mirollo-strogatz", b=b, eps=eps))
    (fixed,) = found.fixed
    slope = math.exp(2 * b * eps)
    assert fixed.phase == pytest.approx(
        (math.exp(b * (1 + eps)) - 1) / ((math.exp(b) - 1) * (math.exp(b * eps) + 1)), rel=1e-12
    )
    assert fixed.slopes == pytest.approx((slope, slope), rel=1e-8)
    assert (fixed.repels, fixed.attracts) == (eps > 0, eps < 0)
    changed = f"{abs(slope - 1):.2f} a cycle"
    words = f"repels: lag grows by {changed}" if eps > 0 else f"attracts: lag shrinks by {changed}"
    assert fixed.verdict == words
    assert f"B {fixed.phase:.2f} periods ahead {words}" in found.verdict
    assert found.neutral == ()


def test_a_constant_nudge_without_a_refractory_time_gives_the_identity() -> None:
    """But for those whom the nudge itself reaches: two alone keep their distance."""
    found = pair_map(Parameters(**{**BARE, "nudge": 0.04}))
    apart = found.phases > 0.04
    assert found.after[apart] == pytest.approx(found.phases[apart], abs=1e-12)
    assert not found.after[~apart].any()
    assert found.fixed == ()
    ((begin, end),) = found.neutral
    assert (begin, end) == pytest.approx((0.04, 1.0), abs=1e-9)
    assert "they never find each other" in found.verdict


def test_without_coupling_nothing_changes() -> None:
    """Neutral everywhere, said in one sentence."""
    found = pair_map(Parameters(**BARE))
    assert found.after == pytest.approx(found.phases, abs=1e-12)
    assert found.verdict == "Neutral: two alone never find each other"
    assert found.together.verdict == "neutral: a small lag stays"


def test_the_refractory_time_lets_a_pair_lock_that_starts_nearly_in_step() -> None:
    """If B is below (r + h) / P or above 1 - r / P, and nowhere else."""
    found = pair_map(Parameters(jitter=0.0))
    ((begin, end),) = found.neutral
    assert (begin, end) == pytest.approx(((1.0 + 0.2) / 5.0, 1.0 - 1.0 / 5.0), abs=1e-9)
    assert found.together.verdict == "attracts: a small lag closes within a cycle"
    assert found.verdict == (
        "Flashing together attracts: a small lag closes within a cycle. "
        "B from 0.24 to 0.80 periods ahead is neutral: they never find each other"
    )


def test_in_step_may_repel() -> None:
    """Who is pushed back as soon as it is no longer deaf never comes along."""
    found = pair_map(Parameters(response="inhibitory", strength=0.05, jitter=0.0))
    assert found.together.repels
    assert found.together.verdict == "repels: a small lag is a large one after a cycle"


@pytest.mark.parametrize("depth", [0.1, -0.1])
def test_advance_and_delay_bring_two_together_or_apart(depth: float) -> None:
    """Near 1 the shift is 2 pi depth of the lag, about: drawn, its last piece is a straight line.

    The lag of one that is pushed on by the other's flash shrinks by that piece's slope.
    """
    points = tuple((x, y * depth / 0.1) for x, y in RESPONSE_SHAPES["advance-delay"].points)
    found = pair_map(Parameters(**BARE, response="drawn", points=points))
    slope = points[-2][1] / (1.0 - points[-2][0])
    lag = (1.0 - slope) ** 2
    assert found.together.slopes == pytest.approx((lag, lag), rel=1e-6)
    assert found.together.attracts is (depth > 0)
    grown = f"{abs(lag - 1.0):.2f} a cycle"
    assert found.together.verdict.endswith(grown)
    apart = [point for point in found.fixed if abs(point.phase - 0.5) < 0.05]
    assert len(apart) == 1
    assert apart[0].repels is (depth > 0)


def pair_at(phase_of_a: float, phase_of_b: float, values: dict[str, Any]) -> Checkpoint:
    """Fireflies 0 and 1 at these phases at t = 0, fractions; the others are silent and blind."""
    parameters = Parameters(side=3, topology="all", **values)
    period = parameters.period
    zero = {0: -(phase_of_a * period), 1: -(phase_of_b * period)}
    state = quiet_state(parameters, zero, -0.5 * period)
    state.status[2:] = Status.SILENT | Status.BLIND
    return state


def phases_of_b(checkpoint: Checkpoint) -> tuple[list[float], bool]:
    """Of B just after each flash of A, from what it still lacks then; whether they end as one."""

    async def body(simulation: Simulation) -> list[tuple[float, int]]:
        simulation.run_until(10.0 * checkpoint.parameters.period)
        return flashes_of(simulation)

    flashes = simulate(body, checkpoint.parameters, checkpoint)
    of_a, of_b = ([t for t, i in flashes if i == each] for each in (0, 1))
    period = checkpoint.parameters.period
    phases = [1.0 - (b - a) / period for a, b in zip([0.0, *of_a], of_b, strict=False)]
    return phases, of_a[-1] == of_b[-1]


@pytest.mark.parametrize("values", EACH)
def test_a_pair_that_runs_goes_by_the_map(values: dict[str, Any]) -> None:
    """Cycle by cycle the phase of B is what the map says of the one before, until they are one."""
    n_apart = 0
    for phase in (0.03, 0.21, 0.45, 0.62, 0.81, 0.97):
        start = pair_at(0.0, phase, values)
        pair, (found, ends_as_one) = Pair(start.parameters), phases_of_b(start)
        for before, after in pairwise(found[:8]):
            wanted = pair.after(before)
            if wanted == 0.0:
                assert ends_as_one
                break
            assert after == pytest.approx(wanted, abs=1e-9)
            n_apart += 1
    assert n_apart >= 3


@pytest.mark.parametrize("values", EACH)
def test_a_kick_at_each_phase_shows_the_curve_that_is_drawn(values: dict[str, Any]) -> None:
    """One flash of a neighbour: where the phase is right after it, in a run, to 1e-12."""
    deaf = values["refractory"] / values["period"]
    n_heard = 0
    for k in range(1, 13):
        phase = k / 13
        start = pair_at(1.0, phase, values)  # A is due at once
        (drawn,) = shifts_of(start.parameters, [phase])

        async def body(simulation: Simulation) -> float:
            simulation.run_until(0.0)
            return float(simulation.checkpoint().zero[1])

        zero = simulate(body, start.parameters, start)
        measured = (start.zero[1] - zero) / values["period"]
        if phase < deaf:
            assert measured == 0.0
        elif drawn < 1.0 - phase:  # else it flashes with A
            assert measured == pytest.approx(drawn, abs=1e-12)
            n_heard += 1
    assert n_heard >= 6


@pytest.mark.parametrize(("phi", "shift"), [(0.25, 0.037636), (0.5, 0.060083), (0.75, 0.097133)])
def test_the_leaky_response_is_the_one_of_theory(phi: float, shift: float) -> None:
    """At these phases to the digits known, and in between as near as straight lines come."""
    parameters = Parameters(
        **BARE, response="drawn", points=RESPONSE_SHAPES["leaky integrate-and-fire"].points
    )
    (drawn,) = shifts_of(parameters, [phi])
    assert drawn == pytest.approx(shift, abs=5e-7)
    charge = 1.2 * (1.0 - math.exp(-math.log(6.0) * phi))
    after = -math.log(1.0 - (charge + 0.05) / 1.2) / math.log(6.0)
    assert drawn == pytest.approx(after - phi, abs=1e-12)


def test_the_leaky_response_bends_no_more_than_its_lines() -> None:
    """Off by 4e-4 of a period at most; where all flash at once it is exact."""
    points = leaky_integrate_and_fire()
    phases = np.linspace(0.0, 1.0, 2_001)
    exact = np.array([leaky_shift(phi, 1.2, 1.0, 0.05) for phi in phases.tolist()])
    xs, ys = np.array(points).T
    drawn = np.interp(phases, xs, ys)
    assert np.abs(drawn - exact).max() < 4e-4
    at_once = phases > points[-2][0]
    assert drawn[at_once] == pytest.approx(1.0 - phases[at_once], abs=1e-12)


@pytest.mark.parametrize("values", EACH)
def test_points_along_a_response_draw_it_again(values: dict[str, Any]) -> None:
    """All are straight lines, but for the phases that are moved back to 0."""
    parameters = Parameters(**values)
    again = parameters.replace(response="drawn", points=sampled_points(parameters))
    phases = np.linspace(3 / 8, 1.0, 101).tolist()  # a point of those sampled, none moved to 0
    assert shifts_of(again, phases) == pytest.approx(shifts_of(parameters, phases), abs=1e-12)


def test_small_changes_of_a_lag_are_not_rounded_to_none() -> None:
    """To two decimals each; below a hundredth it says so."""
    found = pair_map(Parameters(**BARE, response="mirollo-strogatz", b=1.0, eps=0.001))
    assert found.fixed[0].verdict == "repels: lag grows by less than 0.01 a cycle"
