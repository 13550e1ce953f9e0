"""The protocol of clocks: what an engine needs of one."""

from __future__ import annotations

import abc
import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextvars import Context
from typing import Any, ClassVar, Final, Protocol

from cascade.clock.channel import Channel
from cascade.clock.current import Run
from cascade.clock.seconds import as_duration, as_seconds
from cascade.errors import ClockError, add_note

INTERRUPTS: Final = (KeyboardInterrupt, SystemExit)
"""What is to end the program, unless whoever awaits the run knows better."""

STEP_LIMIT: Final = 1_000_000
"""Steps that one workflow may take at one instant of a virtual clock."""


class Source(Protocol):
    """Where the workflows of a crowd come from, one when each is to begin."""

    is_beginning: bool
    """Whether the one taken last has not come to its first wait yet. Who begins them writes it."""

    @property
    def due(self) -> object:
        """True in a condition if one can begin now; more may be due whenever one has ended."""

    @property
    def name(self) -> str:
        """What the one taken last is called; it may change until its first wait."""

    def take(self) -> Coroutine[Any, Any, object]:
        """The next that is to begin; only asked for when one is due."""
        ...


class Queue:
    """Workflows that are all due from the beginning.

    Parameters
    ----------
    workflows
        They are made one by one, when each is to begin.
    n
        How many there are.
    name
        What each is called.
    """

    __slots__ = ("_workflows", "due", "is_beginning", "name")

    def __init__(self, workflows: Iterator[Coroutine[Any, Any, object]], n: int, name: str) -> None:
        self._workflows = workflows
        self.name = name
        self.due = n
        self.is_beginning = False

    def take(self) -> Coroutine[Any, Any, object]:
        """The next."""
        self.due -= 1
        return next(self._workflows)


