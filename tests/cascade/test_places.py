"""The note on an error names what went wrong, not what was asked for; on both clocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import cascade as cs
from tests.cascade.running import run


@cs.resource
def broken() -> Iterator[int]:
    raise OSError("no set-up")
    yield 1


@cs.task
def same(value: Any) -> Any:
    return value


@cs.task
def load(value: Any = 0, _other: Any = 0) -> Any:
    return value


@cs.task
def open_it(_value: Any = 0, _resource: Any = cs.inject("broken")) -> None: ...


@cs.task
def report(*values: Any) -> Any:
    return values


@cs.task
def hand_over(_value: Any = 0) -> Any:
    return open_it()


CASES: dict[str, tuple[Any, str]] = {
    "set-up of a resource": (open_it(), "task 'open_it'"),
    "the same, in a map": (open_it.map(_value=[1, 2]), "task 'open_it'"),
    "the same, in a tail call": (hand_over(), "task 'open_it'"),
    "the same, in a tail call of an item": (hand_over.map(_value=[1]), "task 'open_it'"),
    "an amount": (load().with_constraints(slots=same(9)), "task 'load'"),
    "an amount that is no number": (load().with_constraints(slots=same("x")), "task 'load'"),
    "columns": (load.map(value=same([1]), _other=same([1, 2])), "task 'load'"),
    "a column": (load.map(value=same(1)), "task 'load'"),
    "a route": (cs.Router(same("c"), {"a": 1, "b": load()}), "router 'router(same)'"),
    "the set-up of a route": (
        cs.Router(same("a"), {"a": [cs.inject("broken")]}),
        "router 'router(same)'",
    ),
    "a Param": (cs.Param("absent"), "parameter 'absent'"),
    "an Env": (cs.Env("CASCADE_ABSENT"), "variable 'CASCADE_ABSENT'"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("is_heard", [False, True])
@pytest.mark.parametrize("beside", [(), (load(3),)], ids=["alone", "beside another"])
def test_what_goes_wrong_is_noted_with_the_name_of_its_node(
    clock: cs.Clock, case: str, is_heard: bool, beside: Any
) -> None:
    """Also what is raised outside of any call; and it is noted once."""
    wrong, place = CASES[case]
    bus = cs.MessageBus()
    if is_heard:
        bus.subscribe(cs.TaskExecutionFinished, lambda _: None)

    error = _failure(clock, bus, report(*beside, report(wrong)))
    for leaf in _leaves(error):
        assert [each for each in leaf.__notes__ if each.startswith("in ")] == [
            f"in {place} of run-1"
        ]


def _failure(clock: cs.Clock, bus: cs.MessageBus, target: Any) -> BaseException:
    engine = cs.Engine(clock=clock, bus=bus, system_resources={"slots": 2})
    engine.register(broken)
    with pytest.raises((Exception, ExceptionGroup)) as caught:
        cs.run(target, engine=engine)
    return caught.value


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for each in error.exceptions for leaf in _leaves(each)]
    return [error]


def test_a_selector_that_gives_an_array_has_no_route(clock: cs.Clock) -> None:
    """An array is equal to nothing as a whole; one number in an array is that number."""
    routes = {1: load("one"), 2: load("two")}
    with pytest.raises(ValueError, match=r"no matching route found: selector 'same' gave array"):
        run(clock, cs.Router(same(np.array([1, 2])), routes))
    assert run(clock, cs.Router(same(np.array(2)), routes)) == "two"
