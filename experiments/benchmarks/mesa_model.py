"""Fireflies on Mesa, time-stepped at 60 steps a second, as agent-based models usually are.

Not the same model: time is cut into steps, and a pulse arrives within the step
it was sent in. It is here to compare speed for the same picture on the screen,
and labelled so. ``random`` activates the agents of a step in random order, which
Mesa's own examples do when agents act on each other; ``ordered`` goes by id,
which is faster, and lets pulses run ahead in one direction of the grid.

Usage: ``python -m experiments.benchmarks.mesa_model SIDE VIRTUAL_SECONDS SEED VARIANT``
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, Final

import mesa
from mesa.discrete_space import CellAgent, OrthogonalMooreGrid

from experiments.model.parameters import Parameters
from experiments.model.random_streams import JITTER, START, first_uniforms, stream_keys, uniform

STEPS_PER_S: Final = 60

VARIANTS: Final = {"random": "shuffle_do", "ordered": "do"}


class Firefly(CellAgent):
    """One oscillator in one cell; steps of 1/60 s."""

    def __init__(self, model: MesaSwarm, cell: Any, zero: float, key: int) -> None:
        super().__init__(model)
        self.cell = cell
        self.zero = zero
        self.key = key
        self.count = 0

    def step(self) -> None:
        """Flash if the period is over by now."""
        model = self.model
        if model.now - self.zero < model.parameters.period:
            return
        self.count += 1
        model.flashes += 1
        for neighbour in self.cell.neighborhood.agents:
            neighbour.hear()
        self.zero = model.now - model.parameters.jitter * uniform(self.key, self.count)

    def hear(self) -> None:
        """A neighbour's pulse."""
        if self.model.now - self.zero >= self.model.parameters.refractory:
            self.zero -= self.model.parameters.nudge


class MesaSwarm(mesa.Model):
    """All fireflies on Mesa's torus of Moore neighbourhoods."""

    def __init__(self, parameters: Parameters, variant: str) -> None:
        super().__init__(seed=parameters.seed % 2**32)
        side, n = parameters.side, parameters.n_fireflies
        self.parameters = parameters
        self.activation = VARIANTS[variant]
        self.now = 0.0
        self.flashes = 0
        start = first_uniforms(parameters.seed, START, n)
        zero = (-(parameters.period * start)).tolist()
        keys = stream_keys(parameters.seed, JITTER, n).tolist()
        grid = OrthogonalMooreGrid((side, side), torus=True, capacity=1, random=self.random)
        for cell, z, key in zip(grid.all_cells, zero, keys, strict=True):
            Firefly(self, cell, z, key)

    def step(self) -> None:
        """Let 1/60 s pass."""
        self.now = self.steps / STEPS_PER_S
        getattr(self.agents, self.activation)("step")


def main() -> None:
    """Print one JSON object."""
    side, seconds, seed = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    variant = sys.argv[4]
    swarm = MesaSwarm(Parameters(side=side, seed=seed), variant)
    before = time.process_time()
    for _ in range(round(seconds * STEPS_PER_S)):
        swarm.step()
    cpu_s = time.process_time() - before
    report = {
        "peer": f"Mesa {mesa.__version__}, time-stepped at {STEPS_PER_S} steps/s, {variant}",
        "flashes": swarm.flashes,
        "cpu_s": round(cpu_s, 4),
        "realtime_factor": round(seconds / cpu_s, 2),
    }
    os.write(1, json.dumps(report).encode() + b"\n")


if __name__ == "__main__":
    main()
