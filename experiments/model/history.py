"""Records of figures, kept in a compact form for as long as is worth it."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping


class History:
    """Columns of figures that grow by a record at a time, 8 bytes a figure.

    Parameters
    ----------
    names
        Of the columns.
    most
        Records to keep, the latest ones; None for all. A few more may be in memory, a
        tenth, so that room is made now and then and not at every record.
    """

    def __init__(self, names: Iterable[str], most: int | None = None) -> None:
        self._columns = {name: array("d") for name in names}
        self._most = most
        self._n_records = 0

    def __len__(self) -> int:
        return self._n_records if self._most is None else min(self._n_records, self._most)

    def add(self, record: Mapping[str, float | None]) -> None:
        """Take in a record; figures it lacks are missing, names without a column left out."""
        for name, column in self._columns.items():
            value = record.get(name)
            column.append(math.nan if value is None else value)
        self._n_records += 1
        if self._most is not None and self._n_records > self._most + self._most // 10:
            for column in self._columns.values():
                del column[: -self._most]
            self._n_records = self._most

    def columns(self) -> dict[str, list[float | None]]:
        """The records kept, oldest first: a list for each name, None where one is missing."""
        n = len(self)
        return {
            name: [None if math.isnan(value) else value for value in column[len(column) - n :]]
            for name, column in self._columns.items()
        }
