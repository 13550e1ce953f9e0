"""A disk thread: it alone waits for the disk, and not even the end of the process waits for it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, wait
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class DiskThread:
    """Runs one call after the other.

    Those of :mod:`concurrent.futures` are waited for when Python ends, however long that
    takes; this one is left behind.

    Parameters
    ----------
    name
        Of the thread.
    """

    def __init__(self, name: str) -> None:
        self._queue: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> Future[T]:
        """Run a call after all earlier ones."""
        future: Future[T] = Future()
        self._queue.put((future, lambda: work(*args, **options)))
        return future

    def has_done_all(self, within_s: float) -> bool:
        """Wait for all calls, for at most that many seconds; returns whether they are done."""
        if not self._thread.is_alive():
            return True
        return bool(wait([self.submit(int)], max(0.0, within_s)).done)

    def end(self) -> None:
        """Accept no more calls; earlier ones are still run."""
        self._queue.put(None)

    def _work(self) -> None:
        while (asked := self._queue.get()) is not None:
            future, work = asked
            if not future.set_running_or_notify_cancel():
                continue
            with contextlib.suppress(InvalidStateError):
                try:
                    future.set_result(work())
                except BaseException as error:  # noqa: BLE001 - passed on to the caller
                    future.set_exception(error)
