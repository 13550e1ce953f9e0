"""Instants with much in them, and many deadlines: budgets, costs, and runaways by name."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from typing import Any

import pytest

import cascade as cs
from cascade.clock.base import STEP_LIMIT
from cascade.scheduler.agenda import Agenda
from tests.cascade.running import OnClock, drop, start


def test_deadlines_that_were_equal_for_long_are_still_cheap_when_they_differ(
    on_virtual_clock: OnClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    refills = 0
    refill = Agenda.refill

    def counted(agenda: Agenda) -> bool:
        nonlocal refills
        refills += 1
        return refill(agenda)

    monkeypatch.setattr(Agenda, "refill", counted)

    async def main(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        nonlocal refills
        bells = [cs.Channel[None]() for _ in range(70)]

        @cs.task
        async def wait_again_and_again(bell: cs.Channel[None]) -> None:
            while True:
                await bell.receive(deadline=clock.now + 1.0)

        tasks = await start(engine, *[wait_again_and_again(bell) for bell in bells])
        for _ in range(1_100):  # 2 ** -1,075 is 0
            clock.advance(0.5)
            clock.reschedule(bells, [clock.now + 1.0] * len(bells))
            clock.advance(1.0)
        clock.reschedule(bells, [clock.now + i / len(bells) for i in range(len(bells))])
        clock.advance(10.0)
        refills = 0
        wakes = clock.advance(100.0).wakes
        assert wakes >= 100 * (len(bells) - 1)
        assert refills < wakes / 4
        await drop(tasks)

    on_virtual_clock(main)


def test_a_budget_holds_inside_an_instant_and_nothing_shows_it(
    on_virtual_clock: OnClock,
) -> None:
    """Cut as finely as possible, the order of everything is the same."""

    def record(budget_s: float | None) -> tuple[list[Any], int]:
        async def body(clock: cs.VirtualClock, engine: cs.Engine) -> Any:
            log: list[Any] = []
            channels = [cs.Channel[int]() for _ in range(40)]
            cuts = 0

            @cs.task
            async def node(i: int) -> Any:
                got = await channels[i].receive(deadline=1.0 + i % 3)
                log.append((clock.now, i, got))
                for j in (i * 7 % 40, (i + 13) % 40):
                    channels[j].send(i)
                return node(i) if clock.now < 6.0 and len(log) < 900 else None

            @cs.task
            def count(n: int) -> Any:
                log.append(n)
                return count(n - 1) if n else None

            @cs.task
            async def chains() -> Any:
                await clock.sleep(2.0)
                return pair(count(100), count(100))

            @cs.task
            def pair(a: Any, b: Any) -> Any: ...

            tasks = [asyncio.create_task(engine.run(node(i), priority=i)) for i in range(40)]
            tasks += await start(engine, chains())
            while not clock.run_until(8.0, budget_s=budget_s).reached:
                cuts += 1
            await drop(tasks)
            return log, cuts

        result: tuple[list[Any], int] = on_virtual_clock(body)
        return result

    whole, no_cuts = record(None)
    cut, cuts = record(0.0)
    assert no_cuts == 0
    assert cuts > 10
    assert cut == whole


def test_overtaken_deadlines_do_not_pile_up(on_virtual_clock: OnClock) -> None:
    """Neither when waits are renewed, nor when runs end long before their time-outs."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        channel = cs.Channel[int](capacity=0)

        @cs.task
        async def renewing() -> None:
            while True:
                await channel.receive(timeout=100.0)

        @cs.task
        async def answered() -> None:
            inner = cs.Channel[int]()
            asker.append(inner)
            await inner.receive(timeout=1_000.0)

        asker: list[cs.Channel[int]] = []

        async def go_on(n: int) -> None:
            for _ in range(10 * n):
                channel.send(1)
                clock.advance(0.001)
            for _ in range(n):
                (short,) = await start(engine, answered())
                asker.pop().send(1)
                clock.advance(0.0)
                await short
            gc.collect()

        @cs.task
        async def sitting() -> None:
            await cs.Channel[int]().receive(timeout=100.0)

        tasks = await start(engine, sitting(), renewing())
        await go_on(10)
        tracemalloc.start()
        try:
            await go_on(1_000)
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert kept < 50_000  # bytes: it is 6 kB, but with all that was overtaken over 100 kB
        await drop(tasks)

    on_virtual_clock(body)


