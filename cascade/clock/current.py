"""The current run: the one that the code being executed belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextvars import ContextVar
from typing import Any, Final, Protocol


class Run(Protocol):
    """A run, as clocks and channels see it.

    Attributes
    ----------
    clock
        The clock it runs on.
    wait_on_host
        That of the clock, where channels find it at once.
    outer
        The run within which it was begun; None if there is none.
    host
        The asyncio task that awaits it just now.
    """

    clock: Any
    wait_on_host: Any
    outer: Run | None
    host: asyncio.Task[Any] | None

    def run(self, target: Any) -> Coroutine[Any, Any, Any]:
        """The workflow that makes the value of `target`, which has a name."""
        ...


CURRENT: Final[ContextVar[Run]] = ContextVar("cascade.run")
"""The innermost run. Workflows have contexts of their own, and asyncio tasks inherit it."""


def chain_of(run: Run | None) -> Iterator[Run]:
    """A run, and those within which it was begun."""
    while run is not None:
        yield run
        run = run.outer
