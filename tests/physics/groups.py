"""Some fireflies that all hear each other, the others of the grid being silent and blind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tests.physics.implementations import Flash, FlashesOf

BARE: dict[str, Any] = {
    "topology": "all",
    "period": 1.0,
    "nudge": 0.0,
    "refractory": 0.0,
    "jitter": 0.0,
}
"""Nothing but a response, in units of the period."""


def play(
    flashes_of: FlashesOf, phases: Sequence[float], until: float, **values: Any
) -> list[Flash]:
    """Flashes of fireflies 0, 1, … that start at these phases, in seconds."""
    heard = len(phases)
    side = max(3, math.ceil(math.sqrt(heard)))
    rest = side * side - heard
    return [
        (t, i)
        for t, i in flashes_of(
            {**BARE, "side": side, **values},
            [-phase for phase in phases] + [0.0] * rest,
            [set()] * heard + [{"silent", "blind"}] * rest,
            [],
            until,
        )
        if i < heard
    ]


def instants(flashes: Sequence[Flash]) -> list[tuple[float, set[int]]]:
    """Those that flash at each time at which any does."""
    found: dict[float, set[int]] = {}
    for t, i in flashes:
        found.setdefault(t, set()).add(i)
    return list(found.items())


def times_of(flashes: Sequence[Flash], i: int) -> list[float]:
    """When one firefly flashes."""
    return [t for t, each in flashes if each == i]
