"""Averages over the runs of cells: of a number its mean, of an angle the direction of its runs.

Whether something is an angle its declaration says, by its unit. A mean of angles as if they were
numbers would say zero of two runs at either side of pi. Here an angle stands for a unit vector: the
mean is the direction of their sum, the spread follows from its length (Mardia and Jupp, Directional
Statistics, 2000, 2.2 and 2.3). Who averages over runs, or asks how far two values are apart, asks
here.
"""

from __future__ import annotations

import cmath
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.measured import MeasuredNumber

_LEAST_LENGTH: Final = 1e-9
"""Length of the mean vector below which it has no direction, but for roundings."""


@dataclass(frozen=True, slots=True, eq=False)
class Averages:
    """What the runs of each cell have in common, all of one shape; nan where no run has a value.

    Attributes
    ----------
    n
        How many runs have a value.
    means
        Of these; of angles the direction, nan too where they cancel each other out.
    spreads
        Standard deviations; of angles ``sqrt(-2 ln |mean of exp(i angle)|)``.
    least, greatest
        The ends. Of angles those of the arc around the mean, which may lie beyond -pi and pi.
    """

    n: NDArray[np.int64]
    means: NDArray[np.float64]
    spreads: NDArray[np.float64]
    least: NDArray[np.float64]
    greatest: NDArray[np.float64]

    def at(self, cells: Any) -> Averages:
        """Those of some cells, by their indices."""
        return Averages(*(getattr(self, each.name)[cells] for each in fields(self)))


def averages_of(measured: MeasuredNumber, values: NDArray[np.float64]) -> Averages:
    """The averages of the runs of each cell, of those that have a value.

    Parameters
    ----------
    measured
        What was measured.
    values
        Of each run, nan where there is none; shape ``(..., seeds)``.
    """
    known = ~np.isnan(values)
    n = known.sum(axis=-1)
    some = np.maximum(n, 1)
    if not measured.is_angle:
        means = np.where(n > 0, np.where(known, values, 0.0).sum(axis=-1) / some, np.nan)
        off = np.where(known, values - means[..., None], 0.0)
        spreads = np.sqrt((off**2).sum(axis=-1) / np.maximum(n - 1, 1))
        return Averages(n, means, np.where(n > 0, spreads, np.nan), *_ends(known, values))
    vectors = np.where(known, np.exp(1j * np.where(known, values, 0.0)), 0.0)
    vector = vectors.sum(axis=-1) / some
    lengths = np.minimum(np.abs(vector), 1.0)
    has_mean = lengths >= _LEAST_LENGTH
    means = np.where(has_mean, np.angle(vector), np.nan)
    with np.errstate(divide="ignore"):
        spreads = np.sqrt(-2.0 * np.log(lengths))
    ends = _ends(known, means[..., None] + principal(measured, values - means[..., None]))
    return Averages(n, means, np.where(n > 0, spreads, np.nan), *ends)


def means_of(measured: MeasuredNumber, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The means alone; see :func:`averages_of`."""
    return averages_of(measured, values).means


def mean_of(measured: MeasuredNumber, values: Sequence[float]) -> float | None:
    """The mean of a few values; None if there are none, or if they are angles that cancel out."""
    if not values:
        return None
    if not measured.is_angle:
        return math.fsum(values) / len(values)
    vector = sum(cmath.rect(1.0, each) for each in values) / len(values)
    return cmath.phase(vector) if abs(vector) >= _LEAST_LENGTH else None


def range_of(measured: MeasuredNumber, values: Sequence[float]) -> float:
    """How far some values lie apart: of angles, the least arc that has them all."""
    if not measured.is_angle:
        return max(values) - min(values)
    along = sorted(each % math.tau for each in values)
    gaps = [other - one for one, other in itertools.pairwise([*along, along[0] + math.tau])]
    return math.tau - max(gaps)


def principal(measured: MeasuredNumber, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values, or differences, of angles brought between -pi and pi; of numbers as they are."""
    if not measured.is_angle:
        return values
    return (values + math.pi) % math.tau - math.pi


def reached(measured: MeasuredNumber, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """All values but the first, angles as they are reached the short way from the one before."""
    if not measured.is_angle:
        return values[1:]
    return values[:-1] + principal(measured, np.diff(values))


def lines_of(measured: MeasuredNumber, line: Averages, low: float, high: float) -> list[Averages]:
    """What a plot from `low` to `high` shows of a line through neighbours, with its band.

    Of numbers that is the line. One of angles leaves at the top and comes in again at the bottom:
    it is there more than once, turns apart, of which the plot shows what is between its ends.
    """
    if not measured.is_angle:
        return [line]
    means = np.unwrap(line.means)
    up = means - line.means
    least, greatest = line.least + up, line.greatest + up
    first = math.ceil((low - float(greatest.max())) / math.tau)
    last = math.floor((high - float(least.min())) / math.tau)
    return [
        replace(line, means=means + by, least=least + by, greatest=greatest + by)
        for by in (k * math.tau for k in range(first, last + 1))
    ]


def _ends(
    known: NDArray[np.bool_], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    least = np.where(known, values, np.inf).min(axis=-1, initial=np.inf)
    greatest = np.where(known, values, -np.inf).max(axis=-1, initial=-np.inf)
    has_some = known.any(axis=-1)
    return np.where(has_some, least, np.nan), np.where(has_some, greatest, np.nan)
