"""Avalanches in flash logs, and the law that theory gives for them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from experiments import Parameters, Topology, topology_of
from experiments.model import avalanches as module
from experiments.model.avalanches import avalanches
from experiments.model.theory import avalanche_law, locking_limit, mean_avalanche
from experiments.model.topology import Moore

TORUS = topology_of(Parameters(side=10))


class AllToAll(Topology):
    """Everybody hears everybody."""

    name = "everybody"
    is_complete = True

    def row(self, y: int) -> list[tuple[int, ...]]:
        n = self.side**2
        return [tuple(j for j in range(n) if j != y * self.side + x) for x in range(self.side)]


class Pairs(Topology):
    """2k and 2k + 1 hear each other, the last one of an odd number nobody."""

    name = "pairs"

    def row(self, y: int) -> list[tuple[int, ...]]:
        n = self.side**2
        ids = range(y * self.side, (y + 1) * self.side)
        return [(i ^ 1,) if i ^ 1 < n else () for i in ids]


def at(t: float, *ids: int) -> tuple[list[float], list[int]]:
    return [t] * len(ids), list(ids)


def log_of(*parts: tuple[list[float], list[int]]) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
    times = np.array([t for part in parts for t in part[0]])
    return times, np.array([i for part in parts for i in part[1]], dtype=np.uint32)


def naive(
    times: NDArray[np.float64], ids: NDArray[np.uint32], topology: Topology
) -> list[tuple[float, int]]:
    """The same by walking from each flash to its neighbours."""
    found = []
    for t in dict.fromkeys(times.tolist()):
        left = [int(i) for i in ids[times == t]]
        while left:
            size, edge = 0, {left[0]}
            reached: set[int] = set()
            while edge:
                i = edge.pop()
                reached.add(i)
                edge |= {j for j in topology.neighbours(i) if j in left} - reached
            size = sum(i in reached for i in left)
            left = [i for i in left if i not in reached]
            found.append((t, size))
    return found


def told(times: NDArray[np.float64], sizes: NDArray[np.int64]) -> list[tuple[float, int]]:
    return list(zip(times.tolist(), sizes.tolist(), strict=True))


def test_neighbours_that_flash_at_one_instant_are_one_avalanche() -> None:
    """Also by way of others and across the edge; those far off, and a moment later, are others."""
    log = log_of(at(1.0, 0, 11, 22, 55), at(2.0, 99, 0), at(2.0000000001, 9))
    assert told(*avalanches(*log, TORUS)) == [(1.0, 3), (1.0, 1), (2.0, 2), (2.0000000001, 1)]


def test_the_order_of_the_log_within_an_instant_makes_no_difference_to_sizes() -> None:
    """A chain is one avalanche, whoever comes first in the log."""
    chain = [0, 11, 22, 33, 44, 55]
    for seed in range(10):
        ids = np.random.default_rng(seed).permutation(chain)
        assert told(*avalanches(*log_of(at(3.0, *ids)), TORUS)) == [(3.0, 6)]


def test_a_firefly_that_flashes_twice_at_one_instant_counts_twice() -> None:
    """As it does if it is made to."""
    log = log_of(at(1.0, 5, 5), at(1.5, 7, 8, 7, 50))
    assert told(*avalanches(*log, TORUS)) == [(1.0, 2), (1.5, 3), (1.5, 1)]


def test_a_log_without_flashes_has_none() -> None:
    """Two empty arrays."""
    times, sizes = avalanches(*log_of(), TORUS)
    assert len(times) == len(sizes) == 0


@pytest.mark.parametrize("kind", [Moore, AllToAll, Pairs])
@pytest.mark.parametrize("at_once", [1 << 16, 7])
def test_avalanches_are_those_of_a_walk(
    kind: type[Topology], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random logs, few and many flashes at an instant, on any topology, however it is cut."""
    monkeypatch.setattr(module, "FLASHES_AT_ONCE", at_once)
    topology = kind(Parameters(side=7))
    rng = np.random.default_rng(11)
    for n_instants, most in ((1, 40), (5, 25), (100, 3)):
        crowds = [rng.permutation(49)[: rng.integers(1, most + 1)] for _ in range(n_instants)]
        log = log_of(*(at(k / 4.0, *crowd) for k, crowd in enumerate(crowds)))
        assert told(*avalanches(*log, topology)) == naive(*log, topology)


