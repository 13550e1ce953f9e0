"""Task executions: one task each, run as its policies say about cache, admission and retries."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from cascade.errors import add_note
from cascade.graph.model import Node
from cascade.graph.shape import Results, fill
from cascade.runtime.context import RunContext, Shared
from cascade.runtime.events import ExecutionPlace, TaskBlocked, TaskEvent, TaskRetrying, TaskSkipped
from cascade.runtime.plan import PlanStep
from cascade.runtime.resources import release
from cascade.spec.inject import inject
from cascade.spec.policies import Policies
from cascade.spec.read_once import find_read_once
from cascade.spec.result import LazyResult
from cascade.spec.signature import arrange

if TYPE_CHECKING:
    from cascade.runtime.flights import Lookup


class TaskExecution:
    """One execution of one task, with all its tries.

    Parameters
    ----------
    run
        The run it belongs to.
    node, step
        The task, and what the plan knows of it.
    instance
        The call.
    results
        Results of the graph by node number.
    amounts
        What it takes of the engine's resources.
    place
        Which execution of the node it is, for events.
    """

    __slots__ = (
        "_amounts",
        "_began",
        "_instance",
        "_node",
        "_place",
        "_results",
        "_run",
        "_step",
    )

    def __init__(
        self,
        run: RunContext,
        node: Node,
        step: PlanStep,
        instance: LazyResult[Any],
        results: Results,
        amounts: dict[str, float],
        place: ExecutionPlace,
    ) -> None:
        self._run = run
        self._node = node
        self._step = step
        self._instance = instance
        self._results = results
        self._amounts = amounts
        self._place = place
        self._began = run.first_turn()

    def run(self) -> Awaitable[Any]:
        """Awaitable of the result: from the cache, or of the first try that succeeds.

        Each frame between a task that waits and its clock is one more to pass at each
        resumption, and to be kept meanwhile: so this is none, nor is :meth:`_execute`.
        """
        policies = self._instance.policies
        if policies is None:
            return self._try_once()
        if policies.cache is None:
            return self._try(policies)
        from cascade.runtime.flights import Lookup  # for those alone who cache

        call = self._instance.task, self._named_arguments()
        lookup = Lookup(policies.cache, *call, self._run.clock, self._note_hit)
        return lookup.find_or_make(partial(self._try, policies, lookup))

    def _note_hit(self) -> None:
        self._tell(TaskSkipped, reason="CacheHit")

    async def _try(self, policies: Policies, lookup: Lookup | None = None) -> Any:
        """The result of the first try that succeeds."""
        attempt = 0
        while True:
            try:
                return await self._try_once(lookup)
            except Exception as error:
                attempt += 1
                retry = policies.retry
                if retry is None or attempt > retry.max_attempts or not retry.covers(error):
                    raise
                if self._is_used_up():
                    add_note(error, "not tried again: an argument can be read only once")
                    raise
                await self._wait_for_retry(retry.delay_before(attempt), error)
                self._began = None  # this try was not due before
                self._place = self._place.of_attempt(attempt + 1)

    def _is_used_up(self) -> bool:
        """Whether what can be read only once stands anywhere among the arguments."""
        results, call = self._results, self._instance
        values = [call.args, call.kwargs, *(results[need] for need in self._step.data)]
        return find_read_once(values) is not None

    async def _try_once(self, lookup: Lookup | None = None) -> Any:
        """Wait until the task may begin, and execute it, unless its result is found meanwhile."""
        run = self._run
        if not self._amounts and run.engine.link is None:
            if run.is_late(self._began):
                await self._stay_out(lookup)
            return await self._execute()
        admission = run.engine.admission
        while lookup is None or not await lookup.is_found():
            if run.is_failing and (
                run.is_late(self._began) or admission.limits(self._node.name, self._amounts)
            ):
                await self._stay_out(lookup)  # it may be what failed that has made room
            ticket = admission.ask(self._node.name, self._amounts)
            try:
                if not ticket.admitted:
                    self._tell(TaskBlocked, reason=admission.reason(ticket))
                    if lookup is not None:
                        lookup.step_aside()
                    await admission.wait(ticket)
                    if run.is_failing:
                        continue
                if lookup is None or lookup.leads_now():
                    return await self._execute()
            finally:
                admission.leave(ticket)
        return lookup.found

    async def _stay_out(self, lookup: Lookup | None) -> None:
        """Wait, since the run is failing, for the cancellation; let others make the result."""
        if lookup is not None:
            lookup.step_aside()
        await self._run.wait_for_cancellation()

    def _execute(self) -> Awaitable[Any]:
        """Awaitable of the execution, with what it needs."""
        if self._step.is_free:
            return self._call(self._run.engine.provided)
        return self._execute_with_resources()

    async def _execute_with_resources(self) -> Any:
        """Execute it with its resources, which are released before this returns."""
        run = self._run
        scope = run.scope_of_task()
        try:
            wanted_by = f"task '{self._node.name}'"
            values = {name: await scope.acquire(name, wanted_by) for name in self._step.resources}
            if run.is_late(self._began):
                await run.wait_for_cancellation()
            result = await self._call(values)
        except BaseException as error:
            await release(scope, error)
            raise
        await release(scope, None)
        return result

    def _call(self, resources: Mapping[str, Any]) -> Awaitable[Any]:
        """Awaitable of the call itself."""
        args, kwargs = self._fill(resources)
        policies = self._instance.policies
        if policies is None or (policies.cache is None and policies.timeout is None):
            return self._run.execute(self._node, args, kwargs, self._place)
        executor = _Executor(self._run.engine, policies)
        return self._run.execute(self._node, args, kwargs, self._place, executor)

    def _fill(self, resources: Mapping[str, Any]) -> tuple[Sequence[Any], dict[str, Any]]:
        return fill_arguments(self._step, self._instance, self._results, resources)

    def _named_arguments(self) -> dict[str, Any]:
        """The arguments by parameter, defaults included and resources left out."""
        placeholders = {name: inject(name) for name in self._step.resources}
        args, kwargs = self._fill(placeholders)
        bound = self._instance.task.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        left_out = {name for name, _ in self._step.defaults}
        named = bound.arguments.items()
        return {name: value for name, value in named if name not in left_out}

    async def _wait_for_retry(self, delay: float, error: Exception) -> None:
        self._tell(TaskRetrying, delay=delay, error=error)
        await self._run.clock.sleep(delay)

    def _tell(self, event_type: type[TaskEvent], **fields: Any) -> None:
        node, place = self._node, self._place.fields()
        self._run.tell(event_type, task_id=node.id, task_name=node.name, **place, **fields)


class _Executor:
    """Executes with the engine's executor, as policies want it."""

    __slots__ = ("_engine", "_policies")

    def __init__(self, engine: Shared, policies: Policies) -> None:
        self._engine = engine
        self._policies = policies

    def execute(self, node: Node, args: Sequence[Any], kwargs: dict[str, Any]) -> Awaitable[Any]:
        """Watch what the task changes if it is cached, and limit its time."""
        work = self._engine.executor.execute(node, args, kwargs)
        if self._policies.cache is not None and node.task is not None:
            from cascade.adapters.captured import watch  # for those alone who cache

            work = watch(node.task, work)
        seconds = self._policies.timeout
        return work if seconds is None else self._engine.clock.run_within(work, seconds, node.name)


def fill_arguments(
    step: PlanStep, call: LazyResult[Any], results: Results, resources: Mapping[str, Any]
) -> tuple[Sequence[Any], dict[str, Any]]:
    """The arguments of a call, with results and resources in their places."""
    args: Sequence[Any] = call.args
    if step.args:
        filled = list(args)
        for index, slot in step.args:
            filled[index] = fill(slot, args[index], results, resources)
        args = filled
    kwargs = dict(call.kwargs) if call.kwargs else {}
    for name, slot in step.kwargs:
        kwargs[name] = fill(slot, kwargs[name], results, resources)
    for name, resource in step.defaults:
        kwargs[name] = resources[resource]
    if call.task.positional:
        return arrange(call.task.positional, args, kwargs)
    return args, kwargs
