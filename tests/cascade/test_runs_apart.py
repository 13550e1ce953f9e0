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


# -- the end of an engine ---------------------------------------------------------------


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


# -- the connector ----------------------------------------------------------------------


class SlowConnector(cs.InProcessConnector):
    """It takes its time to connect and to disconnect, as brokers do."""

    def __init__(self) -> None:
        super().__init__()
        self.gates: dict[str, asyncio.Event] = {}
        self.reached = asyncio.Event()

    async def _pass(self, what: str) -> None:
        if what in self.gates:
            self.reached.set()
            await self.gates.pop(what).wait()

    async def connect(self) -> None:
        await super().connect()
        await self._pass("connect")

    async def disconnect(self) -> None:
        await self._pass("disconnect")
        await super().disconnect()


@cs.task
async def hello(connector: Any = cs.inject("cascade.connector")) -> str:
    await connector.publish("hello", 1)
    return "hello"


@pytest.mark.parametrize("when", ["connect", "disconnect"])
def test_a_run_cancelled_while_the_connector_changes_leaves_the_engine_usable(when: str) -> None:
    """What was interrupted is put right by the next run, and at the latest by ``aclose``."""

    async def interrupt(engine: cs.Engine, connector: SlowConnector) -> None:
        connector.gates[when] = asyncio.Event()
        connector.reached.clear()
        run = asyncio.create_task(engine.run(hello()))
        await connector.reached.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run

    async def main() -> None:
        connector = SlowConnector()
        async with cs.Engine(connector=connector) as engine:
            for _ in range(2):
                await interrupt(engine, connector)
                assert await engine.run(hello()) == "hello"
            await interrupt(engine, connector)
        with pytest.raises(ConnectionError):
            await connector.publish("hello", 1)

    asyncio.run(asyncio.wait_for(main(), 20.0))


class Stubborn(cs.InProcessConnector):
    """It fails to disconnect `times` times, and stays connected then."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    async def disconnect(self) -> None:
        self.times -= 1
        if self.times >= 0:
            raise OSError(f"still {self.times + 1} times")
        await super().disconnect()


def test_a_connector_that_once_failed_to_disconnect_can_be_used_again(clock: cs.Clock) -> None:
    """That run is told; the next one disconnects anew before it connects, and all is well."""

    async def main() -> list[Any]:
        async with cs.Engine(clock=clock, connector=Stubborn(1)) as engine:
            return [(await drive(clock, engine.run(hello())))[0] for _ in range(3)]

    failed, *later = asyncio.run(main())
    assert isinstance(failed, OSError)
    assert later == ["hello", "hello"]


def test_a_connector_that_fails_to_disconnect_again_and_again_is_tried_each_time(
    clock: cs.Clock,
) -> None:
    """Runs fail to connect it as long as it stays connected, and go on when it doesn't."""

    async def main() -> list[Any]:
        async with cs.Engine(clock=clock, connector=Stubborn(3)) as engine:
            return [(await drive(clock, engine.run(hello())))[0] for _ in range(5)]

    found = asyncio.run(main())
    kinds = [type(each).__name__ for each in found]
    assert kinds == ["OSError", "ConnectionError", "ConnectionError", "str", "str"]


@pytest.mark.parametrize("times", [1, 2])
def test_aclose_tries_to_disconnect_what_a_run_could_not(
    times: int, clock: cs.Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """If that fails as well it is logged: a run has been told, and that error stays."""
    connector = Stubborn(times)

    async def main() -> None:
        async with cs.Engine(clock=clock, connector=connector) as engine:
            (failed,) = await drive(clock, engine.run(hello()))
            raise failed

    with pytest.raises(OSError, match=f"still {times} times"):
        asyncio.run(main())
    assert repr(connector).startswith("<InProcessConnector not connected") == (times == 1)
    again = "the connector failed to disconnect again: OSError('still 1 times')"
    told = [record.getMessage() for record in caplog.records]
    assert told == ([again] if times == 2 else [])


def test_subscribers_can_send_over_the_engines_own_connector() -> None:
    """From the start of the first run to the end of the last, also from asyncio tasks."""
    sent: list[str] = []
    connector = cs.InProcessConnector()

    class Telemetry:
        def __init__(self) -> None:
            self.tasks: list[asyncio.Task[None]] = []

        def start(self, bus: cs.MessageBus) -> None:
            bus.subscribe(cs.Event, self.on)

        def on(self, event: cs.Event) -> None:
            self.tasks.append(asyncio.ensure_future(self.send(type(event).__name__)))

        async def send(self, name: str) -> None:
            try:
                await connector.publish("telemetry", name)
            except ConnectionError:
                sent.append(f"lost {name}")
            else:
                sent.append(name)

        async def stop(self) -> None:
            await asyncio.gather(*self.tasks)

    async def main() -> None:
        async with cs.Engine(connector=connector) as engine:
            engine.add_subscriber(Telemetry())
            await engine.run(hello())

    asyncio.run(main())
    assert sent == [
        "ConnectorConnected",
        "RunStarted",
        "TaskExecutionStarted",
        "TaskExecutionFinished",
        "RunFinished",
        "lost ConnectorDisconnected",
    ]


def test_a_run_whose_connector_fails_is_told_from_start_to_end(clock: cs.Clock) -> None:
    """RunStarted and RunFinished come in pairs, and each failure is told."""

    class Broken(cs.InProcessConnector):
        async def connect(self) -> None:
            raise ConnectionError("no broker")

    class Sore(cs.InProcessConnector):
        async def disconnect(self) -> None:
            await super().disconnect()
            raise ConnectionError("lost")

    @cs.task
    def fail() -> None:
        raise LookupError("the cause")

    told: list[Any] = []
    bus = cs.MessageBus()
    bus.subscribe(cs.Event, told.append)

    async def outcome(connector: cs.InProcessConnector, target: Any) -> Any:
        async with cs.Engine(clock=clock, bus=bus, connector=connector) as engine:
            return (await drive(clock, engine.run(target)))[0]

    assert isinstance(asyncio.run(outcome(Broken(), hello())), ConnectionError)
    assert [type(event) for event in told] == [cs.RunStarted, cs.RunFinished]
    assert told[-1].status == "Failed"
    assert isinstance(asyncio.run(outcome(Sore(), hello())), ConnectionError)
    error = asyncio.run(outcome(Sore(), fail()))
    assert isinstance(error, LookupError)
    assert any("failed to disconnect" in note for note in error.__notes__)


# -- plans ------------------------------------------------------------------------------


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
