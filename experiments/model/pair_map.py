"""Two fireflies alone that hear each other: how their lag goes from one cycle to the next.

Firefly A has just flashed, B is at a phase. What B's phase is when A has flashed again is known
from the rule alone, without a run: the phase that is left comes back by a map, and what two
become is known from its fixed points. With the names of :mod:`experiments.model.parameters`: both
have the common period; there is no jitter, delay, spread or loss.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from experiments.model.parameters import Parameters
from experiments.model.rules import response_of

N_PHASES: Final = 256
"""Phases at which the map is known; what is narrower than the distance of two may be missed."""

_EQUAL: Final = 1e-9
"""Phases that differ by less come of rounding."""

_NEAR: Final = 1e-7
"""How far from a fixed point its slope is measured."""

_NEUTRAL: Final = 1e-5
"""A slope that differs from 1 by less is 1."""

_LEAST_TOLD: Final = 0.01
"""Changes of a lag below this are not told by number."""

_HALVINGS: Final = 48

_Branch: TypeAlias = tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class FixedPoint:
    """A phase that comes back after a cycle.

    Attributes
    ----------
    phase
        Of B when A has flashed, as a fraction of the period; 0 if they flash as one.
    slopes
        Of the map on the side of lesser phases and on that of greater ones: what a small lag
        from there is multiplied by in a cycle. Infinite where the lag doesn't stay small.
    """

    phase: float
    slopes: tuple[float, float]

    @property
    def slope(self) -> float:
        """The one farther from 0."""
        return max(self.slopes, key=abs)

    @property
    def attracts(self) -> bool:
        """Whether small lags shrink, on both sides."""
        return all(abs(slope) < 1.0 - _NEUTRAL for slope in self.slopes)

    @property
    def repels(self) -> bool:
        """Whether small lags grow, on both sides."""
        return all(abs(slope) > 1.0 + _NEUTRAL for slope in self.slopes)

    @property
    def verdict(self) -> str:
        """What becomes of a small lag, in words."""
        slope = abs(self.slope)
        if self.attracts:
            if slope < _NEUTRAL:
                return "attracts: a small lag closes within a cycle"
            return f"attracts: lag shrinks by {_share(1.0 - slope)} a cycle"
        if self.repels:
            if math.isinf(slope):
                return "repels: a small lag is a large one after a cycle"
            return f"repels: lag grows by {_share(slope - 1.0)} a cycle"
        if all(abs(abs(each) - 1.0) <= _NEUTRAL for each in self.slopes):
            return "neutral: a small lag stays"
        nearer = min(self.slopes, key=abs)
        if abs(nearer) < 1.0 - _NEUTRAL:
            return "attracts on one side alone"
        return "repels on one side alone"


def _share(change: float) -> str:
    """By how much a lag changes, to two decimals."""
    return f"{change:.2f}" if change >= _LEAST_TOLD else f"less than {_LEAST_TOLD}"


@dataclass(frozen=True, slots=True, eq=False)
class PairMap:
    """The return map of two fireflies.

    Attributes
    ----------
    phases
        Of B when A has just flashed, as fractions of the period, rising in (0, 1); shape ``(n,)``.
    after
        The same when A has flashed again; 0 where they have flashed as one, shape ``(n,)``.
    pieces
        Numbers of the continuous pieces that these belong to, shape ``(n,)``: between two pieces
        the map jumps.
    together
        What becomes of a lag near 0: the fixed point of flashing as one.
    fixed
        All other single phases that come back, rising.
    neutral
        Intervals (begin, end) of phases that all come back, rising.
    """

    phases: NDArray[np.float64]
    after: NDArray[np.float64]
    pieces: NDArray[np.int64]
    together: FixedPoint
    fixed: tuple[FixedPoint, ...]
    neutral: tuple[tuple[float, float], ...]

    @property
    def verdict(self) -> str:
        """What two alone become, in a sentence or more."""
        if sum(end - begin for begin, end in self.neutral) > 1.0 - 2.0 / N_PHASES:
            return "Neutral: two alone never find each other"
        parts = [f"Flashing together {self.together.verdict}"]
        parts += [
            f"B from {begin:.2f} to {end:.2f} periods ahead is neutral: they never find each other"
            for begin, end in self.neutral
        ]
        parts += [f"B {point.phase:.2f} periods ahead {point.verdict}" for point in self.fixed]
        return ". ".join(parts)


class Pair:
    """Two fireflies with the response, the period and the refractory time of some parameters.

    Parameters
    ----------
    parameters
        Those in force.
    """

    def __init__(self, parameters: Parameters) -> None:
        self._respond = response_of(parameters)
        self._period = parameters.period
        self._refractory = parameters.refractory

    def after(self, phase: float) -> float:
        """The phase of B after a cycle of A, given that in [0, 1) with which it began."""
        return self.cycle(phase)[0]

    def cycle(self, phase: float) -> tuple[float, _Branch]:
        """A cycle, by the rule of the model: what B's phase is then, and what happened in it.

        Returns
        -------
        tuple
            The phase of B when A has flashed again, in [0, 1), 0 if they flashed as one; and
            whether A heard B, A flashed with B, B heard A, B flashed with A. While these are the
            same the map is continuous.
        """
        period = self._period
        a, b = 0.0, -(phase * period)  # when their phases were 0
        t = b + period
        b = t  # B flashes
        is_first_heard = self._accepts(t - a)
        if is_first_heard:
            a = self._respond(a, t, period)
            if a + period <= t:
                return 0.0, (True, True)
        t = a + period  # A flashes; B can't have flashed again before it
        is_second_heard = self._accepts(t - b)
        if is_second_heard:
            b = self._respond(b, t, period)
            if b + period <= t:
                return 0.0, (is_first_heard, False, True, True)
        return (t - b) / period, (is_first_heard, False, is_second_heard, False)

    def _accepts(self, x: float) -> bool:
        return x >= self._refractory and x > 0.0


def pair_map(parameters: Parameters) -> PairMap:
    """The return map of two fireflies alone; see :class:`PairMap`.

    The map is known at :data:`N_PHASES` phases; fixed points between them are found where it
    crosses the diagonal, to rounding. About a millisecond.

    Source: Mirollo and Strogatz 1990, SIAM J. Appl. Math. 50, 1645, section 2, where this is
    called the return map R; here for any response, and a refractory time.
    """
    pair = Pair(parameters)
    phases = ((np.arange(N_PHASES) + 0.5) / N_PHASES).tolist()
    cycles = [pair.cycle(phase) for phase in phases]
    after = [each for each, _ in cycles]
    pieces = [0]
    for (_, before), (_, branch) in itertools.pairwise(cycles):
        pieces.append(pieces[-1] + (before != branch))
    neutral, fixed = _neutral(pair, phases, after), []
    for k, (begin, end) in enumerate(itertools.pairwise(phases)):
        first, second = after[k] - begin, after[k + 1] - end
        is_within = pieces[k] == pieces[k + 1] and cycles[k][0] > 0.0
        if is_within and first * second < 0.0 and not _is_in(neutral, begin, end):
            fixed.append(_crossing(pair, begin, end))
    return PairMap(
        np.array(phases),
        np.array(after),
        np.array(pieces, dtype=np.int64),
        _together(pair),
        tuple(fixed),
        neutral,
    )


def _neutral(
    pair: Pair, phases: Sequence[float], after: Sequence[float]
) -> tuple[tuple[float, float], ...]:
    """Intervals of phases that come back, their ends as exact as phases are."""

    def comes_back(phase: float) -> bool:
        return abs(pair.after(phase) - phase) < _EQUAL

    found: list[tuple[float, float]] = []
    same = [abs(y - x) < _EQUAL for x, y in zip(phases, after, strict=True)]
    for is_same, group in itertools.groupby(range(len(phases)), key=same.__getitem__):
        places = list(group)
        if not is_same or len(places) < 2:
            continue
        first, last = places[0], places[-1]
        begin = phases[first - 1] if first else 0.0
        end = phases[last + 1] if last + 1 < len(phases) else 1.0
        found.append(
            (_edge(comes_back, phases[first], begin), _edge(comes_back, phases[last], end))
        )
    return tuple(found)


def _edge(holds: Callable[[float], bool], inside: float, outside: float) -> float:
    """Where something that holds inside ceases to, on the way outside."""
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2.0
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return inside


def _is_in(intervals: Sequence[tuple[float, float]], begin: float, end: float) -> bool:
    return any(low <= end and begin <= high for low, high in intervals)


def _crossing(pair: Pair, begin: float, end: float) -> FixedPoint:
    """The fixed point between two phases on different sides of the diagonal."""
    is_above = pair.after(begin) > begin
    phase = _edge(lambda x: (pair.after(x) > x) is is_above, begin, end)
    here = pair.after(phase)
    slopes = tuple((pair.after(phase + step) - here) / step for step in (-_NEAR, _NEAR))
    return FixedPoint(phase, (slopes[0], slopes[1]))


def _together(pair: Pair) -> FixedPoint:
    """What becomes of small lags: B is ahead, its phase near 1, or behind, its phase near 0."""

    def slope(phase: float) -> float:
        after = pair.after(phase)
        lag = min(after, 1.0 - after)
        return lag / _NEAR if lag < math.sqrt(_NEAR) else math.inf

    return FixedPoint(0.0, (slope(1.0 - _NEAR), slope(_NEAR)))
