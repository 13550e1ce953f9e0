"""Pools for tests: calls are made at once, and may fail as workers do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from experiments.sweep.measuring import Batch, Row, measure


class Here(Executor):
    """Measures at once, in this process.

    Parameters
    ----------
    fails
        Called with each batch before; what it raises is what comes of it.
    """

    def __init__(self, fails: Callable[[Batch], None] = lambda _: None) -> None:
        self.fails = fails
        self.batches: list[Batch] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Make the call."""
        future: Future[Any] = Future()
        call: Any = fn
        batch: Batch = [*call.args, *call.kwargs.values()][0]
        self.batches.append(batch)
        try:
            self.fails(batch)
            future.set_result(measured_in_a_thread(batch))
        except Exception as error:  # noqa: BLE001
            future.set_exception(error)
        return future


def measured_in_a_thread(batch: Batch) -> list[Row]:
    """The rows of a batch, made where no loop runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(measure, batch).result()
