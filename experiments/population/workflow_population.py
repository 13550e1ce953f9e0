"""The population of workflows: each firefly one run of its own, all on one engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

import cascade as cs
from experiments.model.actions import Action
from experiments.model.checkpoint import Checkpoint
from experiments.model.flash_log import FlashLog
from experiments.model.order import order_parameter
from experiments.model.parameters import Parameters
from experiments.population.protocol import Failure, OnProgress
from experiments.population.runs import FireflyRuns
from experiments.population.swarm import Swarm


class WorkflowPopulation:
    """A :class:`~experiments.population.protocol.Population` on a virtual clock.

    Parameters
    ----------
    parameters
        What it starts with.
    checkpoint
        State to go on from; by default random phases at t = 0.
    flashes
        Where flashes go.

    Attributes
    ----------
    engine
        The one that all run on.
    swarm
        Their state.
    """

    order_of = staticmethod(order_parameter)

    def __init__(
        self, parameters: Parameters, checkpoint: Checkpoint | None, flashes: FlashLog
    ) -> None:
        self._clock = cs.VirtualClock(0.0 if checkpoint is None else checkpoint.t)
        self.engine = cs.Engine(clock=self._clock)
        self.swarm = Swarm(parameters, self._clock, checkpoint, flashes)
        self._runs = FireflyRuns(self.swarm, self.engine)

    @property
    def now(self) -> float:
        """Virtual time, seconds."""
        return self._clock.now

    @property
    def next_deadline(self) -> float | None:
        """When the next firefly is due, seconds; None if none is."""
        return self._clock.next_deadline

    @property
    def wakes(self) -> int:
        """Resumptions so far: of fireflies, and of the courier for each pulse that it brought."""
        return self._clock.wakes - self.swarm.n_reminders

    @property
    def n_running(self) -> int:
        """Fireflies under way: all runs but the courier's."""
        return self.engine.statistics().runs_active - self._runs.is_courier_running

    @property
    def n_in_flight(self) -> int:
        """Pulses with the courier."""
        return len(self.swarm.flight)

    @property
    def parameters(self) -> Parameters:
        """Those in force."""
        return self.swarm.parameters

    @property
    def flashes(self) -> FlashLog:
        """Every flash."""
        return self.swarm.log

    @property
    def failures(self) -> Sequence[Failure]:
        """Fireflies whose workflow has failed."""
        return self._runs.failures

    async def start(self, on_progress: OnProgress | None = None) -> None:
        """Create all workflows; no virtual time passes before the last one is ready."""
        await self._runs.start(on_progress)

    async def aclose(self, on_progress: OnProgress | None = None) -> None:
        """Cancel every run, wait until all have ended, and close the engine."""
        await self._runs.aclose(on_progress)
        await self.engine.aclose()

    def run_until(self, t: float, budget_s: float | None = None) -> cs.Progress:
        """Let time pass; see :meth:`cascade.VirtualClock.run_until`."""
        return self._clock.run_until(t, budget_s=budget_s)

    def change(self, parameters: Parameters) -> None:
        """Put other parameters into force; nobody is woken."""
        self.swarm.change(parameters, self.now)

    def act(self, action: Action, ids: Sequence[int]) -> None:
        """Do something to some."""
        self.swarm.act(action, ids, self.now)

    def zero_times(self) -> NDArray[np.float64]:
        """When the phases were 0, shape ``(n,)``, seconds; a view."""
        return self.swarm.zero_times()

    def status_of(self, ids: Sequence[int] | None = None) -> NDArray[np.uint8]:
        """Flags of some in their order, or of all; a copy."""
        status = self.swarm.status
        return np.array(status if ids is None else [status[i] for i in ids], dtype=np.uint8)

    def flash_counts(self, ids: Sequence[int]) -> NDArray[np.int64]:
        """How often some have flashed, in their order."""
        counts = self.swarm.counts
        return np.array([counts[i] for i in ids], dtype=np.int64)

    def checkpoint(self) -> Checkpoint:
        """The whole state, of a complete instant."""
        return self.swarm.checkpoint()
