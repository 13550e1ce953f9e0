"""The rules of the virtual clock, each with a test that fails without it."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import OnClock, start


def test_time_passes_only_when_asked(on_virtual_clock: OnClock) -> None:
    """Advance reaches its target exactly, with everything at it included."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        woke = []

        @cs.task
        async def sleeper() -> None:
            for s in (0.1, 0.2, 0.7):
                await clock.sleep(s)
                woke.append(clock.now)

        (task,) = await start(engine, sleeper())
        assert clock.now == 0.0
        assert clock.next_deadline == 0.1
        assert clock.advance(0.1) == cs.Progress(now=0.1, reached=True, wakes=1)
        assert woke == [0.1]
        assert clock.run_until(0.9).now == 0.9
        assert clock.run_until(5.0) == cs.Progress(now=5.0, reached=True, wakes=1)
        assert woke == [0.1, 0.1 + 0.2, 0.1 + 0.2 + 0.7]
        assert clock.next_deadline is None
        await task

    on_virtual_clock(body)


def test_misuse_is_refused(on_virtual_clock: OnClock) -> None:
    """Wrong times, waiting outside a workflow, and advancing from inside are errors."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        clock.advance(1.0)
        for wrong in (-1.0, math.nan, math.inf):
            with pytest.raises(ValueError, match="finite"):
                clock.advance(wrong)
            with pytest.raises(ValueError, match="finite"):
                await clock.sleep(wrong)
        with pytest.raises(ValueError, match="run_until"):
            clock.run_until(0.5)
        with pytest.raises(ValueError, match="budget_s"):
            clock.advance(1.0, budget_s=-1)
        with pytest.raises(ValueError, match="start"):
            cs.VirtualClock(math.nan)
        with pytest.raises(cs.ClockError, match="outside a workflow"):
            await clock.sleep(1.0)
        with pytest.raises(cs.ClockError, match="outside a workflow"):
            await cs.Channel[int]().receive()

        @cs.task
        async def meddler() -> None:
            clock.advance(1.0)

        with pytest.raises(cs.ClockError, match="'meddler' tried to advance"):
            await engine.run(meddler())

        @cs.task
        async def stranger() -> None:
            await cs.VirtualClock().sleep(1.0)

        with pytest.raises(cs.ClockError, match="awaited the sleep of"):
            await engine.run(stranger())

    on_virtual_clock(body)


@pytest.mark.parametrize("wrong", [{"deadline": math.nan}, {"timeout": math.nan}, {"timeout": -1}])
def test_a_deadline_that_is_no_number_fails_its_workflow(
    on_virtual_clock: OnClock, wrong: dict[str, float]
) -> None:
    """The error reaches the workflow that asked, and the clock goes on."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        @cs.task
        async def confused() -> None:
            await clock.sleep(1.0)
            await cs.Channel[int]().receive(**wrong)

        (task,) = await start(engine, confused())
        clock.advance(2.0)
        with pytest.raises(ValueError, match="must be"):
            await task

    on_virtual_clock(body)


def test_a_run_goes_to_its_first_wait_before_the_host_has_a_turn(
    on_virtual_clock: OnClock,
) -> None:
    """Also when the first wait is inside parallel tasks; runs without waits need no advance."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        log: list[str] = []

        @cs.task
        async def leaf(name: str, s: float = 0.0) -> str:
            log.append(name)
            if s:
                await clock.sleep(s)
            return name

        @cs.task
        def join(*names: str) -> str:
            return "".join(names)

        run = engine.run(join(leaf("a", 1.0), leaf("b"), leaf("c", 2.0)))
        turns: list[int] = []
        asyncio.get_running_loop().call_soon(turns.append, 1)
        task = asyncio.ensure_future(run)
        await asyncio.sleep(0)
        assert log == ["a", "b", "c"]
        assert await engine.run(join(join(leaf("x"), leaf("y")), leaf("z"))) == "xyz"
        clock.advance(2.0)
        assert await task == "abc"

    on_virtual_clock(body)


def test_send_never_runs_the_receiver(on_virtual_clock: OnClock) -> None:
    """The sender goes on until it waits, then those it woke, in the order of waking."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        log: list[str] = []
        channels = [cs.Channel[str]() for _ in range(3)]

        @cs.task
        async def receiver(i: int) -> None:
            log.append(f"{i} got {await channels[i].receive()}")

        @cs.task
        async def sender() -> None:
            await clock.sleep(1.0)
            for i in (2, 0, 1):
                assert channels[i].send("hello")
                assert not channels[i].send("lost")
            log.append("sent")

        tasks = await start(engine, *(receiver(i) for i in range(3)), sender())
        clock.advance(1.0)
        assert log == ["sent", "2 got hello", "0 got hello", "1 got hello"]
        await asyncio.gather(*tasks)

    on_virtual_clock(body)


