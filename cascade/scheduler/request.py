"""What workflows yield to the scheduler, and ranks of those who wait for one time."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextvars import Context
from typing import Any, Final

FIRST: Final = -sys.maxsize
"""Priority of timers: before any workflow that is due at the same time."""

LAST: Final = sys.maxsize
"""Priority of those who wait until all else that is due at an instant has been resumed."""

STRIDE: Final = 16
"""Wakes, or tail calls, between two looks at the budget."""


class Request:
    """Something a workflow yields to its clock."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def __await__(self) -> Generator[Request, None, None]:
        """Yield it once, without a frame of Python; to be resumed with None."""
        once: Any = iter((self,))
        return once  # type: ignore[no-any-return]


class Renewal(Request):
    """Asks to go on at once, in a copy of a context."""

    __slots__ = ("context",)

    def __init__(self, context: Context) -> None:
        super().__init__("a context of its own")
        self.context = context


JOIN: Final = Request("join")
TURN: Final = Request("turn")
LAST_OF_INSTANT: Final = Request("last of this instant")
