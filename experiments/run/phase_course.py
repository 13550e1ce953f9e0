"""The course of one firefly's phase, worked out again from the flash log by the rules."""

from __future__ import annotations

import enum
import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.actions import Action, FireflyAction, Intervention, ParameterChange
from experiments.model.checkpoint import STATUS_SET_BY, Status
from experiments.model.fields import Value
from experiments.model.flight import PulsesInFlight
from experiments.model.parameters import Parameters
from experiments.model.random_streams import (
    JITTER,
    LOSS,
    SCRAMBLE,
    START,
    mix,
    stream_key,
    uniform,
)
from experiments.model.rules import periods_of, response_of, topology_of
from experiments.run.known_flashes import FlashesKnown

MOST_FOLLOWED: Final = 1_000
"""Flashes of a firefly and of those that it hears, the latest, from which a course is worked out:
it takes some 10 us each."""

_NEVER_HEARS: Final = Status.BLIND | Status.PACEMAKER


class Fate(enum.Enum):
    """What became of a pulse."""

    HEARD = enum.auto()
    DEAF = enum.auto()
    LOST = enum.auto()


@dataclass(frozen=True, slots=True)
class Nudge:
    """A pulse that a firefly could have heard.

    Attributes
    ----------
    t
        When it arrived, seconds.
    sender
        Whose flash it was of.
    by
        By how much it moved the phase on, seconds; below 0 if it moved it back.
    phase
        What the phase was then, seconds.
    fate
        Whether it was heard; or came while the firefly was deaf; or was lost on its way.
    """

    t: float
    sender: int
    by: float
    phase: float
    fate: Fate


@dataclass(frozen=True, slots=True)
class PhaseCourse:
    """A firefly's phase over time, as straight lines from point to point.

    Attributes
    ----------
    times, phases
        Where it bends, seconds both, shape ``(m,)``; two points at one time are a jump. Empty if
        nothing is known but the present.
    flashes
        When it flashed, seconds.
    nudges
        The pulses of those that it hears, in the order in which they arrived.
    is_exact
        Whether all pulses are known, the rules lead to the very state that it has at the end, bit
        for bit, and every flash was due when it came. If not, the points are those of the present
        alone.
    """

    times: NDArray[np.float64]
    phases: NDArray[np.float64]
    flashes: tuple[float, ...]
    nudges: tuple[Nudge, ...]
    is_exact: bool

    def phase_at(self, t: float) -> float:
        """The phase at a time, seconds: before what happens then; nan outside of what is known."""
        if not len(self.times) or not self.times[0] <= t <= self.times[-1]:
            return math.nan
        k = max(1, int(np.searchsorted(self.times, t)))
        return float(self.phases[k - 1] + t - self.times[k - 1])


def phase_course(firefly: int, known: FlashesKnown, begin: float) -> PhaseCourse:
    """The course of a firefly's phase from its last flash before `begin` on, seconds.

    Where it hasn't flashed by then, or not all pulses since are known, it begins at the first
    flash from which on they are, or with the run. Where there are very many it is shorter, too;
    see :data:`MOST_FOLLOWED`.

    Parameters
    ----------
    firefly
        Its id.
    known
        What there is to work it out from.
    begin
        From when on it is wanted.
    """
    instant = known.instant
    around = (firefly, *topology_of(instant.parameters).neighbours(firefly))
    is_near = np.zeros(instant.parameters.n_fireflies, dtype=bool)
    is_near[list(around)] = True
    followed = known.latest(MOST_FOLLOWED, is_near)
    own = np.flatnonzero(followed.ids == firefly)
    first = _first(followed.times[own], followed, begin)
    if first is not None:
        walk = _Walk(firefly, followed, -1 if first < 0 else int(own[first]), around, is_near)
        if walk.is_exact:
            return walk.course()
    present = np.array([instant.t]), np.array([float(instant.t - instant.zero[firefly])])
    flashes = known.times[known.ids == firefly]
    return PhaseCourse(*present, tuple(flashes.tolist()), (), False)


def _first(own: NDArray[np.float64], known: FlashesKnown, begin: float) -> int | None:
    """Which of its own flashes to begin with; -1 for the beginning of the run, None for none."""
    usable = int(np.searchsorted(own, known.pulses_known_after))
    last = int(np.searchsorted(own, begin, side="right")) - 1
    if last >= usable:
        return last
    if known.is_from_start:
        return -1
    return usable if usable < len(own) else None


