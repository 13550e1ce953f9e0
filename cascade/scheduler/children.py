"""Children: workflows side by side in virtual time, and the one that waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from operator import itemgetter

from cascade.clock.base import Source, hidden_failure
from cascade.scheduler.workflow import Workflow


class Children:
    """Children that run side by side, and the parent that begins them and waits for them.

    Attributes
    ----------
    living
        The children that have begun and not ended, with their numbers: 0 began first.
    failures
        Errors of those that failed, each with the number of its child.
    parent_waits
        Whether the parent has to be woken: at the end of the last child, at a failure, or
        when another is due.
    is_moment_over
        Whether the parent goes on once no other can fail at the instant of a failure.
    """

    __slots__ = (
        "_begun",
        "_go_on_last",
        "_source",
        "failures",
        "is_cancelled",
        "is_moment_over",
        "living",
        "parent",
        "parent_waits",
    )

    def __init__(
        self, parent: Workflow, source: Source, go_on_last: Callable[[Workflow], None]
    ) -> None:
        self.parent = parent
        self._source = source
        self._go_on_last = go_on_last
        self.parent_waits = False
        self._begun = 0
        self.living: dict[Workflow, int] = {}
        self.failures: list[tuple[int, BaseException]] = []
        self.is_moment_over = False
        self.is_cancelled = False

    def add(self, child: Workflow) -> None:
        """One more begins."""
        self.living[child] = self._begun
        self._begun += 1

    def note_end(self, child: Workflow) -> None:
        """Wake the parent when it has something to do."""
        number = self.living.pop(child)
        error = child.error
        if self.is_cancelled and isinstance(error, asyncio.CancelledError):
            error = hidden_failure(error)
        if error is not None:
            self.failures.append((number, error))
        if not self.parent_waits or self.is_cancelled:
            return
        if not self.living or self._source.due:
            self.parent_waits = False
            self.parent.value = None
            self.parent.arouse(self.parent)
        elif error is not None:
            self.parent_waits = False
            self.is_moment_over = True
            self._go_on_last(self.parent)

    def failed(self) -> list[BaseException]:
        """The errors, in the order in which those that failed began."""
        return [error for _, error in sorted(self.failures, key=itemgetter(0))]


def depth_of(workflow: Workflow) -> int:
    """How many parents are above a workflow."""
    depth = 0
    while isinstance(workflow.awaiter, Children):
        workflow = workflow.awaiter.parent
        depth += 1
    return depth
