"""Resources: acquired when needed, released in reverse, whatever happens; on both clocks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import cascade as cs


@pytest.fixture(params=["wall", "virtual"])
def clock(request: pytest.FixtureRequest) -> cs.Clock:
    return cs.WallClock() if request.param == "wall" else cs.VirtualClock()


@pytest.fixture
def log() -> list[str]:
    return []


def run(clock: cs.Clock, target: cs.Lazy, *resources: cs.Resource) -> Any:
    async def main() -> Any:
        async with cs.Engine(clock=clock) as engine:
            for resource in resources:
                engine.register(resource)
            task = asyncio.create_task(engine.run(target))
            while not task.done():
                if isinstance(clock, cs.VirtualClock):
                    clock.advance(1.0)
                await asyncio.sleep(0)
            return await task

    return asyncio.run(main())


def tracked(log: list[str], name: str, scope: Any, value: Any = None) -> cs.Resource:
    @cs.resource(name=name, scope=scope)
    def provide() -> Iterator[Any]:
        log.append(f"+{name}")
        try:
            yield value if value is not None else name
        finally:
            log.append(f"-{name}")

    return provide


def test_injected_as_default_and_as_argument(clock: cs.Clock, log: list[str]) -> None:
    """Both ways give the value; an explicit argument beats the default; containers work."""

    @cs.task
    async def use(a: Any, b: Any = cs.inject("db")) -> Any:
        return a, b

    db = tracked(log, "db", "run")
    assert run(clock, use(cs.inject("db")), db) == ("db", "db")
    assert run(clock, use([cs.inject("db")], b="mine"), db) == (["db"], "mine")
    assert run(clock, use(1, "given"), db) == (1, "given")
    assert log == ["+db", "-db"] * 2, "a resource nobody needs is not acquired"


def test_scopes(clock: cs.Clock, log: list[str]) -> None:
    """One of a run-scoped for the whole run, one of a task-scoped for each execution."""

    @cs.task
    async def use(n: int, r: Any = cs.inject("r"), t: Any = cs.inject("t")) -> Any:
        log.append(f"use {n}")
        return use(n - 1) if n else "end"

    assert run(clock, use(2), tracked(log, "r", "run"), tracked(log, "t", "task")) == "end"
    steps = ["+t", "use 1", "-t", "+t", "use 0", "-t"]
    assert log == ["+r", "+t", "use 2", "-t", *steps, "-r"]


def test_last_acquired_first_released(clock: cs.Clock, log: list[str]) -> None:
    """Also when one depends on another, and when the task fails."""

    @cs.resource(scope="run")
    async def pool(db: Any = cs.inject("db")) -> AsyncIterator[str]:
        log.append("+pool")
        try:
            yield f"pool of {db}"
        finally:
            log.append("-pool")

    @cs.task
    async def use(pool: Any = cs.inject("pool"), extra: Any = cs.inject("extra")) -> Any:
        assert pool == "pool of db"
        raise LookupError

    with pytest.raises(LookupError):
        run(clock, use(), pool, tracked(log, "db", "run"), tracked(log, "extra", "run"))
    assert log == ["+db", "+pool", "+extra", "-extra", "-pool", "-db"]


def test_parallel_tasks_share_a_slow_run_resource(clock: cs.Clock, log: list[str]) -> None:
    """Who comes while it is being set up waits for it, and it is set up once."""

    @cs.resource(scope="run")
    async def slow() -> AsyncIterator[object]:
        log.append("+slow")
        await clock.sleep(0.01)
        yield object()

    @cs.task
    async def use(slow: Any = cs.inject("slow")) -> Any:
        return slow

    @cs.task
    def same(*values: Any) -> bool:
        return len(set(map(id, values))) == 1

    assert run(clock, same(*(use() for _ in range(5))), slow)
    assert log == ["+slow"]


def test_failures_of_resources(clock: cs.Clock, log: list[str]) -> None:
    """Setting up, yielding nothing or twice, and releasing can fail; the others are released."""

    @cs.task
    def use(*_values: Any) -> str:
        return "used"

    @cs.resource
    def broken() -> Iterator[int]:
        raise OSError("can't set up")
        yield 1

    @cs.resource
    def empty() -> Iterator[int]:
        if log == ["never"]:
            yield 1

    @cs.resource
    async def twice() -> AsyncIterator[int]:
        yield 1
        yield 2

    @cs.resource
    def sore() -> Iterator[int]:
        yield 1
        raise OSError("can't release")

    good = tracked(log, "good", "run")
    for resource, error, match in (
        (broken, OSError, "can't set up"),
        (empty, cs.ResourceError, "without yielding"),
        (twice, cs.ResourceError, "more than once"),
        (sore, OSError, "can't release"),
    ):
        log.clear()
        with pytest.raises(error, match=match):
            run(clock, use(cs.inject("good"), cs.inject(resource.name)), good, resource)
        assert log == ["+good", "-good"]


def test_a_failing_release_does_not_hide_the_failure(clock: cs.Clock) -> None:
    """The task's error comes, with a note about the release."""

    @cs.resource
    def sore() -> Iterator[int]:
        try:
            yield 1
        finally:
            raise OSError("can't release")

    @cs.task
    def fail(_value: int = cs.inject("sore")) -> None:
        raise LookupError("the cause")

    with pytest.raises(LookupError, match="the cause") as caught:
        run(clock, fail(), sore)
    assert any("can't release" in note for note in caught.value.__notes__)


def test_unknown_and_circular_resources_are_named(clock: cs.Clock, log: list[str]) -> None:
    """The error says who needs what, and what there is."""

    @cs.resource
    def a(b: Any = cs.inject("b")) -> Iterator[int]:
        yield 1

    @cs.resource
    def b(a: Any = cs.inject("a")) -> Iterator[int]:
        yield 1

    @cs.resource(scope="run")
    def lasting(t: Any = cs.inject("t")) -> Iterator[int]:
        yield 1

    @cs.task
    def use(_value: Any) -> None: ...

    with pytest.raises(cs.ResourceError, match=r"task 'use' needs resource 'x'.*'a', 'b'"):
        run(clock, use(cs.inject("x")), a, b)
    with pytest.raises(cs.ResourceError, match="depends on itself: a -> b"):
        run(clock, use(cs.inject("a")), a, b)
    with pytest.raises(cs.ResourceError, match="'lasting' lives as long as the run"):
        run(clock, use(cs.inject("lasting")), lasting, tracked(log, "t", "task"))


def test_a_router_can_choose_between_resources(clock: cs.Clock, log: list[str]) -> None:
    """An injected value may stand in a route."""

    @cs.task
    def pick() -> str:
        return "db"

    @cs.task
    def use(value: Any) -> Any:
        return value

    routed = use(cs.Router(pick(), {"db": cs.inject("db"), "none": None}))
    assert run(clock, routed, tracked(log, "db", "run")) == "db"
    assert log == ["+db", "-db"]
