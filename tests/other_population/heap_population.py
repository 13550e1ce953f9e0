"""A second population: the model on a plain heap, without engine, clock or coroutine."""

from __future__ import annotations

import asyncio
import heapq
import math
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cascade import Progress
from experiments import Checkpoint, FlashLog, Parameters, Status, response_of, topology_of
from experiments.model.actions import Action
from experiments.model.checkpoint import STATUS_SET_BY
from experiments.model.flight import PulsesInFlight
from experiments.model.order import order_parameter
from experiments.model.random_streams import (
    JITTER,
    LOSS,
    SCRAMBLE,
    START,
    mix,
    stream_key,
    stream_keys,
    uniform,
)
from experiments.model.rules import periods_of
from experiments.population.factory import PopulationKind
from experiments.population.protocol import Failure, OnProgress

_STRIDE = 16
_DEAF = Status.BLIND | Status.PACEMAKER


class HeapPopulation:
    """As :class:`experiments.population.protocol.Population` says."""

    order_of = staticmethod(order_parameter)

    def __init__(
        self, parameters: Parameters, checkpoint: Checkpoint | None, flashes: FlashLog
    ) -> None:
        n = parameters.n_fireflies
        self.parameters = parameters
        self._respond = response_of(parameters)
        self.flashes = flashes
        self.failures: list[Failure] = []
        self.now = 0.0 if checkpoint is None else checkpoint.t
        self.wakes = self.n_running = 0
        self._periods = self._periods_of(parameters)
        if checkpoint is None:
            keys = stream_keys(parameters.seed, START, n).tolist()
            starts = zip(self._periods, keys, strict=True)
            self._zero = [0.0 - period * uniform(key, 0) for period, key in starts]
            self._flight = PulsesInFlight()
            self._counts, self._status, self._n_actions = [0] * n, [0] * n, 0
        else:
            self._zero = checkpoint.zero.tolist()
            self._counts = checkpoint.counts.tolist()
            self._status = checkpoint.status.tolist()
            self._n_actions = checkpoint.n_actions
            self._flight = PulsesInFlight(checkpoint.pulses)
        self._neighbours = [each for row in topology_of(parameters).rows() for each in row]
        self._jitter_keys = stream_keys(parameters.seed, JITTER, n).tolist()
        self._entries: list[tuple[float, int, int]] = []
        self._newest = [0] * n

    @property
    def n_in_flight(self) -> int:
        return len(self._flight)

    @property
    def next_deadline(self) -> float | None:
        first = min(self._next_flash, self._flight.first_arrival)
        return None if first == math.inf else max(self.now, first)

    @property
    def _next_flash(self) -> float:
        while self._entries and self._entries[0][2] != self._newest[self._entries[0][1]]:
            heapq.heappop(self._entries)
        return self._entries[0][0] if self._entries else math.inf

    @staticmethod
    def _periods_of(parameters: Parameters) -> list[float]:
        periods = periods_of(parameters)
        if isinstance(periods, float):
            return [periods] * parameters.n_fireflies
        return list(map(float, periods))

    async def start(self, on_progress: OnProgress | None = None) -> None:
        n = self.parameters.n_fireflies
        for i in range(n):
            if i % 64 == 0:
                if on_progress is not None:
                    on_progress(i, n)
                await asyncio.sleep(0)
            self._await_deadline(i)
            self.n_running += 1
        if on_progress is not None:
            on_progress(n, n)

    async def aclose(self, on_progress: OnProgress | None = None) -> None:
        n, self.n_running = self.n_running, 0
        if n and on_progress is not None:
            on_progress(0, n)
        await asyncio.sleep(0)
        self._entries.clear()
        if n and on_progress is not None:
            on_progress(n, n)

    def _await_deadline(self, i: int) -> None:
        self._newest[i] += 1
        deadline = max(self.now, self._zero[i] + self._periods[i])
        heapq.heappush(self._entries, (deadline, i, self._newest[i]))

    def run_until(self, t: float, budget_s: float | None = None) -> Progress:
        if not self.now <= t < math.inf:
            raise ValueError(f"can't run until {t!r} from {self.now!r}")
        stop_at = math.inf if budget_s is None else time.perf_counter() + budget_s
        before = self.wakes
        looked = before
        while (deadline := self.next_deadline) is not None and deadline <= t:
            if self.wakes - looked >= _STRIDE:
                looked = self.wakes
                if time.perf_counter() >= stop_at:
                    return Progress(self.now, False, self.wakes - before)
            self.now = deadline
            self.wakes += 1
            if self._flight.first_arrival <= deadline:
                _, _, sender, k, loss = self._flight.take()
                self._deliver(sender, k, loss)
            else:
                self._flash(heapq.heappop(self._entries)[1])
        self.now = t
        return Progress(t, True, self.wakes - before)

    def _flash(self, i: int) -> None:
        t, parameters = self.now, self.parameters
        self.flashes.append_time(t)
        self.flashes.append_id(i)
        self._counts[i] += 1
        if not self._status[i] & Status.SILENT:
            if parameters.delay:
                arrival = t + parameters.delay
                self._flight.add(arrival, i, self._counts[i], parameters.loss)
            else:
                self._deliver(i, self._counts[i], parameters.loss)
        jitter = 0.0
        if not self._status[i] & Status.PACEMAKER:
            jitter = parameters.jitter * uniform(self._jitter_keys[i], self._counts[i])
        self._zero[i] = t - jitter
        self._await_deadline(i)

    def _deliver(self, sender: int, k: int, loss: float) -> None:
        t = self.now
        key = mix(stream_key(self.parameters.seed, LOSS, sender) ^ k)
        for j in self._neighbours[sender]:
            x = t - self._zero[j]
            is_deaf = self._status[j] & _DEAF or x <= 0.0 or x < self.parameters.refractory
            if not is_deaf and uniform(key, j) >= loss:
                self.wakes += 1
                self._zero[j] = self._respond(self._zero[j], t, self._periods[j])
                self._await_deadline(j)

    def change(self, parameters: Parameters) -> None:
        old, self.parameters, t = self.parameters, parameters, self.now
        self._respond = response_of(parameters)
        if parameters.period != old.period:
            before, self._periods = self._periods, self._periods_of(parameters)
            for i, zero in enumerate(self._zero):
                self._zero[i] = t - (t - zero) * self._periods[i] / before[i]
                self._await_deadline(i)

    def act(self, action: Action, ids: Sequence[int]) -> None:
        self._n_actions += 1
        t = self.now
        keys = stream_keys(self.parameters.seed, SCRAMBLE, len(self._zero)).tolist()
        for i in ids:
            period = self._periods[i]
            if action in STATUS_SET_BY:
                added = int(STATUS_SET_BY[action])
                self._status[i] = self._status[i] | added if added else 0
                continue
            if action in (Action.FLASH_NOW, Action.FLASH_ROUNDED):
                due = min(self._zero[i], t - period)
                if action is Action.FLASH_NOW and due + period > t:
                    due = math.nextafter(due, -math.inf)
                self._zero[i] = due
            else:
                self._zero[i] = t - period * uniform(keys[i], self._n_actions)
            self._await_deadline(i)

    def zero_times(self) -> NDArray[np.float64]:
        return np.array(self._zero)

    def status_of(self, ids: Sequence[int] | None = None) -> NDArray[np.uint8]:
        status = self._status if ids is None else [self._status[i] for i in ids]
        return np.array(status, dtype=np.uint8)

    def flash_counts(self, ids: Sequence[int]) -> NDArray[np.int64]:
        return np.array([self._counts[i] for i in ids], dtype=np.int64)

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(
            t=self.now,
            parameters=self.parameters,
            zero=self.zero_times(),
            counts=np.array(self._counts, dtype=np.int64),
            status=self.status_of(),
            n_actions=self._n_actions,
            pulses=self._flight.as_array(),
        )


HEAP = PopulationKind(
    name="heap",
    each="with one entry per firefly",
    nouns="entries",
    setting=" in one heap",
    make=HeapPopulation,
    largest_side=200,
    bytes_per_firefly=512,
)
