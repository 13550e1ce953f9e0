"""Fireflies swept by Mesa's ``batch_run``, time-stepped, in two processes.

The model is that of :mod:`experiments.benchmarks.mesa_model`; it is here to compare how many runs
there are a second.

Usage: ``python -m experiments.benchmarks.mesa_sweep SIDE VIRTUAL_SECONDS RUNS PROCESSES``
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import mesa
from mesa.batchrunner import batch_run

from experiments.benchmarks.mesa_model import STEPS_PER_S, MesaSwarm
from experiments.model.parameters import Parameters


class SweptSwarm(MesaSwarm):
    """A swarm as ``batch_run`` makes it: of values by name."""

    def __init__(self, side: int, nudge: float, **_: Any) -> None:
        super().__init__(Parameters(side=side, nudge=nudge), "ordered")
        self.datacollector = mesa.DataCollector(model_reporters={"flashes": "flashes"})

    def step(self) -> None:
        """Let a step pass, and collect, which ``batch_run`` wants of each."""
        super().step()
        self.datacollector.collect(self)


def main() -> None:
    """Print one JSON object."""
    side, seconds, n_runs, n_processes = (*map(float, sys.argv[1:]),)
    nudges = [0.5 * k / n_runs for k in range(int(n_runs))]
    began = time.perf_counter()
    rows = batch_run(
        SweptSwarm,
        {"side": int(side), "nudge": nudges},
        number_processes=int(n_processes),
        max_steps=round(seconds * STEPS_PER_S),
        display_progress=False,
    )
    took = time.perf_counter() - began
    report = {
        "peer": f"Mesa {mesa.__version__}, batch_run in {int(n_processes)} processes, "
        f"time-stepped at {STEPS_PER_S} steps/s",
        "runs": len({row["RunId"] for row in rows}),
        "flashes": sum(row["flashes"] for row in rows),
        "wall_s": round(took, 3),
        "runs_per_s": round(n_runs / took, 3),
    }
    os.write(1, json.dumps(report).encode() + b"\n")


if __name__ == "__main__":
    main()
