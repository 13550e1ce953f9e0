"""The uncoupled control: whether the host synchronises fireflies that can't hear each other.

With nudge 0 nobody influences anybody, so flash times must be as random against
any grid of time as chance makes them. Timers of a host that wake sleepers on a
grid of its own would show here as order that isn't the model's.
"""

from __future__ import annotations

import asyncio
import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.parameters import Parameters
from experiments.population.real_time import RealTimeRun

GRIDS_MS: Final = range(1, 101)
CONFIDENCE: Final = 0.999


def grid_coherence(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coherence of times, in seconds, against each grid of 1 to 100 ms; shape ``(100,)``."""
    found = [abs(np.exp(2j * np.pi * times / (1e-3 * grid)).mean()) for grid in GRIDS_MS]
    return np.array(found)


def chance_bound(n: int) -> float:
    """Coherence that n random times stay below on all 100 grids with 99.9 % confidence.

    ``P(R > r) = exp(-n r**2)`` (Rayleigh 1880), corrected for 100 tests (Bonferroni).
    """
    return math.sqrt(math.log(len(GRIDS_MS) / (1.0 - CONFIDENCE)) / n)


async def measure(parameters: Parameters, seconds: float) -> dict[str, Any]:
    """Run the control for `seconds` of wall time on whatever loop this is awaited in."""
    run = RealTimeRun(parameters.replace(nudge=0.0))
    await run.start()
    try:
        await asyncio.sleep(seconds - run.clock.now)
    finally:
        await run.aclose()
    due, woke = run.flash_times(), run.wake_times()
    of_flashes, of_wakes = grid_coherence(due), grid_coherence(woke)
    late = np.array(run.swarm.lateness_log)
    return {
        "loop": type(asyncio.get_running_loop()).__name__,
        "agents": parameters.n_fireflies,
        "seconds": seconds,
        "flashes": len(due),
        "chance_bound": round(chance_bound(len(due)), 5),
        "worst_R_of_flashes": round(float(of_flashes.max()), 5),
        "worst_grid_of_flashes_ms": int(of_flashes.argmax()) + 1,
        "worst_R_of_wakes": round(float(of_wakes.max()), 5),
        "worst_grid_of_wakes_ms": int(of_wakes.argmax()) + 1,
        "earliest_ms": round(1e3 * float(late.min()), 4),
        "lateness_ms": {k: round(v, 3) for k, v in run.lateness_percentiles().items()},
        "failures": len(run.runs.failures),
    }
