"""Known results: those of one execution of one graph, its skips, and what follows from them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Final

from cascade.adapters.state import StateBackend
from cascade.errors import TaskError, add_note
from cascade.graph.model import NodeKind
from cascade.graph.shape import Slot, fill, references
from cascade.runtime.context import RunContext
from cascade.runtime.events import ExecutionPlace, SkipReason, TaskSkipped
from cascade.runtime.plan import Plan, PlanStep
from cascade.runtime.state import MISSING, BackendResults, BackendSkips, Skips, WritableResults
from cascade.spec.lazy import Lazy
from cascade.spec.policies import WithPolicies, check_amount
from cascade.spec.read_once import find_read_once
from cascade.spec.result import LazyResult, MappedResult

NO_AMOUNTS: Final[dict[str, float]] = {}


class Known:
    """Results and skips of a graph so far, for what goes on with them (:class:`Flow`).

    Parameters
    ----------
    run
        The run it belongs to.
    plan
        The compiled shape.
    instances
        The lazy values by node number, the target first.
    """

    def __init__(self, run: RunContext, plan: Plan, instances: Sequence[Lazy]) -> None:
        self._run = run
        self._place = ExecutionPlace(run.begin_graph())
        self._plan = plan
        self._instances = instances
        self._results: WritableResults = [MISSING] * len(instances)
        self._skipped: Skips = {}
        self._has_skips = False
        self._backend: StateBackend | None = None
        make_backend = run.engine.state_backend_factory
        if make_backend is not None:
            self._backend = make_backend(run.run_id)
            self._results = BackendResults(self._backend)
            self._skipped = BackendSkips(self._backend)

    def _forget(self, error: BaseException | None) -> None:
        """Let go of what the execution was kept in; a failure of that is noted on its error."""
        if self._backend is not None:
            try:
                self._backend.clear()
            except Exception as failure:
                if error is None:
                    raise
                add_note(error, f"and the state backend failed to be cleared: {failure!r}")

    def _put(self, number: int, result: Any) -> None:
        if self._plan.readers[number] > 1:
            self._check_readers(number, [result])
        self._results[number] = result

    def _check_readers(self, number: int, results: Sequence[Any]) -> None:
        """Refuse what can be read only once where two would read it.

        Raises
        ------
        TaskError
            The second would find nothing left.
        """
        readers = self._plan.readers[number]
        if (found := find_read_once(results)) is not None:
            is_bare = any(each is found for each in results)
            raise TaskError(
                f"'{self._instances[number].name}' gave a {type(found).__name__}"
                f"{'' if is_bare else ' inside its result'}, which can be read only once, and "
                f"{readers} arguments need it: let the task return a list"
            )

    def _amounts(
        self, step: PlanStep, instance: LazyResult[Any] | MappedResult[Any]
    ) -> dict[str, float]:
        """What a task takes of the engine's resources, lazy amounts filled in.

        Raises
        ------
        TypeError, ValueError
            An amount is not a finite number >= 0.
        """
        if not step.constraints:
            return NO_AMOUNTS
        assert instance.policies is not None
        given = instance.policies.constraints
        return {
            resource: check_amount(self._fill(slot, given[resource]), resource, instance.name)
            for resource, slot in step.constraints
        }

    def _fill(self, slot: Slot, value: Any) -> Any:
        return fill(slot, value, self._results, {})

    # -- routes, conditions, skips ------------------------------------------------------

    def _put_route(self, number: int, step: PlanStep, resources: dict[str, Any]) -> None:
        slot, value = self._chosen(number, step)
        result = fill(slot, value, self._results, resources)
        self._put(number, result)

    def _route_slot(self, number: int) -> Slot:
        """Slot of the route that a decided router takes; None if its selector was skipped."""
        step = self._plan.steps[number]
        return None if step.selector in self._skipped else self._chosen(number, step)[0]

    def _has_route(self, number: int) -> bool:
        """Whether a decided router has the route it asks for: an error only once it is needed."""
        step = self._plan.steps[number]
        if step.selector in self._skipped:
            return False
        key = self._results[step.selector]
        return any(_is_same(route, key) for route, _ in step.routes)

    def _chosen(self, number: int, step: PlanStep) -> tuple[Slot, Any]:
        """Slot and declared value of the chosen route."""
        router: Any = self._instances[number]
        key = self._results[step.selector]
        for route, slot in step.routes:
            if _is_same(route, key):
                return slot, router.routes[route]
        known = ", ".join(repr(route) for route, _ in step.routes)
        error = ValueError(
            f"no matching route found: selector '{router.selector.name}' gave {key!r}, "
            f"the routes are {known}"
        )
        self._run.explain(error, router.name, step.kind)  # while its selector is settled
        raise error

    def _skip_reason(self, number: int, step: PlanStep) -> SkipReason | None:
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
            assert isinstance(instance, WithPolicies)
            assert instance.policies is not None
            if not self._fill(step.condition, instance.policies.condition):
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
        self._has_skips = True
        if isinstance(self._instances[number], WithPolicies):
            name = self._instances[number].name
            self._run.tell(
                TaskSkipped, task_id=number, task_name=name, step=self._place.step, reason=reason
            )

    def _missing(self) -> str:
        """Which target has no value, and why."""
        number = 0
        if self._plan.steps[0].kind is NodeKind.TARGETS:
            number = next(n for n in self._plan.steps[0].data if n in self._skipped)
        name, reason = self._instances[number].name, self._skipped[number]
        return f"'{name}' has no value: it was skipped ({reason})"


def _is_same(route: Hashable, key: object) -> bool:
    """Whether a route is the one that is asked for."""
    try:
        return bool(route == key)
    except (TypeError, ValueError):  # an array is equal item by item, not as a whole
        return False