class Clock(abc.ABC):
    """The time of an engine's runs, and who resumes their workflows.

    ``now``, ``sleep`` and ``sleep_until`` are for everybody; the other methods
    are for the engine alone.
    """

    __slots__ = ()

    wait_on_host: ClassVar[Any] = None
    """On clocks of the host's loop: what waits for a channel there, a generator of futures."""

    running: ClassVar[Any] = None
    """On clocks that resume workflows themselves: the one that is being resumed."""

    @property
    @abc.abstractmethod
    def now(self) -> float:
        """Present time, in seconds."""

    @property
    def scheduled(self) -> float:
        """The time for which the present wake of a workflow was scheduled, in seconds.

        The deadline it waited for, or the scheduled time of whoever woke it. On
        a virtual clock that is `now`; on the wall clock `now` is later by the
        lateness of the wake. What takes its next deadline from here doesn't drift.
        """
        return self.now

    @abc.abstractmethod
    def reschedule(self, channels: Sequence[Channel[Any]], deadlines: Sequence[float]) -> None:
        """Give the receivers of `channels` new deadlines, waking nobody.

        Parameters
        ----------
        channels
            Those without a receiver are passed over.
        deadlines
            One for each channel, in seconds; one that has passed means now.

        Raises
        ------
        TypeError, ValueError
            The lengths differ, something is not a channel, or a deadline is not a number.
            Then none is changed.
        """

    @property
    @abc.abstractmethod
    def wakes(self) -> int:
        """Resumptions of workflows since the clock was made."""

    @property
    @abc.abstractmethod
    def waiting(self) -> int:
        """Workflows that wait for something just now."""

    @abc.abstractmethod
    def call_at(self, t: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` when the clock shows `t` seconds; gives what cancels that.

        On a virtual clock that is before any workflow that is due at `t`. The
        callback must not wait and must not raise.
        """

    @abc.abstractmethod
    async def sleep_until(self, t: float) -> None:
        """Wait until the clock shows `t` seconds; a time that has passed means now."""

    async def sleep(self, s: float) -> None:
        """Wait `s` seconds of this clock.

        Raises
        ------
        TypeError, ValueError
            `s` is not a number, negative or not finite.

        Notes
        -----
        Cancelling is safe.
        """
        await self.sleep_until(self.now + as_duration(s))

    def timeline(self) -> object:
        """What tells its time from others: clocks of one timeline show the same."""
        return asyncio.get_running_loop()

    async def run_to_end(self, run: Coroutine[Any, Any, Any]) -> Any:
        """The result of a run that nobody else lets time pass for, as in a script."""
        return await run

    @abc.abstractmethod
    async def run_workflow(self, run: Run, target: Any, priority: int) -> Any:
        """Run the workflow of a run from the host, or as a child of the one that awaits this.

        When the awaiter is cancelled, the workflow is, and has ended before
        this raises.

        Parameters
        ----------
        run, target
            Who makes the workflow, and of what; not where the awaiter is cancelled before it
            began. The asyncio task that awaits this is the host of the run for as long as it does.
        priority
            Its rank among those due at one time.
        """

    @abc.abstractmethod
    async def run_crowd(self, source: Source, priority: int | None = None) -> None:
        """Run workflows side by side, within the one that awaits this, until all have ended.

        Each begins when it is due, after the one before has gone to its first wait.

        Raises
        ------
        BaseException
            The failure of one, after those that were due have begun, and the others were
            cancelled and have ended; an ``ExceptionGroup`` when several failed at that moment.
        """

    def rename(self, name: str) -> None:  # noqa: B027 - asyncio has names of its own
        """The running workflow goes on with what errors call by another name."""

    @abc.abstractmethod
    async def renew_context(self, context: Context) -> None:
        """Let the running workflow go on in a copy of `context`, at the same moment."""

    @abc.abstractmethod
    def is_turn_over(self) -> bool:
        """Whether work without a wait has gone on for long enough: others must have a turn."""

    def end_of_turn(self) -> asyncio.Future[None] | None:
        """Done when the host loop has gone on; None where all of an instant is one turn."""
        return None

    @abc.abstractmethod
    async def run_within(self, work: Awaitable[Any], seconds: float, name: str) -> Any:
        """The result of `work`, which is cancelled when it takes longer.

        Its clean-up has run when this raises. A value that comes too late counts as late.

        Parameters
        ----------
        work
            What to await, not awaited before.
        seconds
            How long it may take, > 0.
        name
            What the error calls it.

        Raises
        ------
        TimeoutError
            It took longer than `seconds`.
        """

    @abc.abstractmethod
    def should_yield(self) -> bool:
        """Whether a chain of tail calls must let others go on; asked before each further step.

        Raises
        ------
        RunawayWorkflowError
            The chain took more than ``STEP_LIMIT`` steps at one virtual instant.
        """

    @abc.abstractmethod
    async def yield_turn(self) -> None:
        """Let others go on, and continue as soon as possible."""


def deadlines_of(
    channels: Sequence[Channel[Any]], deadlines: Sequence[float]
) -> list[tuple[Channel[Any], float]]:
    """Channels and what their deadlines are to be, all of them checked.

    Raises
    ------
    TypeError, ValueError
        The lengths differ, something is not a channel, or a deadline is not a number.
    """
    pairs = []
    for channel, deadline in zip(channels, deadlines, strict=True):
        if not isinstance(channel, Channel):
            raise TypeError(f"reschedule takes channels, got {channel!r}")
        pairs.append((channel, as_seconds(deadline, "a deadline")))
    return pairs


def wrong_clock(clock: object, run: Run) -> ClockError:
    """The error for a workflow that waits for a clock that isn't its own."""
    return ClockError(
        f"a workflow on {run.clock!r} awaited the sleep of {clock!r}: a workflow waits for "
        "the clock of its engine alone (take it by cascade.inject('cascade.clock'))"
    )


def tell_of_failures(
    error: BaseException, before: list[BaseException], failures: list[BaseException]
) -> None:
    """Note on what ends parallel tasks which of them failed, `before` that or meanwhile.

    They are the cause of a cancellation, too: so a time-out or a failure that it was for
    hides none.
    """
    others = [failure for failure in failures if failure is not error]
    for failure in others:
        is_earlier = any(failure is each for each in before)
        when = "before" if is_earlier else "while"
        add_note(error, f"{when} its parallel tasks were cancelled, one failed: {failure!r}")
    if others and isinstance(error, asyncio.CancelledError) and error.__cause__ is None:
        error.__cause__ = join_failures(others, "parallel tasks")


def hidden_failure(error: BaseException) -> Exception | None:
    """What failed, where a cancellation that was wanted tells of more than itself."""
    failure = error.__cause__ if isinstance(error, asyncio.CancelledError) else error
    return failure if isinstance(failure, Exception) else None


def find_interrupt(failures: list[BaseException]) -> BaseException | None:
    """What is to end the program, among failures: the first such."""
    return next((each for each in failures if isinstance(each, INTERRUPTS)), None)


def join_failures(failures: list[BaseException], what: str) -> BaseException:
    """The one error that stands for all: itself, or a group that hides none.

    Of cancellations alone it is the first: who is cancelled raises ``CancelledError``, no group.
    An interrupt is itself, with notes of the others: in a group it would end no program.
    """
    interrupt = find_interrupt(failures)
    if interrupt is not None:
        for other in failures:
            if other is not interrupt:
                add_note(interrupt, f"and one of the {what} failed: {other!r}")
        return interrupt
    if len(failures) == 1 or all(isinstance(each, asyncio.CancelledError) for each in failures):
        return failures[0]
    return BaseExceptionGroup(f"{len(failures)} {what} failed", failures)
