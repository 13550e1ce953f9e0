"""A slow, obviously right firefly model: the oracle that other implementations must match.

It shares no code with what it judges. There is no heap, no coroutine and no cached
deadline: at every step it looks at all fireflies, takes the one that is due first, and
lets it flash. Times are seconds of virtual time, in doubles, computed in the order in
which the model writes its formulas. The neighbours are the Moore torus.

Where the model leaves room, this is how it is read here:

* A flash is due when ``zero + period <= now``; ``now - zero >= period`` can round otherwise.
* Operations at one time are applied one by one, in their order; each waits until the
  flashes that the one before made due at that time have happened.
* A change rescales ``zero`` only if the period differs from the present one, as
  ``t - (((t - zero) * new) / old)``. A new seed counts from the next draw on.
* Every action takes the next number, whatever its kind; changes of parameters take none.
* Synchrony is dated at the first sample from which R >= 0.99 holds for three of the
  periods in force at that sample, both ends included, and the run lasts that long.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

MASK = (1 << 64) - 1
START, JITTER, SCRAMBLE = 0, 1, 2  # the streams of random numbers
SAMPLE_EVERY_S = 0.1
SYNC_R = 0.99
SYNC_PERIODS = 3
ACTIONS = ("flash_now", "scramble", "silent", "blind", "pacemaker", "revive")
LOOKS_ONLY = ("glow", "speed")  # parameters that no flash depends on

Operation = tuple[float, str, Mapping[str, float] | Collection[int]]
"""``(t, "change", {name: value})`` or ``(t, action, ids)``."""


def mix(x: int) -> int:
    """SplitMix64 (Steele, Lea & Flood 2014)."""
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def u(seed: int, stream: int, i: int, k: int) -> float:
    """Random number in [0, 1), fixed by what it is for."""
    return (mix(mix(mix(mix(seed) ^ stream) ^ i) ^ k) >> 11) * 2**-53


def neighbours(side: int, i: int) -> list[int]:
    """The 8 fireflies around ``i`` on the torus."""
    x, y = i % side, i // side
    around = [(dx, dy) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dx, dy) != (0, 0)]
    return [((y + dy) % side) * side + (x + dx) % side for dx, dy in around]


def order_parameter(zero: Sequence[float], period: float, t: float) -> complex:
    """Mean of ``exp(2 pi i (t - zero) / period)`` over all fireflies."""
    angles = [2 * math.pi * (t - z) / period for z in zero]
    n = len(zero)
    return complex(math.fsum(map(math.cos, angles)) / n, math.fsum(map(math.sin, angles)) / n)


def digest(flashes: Iterable[tuple[float, int]]) -> str:
    """SHA-256 over the flashes in order: float64 ``t``, uint32 ``id``, little-endian."""
    return hashlib.sha256(b"".join(struct.pack("<dI", t, i) for t, i in flashes)).hexdigest()


@dataclass(frozen=True)
class Parameters:
    """What shapes the run; period, nudge, refractory and jitter in seconds."""

    side: int = 50
    period: float = 5.0
    nudge: float = 0.2
    refractory: float = 1.0
    jitter: float = 0.1
    seed: int = 1

    def __post_init__(self) -> None:
        ok = (
            3 <= self.side <= 2000
            and 0 < self.period <= 3600
            and 0 <= self.nudge <= self.period
            and 0 < self.refractory < self.period
            and 0 <= self.jitter < self.refractory
            and 0 <= self.seed <= MASK
        )
        if not ok:  # also when a value is nan
            raise ValueError(f"not a valid set of parameters: {self}")

    def changed(self, values: Mapping[str, Any]) -> Parameters:
        """The same with some values replaced, validated together."""
        kept = {name: value for name, value in values.items() if name not in LOOKS_ONLY}
        return replace(self, **kept)


@dataclass(frozen=True)
class Checkpoint:
    """Everything a run depends on from ``t`` on, ``t`` being complete.

    ``actions`` is the number of actions applied so far; the next is ``actions + 1``.
    ``flags`` holds for each firefly a set of "silent", "blind" and "pacemaker".
    """

    t: float
    zero: Sequence[float]
    counts: Sequence[int] = ()
    flags: Sequence[Collection[str]] = ()
    actions: int = 0


@dataclass(frozen=True)
class Sample:
    """The order parameter at ``t``, after everything at ``t``."""

    t: float
    order_parameter: complex
    period: float

    @property
    def r(self) -> float:
        """Coherence in [0, 1]."""
        return abs(self.order_parameter)


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
        return order_parameter(self.zero, self.parameters.period, self.until)

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
        return Checkpoint(self.until, self.zero, self.counts, self.flags, self.actions)


def time_to_sync(samples: Sequence[Sample], until: float) -> float | None:
    """First sample from which all samples for three of its periods have R >= 0.99."""
    hair = 1e-9  # s: j * 0.1 is not a multiple of 0.1
    for index, first in enumerate(samples):
        end = first.t + SYNC_PERIODS * first.period
        window = [sample for sample in samples[index:] if sample.t <= end + hair]
        if until >= end - hair and all(sample.r >= SYNC_R for sample in window):
            return first.t
    return None


class Model:
    """The fireflies at one time, and what can happen to them."""

    def __init__(self, parameters: Parameters, start: Checkpoint | None) -> None:
        self.parameters = p = parameters
        n = p.side * p.side
        self.neighbours = [neighbours(p.side, i) for i in range(n)]
        if start is None:
            start = Checkpoint(0.0, [-(p.period * u(p.seed, START, i, 0)) for i in range(n)])
        self.now = start.t
        self.zero = list(start.zero)
        self.counts = list(start.counts) or [0] * n
        self.flags = [set(flags) for flags in start.flags] or [set() for _ in range(n)]
        self.actions = start.actions
        if not len(self.zero) == len(self.counts) == len(self.flags) == n:
            raise ValueError(f"a checkpoint of side {p.side} must describe {n} fireflies")
        self.flashes: list[tuple[float, int]] = []
        self.accepted = 0
        self.lost = 0

    def next_flash(self) -> tuple[float, int]:
        """When the next flash is due and whose it is; of those due at once the lowest id."""
        first_due, first = math.inf, -1
        for i, zero in enumerate(self.zero):
            due = max(self.now, zero + self.parameters.period)
            if due < first_due:
                first_due, first = due, i
        return first_due, first

    def flash(self, t: float, i: int) -> None:
        """Firefly ``i`` flashes: pulses to all its neighbours, then a new cycle."""
        p = self.parameters
        self.now = t
        self.counts[i] += 1
        self.flashes.append((t, i))
        if "silent" not in self.flags[i]:
            for j in self.neighbours[i]:
                self.pulse(t, j)
        if "pacemaker" in self.flags[i]:
            self.zero[i] = t
        else:
            self.zero[i] = t - p.jitter * u(p.seed, JITTER, i, self.counts[i])
        if self.zero[i] + p.period <= t:
            raise RuntimeError(f"firefly {i} would flash at {t} s for ever: period too short")

    def pulse(self, t: float, j: int) -> None:
        """Firefly ``j`` sees a flash, and accepts it or loses it."""
        p = self.parameters
        deaf = "blind" in self.flags[j] or "pacemaker" in self.flags[j]
        if t - self.zero[j] >= p.refractory and not deaf:
            self.zero[j] = self.zero[j] - p.nudge
            self.accepted += 1
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

    def change(self, t: float, values: Mapping[str, float]) -> None:
        """Set several parameters at once; a new period keeps each phase's fraction."""
        if values.get("side", self.parameters.side) != self.parameters.side:
            raise ValueError("the side cannot change within a run")
        old = self.parameters.period
        self.parameters = self.parameters.changed(values)
        new = self.parameters.period
        if new != old:
            self.zero = [t - (t - zero) * new / old for zero in self.zero]

    def act(self, t: float, kind: str, ids: list[int]) -> None:
        """Do one action to some fireflies."""
        p = self.parameters
        if ids and not 0 <= ids[0] <= ids[-1] < len(self.zero):
            raise ValueError(f"ids must be in [0, {len(self.zero)}), got {ids}")
        self.actions += 1
        for i in ids:
            if kind == "flash_now":
                self.zero[i] = min(self.zero[i], t - p.period)
                if self.zero[i] + p.period > t:  # rounded up: it is due at t all the same
                    self.zero[i] = math.nextafter(self.zero[i], -math.inf)
            elif kind == "scramble":
                self.zero[i] = t - p.period * u(p.seed, SCRAMBLE, i, self.actions)
            elif kind == "revive":
                self.flags[i] = set()
            else:
                self.flags[i].add(kind)

    def sample(self, t: float) -> Sample:
        """Look at the phases, changing nothing."""
        period = self.parameters.period
        return Sample(t, order_parameter(self.zero, period, t), period)


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
        side, period, nudge, refractory, jitter, seed; what is absent has its default.
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
        operation_at = script[applied][0] if applied < len(script) else math.inf
        sample_at = j * SAMPLE_EVERY_S
        if min(flash_at, operation_at, sample_at) > until:
            break
        # Flashes first, so that an operation finds its instant complete; samples last.
        if flash_at <= operation_at and flash_at <= sample_at:
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
        samples=samples,
        accepted=model.accepted,
        lost=model.lost,
    )
