"""The items of a map, executed side by side."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeAlias

from cascade.clock.base import Queue
from cascade.graph.model import Node
from cascade.graph.shape import Results
from cascade.runtime.context import RunContext
from cascade.runtime.events import ExecutionPlace
from cascade.runtime.failing import FirstTurn
from cascade.runtime.plan import PlanStep
from cascade.runtime.single import TaskExecution
from cascade.runtime.state import MISSING
from cascade.spec.lazy import Lazy
from cascade.spec.result import LazyResult

Follow: TypeAlias = Callable[[Lazy, FirstTurn | None], Coroutine[Any, Any, Any]]
"""Gives the last value of tail calls, made by what began in that turn."""


async def execute_items(
    run: RunContext,
    node: Node,
    step: PlanStep,
    calls: Sequence[LazyResult[Any]],
    results: Results,
    amounts: dict[str, float],
    place: ExecutionPlace,
    follow: Follow,
) -> list[Any]:
    """The results of all items, and of what they hand over to.

    Parameters
    ----------
    run, node, step, results, amounts, place
        See :class:`TaskExecution`.
    calls
        One for each item.
    follow
        Follows their tail calls.
    """
    made: list[Any] = [MISSING] * len(calls)

    async def execute_item(index: int, call: LazyResult[Any]) -> None:
        if run.is_moment_over():
            queue.due = 0
            await run.wait_for_cancellation()
        began = run.first_turn()
        single = TaskExecution(run, node, step, call, results, amounts, place.of_item(index))
        try:
            result = await single.run()
            if isinstance(result, Lazy):
                result = await follow(result, began)
        except BaseException as error:
            run.note_failure()
            run.explain(error, node.name)  # several of them fail as one group
            raise
        made[index] = result

    items = (execute_item(index, call) for index, call in enumerate(calls))
    queue = Queue(items, len(calls), node.name)
    await run.clock.run_crowd(queue)
    return made
