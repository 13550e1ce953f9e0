"""The kernel of pictures: what a crowd takes most of their time for, compiled with the model.

Without numba the same is done with arrays, to the same bytes: each function here stands beside
that in the module that calls it. See :mod:`experiments.population.compiled.compiling`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

_Function = TypeVar("_Function", bound=Callable[..., Any])

KERNEL: Final[list[str]] = []
"""Names of the functions that are compiled."""
ENTRIES: Final = KERNEL
"""Names of those that are called from outside."""
INLINED: Final[frozenset[str]] = frozenset()
"""Names of those whose code is put where they are called."""

N_LANES: Final = 4
"""Rows of counts: neighbours count in different ones, so that none waits for the one before."""

_LANES: Final = N_LANES - 1

N_RATIOS: Final = 1_024.0
"""How finely the direction of a mean phase is told."""

_CHUNK: Final = 1_024


def _in_kernel(function: _Function) -> _Function:
    KERNEL.append(function.__name__)
    return function


@_in_kernel
def note_flashes(
    times: NDArray[np.float64],
    ids: NDArray[np.uint32],
    last: NDArray[np.float64],
    interval: NDArray[np.float64],
) -> float:
    """Take in flashes, in order; gives the shortest time between two of one firefly."""
    shortest = np.inf
    for at in range(len(times)):
        i = int(ids[at])
        between = times[at] - last[i]
        interval[i] = between
        last[i] = times[at]
        shortest = min(shortest, between)
    return shortest


@_in_kernel
def glow_levels(
    last: NDArray[np.float64],
    now: float,
    scale: float,
    levels: NDArray[np.uint16],
    counts: NDArray[np.int64],
) -> None:
    """Levels of the glow ``(1 - age)**2``, and how many have each: shape ``(n_lanes, 256)``."""
    n = len(last)
    for first in range(0, n, _CHUNK):
        end = min(n, first + _CHUNK)
        for i in range(first, end):  # on vectors of the processor
            left = 1.0 - (now - last[i]) * scale
            left = min(max(left, 0.0), 1.0)
            levels[i] = np.int32(np.rint(left * left * 255.0))
        for i in range(first, end):
            counts[i & _LANES, levels[i]] += 1


@_in_kernel
def phase_levels(
    zero: NDArray[np.float64],
    t: float,
    periods: NDArray[np.float64],
    stride: int,
    levels: NDArray[np.uint16],
    counts: NDArray[np.int64],
) -> None:
    """Levels of the share of each one's cycle that is over; counts as for the glow."""
    n = len(zero)
    for first in range(0, n, _CHUNK):
        end = min(n, first + _CHUNK)
        for i in range(first, end):
            share = (t - zero[i]) / periods[i * stride]
            share -= np.floor(share)
            levels[i] = np.int32(min(share * 256.0, 255.0))
        for i in range(first, end):
            counts[i & _LANES, levels[i]] += 1


@_in_kernel
def draw_brightest(
    levels: NDArray[np.uint16],
    rows: NDArray[np.uint32],
    columns: NDArray[np.uint32],
    colours: NDArray[np.uint32],
    row: NDArray[np.uint16],
    line: NDArray[np.uint16],
    out: NDArray[np.uint32],
) -> None:
    """Each pixel has the colour of the brightest of its members, which are ``(most, n_pixels)``."""
    height, width = out.shape
    for y in range(height):
        first = rows[0, y]
        for x in range(len(row)):
            row[x] = levels[first, x]
        for k in range(1, len(rows)):
            other = rows[k, y]
            if other != first:
                for x in range(len(row)):
                    row[x] = max(row[x], levels[other, x])
        for x in range(width):
            line[x] = row[columns[0, x]]
        for k in range(1, len(columns)):
            for x in range(width):
                line[x] = max(line[x], row[columns[k, x]])
        for x in range(width):
            out[y, x] = colours[line[x]]


@_in_kernel
def mean_levels(
    levels: NDArray[np.uint16],
    rows: NDArray[np.uint32],
    row_shares: NDArray[np.int32],
    columns: NDArray[np.uint32],
    column_shares: NDArray[np.int32],
    directions: NDArray[np.int32],
    of_eighth: NDArray[np.uint16],
    row: NDArray[np.int32],
    line: NDArray[np.int32],
    out: NDArray[np.uint16],
) -> None:
    """The level of the mean phase in each pixel: see :mod:`gui.picture.phase_means`."""
    height, width = out.shape
    first, end = len(levels), 0
    for k in range(len(columns)):
        for x in range(width):
            first, end = min(first, int(columns[k, x])), max(end, int(columns[k, x]) + 1)
    for y in range(height):
        row[:, first:end] = 0
        for k in range(len(rows)):
            share, at = row_shares[k, y], rows[k, y]
            if share > 0:
                for x in range(first, end):
                    row[0, x] += share * directions[0, levels[at, x]]
                    row[1, x] += share * directions[1, levels[at, x]]
        line[:2, :width] = 0
        for k in range(len(columns)):
            for x in range(width):
                line[0, x] += column_shares[k, x] * row[0, columns[k, x]]
                line[1, x] += column_shares[k, x] * row[1, columns[k, x]]
        for x in range(width):  # on vectors of the processor
            across, along = abs(line[0, x]), abs(line[1, x])
            large, small = max(across, along), min(across, along)
            line[2, x] = np.int32(small / max(large, 1) * N_RATIOS)
        for x in range(width):
            across, along = line[0, x], line[1, x]
            level = np.int32(of_eighth[np.uint32(line[2, x])])
            level = 63 - level if abs(along) > abs(across) else level
            level = 127 - level if across < 0 else level
            level = 255 - level if along < 0 else level
            is_nowhere = across == 0 and along == 0  # they are opposite, or have failed
            out[y, x] = levels[rows[0, y], columns[0, x]] if is_nowhere else level


def call_everything() -> None:
    """Call all of it, with arrays of the kinds that pictures have."""
    numbers, counts = np.ones(4), np.zeros((N_LANES, 256), dtype=np.int64)
    levels, colours = np.zeros((2, 2), np.uint16), np.zeros((2, 2), np.uint32)
    members = np.zeros((1, 2), dtype=np.uint32)
    note_flashes(np.ones(1), np.ones(1, dtype=np.uint32), numbers, numbers)
    glow_levels(numbers, 1.0, 1.0, levels.reshape(-1), counts)
    phase_levels(numbers, 1.0, numbers, 1, levels.reshape(-1), counts)
    row = levels[0].copy()
    draw_brightest(levels, members, members, colours.reshape(-1), row, row.copy(), colours)
    shares, directions = np.ones((1, 2), np.int32), np.ones((2, 257), np.int32)
    of_eighth = np.zeros(int(N_RATIOS) + 1, np.uint16)
    mean_levels(
        levels, members, shares, members, shares, directions, of_eighth,
        directions[:, :2].copy(), np.zeros((3, 2), np.int32), levels.copy(),
    )  # fmt: skip
