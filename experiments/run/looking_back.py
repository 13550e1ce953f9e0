"""The look back on a run: all its flashes, for observables and exports."""

from __future__ import annotations

from experiments.model.whole_run import WholeRun
from experiments.run.simulation import Simulation


def whole_run(simulation: Simulation, pair: tuple[int, int] = (0, 1)) -> WholeRun:
    """A run until now.

    Parameters
    ----------
    simulation
        The run, at a complete instant.
    pair
        The two fireflies that what is measured of two is measured of.

    Raises
    ------
    ValueError
        Its first flashes were let go.
    """
    times, ids, _ = simulation.flashes.read()
    return WholeRun(
        times=times,
        ids=ids,
        end=simulation.now,
        parameters=simulation.parameters,
        time_to_sync=simulation.coherence.time_to_sync,
        pair=pair,
    )
