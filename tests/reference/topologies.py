"""Topologies: who hears whom, and edges that lead elsewhere."""

from __future__ import annotations

from tests.reference.parameters import Parameters
from tests.reference.random_numbers import REWIRE, TARGET, u5

MOST_TRIES = 64  # for another end of an edge


def offsets(topology: str, radius: int) -> list[tuple[int, int]]:
    """Steps (dx, dy) on the grid to everyone in reach."""
    reach = range(-radius, radius + 1)
    return [
        (dx, dy)
        for dy in reach
        for dx in reach
        if (dx, dy) != (0, 0) and (topology == "moore" or abs(dx) + abs(dy) <= radius)
    ]


def on_grid(side: int, i: int, steps: list[tuple[int, int]], edges: str) -> list[int]:
    """Where steps from ``i`` lead; over an open edge nowhere."""
    x, y = i % side, i // side
    found = []
    for dx, dy in steps:
        if edges == "torus":
            found.append(((y + dy) % side) * side + (x + dx) % side)
        elif 0 <= x + dx < side and 0 <= y + dy < side:
            found.append((y + dy) * side + x + dx)
    return found


def on_ring(n: int, i: int, k: int, edges: str) -> list[int]:
    """The ``k`` ids before ``i`` and the ``k`` after it; over an open end nobody."""
    steps = [step for step in range(-k, k + 1) if step != 0]
    if edges == "torus":
        return [(i + step) % n for step in steps]
    return [i + step for step in steps if 0 <= i + step < n]


def joined(p: Parameters) -> list[set[int]]:
    """Those that each firefly is joined to, before any edge is rewired."""
    steps = offsets(p.topology, p.radius)
    around: list[set[int]] = []
    for i in range(p.n):
        if p.topology == "all":
            found = list(range(p.n))
        elif p.topology == "ring":
            found = on_ring(p.n, i, p.k, p.edges)
        else:
            found = on_grid(p.side, i, steps, p.edges)
        around.append(set(found) - {i})
    return around


def rewired(p: Parameters, around: list[set[int]]) -> list[set[int]]:
    """The same after each edge has had its chance to lead elsewhere (Watts & Strogatz 1998)."""
    now = [set(others) for others in around]
    edges = sorted((i, j) for i in range(p.n) for j in around[i] if i < j)
    for i, j in edges:
        if u5(p.seed, REWIRE, i, j, 0) < p.rewire:
            for m in range(MOST_TRIES):
                c = int(p.n * u5(p.seed, TARGET, i, j, m))
                if c != i and c not in now[i]:
                    now[i].remove(j)
                    now[j].remove(i)
                    now[i].add(c)
                    now[c].add(i)
                    break
    return now


def hearers(p: Parameters) -> list[list[int]]:
    """Who hears each firefly, in order of id; they are whom it hears."""
    return [sorted(others) for others in rewired(p, joined(p))]


def neighbours(side: int, i: int) -> list[int]:
    """The 8 fireflies around ``i`` on the torus."""
    return on_grid(side, i, offsets("moore", 1), "torus")
