"""Running to a level of order: to the first complete instant at which R is above it."""

from __future__ import annotations

import pytest

from experiments import Action, OrderGoal, Parameters, Simulation, session_of
from tests.experiments.simulating import simulate

QUICK = Parameters(side=8, period=1.0, nudge=0.08, refractory=0.2, jitter=0.02)
LATEST = 300.0


async def first_above(simulation: Simulation, level: float) -> float:
    """When R is above a level, found by asking after every instant with a flash."""
    while simulation.instant.coherence <= level:
        assert simulation.now < LATEST, "R stays below"
        simulation.step_flash()
    return simulation.now


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("level", [0.3, 0.8, 0.99])
def test_it_ends_at_the_very_first_instant(level: float, seed: int) -> None:
    """As asking after each flash finds it; also if it goes on in the smallest pieces."""
    parameters = QUICK.replace(seed=seed)
    expected = simulate(lambda simulation: first_above(simulation, level), parameters)

    async def body(simulation: Simulation) -> None:
        goal = OrderGoal(simulation, level, LATEST)
        assert goal.pursue()
        assert goal.is_reached
        assert (simulation.now, simulation.is_complete) == (expected, True)
        assert simulation.instant.coherence > level
        before = simulation.now
        assert OrderGoal(simulation, level, LATEST).pursue(), "R is above it already"
        assert simulation.now == before

    async def in_pieces(simulation: Simulation) -> None:
        goal = OrderGoal(simulation, level, LATEST)
        for _ in range(1_000_000):
            if goal.pursue(0.0001):
                break
        assert goal.is_reached
        assert simulation.now == expected

    simulate(body, parameters)
    simulate(in_pieces, parameters)


def test_it_is_given_up_when_it_takes_too_long() -> None:
    """Without nudges there is no order: at the time that was said, and no later."""

    async def body(simulation: Simulation) -> None:
        goal = OrderGoal(simulation, 0.99, 12.3)
        assert goal.pursue()
        assert not goal.is_reached
        assert simulation.now == 12.3

    simulate(body, QUICK.replace(nudge=0.0))


def test_a_change_from_outside_counts_at_its_instant() -> None:
    """Everybody flashes at once: R is 1 there and then, though no time has passed."""

    async def body(simulation: Simulation) -> None:
        goal = OrderGoal(simulation, 0.9, LATEST)
        simulation.run_until(0.55)
        everybody = range(QUICK.n_fireflies)
        simulation.act(Action.FLASH_NOW, everybody)
        assert goal.pursue()
        assert (goal.is_reached, simulation.now) == (True, 0.55)

    simulate(body, QUICK.replace(jitter=0.0))


def test_in_a_repeated_run_it_finds_the_same_instant_or_the_end() -> None:
    """What was done to it counts when it was done; where the run ends it is given up."""

    async def make(simulation: Simulation) -> None:
        simulation.run_until(0.55)
        simulation.act(Action.FLASH_NOW, range(QUICK.n_fireflies))
        simulation.run_until(0.9)
        session = session_of(simulation, "1")
        for level, is_reached, end in ((0.9, True, 0.55), (0.9999999, False, 0.9)):
            await simulation.restart(simulation.initial)
            simulation.follow(session)
            goal = OrderGoal(simulation, level, LATEST)
            assert goal.pursue()
            assert (goal.is_reached, simulation.now) == (is_reached, end)

    simulate(make, QUICK)
