"""A sweep under way in a thread of its own, to be looked at, held up and ended from outside."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Coroutine, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.keep.session import Session
from experiments.sweep.averages import means_of
from experiments.sweep.folder import OwnedFolder, SweepError
from experiments.sweep.known_rows import KnownRows
from experiments.sweep.measuring import DONE, Row, state_of
from experiments.sweep.pace import SweepProgress
from experiments.sweep.plan import Point, SweepPlan
from experiments.sweep.pool import pool_of
from experiments.sweep.results import session_of_row
from experiments.sweep.runner import RunningSweep, SweepStoppedError

_NICENESS: Final = 10
"""Processes of a sweep stand back for whoever drags sliders meanwhile."""


class SweepUnderWay:
    """A sweep that goes on while something else does.

    Parameters
    ----------
    plan
        What there is to run.
    executor, jobs, within_s
        As for :func:`~experiments.sweep.running.run`; processes of this machine stand back for
        others.
    to, resumes
        A folder to keep it in, and whether it is gone on with.
    on_change
        Called in the sweep's thread when there is something new.

    Attributes
    ----------
    plan
        The same.

    Raises
    ------
    SweepError
        The folder can't be used.

    Notes
    -----
    Everything of it may be called from any thread; what is read is a copy, complete as of some
    moment.
    """

    def __init__(
        self,
        plan: SweepPlan,
        executor: Executor | None = None,
        *,
        to: Path | None = None,
        resumes: bool = False,
        jobs: int | None = None,
        within_s: float | None = None,
        on_change: Callable[[], object] = lambda: None,
    ) -> None:
        self.plan = plan
        self._executor, self._jobs, self._within_s = executor, jobs, within_s
        self._on_change = on_change
        self._lock = threading.Lock()
        shape = (len(plan.observe), plan.n_cells, plan.seeds)
        self._values = np.full(shape, np.nan)
        self._states = np.zeros(shape[1:], dtype=np.uint8)
        self._reasons: dict[int, str] = {}
        self._rows: dict[Point, Row] = {}
        self._progress = SweepProgress(0, plan.n_runs, 0, 0, 0.0, None)
        self._notes: list[str] = []
        self._problem = ""
        self._is_paused = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sweep: RunningSweep | None = None
        self._work: asyncio.Task[None] | None = None
        self._wishes: list[asyncio.Task[None]] = []
        self._is_cancelled = False
        self._folder = None if to is None else OwnedFolder(to, plan, resumes=resumes)
        self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)
        self._thread.start()

    # -- what shows ---------------------------------------------------------------------

    @property
    def progress(self) -> SweepProgress:
        """How far it is."""
        return self._progress

    @property
    def notes(self) -> Sequence[str]:
        """Lines about what went wrong and went on."""
        return tuple(self._notes)

    @property
    def problem(self) -> str:
        """Why it has stopped before its end, in a sentence; empty if it hasn't."""
        return self._problem

    @property
    def is_paused(self) -> bool:
        """Whether no more batches are begun for now."""
        return self._is_paused

    @property
    def is_held(self) -> bool:
        """Whether it is paused, and nothing is under way any more."""
        return self._sweep is not None and self._sweep.is_held

    @property
    def has_ended(self) -> bool:
        """Whether nothing of it is under way any more."""
        return not self._thread.is_alive()

    def values(self, name: str) -> NDArray[np.float64]:
        """An observable of every run, shape ``(*plan.shape, seeds)``; nan where none is yet."""
        at = self.plan.observe.index(name)
        with self._lock:
            found: NDArray[np.float64] = self._values[at].copy()
        return found.reshape(*self.plan.shape, self.plan.seeds)

    def map(self, name: str) -> NDArray[np.float64]:
        """The means of the cells, nan where there is none yet, shape ``plan.shape``."""
        return means_of(self.plan.measured[name], self.values(name))

    def states(self) -> NDArray[np.uint8]:
        """How far every run is, as :class:`~experiments.sweep.measuring.RunState` has it.

        Shape ``(*plan.shape, seeds)``.
        """
        with self._lock:
            return self._states.copy().reshape(*self.plan.shape, self.plan.seeds)

    def reasons(self) -> dict[int, str]:
        """Why a run of a cell has no result, by numbers of cells."""
        with self._lock:
            return dict(self._reasons)

    def rows(self) -> list[Row]:
        """The rows that there are by now."""
        with self._lock:
            return list(self._rows.values())

    def session(self, cell: int, replicate: int = 0) -> Session:
        """A run as a session, which repeats it.

        Raises
        ------
        SweepError
            It has no result, or none yet.
        """
        point = Point(cell, replicate)
        row = self._rows.get(point)
        if row is None:
            raise SweepError(f"there is no run {replicate} of cell {cell}, as yet")
        return session_of_row(self.plan, row)

    # -- from outside -------------------------------------------------------------------

    def pause(self) -> None:
        """Begin no more batches; what is under way comes to its end."""
        self._is_paused = True
        self._tell(lambda sweep: sweep.pause())

    def go_on(self) -> None:
        """Begin batches again."""
        self._is_paused = False
        self._tell(lambda sweep: sweep.go_on())

    def cancel(self) -> None:
        """End it; what is kept in a folder can be gone on with."""
        self._is_cancelled = True
        if (loop := self._loop) is not None:
            with suppress(RuntimeError):  # it has ended meanwhile
                loop.call_soon_threadsafe(self._cancel_work)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it has ended; whether it has."""
        self._thread.join(timeout_s)
        return self.has_ended

    # -- in its thread ------------------------------------------------------------------

    def _run(self) -> None:
        try:
            with ExitStack() as stack:
                if self._folder is not None:
                    stack.enter_context(self._folder)
                known = KnownRows(self._folder)
                self._note_rows(known.found)  # seen at once, whenever their turn comes
                self._on_change()
                pool = stack.enter_context(pool_of(self._executor, self._jobs, _NICENESS))
                self._sweep = RunningSweep(
                    self.plan, pool, known, self._within_s,
                    self._note_progress, self._notes.append, self._note_rows,
                )  # fmt: skip
                asyncio.run(self._go())
                if self._folder is not None:
                    self._folder.compact()
        except (SweepStoppedError, SweepError) as error:
            self._problem = str(error)
        except asyncio.CancelledError:
            pass
        finally:
            self._on_change()

    async def _go(self) -> None:
        assert self._sweep is not None
        self._loop = asyncio.get_running_loop()
        self._work = asyncio.current_task()
        if self._is_cancelled:
            return
        if self._is_paused:
            await self._sweep.pause()
        try:
            await self._sweep.run()
        finally:
            self._loop = None  # it takes no more wishes, and those that it has come to their end
            await asyncio.gather(*self._wishes)

    def _cancel_work(self) -> None:
        if self._work is not None:
            self._work.cancel()

    def _tell(self, wish: Callable[[RunningSweep], Coroutine[Any, Any, None]]) -> None:
        if (loop := self._loop) is not None:
            with suppress(RuntimeError):  # it has ended meanwhile
                loop.call_soon_threadsafe(self._take_wish, wish)

    def _take_wish(self, wish: Callable[[RunningSweep], Coroutine[Any, Any, None]]) -> None:
        if self._loop is not None and self._sweep is not None:
            name = "wish of a sweep"
            self._wishes.append(self._loop.create_task(wish(self._sweep), name=name))

    def _note_progress(self, progress: SweepProgress) -> None:
        self._progress = progress
        self._on_change()

    def _note_rows(self, rows: Collection[Row]) -> None:
        with self._lock:
            for row in rows:
                point = Point(row["cell"], row["replicate"])
                self._rows[point] = row
                self._states[point.cell, point.replicate] = state_of(row)
                if row["reason"]:
                    self._reasons[point.cell] = row["reason"]
                if row["status"] == DONE:
                    found = [row[name] for name in self.plan.observe]
                    self._values[:, point.cell, point.replicate] = [
                        np.nan if value is None else value for value in found
                    ]
