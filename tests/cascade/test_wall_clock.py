"""The same workflows in real time."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import math
import time
from typing import Any

import pytest

import cascade as cs


def test_now_is_unix_time_or_what_was_asked() -> None:
    """Unix seconds by default, monotonic from a chosen start otherwise."""
    before, now, after = time.time(), cs.WallClock().now, time.time()
    assert before - 1.0 < now < after + 1.0  # however long the machine is held in between
    clock = cs.WallClock(start=5.0)
    first, second = clock.now, clock.now
    assert 5.0 <= first <= second < 60.0
    with pytest.raises(ValueError, match="finite"):
        cs.WallClock(start=math.inf)


async def test_waits_never_end_early() -> None:
    """Sleeps and time-outs last at least as long as asked, and are scheduled for their deadline."""
    clock = cs.WallClock(start=0.0)
    wakes: list[tuple[float, float, float]] = []

    @cs.task
    async def sleeper(s: float) -> None:
        begun = clock.now
        await clock.sleep(s)
        wakes.append((begun + s, clock.scheduled, clock.now))

    async with cs.Engine(clock=clock) as engine:
        await asyncio.gather(*(engine.run(sleeper(i / 5_000)) for i in range(40)))
    for asked, scheduled, now in wakes:
        assert asked - 1e-3 <= scheduled <= now, "woke before its deadline"
    assert len(wakes) == 40


async def test_times_far_away_need_no_long_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timers of Qt are at most 25 days long: further times are waited for in parts."""
    loop = asyncio.get_running_loop()
    call_at, lengths = loop.call_at, list[float]()

    def count(when: float, *args: Any, **options: Any) -> asyncio.TimerHandle:
        lengths.append(when - loop.time())
        return call_at(when, *args, **options)

    monkeypatch.setattr(loop, "call_at", count)
    clock = cs.WallClock(start=0.0)
    channel = cs.Channel[int]()

    @cs.task
    async def wait_long() -> Any:
        return await channel.receive(deadline=1e300)

    cancel = clock.call_at(3e6, lambda: None)
    async with cs.Engine(clock=clock) as engine:
        run = asyncio.create_task(engine.run(wait_long()))
        await asyncio.sleep(0)
        channel.send(7)
        assert await run == 7
    cancel()
    assert len(lengths) == 2
    assert max(lengths) < 2**31 / 1000


async def test_channels_work_across_runs() -> None:
    """Values, time-outs, queues and the order of waking, as on a virtual clock."""
    clock = cs.WallClock(start=0.0)
    lossy, queued = cs.Channel[int](), cs.Channel[int](capacity=1)

    @cs.task
    async def taker() -> list[Any]:
        return [
            await lossy.receive(timeout=60.0),
            await queued.receive(),
            await lossy.receive(deadline=clock.now - 5.0),
            await lossy.receive(timeout=0.001),
        ]

    @cs.task
    async def giver() -> None:
        await clock.sleep(0.002)
        assert lossy.send(1)
        assert not lossy.send(2)
        queued.send(3)
        with pytest.raises(cs.ChannelFullError):
            queued.send(4)

    async with cs.Engine(clock=clock) as engine:
        results = await asyncio.gather(engine.run(taker()), engine.run(giver()))
    assert results[0] == [1, 3, cs.TIMED_OUT, cs.TIMED_OUT]


async def test_anything_asyncio_can_do_works() -> None:
    """Sleep, timeout, TaskGroup, gather and threads, and the task is asyncio's own."""

    @cs.task
    async def foreign() -> list[Any]:
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await asyncio.sleep(60)
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(0))
        return [await asyncio.to_thread(int, "3"), *await asyncio.gather(asyncio.sleep(0, 4))]

    async with cs.Engine() as engine:
        assert await engine.run(foreign()) == [3, 4]
        async with asyncio.timeout(10):
            assert await engine.run(foreign()) == [3, 4]
    await asyncio.get_running_loop().shutdown_default_executor()


async def test_rescheduling_moves_a_wait_either_way() -> None:
    """Deadlines of waiting receivers are rewritten in place."""
    clock = cs.WallClock(start=0.0)
    channels = [cs.Channel[int]() for _ in range(3)]

    @cs.task
    async def waiter(i: int) -> float:
        await channels[i].receive(deadline=60.0)
        return clock.scheduled

    async with cs.Engine(clock=clock) as engine:
        tasks = [asyncio.create_task(engine.run(waiter(i))) for i in range(2)]
        await asyncio.sleep(0)
        soon = clock.now + 0.005
        clock.reschedule(channels, [soon, 0.0, soon])
        assert await asyncio.gather(*tasks) == [soon, 0.0]


async def test_a_long_chain_lets_the_loop_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tail calls without a wait yield to the host every few milliseconds of a made-up time."""
    turns, ticks = 0, itertools.count()
    monkeypatch.setattr("time.perf_counter", lambda: next(ticks) * 0.001)

    @cs.task
    def chain(n: int) -> Any:
        return chain(n - 1) if n else "end"

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counter = asyncio.create_task(count())
    async with cs.Engine() as engine:
        assert await engine.run(chain(1_000)) == "end"
    monkeypatch.undo()
    counter.cancel()
    await asyncio.gather(counter, return_exceptions=True)
    assert turns > 100


async def test_runs_do_not_leak_context() -> None:
    """What a run sets in a context variable doesn't reach its awaiter, and survives waits."""
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")

    @cs.task
    async def setter() -> str:
        variable.set("inside")
        await asyncio.sleep(0)
        return variable.get()

    async with cs.Engine() as engine:
        assert await engine.run(setter()) == "inside"
    assert variable.get() == "unset"


async def test_a_second_receiver_is_refused() -> None:
    """As on a virtual clock."""
    channel = cs.Channel[int]()

    @cs.task
    async def taker() -> Any:
        return await channel.receive()

    async with cs.Engine() as engine:
        first = asyncio.create_task(engine.run(taker()))
        await asyncio.sleep(0)
        with pytest.raises(cs.ChannelBusyError):
            await engine.run(taker())
        channel.send(1)
        assert await first == 1


async def test_a_deadline_that_has_passed_is_not_put_off_by_those_who_send_all_the_time() -> None:
    """However late the machine is: what was due before comes first, and is told so."""
    channel = cs.Channel[int]()
    taken: list[bool] = []
    clock = cs.WallClock()

    @cs.task
    async def listener() -> tuple[Any, float]:
        due = clock.scheduled - 1.0
        return await channel.receive(deadline=due), clock.scheduled - due

    @cs.task
    async def sender() -> None:
        for n in range(3):
            taken.append(channel.send(n))
            await asyncio.sleep(0)

    async with cs.Engine(clock=clock) as engine:
        heard, late = await engine.run([listener(), sender()])
    assert (heard[0], late) == (cs.TIMED_OUT, None)
    assert taken == [False] * 3
    assert heard[1] == 0.0


async def test_a_look_at_a_channel_sees_what_is_just_being_sent() -> None:
    """A time-out of 0 ends only after those who can go on at that moment."""
    channel = cs.Channel[str]()

    @cs.task
    async def listener() -> Any:
        return await channel.receive(timeout=0.0)

    @cs.task
    async def sender() -> None:
        channel.send("there")

    async with cs.Engine() as engine:
        assert await engine.run([listener(), sender()]) == ["there", None]
