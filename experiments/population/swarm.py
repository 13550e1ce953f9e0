"""The swarm: the state of all fireflies, outside their coroutines, and what moves it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

import cascade as cs
from experiments.model.acting import acted, with_other_periods
from experiments.model.actions import Action
from experiments.model.checkpoint import STATUS_SET_BY, Checkpoint, Status
from experiments.model.flash_log import FlashLog
from experiments.model.flight import PulsesInFlight
from experiments.model.parameters import Parameters
from experiments.model.random_streams import (
    JITTER,
    LOSS,
    START,
    first_uniforms,
    mix,
    stream_key,
    stream_keys,
    uniform,
)
from experiments.model.rules import periods_of, response_of, topology_of

_send_to_all: Final = cs.Channel.send_to_all
_DEAF: Final = math.inf
_JUST_AFTER: Final = math.ulp(0.0)
"""With no refractory time, so long: who has flashed hears nothing more at that instant."""


class Swarm:
    """State of ``side**2`` fireflies, and the arithmetic of the model.

    Parameters
    ----------
    parameters
        What it starts with.
    clock
        Clock of its engine.
    checkpoint
        State to go on from; by default the random phases of the seed.
    log
        Where flashes go; by default an empty one.
    origin
        Time at which it has these random phases, in seconds; by default the
        clock's present time.

    Attributes
    ----------
    zero
        Time at which each phase was 0: the phase at t is ``t - zero``. Seconds.
    counts, status
        Flashes so far, and :class:`Status` flags.
    channels
        What each firefly listens on; the value sent is the time of the flash.
    topology
        Who hears whom.
    response
        What an accepted pulse does; read at each, as is what follows.
    periods
        Time from one flash to the next if nobody interferes, by id, seconds.
    jitter
        In force, seconds.
    flight
        Pulses under way.
    courier_channel
        What the courier listens on: what is sent on it says that another pulse arrives next.
    n_reminders
        How often that was so.
    log
        Every flash, in order.
    """

    def __init__(
        self,
        parameters: Parameters,
        clock: cs.Clock,
        checkpoint: Checkpoint | None = None,
        log: FlashLog | None = None,
        *,
        origin: float | None = None,
    ) -> None:
        n = parameters.n_fireflies
        self.clock = clock
        self.parameters = parameters
        self.topology = topology_of(parameters)
        self._take_up(parameters)
        self.log = FlashLog() if log is None else log
        self.channels: list[cs.Channel[float]] = []
        self.courier_channel: cs.Channel[None] = cs.Channel()
        self.n_reminders = 0
        self.periods = self._periods()
        if checkpoint is None:
            start = first_uniforms(parameters.seed, START, n)
            at = clock.now if origin is None else origin
            self.zero = _doubles(at - self.period_of_each() * start)
            self.counts = [0] * n
            self.status = [0] * n
            self.n_actions = 0
            self.flight = PulsesInFlight()
        else:
            self.zero = _doubles(checkpoint.zero)
            self.counts = checkpoint.counts.tolist()
            self.status = checkpoint.status.tolist()
            self.n_actions = checkpoint.n_actions
            self.flight = PulsesInFlight(checkpoint.pulses)
        self._deaf_for = [self._hearing_of(status) for status in self.status]
        self._jitter_keys: list[int] = stream_keys(parameters.seed, JITTER, n).tolist()
        self._outlets: list[tuple[cs.Channel[float], ...]] = []

    def connect(self) -> Iterator[None]:
        """Make the channels, and connect neighbours; row by row, to be taken in slices."""
        side = self.parameters.side
        for y in range(side):
            self.channels += [
                cs.Channel(accept=_Hearing(self.zero, self._deaf_for, i).accepts)
                for i in range(y * side, (y + 1) * side)
            ]
            yield
        channels = self.channels
        if self.topology.is_complete:  # who flashes doesn't wait, and so doesn't hear itself
            self._outlets = [tuple(channels)] * len(channels)
            return
        for _ in self.topology.prepare():
            yield
        for row in self.topology.rows():
            self._outlets += [tuple([channels[j] for j in neighbours]) for neighbours in row]
            yield

    # -- the model ----------------------------------------------------------------------

    def flash(self, i: int) -> None:
        """Firefly i flashes: a pulse to each neighbour, then a new cycle."""
        now = self.clock.scheduled
        note_time, note_id = self.log.append_time, self.log.append_id
        note_time(now)
        note_id(i)
        self.counts[i] = k = self.counts[i] + 1
        status = self.status[i]
        if not status & _SILENT:
            if self._is_plain:
                _send_to_all(self._outlets[i], now)
            else:
                self._send(i, k, now)
        if status & _PACEMAKER:
            self.zero[i] = now
        else:
            self.zero[i] = now - self.jitter * uniform(self._jitter_keys[i], k)

    def _send(self, i: int, k: int, now: float) -> None:
        """A pulse that takes its time, or is lost to some."""
        if not self._delay:
            self._deliver(i, k, self._loss)
        elif self.flight.add(now + self._delay, i, k, self._loss):
            self.n_reminders += self.courier_channel.send(None)

    def deliver_next(self) -> None:
        """The pulse that arrives now reaches all its hearers but those to whom it is lost."""
        _, _, sender, k, loss = self.flight.take()
        self._deliver(sender, k, loss)

    def _deliver(self, sender: int, k: int, loss: float) -> None:
        outlets = self._outlets[sender]
        if loss:
            channels, key = self.channels, mix(stream_key(self.parameters.seed, LOSS, sender) ^ k)
            outlets = tuple(
                [channels[j] for j in self.topology.neighbours(sender) if uniform(key, j) >= loss]
            )
        elif self.topology.is_complete:
            outlets = outlets[:sender] + outlets[sender + 1 :]
        _send_to_all(outlets, self.clock.scheduled)

    def zero_times(self) -> NDArray[np.float64]:
        """Times at which the phases were 0, shape ``(n,)``, seconds; a view, not to be kept."""
        return np.asarray(self.zero)

    def checkpoint(self) -> Checkpoint:
        """The whole state; only to be taken at a complete instant."""
        return Checkpoint(
            t=self.clock.now,
            parameters=self.parameters,
            zero=self.zero_times().copy(),
            counts=np.array(self.counts, dtype=np.int64),
            status=np.array(self.status, dtype=np.uint8),
            n_actions=self.n_actions,
            pulses=self.flight.as_array(),
        )

    # -- from outside, between instants -------------------------------------------------

    def change(self, parameters: Parameters, t: float) -> None:
        """Put new parameters into force at time t, for all fireflies at once.

        A new period keeps the fraction of each phase; deadlines are rewritten
        in place and nobody is woken.
        """
        old, self.parameters = self.parameters, parameters
        self._take_up(parameters)
        if parameters.refractory != old.refractory:
            self._deaf_for[:] = map(self._hearing_of, self.status)
        if parameters.period != old.period:
            zero, before = self.zero_times(), self.period_of_each()
            self.periods[:] = self._periods()
            periods = self.period_of_each()
            zero[:] = with_other_periods(zero, t, before, periods)
            self.clock.reschedule(self.channels, (zero + periods).tolist())

    def _take_up(self, parameters: Parameters) -> None:
        """What parameters mean for what happens next."""
        self.response = response_of(parameters)
        self.jitter = parameters.jitter
        self._delay, self._loss = parameters.delay, parameters.loss
        self._is_plain = not (parameters.delay or parameters.loss)

    def _periods(self) -> list[float]:
        periods = periods_of(self.parameters)
        if isinstance(periods, float):
            return [periods] * self.parameters.n_fireflies  # the same object: read the fastest
        by_id: list[float] = periods.tolist()
        return by_id

    def period_of_each(self) -> NDArray[np.float64]:
        """The periods, shape ``(n,)``, seconds; a copy."""
        return np.array(self.periods)

    def act(self, action: Action, ids: Sequence[int], t: float) -> None:
        """Do something to some fireflies at time t; ids are distinct and ascending."""
        self.n_actions += 1
        if action in STATUS_SET_BY:
            added = int(STATUS_SET_BY[action])
            for i in ids:
                self.status[i] = self.status[i] | added if added else added
                self._deaf_for[i] = self._hearing_of(self.status[i])
            return
        zero = self.zero_times()
        index = np.asarray(ids, dtype=np.intp)
        periods = self.period_of_each()[index]
        seed = self.parameters.seed
        zero[index] = acted(action, index, zero[index], periods, t, seed, self.n_actions)
        deadlines = (zero[index] + periods).tolist()
        self.clock.reschedule([self.channels[i] for i in ids], deadlines)

    def _hearing_of(self, status: int) -> float:
        """For how long after its zero a firefly accepts no pulses, seconds."""
        return _DEAF if status & _NEVER_HEARS else self.parameters.refractory or _JUST_AFTER


_SILENT: Final = int(Status.SILENT)
_PACEMAKER: Final = int(Status.PACEMAKER)
_NEVER_HEARS: Final = int(Status.BLIND | Status.PACEMAKER)


def _doubles(values: NDArray[np.float64]) -> memoryview[float]:
    """A copy that is read and written one by one, faster than an array or numpy's."""
    return memoryview(bytearray(values.tobytes())).cast("d")


class _Hearing:
    """What firefly i hears. A bound method takes half the memory of a closure."""

    __slots__ = ("_deaf_for", "_i", "_zero")

    def __init__(self, zero: memoryview[float], deaf_for: list[float], i: int) -> None:
        self._zero = zero
        self._deaf_for = deaf_for
        self._i = i

    def accepts(self, t: float) -> bool:
        """Whether it accepts a pulse sent at time t, seconds."""
        i = self._i
        return t - self._zero[i] >= self._deaf_for[i]
