"""Cells of a grid as a few short lines: ``3-7: 10-14, 20`` is rows, then columns."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LIST: Final = r"\d{1,6}(?:\s*-\s*\d{1,6})?(?:\s*,\s*\d{1,6}(?:\s*-\s*\d{1,6})?)*"
_LINE: Final = re.compile(rf"\s*({_LIST})\s*:\s*({_LIST})\s*", re.ASCII)
_SPAN: Final = re.compile(r"(\d+)(?:\s*-\s*(\d+))?", re.ASCII)

ALLOWED: Final = 'rows, a colon, and columns, as "3-7: 10-14, 20", ascending and each once'

CellLine = tuple[tuple[range, ...], tuple[range, ...]]
"""Rows and columns."""


def parse_cells(lines: Sequence[str]) -> tuple[CellLine, ...]:
    """What lines say.

    Raises
    ------
    ValueError
        One is no such line, or a row comes twice; the message is the line.
    """
    parsed: list[CellLine] = []
    taken: list[range] = []
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(line)
        rows, columns = _spans(match[1]), _spans(match[2])
        taken += rows
        if not (_are_apart(rows) and _are_apart(columns)):
            raise ValueError(line)
        parsed.append((rows, columns))
    taken.sort(key=lambda span: span.start)
    for before, after in itertools.pairwise(taken):
        if before.stop > after.start:
            raise ValueError(f"row {after.start} twice")
    return tuple(parsed)


def _spans(text: str) -> tuple[range, ...]:
    return tuple(
        range(int(first), int(last or first) + 1) for first, last in _SPAN.findall(text)
    )  # fmt: skip


def _are_apart(spans: Sequence[range]) -> bool:
    """Whether none is empty, and each begins after the one before has ended."""
    ends = [0, *(span.stop for span in spans)]
    return all(span and span.start >= end for span, end in zip(spans, ends, strict=False))


def extent(parsed: Iterable[CellLine]) -> int:
    """The highest row or column."""
    return max(spans[-1].stop - 1 for line in parsed for spans in line)


def ids_of(parsed: Iterable[CellLine], side: int) -> NDArray[np.intp]:
    """Ids of the cells on a grid that they fit, ascending."""
    grid = np.zeros((side, side), dtype=bool)
    for rows, columns in parsed:
        row = np.zeros(side, dtype=bool)
        for span in columns:
            row[span.start : span.stop] = True
        for span in rows:
            grid[span.start : span.stop] |= row
    return np.flatnonzero(grid)


def lines_of(ids: Iterable[int], side: int) -> tuple[str, ...]:
    """Lines that say which cells: rows that have the same columns are told together."""
    grid = np.zeros(side * side, dtype=bool)
    grid[np.fromiter(ids, dtype=np.intp)] = True
    rows_by_columns: dict[bytes, list[int]] = {}
    for y, row in enumerate(grid.reshape(side, side)):
        if row.any():
            rows_by_columns.setdefault(row.tobytes(), []).append(y)
    return tuple(
        f"{_text(rows)}: {_text(np.flatnonzero(np.frombuffer(row, dtype=bool)).tolist())}"
        for row, rows in rows_by_columns.items()
    )


def _text(numbers: Sequence[int]) -> str:
    """Ascending numbers as spans: ``0-3, 7``."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans)
