"""Order parameters and what chance alone would make of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from experiments.model.topology import Topology

OrderOf: TypeAlias = Callable[[NDArray[np.float64], float, NDArray[np.float64] | float], complex]
"""Takes when the phases were 0, the time, and the periods, as :func:`order_parameter`."""

LANES: Final = 64
CHUNK: Final = 64 * LANES
"""Fireflies whose unit vectors are worked out at once: they stay in the processor's cache."""

SINE: Final = (
    1.5707963267948966, -0.6459640975062443, 0.07969262624604301, -0.004681754132340976,
    0.0001604411507421909, -3.59864335298231e-06, 5.633933781537854e-08,
)  # fmt: skip
"""Of ``sin(pi x / 2) / x``, by powers of x squared, for x from -1/2 to 1/2: the polynomial
through its Chebyshev nodes, within 7e-17."""

# Arrays of no dimension, which numpy takes in faster than numbers.
_TERMS: Final = tuple(np.array(coefficient) for coefficient in SINE)
_ONE: Final = np.array(1.0)


def order_parameter(
    zero: NDArray[np.float64], t: float, period: NDArray[np.float64] | float
) -> complex:
    """Kuramoto's order parameter of the true phases.

    ``R exp(i psi) = mean(exp(2 pi i (t - zero) / period))`` (Kuramoto 1975).

    Parameters
    ----------
    zero
        Times at which the phases were 0, shape ``(n,)``, seconds.
    t, period
        Present time, and the period: of all or by id; seconds.

    Returns
    -------
    complex
        Modulus R in [0, 1]: the coherence; angle psi in rad: the mean phase.

    Notes
    -----
    Only sums, products, quotients and roots of doubles, in one order: the same on every
    machine, and as the compiled population has it. Of a quarter of each angle the sine is a
    polynomial and the cosine a root; doubling it twice gives ``cos = 1 - 8 p`` and
    ``sin = 4 q``. Firefly i is added to sums ``i % LANES`` of p and q, in the order of ids
    within each :data:`CHUNK`, then of chunks.
    """
    n = len(zero)
    one_period = period if isinstance(period, float) else None
    sums = np.zeros((2, LANES))
    for first in range(0, n, CHUNK):
        part = slice(first, first + CHUNK)
        x = t - zero[part]
        x /= period[part] if one_period is None else one_period  # type: ignore[index]
        x -= np.rint(x)
        values = np.empty((2, len(x)))
        p, q = values
        np.multiply(x, x, out=p)
        np.multiply(_TERMS[-1], p, out=q)
        for coefficient in _TERMS[-2:0:-1]:
            q += coefficient
            q *= p
        q += _TERMS[0]
        q *= x
        sine_squared = np.multiply(q, q, out=x)
        cosine_squared = _ONE - sine_squared
        np.multiply(sine_squared, cosine_squared, out=p)
        q *= np.sqrt(cosine_squared)
        cosine_squared -= sine_squared
        q *= cosine_squared
        _add_by_lanes(sums, values)
    return mean_vector(sums, n)


def mean_vector(sums: NDArray[np.float64], n: int) -> complex:
    """The order parameter of n fireflies by its sums of p and q, shape ``(2, LANES)``."""
    p, q = (math.fsum(lanes) for lanes in sums.tolist())
    order = complex(1.0 - 8.0 * p / n, 4.0 * q / n)
    modulus = abs(order)  # rounding may have brought it above 1
    return order if modulus <= 1.0 else order / (modulus * (1.0 + 2.0**-52))


def _add_by_lanes(sums: NDArray[np.float64], values: NDArray[np.float64]) -> None:
    """Add to sums, shape ``(2, LANES)``, every so many of two rows, each from first to last."""
    n = values.shape[1]
    whole = n // LANES * LANES
    here: NDArray[np.float64] = np.add.reduce(values[:, :whole].reshape(2, -1, LANES), axis=1)
    here[:, : n - whole] += values[:, whole:]
    sums += here


def local_order(
    phases: NDArray[np.float64], period: NDArray[np.float64] | float, topology: Topology
) -> NDArray[np.float64]:
    """How much each firefly agrees with its neighbours.

    The modulus of the mean of ``exp(2 pi i phase / period)`` over a firefly and
    its neighbours.

    Parameters
    ----------
    phases
        By id, shape ``(n,)``, seconds.
    period
        Of all or by id, seconds.
    topology
        Who hears whom.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``, in [0, 1].
    """
    around = topology.sums_around(np.exp((2j * math.pi / period) * phases))
    order: NDArray[np.float64] = np.minimum(np.abs(around) / topology.sizes_around(), 1.0)
    return order


def noise_band(n: int, jitter: float = 0.0, period: float = 1.0) -> float:
    """R below which 99 % of swarms of n independent fireflies lie: the band of chance.

    For random phases ``n R**2`` is exponentially distributed with mean 1 (Rayleigh 1880), so
    that ``P(R > r) = exp(-n r**2)``, which is 1 % at ``r = sqrt(ln(100) / n)``. With jitter the
    phases of uncoupled fireflies aren't evenly spread: each cycle begins at a phase drawn from
    0 to `jitter`, so that few are found just after their flash, and R has a mean of its own,
    about ``jitter / (2 period)``, however many there are. Twice that is added, so that the
    band holds for any n.

    Parameters
    ----------
    n
        Fireflies.
    jitter, period
        In force, seconds.

    Returns
    -------
    float
        ``min(1, sqrt(ln(100) / n) + jitter / period)``.
    """
    return min(1.0, math.sqrt(math.log(100.0) / n) + jitter / period)
