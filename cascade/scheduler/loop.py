"""The loop that resumes workflows in virtual time, from event to event."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import deque
from contextvars import Context
from typing import Any

from cascade.clock.base import STEP_LIMIT, wrong_clock
from cascade.clock.channel import NEVER, TIMED_OUT, Channel
from cascade.clock.current import CURRENT
from cascade.errors import ClockError, RunawayWorkflowError
from cascade.scheduler.agenda import Agenda
from cascade.scheduler.children import Children, depth_of
from cascade.scheduler.foreign import foreign_error, foreign_failure
from cascade.scheduler.request import (
    JOIN,
    LAST,
    LAST_OF_INSTANT,
    STRIDE,
    TURN,
    Renewal,
    Request,
)
from cascade.scheduler.workflow import SEND, Workflow


class Loop:
    """Resumes the workflows of one virtual clock, and sees to how they end.

    Parameters
    ----------
    start
        The time at first, in seconds.
    """

    __slots__ = (
        "_agenda",
        "_arouse",
        "_aside",
        "_failing_at_start",
        "_instant_wakes",
        "_interrupt",
        "_living",
        "_now",
        "_ready",
        "_sleep",
        "_stop_at",
        "_wakes",
        "running",
    )

    def __init__(self, start: float) -> None:
        self._now = start
        self._sleep = Request("the sleep of another clock")  # as any but this clock sees it
        self._agenda = Agenda()
        self._ready: deque[Workflow] = deque()
        self._arouse = self._ready.append  # one bound method for all
        self._aside: list[Workflow] = []  # ready too, and of other runs than the one being started
        self.running: Workflow | None = None
        self._failing_at_start: list[Workflow] | None = None
        # What some workflow was interrupted with, and the root of its run; until it is raised.
        self._interrupt: tuple[BaseException, Workflow | None] | None = None
        self._stop_at = NEVER  # reading of time.perf_counter at which the budget ends
        self._wakes = 0
        self._living = 0  # workflows that have begun and not ended
        self._instant_wakes = 0  # value of _wakes when the present instant began

    # -- the hot path -------------------------------------------------------------------

    def _resume_until(self, until: float) -> bool:
        """Resume workflows in order, up to and at `until`; False when the budget ended first."""
        agenda, ready = self._agenda, self._ready
        near, pop, push = agenda.near, heapq.heappop, heapq.heappush
        sequences, sleep, send = agenda.sequences, self._sleep, SEND
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
            self.running = workflow
            self._wakes += 1
            try:
                request = workflow.context.run(send, workflow.coroutine, value)
            except BaseException as error:  # noqa: BLE001 - belongs to the run's awaiter
                self._end(workflow, error)
                if self._interrupt is not None:
                    self._leave()
            else:
                if request.__class__ is Channel and (deadline := request.deadline) > now:
                    request.receiver = workflow
                    workflow.channel = request
                    workflow.deadline = deadline
                    workflow.sequence = next(sequences)
                    if deadline <= agenda.horizon or not workflow.is_far:
                        agenda.enter(workflow, deadline)
                elif request is sleep:
                    workflow.channel = None
                    deadline = workflow.deadline
                    sequence = workflow.sequence = next(sequences)
                    if deadline <= agenda.horizon:
                        push(near, (deadline, workflow.priority, sequence, workflow))
                    elif not workflow.is_far:
                        agenda.enter(workflow, deadline)
                elif request.__class__ is Channel and request.deadline <= now:  # too late: now
                    request.receiver = workflow
                    workflow.channel = request
                    workflow.deadline = now
                    workflow.sequence = next(sequences)
                    agenda.enter(workflow, now)
                elif self._park(workflow, request):
                    stride = 1

            stride -= 1
            if not stride:
                stride = STRIDE
                if self._wakes - self._instant_wakes > STEP_LIMIT:
                    stride = 1  # so many at one instant: now see who it is
                    if self._is_step_too_many(workflow) and not workflow.ended:
                        self._doom(workflow, self._runaway(workflow))
                if self._interrupt is not None:
                    self._leave()
                if time.perf_counter() >= self._stop_at:
                    return False
        if until > now:
            self._now = until
            self._instant_wakes = self._wakes
        return True

    def _park(self, workflow: Workflow, request: object) -> bool:
        """Note what `workflow` waits for; True if it only gives up its turn."""
        workflow.channel = None
        if request is self._sleep:
            self._agenda.add(workflow, max(self._now, workflow.deadline))
        elif request is JOIN:
            self._agenda.remove(workflow)
        elif request is TURN:
            self._agenda.remove(workflow)
            workflow.value = None
            self._ready.appendleft(workflow)
            return True
        elif request is LAST_OF_INSTANT:
            self._agenda.remove(workflow)
            self._go_on_last(workflow)
        elif isinstance(request, Renewal):
            self._agenda.remove(workflow)
            workflow.context = request.context.copy()
            workflow.value = None
            self._ready.appendleft(workflow)
        elif isinstance(request, Channel):
            if request.deadline != request.deadline:
                self._doom(workflow, ValueError("a deadline must be a number of seconds, got nan"))
            else:
                request.receiver = workflow
                workflow.channel = request
                self._agenda.add(workflow, max(self._now, request.deadline))
        else:
            self._doom(workflow, foreign_error(workflow.name, request))
        return False

    # -- turns ---------------------------------------------------------------------------

    def is_turn_over(self) -> bool:
        """Whether the budget of this advance is used up."""
        return time.perf_counter() >= self._stop_at

    def should_yield(self) -> bool:
        """Whether a chain of tail calls has used up the budget; counts its steps."""
        workflow = self.running or self._require_workflow("tail call")
        if workflow.instant != self._now:
            workflow.instant = self._now
            workflow.steps = 1
            return False
        workflow.steps += 1
        if workflow.steps > STEP_LIMIT:
            raise self._runaway(workflow)
        return not workflow.steps % STRIDE and time.perf_counter() >= self._stop_at

    async def yield_turn(self) -> None:
        """Let the advance end here; the workflow is the next to go on."""
        await TURN

    async def renew_context(self, context: Context) -> None:
        """Let the running workflow go on in a copy of `context`, at the same moment."""
        await Renewal(context)

    def rename(self, name: str) -> None:
        """The running workflow goes on with what errors call by another name."""
        if self.running is not None:
            self.running.name = name

    def _is_step_too_many(self, workflow: Workflow) -> bool:
        """Count one step of a workflow at the present instant."""
        if workflow.instant != self._now:
            workflow.instant = self._now
            workflow.steps = 0
        workflow.steps += 1
        return workflow.steps > STEP_LIMIT

    def _runaway(self, workflow: Workflow) -> RunawayWorkflowError:
        return RunawayWorkflowError(
            f"workflow '{workflow.name}' took more than {STEP_LIMIT:,} steps at "
            f"t = {self._now!r} s: it never waits for a later time"
        )

    def _go_on_last(self, parent: Workflow) -> None:
        """Resume a parent of whom a child has failed, once no other can fail at this instant.

        Parents of parents come after it, so that each hears of all that failed below.
        """
        parent.value = None
        if self._failing_at_start is not None:
            self._failing_at_start.append(parent)
        else:
            parent.priority = LAST - depth_of(parent)
            self._agenda.add(parent, self._now)

    def _require_workflow(self, what: str) -> Workflow:
        if self.running is None:
            run = CURRENT.get(None)
            if run is not None and run.clock is not self:
                raise wrong_clock(self, run)
            raise ClockError(
                f"{what} on a virtual clock outside a workflow of its engine: "
                "await it in a task that Engine(clock=...) runs"
            )
        return self.running

    # -- ending -------------------------------------------------------------------------

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
        outer, self.running = self.running, workflow
        try:
            for _ in range(STEP_LIMIT):
                self._step(workflow, workflow.coroutine.throw, error.with_traceback(None))
                if workflow.ended:
                    return
            workflow.coroutine.close()
            self._end(workflow, RunawayWorkflowError(f"'{workflow.name}' refused to end: {error}"))
        finally:
            self.running = outer

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
        if isinstance(awaiter, Children):
            if isinstance(workflow.error, asyncio.CancelledError):
                workflow.error.__traceback__ = None  # its frames hold the workflow: a cycle each
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
        self.running = None
        if root is not None and not root.ended:
            self._doom(root, error)
        self._interrupt = None
        raise error.with_traceback(traceback)
