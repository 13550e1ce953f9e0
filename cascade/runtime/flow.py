"""The flow manager: what is executed, skipped and pruned in one execution of one graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from cascade.errors import DependencyMissingError
from cascade.graph.model import Node, NodeKind
from cascade.graph.shape import Slot, fill, references
from cascade.runtime.events import SkipReason
from cascade.runtime.plan import Plan, Step
from cascade.spec.lazy import Lazy, LazyResult
from cascade.spec.param import Param

if TYPE_CHECKING:
    from cascade.runtime.execution import Execution

_MISSING: Final = object()


class Flow:
    """One execution of one graph. A local of the run: nothing of it is shared.

    Parameters
    ----------
    execution
        The run it belongs to.
    plan
        The compiled shape.
    instances
        The lazy values by node number, the target first.
    """

    def __init__(self, execution: Execution, plan: Plan, instances: Sequence[Lazy]) -> None:
        self._execution = execution
        self._plan = plan
        self._instances = instances
        self._results: list[Any] = [_MISSING] * len(instances)
        self._skipped: dict[int, SkipReason] = {}
        self._routers_decided = 0

    async def run(self) -> Any:
        """The target's result, which may be lazy: a tail call.

        Raises
        ------
        DependencyMissingError
            The target was skipped.
        """
        plan = self._plan
        if plan.has_routers:
            await self._run_by_demand()
        else:
            for stage in plan.stages:
                await self._run_stage(stage)
        if 0 in self._skipped:
            raise DependencyMissingError(
                f"'{self._instances[0].name}' has no value: it was skipped ({self._skipped[0]})"
            )
        return self._results[0]

    # -- order --------------------------------------------------------------------------

    async def _run_by_demand(self) -> None:
        """Go through the stages until the target is settled, doing only what is needed by then.

        What a router's routes need is not known to be needed before its
        selector has a value; each decision makes earlier stages worth another look.
        """
        while not self._is_settled(0):
            demanded = self._reachable(self._decided_needs)
            for stage in self._plan.stages:
                due = [n for n in stage if n in demanded and self._is_due(n)]
                if due:
                    await self._run_stage(due)
                    if self._prune():
                        break

    def _is_settled(self, number: int) -> bool:
        return self._results[number] is not _MISSING or number in self._skipped

    def _is_due(self, number: int) -> bool:
        return not self._is_settled(number) and all(
            self._is_settled(need) for need in self._decided_needs(number)
        )

    def _decided_needs(self, number: int) -> list[int]:
        """What a node is known to need; of a router's routes only the chosen one."""
        step = self._plan.steps[number]
        if step.kind is not NodeKind.ROUTER:
            return [*step.data, *(references(step.condition) if step.condition != () else ())]
        if self._results[step.selector] is _MISSING:
            return [step.selector]
        return [step.selector, *references(self._chosen(number, step)[0])]

    def _possible_needs(self, number: int) -> list[int]:
        """What a node may yet turn out to need."""
        step = self._plan.steps[number]
        undecided = (
            step.kind is NodeKind.ROUTER
            and self._results[step.selector] is _MISSING
            and step.selector not in self._skipped
        )
        if not undecided:
            return self._decided_needs(number)
        routes = [number for _, slot in step.routes for number in references(slot)]
        return [step.selector, *routes]

    def _reachable(self, needs: Callable[[int], list[int]]) -> set[int]:
        reached = {0}
        frontier = [0]
        while frontier:
            for number in needs(frontier.pop()):
                if number not in reached:
                    reached.add(number)
                    frontier.append(number)
        return reached

    def _prune(self) -> bool:
        """Skip what no decision can need any more; True if a router has just been decided."""
        possible = self._reachable(self._possible_needs)
        for number in range(len(self._results)):
            if number not in possible and not self._is_settled(number):
                self._skip(number, "Pruned")
        before = self._routers_decided
        self._routers_decided = sum(
            step.kind is NodeKind.ROUTER and self._is_settled(step.selector)
            for step in self._plan.steps
        )
        return self._routers_decided > before

    # -- one stage ----------------------------------------------------------------------

    async def _run_stage(self, stage: Sequence[int]) -> None:
        """Settle the nodes of one stage, its tasks side by side."""
        tasks = []
        for number in stage:
            step = self._plan.steps[number]
            reason = self._skip_reason(number, step)
            if reason is not None:
                self._skip(number, reason)
            elif step.kind is NodeKind.TASK:
                tasks.append(number)
            elif step.kind is NodeKind.PARAM:
                param = self._instances[number]
                assert isinstance(param, Param)
                self._results[number] = param.value_in(self._execution.params)
            else:
                await self._route(number, step)
        if len(tasks) == 1:
            await self._execute(tasks[0])
        elif tasks:
            await self._execution.clock.run_children(
                [self._execute(number) for number in tasks],
                [self._instances[number].name for number in tasks],
            )

    async def _execute(self, number: int) -> None:
        """Execute one task; unless it is the target, follow its tail calls too."""
        instance = self._instances[number]
        assert isinstance(instance, LazyResult)
        node = Node(number, instance.name, NodeKind.TASK, instance.task)
        result = await self._execution.execute_step(
            node, self._plan.steps[number], instance, self._results
        )
        if number != 0 and isinstance(result, Lazy):
            result = await self._execution.follow(result)
        self._results[number] = result

    # -- routes, conditions, skips ------------------------------------------------------

    async def _route(self, number: int, step: Step) -> None:
        slot, value = self._chosen(number, step)
        resources = await self._execution.acquire_for_router(step, self._instances[number])
        self._results[number] = fill(slot, value, self._results, resources)

    def _chosen(self, number: int, step: Step) -> tuple[Slot, Any]:
        """Slot and declared value of the chosen route."""
        router: Any = self._instances[number]
        key = self._results[step.selector]
        for route, slot in step.routes:
            if route == key:
                return slot, router.routes[route]
        known = ", ".join(repr(route) for route, _ in step.routes)
        raise ValueError(
            f"no matching route found: selector '{router.selector.name}' gave {key!r}, "
            f"the routes are {known}"
        )

    def _skip_reason(self, number: int, step: Step) -> SkipReason | None:
        """Why a node whose needs are settled can't have a value, or None if it can."""
        skipped = self._skipped
        if step.kind is NodeKind.ROUTER:
            if step.selector in skipped:
                return "UpstreamSkipped_Route"
            needs = references(self._chosen(number, step)[0])
            return "UpstreamSkipped_Route" if any(n in skipped for n in needs) else None
        if step.condition != ():
            if any(n in skipped for n in references(step.condition)):
                return "UpstreamSkipped_Condition"
            instance = self._instances[number]
            assert isinstance(instance, LazyResult)
            if not fill(step.condition, instance.condition, self._results, {}):
                return "ConditionFalse"
        for need in step.data:
            if need in skipped:
                return self._reason_below(need)
        return None

    def _reason_below(self, need: int) -> SkipReason:
        """Reason for a task whose argument was skipped: by a router, or as data."""
        is_router = self._plan.steps[need].kind is NodeKind.ROUTER
        return "UpstreamSkipped_Route" if is_router else "UpstreamSkipped_Data"

    def _skip(self, number: int, reason: SkipReason) -> None:
        self._skipped[number] = reason
        if self._plan.steps[number].kind is NodeKind.TASK:
            self._execution.announce_skip(number, self._instances[number].name, reason)
