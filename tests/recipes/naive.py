"""The model computed naively for any neighbours and response, to compare a recipe's runs with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from experiments import Parameters
from tests.reference_model import JITTER, START, digest, u

Respond = Callable[[float, float], float]
"""Takes when a phase was 0 and the time of the pulse; gives when it was 0 from then on."""


def naive_digest(
    parameters: Parameters,
    neighbours: Callable[[int], Sequence[int]],
    respond: Respond,
    until: float,
) -> tuple[int, str]:
    """How many flashes there are up to a time, and their digest: no heap, nothing kept ready."""
    p, ids = parameters, range(parameters.n_fireflies)
    zero = [-(p.period * u(p.seed, START, i, 0)) for i in ids]
    counts = [0] * len(ids)
    flashes: list[tuple[float, int]] = []
    now = 0.0
    while True:
        due = [max(now, zero[i] + p.period) for i in ids]
        i = min(ids, key=lambda each: (due[each], each))
        if due[i] > until:
            return len(flashes), digest(flashes)
        now = due[i]
        flashes.append((now, i))
        counts[i] += 1
        for j in neighbours(i):
            if now - zero[j] >= p.refractory:
                zero[j] = respond(zero[j], now)
        zero[i] = now - p.jitter * u(p.seed, JITTER, i, counts[i])
