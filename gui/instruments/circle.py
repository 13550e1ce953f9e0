"""The phases of all fireflies around a circle, with the mean vector."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Parameters
from gui.instruments.panel import Area, Instrument, RunSoFar

INNER_RADIUS: Final = 0.72
OUTER_RADIUS: Final = 0.96
"""Where the fireflies stand around the circle, as shares of half its picture."""

N_SECTORS: Final = 40
"""Parts of the circle in which fireflies are counted."""

_GOLDEN: Final = (math.sqrt(5.0) - 1.0) / 2.0
_SMALLEST_PICTURE, _LARGEST_PICTURE = 56, 168
_PIXELS_PER_ROOT: Final = 2.4


@dataclass(frozen=True, slots=True)
class PhaseCircle:
    """The phases around a circle: 0 at the right, growing counter-clockwise.

    Attributes
    ----------
    density
        How full each place is, shape ``(m, m)``, in [0, 1), the first row on top.
        A firefly stands at its phase; how far outside depends on its id alone.
    order
        Order parameter ``R exp(i psi)``: the mean vector.
    deaf_share
        Refractory time as a share of the period, in which fireflies ignore pulses.
    sectors
        Fireflies in each fortieth of the circle, from the right counter-clockwise, shape ``(40,)``.
    period
        Seconds that the circle spans.
    """

    density: NDArray[np.float64]
    order: complex
    deaf_share: float
    sectors: NDArray[np.int64]
    period: float

    @property
    def mean_phase(self) -> float:
        """Where the mean vector points, seconds in ``[0, period)``."""
        turn = math.atan2(self.order.imag, self.order.real) / (2.0 * math.pi)
        return turn % 1.0 * self.period


def phase_circle(
    phases: NDArray[np.float64], order: complex, parameters: Parameters
) -> PhaseCircle:
    """The phases, seconds of the common period, shape ``(n,)``, around the circle."""
    n = len(phases)
    size = round(min(max(_PIXELS_PER_ROOT * math.sqrt(n), _SMALLEST_PICTURE), _LARGEST_PICTURE))
    angle = (2.0 * math.pi / parameters.period) * phases
    scatter = np.arange(n) * _GOLDEN % 1.0
    radius = (INNER_RADIUS + (OUTER_RADIUS - INNER_RADIUS) * scatter) * size / 2.0
    column = (size / 2.0 + radius * np.cos(angle)).astype(np.int64)
    row = (size / 2.0 - radius * np.sin(angle)).astype(np.int64)
    counts = np.bincount(row * size + column, minlength=size * size).reshape(size, size)
    ring = math.pi * (OUTER_RADIUS**2 - INNER_RADIUS**2) * size * size / 4.0
    crowd = max(1.0, 2.0 * n / ring)  # so that random phases look half full
    turn = np.mod(phases / parameters.period, 1.0)
    sector = np.minimum((turn * N_SECTORS).astype(np.int64), N_SECTORS - 1)
    return PhaseCircle(
        density=1.0 - np.exp(-1.6 * counts / crowd),
        order=order,
        deaf_share=parameters.refractory / parameters.period,
        sectors=np.bincount(sector, minlength=N_SECTORS),
        period=parameters.period,
    )


def _compute(run: RunSoFar) -> PhaseCircle:
    instant = run.instant
    return phase_circle(instant.scaled_phases, instant.order, instant.parameters)


CIRCLE: Final = Instrument(
    name="circle",
    title="Phase circle",
    key="Ctrl+3",
    sentence="Each firefly at its phase, counter-clockwise from its flash at the right; the arrow "
    "is the mean, its length R; in the shaded arc they are deaf. Point: read out; wheel: zoom; "
    "drag: move; double click: all",
    view="gui.instruments.circle_view:PhaseCircleView",
    area=Area.LEFT,
    is_shown_beside=True,
    hint="shaded: deaf",
    compute=_compute,
    interval_s=1 / 12,
)
