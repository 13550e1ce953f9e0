"""A slow, obviously right firefly model: the oracle that other implementations must match.

It shares no code with what it judges. There is no heap, no coroutine and no cached
deadline: at every step it looks at all fireflies and at all pulses in flight, and lets
happen what is due first. Times are seconds of virtual time, in doubles, computed in the
order in which the model writes its formulas. Its parts are in `tests/reference/`.

Where the model leaves room, this is how it is read here:

* A flash is due when ``zero + period <= now``; ``now - zero >= period`` can round otherwise.
* Operations at one time are applied one by one, in their order; each waits until the
  flashes that the one before made due at that time have happened.
* A change rescales ``zero`` only if the period differs from the present one, as
  ``t - (((t - zero) * new) / old)``, with the periods of each firefly.
* A pulse to a firefly that is due at this instant is accepted, and does nothing.
* A pulse that the delay is too short to set apart from its flash arrives before the next
  flash of that instant.
* Every action takes the next number, whatever its kind; changes of parameters take none.
* Synchrony is dated at the first sample from which R >= 0.99 holds for three of the
  periods in force at that sample, both ends included, and the run lasts that long.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.reference.checkpoint import Checkpoint, InFlight
from tests.reference.observed import (
    SAMPLE_EVERY_S,
    Sample,
    digest,
    order_parameter,
    time_to_sync,
)
from tests.reference.parameters import Parameters
from tests.reference.random_numbers import JITTER, LOSS, SCRAMBLE, START, mix, u, u5
from tests.reference.responses import zero_after
from tests.reference.topologies import hearers, neighbours

__all__ = [
    "ACTIONS",
    "JITTER",
    "START",
    "Checkpoint",
    "InFlight",
    "Model",
    "Operation",
    "Parameters",
    "Result",
    "Sample",
    "digest",
    "mix",
    "neighbours",
    "order_parameter",
    "run",
    "time_to_sync",
    "u",
]

ACTIONS = ("flash_now", "scramble", "silent", "blind", "pacemaker", "revive")

Operation = tuple[float, str, Mapping[str, Any] | Collection[int]]
"""``(t, "change", {name: value})`` or ``(t, action, ids)``."""


@dataclass(frozen=True)
class Result:
    """What happened up to ``until``, and the state then."""

    until: float
    parameters: Parameters
    flashes: list[tuple[float, int]]
    zero: list[float]
    counts: list[int]
    flags: list[frozenset[str]]
    actions: int
    in_flight: list[InFlight]
    samples: list[Sample]
    accepted: int
    lost: int

    @property
    def digest(self) -> str:
        """See `digest`."""
        return digest(self.flashes)

    @property
    def order_parameter(self) -> complex:
        """At exactly ``until``."""
        return order_parameter(self.zero, self.parameters.periods(), self.until)

    @property
    def r(self) -> float:
        """Coherence in [0, 1] at exactly ``until``."""
        return abs(self.order_parameter)

    @property
    def time_to_sync(self) -> float | None:
        """First sample from which R stays high for three periods, or None."""
        return time_to_sync(self.samples, self.until)

    def checkpoint(self) -> Checkpoint:
        """Where another run can go on, given ``parameters``."""
        return Checkpoint(
            self.until, self.zero, self.counts, self.flags, self.actions, self.in_flight
        )


class Model:
    """The fireflies at one time, and what can happen to them."""

    def __init__(self, parameters: Parameters, start: Checkpoint | None) -> None:
        self.parameters = p = parameters
        self.hearers = hearers(p)
        self.periods = p.periods()
        if start is None:
            zero = [-(self.periods[i] * u(p.seed, START, i, 0)) for i in range(p.n)]
            start = Checkpoint(0.0, zero)
        self.now = start.t
        self.zero = list(start.zero)
        self.counts = list(start.counts) or [0] * p.n
        self.flags = [set(flags) for flags in start.flags] or [set() for _ in range(p.n)]
        self.actions = start.actions
        self.in_flight = list(start.in_flight)
        if not len(self.zero) == len(self.counts) == len(self.flags) == p.n:
            raise ValueError(f"a checkpoint of side {p.side} must describe {p.n} fireflies")
        self.flashes: list[tuple[float, int]] = []
        self.accepted = 0
        self.lost = 0

    def next_flash(self) -> tuple[float, int]:
        """When the next flash is due and whose it is; of those due at once the lowest id."""
        first_due, first = math.inf, -1
        for i, zero in enumerate(self.zero):
            due = max(self.now, zero + self.periods[i])
            if due < first_due:
                first_due, first = due, i
        return first_due, first

    def next_arrival(self) -> tuple[float, int]:
        """When the next pulse arrives and its place; of those that arrive at once the oldest."""
        first_arrival, first = math.inf, -1
        for place, pulse in enumerate(self.in_flight):
            if pulse.arrival < first_arrival:
                first_arrival, first = pulse.arrival, place
        return first_arrival, first

    def flash(self, t: float, i: int) -> None:
        """Firefly ``i`` flashes: pulses to all its hearers, then a new cycle."""
        p = self.parameters
        self.now = t
        self.counts[i] += 1
        self.flashes.append((t, i))
        if "silent" not in self.flags[i]:
            self.send(t, i, self.counts[i])
        if "pacemaker" in self.flags[i]:
            self.zero[i] = t
        else:
            self.zero[i] = t - p.jitter * u(p.seed, JITTER, i, self.counts[i])
        if self.zero[i] + self.periods[i] <= t:
            raise RuntimeError(f"firefly {i} would flash at {t} s for ever: period too short")

    def send(self, t: float, i: int, k: int) -> None:
        """The pulse of a flash: at once to all hearers, or on its way to them."""
        p = self.parameters
        lost_to = set()
        if p.loss > 0:  # below 0 there is no random number
            lost_to = {j for j in self.hearers[i] if u5(p.seed, LOSS, i, k, j) < p.loss}
        pulse = InFlight(t + p.delay, i, k, frozenset(lost_to))
        if p.delay > 0:
            self.in_flight.append(pulse)
        else:
            self.deliver(t, pulse)

    def arrive(self, t: float, place: int) -> None:
        """A pulse in flight has got to its hearers."""
        self.now = t
        self.deliver(t, self.in_flight.pop(place))

    def deliver(self, t: float, pulse: InFlight) -> None:
        """All hearers see a flash, but those the pulse is lost to."""
        for j in self.hearers[pulse.sender]:
            if j in pulse.lost_to:
                self.lost += 1
            else:
                self.pulse(t, j)

    def pulse(self, t: float, j: int) -> None:
        """Firefly ``j`` sees a flash, and accepts it or loses it."""
        p = self.parameters
        x = t - self.zero[j]
        deaf = "blind" in self.flags[j] or "pacemaker" in self.flags[j]
        if x >= p.refractory and x > 0 and not deaf:
            self.accepted += 1
            committed = self.zero[j] + self.periods[j] <= t
            if not committed:
                self.zero[j] = zero_after(p, self.zero[j], t, self.periods[j])
        else:
            self.lost += 1

    def apply(self, operation: Operation) -> None:
        """Apply what comes from outside; the instant before it is complete."""
        t, kind, payload = operation
        self.now = t
        if isinstance(payload, Mapping):
            if kind != "change":
                raise ValueError(f"{kind!r} takes ids, not parameters")
            self.change(t, payload)
        else:
            if kind not in ACTIONS:
                raise ValueError(f"{kind!r} is none of the actions {ACTIONS}")
            self.act(t, kind, sorted(set(payload)))

    def change(self, t: float, values: Mapping[str, Any]) -> None:
        """Set several parameters at once; a new period keeps each phase's fraction."""
        old, old_periods = self.parameters.period, self.periods
        self.parameters = self.parameters.changed_live(values)
        self.periods = self.parameters.periods()
        if self.parameters.period != old:
            self.zero = [
                t - (t - self.zero[i]) * self.periods[i] / old_periods[i]
                for i in range(len(self.zero))
            ]

    def act(self, t: float, kind: str, ids: list[int]) -> None:
        """Do one action to some fireflies."""
        p = self.parameters
        if ids and not 0 <= ids[0] <= ids[-1] < len(self.zero):
            raise ValueError(f"ids must be in [0, {len(self.zero)}), got {ids}")
        self.actions += 1
        for i in ids:
            if kind == "flash_now":
                self.zero[i] = min(self.zero[i], t - self.periods[i])
                if self.zero[i] + self.periods[i] > t:  # rounded up: it is due at t all the same
                    self.zero[i] = math.nextafter(self.zero[i], -math.inf)
            elif kind == "scramble":
                self.zero[i] = t - self.periods[i] * u(p.seed, SCRAMBLE, i, self.actions)
            elif kind == "revive":
                self.flags[i] = set()
            else:
                self.flags[i].add(kind)

    def sample(self, t: float) -> Sample:
        """Look at the phases, changing nothing."""
        return Sample(t, order_parameter(self.zero, self.periods, t), self.parameters.period)


