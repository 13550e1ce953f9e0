"""The histogram of frequencies: how fast each firefly flashes of late."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from experiments import Parameters, frequencies
from gui.instruments.axis_numbers import round_ends
from gui.instruments.bins import N_FINEST, Binned
from gui.instruments.panel import Area, Flashes, Instrument, RunSoFar

PERIODS: Final = 10
"""Periods, the latest, whose flashes count."""


@dataclass(frozen=True, slots=True)
class FrequencyHistogram(Binned):
    """How many fireflies flash how fast: of those that have flashed twice.

    Attributes
    ----------
    low, high
        Frequencies at the ends of the axis, flashes per second of virtual time.
    mean, spread
        Mean and standard deviation over the fireflies, likewise; nan if none is known.
    alone
        Frequencies of fireflies that hear nobody, the least and the greatest: ``1 / (period -
        jitter / 2)``, periods being as different as the spread says.
    span
        Seconds over which the flashes are counted.
    """

    low: float
    high: float
    mean: float
    spread: float
    alone: tuple[float, float]
    span: float

    def share_of(self, frequency: float) -> float:
        """Where a frequency is on the axis, in [0, 1] if it is on it."""
        return (frequency - self.low) / (self.high - self.low)

    def at_share(self, share: float) -> float:
        """The frequency at a share of the axis."""
        return self.low + share * (self.high - self.low)


def frequency_histogram(flashes: Flashes, now: float, parameters: Parameters) -> FrequencyHistogram:
    """The frequencies over the last ten periods before `now`, seconds of virtual time."""
    span = min(now, PERIODS * parameters.period)
    times, ids = flashes.between(now - span, now)
    each = frequencies(times, ids, parameters.n_fireflies)
    known = each[~np.isnan(each)]
    alone = natural_frequencies(parameters)
    mean, spread = (float(known.mean()), float(known.std())) if len(known) else (math.nan,) * 2
    every_one = (*known.tolist(), *alone)  # what is dashed is seen, too
    low, high = round_ends(min(every_one), max(every_one))
    place = np.floor((known - low) / (high - low) * N_FINEST).astype(np.int64)
    counts = np.bincount(np.clip(place, 0, N_FINEST - 1), minlength=N_FINEST)
    return FrequencyHistogram(counts, low, high, mean, spread, alone, span)


def natural_frequencies(parameters: Parameters) -> tuple[float, float]:
    """The least and the greatest of fireflies that hear nobody, flashes per second."""
    slowest, fastest = (
        parameters.period * (1.0 + sign * parameters.spread) - parameters.jitter / 2.0
        for sign in (1.0, -1.0)
    )
    return 1.0 / slowest, 1.0 / fastest


def _compute(run: RunSoFar) -> FrequencyHistogram:
    return frequency_histogram(run.flashes, run.instant.t, run.instant.parameters)


FREQUENCIES: Final = Instrument(
    name="frequencies",
    title="Frequencies",
    key="Alt+1",
    sentence="How many fireflies flash how fast, over the last ten periods, with mean and spread; "
    "dashed: those that hear nobody, with a spread of periods the slowest and the fastest. Point: "
    "read out; wheel: zoom; drag: move; double click: all",
    view="gui.instruments.frequencies_view:FrequencyView",
    area=Area.LEFT,
    stacked_on="histogram",
    hint="dashed: alone",
    compute=_compute,
    interval_s=1 / 3,
)
