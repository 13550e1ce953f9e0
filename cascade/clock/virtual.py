"""The virtual clock: discrete events, and workflows resumed without the host loop."""

from __future__ import annotations

import asyncio
import heapq
import math
import sys
import time
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from operator import itemgetter
from typing import Any, Final

from cascade.clock.agenda import Agenda
from cascade.clock.base import (
    STEP_LIMIT,
    Clock,
    Queue,
    Source,
    deadlines_of,
    join_failures,
    wrong_clock,
)
from cascade.clock.channel import NEVER, TIMED_OUT, Channel, ReceiveWithin
from cascade.clock.current import CURRENT, Run
from cascade.clock.foreign import foreign_error, foreign_failure, without_current_task
from cascade.clock.seconds import as_seconds
from cascade.clock.within import within_virtual
from cascade.clock.workflow import Workflow
from cascade.errors import ClockError, RunawayWorkflowError, add_note
from cascade.record import Record

FIRST: Final = -sys.maxsize
"""Priority of timers: before any workflow that is due at the same time."""

LAST: Final = sys.maxsize
"""Priority of those who wait until all else that is due at an instant has been resumed."""

STRIDE: Final = 16
"""Wakes, or tail calls, between two looks at the budget."""


class Progress(Record, kw_only=False):
    """How far a clock came.

    Attributes
    ----------
    now
        Its time, in seconds.
    reached
        Whether everything up to and at the time asked for has happened. If so,
        `now` is exactly that time; otherwise the budget was used up first.
    wakes
        Resumptions of workflows in this advance.
    """

    now: float
    reached: bool
    wakes: int


