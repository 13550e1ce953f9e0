"""Who may begin: resources in order of arrival; on both clocks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

import cascade as cs
from tests.cascade.limiting import Gauge
from tests.cascade.running import drive, listening, run
from tests.proofs import count


def test_slots_bound_all_concurrent_runs(clock: cs.Clock) -> None:
    """Ten runs and one map share two slots; all of them finish, first come, first served."""
    gauge = Gauge(0.002)

    async def main() -> None:
        async with cs.Engine(clock=clock, system_resources={"slots": 2}) as engine:
            singles = [engine.run(gauge.task(i).with_constraints(slots=1)) for i in range(10)]
            mapped = engine.run(gauge.task.map(label=range(10, 15)).with_constraints(slots=1))
            outcomes = await drive(clock, *singles, mapped)
            assert outcomes == [*range(10), [10, 11, 12, 13, 14]]

    asyncio.run(main())
    assert gauge.most == 2
    assert gauge.begun == list(range(15))


def test_nobody_overtakes_an_earlier_waiter_for_the_same_resource() -> None:
    """A small request behind a big one waits, one for another resource doesn't."""
    clock, gauge = cs.VirtualClock(), Gauge()
    bus, blocks = listening(cs.TaskBlocked)

    async def main() -> None:
        resources = {"slots": 2, "gpu": 1}
        async with cs.Engine(clock=clock, bus=bus, system_resources=resources) as engine:
            asked = [("a", {"slots": 1}), ("big", {"slots": 2}), ("small", {"slots": 1}),
                     ("other", {"gpu": 1}), ("both", {"slots": 1, "gpu": 1})]  # fmt: skip
            runs = [engine.run(gauge.task(who).with_constraints(**what)) for who, what in asked]
            await drive(clock, *runs)

    asyncio.run(main())
    assert gauge.begun == ["a", "other", "big", "small", "both"]
    assert gauge.times == [0.0, 0.0, 1.0, 2.0, 2.0]
    assert [block.reason for block in blocks] == [
        "'slots': wants 2, 1 of 2 free",
        "'slots': wants 1, 1 of 2 free, 1 waiting",
        "'slots': wants 1, 1 of 2 free, 2 waiting; 'gpu': wants 1, 0 of 1 free",
    ]


def test_freed_slots_wake_the_longest_prefix_that_fits() -> None:
    """Six slots come free: 3 and 2 begin, the next 2 doesn't, nor the 1 behind it."""
    clock, gauge = cs.VirtualClock(), Gauge()

    async def main() -> None:
        async with cs.Engine(clock=clock, system_resources={"slots": 6}) as engine:
            amounts = [6, 3, 2, 2, 1]
            runs = [engine.run(gauge.task(n).with_constraints(slots=n)) for n in amounts]
            await drive(clock, *runs)

    asyncio.run(main())
    assert gauge.begun == [6, 3, 2, 2, 1]
    assert gauge.times == [0.0, 1.0, 1.0, 2.0, 2.0]


def test_amounts_may_be_lazy_and_fractions_are_exact() -> None:
    """Ten tenths fit into one at once, again and again."""
    clock, gauge = cs.VirtualClock(), Gauge()

    @cs.task
    def tenth() -> float:
        return 0.1

    async def main() -> None:
        async with cs.Engine(clock=clock, system_resources={"share": 1.0}) as engine:
            for _ in range(5):
                runs = (
                    engine.run(gauge.task(i).with_constraints(share=tenth())) for i in range(10)
                )
                await drive(clock, *runs)
                assert gauge.most == 10
                await drive(clock, engine.run(gauge.task("all").with_constraints(share=1)))

    asyncio.run(main())
    assert clock.now == 10.0


def test_impossible_requests_fail_at_once(clock: cs.Clock) -> None:
    """More than there is, or no amount at all; what is not bounded is unlimited."""
    parts: dict[str, Any] = {"system_resources": {"slots": 2}}
    gauge = Gauge(0.0)
    with pytest.raises(ValueError, match=r"asks for 3 of 'slots', which exceeds total system cap"):
        run(clock, gauge.task(1).with_constraints(slots=3), **parts)
    assert run(clock, gauge.task(1).with_constraints(slots=2, unnamed=10**9), **parts) == 1
    with pytest.raises(ValueError, match="asks for -1 of 'slots'"):
        gauge.task(1).with_constraints(slots=-1)
    with pytest.raises(TypeError, match="asks for 'two' of 'slots'"):
        run(clock, gauge.task(1).with_constraints(slots=gauge.task("two")), **parts)
    with pytest.raises(ValueError, match="system resource 'slots'"):
        cs.Engine(system_resources={"slots": -1})


def test_cancelled_waiters_leave_the_line() -> None:
    """The big one at the head is cancelled: those behind it begin at once."""
    clock, gauge = cs.VirtualClock(), Gauge()

    async def main() -> None:
        async with cs.Engine(clock=clock, system_resources={"slots": 2}) as engine:
            tasks = [
                asyncio.create_task(engine.run(gauge.task(i).with_constraints(slots=n)))
                for i, n in enumerate([1, 2, 1])
            ]
            await asyncio.sleep(0)
            assert engine.statistics().tasks_blocked == 2
            tasks[1].cancel()
            await asyncio.gather(tasks[1], return_exceptions=True)
            clock.advance(0.0)
            assert gauge.begun == [0, 2]
            clock.advance(1.0)
            await asyncio.gather(*tasks, return_exceptions=True)
            assert engine.statistics().tasks_blocked == 0

    asyncio.run(main())


@pytest.mark.drill
def test_cancelling_at_random_moments_leaves_no_slot_taken(
    record_property: Callable[[str, object], None],
) -> None:
    """Tasks with limits cancelled at random moments: then the whole capacity can be had at once."""
    record_property("count", count(60, 500))
    rng = random.Random(4)

    async def main() -> None:
        clock, gauge = cs.VirtualClock(), Gauge()
        connector = cs.InProcessConnector()
        parts: dict[str, Any] = {"connector": connector, "system_resources": {"a": 3, "b": 2}}
        async with cs.Engine(clock=clock, **parts) as engine:
            for _ in range(count(60, 500)):
                tasks = [
                    asyncio.create_task(
                        engine.run(
                            gauge.task(i).with_constraints(a=rng.randint(0, 3), b=rng.randint(0, 2))
                        )
                    )
                    for i in range(12)
                ]
                await asyncio.sleep(0)
                clock.advance(rng.uniform(0.0, 3.0))
                for task in rng.sample(tasks, rng.randint(1, 12)):
                    task.cancel()
                    clock.advance(rng.choice([0.0, 0.3]))
                    await asyncio.sleep(0)
                await drive_all(clock, tasks)
                assert gauge.now == 0
                whole = engine.run(gauge.task("whole").with_constraints(a=3, b=2))
                assert await drive(clock, whole) == ["whole"]
                statistics = engine.statistics()
                assert (statistics.runs_active, statistics.tasks_running) == (0, 0)

    asyncio.run(main())


async def drive_all(clock: cs.VirtualClock, tasks: list[asyncio.Task[Any]]) -> None:
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
        if clock.next_deadline is not None:
            clock.run_until(clock.next_deadline)
    await asyncio.gather(*tasks, return_exceptions=True)
