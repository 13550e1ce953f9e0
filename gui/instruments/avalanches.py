"""The sizes of avalanches: how many flashes of an instant are joined by who hears whom."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import (
    PARAMETER_FIELDS,
    CoherenceRecord,
    Parameters,
    avalanche_law,
    avalanches,
    topology_of,
)
from gui.instruments.panel import Area, Instrument, RunSoFar, instant_shown

AT_ONCE: Final = 2_048
"""Flashes that are looked at for a picture, at most, but for those of one instant: 2 ms."""

RATIO: Final = 1.25
"""Of the ends of a bin, at least; small sizes have a bin each."""

_CONSTANT: Final = PARAMETER_FIELDS["response"].default
"""The response that moves all on by as much, whatever their phase."""

CRITICAL_EXPONENT: Final = -1.5
"""Of a power law at the critical point, where each flash makes one more on average."""


@dataclass(frozen=True, slots=True, eq=False)
class AvalanchesSoFar:
    """What is remembered of the avalanches of a run.

    Attributes
    ----------
    record
        Tells one run, or one moment gone back to, from another.
    counts
        Avalanches by size, from 0 to the number of fireflies, shape ``(n + 1,)``.
    since, until
        From when to when they were counted, seconds.
    is_behind
        Whether there are more flashes to look at, for which there was no time yet.
    is_gapped
        Whether some were forgotten before they could be looked at.
    """

    record: CoherenceRecord
    counts: NDArray[np.int64]
    since: float
    until: float
    is_behind: bool = False
    is_gapped: bool = False


def remember(run: RunSoFar) -> AvalanchesSoFar:
    """Count the avalanches since the last look, some flashes at a time."""
    before, now = run.memory, run.instant.t
    n = run.instant.parameters.n_fireflies
    if not isinstance(before, AvalanchesSoFar) or before.record is not run.coherence:
        begin = max(0.0, run.flashes.known_since)
        before = AvalanchesSoFar(run.coherence, np.zeros(n + 1, np.int64), begin, -1.0)
    begin = math.nextafter(before.until, math.inf)
    # Of the first instant that isn't forgotten there may be flashes that are.
    is_gapped = begin <= run.flashes.known_since
    if is_gapped:
        begin = math.nextafter(run.flashes.known_since, math.inf)
    times, ids = run.flashes.between(begin, now)
    is_behind = len(times) > AT_ONCE
    if is_behind:
        end = int(np.searchsorted(times, times[AT_ONCE - 1], side="right"))
        is_behind = end < len(times)
        times, ids = times[:end], ids[:end]
    _, sizes = avalanches(times, ids, topology_of(run.instant.parameters))
    return AvalanchesSoFar(
        record=before.record,
        counts=before.counts + np.bincount(np.minimum(sizes, n), minlength=n + 1),
        since=before.since,
        until=float(times[-1]) if is_behind else now,
        is_behind=is_behind,
        is_gapped=before.is_gapped or (is_gapped and before.until >= 0.0),
    )


@dataclass(frozen=True, slots=True)
class SizeBin:
    """Avalanches of about one size.

    Attributes
    ----------
    least, greatest
        Sizes in it, both included.
    count
        Avalanches in it.
    share
        Of all avalanches, for each size in it.
    """

    least: int
    greatest: int
    count: int
    share: float

    @property
    def middle(self) -> float:
        """Its middle on a scale of equal ratios."""
        return math.sqrt(self.least * self.greatest)


@dataclass(frozen=True, slots=True)
class AvalancheSizes:
    """What the panel shows.

    Attributes
    ----------
    bins
        Those with avalanches in them, by size.
    n_avalanches, n_flashes
        In all of them.
    n_fireflies
        The greatest size there can be.
    since, until
        Over which time, seconds.
    is_gapped
        Whether some of that time is left out.
    law_sizes, law
        What theory expects, shape ``(k,)``: sizes and probabilities; empty where it says nothing.
    """

    bins: tuple[SizeBin, ...]
    n_avalanches: int
    n_flashes: int
    n_fireflies: int
    since: float
    until: float
    is_gapped: bool
    law_sizes: NDArray[np.int64]
    law: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """Mean size; nan if there is none."""
        return self.n_flashes / self.n_avalanches if self.n_avalanches else math.nan

    @property
    def lowest(self) -> float:
        """Share at the lower edge: a power of ten below all that shows."""
        least = min((each.share for each in self.bins), default=0.1)
        return float(10.0 ** math.floor(min(-2.0, math.log10(least))))


def size_edges(greatest: int) -> list[int]:
    """Where bins begin, and where the last one ends; the greatest size is in it."""
    edges = [1]
    while edges[-1] <= greatest:
        edges.append(max(edges[-1] + 1, math.ceil(edges[-1] * RATIO)))
    return edges


def sizes_of(counts: NDArray[np.int64]) -> tuple[SizeBin, ...]:
    """Counts by size, shape ``(n + 1,)``, in bins that have any."""
    edges, total = size_edges(len(counts) - 1), int(counts.sum())
    bins = []
    for begin, end in itertools.pairwise(edges):
        last = min(end, len(counts)) - 1
        n = int(counts[begin : last + 1].sum())
        if n:
            bins.append(SizeBin(begin, last, n, n / total / (last - begin + 1)))
    return tuple(bins)


def expected(parameters: Parameters) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Sizes and probabilities by theory: where each flash moves all on, alike and at once."""
    n = parameters.n_fireflies
    is_all = topology_of(parameters).is_complete
    is_plain = parameters.response == _CONSTANT and not (parameters.delay or parameters.loss)
    alpha = n * parameters.nudge / parameters.period
    if not (is_all and is_plain and 0.0 < alpha < 1.0):
        return np.empty(0, np.int64), np.empty(0)
    sizes = np.unique(np.rint(np.geomspace(1, n, 200)).astype(np.int64))
    return sizes, avalanche_law(n, alpha, sizes)


def avalanche_sizes(memory: AvalanchesSoFar, parameters: Parameters) -> AvalancheSizes:
    """What to show of the avalanches counted so far."""
    counts = memory.counts
    n_flashes = int(np.dot(counts, np.arange(len(counts))))
    law_sizes, law = expected(parameters)
    return AvalancheSizes(
        bins=sizes_of(counts),
        n_avalanches=int(counts.sum()),
        n_flashes=n_flashes,
        n_fireflies=parameters.n_fireflies,
        since=memory.since,
        until=memory.until,
        is_gapped=memory.is_gapped,
        law_sizes=law_sizes,
        law=law,
    )


def _compute(run: RunSoFar) -> AvalancheSizes:
    return avalanche_sizes(run.memory, run.instant.parameters)


def _depends_on(run: RunSoFar) -> tuple[object, ...]:
    is_behind = isinstance(run.memory, AvalanchesSoFar) and run.memory.is_behind
    return *instant_shown(run), object() if is_behind else None


AVALANCHES: Final = Instrument(
    name="avalanches",
    title="Avalanches",
    key="Alt+3",
    sentence="How often avalanches have which size, both in equal ratios: flashes of one instant "
    "that are joined by who hears whom. Who pushed whom isn't known: the order within an instant "
    "isn't causal. Dashed: size to the power of -3/2; where all hear all, the line is theory. "
    "Point: read out; wheel: zoom; drag: move; double click: all",
    view="gui.instruments.avalanches_view:AvalancheView",
    area=Area.LEFT,
    stacked_on="histogram",
    hint="dashed: exponent -3/2",
    compute=_compute,
    interval_s=1 / 4,
    depends_on=_depends_on,
    remember=remember,
)
