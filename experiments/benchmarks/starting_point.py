"""The starting point of the project, reproduced: 2,500 workflows wired three ways.

``shared``
    One engine on the wall clock. ``_internal_connector`` is registered once as
    a run-scoped resource and handed to every workflow with ``cs.inject``; all
    ``engine.run(...)`` are gathered. This is the change that was asked for.
``each``
    The same with an engine of its own for every firefly: what it was before.
``virtual``
    What became of it: one engine on a virtual clock, advanced in real time.

In each, a 60 Hz task drains the flash log as the window does.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import numpy as np

import cascade as cs
from experiments.benchmarks.statistics import summary
from experiments.model.parameters import Parameters
from experiments.population.factory import WORKFLOWS
from experiments.population.swarm import Swarm
from experiments.run.simulation import Simulation

VARIANTS: Final = ("shared", "each", "virtual")
FRAME_S: Final = 1 / 60
PROBE_S: Final = 0.01


class SwarmConnector:
    """How the workflows of the starting point reach each other."""

    def __init__(self, swarm: Swarm) -> None:
        self._swarm = swarm

    def channel(self, i: int) -> cs.Channel[float]:
        """What firefly i listens on."""
        return self._swarm.channels[i]

    def publish_flash(self, i: int) -> None:
        """Tell the neighbours of firefly i."""
        self._swarm.flash(i)


@cs.task
async def connected_firefly(swarm: Swarm, i: int, connector: SwarmConnector) -> Any:
    """One cycle of firefly i, which knows its neighbours through the connector alone."""
    channel = connector.channel(i)
    zero = swarm.zero
    while (t := await channel.receive(deadline=zero[i] + swarm.periods[i])) is not cs.TIMED_OUT:
        zero[i] = swarm.response(zero[i], t, swarm.periods[i])
    connector.publish_flash(i)
    return connected_firefly(swarm, i, cs.inject("_internal_connector"))


def internal_connector(swarm: Swarm) -> cs.Resource:
    """The resource that hands the connector to a run."""

    @cs.resource(name="_internal_connector", scope="run")
    def provide() -> Iterator[SwarmConnector]:
        yield SwarmConnector(swarm)

    return provide


class FrameTask:
    """Reads the flash log 60 times a second, and notes how well that goes."""

    def __init__(self, log: Any, n: int) -> None:
        self.flush_ms: list[float] = []
        self.jitter_ms: list[float] = []
        self.lag_ms: list[float] = []
        self._log = log
        self._last_flash = np.full(n, -np.inf)

    def flush(self, cursor: int) -> int:
        """Take in what has flashed since `cursor`."""
        times, ids, cursor = self._log.read(cursor)
        self._last_flash[ids] = times
        return cursor

    async def run(self, before_frame: Any) -> None:
        """Draw frames until cancelled, each after ``before_frame()``."""
        probe = asyncio.create_task(self._probe())
        cursor, due, last = 0, time.perf_counter(), None
        try:
            while True:
                due = max(due + FRAME_S, time.perf_counter() - FRAME_S)
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                now = time.perf_counter()
                if last is not None:
                    self.jitter_ms.append(1e3 * abs(now - last - FRAME_S))
                last = now
                before_frame()
                began = time.perf_counter()
                cursor = self.flush(cursor)
                self.flush_ms.append(1e3 * (time.perf_counter() - began))
        finally:
            probe.cancel()
            with suppress(asyncio.CancelledError):
                await probe

    async def _probe(self) -> None:
        while True:
            asked = time.perf_counter() + PROBE_S
            await asyncio.sleep(PROBE_S)
            self.lag_ms.append(1e3 * max(0.0, time.perf_counter() - asked))


async def measure_wall(parameters: Parameters, seconds: float, shared: bool) -> dict[str, Any]:
    """The starting point on the wall clock, with one engine for all or one for each."""
    began = time.perf_counter()
    clock = cs.WallClock(start=0.0)
    swarm = Swarm(parameters, clock)
    for _ in swarm.connect():
        pass
    connector = internal_connector(swarm)

    def new_engine() -> cs.Engine:
        engine = cs.Engine(bus=cs.MessageBus(), clock=clock)
        engine.register(connector)
        return engine

    n = parameters.n_fireflies
    engines = [new_engine()] * n if shared else [new_engine() for _ in range(n)]
    everyone = asyncio.gather(
        *(
            engine.run(connected_firefly(swarm, i, cs.inject("_internal_connector")), priority=i)
            for i, engine in enumerate(engines)
        )
    )
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    setup_s = time.perf_counter() - began
    frames = FrameTask(swarm.log, n)

    def see_all() -> None:
        swarm.log.note_complete(clock.now, True)

    figures = await _watch(frames, see_all, seconds)
    everyone.cancel()
    with suppress(asyncio.CancelledError):
        await everyone
    return _report(figures, frames, setup_s, len(swarm.log), 1 if shared else n)


async def measure_virtual(parameters: Parameters, seconds: float) -> dict[str, Any]:
    """The simulation on its virtual clock, advanced by the time that passes."""
    began = time.perf_counter()
    simulation = Simulation(parameters, population_choice=WORKFLOWS.name)
    await simulation.start()
    setup_s = time.perf_counter() - began
    frames = FrameTask(simulation.flashes, parameters.n_fireflies)
    zero = time.perf_counter()

    def advance() -> None:
        owed = time.perf_counter() - zero - simulation.now
        if owed > 0:
            simulation.advance(owed, budget_s=0.008)

    figures = await _watch(frames, advance, seconds)
    report = _report(figures, frames, setup_s, len(simulation.flashes), 1)
    await simulation.aclose()
    return report


async def _watch(frames: FrameTask, before_frame: Any, seconds: float) -> dict[str, float]:
    """Let things run for `seconds` of wall time."""
    cpu, wall = time.process_time(), time.perf_counter()
    task = asyncio.create_task(frames.run(before_frame))
    await asyncio.sleep(seconds)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}


def _report(
    figures: dict[str, float], frames: FrameTask, setup_s: float, flashes: int, engines: int
) -> dict[str, Any]:
    return {
        "engines": engines,
        "flashes": flashes,
        "cpu_s": round(figures["cpu_s"], 3),
        "cpu_fraction": round(figures["cpu_s"] / figures["wall_s"], 3),
        "us_per_flash": round(1e6 * figures["cpu_s"] / flashes, 1) if flashes else None,
        "setup_s": round(setup_s, 3),
        "peak_memory_mb": _peak_memory_mb(),
        "flush_duration_ms": summary(frames.flush_ms),
        "render_jitter_ms": summary(frames.jitter_ms),
        "loop_lag_ms": summary(frames.lag_ms),
    }


def _peak_memory_mb() -> float | None:
    """Largest resident size of this process so far; None where the system doesn't say."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)


async def measure(variant: str, parameters: Parameters, seconds: float) -> dict[str, Any]:
    """Figures of one variant; see the module's docstring."""
    if variant == "virtual":
        return await measure_virtual(parameters, seconds)
    return await measure_wall(parameters, seconds, shared=variant == "shared")


def main() -> None:
    """``python -m experiments.benchmarks.starting_point VARIANT SECONDS PARAMETERS-AS-JSON``."""
    variant, seconds, given = sys.argv[1], float(sys.argv[2]), json.loads(sys.argv[3])
    gc.collect()
    report = asyncio.run(measure(variant, Parameters(**given), seconds))
    os.write(1, json.dumps(report).encode() + b"\n")


if __name__ == "__main__":
    main()
