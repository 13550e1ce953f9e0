"""One run: everything that belongs to it alone, and the chain of its tail calls."""

from __future__ import annotations

import asyncio
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from cascade.errors import TaskError
from cascade.graph.model import Node
from cascade.graph.shape import fill, is_bare
from cascade.runtime.events import (
    ResourceAcquired,
    ResourceReleased,
    RunFinished,
    RunStarted,
    SkipReason,
    Status,
    TaskExecutionFinished,
    TaskExecutionStarted,
    TaskSkipped,
)
from cascade.runtime.flow import Flow
from cascade.runtime.plan import Step
from cascade.runtime.resources import ResourceScope
from cascade.spec.lazy import Lazy, LazyResult
from cascade.spec.resource import Resource

if TYPE_CHECKING:
    from cascade.clock.base import Clock
    from cascade.runtime.engine import Engine


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
        "_bus",
        "_engine",
        "_executor",
        "_number",
        "_plans",
        "_scope",
        "clock",
        "params",
    )

    def __init__(self, engine: Engine, number: int, params: dict[str, Any]) -> None:
        self._engine = engine
        self._number = number
        self._bus = engine.bus
        self._plans = engine.plans
        self._executor = engine.executor
        self._scope: ResourceScope | None = None
        self.clock: Clock = engine.clock
        self.params = params

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
        clock, bus, plans, executor = self.clock, self._bus, self._plans, self._executor
        self._began = clock.now
        if not bus.is_silent:
            self._announce_start(target)
        try:
            while True:
                if type(target) is LazyResult and is_bare(target):
                    plans.note_bare(target)
                    node = target.task.node
                    if bus.is_silent:
                        result = await executor.execute(node, target.args, target.kwargs)
                    else:
                        result = await self._execute_aloud(node, target.args, target.kwargs)
                else:
                    plan, instances = plans.find(target)
                    result = await Flow(self, plan, instances).run()
                if not isinstance(result, Lazy):
                    result = _checked(result, target.name)
                    break
                target = result
                if clock.should_yield():
                    await clock.yield_turn()
        except BaseException as error:
            self._explain(error, target.name)
            await self._finish(error)
            raise
        await self._finish(None)
        return result

    async def follow(self, target: Lazy) -> Any:
        """The last value of a chain of tail calls in the middle of a graph."""
        result: Any = target
        while isinstance(result, Lazy):
            target = result
            plan, instances = self._plans.find(target)
            result = await Flow(self, plan, instances).run()
            if self.clock.should_yield():
                await self.clock.yield_turn()
        return _checked(result, target.name)

    async def execute_step(
        self, node: Node, step: Step, instance: LazyResult[Any], results: list[Any]
    ) -> Any:
        """Execute one task of a graph, its arguments filled in and its resources held."""
        scope = ResourceScope(self._engine.resources, self._run_scope(), self._announce_resource)
        try:
            wanted_by = f"task '{node.name}'"
            resources = {name: await scope.acquire(name, wanted_by) for name in step.resources}
            args = list(instance.args)
            for index, slot in step.args:
                args[index] = fill(slot, args[index], results, resources)
            kwargs = dict(instance.kwargs)
            for name, slot in step.kwargs:
                kwargs[name] = fill(slot, kwargs[name], results, resources)
            for name, resource in step.defaults:
                kwargs[name] = resources[resource]
            result = _checked(await self._execute_aloud(node, args, kwargs), node.name)
        except BaseException as error:
            await _release(scope, error)
            raise
        await _release(scope, None)
        return result

    async def acquire_for_router(self, step: Step, router: Lazy) -> dict[str, Any]:
        """Resources that stand directly in a router's routes; they live as long as the run."""
        if not step.resources:
            return {}
        scope = self._run_scope()
        return {name: await scope.acquire(name, f"{router.name}") for name in step.resources}

    def announce_skip(self, number: int, name: str, reason: SkipReason) -> None:
        """Tell that a task of this run is skipped."""
        if self._bus.wants(TaskSkipped):
            self._bus.publish(
                TaskSkipped(
                    run_id=self.run_id,
                    timestamp=self.clock.now,
                    task_id=number,
                    task_name=name,
                    reason=reason,
                )
            )

    # -- one task -----------------------------------------------------------------------

    async def _execute_aloud(self, node: Node, args: Any, kwargs: dict[str, Any]) -> Any:
        """Execute one task, and tell those who want to know."""
        bus = self._bus
        began = self.clock.now
        if bus.wants(TaskExecutionStarted):
            bus.publish(
                TaskExecutionStarted(
                    run_id=self.run_id, timestamp=began, task_id=node.id, task_name=node.name
                )
            )
        failure: BaseException | None = None
        try:
            return await self._executor.execute(node, args, kwargs)
        except BaseException as error:
            failure = error
            self._explain(error, node.name)
            raise
        finally:
            if bus.wants(TaskExecutionFinished):
                now = self.clock.now
                bus.publish(
                    TaskExecutionFinished(
                        run_id=self.run_id,
                        timestamp=now,
                        task_id=node.id,
                        task_name=node.name,
                        status=_status_of(failure),
                        duration=now - began,
                        error=failure,
                    )
                )

    def _explain(self, error: BaseException, task_name: str) -> None:
        """Note on an error where it happened, once: the innermost task speaks first."""
        place = f" of {self.run_id}"
        said = any(note.endswith(place) for note in getattr(error, "__notes__", ()))
        if isinstance(error, Exception) and not said:
            error.add_note(f"in task '{task_name}'{place}")

    # -- the run as a whole -------------------------------------------------------------

    async def _finish(self, error: BaseException | None) -> None:
        """Release the resources and tell how the run ended; a failed release is a failure."""
        try:
            await _release(self._scope, error)
        except BaseException as failure:
            error = failure
            raise
        finally:
            if self._bus.wants(RunFinished):
                now = self.clock.now
                self._bus.publish(
                    RunFinished(
                        run_id=self.run_id,
                        timestamp=now,
                        status=_status_of(error),
                        duration=now - self._began,
                        error=error,
                    )
                )

    def _announce_start(self, target: Lazy) -> None:
        if self._bus.wants(RunStarted):
            self._bus.publish(
                RunStarted(run_id=self.run_id, timestamp=self._began, target=target.name)
            )

    # -- resources ----------------------------------------------------------------------

    def _run_scope(self) -> ResourceScope:
        if self._scope is None:
            self._scope = ResourceScope(self._engine.resources, None, self._announce_resource)
        return self._scope

    def _announce_resource(self, resource: Resource, acquired: bool) -> None:
        event_type = ResourceAcquired if acquired else ResourceReleased
        if self._bus.wants(event_type):
            self._bus.publish(
                event_type(
                    run_id=self.run_id,
                    timestamp=self.clock.now,
                    resource=resource.name,
                    scope=resource.scope,
                )
            )


async def _release(scope: ResourceScope | None, error: BaseException | None) -> None:
    """Release a scope; a failure is raised, or noted on the `error` that is under way."""
    failure = None if scope is None else await scope.release()
    if failure is None:
        return
    if error is None:
        raise failure
    error.add_note(f"and a resource failed to be released: {failure!r}")


def _checked(result: Any, name: str) -> Any:
    """The result, unless it can't be one."""
    if type(result) is CoroutineType:
        result.close()
        raise TaskError(f"task '{name}' returned a coroutine: did it forget an await?")
    return result


def _status_of(error: BaseException | None) -> Status:
    if error is None:
        return "Succeeded"
    return "Cancelled" if isinstance(error, asyncio.CancelledError) else "Failed"
