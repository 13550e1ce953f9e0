"""The failing of a run: what of it may still begin, from its first failure to its end."""

from __future__ import annotations

import asyncio

from cascade.clock.base import Clock
from cascade.clock.channel import Channel
from cascade.scheduler import crowd


class FirstTurn:
    """What a part of a failing run does before it waits; it begins since it was due.

    Parameters
    ----------
    end
        Done at its end; None if that comes with the cancellation.
    """

    __slots__ = ("_end",)

    def __init__(self, end: asyncio.Future[None] | None) -> None:
        self._end = end

    def is_over(self) -> bool:
        return self._end is not None and self._end.done()


class Failing:
    """What the parts of a run have to know of its failures.

    Attributes
    ----------
    clock
        That of the run.
    is_failing
        Whether a part has failed for good: the run will raise, when all else has ended.
    """

    __slots__ = ("_failed_at", "clock", "is_failing")

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.is_failing = False

    def note_failure(self) -> None:
        """A part has failed for good; who awaits it may hear of that much later.

        Until then no other part begins anything but what was due by now.
        """
        if not self.is_failing:
            self.is_failing = True
            self._failed_at = self.clock.now

    def is_moment_over(self) -> bool:
        """Whether what was due at the first failure has had its time to begin."""
        return self.is_failing and self.clock.now > self._failed_at + crowd.MOMENT_S

    def first_turn(self) -> FirstTurn | None:
        """What a part that begins now shows later to :meth:`is_late`."""
        return FirstTurn(self.clock.end_of_turn()) if self.is_failing else None

    def is_late(self, began: FirstTurn | None) -> bool:
        """Whether a part begins nothing further.

        One that was due at the failure, and so begins after it, goes on to its first wait.
        """
        return self.is_failing and (began is None or began.is_over())

    async def wait_for_cancellation(self) -> None:
        """Wait, as a part that comes too late, until those above hear of the failure.

        What failed and what waits here have a crowd in common, which cancels what is left.
        """
        await Channel[None]().receive()
