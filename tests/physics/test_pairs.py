"""Two fireflies that hear each other: what they end as, and how fast, is known in closed form.

A has just flashed at t = 0, B is at phase phi. Flash times agree with theory to 1e-9 of
themselves: the responses are affine, so that rounding is all that sets them apart.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest

from tests.physics.groups import instants, play, times_of
from tests.physics.implementations import FlashesOf
from tests.reference.random_numbers import SPREAD, u

A, B = 0, 1
REL = 1e-9


def mirollo_strogatz(b: float, eps: float) -> dict[str, Any]:
    """The response of integrate-and-fire fireflies of dissipation b that move up by eps."""
    return {"response": "mirollo-strogatz", "b": b, "eps": eps}


def absorption(flashes_of: FlashesOf, phi: float, until: float, **values: Any) -> tuple[int, float]:
    """How many flashes until and with the one that absorbs the other, and its time."""
    found = instants(play(flashes_of, [0.0, phi], until, **values))
    n, t = next((n, t) for n, (t, ids) in enumerate(found, 1) if len(ids) == 2)
    assert all(len(ids) == 2 for _, ids in found[n:])  # from then on they are one
    return n, t


def lags(flashes_of: FlashesOf, phi: float, until: float, **values: Any) -> list[float]:
    """Phase of B just after each flash of A, that is what it still lacks at the next of B."""
    flashes = play(flashes_of, [0.0, phi], until, **values)
    period = values.get("period", 1.0)
    pairs = zip([0.0, *times_of(flashes, A)], times_of(flashes, B), strict=False)
    return [period - (b - a) for a, b in pairs]


@pytest.mark.parametrize(
    ("b", "eps", "phi", "n", "t"),
    [
        (3.0, 0.1, 0.3, 3, 1.6688053868),
        (3.0, 0.1, 0.6, 12, 5.2820742137),
        (3.0, 0.1, 0.8, 4, 1.8860266219),
        (2.0, 0.05, 0.3, 7, 3.6036834253),
        (1.0, 0.1, 0.6, 24, 10.9214687034),
    ],
)
def test_mirollo_strogatz_pair_ends_as_one(
    flashes_of: FlashesOf, b: float, eps: float, phi: float, n: int, t: float
) -> None:
    """After as many flashes as theory says, at its time (Mirollo & Strogatz 1990)."""
    flashes, at = absorption(flashes_of, phi, 15.0, **mirollo_strogatz(b, eps))
    assert flashes == n
    assert at == pytest.approx(t, rel=REL)


@pytest.mark.parametrize(("phi", "n"), [(0.3, 25), (0.6, 50), (0.8, 16)])
def test_multiplicative_pair_ends_as_one(flashes_of: FlashesOf, phi: float, n: int) -> None:
    """A response that grows with the phase does it too: after so many flashes."""
    values = {"response": "multiplicative", "strength": 0.035}
    assert absorption(flashes_of, phi, 30.0, **values)[0] == n


@pytest.mark.parametrize(("b", "eps"), [(3.0, 0.1), (2.0, 0.05), (1.0, -0.1)])
def test_return_map_of_a_mirollo_strogatz_pair(flashes_of: FlashesOf, b: float, eps: float) -> None:
    """Its slope is e^(2 b eps), about the one fixed point, which attracts if eps < 0."""
    values = mirollo_strogatz(b, eps)
    fixed = (math.exp(b * (1 + eps)) - 1) / ((math.exp(b) - 1) * (math.exp(b * eps) + 1))
    assert lags(flashes_of, fixed, 5.0, **values)[:4] == pytest.approx([fixed] * 4, rel=REL)
    for away in (-0.05, 0.05):
        before, after = lags(flashes_of, fixed + away, 3.0, **values)[:2]
        slope = (after - fixed) / (before - fixed)
        assert slope == pytest.approx(math.exp(2 * b * eps), rel=REL)
    if eps < 0:
        assert lags(flashes_of, 0.9, 200.0, **values)[-1] == pytest.approx(fixed, rel=REL)


@pytest.mark.parametrize("refractory", [0.0, 1.0])
def test_a_constant_nudge_moves_a_pair_only_if_one_is_deaf(
    flashes_of: FlashesOf, refractory: float
) -> None:
    """The return map is the identity; near synchrony the refractory time lets them lock.

    With period P, nudge h and refractory time r that is for phases below r + h and above
    P - r, where the pulse of the one that leads is lost.
    """
    period, nudge = 5.0, 0.2
    values = {"period": period, "nudge": nudge, "refractory": refractory}
    phases = (0.03, 0.13, 0.23, 0.5, 1.13, 1.23, 1.9, 2.5, 3.1, 3.97, 4.03, 4.5, 4.97)
    locked = 0
    for phi in phases:
        if phi < refractory + nudge or phi > period - refractory:
            absorption(flashes_of, phi, 100.0, **values)
            locked += 1
        else:
            assert lags(flashes_of, phi, 20.0, **values)[:4] == pytest.approx([phi] * 4, rel=REL)
    assert locked == (8 if refractory else 2)


@pytest.mark.parametrize(("eps", "factor"), [(0.01, 1.060909), (-0.05, 0.721416)])
def test_delay_turns_attraction_around(flashes_of: FlashesOf, eps: float, factor: float) -> None:
    """A lag far smaller than the delay changes by 2 e^(b eps) - 1 a cycle.

    It grows by pulses that excite, and shrinks by those that inhibit (Ernst, Pawelzik &
    Geisel 1995). A lag of 1e-6 is known to 1e-10 of itself, its factor to 1e-9.
    """
    flashes = play(flashes_of, [0.0, 1e-6], 6.0, delay=0.1, **mirollo_strogatz(3.0, eps))
    found = [a - b for a, b in zip(times_of(flashes, A), times_of(flashes, B), strict=False)]
    assert len(found) >= 4
    for before, after in pairwise(found[:4]):
        assert after / before == pytest.approx(2 * math.exp(3.0 * eps) - 1, rel=2e-9)
        assert after / before == pytest.approx(factor, abs=5e-7)


def spread_of(ratio: float, seed: int) -> float:
    """The spread with which A's period is so many times that of B."""
    of_a, of_b = (2 * u(seed, SPREAD, i, 0) - 1 for i in (A, B))
    return (1 - ratio) / (ratio * of_b - of_a)