def test_a_long_chain_is_found_whole() -> None:
    """A snake through a large torus, in the worst order, is one avalanche."""
    side = 60
    topology = topology_of(Parameters(side=side))
    snake = [y * side + x for y in range(0, side - 1, 2) for x in range(side - 1)]
    snake += [y * side + (side - 2 if y % 4 == 1 else 0) for y in range(1, side - 2, 2)]
    ids = np.array(snake[::-1], dtype=np.uint32)
    assert told(*avalanches(np.full(len(ids), 2.0), ids, topology)) == [(2.0, len(ids))]


def test_the_law_of_avalanches_has_the_figures_of_its_paper_s_case() -> None:
    """N 100, alpha 0.8: mean 4.8077, P(1), P(2) and P(5) = 0.4376, 0.1593 and 0.0399."""
    sizes = np.arange(1, 101)
    law = avalanche_law(100, 0.8, sizes)
    assert law.sum() == pytest.approx(1.0, abs=1e-12)
    assert (law * sizes).sum() == pytest.approx(4.8077, abs=5e-5)
    assert mean_avalanche(100, 0.8) == pytest.approx((law * sizes).sum(), rel=1e-12)
    assert law[[0, 1, 4]] == pytest.approx([0.4376, 0.1593, 0.0399], abs=5e-5)


@pytest.mark.parametrize(("n", "alpha"), [(9, 0.0), (9, 0.5), (2_500, 0.98), (10_000, 0.99)])
def test_the_law_of_avalanches_is_a_law(n: int, alpha: float) -> None:
    """Its probabilities add up to 1, and its mean is the one of the formula."""
    sizes = np.arange(1, n + 1)
    law = avalanche_law(n, alpha, sizes)
    assert law.min() >= 0.0
    assert law.sum() == pytest.approx(1.0, abs=1e-9)
    assert (law * sizes).sum() == pytest.approx(mean_avalanche(n, alpha), rel=1e-9)


def test_avalanches_of_the_driven_model_follow_the_law() -> None:
    """Levels driven at random, all to all, N 100, alpha 0.8: mean, P(1), P(2), P(5) to 4 errors."""
    n, alpha, rng = 100, 0.8, np.random.default_rng(4)
    level, sizes = rng.random(n), []
    for step in range(60_000):
        i = int(rng.integers(n))
        level[i] += 0.022 * rng.random() * 2
        size, due = 0, level >= 1.0
        while due.any():
            size += int(due.sum())
            level[due] -= 1.0
            level += alpha / n * due.sum()
            due = level >= 1.0
        if size and step > 20_000:
            sizes.append(size)
    law = avalanche_law(n, alpha, np.arange(1, n + 1))
    spread = np.sqrt((law * np.arange(1, n + 1) ** 2).sum() - mean_avalanche(n, alpha) ** 2)
    error = 4.0 / np.sqrt(len(sizes))
    assert np.mean(sizes) == pytest.approx(mean_avalanche(n, alpha), abs=error * spread)
    for size in (1, 2, 5):
        chance = law[size - 1]
        found = np.mean(np.array(sizes) == size)
        assert found == pytest.approx(chance, abs=error * np.sqrt(chance * (1.0 - chance)))


@pytest.mark.parametrize(("alpha", "size"), [(1.0, 1), (-0.1, 1), (0.5, 0), (0.5, 10)])
def test_what_no_law_is_for_is_refused(alpha: float, size: int) -> None:
    """In words that say what is allowed."""
    with pytest.raises(ValueError, match=r"must be from (0 to below 1|1 to 9), got"):
        avalanche_law(9, alpha, np.array([size]))


def test_the_limit_of_locking() -> None:
    """Mirollo-Strogatz, b 3, eps 0.1: 1:1 until T2 / T1 = 1.375065."""
    assert locking_limit(3.0, 0.1) == pytest.approx(1.375065, abs=5e-7)
    assert locking_limit(3.0, 0.0) == 1.0
