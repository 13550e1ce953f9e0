"""An estimate of how long a sweep will take, from a piece of one of its runs."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from experiments.run.brief_run import run_briefly
from experiments.sweep.measuring import finds_order
from experiments.sweep.plan import Point, SweepPlan

_LONG_ENOUGH_S: Final = 0.3
_FIRST_PERIODS: Final = 2.0


def estimated_s(plan: SweepPlan, n_workers: int, n_left: int | None = None) -> float:
    """Wall seconds that a sweep will take on so many workers, as far as one run can tell.

    Parameters
    ----------
    plan
        What there is to run. A run of a cell in the middle is begun, and what it takes goes for
        all, by their fireflies.
    n_workers
        How many run at a time.
    n_left
        Runs that are still to be made; by default all.
    """
    cells = [cell for cell in range(plan.n_cells) if cell not in plan.refused]
    middle = cells[len(cells) // 2]
    parameters = plan.parameters_of(Point(middle, 0))
    seconds = min(plan.seconds, _FIRST_PERIODS * parameters.period)
    while True:
        began = time.perf_counter()
        asyncio.run(run_briefly(parameters, seconds, finds_order=finds_order(plan.observe)))
        took = time.perf_counter() - began
        if took >= _LONG_ENOUGH_S or seconds == plan.seconds:
            break
        seconds = min(plan.seconds, 3.0 * seconds)
    usual = {"side": parameters.side}
    sides = [int((usual | plan.values_of(cell))["side"]) for cell in cells]
    mean = sum(side * side for side in sides) / len(sides)
    n_runs = len(cells) * plan.seeds if n_left is None else n_left
    one = took * plan.seconds / seconds * mean / parameters.n_fireflies
    return one * n_runs / n_workers