def test_the_ready_go_before_the_next_deadline(on_virtual_clock: OnClock) -> None:
    """Of those due now the lowest priority, chosen anew after all that the last one caused."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        log: list[int] = []
        channel = cs.Channel[None]()

        @cs.task
        async def due(i: int) -> None:
            await clock.sleep_until(1.0)
            log.append(i)
            if i == 7:
                channel.send(None)

        @cs.task
        async def pushed() -> None:
            await channel.receive(deadline=9.0)
            await clock.sleep_until(clock.now)
            log.append(3)

        tasks = [asyncio.create_task(engine.run(due(i), priority=i)) for i in (8, 7)]
        tasks.append(asyncio.create_task(engine.run(pushed(), priority=3)))
        await asyncio.sleep(0)
        clock.run_until(1.0)
        assert log == [7, 3, 8]
        await asyncio.gather(*tasks)

    on_virtual_clock(body)


def test_equal_priorities_go_in_the_order_in_which_they_began_to_wait(
    on_virtual_clock: OnClock,
) -> None:
    """Who renews its wait goes behind who has been waiting for the same time."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        log: list[str] = []
        channel = cs.Channel[None]()

        @cs.task
        async def renewing() -> None:
            await channel.receive(deadline=5.0)
            await channel.receive(deadline=5.0)
            log.append("renewed")

        @cs.task
        async def patient() -> None:
            await clock.sleep_until(5.0)
            log.append("patient")

        @cs.task
        async def waker() -> None:
            await clock.sleep(1.0)
            channel.send(None)

        tasks = await start(engine, renewing(), patient(), waker())
        clock.advance(5.0)
        assert log == ["patient", "renewed"]
        await asyncio.gather(*tasks)

    on_virtual_clock(body)


def test_time_outs_and_queues(on_virtual_clock: OnClock) -> None:
    """A lossy channel forgets, a queued one keeps and overflows, a filter refuses either way."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        lossy = cs.Channel[int](accept=lambda v: v % 2 == 0)
        queued = cs.Channel[int](capacity=2)
        got: list[Any] = []

        @cs.task
        async def taker() -> None:
            got.append(await lossy.receive(timeout=1.0))
            got.append(clock.now)
            got.append(await lossy.receive(deadline=0.5))
            got.append(await queued.receive(timeout=1.0))
            got.append(await queued.receive())
            got.append(await queued.receive(timeout=2.0, deadline=1.5))
            got.append(clock.now)

        (task,) = await start(engine, taker())
        assert not lossy.send(1)
        queued.send(10)
        queued.send(11)
        with pytest.raises(cs.ChannelFullError):
            queued.send(12)
        clock.advance(3.0)
        assert got == [cs.TIMED_OUT, 1.0, cs.TIMED_OUT, 10, 11, cs.TIMED_OUT, 1.5]
        await task
        assert not lossy.send(2), "nobody waits any more"
        with pytest.raises(ValueError, match="capacity"):
            cs.Channel(capacity=-1)

    on_virtual_clock(body)


def test_one_receiver_at_a_time(on_virtual_clock: OnClock) -> None:
    """A second receiver is refused, and the first goes on waiting."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        channel = cs.Channel[int]()

        @cs.task
        async def taker() -> Any:
            return await channel.receive()

        (first,) = await start(engine, taker())
        with pytest.raises(cs.ChannelBusyError):
            await engine.run(taker())
        channel.send(5)
        clock.advance(0.0)
        assert await first == 5

    on_virtual_clock(body)


def test_parallel_tasks_are_children_on_the_same_clock(on_virtual_clock: OnClock) -> None:
    """Side by side in virtual time, with no asyncio task for any of them."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        @cs.task
        async def wait(s: float) -> float:
            await clock.sleep(s)
            return clock.now

        @cs.task
        def both(a: float, b: float) -> tuple[float, float]:
            return a, b

        (task,) = await start(engine, both(wait(2.0), wait(3.0)))
        assert len(asyncio.all_tasks()) == 2  # this test and the run
        clock.advance(3.0)
        assert await task == (2.0, 3.0)

    on_virtual_clock(body)


def test_a_run_inside_a_workflow_is_a_child(on_virtual_clock: OnClock) -> None:
    """``engine.run`` within a task of the same clock waits in virtual time."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        @cs.task
        async def inner() -> float:
            await clock.sleep(2.0)
            return clock.now

        @cs.task
        async def outer() -> float:
            return await engine.run(inner()) + 1.0

        (task,) = await start(engine, outer())
        clock.advance(2.0)
        assert await task == 3.0

    on_virtual_clock(body)


def test_rescheduling_wakes_nobody(on_virtual_clock: OnClock) -> None:
    """Deadlines move either way in place; one that has passed means now."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        channels = [cs.Channel[int]() for _ in range(4)]
        woke: dict[int, float] = {}

        @cs.task
        async def waiter(i: int) -> None:
            await channels[i].receive(deadline=10.0)
            woke[i] = clock.now

        tasks = await start(engine, *(waiter(i) for i in range(3)))
        clock.advance(5.0)
        clock.reschedule(channels, [20.0, 6.0, 1.0, 7.0])
        assert woke == {}
        clock.advance(0.0)
        assert woke == {2: 5.0}
        clock.run_until(30.0)
        assert woke == {2: 5.0, 1: 6.0, 0: 20.0}
        with pytest.raises(ValueError, match="must be a number"):
            clock.reschedule(channels[:1], [math.nan])
        await asyncio.gather(*tasks)

    on_virtual_clock(body)
