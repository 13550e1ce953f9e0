"""A turnstile: one at a time, in order of arrival, on any clock."""

from __future__ import annotations

from collections import deque
from types import TracebackType

from cascade.clock.channel import Channel


class Turnstile:
    """Lets one through at a time: ``async with turnstile:``.

    Notes
    -----
    Cancelling who waits is safe; nobody behind is left waiting.
    """

    __slots__ = ("_is_taken", "_queue")

    def __init__(self) -> None:
        self._is_taken = False
        self._queue: deque[Channel[None]] = deque()

    async def __aenter__(self) -> None:
        if not self._is_taken:
            self._is_taken = True
            return
        turn: Channel[None] = Channel(capacity=1)
        self._queue.append(turn)
        try:
            await turn.receive()
        except BaseException:
            if turn in self._queue:
                self._queue.remove(turn)
            else:  # it was our turn already
                self._pass_on()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        if self._queue:
            self._queue.popleft().send(None)
        else:
            self._is_taken = False
