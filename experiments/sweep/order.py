"""The order of a sweep: first coarsely over the whole range, then where neighbours differ most.

The grid of cells is parted into blocks. A block whose corners are measured is split at its middle
in each direction, those first whose corners differ most; so the borders of a map become sharp
long before its plains are filled, and in the end every cell is measured. What comes when changes
no result: the seed of a run is drawn from its place alone.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from typing import Final

from experiments.model.measured import MeasuredNumber
from experiments.model.observables import R
from experiments.sweep.averages import range_of
from experiments.sweep.plan import Point, SweepPlan

COARSE: Final = 5
"""Cells along each axis to begin with, ends included."""

_CellPlace = tuple[int, ...]
Block = tuple[tuple[int, int], ...]
"""First and last index along each axis."""


class CoarseToFine:
    """Which run is next.

    Parameters
    ----------
    plan
        Whose runs.
    value_of
        What the map shows of a cell, by its number; None where nothing is defined, and nan as
        long as it isn't known; :meth:`note` tells when that changes.
    measured
        What that is.

    Notes
    -----
    A cell that has a value beside one where none is defined, as the time to an order that is
    never reached, differs more from it than any two values do.
    """

    def __init__(
        self,
        plan: SweepPlan,
        value_of: Callable[[int], float | None],
        measured: MeasuredNumber = R,
    ) -> None:
        self._plan = plan
        self._value_of = value_of
        self._measured = measured
        self._asked: set[int] = set()
        self._next: deque[Point] = deque()
        self._blocks: list[tuple[tuple[float, int, int], Block]] = []
        self._waiting: OrderedDict[Block, None] = OrderedDict()
        self._waiting_for: dict[int, list[Block]] = {}
        self._number = itertools.count()
        self._begin()

    def take(self) -> Point | None:
        """The next run; None if all have been given."""
        while not self._next:
            if not self._split():
                return None
        return self._next.popleft()

    def note(self, cell: int) -> None:
        """What the map shows of a cell has become known."""
        for block in self._waiting_for.pop(cell, ()):
            if block in self._waiting:
                del self._waiting[block]
                self._add(block)

    # -- coarse -------------------------------------------------------------------------

    def _begin(self) -> None:
        lines = [_spread_out(n) for n in self._plan.shape]
        cells = [self._plan.cell_at(place) for place in itertools.product(*lines)]
        self._asked.update(cells)
        seeds = self._plan.seeds
        # One run of each first: the whole range is seen as soon as it can be.
        self._next.extend(Point(cell, 0) for cell in cells)
        self._next.extend(Point(cell, k) for cell in cells for k in range(1, seeds))
        spans = [
            list(itertools.pairwise(line)) if len(line) > 1 else [(line[0], line[0])]
            for line in lines
        ]
        for block in itertools.product(*spans):
            self._add(block)

    # -- fine ---------------------------------------------------------------------------

    def _split(self) -> bool:
        """Ask for the cells in the middle of some block; whether there was one to be split."""
        if self._blocks:
            _, block = heapq.heappop(self._blocks)
        elif self._waiting:  # better too early than an idle worker
            block, _ = self._waiting.popitem(last=False)
        else:
            return False
        lines = [sorted({low, (low + high) // 2, high}) for low, high in block]
        for place in itertools.product(*lines):
            cell = self._plan.cell_at(place)
            if cell not in self._asked:
                self._asked.add(cell)
                self._next.extend(Point(cell, k) for k in range(self._plan.seeds))
        spans = [list(itertools.pairwise(line)) or [(line[0], line[0])] for line in lines]
        for part in itertools.product(*spans):
            if part != block:
                self._add(part)
        return True

    def _add(self, block: Block) -> None:
        """Take up a block that may be split: with its rank, or until its corners are known."""
        if all(high - low <= 1 for low, high in block):
            return
        values = []
        for place in itertools.product(*(sorted({low, high}) for low, high in block)):
            cell = self._plan.cell_at(place)
            value = self._value_of(cell)
            if value is not None and math.isnan(value):
                self._waiting[block] = None
                self._waiting_for.setdefault(cell, []).append(block)
                return
            values.append(value)
        size = math.prod(high - low + 1 for low, high in block)
        rank = (-difference(self._measured, values), -size, next(self._number))
        heapq.heappush(self._blocks, (rank, block))


def difference(measured: MeasuredNumber, values: Iterable[float | None]) -> float:
    """How much some values differ: infinitely if one is defined and another is not."""
    found = list(values)
    known = [value for value in found if value is not None]
    if not known:
        return 0.0
    return range_of(measured, known) if len(known) == len(found) else math.inf


def _spread_out(n: int) -> list[int]:
    """At most :data:`COARSE` indices below `n`, evenly spread, ends included."""
    k = min(n, COARSE)
    return sorted({round(at * (n - 1) / max(1, k - 1)) for at in range(k)})
