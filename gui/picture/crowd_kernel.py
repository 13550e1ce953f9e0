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
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    colours: NDArray[np.uint32],
    row: NDArray[np.uint16],
    out: NDArray[np.uint32],
) -> None:
    """Each pixel has the colour of the brightest of its members, which are ``(most, n_pixels)``."""
    height, width = out.shape
    side = len(row)
    for y in range(height):
        first = rows[0, y]
        for x in range(side):
            row[x] = levels[first, x]
        for k in range(1, len(rows)):
            next_one = rows[k, y]
            for x in range(side):
                row[x] = max(row[x], levels[next_one, x])
        for x in range(width):
            brightest = row[columns[0, x]]
            for k in range(1, len(columns)):
                brightest = max(brightest, row[columns[k, x]])
            out[y, x] = colours[brightest]


@_in_kernel
def mean_levels(
    levels: NDArray[np.uint16],
    rows: NDArray[np.intp],
    row_shares: NDArray[np.int32],
    columns: NDArray[np.intp],
    column_shares: NDArray[np.int32],
    directions: NDArray[np.int32],
    of_eighth: NDArray[np.uint16],
    row: NDArray[np.int32],
    out: NDArray[np.uint16],
) -> None:
    """The level of the mean phase in each pixel: see :mod:`gui.picture.phase_means`."""
    height, width = out.shape
    first, end = columns[0, 0], columns[0, 0] + 1
    for k in range(len(columns)):
        for x in range(width):
            first, end = min(first, columns[k, x]), max(end, columns[k, x] + 1)
    for y in range(height):
        for x in range(first, end):
            row[0, x] = row[1, x] = 0
        for k in range(len(rows)):
            share, at = row_shares[k, y], rows[k, y]
            if share > 0:
                for x in range(first, end):
                    level = levels[at, x]
                    row[0, x] += share * directions[0, level]
                    row[1, x] += share * directions[1, level]
        for x in range(width):
            across = along = np.int32(0)
            for k in range(len(columns)):
                across += column_shares[k, x] * row[0, columns[k, x]]
                along += column_shares[k, x] * row[1, columns[k, x]]
            large, small = max(abs(across), abs(along)), min(abs(across), abs(along))
            if large == 0:  # of no direction: they are opposite, or have failed
                out[y, x] = levels[rows[0, y], columns[0, x]]
                continue
            level = np.int64(of_eighth[np.int64(small / large * N_RATIOS)])
            if abs(along) > abs(across):
                level = 63 - level
            if across < 0:
                level = 127 - level
            if along < 0:
                level = 255 - level
            out[y, x] = level


def call_everything() -> None:
    """Call all of it, with arrays of the kinds that pictures have."""
    numbers, counts = np.ones(4), np.zeros((N_LANES, 256), dtype=np.int64)
    levels, colours = np.zeros((2, 2), np.uint16), np.zeros((2, 2), np.uint32)
    members = np.zeros((1, 2), dtype=np.intp)
    note_flashes(np.ones(1), np.ones(1, dtype=np.uint32), numbers, numbers)
    glow_levels(numbers, 1.0, 1.0, levels.reshape(-1), counts)
    phase_levels(numbers, 1.0, numbers, 1, levels.reshape(-1), counts)
    draw_brightest(levels, members, members, colours.reshape(-1), levels[0].copy(), colours)
    shares, directions = np.ones((1, 2), np.int32), np.ones((2, 257), np.int32)
    of_eighth = np.zeros(int(N_RATIOS) + 1, np.uint16)
    mean_levels(
        levels, members, shares, members, shares, directions, of_eighth,
        directions[:, :2].copy(), levels.copy(),
    )  # fmt: skip
