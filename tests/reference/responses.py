"""Phase responses: when the phase of whoever accepts a pulse was 0, from then on."""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import lru_cache

from tests.reference.parameters import Parameters, Points


@lru_cache(maxsize=64)
def mirollo_strogatz_constants(b: float, eps: float) -> tuple[float, float]:
    """The doubles closest to a = e^(b eps) and c = (a - 1) / (e^b - 1).

    In 400 digits, of which a - 1 may lose as many as eps has zeros, and still be exact enough.
    """
    with localcontext() as context:
        context.prec = 400
        a = (Decimal(b) * Decimal(eps)).exp()
        c = (a - 1) / (Decimal(b).exp() - 1)
        return float(a), float(c)


def slopes(points: Points) -> list[float]:
    """How steep the drawn curve is between each point and the next."""
    return [
        (points[k + 1][1] - points[k][1]) / (points[k + 1][0] - points[k][0])
        for k in range(len(points) - 1)
    ]


def drawn_shift(points: Points, phi: float) -> float:
    """The drawn curve at a phase fraction; beyond the last point its last piece goes on."""
    k = 0
    while k + 1 <= len(points) - 2 and points[k + 1][0] <= phi:
        k += 1
    phi_k, shift_k = points[k]
    return shift_k + (phi - phi_k) * slopes(points)[k]


def zero_after(p: Parameters, zero: float, t: float, period: float) -> float:
    """What an accepted pulse at ``t`` does to a firefly whose phase was 0 at ``zero``."""
    x = t - zero
    if p.response == "constant":
        return zero - p.nudge
    if p.response == "multiplicative":
        y = x + p.strength * x
        return t - y
    if p.response == "mirollo-strogatz":
        a, c = mirollo_strogatz_constants(p.b, p.eps)
        y = a * x + c * period
    elif p.response == "inhibitory":
        y = x - p.strength * period
    else:
        y = x + drawn_shift(p.points, x / period) * period
    return t - max(y, 0.0)
