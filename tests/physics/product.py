"""The product's population of workflows, driven like the oracle."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments import Checkpoint, Parameters, Simulation, Status, topology_of
from tests.experiments.simulating import simulate
from tests.reference_model import Operation

Flash = tuple[float, int]


@dataclass(frozen=True)
class End:
    """What came of letting the product go on: flashes and samples, and the state at the end."""

    flashes: list[Flash]
    checkpoint: Checkpoint
    r: float
    samples: list[float]


def start_of(
    values: Mapping[str, Any], zero: Sequence[float], flags: Sequence[Collection[str]]
) -> Checkpoint:
    """The state at t = 0 from which nobody has flashed."""
    n = len(zero)
    status = [sum(Status[flag.upper()] for flag in each) for each in flags] or [0] * n
    return Checkpoint(
        t=0.0,
        parameters=Parameters(**values),
        zero=np.array(zero, dtype=np.float64),
        counts=np.zeros(n, dtype=np.int64),
        status=np.array(status, dtype=np.uint8),
        n_actions=0,
    )


def run(
    start: Parameters | Checkpoint,
    script: Sequence[Operation],
    until: float,
    budget_s: float | None = None,
) -> End:
    """Run to an end, that included; a budget of 0 s stops between any two wakes."""

    async def body(simulation: Simulation) -> End:
        return play(simulation, script, until, budget_s)

    if isinstance(start, Checkpoint):
        return simulate(body, start.parameters, start)
    return simulate(body, start)


def play(
    simulation: Simulation,
    script: Sequence[Operation],
    until: float,
    budget_s: float | None = None,
) -> End:
    """Let a started simulation go on to an end, that included."""
    begin = simulation.flashes.complete

    def settle() -> None:
        while not simulation.settle(budget_s):
            pass

    def go_to(t: float) -> None:
        while not simulation.run_until(t, budget_s).reached:
            pass
        settle()

    for t, kind, payload in script:
        go_to(t)
        if isinstance(payload, Mapping):
            simulation.change(**payload)
        else:
            simulation.act(kind, payload)
        settle()
    go_to(until)
    simulation.sample()
    times, ids, _ = simulation.flashes.read(begin)
    return End(
        list(zip(times.tolist(), ids.tolist(), strict=True)),
        simulation.checkpoint(),
        abs(simulation.order_parameter()),
        simulation.coherence.values.tolist(),
    )


def product_flashes(
    parameters: Mapping[str, Any],
    zero: Sequence[float],
    flags: Sequence[Collection[str]],
    script: Sequence[Operation],
    until: float,
) -> list[Flash]:
    """Flashes of a run from a state set by hand."""
    return run(start_of(parameters, zero, flags), script, until).flashes


def product_hearers(parameters: Mapping[str, Any]) -> list[list[int]]:
    """Who hears each firefly."""
    topology = topology_of(Parameters(**parameters))
    return [sorted(others) for row in topology.rows() for others in row]


def flags_of(checkpoint: Checkpoint) -> list[frozenset[str]]:
    """Statuses as the oracle has them."""
    names = {flag: flag.name.lower() for flag in Status if flag.name is not None}
    return [
        frozenset(name for flag, name in names.items() if int(status) & flag)
        for status in checkpoint.status
    ]


def in_flight_of(checkpoint: Checkpoint) -> list[tuple[float, int, int]]:
    """Arrival, sender and number of the flash of each pulse in flight, in order of arrival."""
    return [(arrival, sender, k) for arrival, sender, k, _ in checkpoint.pulses.tolist()]