class _Request:
    """Something a workflow yields to its clock."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def __await__(self) -> Generator[_Request, None, None]:
        """Yield it once, without a frame of Python; to be resumed with None."""
        once: Any = iter((self,))
        return once  # type: ignore[no-any-return]


_JOIN: Final = _Request("join")
_TURN: Final = _Request("turn")
_LAST: Final = _Request("last of this instant")


class VirtualClock(Clock):
    """Time that passes only by ``advance`` and ``run_until``, from event to event.

    The running workflow goes on until it waits; then those that were woken, in
    the order in which they were; only when nobody is ready the next deadline,
    by (time, priority, who waited first).

    Parameters
    ----------
    start
        Time it shows at first, in seconds.

    Raises
    ------
    TypeError, ValueError
        `start` is not a number or not finite.

    Notes
    -----
    Workflows on this clock can wait only for this clock, channels and each
    other. Not for threads: one thread owns the clock and its workflows.
    """

    __slots__ = (
        "_agenda",
        "_arouse",
        "_failing_at_start",
        "_instant_wakes",
        "_interrupt",
        "_living",
        "_now",
        "_ready",
        "_running",
        "_sleep",
        "_stop_at",
        "_wakes",
    )

    def __init__(self, start: float = 0.0) -> None:
        if not math.isfinite(as_seconds(start, "start of a VirtualClock")):
            raise ValueError(f"start of a VirtualClock must be finite, got {start!r}")
        self._now = float(start)
        self._sleep = _Request("the sleep of another clock")  # as any but this clock sees it
        self._agenda = Agenda()
        self._ready: deque[Workflow] = deque()
        self._arouse = self._ready.append  # one bound method for all
        self._running: Workflow | None = None
        self._failing_at_start: list[Workflow] | None = None
        # What some workflow was interrupted with, and the root of its run; until it is raised.
        self._interrupt: tuple[BaseException, Workflow | None] | None = None
        self._stop_at = NEVER  # reading of time.perf_counter at which the budget ends
        self._wakes = 0
        self._living = 0  # workflows that have begun and not ended
        self._instant_wakes = 0  # value of _wakes when the present instant began

    # -- for everybody ------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Present virtual time, in seconds."""
        return self._now

    @property
    def scheduled(self) -> float:
        """Time for which the present wake was scheduled: on this clock always `now`."""
        return self._now

    @property
    def wakes(self) -> int:
        """Resumptions of workflows since the clock was made."""
        return self._wakes

    @property
    def waiting(self) -> int:
        """Workflows that wait for something just now."""
        return self._living - len(self._ready) - (self._running is not None)

    @property
    def next_deadline(self) -> float | None:
        """When the next workflow is due: `now` if one is ready, None if nobody waits for a time."""
        if self._ready:
            return self._now
        deadline = self._agenda.first()
        return None if deadline == NEVER else deadline

    def advance(self, dt: float, *, budget_s: float | None = None) -> Progress:
        """Let `dt` seconds pass; see :meth:`run_until`."""
        if dt.__class__ is not float:
            dt = as_seconds(dt, "what advance takes")
        if not 0 <= dt < math.inf:
            raise ValueError(f"advance takes a finite number of seconds >= 0, got {dt!r}")
        return self.run_until(self._now + dt, budget_s=budget_s)

    def run_until(self, t: float, *, budget_s: float | None = None) -> Progress:
        """Let time pass until `t`, everything that is due at `t` included.

        Parameters
        ----------
        t
            Virtual time in seconds, not before now.
        budget_s
            Seconds of wall time after which to stop, between any two wakes or
            tail calls, also inside an instant. The next call goes on there, and
            nothing shows where it stopped.

        Returns
        -------
        Progress

        Raises
        ------
        TypeError, ValueError
            `t` is not a finite number or has passed, or the budget is no number or negative.
        ClockError
            Called from inside a workflow.

        Notes
        -----
        A workflow that fails ends its own run alone: the error surfaces where
        that run is awaited, never here. Only ``KeyboardInterrupt``,
        ``SystemExit`` and their like leave this call.
        """
        if t.__class__ is not float:
            t = as_seconds(t, "what run_until takes")
        if not self._now <= t < math.inf:
            raise ValueError(f"run_until takes a finite time >= now ({self._now!r} s), got {t!r}")
        if budget_s is not None and as_seconds(budget_s, "budget_s") < 0:
            raise ValueError(f"budget_s must be >= 0 s, got {budget_s!r}")
        if self._running is not None:
            raise ClockError(
                f"workflow '{self._running.name}' tried to advance the clock it runs on"
            )
        before = self._wakes
        if budget_s is not None:
            self._stop_at = time.perf_counter() + budget_s
        try:
            with without_current_task():
                reached = self._resume_until(t)
        finally:
            self._stop_at = NEVER
            self._running = None
        return Progress(self._now, reached, self._wakes - before)

    def reschedule(self, channels: Sequence[Channel[Any]], deadlines: Sequence[float]) -> None:
        """Give the receivers of `channels` new deadlines; see :meth:`Clock.reschedule`."""
        add, now = self._agenda.add, self._now
        for channel, deadline in deadlines_of(channels, deadlines):
            workflow = channel.receiver
            if isinstance(workflow, Workflow):
                add(workflow, deadline if deadline > now else now)

    def call_at(self, t: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` when the clock shows `t`, before any workflow that is due then."""
        return self._call_at(t, callback, FIRST)

    def _call_at(self, t: float, callback: Callable[[], None], rank: int) -> Callable[[], None]:
        timer = Workflow(_call_when_resumed(callback), "timer", rank, self._arouse)
        self._living += 1
        timer.coroutine.send(None)
        self._agenda.add(timer, max(self._now, t))

        def cancel() -> None:
            if not timer.ended:
                timer.coroutine.close()
                self._end(timer, StopIteration())

        return cancel

    def cancel_at(self, t: float) -> Callable[[], bool]:
        """Cancel the running workflow at `t`, when all else that is due then has been resumed.

        Gives what calls that off; it says whether that is too late.
        """
        workflow = self._require_workflow("a time limit")
        is_late = False

        def on_time() -> None:
            nonlocal is_late
            is_late = True
            self._doom(workflow, asyncio.CancelledError())

        cancel = self._call_at(t, on_time, LAST)

        def call_off() -> bool:
            if not is_late:
                cancel()
            return is_late

        return call_off

    # -- the hot path -------------------------------------------------------------------

    def _resume_until(self, until: float) -> bool:
        """Resume workflows in order, up to and at `until`; False when the budget ended first."""
        agenda, ready = self._agenda, self._ready
        near, pop = agenda.near, heapq.heappop
        next_sequence, sleep = agenda.next_sequence, self._sleep
        now, stride = self._now, STRIDE
        while True:
            # Who is next: the first of those woken, else the earliest deadline.
            if ready:
                workflow = ready.popleft()
                value = workflow.value
            elif near:
                entry = pop(near)
                deadline, _, sequence, workflow = entry
                if sequence != workflow.sequence:
                    agenda.overtaken += 1  # it waits for something else by now
                    continue
                if deadline > now:
                    if deadline > until:
                        heapq.heappush(near, entry)
                        break
                    now = self._now = deadline
                    self._instant_wakes = self._wakes
                channel = workflow.channel
                if channel is None:
                    value = None
                else:
                    channel.receiver = None
                    value = TIMED_OUT
            elif agenda.refill():
                continue
            else:
                break

            # Let it run until it waits again.
            self._running = workflow
            self._wakes += 1
            try:
                request = workflow.resume(value)
            except BaseException as error:  # noqa: BLE001 - belongs to the run's awaiter
                self._end(workflow, error)
                if self._interrupt is not None:
                    self._leave()
            else:
                if request.__class__ is Channel and request.deadline > now:
                    request.receiver = workflow
                    workflow.channel = request
                    deadline = workflow.deadline = request.deadline
                    workflow.sequence = next_sequence()
                    if deadline <= agenda.horizon or not workflow.is_far:
                        agenda.enter(workflow, deadline)
                elif request is sleep:
                    workflow.channel = None
                    deadline = workflow.deadline
                    workflow.sequence = next_sequence()
                    if deadline <= agenda.horizon or not workflow.is_far:
                        agenda.enter(workflow, deadline)
                elif self._park(workflow, request):
                    stride = 1

            stride -= 1
            if not stride:
                stride = STRIDE
                if self._wakes - self._instant_wakes > STEP_LIMIT:
                    stride = 1  # so many at one instant: now see who it is
                    self._count_step(workflow)
                    if workflow.steps > STEP_LIMIT and not workflow.ended:
                        self._doom(workflow, self._runaway(workflow))
                if self._interrupt is not None:
                    self._leave()
                if time.perf_counter() >= self._stop_at:
                    return False
        if until > now:
            self._now = until
            self._instant_wakes = self._wakes
        return True

    # -- waiting ------------------------------------------------------------------------

    def _park(self, workflow: Workflow, request: object) -> bool:
        """Note what `workflow` waits for; True if it only gives up its turn."""
        workflow.channel = None
        if request is self._sleep:
            self._agenda.add(workflow, max(self._now, workflow.deadline))
        elif request is _JOIN:
            self._agenda.remove(workflow)
        elif request is _TURN:
            self._agenda.remove(workflow)
            workflow.value = None
            self._ready.appendleft(workflow)
            return True
        elif request is _LAST:
            self._agenda.remove(workflow)
            self._go_on_last(workflow)
        elif isinstance(request, (Channel, ReceiveWithin)):
            channel = request if isinstance(request, Channel) else request.at(self._now)
            if channel.deadline != channel.deadline:
                self._doom(workflow, ValueError("a deadline must be a number of seconds, got nan"))
            else:
                channel.receiver = workflow
                workflow.channel = channel
                self._agenda.add(workflow, max(self._now, channel.deadline))
        else:
            self._doom(workflow, foreign_error(workflow.name, request))
        return False

    async def sleep_until(self, t: float) -> None:
        """Wait until the clock shows `t` seconds; a time that has passed means now.

        Raises
        ------
        TypeError, ValueError
            `t` is not a number or not finite.
        ClockError
            Awaited outside a workflow of this clock.

        Notes
        -----
        Cancelling is safe.
        """
        if t.__class__ is not float:
            t = as_seconds(t, "what sleep_until takes")
        if not -math.inf < t < math.inf:
            raise ValueError(f"sleep_until takes a finite time in seconds, got {t!r}")
        workflow = self._running or self._require_workflow("sleep")
        workflow.deadline = t if t > self._now else self._now
        await self._sleep

    async def sleep(self, s: float) -> None:
        """Wait `s` seconds of this clock; see :meth:`Clock.sleep`."""
        if s.__class__ is not float:
            s = as_seconds(s, "what sleep takes")
        if not 0 <= s < math.inf:
            raise ValueError(f"sleep takes a finite number of seconds >= 0, got {s!r}")
        workflow = self._running or self._require_workflow("sleep")
        workflow.deadline = self._now + s
        await self._sleep

    def is_turn_over(self) -> bool:
        """Whether the budget of this advance is used up."""
        return time.perf_counter() >= self._stop_at

    def should_yield(self) -> bool:
        """Whether a chain of tail calls has used up the budget; counts its steps."""
        workflow = self._running or self._require_workflow("tail call")
        if workflow.instant != self._now:
            workflow.instant = self._now
            workflow.steps = 1
            return False
        workflow.steps += 1
        if workflow.steps > STEP_LIMIT:
            raise self._runaway(workflow)
        return not workflow.steps % STRIDE and time.perf_counter() >= self._stop_at

    async def run_within(self, work: Awaitable[Any], seconds: float, name: str) -> Any:
        """The result of `work`, or ``TimeoutError``; see :meth:`Clock.run_within`."""
        rank = self._require_workflow("a time limit").priority

        def run_child(child: Coroutine[Any, Any, Any]) -> Awaitable[Any]:
            return self._run_child(child, name, rank)

        return await within_virtual(self, work, seconds, name, run_child)

    async def yield_turn(self) -> None:
        """Let the advance end here; the workflow is the next to go on."""
        await _TURN

    def _count_step(self, workflow: Workflow) -> None:
        """Count one step of a workflow at the present instant."""
        if workflow.instant != self._now:
            workflow.instant = self._now
            workflow.steps = 0
        workflow.steps += 1

    def _runaway(self, workflow: Workflow) -> RunawayWorkflowError:
        return RunawayWorkflowError(
            f"workflow '{workflow.name}' took more than {STEP_LIMIT:,} steps at "
            f"t = {self._now!r} s: it never waits for a later time"
        )

    def _require_workflow(self, what: str) -> Workflow:
        if self._running is None:
            run = CURRENT.get(None)
            if run is not None and run.clock is not self:
                raise wrong_clock(self, run)
            raise ClockError(
                f"{what} on a virtual clock outside a workflow of its engine: "
                "await it in a task that Engine(clock=...) runs"
            )
        return self._running

    # -- beginning and ending -----------------------------------------------------------

    async def run_workflow(
        self,
        workflow: Coroutine[Any, Any, Any],
        name: str,
        priority: int,
        run: Run,
    ) -> Any:
        """Run a workflow from the host, or as a child of the workflow that awaits this.

        It has gone to its first wait before this first yields to the host loop.
        """
        if self._running is not None:
            return await self._run_child(workflow, name, priority)
        root = Workflow(workflow, name, priority, self._arouse)
        self._living += 1
        with without_current_task():
            self._run_to_first_wait(root)
        if not root.ended:
            run.host = asyncio.current_task()
            ended = asyncio.get_running_loop().create_future()
            root.awaiter = ended
            try:
                await ended
            finally:
                run.host = None  # it keeps the error raised here, whose traceback leads back to it
                root.awaiter = None
                if not root.ended:
                    self._cancel_root(root)
        try:
            return root.outcome()
        finally:
            root.error = None  # its traceback leads back here

    async def _run_child(self, workflow: Coroutine[Any, Any, Any], name: str, rank: int) -> Any:
        """Run one workflow as a child of the running one."""
        results: list[Any] = []

        async def keep_result() -> None:
            results.append(await workflow)

        await self.run_crowd(Queue(iter([keep_result()]), 1, name), rank)
        return results[0]

    def _cancel_root(self, root: Workflow) -> None:
        """Cancel a workflow whose host is leaving, and keep nothing of its end.

        Without cycles it is freed at once: garbage of 90,000 workflows would hold the
        loop for seconds when it is collected.
        """
        error = asyncio.CancelledError()
        with without_current_task():
            self._doom(root, error)
            if self._interrupt is not None:
                self._leave()
        error.__traceback__ = root.error = root.doom = None

    async def run_crowd(self, source: Source, priority: int | None = None) -> None:
        """Run workflows side by side as children of the running one.

        The parent begins them: it stands behind each in the ready list, until no
        other is due. So the one that is due first begins first, also if it has become
        due while another began.
        """
        parent = self._require_workflow("parallel tasks")
        crowd = _Crowd(parent, source, self._go_on_last)
        rank = parent.priority if priority is None else priority
        own_priority = parent.priority
        try:
            while True:
                request = _JOIN
                if source.due:
                    workflow, name = source.take()
                    child = Workflow(workflow, name, rank, self._arouse)
                    child.root = parent.root
                    child.awaiter = crowd
                    crowd.add(child)
                    self._living += 1
                    parent.value = None
                    self._ready.appendleft(parent)
                    self._ready.appendleft(child)
                elif crowd.living and not crowd.failures:
                    crowd.parent_waits = True
                elif crowd.living and not crowd.is_moment_over:
                    crowd.is_moment_over = True
                    request = _LAST
                else:
                    break
                await request
        except BaseException as error:
            for failure in self._cancel_children(crowd):
                if failure is not error:
                    add_note(
                        error, f"while its parallel tasks were cancelled, one failed: {failure!r}"
                    )
            raise
        finally:
            parent.priority = own_priority
        if crowd.failures:
            raise join_failures(self._cancel_children(crowd), "parallel tasks")

    def _cancel_children(self, crowd: _Crowd) -> list[BaseException]:
        """Cancel the children that have not ended; gives what failed, cancellations apart."""
        crowd.is_cancelled = True
        for child in list(crowd.living):
            self._doom(child, asyncio.CancelledError())
        return [error for _, error in sorted(crowd.failures, key=itemgetter(0))]

    def _go_on_last(self, parent: Workflow) -> None:
        """Resume a parent of whom a child has failed, once no other can fail at this instant.

        Parents of parents come after it, so that each hears of all that failed below.
        """
        parent.value = None
        if self._failing_at_start is not None:
            self._failing_at_start.append(parent)
        else:
            parent.priority = LAST - _depth_of(parent)
            self._agenda.add(parent, self._now)

    def _run_to_first_wait(self, root: Workflow) -> None:
        """Start a workflow, and go on with it and its children until all of them wait."""
        ready = self._ready
        failing = self._failing_at_start = []
        workflow: Workflow | None = root
        try:
            while workflow is not None:
                self._running = workflow
                self._step(workflow, workflow.coroutine.send, workflow.value)
                if self._interrupt is not None:
                    break
                workflow = next((other for other in ready if other.root is root), None)
                if workflow is not None:
                    ready.remove(workflow)
                else:
                    failing[:] = [each for each in failing if not each.ended]
                    if failing:
                        workflow = max(failing, key=_depth_of)
                        failing.remove(workflow)
        finally:
            self._running = self._failing_at_start = None
        if self._interrupt is not None:
            self._leave()

    def _step(self, workflow: Workflow, resume: Any, value: object) -> None:
        try:
            request = workflow.context.run(resume, value)
        except BaseException as error:  # noqa: BLE001 - belongs to the run's awaiter
            self._end(workflow, error)
        else:
            if workflow.doom is None:
                self._park(workflow, request)

    def _doom(self, workflow: Workflow, error: BaseException) -> None:
        """Raise `error` at what `workflow` waits for and at each further wait, until it ends."""
        workflow.doom = error
        if workflow.channel is not None and workflow.channel.receiver is workflow:
            workflow.channel.receiver = None
        workflow.channel = None
        self._agenda.remove(workflow)
        if workflow in self._ready:
            self._ready.remove(workflow)
        outer, self._running = self._running, workflow
        try:
            for _ in range(STEP_LIMIT):
                self._step(workflow, workflow.coroutine.throw, error.with_traceback(None))
                if workflow.ended:
                    return
            workflow.coroutine.close()
            self._end(workflow, RunawayWorkflowError(f"'{workflow.name}' refused to end: {error}"))
        finally:
            self._running = outer

    def _end(self, workflow: Workflow, error: BaseException) -> None:
        """Note how `workflow` ended, and tell who waits for it."""
        workflow.ended = True
        root = workflow.root
        self._living -= 1
        self._agenda.remove(workflow)
        if isinstance(error, StopIteration):
            workflow.result = error.value
            if workflow.doom is not None and not isinstance(workflow.doom, asyncio.CancelledError):
                workflow.error = workflow.doom  # it swallowed the error, and yet must not succeed
        else:
            workflow.error = foreign_failure(workflow.name, error)
        awaiter = workflow.let_go()
        if isinstance(awaiter, _Crowd):
            awaiter.note_end(workflow)
        elif awaiter is not None and not awaiter.done():  # else its host was cancelled just now
            awaiter.set_result(workflow)
        if isinstance(error, (KeyboardInterrupt, SystemExit)) and self._interrupt is None:
            self._interrupt = error, root

    def _leave(self) -> None:
        """Raise the interrupt that a workflow ended with, once all of its run has ended.

        Raises
        ------
        KeyboardInterrupt, SystemExit
            Always.
        """
        assert self._interrupt is not None
        error, root = self._interrupt
        traceback = error.__traceback__
        self._running = None
        if root is not None and not root.ended:
            self._doom(root, error)
        self._interrupt = None
        raise error.with_traceback(traceback)

    def __repr__(self) -> str:
        return f"<VirtualClock at {self._now!r} s>"


class _Crowd:
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
        if error is not None and not (
            self.is_cancelled and isinstance(error, asyncio.CancelledError)
        ):
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


def _depth_of(workflow: Workflow) -> int:
    """How many parents are above a workflow."""
    depth = 0
    while isinstance(workflow.awaiter, _Crowd):
        workflow = workflow.awaiter.parent
        depth += 1
    return depth


@types.coroutine
def _yield(request: object) -> Generator[object, Any, Any]:
    return (yield request)


async def _call_when_resumed(callback: Callable[[], None]) -> None:
    await _yield(None)
    callback()
