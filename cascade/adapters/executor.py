"""Executors: where a task's function is called."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, Final, Protocol, runtime_checkable

from cascade.graph.model import Node


@runtime_checkable
class Executor(Protocol):
    """Calls the function of a task."""

    def execute(self, node: Node, args: Sequence[Any], kwargs: dict[str, Any]) -> Awaitable[Any]:
        """Execute ``node.task`` with these arguments and give its result.

        Usually an ``async def``. Every execution of every task goes through here.
        The arguments are to be passed on, not changed.
        """
        ...


class LocalExecutor:
    """Calls the function where the workflow runs.

    Async functions are awaited, sync functions called in place: they hold up
    the loop for as long as they run.
    """

    def execute(self, node: Node, args: Sequence[Any], kwargs: dict[str, Any]) -> Awaitable[Any]:
        """Awaitable result of ``node.task``.

        For an async function this is its own coroutine: one frame less for
        every resumption to pass through.
        """
        task = node.task
        assert task is not None
        if task.is_async:
            function = task.function
            work: Awaitable[Any] = function(*args, **kwargs) if kwargs else function(*args)
            return work
        return _call(task.function, args, kwargs)


async def _call(function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    return function(*args, **kwargs)


_EXECUTE: Final = LocalExecutor.execute


def calls_in_place(executor: Executor) -> bool:
    """Whether an executor does nothing but what :class:`LocalExecutor` does.

    Then a plain function may be called without asking it, which nobody can tell.
    """
    return type(executor) is LocalExecutor and getattr(executor.execute, "__func__", 0) is _EXECUTE
