"""Requests: what workflows yield to the scheduler, and their ranks among equal times."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Final

FIRST: Final = -sys.maxsize
"""Priority of timers: before any workflow that is due at the same time."""

LAST: Final = sys.maxsize
"""Priority of those who wait until all else that is due at an instant has been resumed."""

STRIDE: Final = 16
"""Wakes, or tail calls, between two looks at the budget."""


class Request:
    """Something a workflow yields to its clock, and is resumed with None after.

    Each instance has an ``__await__`` of its own, made of built-in functions: awaiting it
    takes no frame of Python.
    """

    __slots__ = ("__await__", "text")

    if TYPE_CHECKING:

        def __await__(self) -> Generator[Request, None, None]: ...

    def __init__(self, text: str) -> None:
        self.text = text
        self.__await__ = partial(iter, (self,))  # type: ignore[method-assign]

    def __repr__(self) -> str:
        return self.text


class Renewal:
    """Asks to go on at once, in a copy of a context."""

    __slots__ = ("context",)

    def __init__(self, context: Context) -> None:
        self.context = context

    def __await__(self) -> Generator[Renewal, None, None]:
        """Yield it once."""
        yield self


JOIN: Final = Request("join")
TURN: Final = Request("turn")
LAST_OF_INSTANT: Final = Request("last of this instant")
