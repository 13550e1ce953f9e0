"""``fireflies bench population``: how fast the compiled population is, and how it grows."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any, Final

from experiments.benchmarks.processes import announced, measured, peak_bytes
from experiments.model.flash_log import FlashLog
from experiments.model.parameters import Parameters
from experiments.population.compiled.population import CompiledPopulation, compile_kernel


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is measured: a side, and the virtual seconds from one time to another."""

    name: str
    side: int
    begin: float
    end: float
    repeats: int


STRETCHES: Final = {
    each.name: each
    for each in (
        Stretch("2500", 50, 0.0, 600.0, 5),
        Stretch("90000", 300, 0.0, 60.0, 3),
        Stretch("1000000_random", 1_000, 0.0, 20.0, 3),
        Stretch("1000000_synchronised", 1_000, 400.0, 420.0, 1),
    )
}

_TRIM_EVERY: Final = 125_000
# Firefly seconds after which flashes are let go of, though at least once a second.


def measure(seed: int) -> dict[str, Any]:
    """Real-time factors and costs, each stretch in a process of its own."""
    module = "experiments.benchmarks.population"
    report: dict[str, Any] = {
        name: measured(module, name, str(seed)) for name in announced("stretch", tuple(STRETCHES))
    }
    large, small = (report[each]["ns_per_step"] for each in ("1000000_random", "2500"))
    return report | {"cost_of_a_step_ratio": round(large / small, 3)}


def measure_stretch(stretch: Stretch, seed: int) -> dict[str, Any]:
    """CPU seconds of a stretch, without anything that looks on: no R is sampled.

    The mean and the memory of the process are in the report too.
    """
    began = time.perf_counter()
    compile_kernel()
    loaded = time.perf_counter() - began
    factors: list[float] = []
    steps = flashes = 0
    for _ in range(stretch.repeats):
        log = FlashLog()
        population = CompiledPopulation(Parameters(side=stretch.side, seed=seed), None, log)
        population.make_ready()
        _run(population, log, stretch.begin)
        steps, flashes = population.wakes, len(log)
        cpu_s = _run(population, log, stretch.end)
        steps, flashes = population.wakes - steps, len(log) - flashes
        factors.append((stretch.end - stretch.begin) / cpu_s)
        del population, log  # before there are others
    factor = statistics.median(factors)
    cpu_s = (stretch.end - stretch.begin) / factor
    return {
        "agents": stretch.side**2,
        "virtual_s": [stretch.begin, stretch.end],
        "realtime_factor": round(factor, 2),
        "realtime_factors": [round(each, 2) for each in factors],
        "ns_per_flash": round(1e9 * cpu_s / flashes, 1),
        "ns_per_step": round(1e9 * cpu_s / steps, 1),
        "flashes": flashes,
        "load_s": round(loaded, 2),
        "peak_mb": None if (peak := peak_bytes()) is None else round(peak / 1e6, 1),
    }


def _run(population: CompiledPopulation, log: FlashLog, until: float) -> float:
    """CPU seconds that it takes; flashes are let go of on the way."""
    cpu_s = 0.0
    step = min(1.0, _TRIM_EVERY / population.parameters.n_fireflies)
    while population.now < until:
        t = min(until, population.now + step)
        before = time.process_time()
        population.run_until(t)
        cpu_s += time.process_time() - before
        log.note_complete(t, instant_is_complete=True)
        log.trim(len(log))
    return cpu_s


def main() -> None:
    """``python -m experiments.benchmarks.population STRETCH SEED``: one stretch."""
    report = measure_stretch(STRETCHES[sys.argv[1]], int(sys.argv[2]))
    os.write(1, json.dumps(report).encode() + b"\n")


if __name__ == "__main__":
    main()
