"""Random runs of the extended model: parameters, states, and what is done to them.

All follows from a seed, so that one case is as different from the next as can be, while side
and number of operations are counted apart, so that a failing case can be made smaller.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from tests.reference.parameters import EDGES, RESPONSES, TOPOLOGIES, Parameters, Points
from tests.reference_model import ACTIONS, Operation

FLAGS = ("silent", "blind", "pacemaker")
BRIEF = (5e-324, 1e-17, 1e-9, 1e-6)
"""Delays, s: two that no time of a run but its first can tell from none, two that are brief."""
EVEN = 16
"""Into how many parts a period falls where times are to meet exactly."""


@dataclass(frozen=True)
class RandomRun:
    """A run: from random phases if there are no zero times, else from these and the flags."""

    values: dict[str, Any]
    zero: list[float] | None
    flags: list[frozenset[str]]
    script: list[Operation]
    until: float
    cut: float


class Draws:
    """Draws of one run, in which times may meet exactly: now and then, or always.

    Parameters
    ----------
    rng
        Where they come from.
    even
        Whether all shares are sixteenths, so that with periods of 4 s doubles are exact.
    """

    def __init__(self, rng: random.Random, even: bool) -> None:
        self.rng = rng
        self.even = even

    def share(self, most: float = 1.0) -> float:
        """A share of a period."""
        if self.even or self.rng.random() < 0.5:
            return self.rng.randrange(round(most * EVEN) + 1) / EVEN
        return self.rng.uniform(0.0, most)

    def curve(self) -> Points:
        """Points of a drawn response, gentle or not."""
        steep = self.rng.choice([1 / EVEN, 0.25, 1.0])
        between = {self.share() for _ in range(self.rng.choice([0, 1, 2, 5, 31]))} - {0.0, 1.0}
        shifts = [0.0, self.share(steep), -self.share(steep), self.rng.uniform(-steep, steep)]
        return tuple((phi, self.rng.choice(shifts)) for phi in (0.0, *sorted(between), 1.0))

    def delay(self, period: float) -> float:
        """A delay, or none: short ones, and some of more than a period."""
        delay = period * self.rng.choice([0.0, 0.0, 1 / EVEN, self.share(), 2 * self.share()])
        return self.rng.choice([delay] * 5 + [self.rng.choice(BRIEF)])

    def live_values(self, spread: float) -> dict[str, Any]:
        """Parameters that may change within a run; those of other responses are there too."""
        rng = self.rng
        period = 4.0 if self.even else rng.choice([0.5, 1.0, 4.0, 5.0, 7.3])
        refractory = rng.choice([0.0, 0.125, 0.25, 0.5, rng.uniform(0.01, 0.99)])
        refractory *= period * (1 - spread)
        strong = rng.choice([1 / EVEN, 0.25, 1.0])
        return {
            "period": period,
            "nudge": period * self.share(strong),
            "refractory": refractory,
            "jitter": refractory * (not self.even) * rng.choice([0.0, 0.125, 0.1, 0.99, 1e-12]),
            "response": rng.choice(RESPONSES),
            "strength": self.share(strong),
            "b": rng.uniform(0.01, 10.0),
            "eps": rng.uniform(-strong, strong),
            "points": self.curve(),
            "loss": rng.choice([0.0, 0.0, 0.1, 0.5, 1.0]),
            "delay": self.delay(period),
        }


def restart_values(rng: random.Random, side: int) -> dict[str, Any]:
    """Parameters that restart a run."""
    return {
        "side": side,
        "seed": rng.choice([0, 1, 2**64 - 1, rng.getrandbits(64), rng.getrandbits(64)]),
        "spread": rng.choice([0.0, 0.0, rng.uniform(0.0, 0.5)]),
        "topology": rng.choice(TOPOLOGIES),
        "radius": rng.randint(1, (side - 1) // 2),
        "k": rng.randint(1, 4),
        "edges": rng.choice(EDGES),
        "rewire": rng.choice([0.0, rng.random(), 1.0]),
    }


def without_storm(values: dict[str, Any], now: Parameters) -> dict[str, Any]:
    """Values after which pulses don't multiply for long before any time to speak of passes.

    With no refractory time a flash may make more than one, all of them a delay later: with a brief
    one that is a million times a second and more.
    """
    if now.refractory == 0.0 and now.delay in BRIEF:
        return {**values, "delay": 0.0}
    return values


def script_for(draws: Draws, values: dict[str, Any], operations: int) -> list[Operation]:
    """Changes and actions, often several at one time, and often at times of flashes."""
    rng = draws.rng
    now = Parameters(**values)
    script: list[Operation] = []
    t = 0.0
    for _ in range(operations):
        t += now.period * rng.choice([0.0, draws.share(0.5)])
        if rng.random() < 0.5:
            new = draws.live_values(now.spread)
            change = {name: new[name] for name in rng.sample(sorted(new), rng.randint(1, len(new)))}
            try:
                now = now.changed_live(change)
            except ValueError:  # some are valid only together
                change = new
                now = now.changed_live(change)
            change = without_storm(change, now)
            now = now.changed_live(change)
            script.append((t, "change", change))
        else:
            ids = sorted(rng.sample(range(now.n), rng.randint(1, now.n)))
            script.append((t, rng.choice(ACTIONS), ids))
    return script


def random_run(seed: int, side: int, operations: int) -> RandomRun:
    """A run of some three periods beyond the last of so many operations."""
    rng = random.Random(seed)
    draws = Draws(rng, even=rng.random() < 0.4)
    values = restart_values(rng, side)
    values["spread"] *= not draws.even
    values |= draws.live_values(values["spread"])
    values = without_storm(values, Parameters(**values))
    zero, flags = None, []
    if draws.even or rng.random() < 0.5:
        zero = [-draws.share() * period for period in Parameters(**values).periods()]
        flags = [frozenset(rng.sample(FLAGS, rng.choice([0, 0, 0, 1, 2]))) for _ in zero]
    script = script_for(draws, values, operations)
    until = (script[-1][0] if script else 0.0) + 3 * values["period"]
    return RandomRun(values, zero, flags, script, until, until * draws.share())


def random_graph(seed: int) -> dict[str, Any]:
    """Parameters of a graph, now and then of one in which nearly all are joined."""
    rng = random.Random(seed)
    side = rng.choice([3, 4, 5, 6])
    values = {**restart_values(rng, side), "k": rng.randint(1, (side * side - 1) // 2)}
    if values["topology"] == "all":  # each edge is tried in vain, so let there be few
        values |= {"side": 3, "k": 1}
    return values
