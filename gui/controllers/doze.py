"""The doze of the pump: it waits until somebody wants something."""

from __future__ import annotations

import asyncio


class Doze:
    """A sleep that anybody who wants something can end.

    Attributes
    ----------
    is_on
        Whether somebody sleeps.
    """

    def __init__(self) -> None:
        self.is_on = False
        self._is_called = False
        self._called: asyncio.Future[None] | None = None

    @property
    def is_called(self) -> bool:
        """Whether somebody has called since :meth:`begin_anew`."""
        return self._is_called

    def call(self) -> None:
        """End the sleep, or prevent the next one. From the loop's thread."""
        self._is_called = True
        if self._called is not None and not self._called.done():
            self._called.set_result(None)

    def begin_anew(self) -> None:
        """Forget earlier calls: what they wanted is about to be done."""
        self._is_called = False

    async def sleep(self, longest_s: float) -> None:
        """Sleep until somebody calls, at most for the given time. Cancelling is safe."""
        if self._is_called:
            return
        loop = asyncio.get_running_loop()
        self._called = loop.create_future()
        timer = loop.call_later(longest_s, _end, self._called)
        self.is_on = True
        try:
            await self._called
        finally:
            self.is_on = False
            timer.cancel()
            self._called = None


def _end(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
