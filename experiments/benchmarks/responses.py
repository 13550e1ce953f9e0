"""Responses and delay: what a flash costs with each, beside the constant nudge.

Usage: ``python -m experiments.benchmarks.responses SIDE SECONDS ROUNDS``
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from typing import Any, Final

from experiments.model.parameters import Parameters
from experiments.run.simulation import Simulation

_SETTLING_S: Final = 5.0
_LEVEL: Final = 0.04
"""As much as the default nudge moves a phase, in periods: so that about as many pulses arrive."""

VARIANTS: Final[dict[str, dict[str, Any]]] = {
    "constant": {},
    "multiplicative": {"response": "multiplicative", "strength": 0.05},
    "mirollo-strogatz": {"response": "mirollo-strogatz", "b": 3.0, "eps": 0.02},
    "inhibitory": {"response": "inhibitory", "strength": _LEVEL},
    "drawn": {"response": "drawn", "points": tuple((k / 32, _LEVEL) for k in range(33))},
    "delay": {"delay": 0.5},
}
"""Changes of the default parameters, by name."""


async def _cost(parameters: Parameters, seconds: float) -> tuple[float, float]:
    """CPU per flash, µs, and wakes per flash, of some virtual seconds."""
    simulation = Simulation(parameters)
    await simulation.start()
    try:
        simulation.run_until(_SETTLING_S)
        n_flashes, wakes, began = len(simulation.flashes), simulation.wakes, time.process_time()
        simulation.run_until(_SETTLING_S + seconds)
        spent = time.process_time() - began
        n_flashes, wakes = len(simulation.flashes) - n_flashes, simulation.wakes - wakes
    finally:
        await simulation.aclose()
    return 1e6 * spent / n_flashes, wakes / n_flashes


def measure(side: int, seconds: float, rounds: int) -> dict[str, Any]:
    """Medians of some rounds, in each of which every variant has its turn.

    Returns
    -------
    dict
        By variant CPU per flash (µs), wakes per flash, and for both the ratio to the constant
        nudge.
    """
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in VARIANTS}
    for _ in range(rounds):
        for name, values in VARIANTS.items():
            found[name].append(asyncio.run(_cost(Parameters(side=side, **values), seconds)))
    bases = found["constant"]
    report = {}
    for name, costs in found.items():
        pairs = list(zip(costs, bases, strict=True))
        report[name] = {
            "us_per_flash": round(statistics.median(cost for cost, _ in costs), 2),
            "wakes_per_flash": round(costs[0][1], 2),
            "ratio": round(statistics.median(own[0] / base[0] for own, base in pairs), 3),
            "ratio_of_wakes": round(costs[0][1] / bases[0][1], 3),
        }
    return report


if __name__ == "__main__":
    figures = measure(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
    os.write(1, json.dumps(figures).encode() + b"\n")
