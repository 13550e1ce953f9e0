"""The file of a worker: its rows, a line each, of which nothing is taken on trust."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from experiments.files.strange_file import read_bounded
from experiments.sweep.measuring import DONE, FAILED, REFUSED, Row
from experiments.sweep.plan import Point, SweepPlan

MAX_ROWS_BYTES: Final = 4_000_000_000


def rows_of_log(path: Path, plan: SweepPlan, version: str) -> Iterator[Row]:
    """The rows in the file of a worker.

    A line that is none, as a lost machine leaves it, or that is of another plan or version, is
    passed over: its run is done again.

    Parameters
    ----------
    path
        Of the file.
    plan, version
        Of the sweep.

    Raises
    ------
    StrangeFileError
        It can't be read.
    """
    contents = read_bounded(path, MAX_ROWS_BYTES, "the rows of a worker")
    decode = msgspec.json.Decoder().decode
    for line in contents.splitlines(keepends=True):
        if line.endswith(b"\n") and line.strip():
            try:
                row = decode(line)
            except msgspec.DecodeError:
                continue
            if is_row_of(row, plan, version):
                yield row


def is_row_of(row: Any, plan: SweepPlan, version: str) -> bool:
    """Whether something is the row of a run of a plan, made by a version of the program."""
    if not isinstance(row, dict):
        return False
    cell, replicate = row.get("cell"), row.get("replicate")
    is_there = _is_below(plan.n_cells, cell) and _is_below(plan.seeds, replicate)
    if not is_there or row.get("seed") != plan.seed_of(Point(cell, replicate)):  # type: ignore[arg-type]
        return False
    if row.get("version") != version or "reason" not in row:
        return False
    if row.get("status") != DONE:
        return row.get("status") in (FAILED, REFUSED)
    is_measured = all(_is_number(row.get(name, "")) for name in plan.observe)
    return (
        is_measured and isinstance(row.get("flashes"), int) and isinstance(row.get("digest"), str)
    )


def _is_below(n: int, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < n


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
