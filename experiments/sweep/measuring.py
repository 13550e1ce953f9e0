"""The work of a worker: the runs that it is given, and the rows that come of them."""

from __future__ import annotations

import asyncio
import enum
import math
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from experiments.files.strange_file import one_line
from experiments.keep.session_text import program_version
from experiments.model.fields import Value
from experiments.model.measured import FlashObservable, Observable
from experiments.model.parameters import Parameters
from experiments.population.factory import AUTO, COMPILED
from experiments.run.brief_run import BriefRun, RunFailedError, RunTooLongError, run_briefly
from experiments.sweep.plan import Point, SweepPlan, observables_of

Row: TypeAlias = dict[str, Any]
"""What came of a run, ready for JSON."""

DONE: Final = "done"
FAILED: Final = "failed"
REFUSED: Final = "refused"
"""Statuses: it ran; it was begun, or could not be, and has no result; its parameters don't go
together."""


class RunState(enum.IntEnum):
    """How far a run of a plan is: not run yet, or with one of the statuses."""

    NOT_RUN = 0
    DONE = 1
    FAILED = 2
    REFUSED = 3


FASTEST: Final = "fastest"
"""The choice of compiled fireflies wherever they can be had."""

_LONGEST_REASON: Final = 500
_A_MOMENT_S: Final = 1e-3

_FEWEST_COMPILED: Final = 32
"""To load what is compiled takes as long as hundreds of runs of fewer fireflies."""

_LOADED: Final[set[str]] = set()
"""What this process has computed fireflies with."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some runs of a plan, for one call of a worker.

    Attributes
    ----------
    points
        Which runs.
    values
        For each the values of its axes, by name.
    seeds
        For each its seed.
    fixed
        Values that all have in common.
    seconds, observe, pair
        As of the plan.
    within_s
        Wall seconds that one run may take; None for any number.
    population
        What computes the fireflies; see :func:`kind_for`.
    """

    points: tuple[Point, ...]
    values: tuple[Mapping[str, Value], ...]
    seeds: tuple[int, ...]
    fixed: Mapping[str, Value]
    seconds: float
    observe: tuple[str, ...]
    pair: tuple[int, int]
    within_s: float | None = None
    population: str = FASTEST


def batch_of(
    plan: SweepPlan,
    points: tuple[Point, ...],
    within_s: float | None = None,
    population: str = FASTEST,
) -> Batch:
    """The batch of some runs of a plan."""
    return Batch(
        points=points,
        values=tuple(plan.values_of(point.cell) for point in points),
        seeds=tuple(map(plan.seed_of, points)),
        fixed=plan.fixed,
        seconds=plan.seconds,
        observe=plan.observe,
        pair=plan.pair,
        within_s=within_s,
        population=population,
    )


def state_of(row: Row) -> RunState:
    """How far the run of a row is."""
    return RunState[row["status"].upper()]


def kind_for(parameters: Parameters, population: str) -> str:
    """What computes some fireflies: one that is chosen, or the compiled ones where they are had.

    Parameters
    ----------
    parameters
        Theirs.
    population
        As for :func:`~experiments.population.factory.population_kind`; :data:`FASTEST` for
        compiled ones if they are more than a few, and otherwise for what suits their number.
    """
    if population != FASTEST:
        return population
    is_worth_it = parameters.n_fireflies >= _FEWEST_COMPILED and not COMPILED.lacks(parameters)
    return COMPILED.name if is_worth_it else AUTO


def measure(batch: Batch) -> list[Row]:
    """Run a batch, and give a row for each run; one that fails is a row with its reason."""
    return asyncio.run(_measure(batch))


def finds_order(observe: tuple[str, ...]) -> bool:
    """Whether R has to be sampled all along for what is measured."""
    return any(
        isinstance(each, FlashObservable) and each.finds_order
        for each in observables_of(observe).values()
    )


async def _measure(batch: Batch) -> list[Row]:
    measured = observables_of(batch.observe)
    order = finds_order(batch.observe)
    rows = []
    for point, values, seed in zip(batch.points, batch.values, batch.seeds, strict=True):
        began, cpu = time.perf_counter(), time.thread_time()
        row: Row
        try:
            parameters = Parameters(**{**batch.fixed, **values, "seed": seed})
            choice = kind_for(parameters, batch.population)
            if choice not in _LOADED:  # what is compiled first takes none of a run's time
                await run_briefly(parameters, _A_MOMENT_S, choice=choice)
                _LOADED.add(choice)
                began, cpu = time.perf_counter(), time.thread_time()
            run = await run_briefly(
                parameters,
                batch.seconds,
                finds_order=order,
                pair=batch.pair,
                within_s=batch.within_s,
                choice=choice,
            )
            row = _row_of(point, seed, run, measured)
        except (RunFailedError, RunTooLongError) as error:  # their words are a sentence
            row = failed_row(point, seed, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, the others go on
            row = failed_row(point, seed, f"{type(error).__name__}: {error}")
        took = {
            "wall_s": round(time.perf_counter() - began, 6),
            "cpu_s": round(time.thread_time() - cpu, 6),
        }
        rows.append(row | took | {"worker": _here()})
    return rows


def _row_of(
    point: Point, seed: int, run: BriefRun, measured: Mapping[str, Observable | FlashObservable]
) -> Row:
    found = {
        name: each.of(run.instant) if isinstance(each, Observable) else each.of(run.whole)
        for name, each in measured.items()
    }
    return {
        "cell": point.cell,
        "replicate": point.replicate,
        "seed": seed,
        **{name: float(value) if math.isfinite(value) else None for name, value in found.items()},
        "flashes": run.digest.n,
        "digest": run.digest.hexdigest(),
        "version": program_version(),
        "status": DONE,
        "reason": None,
    }


def failed_row(point: Point, seed: int, reason: str, status: str = FAILED) -> Row:
    """The row of a run of which nothing is known but why."""
    return {
        "cell": point.cell,
        "replicate": point.replicate,
        "seed": seed,
        "flashes": None,
        "digest": None,
        "version": program_version(),
        "status": status,
        "reason": one_line(reason)[:_LONGEST_REASON],
    }


def _here() -> str:
    """What this worker is called: its machine and process."""
    return f"{platform.node() or 'here'}-{os.getpid()}"
