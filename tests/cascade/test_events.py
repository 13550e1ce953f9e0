"""What a run tells, to whom, and that observers can't change it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest

import cascade as cs


@cs.task
def leaf(x: Any) -> Any:
    if x == "fail":
        raise ValueError(x)
    return x


@cs.task
async def outer(x: Any) -> Any:
    return leaf(x)


def listen(event_type: Any = cs.Event) -> tuple[cs.MessageBus, list[Any]]:
    bus, seen = cs.MessageBus(), list[Any]()
    bus.subscribe(event_type, seen.append)
    return bus, seen


def run(bus: cs.MessageBus, target: cs.Lazy, *resources: cs.Resource) -> Any:
    async def main() -> Any:
        clock = cs.VirtualClock(start=7.0)
        async with cs.Engine(bus=bus, clock=clock) as engine:
            for resource in resources:
                engine.register(resource)
            return await engine.run(target)

    return asyncio.run(main())


def test_a_run_is_told_from_start_to_end() -> None:
    """Events come in order, with the run's id, the clock's time and frozen fields."""

    @cs.resource
    def db() -> Iterator[int]:
        yield 1

    @cs.task
    def use(x: Any, db: int = cs.inject("db")) -> Any:
        return outer(x + db)

    bus, seen = listen()
    assert run(bus, use(leaf(1)), db) == 2
    told = [(type(e).__name__, getattr(e, "task_name", getattr(e, "resource", ""))) for e in seen]
    assert told == [
        ("RunStarted", ""),
        ("TaskExecutionStarted", "leaf"),
        ("TaskExecutionFinished", "leaf"),
        ("ResourceAcquired", "db"),
        ("TaskExecutionStarted", "use"),
        ("TaskExecutionFinished", "use"),
        ("TaskExecutionStarted", "outer"),
        ("TaskExecutionFinished", "outer"),
        ("TaskExecutionStarted", "leaf"),
        ("TaskExecutionFinished", "leaf"),
        ("ResourceReleased", "db"),
        ("RunFinished", ""),
    ]
    assert {e.run_id for e in seen} == {"run-1"}
    assert {e.timestamp for e in seen} == {7.0}
    assert seen[-1].status == "Succeeded"
    with pytest.raises(AttributeError):
        seen[0].run_id = "x"


def test_failures_are_told() -> None:
    """Task and run finish as failed, with the error."""
    bus, seen = listen()
    with pytest.raises(ValueError, match="fail"):
        run(bus, outer("fail"))
    finished = [e for e in seen if isinstance(e, (cs.TaskExecutionFinished, cs.RunFinished))]
    assert [e.status for e in finished] == ["Succeeded", "Failed", "Failed"]
    assert isinstance(finished[-1].error, ValueError)


def test_subscriptions_are_by_type_and_can_end() -> None:
    """A base class gets all of its subclasses; nothing comes after unsubscribing."""
    bus, tasks = listen(cs.TaskEvent)
    runs: list[Any] = []
    end = bus.subscribe(cs.RunFinished, runs.append)
    run(bus, leaf(1))
    end()
    end()
    run(bus, leaf(1))
    assert [type(e) for e in tasks] == [cs.TaskExecutionStarted, cs.TaskExecutionFinished] * 2
    assert len(runs) == 1


def test_without_a_subscriber_no_event_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event type that nobody wants is never instantiated."""

    def explode(self: Any, **_fields: Any) -> None:
        raise AssertionError("built an event that nobody wants")

    monkeypatch.setattr(cs.TaskExecutionStarted, "__init__", explode)
    bus = cs.MessageBus()
    run(bus, outer(1))
    bus.subscribe(cs.RunStarted, lambda _e: None)
    run(bus, outer(leaf(1)))
    bus.subscribe(cs.TaskExecutionStarted, lambda _e: None)
    with pytest.raises(AssertionError):
        run(bus, outer(1))


def test_a_failing_observer_is_logged_and_detached(caplog: pytest.LogCaptureFixture) -> None:
    """The run goes on, and the observer is called no more."""
    bus, calls = cs.MessageBus(), list[Any]()

    def fragile(event: Any) -> None:
        calls.append(event)
        raise RuntimeError("observer")

    bus.subscribe(cs.TaskExecutionStarted, fragile)
    with caplog.at_level(logging.ERROR):
        assert run(bus, outer(1)) == 1
    assert len(calls) == 1
    assert "detached" in caplog.text


