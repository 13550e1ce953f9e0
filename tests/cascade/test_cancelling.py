"""Cancelling runs on the virtual clock: whole, at once, and with all they have begun."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import OnClock, drop, start


def test_cancellation_takes_no_virtual_time(on_virtual_clock: OnClock) -> None:
    """After it every further wait is cancelled at once, and every ``finally`` runs once."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        log: list[str] = []

        @cs.task
        async def stubborn() -> None:
            try:
                try:
                    await clock.sleep(10.0)
                finally:
                    log.append("first")
                    await clock.sleep(10.0)
            except asyncio.CancelledError:
                log.append("second")
                try:
                    await cs.Channel[int]().receive(timeout=5.0)
                finally:
                    log.append("third")

        (task,) = await start(engine, stubborn())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert log == ["first", "second", "third"]
        assert clock.now == 0.0
        assert clock.next_deadline is None

    on_virtual_clock(body)


def test_a_run_that_is_cancelled_before_it_began_leaves_nothing(clock: cs.Clock) -> None:
    """No coroutine that was never awaited, of which Python would warn; nothing was executed."""
    executed = list[int]()

    @cs.task
    async def work() -> None:
        executed.append(1)

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            made = asyncio.create_task(engine.run(work()))
            made.cancel()
            with pytest.raises(asyncio.CancelledError):
                await made
            engine.run(work()).close()
            assert engine.statistics().runs_active == 0

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(main())
        gc.collect()
    assert not executed


def test_cancelling_a_run_cancels_its_parallel_tasks(on_virtual_clock: OnClock) -> None:
    """Wherever they wait; nothing of them stays on the clock or on a channel."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        log: list[str] = []
        channel = cs.Channel[int]()

        @cs.task
        async def a() -> None:
            try:
                await channel.receive()
            finally:
                log.append("a")

        @cs.task
        async def b() -> None:
            try:
                await clock.sleep(5.0)
            finally:
                log.append("b")

        @cs.task
        def both(*_needs: Any) -> None: ...

        (task,) = await start(engine, both(a(), b()))
        assert await drop([task]) != []
        assert sorted(log) == ["a", "b"]
        assert not channel.send(1)
        assert clock.next_deadline is None

    on_virtual_clock(body)


def test_parallel_tasks_that_a_clean_up_begins_leave_nothing_behind(
    on_virtual_clock: OnClock,
) -> None:
    """They are cancelled before they begin, and nobody is left waiting or ready."""

    async def main(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        @cs.task
        async def nap(seconds: float) -> None:
            await clock.sleep(seconds)

        @cs.task
        async def tidy() -> None:
            try:
                await clock.sleep(100.0)
            finally:
                await engine.run([nap(1.0), nap(2.0)])

        (outcome,) = await drop(await start(engine, tidy()))
        assert isinstance(outcome, asyncio.CancelledError)
        assert (clock.waiting, clock.next_deadline) == (0, None)
        assert clock.advance(1.0).wakes == 0

    on_virtual_clock(main)


def test_a_cancelled_receiver_that_was_woken_is_not_resumed(on_virtual_clock: OnClock) -> None:
    """Cancelled between being woken and its turn, inside an instant cut by the budget."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        channel = cs.Channel[int]()
        log: list[Any] = []

        @cs.task
        async def receiver() -> None:
            log.append(await channel.receive())

        (task,) = await start(engine, receiver())
        channel.send(1)
        await drop([task])
        clock.advance(1.0)
        assert log == []

    on_virtual_clock(body)
