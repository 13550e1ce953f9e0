"""Any number of runs on one engine, and none can tell that the others exist."""

from __future__ import annotations

import asyncio
import gc
import random
import tracemalloc
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import cascade as cs
from cascade.runtime.plan import Plan, PlanStep
from cascade.runtime.statistics import TaskRecord
from tests.proofs import count

RUNS = count(500, 2_500)


@pytest.fixture(params=["wall", "virtual"])
def clock(request: pytest.FixtureRequest) -> cs.Clock:
    return cs.WallClock() if request.param == "wall" else cs.VirtualClock()


async def drive(clock: cs.Clock, *runs: Any) -> list[Any]:
    """Await runs on either clock, exceptions as results."""
    everyone = asyncio.ensure_future(asyncio.gather(*runs, return_exceptions=True))
    while not everyone.done():
        if isinstance(clock, cs.VirtualClock):
            clock.advance(1.0)
        await asyncio.sleep(0)
    return list(everyone.result())


@pytest.mark.drill
def test_mixed_runs_do_not_disturb_each_other(
    clock: cs.Clock, record_property: Callable[[str, object], None]
) -> None:
    """Concurrent runs with routes, conditions, resources and failures: each result is right."""
    record_property("count", RUNS)
    balance = {"run": 0, "task": 0}
    finallies: list[int] = []

    @cs.resource(scope="run")
    async def session() -> AsyncIterator[dict[str, Any]]:
        balance["run"] += 1
        try:
            yield {}
        finally:
            balance["run"] -= 1

    @cs.resource(scope="task")
    def lease(session: Any = cs.inject("session")) -> Iterator[dict[str, Any]]:
        balance["task"] += 1
        try:
            yield session
        finally:
            balance["task"] -= 1

    @cs.task
    async def mark(i: int, lease: Any = cs.inject("lease")) -> int:
        assert lease.setdefault("owner", i) == i, "a run saw another run's resource"
        try:
            await clock.sleep(random.Random(i).random() / 100)
        finally:
            finallies.append(i)
        if i % 7 == 3:
            raise ValueError(i)
        return i

    @cs.task
    async def end(i: int, value: Any, session: Any = cs.inject("session")) -> tuple[int, Any]:
        assert session["owner"] == i
        return i, value

    @cs.task
    def pick(i: int) -> str:
        return "even" if i % 2 == 0 else "odd"

    @cs.task
    def double(x: Any) -> Any:
        return x * 2

    def build(i: int) -> cs.Lazy:
        marked = mark(i)
        routed = cs.Router(pick(i), {"even": double(marked), "odd": marked})
        return end(i, routed).run_if(i % 5 != 4)

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            for resource in (session, lease):
                engine.register(resource)
            results = await drive(clock, *(engine.run(build(i)) for i in range(RUNS)))
        for i, result in enumerate(results):
            if i % 7 == 3:
                assert isinstance(result, ValueError)
                assert result.args == (i,)
            elif i % 5 == 4:
                assert isinstance(result, cs.DependencyMissingError)
            else:
                assert result == (i, i * 2 if i % 2 == 0 else i)
        assert balance == {"run": 0, "task": 0}
        assert sorted(finallies) == list(range(RUNS))
        assert engine.plans.compiled <= 6

    asyncio.run(main())


