"""Fireflies on SimPy, flash for flash the same model, in both ways that SimPy has for it.

One process per firefly, as SimPy means it, waiting for its deadline or for a
neighbour's pulse, whichever comes first. ``conditions`` waits for either of two
events; ``interrupts`` waits for the deadline and is interrupted by a pulse,
which SimPy does faster. Only its public interface is used, but for the deadline:
a ``Timeout`` would order equal times by age, and the model orders them by id.

Usage: ``python -m experiments.benchmarks.simpy_model SIDE VIRTUAL_SECONDS SEED VARIANT``
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import struct
import sys
import time
from collections.abc import Generator
from typing import Any, Final

import simpy
from simpy.events import Event, EventPriority, Process

from experiments.model.parameters import Parameters
from experiments.model.random_streams import JITTER, START, first_uniforms, stream_keys, uniform
from experiments.model.rules import topology_of

_FIRST_DEADLINE: Final = 2  # SimPy's own priorities, 0 and 1, are for those woken by a pulse


class Deadline(Event):
    """A ``Timeout`` that is due at an exact time, and there in order of id."""

    def __init__(self, env: simpy.Environment, priority: EventPriority, at: float) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        now = env.now
        delay = at - now
        if now + delay != at:  # rounded half the wrong way
            delay = math.nextafter(delay, math.copysign(math.inf, at - (now + delay)))
        env.schedule(self, priority, delay)


class SimpySwarm:
    """State of the swarm, and the arithmetic of the model."""

    def __init__(self, parameters: Parameters) -> None:
        n = parameters.n_fireflies
        self.parameters = parameters
        self.env = simpy.Environment()
        self.flashes: list[tuple[float, int]] = []
        start = first_uniforms(parameters.seed, START, n)
        self.zero: list[float] = (-(parameters.period * start)).tolist()
        self.keys: list[int] = stream_keys(parameters.seed, JITTER, n).tolist()
        self.neighbours = [each for row in topology_of(parameters).rows() for each in row]


class Conditions(SimpySwarm):
    """Each firefly waits for a pulse or its deadline: ``yield pulse | deadline``."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__(parameters)
        n = parameters.n_fireflies
        self.pulses: list[Event] = [self.env.event()] * n
        for i in range(n):
            self.env.process(self.firefly(i))

    def firefly(self, i: int) -> Generator[Any, Any, None]:
        """Wait out the period, nudged by pulses; flash; start over."""
        env, zero, pulses, neighbours = self.env, self.zero, self.pulses, self.neighbours[i]
        parameters = self.parameters
        period, nudge = parameters.period, parameters.nudge
        refractory, jitter = parameters.refractory, parameters.jitter
        priority = EventPriority(_FIRST_DEADLINE + i)
        k = 0
        while True:
            pulse = pulses[i] = env.event()
            yield pulse | Deadline(env, priority, max(zero[i] + period, env.now))
            if pulse.triggered:
                zero[i] -= nudge
                continue
            now = env.now
            self.flashes.append((now, i))
            k += 1
            for j in neighbours:
                if now - zero[j] >= refractory:
                    pulses[j].succeed()
            zero[i] = now - jitter * uniform(self.keys[i], k)


class Interrupts(SimpySwarm):
    """Each firefly waits for its deadline, and is interrupted by a pulse."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__(parameters)
        n = parameters.n_fireflies
        self.processes: list[Process] = [self.env.process(self.firefly(i)) for i in range(n)]

    def firefly(self, i: int) -> Generator[Any, Any, None]:
        """Wait out the period, nudged by pulses; flash; start over."""
        env, zero, neighbours = self.env, self.zero, self.neighbours[i]
        parameters = self.parameters
        period, nudge = parameters.period, parameters.nudge
        refractory, jitter = parameters.refractory, parameters.jitter
        priority = EventPriority(_FIRST_DEADLINE + i)
        k = 0
        while True:
            try:
                yield Deadline(env, priority, max(zero[i] + period, env.now))
            except simpy.Interrupt:
                zero[i] -= nudge
                continue
            now = env.now
            self.flashes.append((now, i))
            k += 1
            for j in neighbours:
                if now - zero[j] >= refractory:
                    self.processes[j].interrupt()
            zero[i] = now - jitter * uniform(self.keys[i], k)


VARIANTS: Final = {"conditions": Conditions, "interrupts": Interrupts}


def main() -> None:
    """Print one JSON object, with the digest of the run."""
    side, seconds, seed = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    variant = sys.argv[4]
    swarm = VARIANTS[variant](Parameters(side=side, seed=seed))
    before = time.process_time()
    env = swarm.env
    while env.peek() <= seconds:
        env.step()
    cpu_s = time.process_time() - before
    digest = hashlib.sha256()
    for t, i in swarm.flashes:
        digest.update(struct.pack("<dI", t, i))
    report = {
        "peer": f"SimPy {simpy.__version__}, {variant}",
        "flashes": len(swarm.flashes),
        "cpu_s": round(cpu_s, 4),
        "us_per_flash": round(1e6 * cpu_s / len(swarm.flashes), 3),
        "realtime_factor": round(seconds / cpu_s, 2),
        "digest": digest.hexdigest(),
    }
    os.write(1, json.dumps(report).encode() + b"\n")


if __name__ == "__main__":
    main()
