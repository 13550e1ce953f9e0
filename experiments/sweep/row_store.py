"""The rows of a sweep as arrays, as they come, without the table's library."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from experiments.keep.session import Session
from experiments.sweep.averages import means_of
from experiments.sweep.folder import SweepError, SweepFolder
from experiments.sweep.measuring import DONE, Row, state_of
from experiments.sweep.plan import Point, SweepPlan
from experiments.sweep.results import session_of_row
from experiments.sweep.rows import best_of


class RowStore:
    """What is known of each run of a plan; a row is added at any time, from any thread.

    Parameters
    ----------
    plan
        Whose rows.
    rows
        Those that there are already; one of each run.

    Attributes
    ----------
    plan
        The same.
    """

    def __init__(self, plan: SweepPlan, rows: Iterable[Row] = ()) -> None:
        self.plan = plan
        self._lock = threading.Lock()
        shape = (len(plan.observe), plan.n_cells, plan.seeds)
        self._values = np.full(shape, np.nan)
        self._states = np.zeros(shape[1:], dtype=np.uint8)
        self._reasons: dict[int, str] = {}
        self._rows: dict[Point, Row] = {}
        self.add(rows)

    def add(self, rows: Iterable[Row]) -> None:
        """Take in some rows."""
        with self._lock:
            for row in rows:
                point = Point(row["cell"], row["replicate"])
                self._rows[point] = row
                self._states[point.cell, point.replicate] = state_of(row)
                if row["reason"]:
                    self._reasons[point.cell] = row["reason"]
                if row["status"] == DONE:
                    found = [row[name] for name in self.plan.observe]
                    self._values[:, point.cell, point.replicate] = [
                        np.nan if value is None else value for value in found
                    ]

    def values(self, name: str) -> NDArray[np.float64]:
        """An observable of every run, shape ``(*plan.shape, seeds)``; nan where none is yet."""
        at = self.plan.observe.index(name)
        with self._lock:
            found: NDArray[np.float64] = self._values[at].copy()
        return found.reshape(*self.plan.shape, self.plan.seeds)

    def map(self, name: str) -> NDArray[np.float64]:
        """The means of the cells, nan where there is none yet, shape ``plan.shape``."""
        return means_of(self.plan.measured[name], self.values(name))

    def states(self) -> NDArray[np.uint8]:
        """How far every run is, as :class:`~experiments.sweep.measuring.RunState` has it.

        Shape ``(*plan.shape, seeds)``.
        """
        with self._lock:
            return self._states.copy().reshape(*self.plan.shape, self.plan.seeds)

    def reasons(self) -> dict[int, str]:
        """Why a run of a cell has no result, by numbers of cells."""
        with self._lock:
            return dict(self._reasons)

    def rows(self) -> list[Row]:
        """The rows that there are by now."""
        with self._lock:
            return list(self._rows.values())

    def session(self, cell: int, replicate: int = 0) -> Session:
        """A run as a session, which repeats it.

        Raises
        ------
        SweepError
            It has no result, or none yet.
        """
        row = self._rows.get(Point(cell, replicate))
        if row is None:
            raise SweepError(f"there is no run {replicate} of cell {cell}, as yet")
        return session_of_row(self.plan, row)


def kept_rows(folder: SweepFolder) -> RowStore:
    """The rows that are kept in a folder, where the library of its tables may not be there.

    Raises
    ------
    SweepError
        A file of it can't be read.
    """
    return RowStore(folder.plan, best_of(folder.rows()).values())
