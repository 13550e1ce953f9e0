"""A workflow as the virtual clock sees it: a coroutine, and what it waits for."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Coroutine
from types import CoroutineType
from typing import Any, Final

from cascade.clock.channel import NEVER, Channel

SEND: Final[Any] = CoroutineType.send
"""Resumes a coroutine of an ``async def``: one function for all, no bound method for each."""


class Workflow:
    """One coroutine that a virtual clock resumes.

    Attributes
    ----------
    coroutine, context
        What is resumed with :data:`SEND`, and the context of its own that this happens in.
    priority, sequence
        Rank among those due at one time: the lower priority first, then who
        began to wait first. `sequence` is new at each wait, so that an entry of
        the agenda that carries an older one is known to be overtaken.
    deadline
        Until when it waits, ``NEVER`` if no time ends the wait.
    is_far
        Whether the agenda's far list holds it.
    channel
        Channel it waits on.
    value
        What it is resumed with.
    arouse
        Appends to the ready list of its clock.
    doom
        Raised at each further wait, once set (cancellation, foreign wait).
    root
        The workflow that the host started, of which this is a child or itself.
    awaiter
        Who waits for its end: the future of a host, or the crowd it belongs to.
    instant, steps
        Tail calls made at one instant.
    """

    __slots__ = (
        "arouse",
        "awaiter",
        "channel",
        "context",
        "coroutine",
        "deadline",
        "doom",
        "ended",
        "error",
        "instant",
        "is_far",
        "name",
        "priority",
        "result",
        "root",
        "sequence",
        "steps",
        "value",
    )

    def __init__(
        self,
        coroutine: Coroutine[Any, Any, Any],
        name: str,
        priority: int,
        arouse: Callable[[Any], object],
    ) -> None:
        self.coroutine = coroutine
        self.name = name
        self.priority = priority
        self.arouse = arouse
        self.context = contextvars.copy_context()
        self.sequence = 0
        self.deadline = NEVER
        self.is_far = False
        self.channel: Channel[Any] | None = None
        self.value: Any = None
        self.doom: BaseException | None = None
        self.awaiter: Any = None
        self.ended = False
        self.result: Any = None
        self.error: BaseException | None = None
        self.root: Workflow | None = self
        self.instant = NEVER
        self.steps = 0

    def outcome(self) -> Any:
        """The result, or the error it ended with."""
        if self.error is not None:
            raise self.error
        return self.result

    def let_go(self) -> Any:
        """Drop what only a living workflow needs, and give its awaiter.

        The agenda may hold the shell for a while longer; nothing else may hang on it.
        """
        awaiter = self.awaiter
        self.awaiter = self.root = self.doom = self.value = self.channel = None
        self.coroutine = self.context = None  # type: ignore[assignment]
        return awaiter

    def __repr__(self) -> str:
        state = "ended" if self.ended else f"waiting until {self.deadline}"
        return f"<Workflow '{self.name}' {state}>"
