"""Observables: what is measured of a run, each declared once.

An observable is a function of a complete instant or of all flashes of a run. What costs next to
nothing is sampled in every run, kept as a long series, exported as a column, told at the end and
shown in the window, as its declaration says; all others are worked out where they are asked for.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.flash_statistics import interval_correlation, lags, phase_locking
from experiments.model.instant import Instant
from experiments.model.instant_patterns import (
    mean_local_order,
    moment,
    of_charges,
    ring_winding,
    winding,
)
from experiments.model.measured import RADIANS, Cost, FlashObservable, Observable
from experiments.model.registry import Registry
from experiments.model.whole_run import WholeRun


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else math.nan


def _spread(values: NDArray[np.float64]) -> float:
    return float(values.std()) if len(values) else math.nan


def _mean_size(run: WholeRun) -> float:
    sizes = run.avalanches[1]
    return float(sizes.mean()) if len(sizes) else math.nan


def _largest_size(run: WholeRun) -> float:
    return float(run.avalanches[1].max(initial=0))


def _last_lag(run: WholeRun) -> float:
    found = lags(*run.pair_times)
    return float(found[-1]) if len(found) else math.nan


_KURAMOTO: Final = "Kuramoto 1975"
_DAIDO: Final = "Daido, Physica D 91, 24, 1996"
_ANY: Final = (-math.inf, math.inf)
_SHARE: Final = (0.0, 1.0)
_POSITIVE: Final = (0.0, math.inf)

R: Final = Observable(
    name="R",
    label="Coherence R",
    words="modulus of the order parameter",
    bounds=_SHARE,
    formula="|mean(exp(2 pi i phi))|, phi the phase fractions",
    source=_KURAMOTO,
    of=lambda instant: instant.coherence,
    symbol="R",
)

MEAN_PHASE: Final = Observable(
    name="mean_phase",
    label="Mean phase",
    words="angle of the order parameter",
    unit=RADIANS,
    bounds=(-math.pi, math.pi),
    formula="arg(mean(exp(2 pi i phi)))",
    source=_KURAMOTO,
    of=lambda instant: cmath.phase(instant.order),
    is_reported=False,
)

R_2: Final = Observable(
    name="R_2",
    label="Second moment R\N{SUBSCRIPT TWO}",
    words="modulus of the second moment",
    bounds=_SHARE,
    formula="|mean(exp(4 pi i phi))|",
    source=_DAIDO,
    of=moment(2),
    cost=Cost.ASKED_SAMPLE,
)

R_3: Final = Observable(
    name="R_3",
    label="Third moment R\N{SUBSCRIPT THREE}",
    words="modulus of the third moment",
    bounds=_SHARE,
    formula="|mean(exp(6 pi i phi))|",
    source=_DAIDO,
    of=moment(3),
    cost=Cost.ASKED_SAMPLE,
)

R_4: Final = Observable(
    name="R_4",
    label="Fourth moment R\N{SUBSCRIPT FOUR}",
    words="modulus of the fourth moment",
    bounds=_SHARE,
    formula="|mean(exp(8 pi i phi))|",
    source=_DAIDO,
    of=moment(4),
    cost=Cost.ASKED_SAMPLE,
)

LOCAL_R: Final = Observable(
    name="local_R",
    label="Local order",
    words="mean over all fireflies of the order of each with its neighbours",
    bounds=_SHARE,
    formula="mean over j of |mean over j and its neighbours of exp(2 pi i phi)|",
    source="Shima and Kuramoto, Phys. Rev. E 69, 036213, 2004",
    of=mean_local_order,
    cost=Cost.ASKED_SAMPLE,
)

N_DEFECTS: Final = Observable(
    name="n_defects",
    label="Phase defects",
    words="squares of four fireflies around which the phase goes round, of grids",
    bounds=_POSITIVE,
    formula="number of squares whose four wrapped differences of phi sum to +1 or -1",
    source="Mermin, Rev. Mod. Phys. 51, 591, 1979",
    of=of_charges(np.count_nonzero),
    cost=Cost.ASKED_SAMPLE,
)

CHARGE: Final = Observable(
    name="defect_charge",
    label="Sum of charges",
    words="sum of the charges of all squares of a grid; 0 on a torus",
    bounds=_ANY,
    formula="sum over squares of the sum of four wrapped differences of phi",
    source="Mermin, Rev. Mod. Phys. 51, 591, 1979",
    of=of_charges(np.sum),
    cost=Cost.ASKED_SAMPLE,
)

_WINDING: Final = "Wiley, Strogatz and Girvan, Chaos 16, 015103, 2006"

WINDING_ROWS: Final = Observable(
    name="winding_rows",
    label="Winding of rows",
    words="mean winding number of the rows of a torus",
    bounds=_ANY,
    formula="mean over rows of the sum of wrapped differences of phi once along the row",
    source=_WINDING,
    of=winding(0),
    cost=Cost.ASKED_SAMPLE,
)

WINDING_COLUMNS: Final = Observable(
    name="winding_columns",
    label="Winding of columns",
    words="mean winding number of the columns of a torus",
    bounds=_ANY,
    formula="mean over columns of the sum of wrapped differences of phi once along the column",
    source=_WINDING,
    of=winding(1),
    cost=Cost.ASKED_SAMPLE,
)

WINDING_RING: Final = Observable(
    name="winding_ring",
    label="Winding of the ring",
    words="winding number of the ring, along the ids",
    bounds=_ANY,
    formula="sum of wrapped differences of phi along the ids and back to the first",
    source=_WINDING,
    of=ring_winding,
    cost=Cost.ASKED_SAMPLE,
)

INTERVAL: Final = FlashObservable(
    name="interval",
    label="Time between flashes",
    words="mean time between two flashes of a firefly",
    unit="s",
    bounds=_POSITIVE,
    formula="mean of t(k+1) - t(k), over all fireflies and flashes",
    source="Cox and Lewis 1966",
    of=lambda run: _mean(run.intervals.lengths),
)

INTERVAL_SD: Final = FlashObservable(
    name="interval_sd",
    label="Spread of intervals",
    words="standard deviation of the time between two flashes of a firefly",
    unit="s",
    bounds=_POSITIVE,
    formula="sqrt(mean((interval - mean)^2))",
    source="Cox and Lewis 1966",
    of=lambda run: _spread(run.intervals.lengths),
)

INTERVAL_CORRELATION: Final = FlashObservable(
    name="interval_correlation",
    label="Correlation of intervals",
    words="correlation of an interval with the next one of the same firefly",
    bounds=(-1.0, 1.0),
    formula="Pearson's, over the points (interval n, interval n+1) of the return map",
    source="Cox and Lewis 1966",
    of=lambda run: interval_correlation(run.times, run.ids),
)

FREQUENCY: Final = FlashObservable(
    name="frequency",
    label="Frequency",
    words="mean frequency of the fireflies",
    unit="flashes per s",
    bounds=_POSITIVE,
    formula="mean over fireflies of (flashes - 1) / (last flash - first flash)",
    source="Winfree 1967",
    of=lambda run: _mean(run.frequencies),
)

FREQUENCY_SD: Final = FlashObservable(
    name="frequency_sd",
    label="Spread of frequencies",
    words="standard deviation of the frequency over the fireflies",
    unit="flashes per s",
    bounds=_POSITIVE,
    formula="sqrt(mean((frequency - mean)^2))",
    source="Winfree 1967",
    of=lambda run: _spread(run.frequencies),
)

FLASH_RATE: Final = FlashObservable(
    name="flashes_per_s",
    label="Flashes per second",
    words="flashes of all per second of virtual time",
    unit="flashes per s",
    bounds=_POSITIVE,
    formula="flashes / length of the run",
    source="a count",
    of=lambda run: run.n_flashes / run.end if run.end > 0.0 else math.nan,
)

TIME_TO_SYNC: Final = FlashObservable(
    name="time_to_sync",
    label="Time to order",
    words="first sample from which all samples for three periods have R >= 0.99",
    unit="s",
    bounds=_POSITIVE,
    formula="min t with R >= 0.99 at all samples from t to t + 3 periods",
    source="this program",
    of=lambda run: math.nan if run.time_to_sync is None else run.time_to_sync,
    finds_order=True,
)

AVALANCHE: Final = FlashObservable(
    name="avalanche",
    label="Size of avalanches",
    words="mean size of the avalanches: flashes of one instant that are joined by hearing",
    unit="flashes",
    bounds=(1.0, math.inf),
    formula="flashes / connected parts of each instant's flashes in the graph of who hears whom",
    source="Eurich, Herrmann and Ernst, Phys. Rev. E 66, 066137, 2002",
    of=_mean_size,
)

AVALANCHE_MAX: Final = FlashObservable(
    name="avalanche_max",
    label="Largest avalanche",
    words="size of the largest avalanche",
    unit="flashes",
    bounds=_POSITIVE,
    formula="the largest of these parts",
    source="Eurich, Herrmann and Ernst, Phys. Rev. E 66, 066137, 2002",
    of=_largest_size,
)

PHASE_LOCKING: Final = FlashObservable(
    name="phase_locking",
    label="Phase locking of a pair",
    words="phase-locking value of the pair",
    bounds=_SHARE,
    formula="|mean over t of exp(2 pi i (phi_1 - phi_2))|, phi growing by 1 from flash to flash",
    source="Lachaux et al., Human Brain Mapping 8, 194, 1999",
    of=lambda run: phase_locking(*run.pair_times),
)

LAG: Final = FlashObservable(
    name="lag",
    label="Lag of a pair",
    words="time from the latest flash of the pair's second to the last flash of its first",
    unit="s",
    bounds=_POSITIVE,
    formula="t of the first's last flash - t of the second's last one until then",
    source="Mirollo and Strogatz, SIAM J. Appl. Math. 50, 1645, 1990",
    of=_last_lag,
)

OBSERVABLES: Final = Registry[Observable | FlashObservable](
    (
        *(R, MEAN_PHASE, R_2, R_3, R_4, LOCAL_R),
        *(N_DEFECTS, CHARGE, WINDING_ROWS, WINDING_COLUMNS, WINDING_RING),
        *(INTERVAL, INTERVAL_SD, INTERVAL_CORRELATION, FREQUENCY, FREQUENCY_SD, FLASH_RATE),
        *(TIME_TO_SYNC, AVALANCHE, AVALANCHE_MAX, PHASE_LOCKING, LAG),
    )
)
"""All that is measured; see :class:`Observable` and :class:`FlashObservable` for one more."""


def sampled(asked: Iterable[str] = ()) -> tuple[Observable, ...]:
    """What is sampled of a run: what always is, and what is asked for by name."""
    wanted = frozenset(asked)
    return tuple(
        each
        for name, each in OBSERVABLES.items()
        if isinstance(each, Observable) and (each.cost is Cost.EVERY_SAMPLE or name in wanted)
    )


def observed(instant: Instant, asked: Iterable[str] = ()) -> dict[str, float]:
    """Those observables of an instant, by name."""
    return {each.name: each.of(instant) for each in sampled(asked)}
