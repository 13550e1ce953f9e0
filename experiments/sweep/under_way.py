"""A sweep under way in a thread of its own, to be looked at, held up and ended from outside."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

from experiments.sweep.folder import OwnedFolder, SweepError
from experiments.sweep.known_rows import KnownRows
from experiments.sweep.pace import SweepProgress
from experiments.sweep.plan import SweepPlan
from experiments.sweep.pool import pool_of
from experiments.sweep.row_store import RowStore
from experiments.sweep.runner import RunningSweep, SweepStoppedError

_NICENESS: Final = 10
"""Processes of a sweep stand back for whoever drags sliders meanwhile."""


class SweepUnderWay(RowStore):
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
        super().__init__(plan)
        self._executor, self._jobs, self._within_s = executor, jobs, within_s
        self._on_change = on_change
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
                self.add(known.found)  # seen at once, whenever their turn comes
                self._note_progress(known.progress(self.plan.n_runs))
                pool = stack.enter_context(pool_of(self._executor, self._jobs, _NICENESS))
                self._sweep = RunningSweep(
                    self.plan, pool, known, self._within_s,
                    self._note_progress, self._notes.append, self.add,
                )  # fmt: skip
                asyncio.run(self._go())
                if self._folder is not None:
                    self._folder.compact()
        except (SweepStoppedError, SweepError) as error:
            self._problem = str(error)
        except OSError as error:  # of the system, as that no process can be started
            self._problem = f"it can't go on: {error.strerror or error}"
        except asyncio.CancelledError:
            pass
        except Exception as error:
            self._problem = f"it can't go on: {type(error).__name__}: {error}"
            raise
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
