"""Runs can't hurt each other, nor the clock: wrong times, interrupts, and the engine's end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import cascade as cs
from tests.cascade.running import CLOCKS, drive, make_clock


@pytest.fixture(params=CLOCKS)
def clock(request: pytest.FixtureRequest) -> cs.Clock:
    return make_clock(request.param)


class Unspeakable:
    """Something whose repr fails, as that of a half-made object may."""

    def __await__(self) -> Iterator[Any]:
        yield self

    def __repr__(self) -> str:
        raise AttributeError("not made yet")


def receiving(**times: Any) -> Any:
    """A way to wait that takes no notice of the clock."""
    return lambda _clock: cs.Channel[None]().receive(**times)


WRONG_WAITS: dict[str, Any] = {
    "a deadline in words": receiving(deadline="soon"),
    "a deadline that looks like a number": receiving(deadline="5"),
    "a complex deadline": receiving(deadline=1j),
    "a bool": receiving(deadline=True),
    "an array": receiving(deadline=np.zeros(2)),
    "nan": receiving(deadline=float("nan")),
    "a time-out in words": receiving(timeout="1"),
    "a time-out and a deadline in words": receiving(timeout=1.0, deadline="soon"),
    "sleep in words": lambda clock: clock.sleep("1"),
    "sleep nan": lambda clock: clock.sleep(float("nan")),
    "sleep_until in words": lambda clock: clock.sleep_until("noon"),
    "sleep_until a huge integer": lambda clock: clock.sleep_until(10**400),
}


@pytest.mark.parametrize("wrong", WRONG_WAITS)
def test_a_wrong_time_ends_its_own_run(clock: cs.Clock, wrong: str) -> None:
    """The error is the run's that waited wrongly; others and the clock go on."""

    @cs.task
    async def bad(clock: Any = cs.inject("cascade.clock")) -> None:
        await clock.sleep(0.001)
        await WRONG_WAITS[wrong](clock)

    @cs.task
    async def good(clock: Any = cs.inject("cascade.clock")) -> str:
        await clock.sleep(0.002)
        return "ok"

    async def main() -> list[Any]:
        async with cs.Engine(clock=clock) as engine:
            return await drive(clock, engine.run(bad()), engine.run(good()))

    error, result = asyncio.run(main())
    assert isinstance(error, (TypeError, ValueError))
    assert "seconds" in str(error)
    assert "got" in str(error)
    assert result == "ok"


def test_what_a_workflow_awaits_may_have_no_words() -> None:
    """A foreign object that can't even be printed ends its own run."""
    clock = cs.VirtualClock()

    @cs.task
    async def bad() -> None:
        await Unspeakable()

    async def main() -> list[Any]:
        async with cs.Engine(clock=clock) as engine:
            return await drive(clock, engine.run(bad()), engine.run(cs.wait(1.0)))

    error, result = asyncio.run(main())
    assert isinstance(error, cs.ForeignWaitError)
    assert "Unspeakable" in str(error)
    assert result is None


@pytest.mark.parametrize(
    "time",
    [Fraction(1, 2), np.float32(0.5), 1, 10**400],
    ids=["fraction", "float32", "one", "huge"],
)
def test_other_numbers_are_times_too(time: Any) -> None:
    """Integers, fractions and numpy's are deadlines; the clock itself shows floats."""
    clock = cs.VirtualClock()
    channel: cs.Channel[str] = cs.Channel()

    @cs.task
    async def wait() -> Any:
        return await channel.receive(deadline=time)

    @cs.task
    async def send(clock: Any = cs.inject("cascade.clock")) -> None:
        await clock.sleep(2.0)
        channel.send("late")

    async def main() -> Any:
        async with cs.Engine(clock=clock) as engine:
            return (await drive(clock, engine.run([wait(), send()])))[0]

    assert asyncio.run(main())[0] == ("late" if time > 2 else cs.TIMED_OUT)
    assert type(clock.now) is float


@pytest.mark.parametrize("priority", ["high", 1.0, True, None, 2**31, -(2**31)])
def test_a_wrong_priority_is_refused(clock: cs.Clock, priority: Any) -> None:
    """It is the caller's error, at once, and nothing was begun."""

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            with pytest.raises((TypeError, ValueError), match="priority must be"):
                engine.run(cs.wait(1.0), priority=priority)
            assert engine.statistics().runs_active == 0
            assert await drive(clock, engine.run(cs.wait(0.001), priority=np.int64(3))) == [None]  # type: ignore[arg-type]

    asyncio.run(main())


