"""Events of one task tell which execution of it they are about, on both clocks."""

from __future__ import annotations

from typing import Any

import cascade as cs
from tests.cascade.running import listening, run


def test_executions_can_be_told_apart(clock: cs.Clock) -> None:
    """Items of a map, tries, and steps of tail calls, also of those inside a graph."""
    fails = {1}

    @cs.task
    async def item(i: int, clock: Any = cs.inject("cascade.clock")) -> Any:
        if i in fails:
            fails.discard(i)
            raise OSError("not yet")
        return then(i) if i == 2 else i

    @cs.task
    def then(i: int) -> Any:
        return i

    @cs.task
    def total(values: list[int]) -> Any:
        return last(sum(values))

    @cs.task
    def last(n: int) -> int:
        return n

    bus, told = listening(cs.TaskExecutionFinished, cs.TaskRetrying)
    assert run(clock, total(item.map(i=range(3)).with_retry(1)), bus=bus) == 3
    ends = [event for event in told if isinstance(event, cs.TaskExecutionFinished)]
    assert sorted((e.step, e.task_name, e.item, e.attempt) for e in ends if e.item is not None) == [
        (0, "item", 0, 1),
        (0, "item", 1, 1),
        (0, "item", 1, 2),
        (0, "item", 2, 1),
    ]
    assert [(e.step, e.task_name, e.item, e.attempt) for e in ends if e.item is None] == [
        (1, "then", None, 1),
        (0, "total", None, 1),
        (2, "last", None, 1),
    ]
    (retrying,) = (event for event in told if isinstance(event, cs.TaskRetrying))
    assert (retrying.step, retrying.item, retrying.attempt) == (0, 1, 1)
    keys = [(e.run_id, e.step, e.task_id, e.item, e.attempt) for e in ends]
    assert len(set(keys)) == len(keys)


def test_steps_of_a_chain_are_counted(clock: cs.Clock) -> None:
    """Each tail call of a bare task is one more step."""

    @cs.task
    def count_down(n: int) -> Any:
        return count_down(n - 1) if n else "end"

    bus, told = listening(cs.TaskExecutionStarted)
    assert run(clock, count_down(3), bus=bus) == "end"
    assert [event.step for event in told] == [0, 1, 2, 3]
