"""Run metrics: how a run without a window gets on, second by second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from experiments.files.line_log import LineLog
from experiments.model.history import History
from experiments.run.simulation import Simulation

RUN_METRICS: Final = {
    "t": "s of virtual time",
    "wall_s": "s of wall time since the first workflow was resumed",
    "wakes_per_s": "resumptions of workflows per s of wall time",
    "flashes_per_s": "flashes per s of wall time",
    "pulses_in_flight": "pulses that were sent and had not arrived yet, at t",
    "speed_achieved": "s of virtual time per s of wall time",
    "order_parameter": "R at the last sample up to t, from 0 to 1; samples are 0.1 s apart",
}
"""What is recorded, and what it means. Rates are means since the record before."""

MetricsRecord = dict[str, float | None]


class RunMetrics:
    """Makes a record of a run each second of wall time, and one when it ends.

    Parameters
    ----------
    log
        Where records go as soon as they are made; without one they are kept.
    wall_clock
        Gives wall time, in seconds.
    """

    def __init__(
        self, log: LineLog | None = None, wall_clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._log = log
        self._wall_clock = wall_clock
        self._kept = History(RUN_METRICS)
        self._began: float | None = None
        self._due = 0.0
        self._before = (0.0, 0.0, 0, 0)

    def tick(self, simulation: Simulation, *, is_last: bool = False) -> None:
        """Make a record if one is due.

        Parameters
        ----------
        simulation
            The run; the first call takes in what it begins with.
        is_last
            Whether the run has ended: there is always something to record then.
        """
        wall = self._wall_clock()
        if self._began is None:
            self._began, self._due = wall, 1.0
            self._before = (0.0, simulation.now, simulation.wakes, len(simulation.flashes))
            return
        wall -= self._began
        if wall < self._due and not is_last:
            return
        self._due = wall // 1.0 + 1.0
        record = self._record(simulation, wall)
        if self._log is not None:
            self._log.write(record)
        else:
            self._kept.add(record)

    def columns(self) -> dict[str, list[float | None]]:
        """What was kept: a list of values for each metric."""
        return self._kept.columns()

    def _record(self, simulation: Simulation, wall: float) -> MetricsRecord:
        now = (wall, simulation.now, simulation.wakes, len(simulation.flashes))
        elapsed, virtual, wakes, flashes = (b - a for a, b in zip(self._before, now, strict=True))
        self._before = now
        samples = simulation.coherence
        _, latest, _ = samples.since(max(0, len(samples) - 1))
        return {
            "t": simulation.now,
            "wall_s": wall,
            "wakes_per_s": wakes / elapsed if elapsed else None,
            "flashes_per_s": flashes / elapsed if elapsed else None,
            "pulses_in_flight": simulation.population.n_in_flight,
            "speed_achieved": virtual / elapsed if elapsed else None,
            "order_parameter": float(latest[-1]) if len(latest) else None,
        }
