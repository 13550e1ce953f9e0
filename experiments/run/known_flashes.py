"""The flashes that are known of a run, with what was done to it put where it belongs among them."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from experiments.model.actions import Action, FireflyAction, Intervention, ParameterChange
from experiments.model.instant import Instant
from experiments.model.parameters import Parameters

Happening: TypeAlias = tuple[float, int, bool, int]
"""When; its place in the log, or that of the flash before which something was done; whether it is
a flash; and whose, or the number of the intervention. In order of what happened."""

_MAKE_FLASH: Final = (Action.FLASH_NOW, Action.FLASH_ROUNDED)


@dataclass(frozen=True, slots=True)
class FlashesKnown:
    """What the course of a firefly is worked out from.

    Attributes
    ----------
    instant
        The present, a complete instant.
    initial
        The parameters that the run began with.
    times, ids
        Flashes in the order of the log, up to the present, seconds and fireflies, shape ``(m,)``.
    since
        After when these are all flashes of the run, seconds; below 0 they are all that there were.
    interventions
        All that was done to the run, in order.
    counts
        How often the firefly and those that it hears have flashed up to the present, by id.
    status
        What was done to them by all interventions, by id.
    """

    instant: Instant
    initial: Parameters
    times: NDArray[np.float64]
    ids: NDArray[np.uint32]
    since: float
    interventions: Sequence[Intervention]
    counts: Mapping[int, int]
    status: Mapping[int, int]

    @property
    def is_from_start(self) -> bool:
        """Whether these are all flashes of the run."""
        return self.since < 0.0

    @property
    def pulses_known_after(self) -> float:
        """After when all pulses that arrive are of flashes that are known, seconds.

        Those of flashes before may have been in flight until then.
        """
        if self.is_from_start:
            return -math.inf
        arrivals = [
            min(end, self.since) + delay
            for begin, end, delay in _delays(self.initial, self.interventions)
            if delay and begin <= self.since
        ]
        return max([self.since, *arrivals])

    def latest(self, most: int, near: NDArray[np.bool_]) -> FlashesKnown:
        """The same with the latest flashes alone: so many of some fireflies, at most.

        Parameters
        ----------
        most
            How many.
        near
            Whether a firefly is one of them, by id, shape ``(n,)``.
        """
        (chosen,) = np.nonzero(near[self.ids])
        if len(chosen) <= most:
            return self
        since = float(self.times[chosen[-most - 1]])
        rest = slice(int(np.searchsorted(self.times, since, side="right")), None)
        return replace(self, times=self.times[rest], ids=self.ids[rest], since=since)

    def happenings(self, near: NDArray[np.bool_]) -> list[Happening]:
        """The flashes of some, and all that was done up to the present, in order.

        Within one time the log doesn't say which flashes came before something was done, and
        which after. But what is done finds all flashes of its time done that were due, so only
        a firefly that is made flash does so after it, then and there, and with it those that it
        moves on: the first to be made flash flashes next.

        Parameters
        ----------
        near
            Whether a firefly is one of them, by id, shape ``(n,)``.
        """
        (chosen,) = np.nonzero(near[self.ids])
        places, times, ids = chosen.tolist(), self.times[chosen].tolist(), self.ids[chosen].tolist()
        found: list[Happening] = [
            (t, place, True, i) for t, place, i in zip(times, places, ids, strict=True)
        ]
        numbers = range(self.n_before, self.instant.n_interventions)
        done = self.interventions
        for t, group in groupby(numbers, key=lambda number: done[number].t):
            found += self._placed(t, list(group))
        return sorted(found)

    @property
    def n_before(self) -> int:
        """How many interventions there were before the first flash that is known."""
        return bisect_left(self.interventions, self.since, key=lambda each: each.t)

    def _placed(self, t: float, numbers: list[int]) -> Iterator[Happening]:
        """Interventions of one time, each before the flash that came next."""
        first, place = np.searchsorted(self.times, t).item(), self.times.searchsorted(t, "right")
        for number in reversed(numbers):
            if place > first and (i := self._made_flash(number)) is not None:
                (at,) = np.nonzero(self.ids[first:place] == i)
                place = first + at[-1] if len(at) else place
            yield t, int(place), False, number

    def _made_flash(self, number: int) -> int | None:
        """Who flashes first because of an intervention, at its time; None for nobody."""
        t, what = self.interventions[number].t, self.interventions[number].what
        if not isinstance(what, FireflyAction) or what.action not in _MAKE_FLASH or not what.ids:
            return None
        if what.action is Action.FLASH_ROUNDED:  # of layouts that had one period for all
            period = _last_value(self.initial, self.interventions[:number], "period")
            if (t - period) + period > t:
                return None
        return what.ids[0]


def flashes_needed_since(
    t: float, initial: Parameters, interventions: Sequence[Intervention]
) -> float:
    """Since when flashes have to be known for all pulses after time t to be, seconds.

    Parameters
    ----------
    t
        Seconds.
    initial, interventions
        Of the run, which say what the delay was.
    """
    sent = [
        max(begin, t - delay)
        for begin, end, delay in _delays(initial, interventions)
        if delay and begin < t < end + delay
    ]
    return min([t, *sent])


def _delays(
    initial: Parameters, interventions: Sequence[Intervention]
) -> list[tuple[float, float, float]]:
    """From when to when which delay was in force, s."""
    found, begin, delay = [], -math.inf, initial.delay
    for each in interventions:
        if isinstance(each.what, ParameterChange) and "delay" in each.what.values:
            found.append((begin, each.t, delay))
            begin, delay = each.t, each.what.values["delay"]
    return [*found, (begin, math.inf, delay)]


def _last_value(initial: Parameters, interventions: Sequence[Intervention], name: str) -> float:
    value: float = getattr(initial, name)
    for each in interventions:
        if isinstance(each.what, ParameterChange):
            value = each.what.values.get(name, value)
    return value
