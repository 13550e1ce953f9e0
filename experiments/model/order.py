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
    3.141592653589793, -5.167712780049969, 2.5501640398773007, -0.5992645293189447,
    0.0821458865731029, -0.007370430505916944, 0.0004662998161898394, -2.1903497074626018e-05,
    7.697826768224191e-07,
)  # fmt: skip
COSINE: Final = (
    1.0, -4.934802200544676, 4.058712126416497, -1.335262768843447, 0.23533063012953284,
    -0.025806888737002202, 0.0019295562724817132, -0.00010456655338748738,
    4.149564353942586e-06,
)  # fmt: skip
"""Of ``sin(pi w) / w`` and ``cos(pi w)``, by powers of w squared, for w from -1/2 to 1/2: the
polynomials through their Chebyshev nodes, within 5e-16."""


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
    Only sums, products and quotients of doubles, in one order: the same on every machine, and
    as the compiled population has it. Firefly i is added to sum ``i % LANES``, in the order of
    ids within each :data:`CHUNK`, then of chunks.
    """
    n = len(zero)
    cosines, sines = np.zeros(LANES), np.zeros(LANES)
    one_period = period if isinstance(period, float) else None
    for first in range(0, n, CHUNK):
        part = slice(first, first + CHUNK)
        x = t - zero[part]
        x /= period[part] if one_period is None else one_period  # type: ignore[index]
        x -= np.floor(x + 0.5)
        w = np.abs(x)
        w *= -2.0
        w += 0.5
        square = w * w
        cosine = _polynomial(SINE, square)
        cosine *= w
        sine = _polynomial(COSINE, square)
        np.negative(sine, out=sine, where=x < 0.0)
        cosines += _by_lanes(cosine)
        sines += _by_lanes(sine)
    return complex(math.fsum(cosines) / n, math.fsum(sines) / n)


def _polynomial(coefficients: tuple[float, ...], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """By powers of x, shape as x; a new array (Horner 1819)."""
    value = coefficients[-1] * x
    for coefficient in coefficients[-2:0:-1]:
        value += coefficient
        value *= x
    value += coefficients[0]
    return value


def _by_lanes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum of every so many values, shape ``(LANES,)``, each from first to last."""
    whole = len(values) // LANES * LANES
    sums: NDArray[np.float64] = np.add.reduce(values[:whole].reshape(-1, LANES), axis=0)
    sums[: len(values) - whole] += values[whole:]
    return sums


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
