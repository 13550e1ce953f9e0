"""Pool executors: they call tasks in threads, in processes, or on a cluster."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import os
import pickle
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from cascade.adapters.safe_path import SafePath
from cascade.adapters.sent_error import SentError, sendable
from cascade.errors import ForeignWaitError
from cascade.graph.model import Node
from cascade.spec.by_name import find_by_name, is_named, qualname_of
from cascade.spec.inject import CLOCK, CONNECTOR
from cascade.spec.task import Task

E = TypeVar("E", bound="_OwningExecutor")
R = TypeVar("R")
AnyTask: TypeAlias = Task[..., Any]

_OF_THE_ENGINE: Final = {CLOCK, CONNECTOR}


class Pool(Protocol):
    """What a :class:`FuturesExecutor` needs: any ``concurrent.futures.Executor`` will do."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Have ``function(*args)`` called."""
        ...


class FuturesExecutor:
    """Calls functions in a pool that somebody else made, and will shut down.

    Parameters
    ----------
    pool
        Anything with the ``submit`` of ``concurrent.futures.Executor``. If it
        is on other machines, cascade must be installed there, and it must
        pickle functions by value (as cloudpickle does) where a task has no
        name to find it by: one defined inside a function, or in ``__main__``.

    Raises
    ------
    TypeError
        The pool has no ``submit``.

    Notes
    -----
    Async functions run in the pool too, each by an ``asyncio.run`` of its own.
    Tasks that inject the engine's clock or connector, such as ``cs.wait``,
    stay where the workflow runs: only there these are of use.

    Needs the host's loop: a ``WallClock``. Cancelling takes back a call that
    has not begun; one that has goes on, and nobody gets its result.
    """

    def __init__(self, pool: Pool) -> None:
        if not callable(getattr(pool, "submit", None)):
            raise TypeError(
                f"{type(self).__name__} takes a pool with a method 'submit', got {pool!r}"
            )
        self.pool = pool

    async def execute(self, node: Node, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Result of ``node.task``, called in the pool.

        Raises
        ------
        ForeignWaitError
            The workflow is on a virtual clock.
        RuntimeError
            The pool was shut down before the call began.
        """
        host = self._host_task()
        task = node.task
        assert task is not None
        if self._stays_here(task):
            result: Any = task.function(*args, **kwargs)
            return await result if task.is_async else result
        future = self._submit(task, args, kwargs)
        try:
            return self._unpack(await asyncio.wrap_future(future))
        except SentError as error:
            raise error.original() from error.__cause__
        except asyncio.CancelledError:
            if future.cancelled() and not host.cancelling():
                raise RuntimeError(f"the pool dropped task '{task.name}'") from None
            raise

    def _stays_here(self, task: AnyTask) -> bool:
        """Whether the task is not for the pool."""
        return not _OF_THE_ENGINE.isdisjoint(task.injected.values())

    def _submit(self, task: AnyTask, args: Sequence[Any], kwargs: dict[str, Any]) -> Future[Any]:
        by_name = is_named(task) and task.__module__ != "__main__"
        return self.pool.submit(_Call(task, by_name, args, kwargs))

    def _unpack(self, result: Any) -> Any:
        """The task's result, from what the pool gave."""
        return result

    def _host_task(self) -> asyncio.Task[Any]:
        task = asyncio.current_task() if asyncio._get_running_loop() else None
        if task is None:
            raise ForeignWaitError(
                f"{type(self).__name__} needs the host loop, which workflows on a VirtualClock "
                "can't wait for. Use cascade.WallClock() with it"
            )
        return task


class _OwningExecutor(FuturesExecutor):
    """An executor that made its pool, and shuts it down: by hand or as a context manager."""

    pool: concurrent.futures.Executor

    def shutdown(self, wait: bool = True) -> None:
        """Take no further calls, and end the pool. Calling it again does nothing.

        Parameters
        ----------
        wait
            Return only when all calls under way have ended. This blocks, also
            a loop: close the engine first.
        """
        self.pool.shutdown(wait=wait)

    def __enter__(self: E) -> E:
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()


class ThreadExecutor(_OwningExecutor):
    """Calls sync functions in threads; async ones are awaited where the workflow runs.

    A function sees the context variables of its run; what it sets stays its own.

    Parameters
    ----------
    max_workers
        Threads at most, >= 1. By default as many as ``ThreadPoolExecutor`` thinks fit.

    Raises
    ------
    ValueError
        `max_workers` is not an integer >= 1.

    Notes
    -----
    Needs the host's loop: a ``WallClock``. Cancelling takes back a call that
    has not begun; one that has goes on, and nobody gets its result.
    """

    def __init__(self, max_workers: int | None = None) -> None:
        _check_workers(self, max_workers)
        super().__init__(
            concurrent.futures.ThreadPoolExecutor(max_workers, thread_name_prefix="cascade")
        )

    def _stays_here(self, task: AnyTask) -> bool:
        return task.is_async

    def _submit(self, task: AnyTask, args: Sequence[Any], kwargs: dict[str, Any]) -> Future[Any]:
        call = _Call(task, False, args, kwargs)
        return self.pool.submit(contextvars.copy_context().run, call)


class ProcessExecutor(_OwningExecutor):
    """Calls functions in other processes of this machine, begun afresh ("spawn").

    A task must be defined at the top of a module, under its own name;
    arguments and results must be picklable. Each process imports the module of
    a task, and the main script: let it start nothing unless its ``__name__``
    is ``"__main__"``. Async functions run there, each by an ``asyncio.run`` of
    its own. Tasks that inject the engine's clock or connector, such as
    ``cs.wait``, stay where the workflow runs. When a process ends in the middle
    of a call (killed, out of memory, ``os._exit``), all calls under way fail
    and say so; those that come later get new processes.

    Parameters
    ----------
    max_workers
        Processes at most, >= 1. By default as many as ``ProcessPoolExecutor`` thinks fit.

    Raises
    ------
    ValueError
        `max_workers` is not an integer >= 1.

    Notes
    -----
    Needs the host's loop: a ``WallClock``. Cancelling takes back a call that
    has not begun; one that has goes on, and nobody gets its result. Arguments
    and results are pickled where the workflow runs: large ones hold up its loop.
    """

    def __init__(self, max_workers: int | None = None) -> None:
        _check_workers(self, max_workers)
        super().__init__(_ProcessPool(max_workers))

    async def execute(self, node: Node, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Result of ``node.task``, called in another process.

        Raises
        ------
        ForeignWaitError
            The workflow is on a virtual clock.
        concurrent.futures.process.BrokenProcessPool
            A process ended before its call did: this one, or one beside it.
        """
        from concurrent.futures.process import BrokenProcessPool

        try:
            return await super().execute(node, args, kwargs)
        except BrokenProcessPool as error:
            name = node.task.name if node.task is not None else "unnamed"
            raise BrokenProcessPool(
                f"task '{name}' has no result: its process has ended, or one that ran beside it, "
                "which ends them all. Calls from now on get new processes"
            ) from error

    def _submit(self, task: AnyTask, args: Sequence[Any], kwargs: dict[str, Any]) -> Future[Any]:
        if not is_named(task):
            raise TypeError(
                f"task '{task.name}' can't be called in another process: it is not to be found "
                f"as '{qualname_of(task)}' in module '{task.__module__}'"
            )
        # Pickled here and there, not by the pool: what can't be (un)pickled breaks a pool for all.
        return self.pool.submit(_call_pickled, pickle.dumps(_Call(task, True, args, kwargs)))

    def _unpack(self, result: Any) -> Any:
        return pickle.loads(result)


class _ProcessPool(concurrent.futures.Executor):
    """Processes, and others in their place once they are broken.

    Parameters
    ----------
    max_workers
        As of ``ProcessPoolExecutor``.
    """

    def __init__(self, max_workers: int | None) -> None:
        self._max_workers = max_workers
        self._is_shut = False
        self._lock = threading.Lock()
        with SafePath() as begin:
            self._processes = self._made(begin)

    def _made(self, begin: Callable[[], None] | None) -> concurrent.futures.ProcessPoolExecutor:
        import multiprocessing  # for those alone who need it: it is much to load

        context = multiprocessing.get_context("spawn")
        return concurrent.futures.ProcessPoolExecutor(
            self._max_workers, mp_context=context, initializer=begin
        )

    def submit(self, function: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """Have it called; processes are begun where there are too few."""
        from concurrent.futures.process import BrokenProcessPool

        with self._lock, SafePath() as begin:
            try:
                return self._processes.submit(function, *args, **kwargs)
            except BrokenProcessPool:
                if self._is_shut:
                    raise
                self._processes.shutdown(wait=False)
                self._processes = self._made(begin)
                return self._processes.submit(function, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no further calls, and end the processes."""
        with self._lock:
            self._is_shut = True
        self._processes.shutdown(wait=wait, cancel_futures=cancel_futures)


class _Call:
    """One call of a task's function, as a pool gets it.

    Parameters
    ----------
    by_name
        Whether to look the function up where it is called, instead of taking it along.
    """

    def __init__(
        self, task: AnyTask, by_name: bool, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> None:
        self.__name__ = task.name  # clusters show it
        self.place = (task.__module__, qualname_of(task))
        self.function = None if by_name else task.function
        self.is_async = task.is_async
        self.args = args
        self.kwargs = kwargs
        # Without it a cluster may take two equal calls for one.
        self.token = os.urandom(16).hex()
        self._is_sent = False  # then what it raises has to be sent back

    def __call__(self) -> Any:
        try:
            return self._result()
        except Exception as error:
            if not self._is_sent or (raised := sendable(error)) is error:
                raise
            raise raised from error

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = state | {"_is_sent": True}

    def _result(self) -> Any:
        function: Any = self.function
        if function is None:
            found = find_by_name(*self.place)
            function = found.function if isinstance(found, Task) else found
        try:
            result = function(*self.args, **self.kwargs)
            return asyncio.run(result) if self.is_async else result
        except StopIteration as error:  # no future can hold one
            raise RuntimeError(f"task '{self.__name__}' raised StopIteration") from error


def _call_pickled(pickled: bytes) -> bytes:
    """Call a pickled :class:`_Call` and give its result pickled."""
    return pickle.dumps(pickle.loads(pickled)())


def _check_workers(executor: object, max_workers: int | None) -> None:
    if max_workers is not None and (not isinstance(max_workers, int) or max_workers < 1):
        raise ValueError(
            f"max_workers of {type(executor).__name__} must be an integer >= 1 or None, "
            f"got {max_workers!r}"
        )