def run(
    parameters: Mapping[str, Any] | Parameters,
    script: Iterable[Operation],
    until: float,
    checkpoint: Checkpoint | None = None,
) -> Result:
    """Run the model, including everything at ``until``.

    Parameters
    ----------
    parameters
        Those of `Parameters` by name; what is absent has its default.
        With a checkpoint: those in force at its time.
    script
        What comes from outside, in order of application. With a checkpoint: only what
        was not yet applied, possibly at the time of the checkpoint itself.
    until
        Virtual time in seconds.
    checkpoint
        Where to start, instead of random phases at t = 0. Samples start there too, its
        own time included.

    Raises
    ------
    ValueError
        For invalid parameters, ids or kinds, and for a script that goes back in time.
    """
    if not isinstance(parameters, Parameters):
        parameters = Parameters().changed(parameters)
    model = Model(parameters, checkpoint)
    script = list(script)
    times = [model.now, *(operation[0] for operation in script)]
    if times != sorted(times):
        raise ValueError("operations must be in order of time, none before the start")
    if not model.now <= until < math.inf:
        raise ValueError(f"until must be finite and >= {model.now} s, got {until}")

    samples: list[Sample] = []
    applied = 0
    j = max(0, int(model.now / SAMPLE_EVERY_S) - 1)
    while j * SAMPLE_EVERY_S < model.now:
        j += 1
    while True:
        flash_at, i = model.next_flash()
        arrival_at, place = model.next_arrival()
        operation_at = script[applied][0] if applied < len(script) else math.inf
        sample_at = j * SAMPLE_EVERY_S
        if min(arrival_at, flash_at, operation_at, sample_at) > until:
            break
        # Arrivals and flashes first, so that an operation finds its instant complete;
        # samples last.
        if arrival_at <= min(flash_at, operation_at, sample_at):
            model.arrive(arrival_at, place)
        elif flash_at <= operation_at and flash_at <= sample_at:
            model.flash(flash_at, i)
        elif operation_at <= sample_at:
            model.apply(script[applied])
            applied += 1
        else:
            samples.append(model.sample(sample_at))
            j += 1

    flags = [frozenset(flags) for flags in model.flags]
    return Result(
        until=until,
        parameters=model.parameters,
        flashes=model.flashes,
        zero=model.zero,
        counts=model.counts,
        flags=flags,
        actions=model.actions,
        in_flight=model.in_flight,
        samples=samples,
        accepted=model.accepted,
        lost=model.lost,
    )