def test_rescheduling_with_rubbish_changes_nothing(clock: cs.Clock) -> None:
    """One wrong deadline among good ones: the caller is told, and all wait as before."""
    channels: list[cs.Channel[None]] = [cs.Channel(), cs.Channel()]
    rubbish: list[tuple[Any, Any]] = [
        (channels, [0.001, "soon"]),
        (channels, [0.001, float("nan")]),
        (channels, [0.001, None]),
        (channels, [0.001]),
        ([channels[0], "a channel"], [0.001, 0.001]),
    ]
    woken: list[int] = []

    @cs.task
    async def wait(i: int) -> None:
        await channels[i].receive()
        woken.append(i)

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            runs = asyncio.create_task(engine.run(wait.map(i=[0, 1])))
            while channels[1].receiver is None:
                await asyncio.sleep(0)
            for wrong_channels, deadlines in rubbish:
                with pytest.raises((TypeError, ValueError)):
                    clock.reschedule(wrong_channels, deadlines)
            if isinstance(clock, cs.VirtualClock):
                clock.advance(1.0)
            await asyncio.sleep(0.002)
            assert woken == []
            runs.cancel()

    asyncio.run(main())


@pytest.mark.parametrize(
    "call",
    [
        lambda: cs.VirtualClock("x"),  # type: ignore[arg-type]
        lambda: cs.WallClock("x"),  # type: ignore[arg-type]
        lambda: cs.VirtualClock().advance("1"),  # type: ignore[arg-type]
        lambda: cs.VirtualClock().run_until(None),  # type: ignore[arg-type]
        lambda: cs.VirtualClock().advance(1.0, budget_s="x"),  # type: ignore[arg-type]
    ],
)
def test_clocks_say_what_they_take(call: Any) -> None:
    """A time that is no number is refused in one sentence."""
    with pytest.raises(TypeError, match="must be a number of seconds, got"):
        call()


# -- interrupts -------------------------------------------------------------------------


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("pause", [0.0, 1.0])
def test_an_interrupt_in_a_map_releases_everything(pause: float, interrupt: Any) -> None:
    """It leaves the clock once the whole run has ended: the others are cancelled, nothing leaks."""
    log: list[str] = []
    clock = cs.VirtualClock()

    @cs.resource
    async def held() -> AsyncIterator[int]:
        log.append("open")
        try:
            yield 1
        finally:
            log.append("close")

    @cs.task
    async def work(
        i: int, held: Any = cs.inject("held"), clock: Any = cs.inject("cascade.clock")
    ) -> None:
        try:
            if pause:
                await clock.sleep(pause)
            if i == 1:
                raise interrupt
            await clock.sleep(10.0)
        finally:
            log.append(f"ended {i}")

    engine = cs.Engine(clock=clock)
    engine.register(held)
    with pytest.raises(interrupt):
        cs.run(work.map(i=[0, 1, 2]), engine=engine)
    assert log[0] == "open"
    assert log[-1] == "close"
    begun = 3 if pause else 2
    assert sorted(log[1:-1])[:begun] == [f"ended {i}" for i in range(begun)]
    now = engine.statistics()
    assert (now.runs_active, now.tasks_running, now.workflows_waiting) == (0, 0, 0)


def test_an_interrupt_leaves_advance_and_other_runs_go_on() -> None:
    """Whoever advances gets it; the clock works afterwards, and another run ends well."""
    clock = cs.VirtualClock()

    @cs.task
    async def work(i: int, clock: Any = cs.inject("cascade.clock")) -> None:
        try:
            await clock.sleep(1.0)
            raise KeyboardInterrupt
        finally:
            await clock.sleep(0.0)

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            runs = [engine.run(work.map(i=[0, 1])), engine.run(cs.wait(2.0))]
            tasks = [asyncio.ensure_future(run) for run in runs]
            await asyncio.sleep(0)
            with pytest.raises(KeyboardInterrupt):
                clock.advance(2.0)
            assert engine.statistics().runs_active == 1
            tasks[0].cancel()  # its host would raise the interrupt too
            clock.advance(2.0)
            await tasks[1]
            assert clock.now == 3.0

    asyncio.run(main())
