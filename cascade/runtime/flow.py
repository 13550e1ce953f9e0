"""The flow manager: what is executed, skipped and pruned in one execution of one graph.

A node goes on the moment its own needs are settled. What takes no time (params,
variables, routers, skips) is settled at once. A task that can begin is *due*; of
several the one of the lowest rank, in the solver's order, begins first. One alone is
executed by whoever settled its last need, so a chain costs no workflow per task, and so
is a plain function, which can't wait, called in its place. Others are their own workflows.
"""

from __future__ import annotations

import heapq
from collections.abc import Coroutine, Sequence
from contextvars import copy_context
from typing import Any, Final

from cascade.errors import DependencyMissingError
from cascade.graph.model import Node, NodeKind
from cascade.runtime.demand import Demand
from cascade.runtime.failing import FirstTurn
from cascade.runtime.items import Follow, execute_items
from cascade.runtime.known import Known
from cascade.runtime.outcome import checked
from cascade.runtime.plan import PlanStep
from cascade.runtime.schedule import NeedCounts, Schedule
from cascade.runtime.single import TaskExecution, fill_arguments
from cascade.runtime.steps import call_in
from cascade.scheduler.crowd import BRIEF_AT_ONCE, BRIEF_S
from cascade.spec.env import Env
from cascade.spec.lazy import Lazy, Targets
from cascade.spec.param import Param
from cascade.spec.result import LazyResult, MappedResult

_FAILURE: Final = -1
"""Rank of a failure that is to be told beside others of its moment: before all tasks."""


