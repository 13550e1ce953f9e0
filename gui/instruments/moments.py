"""The Kuramoto-Daido moments: whether fireflies flash in one group, or in two, three or four."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Instant, daido_moments, noise_band
from gui.instruments.panel import Area, Instrument, RunSoFar

N_MOMENTS: Final = 4


@dataclass(frozen=True, slots=True)
class Moments:
    """The first moments of the phases.

    Attributes
    ----------
    moduli
        R_1 to R_4, shape ``(4,)``, in [0, 1].
    band
        The band of chance: 99 % of uncoupled swarms lie below it, in each of them.
    """

    moduli: NDArray[np.float64]
    band: float


def moments_of(instant: Instant) -> Moments:
    """The moments of an instant."""
    parameters = instant.parameters
    found = daido_moments(instant.fractions, N_MOMENTS)
    band = noise_band(parameters.n_fireflies, parameters.jitter, parameters.period)
    return Moments(np.abs(found), band)


def _compute(run: RunSoFar) -> Moments:
    return moments_of(run.instant)


MOMENTS: Final = Instrument(
    name="moments",
    title="Moments",
    key="Alt+2",
    sentence="R\N{SUBSCRIPT ONE} to R\N{SUBSCRIPT FOUR}, the moments of Kuramoto and Daido: where "
    "fireflies flash in m groups at equal distances the m-th is high, and those before it are "
    "low; below the dashed line is chance. Point: read out; wheel: show small ones larger; "
    "double click: up to 1",
    view="gui.instruments.moments_view:MomentsView",
    area=Area.LEFT,
    stacked_on="circle",
    hint="dashed: chance",
    compute=_compute,
    interval_s=1 / 6,
)
