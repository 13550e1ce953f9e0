"""Runs to which much is done, and sessions of them repeated."""

from __future__ import annotations

import math
import random
from typing import Any

from experiments import (
    Action,
    ParameterError,
    Parameters,
    Session,
    Simulation,
    session_of,
)
from tests.experiments.simulating import simulate

N_ACTIONS = 500


def do_something(simulation: Simulation, rng: random.Random) -> None:
    """One thing that a user might do to a swarm."""
    if rng.random() < 0.5:
        name, value = rng.choice(
            [
                ("period", rng.uniform(1.0, 8.0)),
                ("nudge", rng.uniform(0.0, 2.0)),
                ("refractory", rng.uniform(0.1, 3.0)),
                ("jitter", rng.uniform(0.0, 0.5)),
                ("glow", rng.uniform(0.1, 1.0)),
                ("speed", rng.choice([0.5, 50.0, math.inf])),
            ]
        )
        try:
            simulation.change(**{name: value})
        except ParameterError:
            return  # refused: nothing has happened
    else:
        n = simulation.parameters.n_fireflies
        ids = rng.sample(range(n), rng.randint(1, n // 2))
        simulation.act(rng.choice(list(Action)), ids)


async def disturbed(simulation: Simulation, rng: random.Random, n_actions: int) -> Session:
    """Let a run go on while things are done to it, in steps of all kinds."""
    for _ in range(n_actions):
        do_something(simulation, rng)
        how = rng.random()
        if how < 0.1:
            simulation.step_flash()
        elif how < 0.15:
            simulation.step_period()
        elif how < 0.7:
            simulation.advance(rng.choice([0.0, 1e-3, 0.1, 1 / 3]), rng.choice([None, 1e-4]))
    simulation.settle()
    return session_of(simulation, "1.2.3")


def lived(seed: int, n_actions: int = N_ACTIONS) -> Session:
    """A run to which much is done."""
    rng = random.Random(seed)
    parameters = Parameters(side=rng.choice([4, 9]), seed=seed)
    return simulate(lambda simulation: disturbed(simulation, rng, n_actions), parameters)


async def repeated(session: Session, slice_s: float = math.inf) -> tuple[Session, Any]:
    """The session of a run that repeats one, and what it knows of R."""
    simulation = Simulation(session.parameters)
    following = simulation.follow(session)
    await simulation.start()
    try:
        while not following.is_over:
            simulation.run_until(min(following.horizon, simulation.now + slice_s), 1e-3)
        record = simulation.coherence
        known = (record.times.tolist(), record.values.tolist(), record.time_to_sync)
        return session_of(simulation, session.version), known
    finally:
        await simulation.aclose()