def test_unequal_pair_locks_one_to_one_up_to_a_ratio(flashes_of: FlashesOf) -> None:
    """That is a / (1 - c): there the pulse of the fast one just pushes the slow one over."""
    seed = next(s for s in range(1000) if u(s, SPREAD, A, 0) > 0.8 and u(s, SPREAD, B, 0) < 0.2)
    values = {**mirollo_strogatz(3.0, 0.1), "seed": seed}

    def is_locked(ratio: float) -> bool:
        """Whether, started together, they still flash as one after 40 flashes of the fast."""
        flashes = play(flashes_of, [0.0, 0.0], 40.0, spread=spread_of(ratio, seed), **values)
        return all(len(ids) == 2 for _, ids in instants(flashes))

    low, high = 1.0, 1.5
    while high - low > 1e-5:
        middle = (low + high) / 2
        low, high = (middle, high) if is_locked(middle) else (low, middle)
    a = math.exp(0.3)
    c = (a - 1) / (math.exp(3.0) - 1)
    assert a / (1 - c) == pytest.approx(1.375065, abs=5e-7)
    assert low == pytest.approx(a / (1 - c), abs=2e-5)


def leaky_integrate_and_fire(s0: float, gamma: float, eps: float) -> dict[str, Any]:
    """Its response, drawn: a pulse adds eps to the voltage dx/dt = s0 - gamma x, threshold 1."""
    period = math.log(s0 / (s0 - gamma)) / gamma

    def shift(phi: float) -> float:
        x = s0 / gamma * (1 - math.exp(-gamma * period * phi)) + eps
        after = -math.log(1 - gamma * x / s0) / (gamma * period) if x < 1 else 1.0
        return min(after, 1.0) - phi

    return {"response": "drawn", "points": [(n / 32, shift(n / 32)) for n in range(33)]}


@pytest.mark.parametrize(("phi", "shift"), [(0.25, 0.037636), (0.5, 0.060083), (0.75, 0.097133)])
def test_leaky_integrate_and_fire_response(flashes_of: FlashesOf, phi: float, shift: float) -> None:
    """Kicked at a phase, the next flash is earlier by what theory says."""
    drawn = leaky_integrate_and_fire(1.2, 1.0, 0.05)
    flashes = play(flashes_of, [1.0, phi], 1.0, **drawn)  # A kicks B at once
    assert times_of(flashes, A)[0] == 0.0
    measured = 1.0 - phi - times_of(flashes, B)[0]
    assert measured == pytest.approx(shift, abs=5e-7)
    voltage = 1.2 * (1 - math.exp(-math.log(6) * phi)) + 0.05
    assert measured == pytest.approx(-math.log(1 - voltage / 1.2) / math.log(6) - phi, abs=1e-12)


def test_measured_response_is_the_drawn_one(flashes_of: FlashesOf) -> None:
    """Kicked at each phase, a firefly shows the curve that was drawn, cut off where it flashes."""
    points = [(0.0, -0.05), (0.3, -0.2), (0.45, 0.1), (0.8, 0.15), (1.0, 0.0)]
    for n in range(1, 50):
        phi = n / 50
        (x0, y0), (x1, y1) = next((p, q) for p, q in pairwise(points) if p[0] <= phi <= q[0])
        drawn = y0 + (y1 - y0) * (phi - x0) / (x1 - x0)
        flashes = play(flashes_of, [1.0, phi], 1.3, response="drawn", points=points)
        measured = 1.0 - phi - times_of(flashes, B)[0]
        assert measured == pytest.approx(min(max(drawn, -phi), 1 - phi), abs=1e-12)
