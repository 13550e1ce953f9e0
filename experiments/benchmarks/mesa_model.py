"""Fireflies on Mesa, time-stepped at 60 steps a second, as agent-based models usually are.

Not the same model: time is cut into steps, a pulse arrives within the step it
was sent in, and the order of agents within a step is that of their ids. It is
here to compare speed for the same picture on the screen, and labelled so.

Usage: ``python -m experiments.benchmarks.mesa_model SIDE VIRTUAL_SECONDS SEED``
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, Final

import mesa

from experiments.parameters import Parameters
from experiments.random_streams import JITTER, START, stream_keys, uniform, uniform_array
from experiments.topology import moore_torus_row

STEPS_PER_S: Final = 60


class Firefly(mesa.Agent):
    """One oscillator; steps of 1/60 s."""

    def __init__(self, model: Any, i: int, zero: float, key: int) -> None:
        super().__init__(model)
        self.i = i
        self.zero = zero
        self.key = key
        self.count = 0
        self.neighbours: list[Firefly] = []

    def step(self) -> None:
        """Flash if the period is over by now."""
        model = self.model
        if model.now - self.zero < model.parameters.period:
            return
        self.count += 1
        model.flashes += 1
        for neighbour in self.neighbours:
            neighbour.hear()
        self.zero = model.now - model.parameters.jitter * uniform(self.key, self.count)

    def hear(self) -> None:
        """A neighbour's pulse."""
        if self.model.now - self.zero >= self.model.parameters.refractory:
            self.zero -= self.model.parameters.nudge


class MesaSwarm(mesa.Model):
    """All fireflies, stepped in order of their ids."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__(seed=parameters.seed % 2**32)
        side, n = parameters.side, parameters.n_fireflies
        self.parameters = parameters
        self.now = 0.0
        self.flashes = 0
        start = uniform_array(stream_keys(parameters.seed, START, n), 0)
        zero = (-(parameters.period * start)).tolist()
        keys = stream_keys(parameters.seed, JITTER, n).tolist()
        fireflies = [Firefly(self, i, zero[i], keys[i]) for i in range(n)]
        rows = [row for y in range(side) for row in moore_torus_row(side, y)]
        for firefly, row in zip(fireflies, rows, strict=True):
            firefly.neighbours = [fireflies[j] for j in row]

    def step(self) -> None:
        """Let 1/60 s pass."""
        self.now = self.steps / STEPS_PER_S
        self.agents.do("step")


def main() -> None:
    """Print one JSON object."""
    side, seconds, seed = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    swarm = MesaSwarm(Parameters(side=side, seed=seed))
    before = time.process_time()
    for _ in range(round(seconds * STEPS_PER_S)):
        swarm.step()
    cpu_s = time.process_time() - before
    report = {
        "peer": f"Mesa {mesa.__version__}, time-stepped at {STEPS_PER_S} steps/s",
        "flashes": swarm.flashes,
        "cpu_s": round(cpu_s, 4),
        "realtime_factor": round(seconds / cpu_s, 2),
    }
    os.write(1, json.dumps(report).encode() + b"\n")


if __name__ == "__main__":
    main()
