"""The runner: a sweep as a workflow, whose lanes take batches until there are no more.

One engine runs it all. Each lane is an item of a map; each batch is a run of its own, with a
cache (rows that are kept already are found, new ones kept), a limit (as many at a time as there
are workers), a time-out and, where a worker died, retries. So a batch that fails is a matter of
its own lane, which makes rows of the failure.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import cascade as cs
from experiments.keep.session_text import program_version
from experiments.model.parameters import PARAMETER_FIELDS
from experiments.sweep.averages import mean_of
from experiments.sweep.hold import Hold
from experiments.sweep.known_rows import KnownRows
from experiments.sweep.measuring import (
    DONE,
    FASTEST,
    REFUSED,
    Row,
    batch_of,
    failed_row,
    measure,
)
from experiments.sweep.order import CoarseToFine
from experiments.sweep.pace import Pace, SweepProgress
from experiments.sweep.plan import Point, SweepPlan
from experiments.sweep.pool import PoolGoneError, WorkerPool

MOST_REDONE: Final = 3
"""How often a run is done again whose worker died."""

_MOST_FOUND: Final = 1_000
"""Rows that are found at a time, before others have a turn."""

GRACE_S: Final = 30.0
"""Seconds beyond what its runs may take after which a batch is given up."""

measured: Final = cs.task(measure)


class SweepStoppedError(RuntimeError):
    """A sweep has stopped before its end: one sentence that says why. What is kept is whole."""


class _Places:
    """The executor of a sweep: what is measured is measured in a pool, all else is done here."""

    def __init__(self, pool: WorkerPool) -> None:
        self._in_pool = cs.FuturesExecutor(pool)
        self._here = cs.LocalExecutor()

    def execute(self, node: cs.Node, args: Sequence[Any], kwargs: dict[str, Any]) -> Awaitable[Any]:
        place = self._in_pool if node.task is measured else self._here
        return place.execute(node, args, kwargs)


class RunningSweep:
    """A sweep under way.

    Parameters
    ----------
    plan
        What there is to run.
    pool
        Who runs it.
    known
        The rows.
    within_s
        Wall seconds that one run may take; None for any number.
    on_progress
        Called after each batch.
    on_note
        Called with a line about what went wrong and goes on.
    on_rows
        Called with the rows of each batch.
    population
        What computes the fireflies; see :func:`~experiments.sweep.measuring.kind_for`.

    Attributes
    ----------
    progress
        How far it is.
    """

    def __init__(
        self,
        plan: SweepPlan,
        pool: WorkerPool,
        known: KnownRows,
        within_s: float | None = None,
        on_progress: Callable[[SweepProgress], object] = lambda _: None,
        on_note: Callable[[str], object] = lambda _: None,
        on_rows: Callable[[Sequence[Row]], object] = lambda _: None,
        population: str = FASTEST,
    ) -> None:
        self._plan = plan
        self._pool = pool
        self._known = known
        self._within_s, self._population = within_s, population
        self._on_progress, self._on_note, self._on_rows = on_progress, on_note, on_rows
        self._means: dict[int, list[float | None]] = {}
        self._wanted = plan.measured[plan.observe[0]]
        self._order = CoarseToFine(plan, self._value_of, self._wanted)
        self._put_back: Point | None = None
        self._pace = Pace(pool.n)
        is_swept = any(axis.name == "side" for axis in plan.axes)
        default = PARAMETER_FIELDS["side"].default
        self._side: int | None = None if is_swept else plan.fixed.get("side", default)
        left = (self._weight(point) for point in plan.points if point not in known)
        self._left = math.fsum(left)
        self._losses: dict[Point, int] = {}
        self._lost: list[Point] = []
        self._workers: frozenset[str] = frozenset()
        self._told_of: frozenset[str] = frozenset()
        before = known.progress(plan.n_runs)
        self._done, self._found = before.done, before.found
        self._failed, self._refused = before.failed, before.refused
        self._began = time.monotonic()
        self._hold = hold = Hold(measured, lambda: self._on_progress(self.progress))
        hold.bus.subscribe(cs.TaskRetrying, self._tell_of_retry)
        limits = {"workers": float(pool.n + pool.n_ahead)}
        self._engine = cs.Engine(
            executor=_Places(pool),
            connector=hold.connector,
            bus=hold.bus,
            system_resources=limits,
        )

    @property
    def progress(self) -> SweepProgress:
        """How far it is."""
        return SweepProgress(
            self._done,
            self._plan.n_runs,
            self._failed,
            self._found,
            time.monotonic() - self._began,
            self._pace.left_s(self._left),
            self._refused,
        )

    async def run(self) -> None:
        """Run all that has no row yet.

        Raises
        ------
        SweepStoppedError
            It can't go on.

        Notes
        -----
        Cancelling is safe: what is kept is whole.
        """
        async with self._engine as engine:
            lanes = _lane.map(survey=[self] * (self._pool.n + self._pool.n_ahead))
            try:
                await engine.run(lanes)
            except ExceptionGroup as group:  # what stops one lane may stop them all at once
                stopped = group.subgroup(SweepStoppedError)
                if stopped is None:
                    raise
                raise _first_of(stopped) from group

    async def pause(self) -> None:
        """Begin no more batches until :meth:`go_on`; what is under way comes to its end."""
        await self._hold.pause()

    async def go_on(self) -> None:
        """Begin batches again."""
        await self._hold.go_on()

    @property
    def is_held(self) -> bool:
        """Whether it is paused, and nothing is under way any more."""
        return self._hold.is_held

    # -- a lane -------------------------------------------------------------------------

    async def follow_lane(self) -> None:
        """Have batches measured, one after the other."""
        async with self._hold.lane():
            while points := self._take():
                self._note(await self._come_to(points))
                await self._watch()
                await asyncio.sleep(0)  # wishes from outside come first: some pools never wait

    async def _come_to(self, points: tuple[Point, ...]) -> list[Row]:
        """The rows of a batch, be it known, refused or to be measured."""
        if points[0].cell not in self._plan.refused or points[0] in self._known:
            return await self._rows_of(points)
        rows = [self._refused_row(point) for point in points]
        self._known.keep(rows)
        return rows

    def _refused_row(self, point: Point) -> Row:
        why = self._plan.refused[point.cell]
        return failed_row(point, self._plan.seed_of(point), why, REFUSED)

    def _take(self) -> tuple[Point, ...]:
        """The runs of the next batch: all known, or all refused, or all to be measured."""
        if self._lost:
            return (self._lost.pop(),)
        points: list[Point] = []
        weight = 0.0
        kind: object = None
        while not points or not self._is_enough(points, weight):
            point = self._put_back or self._order.take()
            self._put_back = None
            if point is None:
                break
            this = point in self._known, point.cell in self._plan.refused
            if points and this != kind:
                self._put_back = point
                break
            kind = this
            points.append(point)
            weight += self._weight(point)
        return tuple(points)

    def _is_enough(self, points: list[Point], weight: float) -> bool:
        """Whether a batch of some runs should have no more."""
        if points[0] in self._known or points[0].cell in self._plan.refused:
            return len(points) >= _MOST_FOUND
        return self._pace.is_enough(len(points), weight, self._left)

    async def _rows_of(self, points: tuple[Point, ...]) -> list[Row]:
        """The rows of a batch; fewer where a worker died, whose runs come again."""
        call = measured(batch=batch_of(self._plan, points, self._within_s, self._population))
        call = call.with_cache(self._known).with_constraints(workers=1)
        lost: tuple[type[Exception], ...] = (*self._pool.lost, TimeoutError)
        if len(points) == 1 and not self._pool.tries_again:
            call = call.with_retry(MOST_REDONE - self._losses.get(points[0], 0), retry_on=lost)
        if self._within_s is not None:
            call = call.with_timeout(len(points) * self._within_s + GRACE_S)
        try:
            rows: list[Row] = await self._engine.run(call)
        except lost as error:
            return self._lose(points, _words(error))
        except PoolGoneError as error:
            raise SweepStoppedError(f"the executor takes no more calls: {error}") from error
        except Exception as error:  # a run that fails is a row; this is the executor's
            raise SweepStoppedError(f"a batch can't be run: {_words(error)}") from error
        return rows

    def _lose(self, points: tuple[Point, ...], why: str) -> list[Row]:
        """Have runs done again whose worker died, each by itself; a row of one that was already."""
        if len(points) == 1:
            n_tries = 1 if self._pool.tries_again else MOST_REDONE + 1
            reason = f"no result after {n_tries} tries: {why}"
            row = failed_row(points[0], self._plan.seed_of(points[0]), reason)
            self._known.keep([row])
            return [row]
        self._losses.update(dict.fromkeys(points, 1))
        self._lost.extend(points)
        self._on_note(f"{why}; its {len(points)} runs are done again")
        return []

    def _tell_of_retry(self, event: cs.TaskRetrying) -> None:
        self._on_note(f"{_words(event.error)}; its run is done again")

    # -- what comes of it ---------------------------------------------------------------

    def _note(self, rows: Sequence[Row]) -> None:
        """Take in some rows; stop where they can't be kept, or are not ours."""
        folder = self._known.folder
        if folder is not None and folder.fault is not None:
            raise SweepStoppedError(
                f"rows can't be kept in {folder.path}: {folder.fault.strerror}; "
                f"{self._done:,} of {self._plan.n_runs:,} are"
            )
        for row in rows:
            if row["version"] != program_version():
                raise SweepStoppedError(
                    f"worker {row.get('worker')} is of version {row['version']}, and this is "
                    f"{program_version()}: their runs are not mixed"
                )
            point = Point(row["cell"], row["replicate"])
            if point not in self._known:  # the others count from the beginning
                self._count(row, self._weight(point))
            seen = self._means.setdefault(point.cell, [])
            seen.append(row.get(self._plan.observe[0]))
            if len(seen) == 1:
                self._order.note(point.cell)
        if rows:  # none of a batch whose worker is gone
            self._on_rows(rows)
        self._on_progress(self.progress)

    def _count(self, row: Row, weight: float) -> None:
        """One more run is done."""
        self._left -= weight
        self._done += 1
        self._failed += row["status"] != DONE
        self._refused += row["status"] == REFUSED
        if "wall_s" in row:
            self._pace.note(weight, row["wall_s"])

    async def _watch(self) -> None:
        """Tell of workers that are gone, where the pool itself says nothing of them."""
        if self._pool.watch is None:
            return
        there = await asyncio.to_thread(self._pool.watch)
        for gone in sorted(self._workers - there):
            self._on_note(f"worker {gone} is gone; what it had begun is done again")
        self._told_of |= self._workers - there
        self._workers = there - self._told_of

    def _weight(self, point: Point) -> float:
        """What a run takes, beside others: its fireflies."""
        side = self._side
        if side is None:
            side = self._plan.values_of(point.cell)["side"]
        return float(side * side)

    def _value_of(self, cell: int) -> float | None:
        """The mean of what is most wanted of a cell so far; nan if nothing is known."""
        if cell not in self._means:
            return math.nan
        known = [value for value in self._means[cell] if value is not None]
        return mean_of(self._wanted, known)


def _first_of(group: BaseException) -> BaseException:
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group


def _words(error: BaseException | None) -> str:
    return str(error) or type(error).__name__


@cs.task(name="lane")
async def _lane(survey: RunningSweep) -> None:
    await survey.follow_lane()
