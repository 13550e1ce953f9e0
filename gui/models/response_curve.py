"""The response in force as a curve, and all that is shown of it, worked out of parameters alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import (
    RESPONSE_SHAPES,
    RESPONSES,
    PairMap,
    Parameters,
    Points,
    pair_map,
    sampled_points,
    shifts_of,
)

DRAWN: Final = "drawn"
"""The response that is a line through points."""

_N_PHASES: Final = 97


@dataclass(frozen=True, slots=True, eq=False)
class ResponseCurve:
    """What a pulse does at each phase, and what two fireflies alone become by it.

    Attributes
    ----------
    shape
        Name of the response, or of the known shape that was drawn.
    phases, shifts
        The curve: fractions of the period, and what a pulse adds there, in periods;
        shape ``(n,)``.
    points
        Those that were drawn; of another response some along it, from which one can draw.
    is_drawn
        Whether they were drawn.
    period
        Seconds.
    deaf_share
        Refractory time as a share of the period.
    pair
        The return map of two.
    """

    shape: str
    phases: NDArray[np.float64]
    shifts: NDArray[np.float64]
    points: Points
    is_drawn: bool
    period: float
    deaf_share: float
    pair: PairMap

    def shift_at(self, phase: float) -> float:
        """By how much a pulse shifts a phase, in periods."""
        return float(np.interp(phase, self.phases, self.shifts))


def response_curve(parameters: Parameters) -> ResponseCurve:
    """The curve of the response in force, with these parameters."""
    points = sampled_points(parameters)
    phases = np.union1d(np.linspace(0.0, 1.0, _N_PHASES), [x for x, _ in points])
    return ResponseCurve(
        shape_of(parameters),
        phases,
        shifts_of(parameters, phases.tolist()),
        points,
        parameters.response == DRAWN,
        parameters.period,
        parameters.refractory / parameters.period,
        pair_map(parameters),
    )


def shape_of(parameters: Parameters) -> str:
    """The name of the response, or of the shape that was drawn, if it is a known one."""
    if parameters.response != DRAWN:
        return parameters.response
    known = (each.name for each in RESPONSE_SHAPES.values() if each.points == parameters.points)
    return next(known, DRAWN)


def shapes() -> list[str]:
    """Names of the responses that can be chosen: all but the one that has to be drawn."""
    return [name for name in RESPONSES if name != DRAWN] + list(RESPONSE_SHAPES)