def test_a_handler_that_raises_a_cancellation_of_its_own_ends_no_run(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As with any other error it is detached, on each event, and the others still hear."""
    for event_type in (cs.RunStarted, cs.TaskExecutionStarted, cs.TaskEvent, cs.RunFinished):
        bus, calls, heard = cs.MessageBus(), list[Any](), list[Any]()

        def asks_a_cancelled_future(event: Any, calls: list[Any] = calls) -> None:
            calls.append(event)
            future = asyncio.get_running_loop().create_future()
            future.cancel()
            future.result()

        bus.subscribe(event_type, asks_a_cancelled_future)
        bus.subscribe(event_type, heard.append)
        caplog.clear()
        assert run(bus, outer(1)) == 1
        assert run(bus, outer(2)) == 2
        assert len(calls) == 1
        assert len(heard) >= 2
        assert "detached" in caplog.text


def test_a_run_is_cancelled_whatever_its_observers_raise() -> None:
    """One raises a cancellation as it hears of that: the connector is left all the same."""
    bus, connector, begun = cs.MessageBus(), cs.InProcessConnector(), asyncio.Event()

    def cancelled(_event: Any) -> None:
        raise asyncio.CancelledError

    bus.subscribe(cs.TaskExecutionFinished, cancelled)
    bus.subscribe(cs.RunFinished, cancelled)

    @cs.task
    async def wait_long() -> None:
        begun.set()
        await asyncio.sleep(60.0)

    async def main() -> None:
        async with cs.Engine(bus=bus, connector=connector) as engine:
            running = asyncio.create_task(engine.run(wait_long()))
            await begun.wait()
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            assert "not connected" in repr(connector)

    asyncio.run(main())


def test_each_subscription_is_ended_by_its_own_end() -> None:
    """Of two of one handler the first is ended twice: the second still brings events."""
    bus, heard = cs.MessageBus(), list[Any]()
    end, end_other = (bus.subscribe(cs.RunStarted, heard.append) for _ in range(2))
    end()
    end()
    run(bus, leaf(1))
    assert len(heard) == 1
    end_other()
    run(bus, leaf(1))
    assert len(heard) == 1
    assert bus.is_silent


@pytest.mark.parametrize("where", ["within a step", "between two turns"])
def test_who_subscribes_amid_a_chain_hears_of_what_begins_from_then_on(where: str) -> None:
    """A chain of calls of one task is told from its next step on, until that is ended."""
    bus, heard, begun = cs.MessageBus(), list[Any](), list[int]()
    clock = cs.VirtualClock()
    ends: list[Any] = []

    def subscribe() -> None:
        begun.append(len(steps))
        ends.append(bus.subscribe(cs.TaskExecutionStarted, heard.append))

    steps: list[int] = []

    @cs.task
    async def step(i: int) -> Any:
        steps.append(i)
        if i == 0:
            await clock.sleep(1.0)
        if where == "within a step" and i == 30:
            subscribe()
        if i == 70:
            ends[0]()
        return step(i + 1) if i < 100 else i

    async def main() -> Any:
        async with cs.Engine(bus=bus, clock=clock) as engine:
            running = asyncio.create_task(engine.run(step(0)))
            await asyncio.sleep(0)
            while not clock.run_until(1.0, budget_s=0.0).reached:
                if where == "between two turns" and len(steps) > 1 and not begun:
                    subscribe()
            return await running

    assert asyncio.run(main()) == 100
    assert steps == list(range(101))
    assert 1 < begun[0] < 70
    assert len(heard) == 71 - begun[0]
    assert [event.step for event in heard] == list(range(len(heard)))


def test_wrong_subscriptions_are_refused() -> None:
    """Only event classes, and only plain callables."""
    bus = cs.MessageBus()

    async def later(_event: Any) -> None: ...

    with pytest.raises(TypeError, match="subclass of Event"):
        bus.subscribe(int, print)  # type: ignore[type-var]
    with pytest.raises(TypeError, match="not async"):
        bus.subscribe(cs.Event, later)
