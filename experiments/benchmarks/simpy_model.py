"""The same model on SimPy, flash for flash; written to be as fast as SimPy allows.

One process per firefly, as SimPy means it. It waits for an event that is either
its deadline or a neighbour's pulse. Deadlines are put into SimPy's own queue at
exact times and with the id as priority, because ``env.timeout`` adds a rounded
delay and orders by age; so the digest is that of the model.

Usage: ``python -m experiments.benchmarks.simpy_model SIDE VIRTUAL_SECONDS SEED``
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import sys
import time
from collections.abc import Generator
from heapq import heappush
from typing import Any, Final

import simpy
from simpy.events import Event

from experiments.parameters import Parameters
from experiments.random_streams import (
    JITTER,
    START,
    stream_keys,
    uniform,
    uniform_array,
)
from experiments.topology import moore_torus_row

_FIRST_DEADLINE: Final = 2  # SimPy's own priorities, 0 and 1, are for those woken by a pulse


class SimpySwarm:
    """State of the swarm, and one SimPy process per firefly."""

    def __init__(self, parameters: Parameters) -> None:
        side, n = parameters.side, parameters.n_fireflies
        self.parameters = parameters
        self.env = simpy.Environment()
        self.flashes: list[tuple[float, int]] = []
        start = uniform_array(stream_keys(parameters.seed, START, n), 0)
        self.zero: list[float] = (-(parameters.period * start)).tolist()
        self.keys: list[int] = stream_keys(parameters.seed, JITTER, n).tolist()
        self.neighbours = [row for y in range(side) for row in moore_torus_row(side, y)]
        self.waiting: list[Event] = [self.env.event()] * n
        for i in range(n):
            self.env.process(self.firefly(i))

    def firefly(self, i: int) -> Generator[Event, bool, None]:
        """Wait out the period, nudged by pulses; flash; start over."""
        env, zero, waiting = self.env, self.zero, self.waiting
        period, nudge, refractory, jitter = (
            self.parameters.period,
            self.parameters.nudge,
            self.parameters.refractory,
            self.parameters.jitter,
        )
        k = 0
        while True:
            if (yield self._wait_until(i, zero[i] + period)):
                zero[i] -= nudge
                continue
            now = env.now
            self.flashes.append((now, i))
            k += 1
            for j in self.neighbours[i]:
                if now - zero[j] >= refractory:
                    waiting[j].succeed(True)
            zero[i] = now - jitter * uniform(self.keys[i], k)

    def _wait_until(self, i: int, deadline: float) -> Event:
        """An event that a pulse or the deadline triggers, whichever comes first."""
        env = self.env
        wake = self.waiting[i] = Event(env)
        due: Any = Event(env)
        due._ok, due._value = True, False
        due.callbacks.append(lambda _: None if wake.triggered else _run_now(wake))
        at = max(deadline, env.now)
        queue: list[Any] = env._queue
        heappush(queue, (at, _FIRST_DEADLINE + i, next(env._eid), due))
        return wake


def _run_now(wake: Any) -> None:
    """Resume who waits for the event within the present step: its turn is now."""
    wake._ok, wake._value = True, False
    callbacks, wake.callbacks = wake.callbacks, None
    for callback in callbacks:
        callback(wake)


def main() -> None:
    """Print one JSON object, with the digest of the run."""
    side, seconds, seed = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    swarm = SimpySwarm(Parameters(side=side, seed=seed))
    before = time.process_time()
    env = swarm.env
    while env.peek() <= seconds:
        env.step()
    cpu_s = time.process_time() - before
    digest = hashlib.sha256()
    for t, i in swarm.flashes:
        digest.update(struct.pack("<dI", t, i))
    report = {
        "peer": f"SimPy {simpy.__version__}",
        "flashes": len(swarm.flashes),
        "cpu_s": round(cpu_s, 4),
        "us_per_flash": round(1e6 * cpu_s / len(swarm.flashes), 3),
        "realtime_factor": round(seconds / cpu_s, 2),
        "digest": digest.hexdigest(),
    }
    os.write(1, json.dumps(report).encode() + b"\n")


if __name__ == "__main__":
    main()
