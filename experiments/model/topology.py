"""Topologies: who hears whom."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.model.fields import ParameterError, Value
from experiments.model.registry import Registry

TORUS, OPEN = "torus", "open"

MOST_IN_ALL: Final = 10_000
"""Fireflies that may all hear each other."""


class Lattice(NamedTuple):
    """A grid on which the same steps lead from everybody to its neighbours.

    Attributes
    ----------
    width, height
        Fireflies along x and y; firefly ``i = y * width + x``.
    steps
        (dx, dy) to each neighbour. Where the topology is wrapped they go around the edges, and
        elsewhere nobody is beyond them.
    """

    width: int
    height: int
    steps: tuple[tuple[int, int], ...]


class Topology(ABC):
    """The neighbours of each firefly: those that hear it, and that it hears.

    In which order they are served makes no difference: a pulse changes its hearer alone, and
    whoever it makes due flashes after all of them have had theirs.

    Parameters
    ----------
    parameters
        Those that restart a swarm, as attributes; a topology depends on no others.

    Attributes
    ----------
    name
        What it is called where it is chosen.
    is_complete
        Whether everybody hears everybody.
    is_grid
        Whether it is the places on the grid that make neighbours, so that there are rows, columns
        and squares of them.
    is_wrapped
        Whether the grid, or the ring, closes upon itself.
    side
        Fireflies along each edge; firefly ``i = y * side + x`` stands in row y of the grid.
    """

    name: ClassVar[str]
    is_complete: ClassVar[bool] = False
    is_grid: bool = False

    def __init__(self, parameters: Any) -> None:
        self.side: int = parameters.side
        self.is_wrapped: bool = getattr(parameters, "edges", TORUS) == TORUS

    @classmethod
    def check_beside(cls, values: Mapping[str, Value]) -> None:
        """Refuse parameters that it can't be made with: :class:`ParameterError`."""
        del values

    @property
    def lattice(self) -> Lattice | None:
        """Where the same steps lead from everybody to its neighbours; None if they don't."""
        return None

    @property
    def n_hearers(self) -> int:
        """How many hear a firefly, far from edges and with nothing rewired."""
        if self.is_complete:
            return self.side * self.side - 1
        if self.lattice is not None:
            return len(self.lattice.steps)
        return len(self.neighbours(self.side * self.side // 2))

    def prepare(self) -> Iterator[None]:
        """Work out what the rows need, to be taken in slices; nothing by default."""
        return iter(())

    @abstractmethod
    def row(self, y: int) -> Sequence[tuple[int, ...]]:
        """The neighbours of each firefly in row y, for x = 0 … side - 1; none is its own."""

    def rows(self) -> Iterator[Sequence[tuple[int, ...]]]:
        """The neighbours of all, row by row, to be taken in slices."""
        return map(self.row, range(self.side))

    def neighbours(self, i: int) -> tuple[int, ...]:
        """The neighbours of one firefly."""
        y, x = divmod(i, self.side)
        return self.row(y)[x]

    def far_neighbours(self, i: int) -> tuple[int, ...]:
        """Those of its neighbours that rewiring has joined to one firefly; none by default."""
        del i
        return ()

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


class GridTopology(Topology):
    """Those within a radius on the grid; derived classes say what a radius is.

    Attributes
    ----------
    radius
        Of the neighbourhood, in cells.
    """

    is_grid = True

    def __init__(self, parameters: Any) -> None:
        super().__init__(parameters)
        self.radius: int = getattr(parameters, "radius", 1)

    @classmethod
    def check_beside(cls, values: Mapping[str, Value]) -> None:
        """A neighbourhood must not be wider than the grid, on which it would meet itself."""
        radius, side = values.get("radius", 1), values["side"]
        if 2 * radius + 1 > side:
            allowed = f"at most half of the side ({side}), so that nobody is met twice"
            raise ParameterError("radius", radius, allowed, "side")

    @abstractmethod
    def half_width(self, away: int) -> int:
        """How far it reaches to either side, so many rows away; the same by columns."""

    def row(self, y: int) -> Sequence[tuple[int, ...]]:
        """From the row above to the one below, from left to right."""
        return [self._around(x, y) for x in range(self.side)]

    def neighbours(self, i: int) -> tuple[int, ...]:
        """The neighbours of one firefly."""
        y, x = divmod(i, self.side)
        return self._around(x, y)

    @property
    def lattice(self) -> Lattice:
        """The grid itself."""
        return Lattice(self.side, self.side, self._offsets)

    @cached_property
    def _offsets(self) -> tuple[tuple[int, int], ...]:
        r = self.radius
        return tuple(
            (dx, dy)
            for dy in range(-r, r + 1)
            for dx in range(-self.half_width(dy), self.half_width(dy) + 1)
            if dx or dy
        )

    def _around(self, x: int, y: int) -> tuple[int, ...]:
        side = self.side
        if self.is_wrapped:
            return tuple([(y + dy) % side * side + (x + dx) % side for dx, dy in self._offsets])
        return tuple(
            [
                (y + dy) * side + x + dx
                for dx, dy in self._offsets
                if 0 <= x + dx < side and 0 <= y + dy < side
            ]
        )

    def sums_around(self, values: NDArray[Any]) -> NDArray[Any]:
        """By moving the whole grid, which takes no table of neighbours."""
        grid = values.reshape(self.side, self.side)
        moved = self._moved
        # Sums along y of each length that is needed, then along x.
        columns = [grid]
        for reach in range(1, self.radius + 1):
            columns.append(columns[-1] + moved(grid, reach, 0) + moved(grid, -reach, 0))
        sums: NDArray[Any] = columns[self.half_width(0)]
        for dx in range(1, self.radius + 1):
            column = columns[self.half_width(dx)]
            sums = sums + moved(column, dx, 1) + moved(column, -dx, 1)
        return sums.reshape(-1)

    def sizes_around(self) -> NDArray[np.float64] | float:
        """One number where the grid wraps around; fewer at the edges otherwise."""
        if self.is_wrapped:
            return float(len(self._offsets) + 1)
        return self._open_sizes

    @cached_property
    def _open_sizes(self) -> NDArray[np.float64]:
        return self.sums_around(np.ones(self.side * self.side))

    def _moved(self, grid: NDArray[Any], by: int, axis: int) -> NDArray[Any]:
        """The grid moved along an axis; where it is open, what comes in from outside is 0."""
        rolled: NDArray[Any] = np.roll(grid, by, axis=axis)
        if not self.is_wrapped:
            edge = slice(0, by) if by > 0 else slice(by, None)
            rolled[edge if axis == 0 else (slice(None), edge)] = 0
        return rolled


class Moore(GridTopology):
    """The square of ``(2 r + 1)**2`` around each, without itself."""

    name = "moore"

    def half_width(self, away: int) -> int:
        """The radius, in every row."""
        return self.radius


class Neumann(GridTopology):
    """The diamond ``|dx| + |dy| <= r`` around each, without itself."""

    name = "neumann"

    def half_width(self, away: int) -> int:
        """The less, the farther the row is."""
        return self.radius - abs(away)


class Ring(Topology):
    """So many on each side along the ids.

    Attributes
    ----------
    k
        How many on each side.
    """

    name = "ring"

    def __init__(self, parameters: Any) -> None:
        super().__init__(parameters)
        self.k: int = parameters.k

    @property
    def lattice(self) -> Lattice:
        """One row."""
        around = (*range(-self.k, 0), *range(1, self.k + 1))
        return Lattice(self.side * self.side, 1, tuple([(dx, 0) for dx in around]))

    @classmethod
    def check_beside(cls, values: Mapping[str, Value]) -> None:
        """Nobody is to be met on both sides."""
        k, side = values["k"], values["side"]
        if 2 * k + 1 > side * side:
            allowed = f"at most half of the fireflies ({side * side}), so that nobody is met twice"
            raise ParameterError("k", k, allowed, "side")

    def row(self, y: int) -> Sequence[tuple[int, ...]]:
        """The neighbours of each in a row."""
        return [self.neighbours(i) for i in range(y * self.side, (y + 1) * self.side)]

    def neighbours(self, i: int) -> tuple[int, ...]:
        """Those before it, and those after it."""
        n, k = self.side * self.side, self.k
        around = (*range(i - k, i), *range(i + 1, i + k + 1))
        if self.is_wrapped:
            return tuple([j % n for j in around])
        return tuple([j for j in around if 0 <= j < n])


class All(Topology):
    """Everybody hears everybody else."""

    name = "all"
    is_complete = True

    @classmethod
    def check_beside(cls, values: Mapping[str, Value]) -> None:
        """The pulses of a cycle are as many as there are pairs."""
        if values["side"] ** 2 > MOST_IN_ALL:
            most = int(MOST_IN_ALL**0.5)
            allowed = f"at most {most} where all {MOST_IN_ALL:,} hear each other (topology all)"
            raise ParameterError("side", values["side"], allowed, "topology")

    def row(self, y: int) -> Sequence[tuple[int, ...]]:
        """The neighbours of each in a row."""
        return [self.neighbours(i) for i in range(y * self.side, (y + 1) * self.side)]

    def neighbours(self, i: int) -> tuple[int, ...]:
        """All but itself."""
        return (*range(i), *range(i + 1, self.side * self.side))

    def sums_around(self, values: NDArray[Any]) -> NDArray[Any]:
        """The same for all."""
        return np.full(len(values), values.sum())

    def sizes_around(self) -> float:
        """All."""
        return float(self.side * self.side)


TOPOLOGIES: Final[Registry[type[Topology]]] = Registry((Moore, Neumann, Ring, All))
"""All there are, by name. One more is a class here, and the parameters that it needs."""
