"""The engine's connection: made once, tried again, told of, and never in the way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cascade as cs
from tests.cascade.limiting import Gauge
from tests.cascade.running import drive, listening


def test_a_connector_is_connected_once_for_overlapping_runs(clock: cs.Clock) -> None:
    """With the first of them, until the last has ended; also when one fails or is cancelled."""
    gauge = Gauge(0.002)
    bus, seen = listening(cs.ConnectorConnected, cs.ConnectorDisconnected)
    calls: list[str] = []

    class Counting(cs.InProcessConnector):
        async def connect(self) -> None:
            calls.append("+")
            await super().connect()

        async def disconnect(self) -> None:
            calls.append("-")
            await super().disconnect()

    @cs.task
    def fail() -> None:
        raise OSError

    async def main() -> None:
        async with cs.Engine(clock=clock, bus=bus, connector=Counting()) as engine:
            for _ in range(3):
                outcomes = await drive(
                    clock, *(engine.run(gauge.task(i)) for i in range(5)), engine.run(fail())
                )
                assert outcomes[:5] == [0, 1, 2, 3, 4]
            doomed = asyncio.create_task(engine.run(gauge.task(9)))
            await asyncio.sleep(0)
            doomed.cancel()
            await asyncio.gather(doomed, return_exceptions=True)

    asyncio.run(main())
    assert "".join(calls) == "+-" * 4
    assert [type(e).__name__ for e in seen] == ["ConnectorConnected", "ConnectorDisconnected"] * 4


def test_a_connection_that_fails_fails_each_run_that_needs_it() -> None:
    """The error surfaces in the run; the next run tries anew."""

    class Unreachable(cs.InProcessConnector):
        tries = 0

        async def connect(self) -> None:
            self.tries += 1
            if self.tries < 3:
                raise ConnectionRefusedError(self.tries)
            await super().connect()

    connector, gauge = Unreachable(), Gauge(0.0)

    async def main() -> None:
        async with cs.Engine(connector=connector, clock=cs.WallClock()) as engine:
            outcomes = await asyncio.gather(
                *(engine.run(gauge.task(i)) for i in range(4)), return_exceptions=True
            )
            assert [type(o).__name__ for o in outcomes] == ["ConnectionRefusedError"] * 2 + [
                "int"
            ] * 2

    asyncio.run(main())


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
