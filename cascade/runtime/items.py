"""The items of a map, executed side by side."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeAlias

from cascade.clock.base import Queue
from cascade.graph.model import Node, NodeKind
from cascade.graph.shape import Results
from cascade.record import changed
from cascade.runtime.context import RunContext
from cascade.runtime.events import ExecutionPlace
from cascade.runtime.failing import FirstTurn
from cascade.runtime.outcome import checked
from cascade.runtime.plan import PlanStep
from cascade.runtime.single import TaskExecution, fill_arguments
from cascade.runtime.state import MISSING
from cascade.spec.inject import CLOCK
from cascade.spec.lazy import Lazy
from cascade.spec.result import LazyResult

Follow: TypeAlias = Callable[[Lazy, FirstTurn | None], Coroutine[Any, Any, Any]]
"""Gives the last value of tail calls, made by what began in that turn."""


async def execute_items(
    run: RunContext,
    node: Node,
    step: PlanStep,
    calls: Iterable[LazyResult[Any]],
    n: int,
    results: Results,
    amounts: dict[str, float],
    place: ExecutionPlace,
    follow: Follow,
) -> list[Any]:
    """The results of all items, and of what they hand over to.

    Parameters
    ----------
    run, node, results, amounts, place
        See :class:`TaskExecution`.
    step
        Of the map: what its columns take of other nodes is filled in already.
    calls, n
        One for each item, and how many there are.
    follow
        Follows their tail calls.
    """
    made: list[Any] = [MISSING] * n
    takes_clock_alone = all(name == CLOCK for name in step.resources)
    item_step = changed(step, kind=NodeKind.TASK, kwargs=(), data=(), is_free=takes_clock_alone)
    is_direct = takes_clock_alone and not amounts and not run.is_linked
    executor, provided = run.engine.executor, run.engine.provided

    async def execute_item(index: int, call: LazyResult[Any]) -> None:
        if run.is_moment_over():
            queue.due = 0
            await run.wait_for_cancellation()
        began = run.first_turn()
        try:
            if is_direct and call.policies is None and run.bus.is_silent:
                # As RunContext.execute does, without its frame, for each resumption of the task.
                record, started = run.begin_task(node.name)
                try:
                    work = executor.execute(node, *fill_arguments(item_step, call, (), provided))
                    del call  # many may wait: each keeps as little as can be
                    result = checked(await work, node.name)
                finally:
                    record.end(started, run.clock.now)
            else:
                item = place.of_item(index)
                single = TaskExecution(run, node, item_step, call, results, amounts, item)
                result = await single.run()
            if isinstance(result, Lazy):
                result = await follow(result, began)
        except BaseException as error:
            run.note_failure()
            run.explain(error, node.name)  # several of them fail as one group
            raise
        made[index] = result

    items = (execute_item(index, call) for index, call in enumerate(calls))
    queue = Queue(items, n, node.name)
    await run.clock.run_crowd(queue)
    return made
