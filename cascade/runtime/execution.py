"""One run: everything that belongs to it alone, and the chain of its tail calls."""

from __future__ import annotations

import asyncio
from contextvars import Context
from typing import TYPE_CHECKING, Any, Final

from cascade.adapters.executor import calls_in_place
from cascade.clock.current import CURRENT, Run
from cascade.errors import EngineClosedError, add_note
from cascade.graph.model import Node
from cascade.graph.shape import is_bare
from cascade.runtime.events import (
    Event,
    Place,
    ResourceAcquired,
    ResourceReleased,
    RunFinished,
    RunStarted,
    Status,
    TaskExecutionFinished,
    TaskExecutionStarted,
)
from cascade.runtime.flow import Flow
from cascade.runtime.outcome import checked
from cascade.runtime.plan import Step
from cascade.runtime.resources import ResourceScope, release
from cascade.runtime.tracebacks import forget_earlier_raises
from cascade.runtime.unasked import Unasked
from cascade.spec.lazy import Lazy
from cascade.spec.resource import Resource
from cascade.spec.result import LazyResult

if TYPE_CHECKING:
    from cascade.adapters.executor import Executor
    from cascade.clock.base import Clock
    from cascade.runtime.engine import Engine
    from cascade.runtime.statistics import TaskRecord
    from cascade.spec.task import Task

_PLACE_NOTE: Final = "in task "
_PLACES_AT_MOST: Final = 8
"""Notes of this kind on one exception: runs may be nested, so it is more than one."""