@pytest.mark.drill
def test_a_cancelled_crowd_leaves_nothing() -> None:
    """2,500 runs cancelled: every ``finally`` once, no wait left, no object left alive."""
    ended: list[int] = []

    async def main() -> None:
        clock = cs.VirtualClock()
        alive: list[weakref.ref[Any]] = []

        class Token: ...

        @cs.task
        async def waiter(i: int, token: Token) -> None:
            try:
                await channels[i].receive(deadline=10.0 + i)
            finally:
                ended.append(i)

        channels = [cs.Channel[int]() for _ in range(2_500)]
        async with cs.Engine(clock=clock) as engine:
            tasks = []
            for i in range(2_500):
                token = Token()
                alive.append(weakref.ref(token))
                tasks.append(asyncio.create_task(engine.run(waiter(i, token))))
            del token
            await asyncio.sleep(0)
            clock.advance(5.0)
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(r, asyncio.CancelledError) for r in results)
            del task, tasks, results
            await asyncio.sleep(0)  # asyncio itself holds what gather gave for one turn more
            assert clock.next_deadline is None
            assert not any(channel.send(1) for channel in channels)
        gc.collect()
        assert not any(ref() for ref in alive)

    asyncio.run(main())
    assert sorted(ended) == list(range(2_500))


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(count(20, 500)))
def test_cancelling_at_a_random_moment(seed: int, clock: cs.Clock) -> None:
    """Cancelled at a random moment: resources released once, each ``finally`` run once."""
    rng = random.Random(seed)
    log: list[str] = []

    @cs.resource(scope="run")
    async def outer() -> AsyncIterator[str]:
        await clock.sleep(0.001)
        log.append("+outer")
        try:
            yield "outer"
        finally:
            log.append("-outer")

    @cs.resource(scope="task")
    async def inner(outer: Any = cs.inject("outer")) -> AsyncIterator[str]:
        log.append("+inner")
        try:
            yield "inner"
        finally:
            log.append("-inner")

    @cs.task
    async def work(inner: str = cs.inject("inner")) -> str:
        log.append("enter")
        try:
            await clock.sleep(rng.random() / 200)
        finally:
            log.append("leave")
        return inner

    @cs.task
    def both(a: Any, b: Any) -> Any:
        return both(work(), work()) if rng.random() < 0.7 else "end"

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            engine.register(outer)
            engine.register(inner)
            task = asyncio.create_task(engine.run(both(work(), work())))
            for _ in range(rng.randrange(1, 12)):
                await asyncio.sleep(rng.random() / 1_000)
                if isinstance(clock, cs.VirtualClock):
                    clock.advance(rng.random() / 200)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
    for start, stop in (("+outer", "-outer"), ("+inner", "-inner"), ("enter", "leave")):
        assert log.count(start) == log.count(stop)


def test_closing_the_engine_ends_its_runs(clock: cs.Clock) -> None:
    """``aclose`` cancels what is active, waits for it, and refuses more; twice is fine."""
    log: list[str] = []

    @cs.task
    async def forever() -> None:
        log.append("begun")
        try:
            await clock.sleep(1_000.0)
        finally:
            log.append("cleaned")

    async def main() -> None:
        engine = cs.Engine(clock=clock)
        task = asyncio.create_task(engine.run(forever()))
        while not log:
            await asyncio.sleep(0)
        await engine.aclose()
        assert log == ["begun", "cleaned"]
        with pytest.raises(asyncio.CancelledError):
            await task
        await engine.aclose()
        with pytest.raises(cs.EngineClosedError):
            await engine.run(forever())

    asyncio.run(main())


def alive() -> Counter[type]:
    """How many objects there are of each class of the engine."""
    gc.collect()
    kinds = (type(each) for each in gc.get_objects())
    return Counter(kind for kind in kinds if kind.__module__.partition(".")[0] == "cascade")


def test_no_state_of_a_run_stays_on_the_engine(clock: cs.Clock) -> None:
    """After many runs no object of theirs is left, and the memory is as it was."""

    @cs.task
    def leaf(x: Any) -> Any:
        return x

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:

            async def run_many(n: int) -> None:
                for _ in range(n):
                    await drive(clock, *(engine.run(leaf([leaf(i), leaf(2)])) for i in range(50)))

            fresh = alive()
            await run_many(2)
            before = alive()
            of_engine = {Plan, PlanStep, TaskRecord}  # how to execute the shape, and the figures
            assert set(before - fresh) == of_engine
            tracemalloc.start()
            try:
                await run_many(20)
                assert alive() == before
                kept, _ = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            assert kept < 20_000  # bytes, of 1,000 runs

    asyncio.run(main())


def test_engine_misuse_is_refused() -> None:
    """Wrong targets, params, parts and registrations say what was wrong."""

    @cs.resource(name="r")
    def one() -> Iterator[int]:
        yield 1

    @cs.resource(name="r")
    def other() -> Iterator[int]:
        yield 2

    async def main() -> None:
        async with cs.Engine() as engine:
            with pytest.raises(TypeError, match="call a task"):
                await engine.run(3)  # type: ignore[call-overload]
            engine.register(one)
            engine.register(one)
            with pytest.raises(cs.ResourceError, match="another resource named 'r'"):
                engine.register(other)
            with pytest.raises(TypeError, match="register takes"):
                engine.register(3)  # type: ignore[arg-type]

        for wrong in ({"clock": 3}, {"solver": cs.NativeSolver}, {"executor": "x"}, {"bus": 1}):
            with pytest.raises(TypeError, match="is needed, with a method"):
                cs.Engine(**wrong)

    asyncio.run(main())
