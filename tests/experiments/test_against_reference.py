"""The simulation against an independent, naive implementation of the model."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from experiments import Parameters, Simulation
from tests import reference_model
from tests.experiments.simulating import flashes_of, simulate
from tests.proofs import count


def drawn_parameters(rng: random.Random) -> dict[str, Any]:
    """A valid set, often with extreme values."""
    period = rng.choice([0.5, 1.0, 5.0, 7.3, 100.0])
    refractory = period * rng.choice([0.01, 0.2, 0.5, 0.99])
    return {
        "period": period,
        "nudge": period * rng.choice([0.0, 0.01, 0.04, 0.3, 1.0]),
        "refractory": refractory,
        "jitter": refractory * rng.choice([0.0, 0.1, 0.99]),
    }


def drawn_script(rng: random.Random, n: int, period: float) -> list[reference_model.Operation]:
    """Changes and actions, some at one time, some at the times of samples."""
    script: list[reference_model.Operation] = []
    t = 0.0
    for _ in range(rng.randrange(12)):
        t += rng.choice([0.0, 0.1, period * rng.random(), period / 2])
        if rng.random() < 0.4:
            script.append((t, "change", drawn_parameters(rng)))
        else:
            ids = rng.sample(range(n), rng.randrange(1, n + 1))
            script.append((t, rng.choice(reference_model.ACTIONS), ids))
    return script


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(count(6, 300)))
def test_equal_to_the_reference_flash_for_flash(seed: int) -> None:
    """Random parameters, changes and actions: flashes, phases, flags and samples are equal."""
    rng = random.Random(seed)
    side = rng.choice([3, 3, 4, 5, 7])
    values: dict[str, Any] = {
        "side": side,
        "seed": rng.choice([0, 1, 2**64 - 1, rng.getrandbits(64)]),
    }
    values |= drawn_parameters(rng)
    script = drawn_script(rng, side * side, values["period"])
    until = (script[-1][0] if script else 0.0) + min(6 * values["period"], 40.0)
    expected = reference_model.run(reference_model.Parameters(**values), script, until)

    async def body(simulation: Simulation) -> None:
        budget_s = rng.choice([None, 0.0])
        for t, kind, payload in script:
            while not simulation.run_until(t, budget_s).reached:
                pass
            while not simulation.settle(budget_s):
                pass
            if isinstance(payload, Mapping):
                simulation.change(**payload)
            else:
                simulation.act(kind, payload)
            while not simulation.settle(budget_s):
                pass
        while not simulation.run_until(until, budget_s).reached:
            pass
        simulation.sample()
        assert flashes_of(simulation) == expected.flashes
        assert simulation.checkpoint().zero.tolist() == list(expected.zero)
        assert simulation.checkpoint().counts.tolist() == list(expected.counts)
        found = simulation.coherence.values
        assert found == pytest.approx([s.r for s in expected.samples], abs=1e-9)
        assert np.allclose(simulation.coherence.times, [s.t for s in expected.samples], atol=0)
        assert abs(simulation.order_parameter()) == pytest.approx(expected.r, abs=1e-9)

    simulate(body, Parameters().replace(**values))