class Execution:
    """One ``Engine.run``.

    Parameters
    ----------
    engine
        Gives what runs share: plans, bus, executor, registered resources, clock.
    number
        Number of this run on the engine.
    params
        Values for the ``Param``s of this run.
    """

    __slots__ = (
        "_began",
        "_graphs",
        "_lone_since",
        "_lone_task",
        "_number",
        "_scope",
        "_unasked",
        "bus",
        "clock",
        "engine",
        "host",
        "outer",
        "params",
    )

    def __init__(self, engine: Engine, number: int, params: dict[str, Any]) -> None:
        self.engine = engine
        self._number = number
        self._graphs = 0
        self.bus = engine.bus
        self._scope: ResourceScope | None = None
        self._lone_task: Task[..., Any] | None = None
        self._lone_since = 0.0
        self.clock: Clock = engine.clock
        self.host: asyncio.Task[Any] | None = None
        self.outer: Run | None = None
        self.params = params
        self._unasked = Unasked(params) if params else None

    @property
    def run_id(self) -> str:
        """Name of the run in events and notes, unique on its engine."""
        return f"run-{self._number}"

    async def run(self, target: Lazy) -> Any:
        """Follow `target` to the end of its last tail call, and release the run's resources.

        Every resumption of a workflow passes through the frames between the
        clock and the task, so there is but this one: it doesn't call
        :meth:`follow`, and executes a task that has nothing to fill in itself.
        """
        engine, clock, bus = self.engine, self.clock, self.bus
        plans, executor, link = engine.plans, engine.executor, engine.link
        takes_short_cut = link is None and engine.state_backend_factory is None
        declared = target
        self._began = clock.now
        self.outer = CURRENT.get(None)
        CURRENT.set(self)
        if engine.is_closed:
            raise EngineClosedError("this engine was closed before the run began")
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
                if takes_short_cut and is_bare(target):
                    task = target.task
                    plans.note_bare(target)
                    if task is not self._lone_task:
                        self._set_lone_task(task)
                    if bus.is_silent:
                        result = await executor.execute(task.node, target.args, target.kwargs)
                    else:
                        place = Place(self.begin_graph())
                        result = await self._execute_aloud(
                            task.node, target.args, target.kwargs, place, executor
                        )
                    if type(result) is not LazyResult:
                        result = checked(result, task.name)
                else:
                    self._set_lone_task(None)
                    plan, instances = plans.find(target)
                    if self._unasked is not None:
                        self._unasked.meet(plan.params)
                    result = await Flow(self, plan, instances).run()
                if not isinstance(result, Lazy):
                    if self._unasked is not None and target is declared:
                        self._unasked.end()
                    break
                target = result
                if clock.should_yield():
                    await clock.yield_turn()
        except BaseException as error:
            self.explain(error, target.name)
            if link is not None and not is_linked:
                self.tell(RunStarted, target=target.name)  # it ends before it could really begin
            await self._finish(error, is_linked)
            raise
        await self._finish(None, is_linked)
        return result

    async def follow(self, target: Lazy) -> Any:
        """The last value of a chain of tail calls in the middle of a graph."""
        result: Any = target
        while isinstance(result, Lazy):
            target = result
            plan, instances = self.engine.plans.find(target)
            if self._unasked is not None:
                self._unasked.may_come_up = True
                self._unasked.meet(plan.params)
            result = await Flow(self, plan, instances).run()
            if self.clock.should_yield():
                await self.clock.yield_turn()
        return result

    def _set_lone_task(self, task: Task[..., Any] | None) -> None:
        """From now on `task` is what this run executes outside of any graph."""
        now = self.clock.now
        if self._lone_task is not None:
            self.engine.activity.record_of(self._lone_task.name).end(self._lone_since, now)
        self._lone_task = task
        self._lone_since = now
        if task is not None:
            self.engine.activity.record_of(task.name).begin(now)

    async def acquire_for_router(self, step: Step, router: Lazy) -> dict[str, Any]:
        """Resources that stand directly in a router's routes; they live as long as the run."""
        if not step.resources:
            return {}
        scope = self.scope()
        return {name: await scope.acquire(name, f"{router.name}") for name in step.resources}

    def tell(self, event_type: type[Event], **fields: Any) -> None:
        """Publish an event of this run, if anybody wants it."""
        if not self.bus.is_silent:
            self.bus.tell(event_type, run_id=self.run_id, timestamp=self.clock.now, **fields)

    def begin_graph(self) -> int:
        """Number of one more graph of this run, a single task included; 0 is the first."""
        self._graphs += 1
        return self._graphs - 1

    # -- one task -----------------------------------------------------------------------

    def begin_task(self, name: str) -> tuple[TaskRecord, float]:
        """Count a task as running, from now on; gives its record and the time."""
        record, now = self.engine.activity.record_of(name), self.clock.now
        record.begin(now)
        return record, now

    async def execute(
        self,
        node: Node,
        args: Any,
        kwargs: dict[str, Any],
        place: Place,
        executor: Executor | None = None,
    ) -> Any:
        """Let the executor, the engine's or another, execute one task; count and tell of it."""
        executor = executor or self.engine.executor
        record, began = self.begin_task(node.name)
        try:
            if self.bus.is_silent:
                result = await executor.execute(node, args, kwargs)
            else:
                result = await self._execute_aloud(node, args, kwargs, place, executor)
        except BaseException as error:
            self.explain(error, node.name)
            raise
        finally:
            record.end(began, self.clock.now)
        return checked(result, node.name)

    @property
    def is_linked(self) -> bool:
        """Whether its engine has a connector: constraints may come at any time."""
        return self.engine.link is not None

    @property
    def may_call_in_place(self) -> bool:
        """Whether plain functions may be called by :meth:`call`, without the executor."""
        return self.engine.link is None and calls_in_place(self.engine.executor)

    def call(
        self, task: Task[..., Any], context: Context, args: Any, kwargs: dict[str, Any]
    ) -> Any:
        """Call the plain function of a task in a context of its own; count it."""
        record, began = self.begin_task(task.name)
        try:
            try:
                result = context.run(task.function, *args, **kwargs)
            except StopIteration as error:  # it would end the workflow as a return does
                raise RuntimeError("the function raised StopIteration") from error
        except BaseException as error:
            self.explain(error, task.name)
            raise
        finally:
            record.end(began, self.clock.now)
        return checked(result, task.name)

    async def _execute_aloud(
        self, node: Node, args: Any, kwargs: dict[str, Any], place: Place, executor: Executor
    ) -> Any:
        """Execute one task, and tell those who want to know."""
        about = {"task_id": node.id, "task_name": node.name, **place._asdict()}
        began = self.clock.now
        self.tell(TaskExecutionStarted, **about)
        failure: BaseException | None = None
        try:
            return await executor.execute(node, args, kwargs)
        except BaseException as error:
            failure = error
            raise
        finally:
            self.tell(
                TaskExecutionFinished,
                **about,
                status=_status_of(failure),
                duration=self.clock.now - began,
                error=failure,
            )

    def explain(self, error: BaseException, task_name: str) -> None:
        """Note on an error where it happened, once: the innermost task speaks first.

        An instance that is raised again and again keeps the latest of such notes.
        """
        forget_earlier_raises(error)
        place = f" of {self.run_id}"
        notes: list[str] = getattr(error, "__notes__", [])
        # Who raises a cancellation that nobody asked for is hard to find otherwise.
        is_told = isinstance(error, (Exception, asyncio.CancelledError))
        if is_told and not any(note.endswith(place) for note in notes):
            add_note(error, f"{_PLACE_NOTE}'{task_name}'{place}")
            places = [note for note in notes if note.startswith(_PLACE_NOTE)]
            if len(places) >= _PLACES_AT_MOST:
                notes.remove(places[0])

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
                    status, duration = _status_of(error), self.clock.now - self._began
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

    # -- resources ----------------------------------------------------------------------

    def scope(self) -> ResourceScope:
        """The resources that live as long as the run."""
        if self._scope is None:
            engine = self.engine
            self._scope = ResourceScope(
                engine.resources, engine.provided, None, self.announce_resource
            )
        return self._scope

    def scope_of_task(self) -> ResourceScope:
        """A new scope, for one execution of a task."""
        engine = self.engine
        return ResourceScope(
            engine.resources, engine.provided, self.scope(), self.announce_resource
        )

    def announce_resource(self, resource: Resource, acquired: bool) -> None:
        event_type = ResourceAcquired if acquired else ResourceReleased
        self.tell(event_type, resource=resource.name, scope=resource.scope)


def _status_of(error: BaseException | None) -> Status:
    if error is None:
        return "Succeeded"
    return "Cancelled" if isinstance(error, asyncio.CancelledError) else "Failed"
