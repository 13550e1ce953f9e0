"""The compiled population: the same model without workflows, as one kernel over arrays."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cascade import Progress
from experiments.model.acting import acted, with_added, with_other_periods
from experiments.model.actions import Action
from experiments.model.checkpoint import STATUS_SET_BY, Checkpoint
from experiments.model.flash_log import FlashLog
from experiments.model.flight import NO_PULSES
from experiments.model.parameters import Parameters
from experiments.model.random_streams import START, first_uniforms
from experiments.model.rules import periods_of, topology_of
from experiments.population.compiled import compiling, kernel
from experiments.population.compiled.agenda import forget_due, roomy_agenda, set_width
from experiments.population.compiled.kernel import (
    Due,
    Log,
    StateArrays,
    Wiring,
)
from experiments.population.compiled.order import order_parameter
from experiments.population.compiled.pulses import pulses_of, roomy_store
from experiments.population.compiled.rules import rules_of
from experiments.population.compiled.wiring import wiring_of
from experiments.population.protocol import Failure, OnProgress

_LOG_ROOM: Final = 1 << 15

_LEAST_WORK: Final = 1 << 12
_MOST_WORK: Final = 1 << 23
"""Work of the kernel between two looks at the time: a unit is about ten nanoseconds."""

_LOOK_EVERY_S: Final = 5e-4
_COMPILED_LOOK_S: Final = 0.02


class CompiledPopulation:
    """A :class:`~experiments.population.protocol.Population` without engine, clock or coroutine.

    Parameters
    ----------
    parameters
        What it starts with.
    checkpoint
        State to go on from; by default random phases at t = 0.
    flashes
        Where flashes go.

    Notes
    -----
    Flash for flash the same as workflows: see :mod:`experiments.population.compiled.kernel`.
    """

    order_of = staticmethod(order_parameter)

    def __init__(
        self, parameters: Parameters, checkpoint: Checkpoint | None, flashes: FlashLog
    ) -> None:
        n = parameters.n_fireflies
        self._parameters = parameters
        self._flashes = flashes
        self._n_running = 0
        self._n_actions = 0
        periods = np.array(periods_of(parameters), dtype=np.float64, ndmin=1)
        if checkpoint is None:
            begin = 0.0
            zero = first_uniforms(parameters.seed, START, n)
            zero *= periods
            np.subtract(begin, zero, out=zero)
            counts: NDArray[np.integer] = np.zeros(n, dtype=np.uint32)
            status = np.zeros(n, dtype=np.uint8)
            pulses = NO_PULSES
        else:
            begin = checkpoint.t
            zero = checkpoint.zero.copy()
            counts = _narrow(checkpoint.counts)
            status = checkpoint.status.astype(np.uint8)
            pulses = checkpoint.pulses
            self._n_actions = checkpoint.n_actions
        self._swarm = StateArrays(zero, periods, counts, status)
        self._longest_period = float(periods.max())
        self._rules = rules_of(parameters, self._swarm)
        self._times = np.zeros(kernel.N_TIMES)
        self._times[kernel.NOW] = begin
        self._tallies = np.zeros(kernel.N_TALLIES, dtype=np.int64)
        forget_due(self._times, self._tallies)
        self._flight = roomy_store(pulses, self._tallies)
        self._wiring: Wiring | None = None
        self._agenda: Due | None = None
        self._log: Log | None = None
        self._work_per_s = _LEAST_WORK / _LOOK_EVERY_S

    # -- what it is ---------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Virtual time, seconds."""
        return float(self._times[kernel.NOW])

    @property
    def next_deadline(self) -> float | None:
        """When the next flash is due, or the next pulse arrives, seconds; None if none does."""
        if self._agenda is None or self._wiring is None:
            return None
        set_width(self._times, self._longest_period)
        with np.errstate(over="ignore"):
            first = kernel.next_event(
                self._rules.stride, self._swarm, self._wiring, self._agenda, self._flight
            )
        return None if first == math.inf else max(self.now, float(first))

    @property
    def wakes(self) -> int:
        """Steps so far, counted as workflows would take them: see the protocol."""
        return int(self._tallies[kernel.WAKES])

    @property
    def n_running(self) -> int:
        """All, from the start to the end."""
        return self._n_running

    @property
    def n_in_flight(self) -> int:
        """Pulses under way."""
        return int(self._tallies[kernel.QUEUE_N] + self._tallies[kernel.OVERTAKING_N])

    @property
    def parameters(self) -> Parameters:
        """Those in force."""
        return self._parameters

    @property
    def flashes(self) -> FlashLog:
        """Every flash."""
        return self._flashes

    @property
    def failures(self) -> Sequence[Failure]:
        """None: there is nothing of a firefly's own that could fail."""
        return ()

    # -- life ---------------------------------------------------------------------------

    async def start(self, on_progress: OnProgress | None = None) -> None:
        """Load the kernel on another thread, and work out who hears whom."""
        n = self._parameters.n_fireflies
        if on_progress is not None:
            on_progress(0, n)
        await asyncio.sleep(0)
        for _ in compiling.compiled(call_everything):
            if on_progress is not None:
                on_progress(0, n)
            await asyncio.sleep(_COMPILED_LOOK_S)
        for _ in self._wire():
            if on_progress is not None:
                on_progress(0, n)
            await asyncio.sleep(0)
        if on_progress is not None:
            on_progress(n, n)

    def make_ready(self) -> None:
        """What :meth:`start` does, but for the kernel, and at once."""
        for _ in self._wire():
            pass

    def _wire(self) -> Iterator[None]:
        made = wiring_of(topology_of(self._parameters))
        while (wiring := next(made)) is None:
            yield
        n = self._parameters.n_fireflies
        self._wiring = wiring
        self._agenda = roomy_agenda(self._times, self._tallies, n, wiring.most_hearers)
        self._log = Log(np.empty(_LOG_ROOM), np.empty(_LOG_ROOM, dtype=np.uint32))
        self._n_running = n

    async def aclose(self, on_progress: OnProgress | None = None) -> None:
        """Let go of the agenda: nothing is due any more."""
        n, self._n_running = self._n_running, 0
        self._agenda = self._wiring = self._log = None
        if n and on_progress is not None:
            on_progress(0, n)
        await asyncio.sleep(0)
        if n and on_progress is not None:
            on_progress(n, n)

    # -- time ---------------------------------------------------------------------------

    def run_until(self, t: float, budget_s: float | None = None) -> Progress:
        """Let time pass; see the protocol.

        Raises
        ------
        ValueError
            `t` is before now, or not finite.
        """
        if not self.now <= t < math.inf:
            raise ValueError(f"can't run until {t!r} s from {self.now!r} s")
        before = self.wakes
        if self._agenda is None:
            self._times[kernel.NOW] = t
            return Progress(t, True, 0)
        stop_at = math.inf if budget_s is None else time.perf_counter() + budget_s
        set_width(self._times, self._longest_period)
        is_there = self._advance(float(t), stop_at)  # of another kind it would be compiled anew
        self._take_flashes()
        return Progress(self.now, is_there, self.wakes - before)

    def _advance(self, t: float, stop_at: float) -> bool:
        assert self._agenda is not None
        assert self._wiring is not None
        assert self._log is not None
        begin = time.perf_counter()
        while True:
            left = _LOOK_EVERY_S if stop_at == math.inf else max(0.0, stop_at - begin)
            slice_s = max(_LOOK_EVERY_S, left / 4) if stop_at < math.inf else 0.1
            work = int(min(max(self._work_per_s * slice_s, _LEAST_WORK), _MOST_WORK))
            done = self._tallies[kernel.WORK]
            with np.errstate(over="ignore"):
                outcome = kernel.advance(
                    t, work, self._rules, self._swarm, self._wiring, self._agenda, self._flight,
                    self._log,
                )  # fmt: skip
            if outcome == kernel.REACHED:
                return True
            end = time.perf_counter()
            done = self._tallies[kernel.WORK] - done
            if end > begin and done > _LEAST_WORK // 2:
                self._work_per_s = 0.5 * (self._work_per_s + done / (end - begin))
            begin = end
            if outcome == kernel.LOG_FULL:
                self._take_flashes()
            elif outcome == kernel.FLIGHT_FULL:
                pulses = pulses_of(self._flight, self._tallies)
                self._flight = roomy_store(pulses, self._tallies)
            if end >= stop_at:
                return False

    def _take_flashes(self) -> None:
        assert self._log is not None
        n = int(self._tallies[kernel.N_LOGGED])
        if n:
            self._flashes.extend(self._log.times[:n], self._log.ids[:n])
            self._tallies[kernel.N_LOGGED] = 0

    # -- from outside -------------------------------------------------------------------

    def change(self, parameters: Parameters) -> None:
        """Put other parameters into force, for all at once."""
        old, self._parameters = self._parameters, parameters
        state = self._swarm
        if parameters.period != old.period:
            after = np.array(periods_of(parameters), dtype=np.float64, ndmin=1)
            state.zero[:] = with_other_periods(state.zero, self.now, state.periods, after)
            state.periods[:] = after
            self._longest_period = float(after.max())
        self._rules = rules_of(parameters, self._swarm)
        self._look_anew()

    def act(self, action: Action, ids: Sequence[int]) -> None:
        """Do something to some."""
        self._n_actions += 1
        state = self._swarm
        index = np.asarray(ids, dtype=np.intp)
        if action in STATUS_SET_BY:
            state.status[index] = with_added(state.status[index], int(STATUS_SET_BY[action]))
            self._rules = rules_of(self._parameters, self._swarm)
            return
        periods = state.periods[index * self._rules.stride]
        seed, zero = self._parameters.seed, state.zero
        zero[index] = acted(action, index, zero[index], periods, self.now, seed, self._n_actions)
        self._look_anew()

    def _look_anew(self) -> None:
        """Nothing that is known of what is due holds any more."""
        forget_due(self._times, self._tallies)
        if self._agenda is not None:
            self._agenda.bits[:] = 0

    # -- its state ----------------------------------------------------------------------

    def zero_times(self) -> NDArray[np.float64]:
        """When the phases were 0, shape ``(n,)``, seconds; a view."""
        return self._swarm.zero

    def status_of(self, ids: Sequence[int] | None = None) -> NDArray[np.uint8]:
        """Flags of some in their order, or of all; a copy."""
        status = self._swarm.status
        return status.copy() if ids is None else status[np.asarray(ids, dtype=np.intp)]

    def flash_counts(self, ids: Sequence[int]) -> NDArray[np.int64]:
        """How often some have flashed, in their order."""
        return self._swarm.counts[np.asarray(ids, dtype=np.intp)].astype(np.int64)

    def checkpoint(self) -> Checkpoint:
        """The whole state, of a complete instant."""
        state = self._swarm
        return Checkpoint(
            t=self.now,
            parameters=self._parameters,
            zero=state.zero.copy(),
            counts=state.counts.astype(np.int64),
            status=state.status.copy(),
            n_actions=self._n_actions,
            pulses=pulses_of(self._flight, self._tallies),
        )


def _narrow(counts: NDArray[np.int64]) -> NDArray[np.integer]:
    """Counts in half the memory, as long as no count of a run to come could leave it."""
    is_narrow = counts.min(initial=0) >= 0 and counts.max(initial=0) < 1 << 31
    return counts.astype(np.uint32 if is_narrow else np.int64)


def call_everything() -> None:
    """Call all of the kernel that is called from outside."""
    population = CompiledPopulation(Parameters(side=3), None, FlashLog())
    population.make_ready()
    population.run_until(0.0)
    population.order_of(population.zero_times(), 0.0, 5.0)
    if population.next_deadline is None:
        raise RuntimeError("the compiled kernel finds no flash that is due")


def compile_kernel() -> None:
    """Wait for the kernel."""
    for _ in compiling.compiled(call_everything):
        time.sleep(_COMPILED_LOOK_S)
