"""Order parameters and what chance alone would make of them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from experiments.model.topology import Topology


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
    """
    # With h = tan(angle / 2): cos = 2 / (1 + h**2) - 1 and sin = 2 h / (1 + h**2). One tan
    # is two to fifteen times as fast as cos and sin, and exact to a few roundings.
    # All in two arrays: more of them would drive the fireflies out of the processor's cache.
    h = t - zero
    h *= math.pi
    h /= period
    np.tan(h, out=h)
    weight = h * h
    weight += 1.0
    np.divide(2.0, weight, out=weight)
    h *= weight
    n = len(zero)
    return complex(float(weight.sum()) / n - 1.0, float(h.sum()) / n)


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