@pytest.mark.slow
def test_a_runaway_workflow_is_named(
    on_virtual_clock: OnClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a million steps at one instant end that workflow, by tail calls or by waits."""
    assert STEP_LIMIT == 1_000_000
    monkeypatch.setattr("cascade.scheduler.loop.STEP_LIMIT", 20_000)  # so many take their time

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        @cs.task
        def chain() -> Any:
            return chain()

        @cs.task
        async def treadmill() -> None:
            while True:
                await clock.sleep(0.0)

        @cs.task
        async def innocent() -> str:
            await clock.sleep(1.0)
            return "fine"

        (good,) = await start(engine, innocent())
        with pytest.raises(cs.RunawayWorkflowError, match="'chain'"):
            await engine.run(chain())
        (bad,) = await start(engine, treadmill())
        clock.advance(1.0)
        with pytest.raises(cs.RunawayWorkflowError, match="'treadmill'"):
            await bad
        assert await good == "fine"

    on_virtual_clock(body)


def test_parallel_tasks_that_wake_each_other_for_ever_are_named_at_the_start(
    on_virtual_clock: OnClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the run's first wait, when no time passes that could end it, as well as later."""
    monkeypatch.setattr("cascade.scheduler.loop.STEP_LIMIT", 1_000)

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        balls: list[cs.Channel[int]] = [cs.Channel(), cs.Channel()]

        @cs.task
        async def player(here: int) -> None:
            if not here:
                balls[1].send(0)
            while True:
                ball = await balls[here].receive()
                assert ball is not cs.TIMED_OUT
                balls[1 - here].send(ball)

        for _ in range(2):
            with pytest.raises(cs.RunawayWorkflowError, match="'player'"):
                await engine.run(player.map(here=[1, 0]))
        assert clock.waiting == 0

    on_virtual_clock(body)


def test_a_start_leaves_what_is_ready_of_other_runs_as_it_is(on_virtual_clock: OnClock) -> None:
    """They go on in their order when time passes; one that is cancelled meanwhile does not."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        gates: list[cs.Channel[None]] = [cs.Channel() for _ in range(4)]
        seen: list[int] = []

        @cs.task
        async def wait(n: int) -> None:
            await gates[n].receive()
            seen.append(n)

        waiting = await start(engine, *[wait(n) for n in range(4)])
        for n in (2, 0, 3, 1):
            gates[n].send(None)

        @cs.task
        def look() -> tuple[int, float | None]:
            waiting[3].cancel()
            return clock.waiting, clock.next_deadline

        @cs.task
        async def pause(what: tuple[int, float | None]) -> tuple[int, float | None]:
            await clock.sleep(0.0)
            return what

        (late,) = await start(engine, pause(look()))
        assert seen == []
        await asyncio.sleep(0)  # the host of the cancelled one hears of it
        clock.advance(1.0)
        assert seen == [2, 0, 1]
        assert await late == (0, 0.0)
        assert waiting[3].cancelled()

    on_virtual_clock(body)


def test_a_long_chain_respects_the_budget(on_virtual_clock: OnClock) -> None:
    """The budget is checked between tail calls, and the chain goes on next time."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        @cs.task
        def chain(n: int) -> Any:
            return chain(n - 1) if n else "end"

        @cs.task
        async def later() -> Any:
            await clock.sleep(1.0)
            return chain(20_000)

        (task,) = await start(engine, later())
        advances = 0
        while not clock.run_until(2.0, budget_s=0.001).reached:
            advances += 1
        assert advances > 3
        assert await task == "end"

    on_virtual_clock(body)
