"""``fireflies bench scale``: how cost and memory grow with the number of fireflies."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from typing import Any, Final

from experiments.benchmarks.processes import (
    FLOOR,
    announced,
    headless,
    measured,
    resident_bytes,
)
from experiments.model.parameters import Parameters
from experiments.population.factory import WORKFLOWS
from experiments.run.simulation import Simulation

SIDES: Final = (16, 50, 100, 141, 200)
PAIRS: Final = 3
_VIRTUAL_S: Final = 20.0


def measure(seed: int) -> dict[str, Any]:
    """Figures for each side: CPU per flash beside the floor's, memory, a period change."""
    return {"sides": [measure_side(side, seed) for side in announced("side", SIDES)]}


def measure_side(side: int, seed: int) -> dict[str, Any]:
    """Figures for one side; each measurement in a process of its own."""
    ratios, equal = [], True
    for _ in range(PAIRS):
        ours = headless(side, _VIRTUAL_S, seed)
        bare = measured(FLOOR, "fibers", str(side), str(_VIRTUAL_S), str(seed))
        ratios.append(ours["us_per_flash"] / bare["us_per_flash"])
        equal = equal and ours["digest"] == bare["digest"]
    return {
        "side": side,
        "agents": side * side,
        "us_per_flash": ours["us_per_flash"],
        "realtime_factor": ours["realtime_factor"],
        "ratio_to_fibers": round(statistics.median(ratios), 3),
        "digests_equal": equal,
        "setup_s": ours["setup_s"],
        **measured("experiments.benchmarks.scale", str(side), str(seed)),
    }


async def _memory_and_change(parameters: Parameters) -> dict[str, Any]:
    before = resident_bytes()
    simulation = Simulation(parameters, population_choice=WORKFLOWS.name)
    await simulation.start()
    simulation.run_until(10.0)
    after = resident_bytes()
    periods = _change_ms(simulation, [{"period": each} for each in (6.0, 5.0, 7.0)])
    shifts = (0.02, 0.04, 0.06)
    lines = [((0.0, 0.0), (0.5, shift), (1.0, 0.0)) for shift in shifts]
    responses = _change_ms(simulation, [{"response": "drawn", "points": each} for each in lines])
    await simulation.aclose()
    per_firefly = None
    if before is not None and after is not None:
        per_firefly = round((after - before) / parameters.n_fireflies)
    return {
        "bytes_per_firefly": per_firefly,
        "period_change_ms": periods,
        "response_change_ms": responses,
    }


def _change_ms(simulation: Simulation, changes: list[dict[str, Any]]) -> float:
    """Median of what changes take, each half a virtual second after the one before."""
    took = []
    for change in changes:
        simulation.change(**change)
        began = time.perf_counter()
        simulation.settle()
        took.append(1e3 * (time.perf_counter() - began))
        simulation.advance(0.5)
    return round(statistics.median(took), 2)


def main() -> None:
    """``python -m experiments.benchmarks.scale SIDE SEED``: memory and a change, one process."""
    parameters = Parameters(side=int(sys.argv[1]), seed=int(sys.argv[2]))
    report = asyncio.run(_memory_and_change(parameters))
    os.write(1, json.dumps(report).encode() + b"\n")


if __name__ == "__main__":
    main()
