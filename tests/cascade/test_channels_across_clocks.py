"""One channel on several clocks: each receive is on the clock of its own run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import OnClock, start


async def sending(channel: cs.Channel[Any], value: object) -> None:
    """Send when somebody waits, and not before."""
    while not channel.send(value):
        await asyncio.sleep(0)


@cs.task
async def receiving(channel: cs.Channel[Any]) -> Any:
    """What a workflow on the wall clock receives."""
    sender = asyncio.create_task(sending(channel, "on the wall clock"))
    received = await channel.receive(timeout=60.0)
    await sender
    return received


@cs.task
async def receiving_in_an_asyncio_task(channel: cs.Channel[Any]) -> Any:
    """The same where asyncio carries it."""
    received, _ = await asyncio.gather(
        channel.receive_until(1e300), sending(channel, "on the wall clock")
    )
    return received


Within = Callable[[cs.Lazy], Any]


def in_a_thread(target: cs.Lazy) -> Any:
    """What a run gives that another thread drives meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(cs.run, target).result()


@pytest.mark.parametrize("capacity", [0, 1])
@pytest.mark.parametrize("within", [cs.run, in_a_thread])
@pytest.mark.parametrize("target", [receiving, receiving_in_an_asyncio_task])
def test_a_step_runs_a_loop_of_its_own(
    target: cs.Task[..., Any], within: Within, capacity: int
) -> None:
    """A loop within a step of a workflow receives from the channel that the workflow waits on."""
    channel: cs.Channel[Any] = cs.Channel(capacity=capacity)
    clock = cs.VirtualClock()
    engine = cs.Engine(clock=clock)

    @cs.task
    async def outer() -> list[Any]:
        first = await channel.receive_until(1.0)
        inner = within(target(channel))
        last = await channel.receive(deadline=2.0)
        return [first, inner, last, clock.now]

    loop = asyncio.new_event_loop()
    try:
        run = loop.create_task(engine.run(outer()))
        loop.run_until_complete(asyncio.sleep(0))
        clock.advance(3.0)  # no loop is running: a step may run one
        assert loop.run_until_complete(run) == [cs.TIMED_OUT, "on the wall clock", cs.TIMED_OUT, 2]
        loop.run_until_complete(engine.aclose())
    finally:
        loop.close()


def test_a_virtual_clock_within_a_step_of_another(on_virtual_clock: OnClock) -> None:
    """A workflow lets the time of another clock pass, whose workflow receives from its channel."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        channel: cs.Channel[Any] = cs.Channel()
        inner_clock = cs.VirtualClock(100.0)

        @cs.task
        async def inner() -> Any:
            await inner_clock.sleep(1.0)
            return await channel.receive(timeout=1.0), inner_clock.now

        @cs.task
        async def outer() -> Any:
            first = await channel.receive_until(1.0)
            inner_clock.advance(5.0)
            return first, await channel.receive(timeout=1.0), clock.now

        async with cs.Engine(clock=inner_clock) as inner_engine:
            runs = await start(inner_engine, inner()) + await start(engine, outer())
            clock.advance(5.0)
            assert await asyncio.gather(*runs) == [
                (cs.TIMED_OUT, 102.0),
                (cs.TIMED_OUT, cs.TIMED_OUT, 2.0),
            ]

    on_virtual_clock(body)


def test_a_run_on_the_wall_clock_within_a_virtual_one(on_virtual_clock: OnClock) -> None:
    """It can't wait there, also for a channel that the virtual clock knows: it says so at once."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        channel: cs.Channel[Any] = cs.Channel()
        async with cs.Engine() as of_the_wall:

            @cs.task
            async def inner() -> Any:
                return await channel.receive_until(2.0)

            @cs.task
            async def outer() -> Any:
                await channel.receive_until(1.0)
                return await of_the_wall.run(inner())

            (run,) = await start(engine, outer())
            clock.advance(5.0)
            with pytest.raises(cs.ForeignWaitError):
                await run

    on_virtual_clock(body)


def test_an_asyncio_task_of_a_virtual_run(on_virtual_clock: OnClock) -> None:
    """It is told that its clock knows only workflows, whoever received from the channel before."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        channel: cs.Channel[Any] = cs.Channel()
        tasks: list[asyncio.Task[Any]] = []

        async def wait(receive: Callable[[], Any]) -> Any:
            return await receive()

        @cs.task
        async def outer() -> None:
            await channel.receive_until(1.0)
            tasks.append(asyncio.create_task(wait(channel.receive)))
            tasks.append(asyncio.create_task(wait(lambda: channel.receive_until(2.0))))

        (run,) = await start(engine, outer())
        clock.advance(1.0)
        await run
        for task in tasks:
            with pytest.raises(cs.ClockError, match="VirtualClock, which knows only workflows"):
                await task

    on_virtual_clock(body)


def test_outside_of_any_run(on_virtual_clock: OnClock) -> None:
    """A channel that was received from before tells that, too, between advances."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        channel: cs.Channel[Any] = cs.Channel()

        @cs.task
        async def outer() -> Any:
            return await channel.receive(timeout=1.0)

        (run,) = await start(engine, outer())
        clock.advance(1.0)
        assert await run is cs.TIMED_OUT
        waits: list[Coroutine[Any, Any, Any] | Any] = [
            channel.receive(),
            channel.receive(timeout=1.0),
            channel.receive_until(1.0),
        ]
        for wait in waits:
            with pytest.raises(cs.ClockError, match="outside a workflow"):
                await wait

    on_virtual_clock(body)


def test_from_clock_to_clock() -> None:
    """A channel serves one clock after the other, and comes back to the first."""
    channel: cs.Channel[Any] = cs.Channel()
    first, second = cs.Engine(clock=cs.VirtualClock(10.0)), cs.Engine(clock=cs.VirtualClock(20.0))

    @cs.task
    async def timed(s: float, clock: Any = cs.inject("cascade.clock")) -> float:
        for _ in range(3):
            assert await channel.receive(timeout=s) is cs.TIMED_OUT
        return float(clock.now)

    assert cs.run(timed(1.0), engine=first) == 13.0
    assert cs.run(receiving(channel)) == "on the wall clock"
    assert cs.run(timed(2.0), engine=second) == 26.0
    assert cs.run(receiving_in_an_asyncio_task(channel)) == "on the wall clock"
    assert cs.run(timed(4.0), engine=first) == 25.0


@pytest.mark.parametrize("deadline", [3, 3.0])
def test_until_is_a_receive_with_a_deadline(clock: cs.Clock, deadline: float) -> None:
    """It gives what is kept, what is sent, or that it is too late; and is refused alike."""
    kept: cs.Channel[str] = cs.Channel(capacity=1)
    kept.send("kept")
    channel: cs.Channel[str] = cs.Channel()

    @cs.task
    async def receive() -> list[Any]:
        got: list[Any] = [await kept.receive_until(deadline), await channel.receive_until(-1)]
        return [*got, await channel.receive_until(deadline + 1e9)]

    @cs.task
    async def send(clock: Any = cs.inject("cascade.clock")) -> None:
        while channel.receiver is None or channel.deadline < 0:
            await clock.sleep(0.001)
        with pytest.raises(cs.ChannelBusyError):
            await channel.receive_until(deadline)
        channel.send("sent")

    received, _ = cs.run((receive(), send()), engine=cs.Engine(clock=clock))
    assert received == ["kept", cs.TIMED_OUT, "sent"]
