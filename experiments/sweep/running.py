"""The way of a sweep, from its plan to its table."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from experiments.sweep.folder import OwnedFolder
from experiments.sweep.known_rows import KnownRows
from experiments.sweep.measuring import FASTEST, Row
from experiments.sweep.pace import SweepProgress
from experiments.sweep.plan import SweepPlan
from experiments.sweep.pool import WorkerPool, pool_of
from experiments.sweep.results import Sweep, open_sweep
from experiments.sweep.rows import frame_of
from experiments.sweep.runner import RunningSweep

_A_MOMENT_S: Final = 0.01


def run(
    plan: SweepPlan,
    executor: Executor | None = None,
    *,
    to: Path | str | None = None,
    resumes: bool = False,
    jobs: int | None = None,
    within_s: float | None = None,
    on_progress: Callable[[SweepProgress], object] = lambda _: None,
    on_note: Callable[[str], object] = lambda _: None,
    population: str = FASTEST,
) -> Sweep:
    """Run a sweep, and give what came of it.

    Parameters
    ----------
    plan
        What there is to run.
    executor
        Who runs it: any executor of ``concurrent.futures``, which is not shut down. Processes of
        this machine if there is none.
    to
        A folder to keep it in, row by row; nothing is kept without one.
    resumes
        Whether a sweep that is there already is gone on with.
    jobs
        Batches at a time; by default as many as there are processors, or as the executor takes.
    within_s
        Wall seconds that one run may take; None for any number.
    on_progress, on_note
        Called with how far it is after each batch, and with a line about what went wrong and
        goes on.
    population
        What computes the fireflies, all with the same flashes; see
        :func:`~experiments.sweep.measuring.kind_for`.

    Raises
    ------
    SweepError
        The folder can't be used.
    SweepStoppedError
        It can't go on; what is kept is whole, and can be gone on with.
    ImportError
        polars is not installed.

    Notes
    -----
    Where a loop runs already, as in a notebook, it runs in a thread of its own.
    """
    import polars  # noqa: F401 - before hours of work, not after

    if to is None:
        known = KnownRows(None)
        with pool_of(executor, jobs) as pool:
            survey = RunningSweep(
                plan, pool, known, within_s, on_progress, on_note, population=population
            )
            on_a_loop(survey.run())
        return Sweep(plan, frame_of(plan, known.rows))
    with OwnedFolder(Path(to), plan, resumes=resumes) as folder, pool_of(executor, jobs) as pool:
        fill(folder, pool, within_s, on_progress, on_note, population=population)
        return open_sweep(folder.path)


def fill(
    folder: OwnedFolder,
    pool: WorkerPool,
    within_s: float | None = None,
    on_progress: Callable[[SweepProgress], object] = lambda _: None,
    on_note: Callable[[str], object] = lambda _: None,
    on_rows: Callable[[Sequence[Row]], object] = lambda _: None,
    population: str = FASTEST,
) -> SweepProgress:
    """Run all that a folder has no row of, and put all rows into its table.

    Parameters
    ----------
    folder
        Where they are kept.
    pool
        Who runs them.
    within_s, on_progress, on_note
        As for :func:`run`.
    on_rows
        Called with the rows of each batch.
    population
        As for :func:`run`.

    Returns
    -------
    SweepProgress
        How far it is.

    Raises
    ------
    SweepError
        Its rows can't be read, or the table can't be written.
    SweepStoppedError
        As for :func:`run`.
    """
    known = KnownRows(folder)
    survey = RunningSweep(
        folder.plan, pool, known, within_s, on_progress, on_note, on_rows, population
    )
    on_a_loop(survey.run())
    folder.compact()
    return survey.progress


def on_a_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run something to its end, wherever this is called; an interrupt ends it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work)
        return
    failed: list[BaseException] = []
    begun: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = []

    async def begin() -> None:
        task = asyncio.current_task()
        assert task is not None
        begun.append((asyncio.get_running_loop(), task))
        await work

    def run_in_thread() -> None:
        try:
            asyncio.run(begin())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            failed.append(error)
        finally:
            ended.set()

    # To join it would not do: where that is interrupted Python takes the thread for ended.
    ended = threading.Event()
    thread = threading.Thread(target=run_in_thread, name="sweep")
    thread.start()
    try:
        ended.wait()
    except BaseException:
        while not begun and not ended.wait(_A_MOMENT_S):
            continue
        for loop, task in begun:
            with suppress(RuntimeError):  # it has just ended
                loop.call_soon_threadsafe(task.cancel)
        ended.wait()
        raise
    finally:
        thread.join()
    if failed:
        raise failed[0]
