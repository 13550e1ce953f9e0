"""Rows of a sweep as a table: every parameter, the seed, what was measured, and how it ended."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.files.whole_file import write_whole
from experiments.model.fields import Value
from experiments.model.kinds import NumberField, WholeField
from experiments.model.parameters import PARAMETER_FIELDS
from experiments.sweep.measuring import Row
from experiments.sweep.plan import SweepPlan

if TYPE_CHECKING:
    import polars

_NUMBERED: Final = ("cell", "replicate")
_TOLD: Final = ("flashes", "digest", "seconds", "version", "status", "reason")

_WHOLE: Final = frozenset(("cell", "replicate", "seed", "flashes"))
_WORDS: Final = frozenset(("digest", "version", "status", "reason"))


def parameter_columns() -> tuple[str, ...]:
    """Names of the parameters that have a column: all that make a run, but for its seed."""
    return tuple(name for name in PARAMETER_FIELDS.of_run if name != "seed")


def column_names(plan: SweepPlan) -> tuple[str, ...]:
    """The columns of a plan's table, in order."""
    return (*_NUMBERED, "seed", *parameter_columns(), *plan.observe, *_TOLD)


def table_rows(plan: SweepPlan, rows: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
    """What a table holds of some rows, in the order of the runs; one of each run.

    A run that is there twice counts once: both are the same to the last bit, unless one of them
    failed, in which case it is the other.
    """
    best = best_of(rows)
    common = {each: PARAMETER_FIELDS[each].default for each in parameter_columns()} | dict(
        plan.fixed
    )
    names = column_names(plan)
    for key in sorted(best):
        told = {**common, **plan.values_of(key[0]), "seconds": plan.seconds, **best[key]}
        yield tuple(_cell(name, told.get(name)) for name in names)


def best_of(rows: Iterable[Row]) -> dict[tuple[int, int], Row]:
    """One row of each run, by its cell and its number."""
    best: dict[tuple[int, int], Row] = {}
    for row in rows:
        key = row["cell"], row["replicate"]
        if key not in best or best[key]["status"] != "done":  # of two failures the later
            best[key] = row
    return best


def frame_of(plan: SweepPlan, rows: Iterable[Row]) -> polars.DataFrame:
    """The table as a polars frame; only where polars is installed.

    Parameters are looked up for all rows at a time: a sweep has many rows, and few values.
    """
    import polars

    best = best_of(rows)
    keys = sorted(best)
    told = [best[key] for key in keys]
    cells = np.array([cell for cell, _ in keys], dtype=np.int64)
    places = dict(zip((axis.name for axis in plan.axes), _places(plan, cells), strict=True))
    axes = {axis.name: axis.values for axis in plan.axes}
    common = {each: PARAMETER_FIELDS[each].default for each in parameter_columns()}
    common |= {**plan.fixed, "seconds": plan.seconds}
    columns = []
    for name, kind in schema_of(plan).items():
        if name in axes:
            values = [_cell(name, each) for each in axes[name]]
            column = polars.Series(name, values, dtype=kind, strict=True).gather(places[name])
        elif name in common:
            one = polars.Series(name, [_cell(name, common[name])], dtype=kind, strict=True)
            column = one.new_from_index(0, len(keys))
        else:
            values = [row.get(name) for row in told]
            column = polars.Series(name, values, dtype=kind, strict=True)
        columns.append(column)
    return polars.DataFrame(columns)


def _places(plan: SweepPlan, cells: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Where some cells are along each axis."""
    return [each.astype(np.int64) for each in np.unravel_index(cells, plan.shape)]


def schema_of(plan: SweepPlan) -> dict[str, Any]:
    """The type of each column, as polars has it."""
    import polars

    kinds: dict[str, Any] = {}
    for name in column_names(plan):
        if name == "seed":
            kinds[name] = polars.UInt64
        elif name in _WHOLE or isinstance(PARAMETER_FIELDS.get(name), WholeField):
            kinds[name] = polars.Int64
        elif _is_text(name):
            kinds[name] = polars.String
        else:
            kinds[name] = polars.Float64
    return kinds


def _is_text(name: str) -> bool:
    """Whether a column holds words: that of a choice or of points too."""
    if name in _WORDS:
        return True
    field = PARAMETER_FIELDS.get(name)
    return field is not None and not isinstance(field, (NumberField, WholeField))


def _cell(name: str, value: Value) -> Any:
    """A value as a table has it: what is neither a number nor a word is written out."""
    if isinstance(value, (list, tuple)):
        return PARAMETER_FIELDS[name].text(value)
    return value


def write_table(path: Path, plan: SweepPlan, rows: Iterable[Row]) -> None:
    """Write a table to a file of its own, as its suffix says: Parquet, which takes polars, or CSV.

    Raises
    ------
    OSError
        It can't be written.
    """
    if path.suffix.lower() == ".parquet":
        contents = io.BytesIO()  # polars has errors of its own for a full disk
        frame_of(plan, rows).write_parquet(contents)
        write_whole(path, contents.getvalue())
    else:
        write_whole(path, csv_of(plan, rows))


# -- text, for where there is no polars --------------------------------------------------


def csv_of(plan: SweepPlan, rows: Iterable[Row]) -> bytes:
    """The table as CSV; numbers in their shortest exact form, what is missing empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(column_names(plan))
    writer.writerows(table_rows(plan, rows))
    return out.getvalue().encode()


def rows_of_csv(plan: SweepPlan, contents: bytes) -> Iterator[Row]:
    """The rows in such a table.

    Raises
    ------
    ValueError
        It is not one of this plan.
    """
    lines = csv.reader(io.StringIO(contents.decode(), newline=""))
    names = tuple(next(lines, ()))
    if names != column_names(plan):
        raise ValueError("its columns are not those of the plan")
    for line in lines:
        if len(line) != len(names):
            raise ValueError(f"a row has {len(line)} values instead of {len(names)}")
        yield _row_of(plan, dict(zip(names, map(_read, names, line), strict=True)))


def rows_of_frame(plan: SweepPlan, frame: polars.DataFrame) -> Iterator[Row]:
    """The rows in a frame that was made by :func:`frame_of`."""
    return (_row_of(plan, each) for each in frame.iter_rows(named=True))


def _row_of(plan: SweepPlan, told: Mapping[str, Any]) -> Row:
    kept: Sequence[str] = (*_NUMBERED, "seed", *plan.observe, *_TOLD)
    return {name: told[name] for name in kept if name != "seconds"}


def _read(name: str, text: str) -> Any:
    if not text:
        return None
    if name in _WHOLE:
        return int(text)
    return text if _is_text(name) else float(text)
