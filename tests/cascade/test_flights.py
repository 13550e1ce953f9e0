"""Of calls that a cache can't tell apart one is executed, and the others wait for it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

import cascade as cs
from cascade.runtime import flights
from tests.cascade.running import drive, listening, make_clock, run

CLOCK = cs.inject("cascade.clock")


@pytest.fixture(autouse=True)
def nothing_is_left() -> Any:
    """Whatever happens to them, no flight is under way for ever."""
    yield
    assert flights.n_under_way() == 0


def overlapping(
    clock: cs.Clock, *make: Callable[[cs.Engine], Coroutine[Any, Any, Any]], **parts: Any
) -> list[Any]:
    """Outcomes of runs that overlap on one engine."""

    async def main() -> list[Any]:
        async with cs.Engine(clock=clock, **parts) as engine:
            return await drive(clock, *(each(engine) for each in make))

    return asyncio.run(main())


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_ten_runs_with_one_key_execute_once(kind: str, clock: cs.Clock, tmp_path: Path) -> None:
    """The others find what it has stored, each a copy of its own; other keys go their way."""
    cache = cs.InMemoryCache() if kind == "memory" else cs.FileCache(tmp_path)
    began, ended = list[int](), list[int]()

    @cs.task
    async def slow(x: int, clock: Any = CLOCK) -> list[int]:
        began.append(x)
        await clock.sleep(0.01)
        ended.append(x)
        return [x]

    bus, skips = listening(cs.TaskSkipped)
    found = overlapping(
        clock,
        *[lambda engine: engine.run(slow(1).with_cache(cache))] * 10,
        lambda engine: engine.run(slow(2).with_cache(cache)),
        bus=bus,
    )
    assert found == [[1]] * 10 + [[2]]
    assert len({id(each) for each in found}) == 11
    assert (sorted(began), sorted(ended)) == ([1, 2], [1, 2])
    assert [skip.reason for skip in skips] == ["CacheHit"] * 9
    assert run(make_clock("virtual"), slow(1).with_cache(cache)) == [1]
    assert len(began) == 2


def test_a_map_of_equal_items_executes_once(clock: cs.Clock) -> None:
    """And so do two tasks of one graph with equal arguments."""
    calls = list[int]()

    @cs.task
    async def slow(x: int, clock: Any = CLOCK) -> int:
        calls.append(x)
        await clock.sleep(0.01)
        return x

    cache = cs.InMemoryCache()
    assert run(clock, slow.map(x=[3, 3, 4, 3]).with_cache(cache)) == [3, 3, 4, 3]
    assert run(clock, [slow(5).with_cache(cache), slow(5).with_cache(cache)]) == [5, 5]
    assert calls == [3, 4, 5]


def test_a_failure_lets_the_next_one_try(clock: cs.Clock) -> None:
    """Each failure is that of its own run; after the first success nobody executes again."""
    tries = list[int]()

    @cs.task
    async def third_time(clock: Any = CLOCK) -> str:
        tries.append(len(tries))
        await clock.sleep(0.01)
        if len(tries) < 3:
            raise OSError(f"try {len(tries)}")
        return "ok"

    cache = cs.InMemoryCache()
    found = overlapping(clock, *[lambda e: e.run(third_time().with_cache(cache))] * 6)
    assert [str(each) for each in found] == ["try 1", "try 2", *["ok"] * 4]
    assert len(tries) == 3


def test_a_result_that_comes_too_late_is_a_failure_and_the_next_one_tries(
    clock: cs.Clock,
) -> None:
    """What a task made after its time limit reaches nobody: not its run, nor who waited for it."""
    made, under_way = list[int](), 0

    @cs.task
    async def refuses_to_end(clock: Any = CLOCK) -> int:
        nonlocal under_way
        under_way += 1
        assert under_way == 1
        try:
            if not made:
                await clock.sleep(10.0)
        except asyncio.CancelledError:
            pass
        under_way -= 1
        made.append(len(made))
        return made[-1]

    cache = cs.InMemoryCache()
    target = refuses_to_end().with_cache(cache).with_timeout(0.1)
    found = overlapping(clock, *[lambda e: e.run(target)] * 4)
    assert [type(each).__name__ for each in found] == ["TimeoutError", *["int"] * 3]
    assert found[1:] == [1] * 3
    assert made == [0, 1]


def test_when_the_leader_is_cancelled_a_follower_takes_over(clock: cs.Clock) -> None:
    """Also when that one is cancelled as it begins, and when one in the line was."""
    calls = list[int]()

    @cs.task
    async def slow(clock: Any = CLOCK) -> str:
        calls.append(1)
        await clock.sleep(0.05)
        return "made"

    async def main() -> list[Any]:
        cache = cs.InMemoryCache()
        async with cs.Engine(clock=clock) as engine:
            runs = [asyncio.create_task(engine.run(slow().with_cache(cache))) for _ in range(5)]
            await asyncio.sleep(0)
            runs[2].cancel()
            runs[0].cancel()
            await asyncio.sleep(0)
            runs[1].cancel()
            return await drive(clock, *(wait_for(each) for each in runs))

    async def wait_for(task: asyncio.Task[Any]) -> Any:
        return await task

    found = asyncio.run(main())
    assert [type(each).__name__ for each in found[:3]] == ["CancelledError"] * 3
    assert found[3:] == ["made"] * 2
    assert len(calls) in (2, 3)  # the second may have been cancelled before it began


def test_a_task_may_run_itself_with_the_same_key(clock: cs.Clock) -> None:
    """By an engine within it or by a tail call: it waits for nobody, as it waits for itself."""
    cache, depth = cs.InMemoryCache(), list[int]()
    engines = list[cs.Engine]()

    @cs.task
    async def nested(x: int) -> int:
        depth.append(x)
        if len(depth) < 3:
            return 1 + int(await engines[0].run(nested(x).with_cache(cache)))
        return x

    @cs.task
    def again(x: int) -> Any:
        depth.append(x)
        return again(x).with_cache(cache) if len(depth) < 3 else x

    def remember(engine: cs.Engine, target: Any) -> Any:
        engines[:] = [engine]
        return engine.run(target)

    assert overlapping(clock, lambda e: remember(e, nested(7).with_cache(cache))) == [9]
    depth.clear()
    assert overlapping(clock, *[lambda e: e.run(again(7).with_cache(cache))] * 2) == [7, 7]


def test_two_that_run_each_other_do_not_wait_for_each_other(clock: cs.Clock) -> None:
    """One leads a and needs b, the other leads b and needs a: nobody waits for ever."""
    cache, engines = cs.InMemoryCache(), list[cs.Engine]()
    depths = {"a": 0, "b": 0}

    @cs.task
    async def either(name: str, clock: Any = CLOCK) -> str:
        depths[name] += 1
        if depths[name] > 1:
            return name
        await clock.sleep(0.01)
        other = "b" if name == "a" else "a"
        return name + str(await engines[0].run(either(other).with_cache(cache)))

    def first(engine: cs.Engine) -> Any:
        engines[:] = [engine]
        return engine.run(either("a").with_cache(cache))

    found = overlapping(clock, first, lambda e: e.run(either("b").with_cache(cache)))
    assert found in (["ab", "ba"], ["aba", "ba"], ["ab", "bab"])


def test_nobody_waits_for_a_leader_that_has_to_wait_itself(clock: cs.Clock) -> None:
    """The leader wants the slot that a follower holds: the follower executes, and both end."""
    cache, calls = cs.InMemoryCache(), list[str]()
    engines = list[cs.Engine]()
    bus, skips = listening(cs.TaskSkipped)

    @cs.task
    async def made(x: int, clock: Any = CLOCK) -> int:
        calls.append("made")
        await clock.sleep(0.01)
        return x

    @cs.task
    async def holds_the_slot(clock: Any = CLOCK) -> Any:
        await clock.sleep(0.02)
        return await engines[0].run(made(1).with_cache(cache))

    def first(engine: cs.Engine) -> Any:
        engines[:] = [engine]
        return engine.run(holds_the_slot().with_constraints(slot=1))

    limited = made(1).with_constraints(slot=1).with_cache(cache)
    found = overlapping(
        clock,
        first,
        *[lambda engine: engine.run(limited)] * 3,
        system_resources={"slot": 1},
        bus=bus,
    )
    assert found == [1] * 4
    assert calls == ["made"]
    assert [skip.reason for skip in skips] == ["CacheHit"] * 3


def test_a_leader_that_is_tried_again_and_has_to_wait_lets_another_lead(clock: cs.Clock) -> None:
    """Between its tries the slot goes to a task that needs the same call."""
    cache, calls = cs.InMemoryCache(), list[int]()
    engines = list[cs.Engine]()

    @cs.task
    async def second_time(clock: Any = CLOCK) -> int:
        calls.append(len(calls))
        if len(calls) == 1:
            raise OSError
        await clock.sleep(0.001)
        return len(calls)

    @cs.task
    async def holds_the_slot(clock: Any = CLOCK) -> Any:
        await clock.sleep(0.1)
        return await engines[0].run(second_time().with_cache(cache))

    def first(engine: cs.Engine) -> Any:
        engines[:] = [engine]
        target = second_time().with_constraints(slot=1).with_cache(cache)
        return engine.run(target.with_retry(1, delay=0.02))

    found = overlapping(
        clock,
        first,
        lambda engine: engine.run(holds_the_slot().with_constraints(slot=1)),
        system_resources={"slot": 1},
    )
    assert found == [2, 2]
    assert calls == [0, 1]


def test_who_waited_for_a_limit_looks_again_before_it_executes(clock: cs.Clock) -> None:
    """Six with two slots between them: one executes; a failed one is followed by one other."""
    cache, calls = cs.InMemoryCache(), list[int]()

    @cs.task
    async def slow(clock: Any = CLOCK) -> str:
        calls.append(1)
        await clock.sleep(0.002)
        if len(calls) == 1:
            raise OSError
        return "made"

    @cs.task
    async def occupy(clock: Any = CLOCK) -> None:
        await clock.sleep(0.01)

    limited = slow().with_constraints(slot=1).with_cache(cache)
    found = overlapping(
        clock,
        *[lambda engine: engine.run(occupy().with_constraints(slot=1))] * 2,
        *[lambda engine: engine.run(limited)] * 6,
        system_resources={"slot": 2},
    )
    assert found[:2] == [None] * 2
    assert [type(each).__name__ for each in found[2:]] == ["OSError", *["str"] * 5]
    assert len(calls) == 2


def test_who_may_begin_and_who_is_to_lead_do_not_give_way_to_each_other(clock: cs.Clock) -> None:
    """One has come to its turn in the line for a limit, another has just become the leader.

    Three of one key stand in that line, one waits for the leader, who fails.
    """
    tries = list[str]()

    @cs.task
    async def fetch(x: int, clock: Any = CLOCK) -> int:
        tries.append("try")
        await clock.sleep(0.02)
        if len(tries) == 1:
            raise ValueError("once")
        return x

    @cs.task
    async def hold(clock: Any = CLOCK) -> None:
        await clock.sleep(0.02)

    cache = cs.InMemoryCache()
    target = fetch(1).with_constraints(slot=1).with_cache(cache)

    @cs.task
    async def late(clock: Any = CLOCK) -> Any:
        await clock.sleep(0.03)
        return target

    outcomes = overlapping(
        clock,
        lambda engine: engine.run(hold().with_constraints(slot=1)),
        *[lambda engine: engine.run(target)] * 3,
        lambda engine: engine.run(late()),
        system_resources={"slot": 1},
    )
    assert [repr(each) for each in outcomes] == ["None", "ValueError('once')", "1", "1", "1"]
    assert len(tries) == 2


def test_leaders_cancelled_in_the_line_for_a_limit_keep_nobody(clock: cs.Clock) -> None:
    """Of some that wait for a slot two are cancelled, also a former leader: the rest end."""
    cache, calls = cs.InMemoryCache(), list[int]()

    @cs.task
    async def slow(clock: Any = CLOCK) -> str:
        calls.append(1)
        await clock.sleep(0.001)
        return "made"

    @cs.task
    async def occupy(clock: Any = CLOCK) -> None:
        await clock.sleep(0.01)

    async def wait_for(task: asyncio.Task[Any]) -> Any:
        return await task

    async def main() -> list[Any]:
        async with cs.Engine(clock=clock, system_resources={"slot": 1}) as engine:
            holder = asyncio.create_task(engine.run(occupy().with_constraints(slot=1)))
            await asyncio.sleep(0)
            limited = slow().with_constraints(slot=1).with_cache(cache)
            runs = [asyncio.create_task(engine.run(limited)) for _ in range(5)]
            await asyncio.sleep(0)
            runs[0].cancel()
            runs[3].cancel()
            found = await drive(clock, wait_for(holder), *(wait_for(each) for each in runs))
            assert engine.statistics().tasks_blocked == 0
            return found

    found = asyncio.run(main())
    kinds = [type(each).__name__ for each in found]
    assert kinds == ["NoneType", "CancelledError", "str", "str", "CancelledError", "str"]
    assert calls == [1]


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_engines_that_share_a_cache_execute_once(
    kind: str, clock: cs.Clock, tmp_path: Path
) -> None:
    """Two engines of one clock; caches in files are one if their directory is."""
    calls = list[int]()
    cache = cs.InMemoryCache()

    @cs.task
    async def slow(clock: Any = CLOCK) -> str:
        calls.append(1)
        await clock.sleep(0.01)
        return "made"

    def target() -> Any:
        return slow().with_cache(cache if kind == "memory" else cs.FileCache(tmp_path / "c"))

    async def main() -> list[Any]:
        async with cs.Engine(clock=clock) as one, cs.Engine(clock=clock) as other:
            return await drive(clock, one.run(target()), other.run(target()))

    assert asyncio.run(main()) == ["made", "made"]
    assert len(calls) == 1


def test_runs_on_two_virtual_clocks_do_not_wait_for_each_other() -> None:
    """Their times have nothing to do with each other: one may never be advanced."""

    @cs.task
    async def slow(clock: Any = CLOCK) -> float:
        await clock.sleep(5.0)
        return float(clock.now)

    async def main() -> None:
        cache, still = cs.InMemoryCache(), cs.VirtualClock()
        async with cs.Engine(clock=still) as stuck:
            waiting = asyncio.create_task(stuck.run(slow().with_cache(cache)))
            await asyncio.sleep(0)
            clock = cs.VirtualClock(start=10.0)
            async with cs.Engine(clock=clock) as engine:
                assert await drive(clock, engine.run(slow().with_cache(cache))) == [15.0]
            waiting.cancel()

    asyncio.run(main())


def test_what_is_not_stored_is_executed_by_each(clock: cs.Clock) -> None:
    """A generator can't be handed to two: who waited for it executes, side by side."""
    calls = list[float]()

    @cs.task
    async def numbers(clock: Any = CLOCK) -> Any:
        calls.append(clock.now)
        await clock.sleep(1.0 if isinstance(clock, cs.VirtualClock) else 0.01)
        return (n for n in (1, 2))

    cache = cs.InMemoryCache()
    found = overlapping(clock, *[lambda e: e.run(numbers().with_cache(cache))] * 4)
    assert [list(each) for each in found] == [[1, 2]] * 4
    assert len(calls) == 4
    if isinstance(clock, cs.VirtualClock):
        assert calls == [0.0, 1.0, 1.0, 1.0]


