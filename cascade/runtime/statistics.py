"""Statistics: what an engine is doing at the moment, in numbers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from cascade.clock.base import Clock
from cascade.clock.channel import Channel
from cascade.clock.current import CURRENT, Run
from cascade.record import Record

_RATE_OVER_S: Final = 1.0


class Statistics(Record, kw_only=False):
    """A moment of an engine.

    Attributes
    ----------
    runs_active
        Runs that have begun and not ended.
    tasks_running
        Tasks being executed, also while they wait for something.
    tasks_blocked
        Tasks that may not begin yet, for want of a resource or by a constraint.
    workflows_waiting
        Workflows that wait for time, a channel or anything else.
    wakes
        Resumptions of workflows since the clock was made.
    wakes_per_s
        The same per second of real time, over the last second or so.
    seconds_by_task
        Task name -> seconds of the engine's clock spent in it, over all runs,
        those under way included.
    """

    runs_active: int
    tasks_running: int
    tasks_blocked: int
    workflows_waiting: int
    wakes: int
    wakes_per_s: float
    seconds_by_task: Mapping[str, float]


class TaskRecord:
    """How much time all executions of the tasks of one name took.

    Attributes
    ----------
    running
        Executions under way.
    """

    __slots__ = ("_began_sum", "_seconds", "running")

    def __init__(self) -> None:
        self.running = 0
        self._began_sum = 0.0  # of the times at which those under way began
        self._seconds = 0.0

    def begin(self, t: float) -> None:
        """An execution begins at `t`."""
        self.running += 1
        self._began_sum += t

    def end(self, began: float, t: float) -> None:
        """The execution that began at `began` ends at `t`."""
        self.running -= 1
        self._began_sum = self._began_sum - began if self.running else 0.0
        self._seconds += t - began

    def seconds(self, now: float) -> float:
        """Time spent so far, by those under way too."""
        return self._seconds + max(0.0, self.running * now - self._began_sum)


class ActivityCounter:
    """Keeps count for the statistics; a run adds to it only when something changes.

    Attributes
    ----------
    runs
        Those that have begun and not ended.
    """

    def __init__(self, clock: Clock) -> None:
        self.runs: set[Run] = set()
        self._watchers: list[Callable[[], object]] = []
        self._records: dict[str, TaskRecord] = {}
        self._clock = clock
        self._readings = [(time.perf_counter(), clock.wakes)]

    def end_run(self, run: Run) -> None:
        """A run has ended, its resources are released: tell who waits for that."""
        self.runs.discard(run)
        run.outer = None  # who begins a run in an asyncio task of its own leaves no chain behind
        if self._watchers:
            watchers, self._watchers = self._watchers, []
            for tell in watchers:
                tell()

    async def wait_for_an_end(self) -> None:
        """Wait until any run ends, on the host loop or within a run of any clock."""
        if CURRENT.get(None) is not None:
            channel: Channel[None] = Channel(capacity=1)
            self._watchers.append(lambda: channel.send(None))
            await channel.receive()
        else:
            ended = asyncio.Event()
            self._watchers.append(ended.set)
            await ended.wait()

    def record_of(self, task_name: str) -> TaskRecord:
        """The record of the tasks of this name."""
        record = self._records.get(task_name)
        if record is None:
            record = self._records[task_name] = TaskRecord()
        return record

    def statistics(self, blocked: int) -> Statistics:
        """The present numbers."""
        now = self._clock.now
        return Statistics(
            runs_active=len(self.runs),
            tasks_running=sum(record.running for record in self._records.values()),
            tasks_blocked=blocked,
            workflows_waiting=self._clock.waiting,
            wakes=self._clock.wakes,
            wakes_per_s=self._rate(),
            seconds_by_task=MappingProxyType(
                {name: record.seconds(now) for name, record in self._records.items()}
            ),
        )

    def _rate(self) -> float:
        """Wakes per real second since the last reading that is old enough."""
        reading = (time.perf_counter(), self._clock.wakes)
        if reading[0] - self._readings[-1][0] >= _RATE_OVER_S:
            self._readings = [self._readings[-1], reading]
        elapsed = reading[0] - self._readings[0][0]
        return (reading[1] - self._readings[0][1]) / elapsed if elapsed > 0 else 0.0
