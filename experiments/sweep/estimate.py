"""An estimate of how long a sweep will take, from a piece of one of its runs."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from experiments.run.brief_run import run_briefly
from experiments.sweep.measuring import FASTEST, finds_order, kind_for
from experiments.sweep.plan import Point, SweepPlan

_LONG_ENOUGH_S: Final = 0.3
_FIRST_PERIODS: Final = 2.0
_A_MOMENT_S: Final = 1e-3


def estimated_s(plan: SweepPlan, n_workers: int, population: str = FASTEST) -> float:
    """Wall seconds that a sweep will take on so many workers, as far as one run can tell.

    Parameters
    ----------
    plan
        What there is to run. A run of a cell in the middle is begun, and what it takes goes for
        all, by their fireflies.
    n_workers
        How many run at a time.
    population
        What computes the fireflies.
    """
    cells = [cell for cell in range(plan.n_cells) if cell not in plan.refused]
    middle = cells[len(cells) // 2]
    parameters = plan.parameters_of(Point(middle, 0))
    seconds = min(plan.seconds, _FIRST_PERIODS * parameters.period)
    choice = kind_for(parameters, population)
    order = finds_order(plan.observe)
    asyncio.run(run_briefly(parameters, _A_MOMENT_S, choice=choice))  # it may be compiled first
    while True:
        began = time.perf_counter()
        asyncio.run(run_briefly(parameters, seconds, finds_order=order, choice=choice))
        took = time.perf_counter() - began
        if took >= _LONG_ENOUGH_S or seconds == plan.seconds:
            break
        seconds = min(plan.seconds, 3.0 * seconds)
    usual = {"side": parameters.side}
    sides = [int((usual | plan.values_of(cell))["side"]) for cell in cells]
    mean = sum(side * side for side in sides) / len(sides)
    n_runs = len(cells) * plan.seeds
    one = took * plan.seconds / seconds * mean / parameters.n_fireflies
    return one * n_runs / n_workers
