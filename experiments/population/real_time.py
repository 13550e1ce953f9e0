"""Real-time runs: the same fireflies on a wall clock, and how late each of them wakes."""

from __future__ import annotations

from array import array
from typing import Final

import numpy as np
from numpy.typing import NDArray

import cascade as cs
from experiments.model.parameters import Parameters
from experiments.population.protocol import OnProgress
from experiments.population.runs import FireflyRuns
from experiments.population.swarm import Swarm

_HEAD_START_S: Final = 1.0
"""Wall time before t = 0, in which the workflows are started."""


class RealTimeSwarm(Swarm):
    """A swarm that notes how late each flash was, against its deadline.

    Attributes
    ----------
    lateness
        Of the last flash of each firefly, by id, in seconds; ``>= 0``.
    lateness_log
        Of every flash, in the order of the log, in seconds.
    """

    def __init__(self, parameters: Parameters, clock: cs.Clock) -> None:
        super().__init__(parameters, clock, origin=0.0)
        self.lateness = array("d", bytes(8 * parameters.n_fireflies))
        self.lateness_log = array("d")

    def flash(self, i: int) -> None:
        """Flash as every firefly does, and note how late that is."""
        late = self.clock.now - self.clock.scheduled
        self.lateness[i] = late
        self.lateness_log.append(late)
        super().flash(i)


class RealTimeRun:
    """A swarm on one engine in real time; the workflow is the same as in virtual time.

    Parameters
    ----------
    parameters
        The speed is of no account: it is 1.
    """

    def __init__(self, parameters: Parameters) -> None:
        self.clock = cs.WallClock(start=-_HEAD_START_S)
        self.engine = cs.Engine(clock=self.clock)
        self.swarm = RealTimeSwarm(parameters, self.clock)
        self.runs = FireflyRuns(self.swarm, self.engine)

    async def start(self, on_progress: OnProgress | None = None) -> None:
        """Create all workflows; the first deadlines are at t >= 0."""
        await self.runs.start(on_progress)

    async def aclose(self) -> None:
        """Cancel and await every run."""
        await self.runs.aclose()
        await self.engine.aclose()

    def flash_times(self) -> NDArray[np.float64]:
        """When flashes were due, by the model, shape ``(m,)``, seconds."""
        self.swarm.log.note_complete(self.clock.now, True)
        return self.swarm.log.read()[0]

    def wake_times(self) -> NDArray[np.float64]:
        """When they really happened, shape ``(m,)``, seconds."""
        late: NDArray[np.float64] = np.array(self.swarm.lateness_log)
        return self.flash_times() + late

    def lateness_percentiles(self) -> dict[str, float]:
        """Median, 99th percentile and maximum of the lateness, milliseconds."""
        late = 1e3 * np.array(self.swarm.lateness_log)
        if not len(late):
            return {}
        p50, p99, most = np.percentile(late, (50, 99, 100))
        return {"p50": float(p50), "p99": float(p99), "max": float(most)}
