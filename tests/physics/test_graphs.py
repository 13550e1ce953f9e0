"""Graphs of who hears whom, by measures that are known in closed form."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np
import pytest

from experiments import Parameters, topology_of
from tests.physics.implementations import HearersOf


def clustering(hearers: list[list[int]]) -> float:
    """Mean share of pairs of neighbours that are joined (Watts & Strogatz 1998)."""
    around = [set(others) for others in hearers]
    shares = []
    for others in around:
        joined = sum(len(others & around[j]) for j in others) / 2
        shares.append(joined / (len(others) * (len(others) - 1) / 2))
    return sum(shares) / len(shares)


@pytest.mark.parametrize(
    ("rewire", "expected", "tolerance"), [(0.0, 0.642857, 1e-6), (0.1, 0.469, 0.03)]
)
def test_watts_strogatz_clustering(
    hearers_of: HearersOf, rewire: float, expected: float, tolerance: float
) -> None:
    """A ring of 4 on each side has 3 (k - 2) / (4 (k - 1)), k = 8, times about (1 - p)^3."""
    hearers = hearers_of({"side": 32, "topology": "ring", "k": 4, "rewire": rewire, "seed": 1})
    assert sum(map(len, hearers)) == 8 * 32 * 32
    assert clustering(hearers) == pytest.approx(expected, rel=tolerance)


def laplacian_eigenvalues(hearers: list[list[int]]) -> Any:
    """Ascending; the second tells how fast diffusion evens out the slowest pattern."""
    n = len(hearers)
    laplacian = np.zeros((n, n))
    for i, others in enumerate(hearers):
        laplacian[i, i] = len(others)
        laplacian[i, others] = -1
    return np.linalg.eigvalsh(laplacian)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"side": 20}, 6 - 6 * math.cos(2 * math.pi / 20)),  # 0.293661
        ({"side": 12, "topology": "neumann"}, 2 - 2 * math.cos(2 * math.pi / 12)),
        ({"side": 12, "topology": "neumann", "edges": "open"}, 2 - 2 * math.cos(math.pi / 12)),
        ({"side": 10, "topology": "ring", "k": 1}, 2 - 2 * math.cos(2 * math.pi / 100)),
        ({"side": 10, "topology": "all"}, 100.0),
    ],
)
def test_second_eigenvalue_of_the_laplacian(
    hearers_of: HearersOf, values: dict[str, Any], expected: float
) -> None:
    """Of the torus, the open grid, the ring and the complete graph it is known exactly."""
    found = laplacian_eigenvalues(hearers_of(values))
    assert found[0] == pytest.approx(0, abs=1e-10)
    assert found[1] == pytest.approx(expected, rel=1e-9)


def test_a_rewired_graph_takes_little_more_memory_than_its_edges() -> None:
    """At side 300 and radius 10 each has 440 neighbours: in sets that would be gigabytes."""
    topology = topology_of(Parameters(side=15, radius=5, rewire=0.1))
    tracemalloc.start()
    try:
        for _ in topology.prepare():
            pass
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    n_ends = sum(len(around) for row in topology.rows() for around in row)
    assert n_ends == 15 * 15 * 120
    assert most < 20 * n_ends
