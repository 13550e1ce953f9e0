"""Context variables: what a task sets there is its own, on every way a task can take."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import drive, make_clock, run

VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("VARIABLE", default="unset")


def seen_and_set(name: str) -> str:
    seen = VARIABLE.get()
    VARIABLE.set(name)
    return seen


@cs.task
def plain(name: str, *_needs: Any) -> str:
    return seen_and_set(name)


@cs.task
async def awaited(name: str, *_needs: Any) -> str:
    return seen_and_set(name)


@cs.task
async def waits(name: str, *_needs: Any, clock: Any = cs.inject("cascade.clock")) -> str:
    before = VARIABLE.get()
    await clock.sleep(0.001)
    seen = seen_and_set(name)
    await clock.sleep(0.001)
    assert (before, VARIABLE.get()) == (seen, name)
    return seen


KINDS = [plain, awaited, waits]


def beside(kinds: list[Any]) -> list[Any]:
    return [each(f"{n}") for n, each in enumerate(kinds)]


def chain(kinds: list[Any]) -> list[Any]:
    made: list[Any] = []
    for n, each in enumerate(kinds):
        made.append(each(f"{n}", *made[-1:]))
    return made


def diamond(kinds: list[Any]) -> list[Any]:
    top = kinds[0]("top")
    sides = [each(f"{n}", top) for n, each in enumerate(kinds)]
    return [top, *sides, kinds[-1]("bottom", *sides)]


@pytest.mark.parametrize("kind", ["virtual", "wall"])
@pytest.mark.parametrize("shape", [beside, chain, diamond])
@pytest.mark.parametrize("is_told", [False, True], ids=["silent", "told"])
@pytest.mark.parametrize("has_policies", [False, True], ids=["bare", "policies"])
def test_what_a_task_sets_no_other_sees(
    kind: str, shape: Callable[[list[Any]], list[Any]], is_told: bool, has_policies: bool
) -> None:
    """Whatever the graph, whether somebody listens, and however the task is executed."""
    kinds: list[Any] = [each for first in KINDS for second in KINDS for each in (first, second)]
    bus = cs.MessageBus()
    if is_told:
        bus.subscribe(cs.Event, lambda _: None)
    targets = shape(kinds)
    if has_policies:
        targets = [each.with_retry(max_attempts=2) for each in targets]
    VARIABLE.set("host")
    assert run(make_clock(kind), targets, bus=bus) == ["host"] * len(targets)
    assert VARIABLE.get() == "host"


@pytest.mark.parametrize("kind", ["virtual", "wall"])
@pytest.mark.parametrize("scope", ["run", "task"])
@pytest.mark.parametrize("is_async", [False, True], ids=["plain", "async"])
def test_what_a_resource_sets_it_can_take_back(kind: str, scope: Any, is_async: bool) -> None:
    """Its set-up and its end share a context, which is that of no task."""

    ends = []

    @cs.resource(scope=scope, name="scoped")
    def plain_scoped() -> Any:
        yield from steps()

    @cs.resource(scope=scope, name="scoped")
    async def awaited_scoped(clock: Any = cs.inject("cascade.clock")) -> Any:
        for step in steps():
            await clock.sleep(0.001)
            yield step
            await clock.sleep(0.001)

    def steps() -> Any:
        before = VARIABLE.get()
        token = VARIABLE.set("in the resource")
        yield "resource"
        assert VARIABLE.get() == "in the resource"
        VARIABLE.reset(token)
        ends.append((before, VARIABLE.get()))

    @cs.task
    async def take(x: Any, resource: Any = cs.inject("scoped")) -> Any:
        return VARIABLE.get()

    async def main() -> Any:
        clock = make_clock(kind)
        async with cs.Engine(clock=clock) as engine:
            engine.register(awaited_scoped if is_async else plain_scoped)
            target = waits("last", awaited("between", take(awaited("first"))))
            return await drive(clock, engine.run(take(target)))

    VARIABLE.set("host")
    assert asyncio.run(main()) == ["host"]
    assert ends == [("host", "host")] * (1 if scope == "run" else 2)


@pytest.mark.parametrize("kind", ["virtual", "wall"])
def test_errors_name_the_task_a_workflow_is_in(kind: str) -> None:
    """Not the one it began with, although it executes several."""

    @cs.task
    async def culprit(_need: Any) -> None:
        await Odd()

    class Odd:
        def __await__(self) -> Any:
            yield "something odd"

    with pytest.raises((cs.ForeignWaitError, RuntimeError)) as caught:
        run(make_clock(kind), culprit(awaited("a", awaited("b"))))
    if kind == "virtual":
        assert "workflow 'culprit' awaited 'something odd'" in str(caught.value)
    assert any("'culprit'" in note for note in caught.value.__notes__)


@pytest.mark.parametrize("kind", ["virtual", "wall"])
def test_what_becomes_due_while_another_waits_does_not_wait_for_it(kind: str) -> None:
    """A workflow that has waited executes no second task while others are due."""
    log = []

    @cs.task
    async def stays(name: str, *_needs: Any, clock: Any = cs.inject("cascade.clock")) -> str:
        log.append(name)
        await clock.sleep(0.05)
        log.append(f"{name} ends")
        return name

    @cs.task
    async def passes(name: str, *_needs: Any) -> str:
        log.append(name)
        return name

    top = stays("top", passes("first"))
    run(make_clock(kind), [stays("left", top), stays("right", top), passes("middle", top)])
    assert log[:3] == ["first", "top", "top ends"]
    assert sorted(log[3:6]) == ["left", "middle", "right"]
