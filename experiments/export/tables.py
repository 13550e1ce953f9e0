"""Tables and the formats they are written in: CSV, JSON Lines, Parquet, NumPy."""

from __future__ import annotations

import importlib.util
import inspect
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64] | NDArray[np.uint32] | Sequence[float | None]

OnShare: TypeAlias = Callable[[float], object]
"""Called now and then with the share that is done, in [0, 1]; what it raises ends the work."""

TABLE_FORMATS: Final = (".csv", ".jsonl", ".parquet")
ARRAY_FORMATS: Final = (".npy",)

PARQUET_KEY: Final = "fireflies"
"""The key under which a Parquet file holds its provenance."""

_ROWS_AT_ONCE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length, and what they mean.

    Attributes
    ----------
    what
        What the rows are, in a word: ``flashes``.
    columns
        Values by name. A sequence that is no array is of floats, None where one is missing.
    meanings
        What each column holds, with its unit, for people.
    """

    what: str
    columns: Mapping[str, Column]
    meanings: Mapping[str, str]

    @property
    def n_rows(self) -> int:
        """Number of rows.

        Raises
        ------
        ValueError
            The columns are not equally long.
        """
        lengths = {len(column) for column in self.columns.values()}
        if len(lengths) > 1:
            raise ValueError(f"columns of {self.what} must be equally long, got {sorted(lengths)}")
        return lengths.pop() if lengths else 0


def has_parquet() -> bool:
    """Whether the library that writes Parquet is installed."""
    return importlib.util.find_spec("polars") is not None


def write_table(
    path: Path,
    suffix: str,
    table: Table,
    about: str,
    on_share: OnShare | None = None,
) -> None:
    """Write a table; every number reads back as it was, to the last bit.

    Parameters
    ----------
    path
        File to write.
    suffix
        One of `TABLE_FORMATS`, or of `ARRAY_FORMATS` for a table of one column.
    table
        What to write. In the text formats numbers stand in their shortest exact form; what
        is missing is empty in CSV and null in JSON Lines, as is what is no finite number.
    about
        What made it, as JSON: kept in the file where the format has room for it.
    on_share
        Called now and then with the share written.

    Raises
    ------
    OSError
        It can't be written.
    """
    n_rows = table.n_rows
    note = on_share or (lambda _share: None)
    note(0.0)
    with path.open("wb") as file:
        if suffix in (".csv", ".jsonl"):
            for k, lines in enumerate(_lines(suffix, table)):
                file.write(lines)
                note(min(1.0, k * _ROWS_AT_ONCE / max(1, n_rows)))
            return
        # First to memory: these libraries have errors of their own for a full disk.
        contents = io.BytesIO()
        if suffix == ".parquet":
            _write_parquet(contents, table, about)
        else:
            (column,) = table.columns.values()
            np.save(contents, np.asarray(column), allow_pickle=False)
        file.write(contents.getbuffer())


def _write_parquet(file: io.BytesIO, table: Table, about: str) -> None:
    import polars

    frame = polars.DataFrame([_series(name, values) for name, values in table.columns.items()])
    can_tell = "metadata" in inspect.signature(frame.write_parquet).parameters
    options: dict[str, Any] = {"metadata": {PARQUET_KEY: about}} if can_tell else {}
    frame.write_parquet(file, **options)


def _series(name: str, values: Column) -> Any:
    import polars

    if isinstance(values, np.ndarray):
        return polars.Series(name, values)
    floats = [None if value is None else float(value) for value in values]
    return polars.Series(name, floats, dtype=polars.Float64)


def _lines(suffix: str, table: Table) -> Iterator[bytes]:
    names = list(table.columns)
    if suffix == ".csv":
        yield (",".join(names) + "\n").encode()
        template, missing = ",".join("%s" for _ in names) + "\n", ""
    else:
        template = "{" + ", ".join(f'"{name}": %s' for name in names) + "}\n"
        missing = "null"
    for first in range(0, table.n_rows, _ROWS_AT_ONCE):
        span = slice(first, first + _ROWS_AT_ONCE)
        cells = (_cells(column[span], missing) for column in table.columns.values())
        yield "".join(template % row for row in zip(*cells, strict=True)).encode()


def _cells(values: Column, missing: str) -> Iterable[str]:
    """The values as text."""
    if isinstance(values, np.ndarray) and np.isfinite(values).all():
        return map(repr, values.tolist())
    return (
        missing if value is None or not math.isfinite(value) else repr(value) for value in values
    )
