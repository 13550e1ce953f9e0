"""Executions: each drives a run along its tail calls, from its beginning to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Final

from cascade.clock.current import CURRENT
from cascade.errors import EngineClosedError, add_note
from cascade.graph.shape import Survey, is_bare
from cascade.runtime.context import RunContext, status_of
from cascade.runtime.events import ExecutionPlace, RunFinished, RunStarted
from cascade.runtime.failing import FirstTurn
from cascade.runtime.flow import Flow
from cascade.runtime.outcome import checked
from cascade.runtime.plan import Plan
from cascade.runtime.resources import release
from cascade.runtime.single import fill_arguments
from cascade.runtime.unasked import Unasked
from cascade.spec.lazy import Lazy
from cascade.spec.result import LazyResult
from cascade.spec.task import Task

_FRAMES_TO_END: Final = 30
"""Depth of calls in which a run can end: release its resources, and tell of it."""


class Execution(RunContext):
    """One ``Engine.run``: its context, and what drives it.

    The two are one object, since a firefly's run should cost no second one. What is
    executed within a run is handed the context alone, and a way to follow tail calls.
    """

    __slots__ = ("_began", "_lone_since", "_lone_task", "_unasked")

    async def run(self, target: Lazy) -> Any:
        """Follow `target` to the end of its last tail call, and release the run's resources.

        Every resumption of a workflow passes through the frames between the
        clock and the task, so there is but this one: it doesn't call
        :meth:`follow`, and executes a task that needs no other itself.
        """
        engine, clock, bus = self.engine, self.clock, self.bus
        plans, executor, link = engine.plans, engine.executor, engine.link
        takes_short_cut = link is None and engine.state_backend_factory is None
        may_call_here = self.may_call_in_place
        declared = target
        noted: Task[..., Any] | None = None
        self._began = clock.now
        self._lone_task: Task[..., Any] | None = None
        self._lone_since = 0.0
        self._unasked = Unasked(self.params) if self.params else None
        self.outer = CURRENT.get(None)
        CURRENT.set(self)
        if engine.is_closed:
            raise EngineClosedError("this engine was closed before the run began")
        if self.outer is not None:  # runs within runs may fill the stack
            _make_sure_of_room(_FRAMES_TO_END)
        engine.activity.runs.add(self)
        is_linked = False
        try:
            if link is not None:
                await link.join(self.run_id)
                is_linked = True
                self._began = clock.now
            if not bus.is_silent:
                self.tell(RunStarted, target=target.name)
            while True:
                is_short = takes_short_cut and type(target) is LazyResult
                if is_short and (target.is_bare or is_bare(target)):
                    task = target.task
                    if self._unasked is not None and target is declared:
                        self._unasked.begin((), (target,))
                    if task is not noted:
                        plans.note_bare(target)
                        noted = task
                    if task is not self._lone_task:
                        self._set_lone_task(task)
                    if not bus.is_silent:
                        result = await self._execute_lone_aloud(target)
                    elif may_call_here and task.is_async:
                        function: Any = task.function
                        result = await function(*target.args)
                        # Most often the same task is next: nothing of the above is new then.
                        while type(result) is LazyResult and result.task is task and result.is_bare:
                            target = result
                            if clock.should_yield():
                                await clock.yield_turn()
                            if bus.is_silent:
                                result = await function(*target.args)
                            else:
                                result = await self._execute_lone_aloud(target)
                    else:
                        result = await executor.execute(task.node, target.args, target.kwargs)
                    if type(result) is not LazyResult:
                        result = checked(result, task.name)
                else:
                    plan, instances = await self._find_plan(target)
                    if self._unasked is not None:
                        if target is declared:
                            self._unasked.begin(plan.params, instances)
                        else:
                            self._unasked.meet(plan.params)
                    call: Any = target
                    if takes_short_cut and bus.is_silent and plan.is_lone and not call.policies:
                        if call.task is not self._lone_task:
                            self._set_lone_task(call.task)
                        args, kwargs = fill_arguments(plan.steps[0], call, (), engine.provided)
                        result = await executor.execute(call.task.node, args, kwargs)
                        result = checked(result, call.name)
                    else:
                        self._set_lone_task(None)
                        result = await Flow(self, plan, instances).run(self.follow)
                if not isinstance(result, Lazy):
                    if self._unasked is not None:
                        self._unasked.end()
                    break
                target = result
                if clock.should_yield():
                    await clock.yield_turn()
        except BaseException as error:
            try:
                self.explain(error, target.name)
                if link is not None and not is_linked:
                    self.tell(RunStarted, target=target.name)  # it ends before it really began
            finally:
                try:
                    await self._finish(error, is_linked)
                finally:
                    engine.activity.runs.discard(self)  # also where the stack is full
            raise
        await self._finish(None, is_linked)
        return result

    def _execute_lone_aloud(self, call: LazyResult[Any]) -> Awaitable[Any]:
        """Execute a task outside of any graph, and tell those who want to know."""
        place = ExecutionPlace(self.begin_graph())
        node, executor = call.task.node, self.engine.executor
        return self._execute_aloud(node, call.args, call.kwargs, place, executor)

    async def follow(self, target: Lazy, began: FirstTurn | None) -> Any:
        """The last value of a chain of tail calls in the middle of a graph.

        `began` is from when that which made the first of them did.
        """
        result: Any = target
        while isinstance(result, Lazy):
            if self.is_late(began):
                await self.wait_for_cancellation()
            target = result
            plan, instances = await self._find_plan(target)
            if self._unasked is not None:
                self._unasked.meet(plan.params)
            result = await Flow(self, plan, instances).run(self.follow)
            if self.clock.should_yield():
                await self.clock.yield_turn()
        return result

    async def _find_plan(self, target: Lazy) -> tuple[Plan, list[Lazy]]:
        """The plan of `target`, and its lazy values by node number; others have their turns."""
        survey = Survey(target)
        if not survey.go_on():
            return self.engine.plans.find(survey), survey.instances
        await self._end_turn()
        while survey.go_on():
            await self._end_turn()
        await self._end_turn()
        plan = self.engine.plans.find(survey)  # which takes some milliseconds, too
        await self._end_turn()
        return plan, survey.instances

    async def _end_turn(self) -> None:
        """Let others have theirs, if this one has been long enough."""
        if self.clock.is_turn_over():
            await self.clock.yield_turn()

    def _set_lone_task(self, task: Task[..., Any] | None) -> None:
        """From now on `task` is what this run executes outside of any graph."""
        now = self.clock.now
        if self._lone_task is not None:
            self.engine.activity.record_of(self._lone_task.name).end(self._lone_since, now)
        self._lone_task = task
        self._lone_since = now
        if task is not None:
            self.engine.activity.record_of(task.name).begin(now)

    # -- the run as a whole -------------------------------------------------------------

    async def _finish(self, error: BaseException | None, is_linked: bool) -> None:
        """Release the resources and tell how the run ended; a failed release is a failure.

        Who hears of it can still send messages over the connector.
        """
        try:
            try:
                await release(self._scope, error)
            except BaseException as failure:
                error = failure
                raise
            finally:
                self._set_lone_task(None)
                if not self.bus.is_silent:
                    status, duration = status_of(error), self.clock.now - self._began
                    self.tell(RunFinished, status=status, duration=duration, error=error)
                if is_linked:
                    await self._leave_link(error)
        finally:
            self.engine.activity.end_run(self)

    async def _leave_link(self, error: BaseException | None) -> None:
        """Stop using the connector; its failure is the run's, or noted on that."""
        link = self.engine.link
        assert link is not None
        try:
            try:
                if not self.bus.is_silent and asyncio.current_task() is not None:
                    await asyncio.sleep(0)  # observers may send from asyncio tasks of their own
            finally:
                await link.leave(self.run_id)
        except Exception as failure:
            if error is None:
                raise
            add_note(error, f"and the connector failed to disconnect: {failure!r}")


def _make_sure_of_room(frames: int) -> None:
    """Raise ``RecursionError`` now, before there is anything to undo, if the stack is too full."""
    if frames:
        _make_sure_of_room(frames - 1)
