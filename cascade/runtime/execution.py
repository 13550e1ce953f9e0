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

    __slots__ = ("_bus", "_engine", "_executor", "_number", "_plans", "_scope", "clock", "params")

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
        """Run to the end of the last tail call, and release the run's resources."""
        bus = self._bus
        began = self.clock.now
        if bus.wants(RunStarted):
            bus.publish(RunStarted(run_id=self.run_id, timestamp=began, target=target.name))
        status: Status = "Succeeded"
        failure: BaseException | None = None
        try:
            result = await self.follow(target)
        except BaseException as error:
            status = _status_of(error)
            failure = error
            await _release(self._scope, error)
            raise
        else:
            try:
                await _release(self._scope, None)
            except BaseException as error:
                status, failure = _status_of(error), error
                raise
            return result
        finally:
            if bus.wants(RunFinished):
                now = self.clock.now
                bus.publish(
                    RunFinished(
                        run_id=self.run_id,
                        timestamp=now,
                        status=status,
                        duration=now - began,
                        error=failure,
                    )
                )

    async def follow(self, target: Lazy) -> Any:
        """The value that a chain of tail calls ends with. Constant stack and memory.

        A task with nothing to fill in is executed right here, with no frame in
        between that each of its resumptions would have to pass through.
        """
        clock = self.clock
        while True:
            if not is_bare(target):
                plan, instances = self._plans.find(target)
                result = await Flow(self, plan, instances).run()
            else:
                assert type(target) is LazyResult
                self._plans.note_bare(target)
                node = target.task.node
                if self._bus.is_silent:
                    try:
                        result = await self._executor.execute(node, target.args, target.kwargs)
                    except Exception as error:
                        self._explain(error, node.name)
                        raise
                else:
                    result = await self._execute_aloud(node, target.args, target.kwargs)
            if not isinstance(result, Lazy):
                return _checked(result, target.name)
            target = result
            if clock.should_yield():
                await clock.yield_turn()

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
            if isinstance(error, Exception):
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

    def _explain(self, error: Exception, task_name: str) -> None:
        """Note on the error where it happened; the innermost task speaks first."""
        error.add_note(f"in task '{task_name}' of {self.run_id}")

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
