"""Patterns of phases: moments, and on the grid defects and windings.

Everything here takes phase fractions: phases in periods, each firefly's own, not wrapped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def daido_moments(fractions: NDArray[np.float64], most: int = 4) -> NDArray[np.complex128]:
    """The Kuramoto-Daido moments of phases.

    ``Z_m = mean(exp(2 pi i m phi))``, of which the first is Kuramoto's order parameter (Daido,
    Physica D 91, 24, 1996). Where fireflies make m equal groups at equal distances, the moduli
    of all moments below the m-th are 0, and that of the m-th is 1.

    Parameters
    ----------
    fractions
        Phase fractions, shape ``(n,)``.
    most
        How many moments.

    Returns
    -------
    numpy.ndarray
        Z_1 to Z_most, shape ``(most,)``; moduli in [0, 1].
    """
    turn = np.exp((2j * math.pi) * fractions)
    power = np.ones_like(turn)
    moments = np.empty(most, dtype=np.complex128)
    for m in range(most):
        power *= turn
        moments[m] = power.mean()
    return moments


def wrapped(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Differences of phase fractions, the shorter way round: in [-1/2, 1/2], same shape."""
    shorter: NDArray[np.float64] = differences - np.rint(differences)
    return shorter


def plaquette_charges(
    fractions: NDArray[np.float64], side: int, *, wraps: bool = True
) -> NDArray[np.int64]:
    """The charge of each square of four fireflies: how often the phase goes round in it.

    The sum of the four wrapped differences of phase fractions along its edges, from (y, x) to
    (y, x + 1), (y + 1, x + 1), (y + 1, x) and back, which is a whole number (the winding number
    of Mermin, Rev. Mod. Phys. 51, 591, 1979). With row 0 on top that way round is clockwise.
    On a torus each edge belongs to two squares, once in either direction, so that all charges
    add up to 0. Of evenly random phases a third of the squares have a charge.

    Parameters
    ----------
    fractions
        Phase fractions by id, shape ``(side**2,)``.
    side
        Fireflies along each edge of the grid.
    wraps
        Whether the last row and column are next to the first ones.

    Returns
    -------
    numpy.ndarray
        By row and column of the square's first firefly; shape ``(side, side)``, without the
        wrap ``(side - 1, side - 1)``. Nearly all are -1, 0 or 1.
    """
    grid = fractions.reshape(side, side)
    along = wrapped(np.roll(grid, -1, axis=1) - grid)
    down = wrapped(np.roll(grid, -1, axis=0) - grid)
    around = along + np.roll(down, -1, axis=1) - np.roll(along, -1, axis=0) - down
    charges = np.rint(around).astype(np.int64)
    return charges if wraps else charges[:-1, :-1]


@dataclass(frozen=True, slots=True)
class Defects:
    """The phase defects of a grid.

    Attributes
    ----------
    rows, columns
        Where they are: the middles of their squares, in rows and columns of fireflies counted
        from 0, so that 2.5 lies between the rows 2 and 3; shape ``(m,)``. On a torus, what lies
        between the last row and the first has the greatest.
    charges
        How often the phase goes round in each: 1 or -1, hardly ever 2 or -2; shape ``(m,)``.
    """

    rows: NDArray[np.float64]
    columns: NDArray[np.float64]
    charges: NDArray[np.int64]

    @property
    def n_positive(self) -> int:
        """Those whose phase grows clockwise, with row 0 on top."""
        return int(np.count_nonzero(self.charges > 0))

    @property
    def n_negative(self) -> int:
        """Those whose phase grows the other way."""
        return int(np.count_nonzero(self.charges < 0))


def phase_defects(fractions: NDArray[np.float64], side: int, *, wraps: bool = True) -> Defects:
    """The squares that have a charge; parameters as for :func:`plaquette_charges`."""
    charges = plaquette_charges(fractions, side, wraps=wraps)
    rows, columns = np.nonzero(charges)
    middles = np.stack((rows, columns)).astype(np.float64) + 0.5
    return Defects(middles[0], middles[1], charges[rows, columns])


def winding_number(fractions: NDArray[np.float64]) -> NDArray[np.int64]:
    """How often the phase goes round along closed loops of fireflies.

    The sum of the wrapped differences from each to the next, and from the last to the first
    (Wiley, Strogatz and Girvan, Chaos 16, 015103, 2006).

    Parameters
    ----------
    fractions
        Phase fractions along each loop, shape ``(..., m)``.

    Returns
    -------
    numpy.ndarray
        Whole numbers, shape ``(...)``.
    """
    steps = wrapped(np.roll(fractions, -1, axis=-1) - fractions)
    turns: NDArray[np.int64] = np.rint(steps.sum(axis=-1)).astype(np.int64)
    return turns


def grid_windings(
    fractions: NDArray[np.float64], side: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Winding numbers of the rows and of the columns of a torus, each shape ``(side,)``."""
    grid = fractions.reshape(side, side)
    return winding_number(grid), winding_number(grid.T)
