"""Runs can't hurt each other, nor the clock: wrong times, interrupts, and the engine's end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import cascade as cs
from cascade.clock.current import CURRENT, chain_of
from tests.cascade.running import drive


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
    "until nan": lambda _clock: cs.Channel[None]().receive_until(float("nan")),
    "until in words": lambda _clock: cs.Channel[None]().receive_until("soon"),  # type: ignore[arg-type]
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
        await Unspeakable()  # type: ignore[misc]

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
                await engine.run(cs.wait(1.0), priority=priority)
            assert engine.statistics().runs_active == 0
            run = engine.run(cs.wait(0.001), priority=np.int64(3))  # type: ignore[call-overload]
            assert await drive(clock, run) == [None]

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
            assert await drive(clock, engine.run(cs.wait(0.002))) == [None]
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


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("way", ["alone", "in parallel", "in threads"])
def test_an_interrupt_in_real_time_arrives_where_its_run_is_awaited(
    way: str, interrupt: type[BaseException]
) -> None:
    """Itself and in no group, also beside a failure; its resources hear of it, other runs go on."""
    told = list[str]()

    @cs.resource
    def held() -> Iterator[int]:
        try:
            yield 1
        except BaseException as error:
            told.append(repr(error))
            raise

    @cs.task
    def stop(i: int, held: Any = cs.inject("held")) -> None:
        raise interrupt if i else OSError("a disk")

    async def main() -> None:
        executor = cs.ThreadExecutor(1) if way == "in threads" else cs.LocalExecutor()
        async with cs.Engine(executor=executor) as engine:
            engine.register(held)
            other = asyncio.create_task(engine.run(cs.wait(0.05)))
            items = stop(1) if way == "alone" else stop.map(i=[0, 1, 1])
            with pytest.raises(interrupt) as caught:
                await engine.run(items)
            await other
            assert told == [repr(caught.value)]
            assert engine.statistics().tasks_running == 0
        if isinstance(executor, cs.ThreadExecutor):
            executor.shutdown()

    asyncio.run(main())


def test_an_interrupt_of_what_was_cancelled_is_not_lost() -> None:
    """It comes of the clean-up of a parallel task whose run was cancelled."""

    @cs.task
    async def work(i: int) -> None:
        try:
            await asyncio.sleep(60.0)
        finally:
            if i:
                raise SystemExit(3)

    async def main() -> None:
        async with cs.Engine() as engine:
            run = asyncio.current_task()
            assert run is not None
            asyncio.get_running_loop().call_later(0.01, run.cancel)
            with pytest.raises(SystemExit):
                await engine.run(work.map(i=[0, 1]))
            run.uncancel()

    asyncio.run(main())


class Watcher:
    """A subscriber that notes when it is stopped, and may fail at that."""

    def __init__(self, stopped: list[str], name: str, error: Exception | None = None) -> None:
        self._stopped = stopped
        self._name = name
        self._error = error

    def start(self, bus: cs.MessageBus) -> None:
        pass

    async def stop(self) -> None:
        self._stopped.append(self._name)
        if self._error is not None:
            raise self._error


def test_a_run_that_has_not_begun_ends_with_the_engine(clock: cs.Clock) -> None:
    """It was made before ``aclose`` and comes to its turn after: it executes nothing."""
    executed: list[int] = []

    @cs.task
    def work() -> None:
        executed.append(1)

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            run = asyncio.create_task(engine.run(work()))
        with pytest.raises(cs.EngineClosedError, match="before the run began"):
            await run
        assert engine.statistics().runs_active == 0

    asyncio.run(main())
    assert executed == []


@pytest.mark.parametrize("is_parallel", [False, True])
def test_closing_from_inside_a_run(clock: cs.Clock, is_parallel: bool) -> None:
    """It ends all other runs and leaves its own alone, with its parallel tasks and inner runs."""
    log: list[str] = []

    async def main() -> None:
        engine = cs.Engine(clock=clock)
        engine.add_subscriber(Watcher(log, "stopped"))

        @cs.task
        async def close() -> str:
            await clock.sleep(0.002)
            await engine.aclose()
            log.append("closed")
            return "closed"

        @cs.task
        async def other() -> None:
            try:
                await clock.sleep(3600.0)
            finally:
                log.append("other ended")

        @cs.task
        async def sibling() -> str:
            return await engine.run(inner())

        @cs.task
        async def inner() -> str:
            await clock.sleep(0.01)
            return "inner"

        target: Any = [close(), sibling()] if is_parallel else close()
        outcomes = await drive(clock, engine.run(target), engine.run(other()))
        assert outcomes[0] == (["closed", "inner"] if is_parallel else "closed")
        assert isinstance(outcomes[1], asyncio.CancelledError)
        assert engine.statistics().runs_active == 0

    asyncio.run(asyncio.wait_for(main(), 20.0))
    assert log == ["other ended", "stopped", "closed"]


def test_every_subscriber_is_stopped() -> None:
    """One that fails at that doesn't spare the others, and all failures are told."""
    stopped: list[str] = []

    async def main() -> None:
        engine = cs.Engine()
        for name, error in (("a", None), ("b", OSError("b")), ("c", LookupError("c"))):
            engine.add_subscriber(Watcher(stopped, name, error))
        with pytest.raises(ExceptionGroup) as caught:
            await engine.aclose()
        assert {type(error) for error in caught.value.exceptions} == {OSError, LookupError}
        await engine.aclose()

    asyncio.run(main())
    assert sorted(stopped) == ["a", "b", "c"]


def test_runs_that_begin_each_other_leave_no_chain_behind() -> None:
    """A run that was begun in an asyncio task of another's holds none of those before it."""
    seen: list[int] = []

    async def main() -> None:
        async with cs.Engine() as engine:

            @cs.task
            async def again(n: int) -> None:
                await asyncio.sleep(0)
                seen.append(len(list(chain_of(CURRENT.get()))))
                if n:
                    asyncio.get_running_loop().create_task(start(n - 1))

            async def start(n: int) -> None:
                await asyncio.sleep(0)
                await engine.run(again(n))
                if not n:
                    ended.set()

            ended = asyncio.Event()
            await start(50)
            await ended.wait()

    asyncio.run(main())
    assert max(seen[2:]) <= 2


def test_plans_are_kept_by_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large plans crowd out those used longest ago; one beyond the bound is kept alone."""
    monkeypatch.setattr("cascade.runtime.plan.NODES_AT_MOST", 100)

    @cs.task
    def leaf(x: Any) -> Any:
        return x

    def wide(n: int) -> cs.Lazy:
        return leaf([leaf(0) for _ in range(n - 1)])

    async def main() -> None:
        async with cs.Engine() as engine:

            async def compiled_for(n: int) -> int:
                before = engine.plans.compiled
                await engine.run(wide(n))
                assert engine.plans.nodes <= max(100, n)
                return engine.plans.compiled - before

            assert [await compiled_for(n) for n in (40, 50, 40, 30, 40, 50)] == [1, 1, 0, 1, 0, 1]
            assert [await compiled_for(n) for n in (150, 150, 40, 150)] == [1, 0, 1, 1]

    asyncio.run(main())
