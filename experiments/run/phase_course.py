"""The course of one firefly's phase, worked out again from the flash log by the rules."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.actions import Action, FireflyAction, Intervention, ParameterChange
from experiments.model.checkpoint import STATUS_SET_BY, Status
from experiments.model.fields import Value
from experiments.model.instant import Instant
from experiments.model.parameters import Parameters
from experiments.model.random_streams import JITTER, SCRAMBLE, START, stream_key, uniform
from experiments.model.rules import response_of, topology_of

_NEVER_HEARS: Final = Status.BLIND | Status.PACEMAKER


@dataclass(frozen=True, slots=True)
class Nudge:
    """A flash that a firefly could have heard.

    Attributes
    ----------
    t
        When, seconds.
    sender
        Whose.
    by
        By how much it moved the phase on, seconds; 0 if it was lost.
    phase
        What the phase was then, seconds.
    """

    t: float
    sender: int
    by: float
    phase: float


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
        The flashes of those that it hears, in order.
    is_exact
        Whether the rules lead to the very state that it has at the end, bit for bit, and every
        flash was due when it came. If not, the points are those of the present alone.
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


@dataclass(frozen=True, slots=True)
class FlashesKnown:
    """What a course is worked out from.

    Attributes
    ----------
    instant
        The present, a complete instant.
    initial
        The parameters that the run began with.
    times, ids
        Flashes in the order of the log, up to the present, seconds and fireflies, shape ``(m,)``.
    is_from_start
        Whether these are all flashes of the run.
    interventions
        All that was done to the run, in order.
    count
        How often the firefly has flashed.
    status
        What was done to it and to those that it hears, by id.
    """

    instant: Instant
    initial: Parameters
    times: NDArray[np.float64]
    ids: NDArray[np.uint32]
    is_from_start: bool
    interventions: Sequence[Intervention]
    count: int
    status: dict[int, int]


def phase_course(firefly: int, known: FlashesKnown, begin: float) -> PhaseCourse:
    """The course of a firefly's phase from its last flash before `begin` on, seconds.

    Where it hasn't flashed by then, or that is forgotten, it begins at the first flash that is
    known, or with the run. Within one time the log does not say which flashes came before
    something was done from outside, and which after: what fits the present state is right.

    Parameters
    ----------
    firefly
        Its id.
    known
        What there is to work it out from.
    begin
        From when on it is wanted.
    """
    around = (firefly, *topology_of(known.instant.parameters).neighbours(firefly))
    is_near = np.zeros(known.instant.parameters.n_fireflies, dtype=bool)
    is_near[list(around)] = True
    near = is_near[known.ids]
    flashes = list(zip(known.times[near].tolist(), known.ids[near].tolist(), strict=True))
    done = known.interventions[: known.instant.n_interventions]
    own = [k for k, (_, i) in enumerate(flashes) if i == firefly]
    earlier = [k for k in own if flashes[k][0] <= begin]
    first = earlier[-1] if earlier else -1 if known.is_from_start else own[0] if own else None
    # A flash that is not in the log yet, of an instant that is under way, may be counted already.
    for count in (known.count, known.count - 1):
        for after in (False, True):
            if first is not None:
                walk = _Walk(firefly, around, known, done, flashes, first, count, after)
                if walk.is_exact:
                    return walk.course()
    phase = float(known.instant.t - known.instant.zero[firefly])
    present = np.array([known.instant.t]), np.array([phase])
    return PhaseCourse(*present, tuple(flashes[k][0] for k in own), (), False)


@dataclass
class _Walk:
    """From a flash of the firefly, or the beginning, through all that happened since."""

    firefly: int
    around: tuple[int, ...]
    known: FlashesKnown
    done: Sequence[Intervention]
    flashes: list[tuple[float, int]]
    first: int
    count: int
    is_done_after: bool
    is_exact: bool = True
    points: list[tuple[float, float]] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    nudges: list[Nudge] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Walk to the end."""
        seed = self.known.initial.seed
        self._key = stream_key(seed, JITTER, self.firefly)
        from_start = self.first < 0
        begins_at = 0.0 if from_start else self.flashes[self.first][0]
        n_own = sum(i == self.firefly for _, i in self.flashes[max(0, self.first) :])
        self._k = self.count - n_own
        at = [each.t for each in self.done]
        n_before = 0 if from_start else bisect_left(at, begins_at)
        self._fold(n_before)
        if from_start:
            start = self._parameters.period * uniform(stream_key(seed, START, self.firefly), 0)
            self._zero = -start
            self._note(0.0)
        else:  # by its flash it becomes known
            self._zero = -math.inf
        self._last = begins_at
        by_flash, by_hand = (0, 1) if self.is_done_after else (1, 0)
        events = [(self.flashes[k][0], by_flash, k)
                  for k in range(max(0, self.first), len(self.flashes))]  # fmt: skip
        events += [(self.done[k].t, by_hand, k) for k in range(n_before, len(self.done))]
        for t, rank, k in sorted(events):
            if rank == by_flash:
                self._flash(t, self.flashes[k][1])
            else:
                self._do(t, self.done[k].what)
        instant = self.known.instant
        self.is_exact &= self._zero == instant.zero[self.firefly]
        self._note(instant.t)

    def course(self) -> PhaseCourse:
        """What was found."""
        times, phases = (np.array(each) for each in zip(*self.points, strict=True))
        return PhaseCourse(times, phases, tuple(self.own), tuple(self.nudges), True)

    def _note(self, t: float) -> None:
        if math.isfinite(self._zero):
            self.points.append((t, t - self._zero))

    def _fold(self, n_before: int) -> None:
        """Parameters, statuses and number of actions after the first so many interventions."""
        before, later = self.done[:n_before], self.done[n_before:]
        values: dict[str, Value] = {}
        for each in before:
            if isinstance(each.what, ParameterChange):
                values.update(each.what.values)
        self._use(self.known.initial.replace(**values) if values else self.known.initial)
        self._n_actions = sum(isinstance(each.what, FireflyAction) for each in before)
        if any(self._touches(each) for each in later):
            self._status = dict.fromkeys(self.around, 0)
            for each in before:
                if isinstance(each.what, FireflyAction):
                    self._set_status(each.what)
        else:
            self._status = dict(self.known.status)

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

    # -- what happens -------------------------------------------------------------------

    def _flash(self, t: float, i: int) -> None:
        if i != self.firefly:
            self._pulse(t, i)
            return
        if math.isfinite(self._zero):
            due = self._zero + self._parameters.period
            self.is_exact &= due == t or (due <= t and self._last == t)
            self._note(t)
        self._k += 1
        is_even = self._status[i] & Status.PACEMAKER
        late = 0.0 if is_even else self._parameters.jitter * uniform(self._key, self._k)
        self._zero = t - late
        self.own.append(t)
        self._note(t)

    def _pulse(self, t: float, sender: int) -> None:
        if not math.isfinite(self._zero) or self._status[sender] & Status.SILENT:
            return
        is_deaf = self._status[self.firefly] & _NEVER_HEARS
        if is_deaf or t - self._zero < self._parameters.refractory:
            self.nudges.append(Nudge(t, sender, 0.0, t - self._zero))
            return
        before = self._zero
        self._note(t)
        self._zero = self._response(before, t, self._parameters.period)
        self._note(t)
        self._last = t
        self.nudges.append(Nudge(t, sender, before - self._zero, t - self._zero))

    def _do(self, t: float, what: ParameterChange | FireflyAction) -> None:
        self._note(t)
        self._last = t
        if isinstance(what, ParameterChange):
            old = self._parameters.period
            self._use(self._parameters.replace(**what.values))
            new = self._parameters.period
            if new != old:
                self._zero = t - (t - self._zero) * new / old
        else:
            self._n_actions += 1
            self._set_status(what)
            if _has(what, self.firefly):
                self._act(t, what.action)
        self._note(t)

    def _act(self, t: float, action: Action) -> None:
        period = self._parameters.period
        if action in (Action.FLASH_NOW, Action.FLASH_ROUNDED):
            self._zero = min(self._zero, t - period)
            if action is Action.FLASH_NOW and self._zero + period > t:
                self._zero = math.nextafter(self._zero, -math.inf)
        elif action is Action.SCRAMBLE:
            key = stream_key(self.known.initial.seed, SCRAMBLE, self.firefly)
            self._zero = t - period * uniform(key, self._n_actions)


def _has(what: FireflyAction, i: int) -> bool:
    k = bisect_left(what.ids, i)
    return k < len(what.ids) and what.ids[k] == i
