"""Pools: where a sweep's batches are called, and what is known of who calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from experiments.processes.workers import WorkerDiedError, Workers, n_cores

LOST: Final = (BrokenExecutor, WorkerDiedError)
"""Errors that say that whoever made a call is gone."""


class PoolGoneError(RuntimeError):
    """A pool takes no more calls."""


@dataclass(frozen=True, slots=True)
class WorkerPool:
    """An executor, and what is known of it.

    Attributes
    ----------
    executor
        Any of ``concurrent.futures``.
    n
        Calls that it makes at a time.
    n_ahead
        Calls that it is given beyond these, which wait there.
    lost
        Errors that say that whoever made a call is gone.
    tries_again
        Whether it does by itself what a worker that died had begun.
    watch
        Tells who is there: names of workers; None where that can't be told.
    dashboard
        Where its own dashboard is; empty if it has none.
    """

    executor: Executor
    n: int
    n_ahead: int = 0
    lost: tuple[type[Exception], ...] = LOST
    tries_again: bool = False
    watch: Callable[[], frozenset[str]] | None = None
    dashboard: str = ""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Have a function called.

        Raises
        ------
        PoolGoneError
            It takes no more calls.
        """
        try:
            return self.executor.submit(function, *args)
        except Exception as error:
            raise PoolGoneError(f"{type(error).__name__}: {error}") from error


@contextmanager
def pool_of(executor: Executor | None, jobs: int | None, niceness: int = 0) -> Iterator[WorkerPool]:
    """The pool to use; one that is made here ends with the context.

    Parameters
    ----------
    executor
        Somebody else's; None for processes of this machine.
    jobs
        Calls at a time; None for as many as there are processors, or as the executor makes.
    niceness
        By how much processes that are begun here stand back for others.

    Raises
    ------
    ValueError
        `jobs` is not >= 1.
    """
    if jobs is not None and jobs < 1:
        raise ValueError(f"jobs must be a whole number >= 1, got {jobs}")
    if executor is not None:
        yield WorkerPool(executor, jobs or getattr(executor, "_max_workers", None) or n_cores())
        return
    workers = Workers(jobs or n_cores(), niceness)
    try:
        yield WorkerPool(workers, workers.n)
    finally:
        workers.shutdown(cancel_futures=True)
