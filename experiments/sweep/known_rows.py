"""The rows of a sweep as its engine's cache: what is kept is found, and what is new is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import cascade as cs
from experiments.sweep.folder import OwnedFolder
from experiments.sweep.measuring import FAILED, REFUSED, Batch, Row
from experiments.sweep.pace import SweepProgress
from experiments.sweep.plan import Point


class KnownRows:
    """The rows of a sweep: where a cache finds those of a batch, and keeps new ones.

    Parameters
    ----------
    folder
        Where they are kept; None for in memory alone.
    """

    def __init__(self, folder: OwnedFolder | None) -> None:
        self.folder = folder
        self._found: dict[Point, Row] = {}
        self.rows: list[Row] = []
        for row in () if folder is None else folder.rows():
            if row["status"] != FAILED:  # which is tried again
                self._found[Point(row["cell"], row["replicate"])] = row

    def __contains__(self, point: Point) -> bool:
        return point in self._found

    @property
    def found(self) -> Collection[Row]:
        """Those that there were before."""
        return self._found.values()

    def progress(self, total: int) -> SweepProgress:
        """How far a sweep of so many runs is before it begins anew."""
        n = len(self._found)
        refused = sum(row["status"] == REFUSED for row in self.found)
        return SweepProgress(n, total, refused, n, 0.0, None, refused)

    def check(self, task: cs.Task[..., Any], arguments: Mapping[str, Any]) -> Any:
        """The rows of a batch of which all are known."""
        batch: Batch = arguments["batch"]
        if all(point in self._found for point in batch.points):
            return [self._found[point] for point in batch.points]
        return cs.MISS

    def save(self, task: cs.Task[..., Any], arguments: Mapping[str, Any], result: Any) -> None:
        """Keep the rows of a batch."""
        self.keep(result)

    def keep(self, rows: Sequence[Row]) -> None:
        """Keep rows."""
        if self.folder is None:
            self.rows.extend(rows)
        else:
            self.folder.keep(rows)