@dataclass
class _Walk:
    """Through all that is known; from a flash of the firefly on, or the beginning, as it was.

    `first` is the place of that flash in the log, -1 for the beginning. Before it only what is
    sent counts, as it may arrive later.
    """

    firefly: int
    known: FlashesKnown
    first: int
    around: tuple[int, ...]
    is_near: NDArray[np.bool_]
    is_exact: bool = True
    points: list[tuple[float, float]] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    nudges: list[Nudge] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Walk to the end."""
        known, instant = self.known, self.known.instant
        happened = known.happenings(self.is_near)
        self._seed = known.initial.seed
        self._key = stream_key(self._seed, JITTER, self.firefly)
        later = Counter(i for _, _, is_flash, i in happened if is_flash)
        self._counts = {i: known.counts[i] - later[i] for i in self.around}
        self._flight = PulsesInFlight()
        self._begin()
        self._is_known = self.first < 0
        self._zero = self._last = 0.0
        if self._is_known:
            self._zero = -(self._period * uniform(stream_key(self._seed, START, self.firefly), 0))
            self._note(0.0)
        for t, place, is_flash, which in happened:
            self._arrive(t)
            if not is_flash:
                self._do(t, known.interventions[which].what)
            elif which == self.firefly:
                self._is_known |= place == self.first
                self._flash(t, is_first=place == self.first)
            else:
                self._send(t, which)
        self._arrive(instant.t)
        self.is_exact &= self._is_known and self._zero == instant.zero[self.firefly]
        self._note(instant.t)

    def course(self) -> PhaseCourse:
        """What was found."""
        times, phases = (np.array(each) for each in zip(*self.points, strict=True))
        return PhaseCourse(times, phases, tuple(self.own), tuple(self.nudges), True)

    def _note(self, t: float) -> None:
        if self._is_known:
            self.points.append((t, t - self._zero))

    # -- what was in force when it begins ----------------------------------------------

    def _begin(self) -> None:
        """Parameters, statuses and number of actions before all that is walked through."""
        done, n_before = self.known.interventions, self.known.n_before
        values: dict[str, Value] = {}
        for each in done[:n_before]:
            if isinstance(each.what, ParameterChange):
                values.update(each.what.values)
        self._use(self.known.initial.replace(**values) if values else self.known.initial)
        self._n_actions = sum(isinstance(each.what, FireflyAction) for each in done[:n_before])
        self._status = dict(self.known.status)
        if any(self._touches(each) for each in done[n_before:]):
            # The run may have begun with another state than that of its parameters.
            self._fold(done)
            self.is_exact &= self._status == self.known.status
            self._fold(done[:n_before])

    def _fold(self, done: Sequence[Intervention]) -> None:
        """Statuses after some interventions, from the beginning on."""
        self._status = dict.fromkeys(self.around, 0)
        for each in done:
            if isinstance(each.what, FireflyAction):
                self._set_status(each.what)

    def _touches(self, each: Intervention) -> bool:
        what = each.what
        if not isinstance(what, FireflyAction) or what.action not in STATUS_SET_BY:
            return False
        return any(_has(what, i) for i in self.around)

    def _set_status(self, what: FireflyAction) -> None:
        if what.action in STATUS_SET_BY:
            added = int(STATUS_SET_BY[what.action])
            for i in self.around:
                if _has(what, i):
                    self._status[i] = self._status[i] | added if added else added

    def _use(self, parameters: Parameters) -> None:
        self._parameters, self._response = parameters, response_of(parameters)
        periods = periods_of(parameters)
        self._period = periods if isinstance(periods, float) else float(periods[self.firefly])

    # -- what happens -------------------------------------------------------------------

    def _flash(self, t: float, *, is_first: bool) -> None:
        self._counts[self.firefly] += 1
        if not self._is_known:
            return
        if not is_first:
            due = self._zero + self._period
            self.is_exact &= due == t or (due <= t and self._last == t)
            self._note(t)
        is_even = self._status[self.firefly] & Status.PACEMAKER
        u = 0.0 if is_even else uniform(self._key, self._counts[self.firefly])
        self._zero = t - self._parameters.jitter * u
        self.own.append(t)
        self._note(t)

    def _send(self, t: float, sender: int) -> None:
        self._counts[sender] += 1
        if self._status[sender] & Status.SILENT:
            return
        k, loss, delay = self._counts[sender], self._parameters.loss, self._parameters.delay
        if delay:
            self._flight.add(t + delay, sender, k, loss)
            self._arrive(t)  # a delay may be too short to be one
        else:
            self._pulse(t, sender, k, loss)

    def _arrive(self, t: float) -> None:
        """What arrives at a time does so before all else that happens then."""
        while self._flight.first_arrival <= t:
            arrival, _, sender, k, loss = self._flight.take()
            self._pulse(arrival, sender, k, loss)

    def _pulse(self, t: float, sender: int, k: int, loss: float) -> None:
        if not self._is_known:
            return
        x = t - self._zero
        if loss and self._is_lost(sender, k, loss):
            self.nudges.append(Nudge(t, sender, 0.0, x, Fate.LOST))
            return
        is_deaf = self._status[self.firefly] & _NEVER_HEARS
        if is_deaf or x < self._parameters.refractory or x <= 0.0:
            self.nudges.append(Nudge(t, sender, 0.0, x, Fate.DEAF))
            return
        before = self._zero
        self._note(t)
        self._zero = self._response(before, t, self._period)
        self._note(t)
        self._last = t
        self.nudges.append(Nudge(t, sender, before - self._zero, t - self._zero, Fate.HEARD))

    def _is_lost(self, sender: int, k: int, loss: float) -> bool:
        key = mix(stream_key(self._seed, LOSS, sender) ^ k)
        return uniform(key, self.firefly) < loss

    def _do(self, t: float, what: ParameterChange | FireflyAction) -> None:
        self._note(t)
        self._last = t
        if isinstance(what, ParameterChange):
            old, old_period = self._parameters, self._period
            self._use(old.replace(**what.values))
            if self._parameters.period != old.period:
                self._zero = t - (t - self._zero) * self._period / old_period
        else:
            self._n_actions += 1
            self._set_status(what)
            if _has(what, self.firefly):
                self._act(t, what.action)
        self._note(t)

    def _act(self, t: float, action: Action) -> None:
        period = self._period
        if action in (Action.FLASH_NOW, Action.FLASH_ROUNDED):
            self._zero = min(self._zero, t - period)
            if action is Action.FLASH_NOW and self._zero + period > t:
                self._zero = math.nextafter(self._zero, -math.inf)
        elif action is Action.SCRAMBLE:
            key = stream_key(self._seed, SCRAMBLE, self.firefly)
            self._zero = t - period * uniform(key, self._n_actions)


def _has(what: FireflyAction, i: int) -> bool:
    k = bisect_left(what.ids, i)
    return k < len(what.ids) and what.ids[k] == i
