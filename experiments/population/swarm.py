"""The swarm: the state of all fireflies, outside their coroutines, and what moves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

import cascade as cs
from experiments.model.actions import Action
from experiments.model.checkpoint import STATUS_SET_BY, Checkpoint, Status
from experiments.model.flash_log import FlashLog
from experiments.model.parameters import Parameters
from experiments.model.random_streams import (
    JITTER,
    SCRAMBLE,
    START,
    stream_keys,
    uniform,
    uniform_array,
)
from experiments.model.rules import response_of, topology_of

_send_to_all: Final = cs.Channel.send_to_all
_DEAF: Final = float("inf")


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
    period, jitter
        Parameters in force, in seconds.
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
        self.response = response_of(parameters)
        self.period = parameters.period
        self.jitter = parameters.jitter
        self.log = FlashLog() if log is None else log
        self.channels: list[cs.Channel[float]] = []
        if checkpoint is None:
            start = uniform_array(stream_keys(parameters.seed, START, n), 0)
            at = clock.now if origin is None else origin
            self.zero = _doubles(at - parameters.period * start)
            self.counts = [0] * n
            self.status = [0] * n
            self.n_actions = 0
        else:
            self.zero = _doubles(checkpoint.zero)
            self.counts = checkpoint.counts.tolist()
            self.status = checkpoint.status.tolist()
            self.n_actions = checkpoint.n_actions
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
            _send_to_all(self._outlets[i], now)
        if status & _PACEMAKER:
            self.zero[i] = now
        else:
            self.zero[i] = now - self.jitter * uniform(self._jitter_keys[i], k)

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
        )

    # -- from outside, between instants -------------------------------------------------

    def change(self, parameters: Parameters, t: float) -> None:
        """Put new parameters into force at time t, for all fireflies at once.

        A new period keeps the fraction of each phase; deadlines are rewritten
        in place and nobody is woken.
        """
        old, self.parameters = self.parameters, parameters
        self.response = response_of(parameters)
        self.jitter = parameters.jitter
        if parameters.refractory != old.refractory:
            self._deaf_for[:] = map(self._hearing_of, self.status)
        if parameters.period != old.period:
            self.period = parameters.period
            zero = self.zero_times()
            zero[:] = t - (t - zero) * parameters.period / old.period
            self.clock.reschedule(self.channels, (zero + self.period).tolist())

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
        if action in (Action.FLASH_NOW, Action.FLASH_ROUNDED):
            due = np.minimum(zero[index], t - self.period)
            if action is Action.FLASH_NOW:  # at t, not where t - period + period rounds to
                late = due + self.period > t
                due[late] = np.nextafter(due[late], -np.inf)
            zero[index] = due
        else:
            keys = stream_keys(self.parameters.seed, SCRAMBLE, len(zero))[index]
            zero[index] = t - self.period * uniform_array(keys, self.n_actions)
        deadlines = (zero[index] + self.period).tolist()
        self.clock.reschedule([self.channels[i] for i in ids], deadlines)

    def _hearing_of(self, status: int) -> float:
        """For how long after its zero a firefly accepts no pulses, seconds."""
        return _DEAF if status & _NEVER_HEARS else self.parameters.refractory


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
