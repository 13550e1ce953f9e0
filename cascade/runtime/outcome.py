"""Outcomes: what a task may give."""

from __future__ import annotations

from types import CoroutineType
from typing import Any

from cascade.errors import TaskError
from cascade.spec.containers import PLAIN, find_lazy
from cascade.spec.lazy import Lazy


def checked(result: Any, name: str) -> Any:
    """The result, unless it can't be one.

    Raises
    ------
    TaskError
        It is a coroutine, or a container with lazy results in it.
    """
    if type(result) is CoroutineType:
        result.close()
        raise TaskError(f"task '{name}' returned a coroutine: did it forget an await?")
    if type(result) not in PLAIN and not isinstance(result, Lazy):
        lazy = find_lazy(result)
        if lazy is not None:
            raise TaskError(
                f"task '{name}' returned a {type(result).__name__} with {lazy!r} in it: return "
                "one lazy result, such as that of a task which is given them all"
            )
    return result
