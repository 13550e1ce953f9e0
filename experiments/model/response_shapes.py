"""Shapes of responses: the curve of any of them, points along it, and known ones to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.parameters import Parameters
from experiments.model.points import Points
from experiments.model.registry import Registry
from experiments.model.rules import response_of

_N_SAMPLED: Final = 9
_LIMIT: Final = math.nextafter(1.0, 0.0)
"""The phase at the end of the curve: at 1 itself a firefly flashes, and no pulse does anything."""


def shifts_of(parameters: Parameters, phases: Sequence[float]) -> NDArray[np.float64]:
    """By how much a pulse shifts each phase, were it accepted there.

    This is asked of the response itself, so it is what happens: a phase isn't moved back beyond 0.

    Parameters
    ----------
    parameters
        Those in force.
    phases
        Fractions of the period in [0, 1]; at 1 the curve goes on from before.

    Returns
    -------
    numpy.ndarray
        Shifts in periods, above 0 towards the flash, shape ``(n,)``.
    """
    respond, period = response_of(parameters), parameters.period
    shifts = []
    for phase in phases:
        zero = -(min(phase, _LIMIT) * period)
        shifts.append((zero - respond(zero, 0.0, period)) / period)
    return np.array(shifts)


def sampled_points(parameters: Parameters) -> Points:
    """Points along the response in force, in [-1, 1], from which another can be drawn.

    Those of a drawn one itself, or nine at equal distances.
    """
    if parameters.response == "drawn":
        return parameters.points
    phases = [k / (_N_SAMPLED - 1) for k in range(_N_SAMPLED)]
    shifts = np.clip(shifts_of(parameters, phases), -1.0, 1.0).tolist()
    return tuple(zip(phases, shifts, strict=True))


@dataclass(frozen=True, slots=True)
class ResponseShape:
    """A known response, as points.

    Attributes
    ----------
    name
        For people.
    sentence
        What it does, in words.
    points
        As in :class:`~experiments.model.parameters.Parameters`.
    """

    name: str
    sentence: str
    points: Points


def advance_delay(depth: float = 0.1) -> Points:
    """A phase in the first half is moved back, one in the second half on: ``-depth sin(2 pi phi)``.

    So do neurons of type II (Hansel, Mato and Meunier 1995).
    """
    eighths = [0.0, -math.sqrt(0.5), -1.0, -math.sqrt(0.5), 0.0]
    sines = [*eighths, *(-each for each in eighths[1:-1]), 0.0]
    return tuple((k / 8, depth * sine) for k, sine in enumerate(sines))


def leaky_shift(phi: float, s0: float, gamma: float, eps: float) -> float:
    """By how much a pulse shifts a leaky integrate-and-fire oscillator, in periods.

    Its state goes by ``dx/dt = s0 - gamma x`` from 0 to its threshold 1, in the time
    ``T = ln(s0 / (s0 - gamma)) / gamma``, and a pulse lifts it by eps. As
    ``x = s0 / gamma (1 - e^(-gamma T phi))``, the phase afterwards is
    ``-ln(e^(-gamma T phi) - gamma eps / s0) / (gamma T)``, or 1 where the threshold is reached
    (Mirollo and Strogatz 1990, after Peskin 1975).

    Parameters
    ----------
    phi
        Phase before, a fraction of T in [0, 1].
    s0, gamma, eps
        Drive above gamma, leak above 0, lift above 0.
    """
    turn = math.log(s0 / (s0 - gamma))  # gamma T
    left = math.exp(-turn * phi) - gamma * eps / s0
    after = -math.log(left) / turn if left > 0.0 else 1.0
    return min(after, 1.0) - phi


def leaky_integrate_and_fire(s0: float = 1.2, gamma: float = 1.0, eps: float = 0.05) -> Points:
    """The response :func:`leaky_shift`, exact at points that are closer where it bends more.

    The last but one of them is where a lift reaches the threshold: from there on all flash at once.
    """
    turn = math.log(s0 / (s0 - gamma))
    at_once = -math.log(1.0 - gamma * (1.0 - eps) / s0) / turn
    phases = [k / 8 for k in range(4)] + [k / 16 for k in range(8, 12)]
    phases += [k / 32 for k in range(24, 32)]
    inner = [(phi, leaky_shift(phi, s0, gamma, eps)) for phi in phases if phi < at_once - 1e-3]
    return (*inner, (at_once, 1.0 - at_once), (1.0, 0.0))


RESPONSE_SHAPES: Final = Registry(
    (
        ResponseShape(
            "advance-delay",
            "an early phase is moved back, a late one on",
            advance_delay(),
        ),
        ResponseShape(
            "leaky integrate-and-fire",
            "a pulse lifts the charge of a leaky capacitor",
            leaky_integrate_and_fire(),
        ),
    )
)
"""Those that can be had ready drawn."""
