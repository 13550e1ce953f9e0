"""Rewiring: some of the edges of a topology lead elsewhere, as in small worlds."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from typing import Any, Final

from experiments.model.random_streams import REWIRING, TARGETS, mix, uniform
from experiments.model.topology import Topology

_TRIES: Final = 64
EDGES_AT_ONCE: Final = 1_000
"""Edges that are looked at before somebody else has a turn: a few ms."""


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
        for row in self.base.rows():
            joined += [array("I", sorted(around)) for around in row]
            yield
        n_rewired = n_looked_at = 0
        for i in range(n):
            around = self.base.neighbours(i)
            n_looked_at += len(around)
            for j in self._chosen(i, sorted(j for j in around if j > i)):
                c = self._target(i, j, n, joined[i])
                if c is not None:
                    del joined[i][bisect_left(joined[i], j)]
                    del joined[j][bisect_left(joined[j], i)]
                    insort(joined[i], c)
                    insort(joined[c], i)
                    n_rewired += 1
            if n_looked_at >= EDGES_AT_ONCE:
                n_looked_at = 0
                yield
        self.n_rewired, self._neighbours = n_rewired, joined

    def _chosen(self, i: int, js: Sequence[int]) -> list[int]:
        """Those of the edges to `js` that are to be replaced."""
        # u5(seed, REWIRING, i, j, 0): the last mix but one is that of j, the last that of 0
        key = mix(self._decision_key ^ i)
        return [j for j in js if uniform(mix(key ^ j), 0) < self._share]

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
