"""Topologies: who hears whom."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.registry import Registry


class Topology(ABC):
    """The neighbours of each firefly: those that hear it, and that it hears.

    Parameters
    ----------
    parameters
        Those that restart a swarm, as attributes; a topology depends on no others.

    Attributes
    ----------
    name
        What it is called where it is chosen.
    side
        Fireflies along each edge; firefly ``i = y * side + x`` stands in row y of the grid.
    """

    name: ClassVar[str]

    def __init__(self, parameters: Any) -> None:
        self.side: int = parameters.side

    @abstractmethod
    def row(self, y: int) -> list[tuple[int, ...]]:
        """The neighbours of each firefly in row y, for x = 0 … side - 1; none is its own."""

    def rows(self) -> Iterator[list[tuple[int, ...]]]:
        """The neighbours of all, row by row, to be taken in slices."""
        return map(self.row, range(self.side))

    def neighbours(self, i: int) -> tuple[int, ...]:
        """The neighbours of one firefly."""
        y, x = divmod(i, self.side)
        return self.row(y)[x]

    def sums_around(self, values: NDArray[Any]) -> NDArray[Any]:
        """Sum over each firefly and its neighbours of a value by id; shape ``(n,)`` both."""
        members, starts = self._members
        sums: NDArray[Any] = np.add.reduceat(values[members], starts)
        return sums

    def sizes_around(self) -> NDArray[np.float64] | float:
        """How many each firefly and its neighbours are: by id, shape ``(n,)``, or for all."""
        members, starts = self._members
        return np.diff(starts, append=len(members)).astype(np.float64)

    @cached_property
    def _members(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Each firefly and its neighbours, one after the other, and where each begins."""
        groups = [(y * self.side + x, *others) for y, row in enumerate(self.rows())
                  for x, others in enumerate(row)]  # fmt: skip
        members = np.fromiter((i for group in groups for i in group), dtype=np.intp)
        lengths = np.fromiter(map(len, groups), dtype=np.intp)
        return members, np.cumsum(lengths) - lengths


class MooreTorus(Topology):
    """The 8 around each on a grid that wraps around, of side 3 at least."""

    name = "moore"

    def row(self, y: int) -> list[tuple[int, ...]]:
        """From the row above to the one below, from left to right."""
        side = self.side
        rows = [((y + dy) % side) * side for dy in (-1, 0, 1)]
        return [
            tuple(
                row + (x + dx) % side
                for dy, row in enumerate(rows, -1)
                for dx in (-1, 0, 1)
                if dx or dy
            )
            for x in range(side)
        ]

    def sums_around(self, values: NDArray[Any]) -> NDArray[Any]:
        """By rolling the grid, which takes no table of neighbours."""
        grid = values.reshape(self.side, self.side)
        rows = grid + np.roll(grid, 1, axis=0) + np.roll(grid, -1, axis=0)
        sums: NDArray[Any] = rows + np.roll(rows, 1, axis=1) + np.roll(rows, -1, axis=1)
        return sums.reshape(-1)

    def sizes_around(self) -> float:
        """Nine."""
        return 9.0


TOPOLOGIES: Final[Registry[type[Topology]]] = Registry([MooreTorus])
"""All there are, by name. One more is a class here, and the parameters that it needs."""
