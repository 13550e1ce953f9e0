"""Rewiring: some of the edges of a topology lead elsewhere, as in small worlds."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.random_streams import (
    REWIRING,
    TARGETS,
    mix,
    mix_array,
    uniform,
    uniform_array,
)
from experiments.model.topology import Topology

_TRIES: Final = 64
EDGES_AT_ONCE: Final = 1_000
"""Edges that are replaced before somebody else has a turn: a few ms."""


class Rewired(Topology):
    """A topology, of whose edges each is replaced with a probability (Watts & Strogatz 1998).

    The edges (i, j), i < j, are looked at in ascending order. With probability `rewire` one is
    replaced by (i, c), c drawn evenly among all until it is neither i nor joined to i by then;
    after 64 draws the edge stays. Independent of the order in which anything happens: the
    numbers are those of ``u5(seed, stream, i, j, m)``.

    Parameters
    ----------
    base
        The topology.
    parameters
        ``seed`` and ``rewire``, as attributes.

    Attributes
    ----------
    n_rewired
        Edges that were replaced.
    """

    name = "rewired"

    def __init__(self, base: Topology, parameters: Any) -> None:
        super().__init__(parameters)
        self.is_wrapped, self.is_grid = base.is_wrapped, base.is_grid
        self.base = base
        self.n_rewired = 0
        self._share: float = parameters.rewire
        self._decision_key, self._target_key = (
            mix(mix(parameters.seed) ^ stream) for stream in (REWIRING, TARGETS)
        )
        # Of each in ascending order, and packed: sets take more than ten times as much memory.
        self._neighbours: list[array[int]] = []

    def prepare(self) -> Iterator[None]:
        """Replace edges, a few at a time."""
        if self._neighbours:
            return
        n = self.side * self.side
        joined: list[array[int]] = []
        chosen: list[NDArray[np.uint32]] = []
        for row in self.base.rows():
            chosen.append(self._chosen(len(joined), row))
            joined += [array("I", sorted(around)) for around in row]
            yield
        n_rewired = n_tried = 0
        for edges in chosen:
            for i, j in edges.tolist():
                n_tried += 1
                c = self._target(i, j, n, joined[i])
                if c is not None:
                    del joined[i][bisect_left(joined[i], j)]
                    del joined[j][bisect_left(joined[j], i)]
                    insort(joined[i], c)
                    insort(joined[c], i)
                    n_rewired += 1
                if n_tried % EDGES_AT_ONCE == 0:
                    yield
        self.n_rewired, self._neighbours = n_rewired, joined

    def _chosen(self, first: int, row: Sequence[tuple[int, ...]]) -> NDArray[np.uint32]:
        """The edges (i, j), i < j, of a row that are to be replaced, in ascending order."""
        lengths = np.fromiter(map(len, row), dtype=np.intp)
        i = np.repeat(np.arange(first, first + len(row), dtype=np.uint64), lengths)
        j = np.fromiter(chain.from_iterable(row), dtype=np.uint64, count=len(i))
        is_first = i < j
        i, j = i[is_first], j[is_first]
        # u5(seed, REWIRING, i, j, 0): the last mix but one is that of j, the last that of 0
        keys = mix_array(mix_array(np.uint64(self._decision_key) ^ i) ^ j)
        is_chosen = uniform_array(keys, 0) < self._share
        i, j = i[is_chosen], j[is_chosen]
        in_order = np.lexsort((j, i))
        return np.stack((i[in_order], j[in_order]), axis=1).astype(np.uint32)

    def _target(self, i: int, j: int, n: int, joined: array[int]) -> int | None:
        """Where the edge leads instead; None if it stays."""
        key = mix(mix(self._target_key ^ i) ^ j)
        for m in range(_TRIES):
            c = int(n * uniform(key, m))
            place = bisect_left(joined, c)
            if c != i and (place == len(joined) or joined[place] != c):
                return c
        return None

    def row(self, y: int) -> Sequence[tuple[int, ...]]:
        """In ascending order."""
        self._finish()
        return [*map(tuple, self._neighbours[y * self.side : (y + 1) * self.side])]

    def neighbours(self, i: int) -> tuple[int, ...]:
        """In ascending order."""
        self._finish()
        return tuple(self._neighbours[i])

    def far_neighbours(self, i: int) -> tuple[int, ...]:
        """In ascending order."""
        before = frozenset(self.base.neighbours(i))
        return tuple([j for j in self.neighbours(i) if j not in before])

    def moved_edges(self) -> list[tuple[int, int]]:
        """The edges (i, j), i < j, that there are not without rewiring, in ascending order."""
        self._finish()
        base = (around for row in self.base.rows() for around in row)
        return [
            (i, j)
            for i, (before, after) in enumerate(zip(base, self._neighbours, strict=True))
            for j in after
            if j > i and j not in before
        ]

    def _finish(self) -> None:
        for _ in self.prepare():
            pass