class Flow(Known):
    """One execution of one graph. A local of the run: nothing of it is shared.

    It is run once, and takes what :class:`Known` does.
    """

    async def run(self, follow: Follow) -> Any:
        """The target's result, which may be lazy: a tail call.

        Parameters
        ----------
        follow
            Gives the last value of a chain of tail calls in the middle of the graph.

        Raises
        ------
        DependencyMissingError
            The target was skipped.
        """
        self._follow = follow
        self._began = self._run.first_turn()
        self._is_failing = False  # then nothing more becomes due
        self._is_incomplete = False  # since the run failed elsewhere
        self._failure: Exception | None = None  # of a task that was called in its place
        self._handed_over: dict[int, Lazy] = {}  # what tasks called in their place returned
        self._may_call_in_place = self._run.may_call_in_place
        self._context = copy_context()
        self.is_beginning = False
        self.name = self._instances[0].name
        self.due: list[int] = []  # ranks of the tasks that can begin: a heap
        self._schedule: Schedule
        if self._plan.has_routers:
            self._schedule = Demand(self._plan, self._route_slot, self._has_route)
        else:
            self._schedule = NeedCounts(self._plan)
        try:
            self._go_on_with(self._schedule.begin())
            due, order = self.due, self._plan.order
            if due and (len(due) == 1 or self._is_called_in_place(order[due[0]])):
                try:
                    await self._work(self._take_number())
                except Exception as error:
                    if not due:
                        raise
                    self._failure = error  # those due at this moment begin all the same
                    heapq.heappush(due, _FAILURE)
            if due:
                await self._run.clock.run_crowd(self)
            if self._is_incomplete:
                await self._run.wait_for_cancellation()
            if 0 in self._skipped:
                raise DependencyMissingError(self._missing())
            result = self._results[0]
        except BaseException as error:
            self._forget(error)
            raise
        self._forget(None)
        return result

    def _forget(self, error: BaseException | None) -> None:
        del self._schedule  # that of routers leads back here
        super()._forget(error)

    # -- what can go on -----------------------------------------------------------------

    def take(self) -> Coroutine[Any, Any, None]:
        """The due task of the lowest rank, as a workflow that begins with it."""
        if self.due[0] == _FAILURE:
            heapq.heappop(self.due)
            return self._fail()
        if self._run.is_moment_over():
            self.due.clear()
            return self._run.wait_for_cancellation()
        number = self._take_number()
        self.name = self._instances[number].name
        return self._work(number)

    async def _fail(self) -> None:
        """Fail as a task did that was called in its place, beside those that were due then."""
        assert self._failure is not None
        raise self._failure

    def _take_number(self) -> int:
        return self._plan.order[heapq.heappop(self.due)]

    async def _work(self, number: int) -> None:
        """Settle a task, and go on for as long as the next one needs no workflow of its own.

        That is: it is due alone, or can't wait, or this one has not waited yet, so that
        whoever began it begins the others as soon as it does.
        """
        due, run, plan, context = self.due, self._run, self._plan, self._context
        clock, order, results, provided = run.clock, plan.order, self._results, run.engine.provided
        recorded: Any = None  # the task whose record this is
        record: Any = None
        is_in_place, n_brief = self._is_called_in_place(number), 0
        ended: float | None = None  # when the task did that this one begins right after
        while True:
            n_brief += 1
            first_turn = run.first_turn() if run.is_failing else None
            if is_in_place or self._is_executed_here(number):
                # As RunContext.execute does, without its frame, for each resumption of the task.
                call: Any = self._instances[number]
                task = call.task
                if task is not recorded:
                    recorded, record = task, run.record_of(task.name)
                began = clock.now if ended is None else ended
                record.begin(began)
                try:
                    args, kwargs = fill_arguments(plan.steps[number], call, results, provided)
                    if is_in_place:
                        result = call_in(context.copy(), task.function, args, kwargs)
                    elif self._may_call_in_place:
                        result = await task.function(*args, **kwargs)
                    else:
                        node = Node(number, task.name, NodeKind.TASK, task)
                        result = await run.engine.executor.execute(node, args, kwargs)
                    result = checked(result, task.name)
                except BaseException as error:
                    self._fail_at(number, error)
                    raise
                finally:
                    record.end(began, ended := clock.now)
                if not 0.0 < ended - began <= BRIEF_S or isinstance(result, Lazy):
                    n_brief = BRIEF_AT_ONCE
                if isinstance(result, Lazy) and number != 0:
                    self._handed_over[number] = result
                    if is_in_place:  # it is due again, and others may be before
                        heapq.heappush(due, plan.ranks[number])
                    else:
                        await self._settle_task(number, first_turn)
                else:
                    self._conclude(number, result)
            else:
                await self._settle_task(number, first_turn)
                n_brief = BRIEF_AT_ONCE
            may_yield = n_brief >= BRIEF_AT_ONCE
            if may_yield:
                n_brief, ended = 0, None
            while True:
                if not due or (run.is_failing and self._is_ending()) or due[0] == _FAILURE:
                    return
                number = order[due[0]]
                is_in_place = self._is_called_in_place(number)
                if not is_in_place:
                    if copy_context() != context:  # nobody else is to see what the task has set
                        await clock.renew_context(context)
                        ended = None
                    if len(due) > 1 and not self.is_beginning:
                        return
                if not (may_yield and clock.is_turn_over()):
                    break
                await clock.yield_turn()  # meanwhile others may begin what is due, in its order
                may_yield = False
            heapq.heappop(due)
            if not is_in_place:
                self.name = self._instances[number].name
                clock.rename(self.name)

    async def _settle_task(self, number: int, first_turn: FirstTurn | None) -> None:
        """Execute a task, a map, or a router that takes resources; follow its tail calls.

        Those of the target are left to the run, so that a chain of them takes no more memory.
        """
        step, instance, run = self._plan.steps[number], self._instances[number], self._run
        try:
            if isinstance(instance, LazyResult):
                if number in self._handed_over:
                    result: Any = self._handed_over.pop(number)
                else:
                    node = Node(number, instance.name, NodeKind.TASK, instance.task)
                    amounts = self._amounts(step, instance)
                    result = await TaskExecution(
                        run, node, step, instance, self._results, amounts, self._place
                    ).run()
                if number != 0 and isinstance(result, Lazy):
                    result = await self._follow(result, first_turn)
                self._put(number, result)
            elif isinstance(instance, MappedResult):
                await self._execute_map(number, step, instance)
            else:
                resources = await run.acquire_for_router(step, instance)
                self._put_route(number, step, resources)
            self._settle(number)
        except BaseException as error:
            self._fail_at(number, error)
            raise

    def _is_executed_here(self, number: int) -> bool:
        """Whether a node is a task without policies and resources, with nobody to tell."""
        run = self._run
        if not self._plan.steps[number].is_free or run.is_linked or not run.bus.is_silent:
            return False
        call: Any = self._instances[number]
        return call.policies is None and number not in self._handed_over

    def _is_called_in_place(self, number: int) -> bool:
        """Whether such a task is a plain function, which can't wait."""
        is_plain = self._plan.steps[number].is_plain and self._may_call_in_place
        return is_plain and self._is_executed_here(number)

    def _conclude(self, number: int, result: Any) -> None:
        """Keep the result of a task, and go on with what waited for it."""
        try:
            self._put(number, result)
            self._settle(number)
        except BaseException as error:
            self._fail_at(number, error)
            raise

    def _fail_at(self, number: int, error: BaseException) -> None:
        """Note that a node could not be settled, or nothing that can go on after it."""
        self._is_failing = True
        self._run.note_failure()
        self._run.explain(error, self._instances[number].name, self._plan.steps[number].kind)

    def _is_ending(self) -> bool:
        """Whether nothing more becomes due: something has failed, here or elsewhere in the run."""
        return self._is_failing or self._run.is_late(self._began)

    def _settle(self, number: int) -> None:
        """Note that a node has a value or was skipped, and go on with what waited for it."""
        ready = self._schedule.settle(number)
        if self._plan.has_routers:
            self._skip_pruned()
        if ready:
            self._go_on_with(ready)

    def _skip_pruned(self) -> None:
        for pruned in self._schedule.take_pruned():
            self._skip(pruned, "Pruned")

    def _go_on_with(self, ready: Sequence[int]) -> None:
        """Settle what takes no time, and all that it makes ready; the rest is due."""
        plan, run = self._plan, self._run
        waiting = [plan.ranks[number] for number in ready]
        if plan.work.issuperset(ready) and not (self._has_skips or run.is_failing):
            for rank in waiting:
                heapq.heappush(self.due, rank)
            return
        heapq.heapify(waiting)
        while waiting:
            rank = heapq.heappop(waiting)
            number = plan.order[rank]
            try:
                is_settled = self._is_settled_at_once(number)
            except Exception as error:
                self._fail_at(number, error)
                raise
            if not is_settled:
                if not (run.is_failing and self._is_ending()):
                    heapq.heappush(self.due, rank)
                elif not self._is_failing:
                    self._is_incomplete = True
                continue
            for following in self._schedule.settle(number):
                heapq.heappush(waiting, plan.ranks[following])
            if plan.has_routers:
                self._skip_pruned()

    def _is_settled_at_once(self, number: int) -> bool:
        """Settle a node unless it is one that may have to wait; tells whether it is settled."""
        step, instance = self._plan.steps[number], self._instances[number]
        may_be_skipped = self._has_skips or step.condition != ()
        if may_be_skipped and (reason := self._skip_reason(number, step)) is not None:
            self._skip(number, reason)
        elif isinstance(instance, (LazyResult, MappedResult)):
            return False
        elif isinstance(instance, Param):
            self._results[number] = self._run.value_of(instance, self._plan.readers[number])
        elif isinstance(instance, Env):
            self._results[number] = instance.value()
        elif isinstance(instance, Targets):
            self._results[number] = self._fill(step.args[0][1], instance.values)
        elif step.resources:
            return False
        else:
            self._put_route(number, step, {})
        return True

    # -- tasks --------------------------------------------------------------------------

    async def _execute_map(self, number: int, step: PlanStep, mapped: MappedResult[Any]) -> None:
        """Execute a task once for each item, side by side, and follow their tail calls."""
        slots = dict(step.kwargs)
        columns = {
            name: self._fill(slots.get(name), values) for name, values in mapped.columns.items()
        }
        amounts = self._amounts(step, mapped)
        node = Node(number, mapped.name, NodeKind.TASK, mapped.task)
        n, calls = mapped.items(columns)
        results = await execute_items(
            self._run, node, step, calls, n, self._results, amounts, self._place, self._follow
        )
        if self._plan.readers[number] > 1:
            self._check_readers(number, results)
        self._results[number] = results