def test_who_comes_after_a_change_from_outside_waits_for_nobody() -> None:
    """What the task captured has changed: it is another call, which the leader doesn't answer."""
    factor = [1]

    @cs.task
    async def scaled(x: int, clock: Any = CLOCK) -> int:
        product = x * factor[0]
        await clock.sleep(1.0)
        return product

    async def main() -> None:
        cache, clock = cs.InMemoryCache(), cs.VirtualClock()
        async with cs.Engine(clock=clock) as engine:
            before = asyncio.create_task(engine.run(scaled(5).with_cache(cache)))
            await asyncio.sleep(0)
            factor[0] = 3
            after = asyncio.create_task(engine.run(scaled(5).with_cache(cache)))
            await asyncio.sleep(0)
            clock.run_until(2.0)
            assert [await before, await after] == [5, 15]
            assert await drive(clock, engine.run(scaled(5).with_cache(cache))) == [15]
            factor[0] = 1
            assert await drive(clock, engine.run(scaled(5).with_cache(cache))) == [5]

    asyncio.run(main())


@pytest.mark.parametrize("seed", range(4))
def test_a_storm_of_failures_and_cancellations_comes_to_rest(seed: int, clock: cs.Clock) -> None:
    """Never are two at one key, nobody waits on, and what succeeds is executed once."""
    rng, chance, cache = random.Random(seed), random.Random(seed), cs.InMemoryCache()
    scale = 1.0 if isinstance(clock, cs.VirtualClock) else 0.001
    under_way, most, succeeded = Counter[int](), Counter[int](), Counter[int]()

    @cs.task
    async def work(key: int, clock: Any = CLOCK) -> int:
        under_way[key] += 1
        most[key] = max(most[key], under_way[key])
        try:
            await clock.sleep(scale * chance.randint(0, 5))
            if chance.random() < 0.5:
                raise OSError(key)
        finally:
            under_way[key] -= 1
        succeeded[key] += 1
        return key

    async def main() -> list[Any]:
        async with cs.Engine(clock=clock) as engine:
            tasks = []
            for _ in range(120):
                target: Any = work(rng.randint(0, 19)).with_cache(cache)
                if rng.random() < 0.2:
                    target = work.map(key=[rng.randint(0, 19) for _ in range(4)]).with_cache(cache)
                if rng.random() < 0.3:
                    target = target.with_timeout(2.5 * scale)
                tasks.append(asyncio.create_task(engine.run(target.with_retry(1))))
                await asyncio.sleep(0)
                if rng.random() < 0.3:
                    rng.choice(tasks[-5:]).cancel()
                if isinstance(clock, cs.VirtualClock):
                    clock.advance(rng.random())

            async def outcome(task: asyncio.Task[Any]) -> Any:
                return await task

            return await drive(clock, *(outcome(task) for task in tasks))

    found = asyncio.run(main())
    assert len(found) == 120
    assert set(most.values()) == {1}
    assert not +under_way
    kinds = {type(each) for each in found}
    if isinstance(clock, cs.VirtualClock):  # in real time all may be late on a busy machine
        assert set(succeeded.values()) == {1}
        assert kinds >= {int, OSError, asyncio.CancelledError}
    assert kinds <= {int, list, OSError, asyncio.CancelledError, TimeoutError, ExceptionGroup}
