"""On the wall clock, sleep and channels work wherever asyncio carries a workflow's code."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import cascade as cs


async def in_gather(*waits: Awaitable[Any]) -> list[Any]:
    return await asyncio.gather(*waits)


async def awaiting(wait: Awaitable[Any]) -> Any:
    return await wait


async def in_task_group(*waits: Awaitable[Any]) -> list[Any]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(awaiting(wait)) for wait in waits]
    return [task.result() for task in tasks]


async def in_tasks(*waits: Awaitable[Any]) -> list[Any]:
    tasks = [asyncio.create_task(awaiting(wait)) for wait in waits]
    await asyncio.wait(tasks)
    return [task.result() for task in tasks]


async def in_eager_tasks(*waits: Awaitable[Any]) -> list[Any]:
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined]  # from 3.12 on
    return await in_tasks(*waits)


async def with_time_limit(*waits: Awaitable[Any]) -> list[Any]:
    return await asyncio.gather(*(asyncio.wait_for(wait, 10.0) for wait in waits))


needs_eager = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="asyncio has eager tasks from Python 3.12 on"
)
WAYS = [
    in_gather,
    in_task_group,
    in_tasks,
    with_time_limit,
    pytest.param(in_eager_tasks, marks=needs_eager),
]
Way = Callable[..., Awaitable[list[Any]]]


def run(target: cs.Lazy, **parts: Any) -> Any:
    return cs.run(target, engine=cs.Engine(**parts))


@pytest.mark.parametrize("way", WAYS)
def test_sleeping_side_by_side(way: Way) -> None:
    """Three sleeps end in the order of their times, and never early."""
    woken: list[float] = []

    @cs.task
    async def work(clock: cs.Clock = cs.inject("cascade.clock")) -> float:
        began = clock.now

        async def sleep(s: float) -> None:
            due = clock.now + s  # they may begin apart, if others hold the processor
            await clock.sleep(s)
            assert clock.now >= due
            woken.append(due)

        await way(sleep(0.03), sleep(0.01), sleep(0.02))
        return clock.now - began

    assert run(work()) >= 0.03
    assert len(woken) == 3
    assert woken == sorted(woken)


@pytest.mark.parametrize("way", WAYS)
def test_channels_between_asyncio_tasks(way: Way) -> None:
    """A value sent by one arrives at the other; a time-out leaves the channel free."""

    @cs.task
    async def work() -> Any:
        bell: cs.Channel[str] = cs.Channel()

        async def ring() -> bool:
            while bell.receiver is None:
                await asyncio.sleep(0)
            return bell.send("ding")

        first = await way(bell.receive(), ring())
        return first, await way(bell.receive(timeout=0.001)), bell.send("nobody")

    assert run(work()) == (["ding", True], [cs.TIMED_OUT], False)


def test_a_receiver_is_there_as_soon_as_its_task_has_begun() -> None:
    """Nothing is lost between the first step of an asyncio task and its wait."""

    @cs.task
    async def work() -> Any:
        bell: cs.Channel[str] = cs.Channel()
        task = asyncio.create_task(awaiting(bell.receive()))
        await asyncio.sleep(0)
        assert bell.send("ding")
        return await task

    assert run(work()) == "ding"


def test_cancelling_an_asyncio_task_frees_its_channel() -> None:
    """What it waited for is forgotten, and the next receiver gets the value."""

    @cs.task
    async def work() -> Any:
        bell: cs.Channel[str] = cs.Channel()
        task = asyncio.create_task(awaiting(bell.receive(timeout=3600.0)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert bell.receiver is None
        return (await asyncio.gather(bell.receive(), send_soon(bell)))[0]

    async def send_soon(bell: cs.Channel[str]) -> None:
        await asyncio.sleep(0)
        bell.send("ding")

    assert run(work()) == "ding"


def test_deadlines_do_not_drift_in_asyncio_tasks() -> None:
    """`scheduled` is the time a wake was for until the task waits for anything else."""

    @cs.task
    async def work(clock: Any = cs.inject("cascade.clock")) -> None:
        start = clock.scheduled

        async def tick(period: float) -> None:
            for k in range(1, 6):
                await clock.sleep_until(clock.scheduled + period)
                assert clock.scheduled == pytest.approx(starts[period] + k * period, abs=1e-9)
                assert clock.scheduled <= clock.now
            late = clock.scheduled
            await asyncio.sleep(0)
            assert clock.scheduled > late, "another kind of wait is not for a time of this clock"

        async def begin(period: float) -> None:
            await clock.sleep_until(start + 0.001)
            starts[period] = clock.scheduled
            await tick(period)

        starts: dict[float, float] = {}
        await asyncio.gather(begin(0.002), begin(0.003))
        assert set(starts.values()) == {start + 0.001}

    run(work(), clock=cs.WallClock(start=0.0))


def test_moving_the_deadline_of_an_asyncio_task() -> None:
    """A deadline moved from outside reaches a receiver in an asyncio task."""

    @cs.task
    async def work(clock: Any = cs.inject("cascade.clock")) -> Any:
        bell: cs.Channel[str] = cs.Channel()
        task = asyncio.create_task(awaiting(bell.receive(timeout=3600.0)))
        await asyncio.sleep(0)
        clock.reschedule([bell], [clock.now + 0.001])
        return await task

    assert run(work()) is cs.TIMED_OUT


def test_sleeping_outside_of_a_run() -> None:
    """A wall clock is real time for everybody; a channel belongs to a run."""

    async def main() -> None:
        clock = cs.WallClock()
        began = clock.now
        await asyncio.gather(clock.sleep(0.001), clock.sleep(0.002))
        assert clock.now >= began + 0.002
        with pytest.raises(cs.ClockError, match="outside a workflow"):
            await cs.Channel[None]().receive()

    asyncio.run(main())


def test_another_clocks_sleep_is_refused() -> None:
    """A workflow waits for the clock of its engine alone, whichever two they are."""
    clocks = (cs.VirtualClock, cs.VirtualClock, cs.WallClock, cs.WallClock)
    for own, other in zip((cs.VirtualClock, cs.WallClock) * 2, clocks, strict=True):
        foreign = other()

        @cs.task
        async def work(foreign: Any = foreign) -> None:
            await foreign.sleep(0.001)

        with pytest.raises(cs.ClockError, match=r"awaited the sleep of .*cascade\.clock"):
            run(work(), clock=own())


def test_a_nested_advance_does_not_mix_two_clocks_up() -> None:
    """Code that runs on an inner clock can't sleep on the outer, though that one is running."""
    outer, inner = cs.VirtualClock(), cs.VirtualClock()
    inner_engine = cs.Engine(clock=inner)
    errors: list[BaseException] = []

    @cs.task
    async def confused() -> None:
        await inner.sleep(1.0)
        await outer.sleep(1.0)

    async def main() -> None:
        run = asyncio.ensure_future(inner_engine.run(confused()))
        await asyncio.sleep(0)

        @cs.task
        async def work(clock: cs.Clock = cs.inject("cascade.clock")) -> float:
            await clock.sleep(1.0)
            inner.advance(5.0)
            await clock.sleep(1.0)
            return clock.now

        engine = cs.Engine(clock=outer)
        outermost = asyncio.ensure_future(engine.run(work()))
        await asyncio.sleep(0)
        outer.advance(5.0)
        assert await outermost == 2.0
        with pytest.raises(cs.ClockError, match="sleep of another clock") as caught:
            await run
        errors.append(caught.value)

    asyncio.run(main())
    assert errors


def test_a_channel_in_an_asyncio_task_of_a_virtual_run_says_what_is_wrong() -> None:
    """There only workflows wait; the error says on which clock the run is."""
    caught: list[BaseException] = []

    @cs.task
    async def work(clock: Any = cs.inject("cascade.clock")) -> None:
        asyncio.get_running_loop().create_task(receive())
        await clock.sleep(1.0)

    async def receive() -> None:
        try:
            await cs.Channel[None]().receive()
        except cs.ClockError as error:
            caught.append(error)

    async def main() -> None:
        clock = cs.VirtualClock()
        async with cs.Engine(clock=clock) as engine:
            run = asyncio.ensure_future(engine.run(work()))
            while not caught:
                await asyncio.sleep(0)
            clock.advance(1.0)
            await run

    asyncio.run(main())
    assert "VirtualClock" in str(caught[0])
