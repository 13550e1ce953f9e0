"""Theory: what is expected of observables, to be drawn over what is measured."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray


def random_coherence(n: int) -> float:
    """The mean of R over swarms of n evenly random phases: ``sqrt(pi / (4 n))`` (Rayleigh 1880)."""
    return math.sqrt(math.pi / (4.0 * n))


DEFECT_DENSITY: Final = 1.0 / 3.0
"""Share of the squares that have a charge, of evenly random phases on a grid.

Three of the four wrapped differences around a square are independent and evenly spread over a
turn; it has a charge where these sum to more than half a turn, with probability 1/6 either way
(the sum of three uniform numbers: Irwin and Hall 1927).
"""


def local_coherence(winding: int, side: int) -> float:
    """Local order in a twisted state on a Moore torus: ``(1 + 2 cos(2 pi q / side)) / 3``.

    Phases grow evenly along one axis, q turns in all; of the nine fireflies around each place
    three are alike in phase, three a step ahead and three a step behind.
    """
    return abs(1.0 + 2.0 * math.cos(2.0 * math.pi * winding / side)) / 3.0


def avalanche_law(n: int, alpha: float, sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """How likely avalanches of each size are, if all hear all (Eurich, Herrmann and Ernst 2002).

    ``P(L) = L^(L-2) C(N-1, L-1) (alpha/N)^(L-1) (1 - L alpha/N)^(N-L-1)
    N (1 - alpha) / (N - (N-1) alpha)`` (Phys. Rev. E 66, 066137). A pulse moves each on by
    alpha / N of its way from reset to threshold; where these are driven at random, all levels are
    equally likely. At ``alpha = 1 - 1/sqrt(N)`` about, it is a power law of exponent -3/2.

    Parameters
    ----------
    n
        Fireflies, N.
    alpha
        In [0, 1): what an avalanche of all would move a firefly on.
    sizes
        L, from 1 to N; shape ``(m,)``.

    Returns
    -------
    numpy.ndarray
        Probabilities, shape ``(m,)``; over all sizes they add up to 1.

    Raises
    ------
    ValueError
        `alpha` or a size is out of its range.
    """
    if not 0.0 <= alpha < 1.0:
        raise ValueError(f"alpha must be from 0 to below 1, got {alpha!r}")
    size = np.asarray(sizes, dtype=np.float64)
    if len(size) and not (size.min() >= 1.0 and size.max() <= n):
        raise ValueError(f"sizes must be from 1 to {n}, got {size.min():g} to {size.max():g}")
    if alpha == 0.0:
        return np.where(size == 1.0, 1.0, 0.0)
    log_factorial = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1.0, n + 1.0)))))
    k = size.astype(np.int64)
    log_choices = log_factorial[n - 1] - log_factorial[k - 1] - log_factorial[n - k]
    log_law = (
        (size - 2.0) * np.log(size)
        + log_choices
        + (size - 1.0) * math.log(alpha / n)
        + (n - size - 1.0) * np.log1p(-size * alpha / n)
        + math.log(n * (1.0 - alpha) / (n - (n - 1.0) * alpha))
    )
    law: NDArray[np.float64] = np.exp(log_law)
    return law


def mean_avalanche(n: int, alpha: float) -> float:
    """The mean size by that law: ``N / (N - (N - 1) alpha)``."""
    return n / (n - (n - 1.0) * alpha)


def kuramoto_coherence(coupling: float, gamma: float = 0.5) -> float:
    """R of infinitely many Kuramoto oscillators, frequencies Lorentzian with half-width gamma.

    ``sqrt(1 - 2 gamma / K)`` above the critical coupling ``2 gamma``, 0 below (Kuramoto 1975): with
    the half-width 1/2, ``sqrt(1 - 1/K)``.
    """
    critical = 2.0 * gamma
    return math.sqrt(1.0 - critical / coupling) if coupling > critical else 0.0


def locking_limit(b: float, eps: float) -> float:
    """The greatest ratio of two periods at which a pair of Mirollo-Strogatz fireflies locks 1:1.

    ``a / (1 - c)`` with ``a = e^(b eps)``, ``c = (a - 1) / (e^b - 1)``, for ``eps > 0``: the slower
    one, just reset with the faster, is pushed over its threshold at the next flash of that one
    only if it has come far enough by itself: ``a phi + c >= 1``.
    """
    a = math.exp(b * eps)
    c = (a - 1.0) / math.expm1(b)
    return a / (1.0 - c)
