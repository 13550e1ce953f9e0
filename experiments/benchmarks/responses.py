"""Responses and delay: what a flash costs with each, beside the constant nudge.

Usage: ``python -m experiments.benchmarks.responses SIDE SECONDS ROUNDS``
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import statistics
import sys
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

from experiments.model.parameters import Parameters
from experiments.population.garbage import without_the_collector
from experiments.run.simulation import Simulation

_SETTLING_S: Final = 5.0
_WARMING_S: Final = 1.0
"""Virtual time at the beginning of each turn that isn't timed. The other swarms have driven this
one out of the processor's caches; one that flashes less would pay more for that a flash."""
_TURN_S: Final = 4.0
"""Virtual time of a turn after that."""
_LEVEL: Final = 0.04
"""As much as the default nudge moves a phase, in periods: so that about as many pulses arrive."""

VARIANTS: Final[dict[str, dict[str, Any]]] = {
    "constant": {},
    "unordered": {"nudge": 0.0},
    "multiplicative": {"response": "multiplicative", "strength": 0.05},
    "mirollo-strogatz": {"response": "mirollo-strogatz", "b": 3.0, "eps": 0.02},
    "inhibitory": {"response": "inhibitory", "strength": _LEVEL},
    "drawn": {"response": "drawn", "points": tuple((k / 32, _LEVEL) for k in range(33))},
    "delay": {"delay": 0.5},
}
"""Changes of the default parameters, by name. The constant nudge of 0 s leaves its swarm in
disorder, as inhibition and a long delay do: each firefly hears more pulses in a cycle then."""


@dataclass
class _Spent:
    """What a swarm has taken so far: CPU (s), flashes, and wakes."""

    cpu_s: float = 0.0
    flashes: int = 0
    wakes: int = 0


async def _spent(side: int, seconds: int) -> dict[str, _Spent]:
    """What each variant takes, all of them in turn for a few virtual seconds.

    What the host does beside this then falls on all of them alike. There is no collection of
    garbage: it would look at all swarms, and be counted as the work of one.
    """
    async with AsyncExitStack() as swarms:
        swarms.enter_context(without_the_collector())
        running = {}
        for name, values in VARIANTS.items():
            running[name] = simulation = Simulation(Parameters(side=side, **values))
            swarms.push_async_callback(simulation.aclose)
            await simulation.start()
            simulation.run_until(_SETTLING_S)
        spent = {name: _Spent() for name in VARIANTS}
        for _ in range(math.ceil(seconds / _TURN_S)):
            for name, simulation in running.items():
                simulation.run_until(simulation.now + _WARMING_S)
                each = spent[name]
                n_flashes, wakes = len(simulation.flashes), simulation.wakes
                began = time.process_time()
                simulation.run_until(simulation.now + _TURN_S)
                each.cpu_s += time.process_time() - began
                each.flashes += len(simulation.flashes) - n_flashes
                each.wakes += simulation.wakes - wakes
    return spent


def measure(side: int, seconds: int, rounds: int) -> dict[str, Any]:
    """Medians of some rounds.

    Returns
    -------
    dict
        By variant CPU per flash and per wake (µs), wakes per flash, and for all three the ratio
        to the constant nudge. How many pulses a flash takes part in is a matter of the physics:
        what a response or a delay costs by itself is the ratio per wake, and for one that brings
        no order the ratio per flash to the constant nudge of 0 s, ``ratio_to_unordered``.
    """
    found = [asyncio.run(_spent(side, seconds)) for _ in range(rounds)]
    report = {}
    for name in VARIANTS:
        pairs = [(each[name], each["constant"]) for each in found]
        unordered = [(each[name], each["unordered"]) for each in found]
        own, base = pairs[0]  # of counts, which are the same in each round
        report[name] = {
            "us_per_flash": _median(1e6 * own.cpu_s / own.flashes for own, _ in pairs),
            "us_per_wake": _median(1e6 * own.cpu_s / own.wakes for own, _ in pairs),
            "wakes_per_flash": round(own.wakes / own.flashes, 2),
            "ratio": _median(
                own.cpu_s / own.flashes / (base.cpu_s / base.flashes) for own, base in pairs
            ),
            "ratio_to_unordered": _median(
                own.cpu_s / own.flashes / (base.cpu_s / base.flashes) for own, base in unordered
            ),
            "ratio_per_wake": _median(
                own.cpu_s / own.wakes / (base.cpu_s / base.wakes) for own, base in pairs
            ),
            "ratio_of_wakes": round(own.wakes / own.flashes / (base.wakes / base.flashes), 3),
        }
    return report


def _median(figures: Iterable[float]) -> float:
    return round(statistics.median(figures), 3)


if __name__ == "__main__":
    figures = measure(*map(int, sys.argv[1:4]))
    os.write(1, json.dumps(figures).encode() + b"\n")
