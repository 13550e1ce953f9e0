"""Live constraints: pauses and bounds by message, who they hold, and how they end."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

import cascade as cs
from tests.cascade.limiting import PAUSE, Gauge, Live, drive_clock_until
from tests.cascade.running import drive, listening


@pytest.mark.drill
def test_lifting_a_pause_frees_every_run_it_held(clock: cs.Clock) -> None:
    """200 runs wait for one pause: when it goes, all of them go on, in order."""
    gauge = Gauge(0.0)
    bus, blocks = listening(cs.TaskBlocked)

    async def main() -> None:
        async with Live(clock, bus=bus) as live:
            await live.say("global", PAUSE)
            tasks = [live.start(gauge.task(i)) for i in range(200)]
            for _ in range(5):
                await asyncio.sleep(0)
            assert live.engine.statistics().tasks_blocked == 200
            assert not gauge.begun
            await live.say("global", {})
            await drive_clock_until(clock, lambda: all(task.done() for task in tasks))
            assert [task.result() for task in tasks] == list(range(200))

    asyncio.run(main())
    assert gauge.begun == list(range(200))
    assert {block.reason for block in blocks} == {"pause 'p'"}


def test_a_pause_holds_only_what_it_matches() -> None:
    """By glob over names of tasks; removing the scope frees it, another scope doesn't."""
    clock, gauge = cs.VirtualClock(), Gauge(0.0)

    @cs.task(name="fetch-7")
    def fetch() -> str:
        return "fetched"

    async def main() -> None:
        async with Live(clock) as live:
            held = {"id": "x", "scope": "task:fetch-*", "type": "pause"}
            await live.say("task/fetch-*", json.dumps(held))
            fetching, working = live.start(fetch()), live.start(gauge.task(1))
            await drive_clock_until(clock, working.done)
            await live.say("global", None)
            await asyncio.sleep(0)
            assert not fetching.done()
            await live.say("task/fetch-*", "")
            await drive_clock_until(clock, fetching.done)
            assert fetching.result() == "fetched"

    asyncio.run(main())


@pytest.mark.parametrize(
    "empty",
    [None, "", b"", bytearray(), {}, "{}", b"{}", bytearray(b" {}\n"), "null", '""'],
    ids=repr,
)
@pytest.mark.parametrize("pause", [PAUSE, PAUSE | {"id": "q", "scope": "task:wo*"}], ids=str)
def test_an_empty_message_lifts_also_as_json(
    empty: Any, pause: dict[str, str], clock: cs.Clock
) -> None:
    """And what imposes may be JSON of any kind of string."""
    gauge = Gauge(0.0)
    topic = pause["scope"].replace(":", "/")

    async def main() -> None:
        async with Live(clock) as live:
            text = json.dumps(pause)
            for message in (pause, text, text.encode(), bytearray(text.encode())):
                await live.say(topic, message)
                task = live.start(gauge.task(1))
                for _ in range(5):
                    await asyncio.sleep(0)
                assert live.engine.statistics().tasks_blocked == 1
                await live.say(topic, empty)
                await drive_clock_until(clock, task.done)

    asyncio.run(main())
    assert gauge.begun == [1] * 4


def test_a_scope_that_contradicts_its_topic_is_malformed(
    clock: cs.Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """An empty message on that topic could not lift it: it is told, and nothing holds."""
    gauge = Gauge(0.0)
    contradictions = [
        ("task/x", PAUSE),
        ("global", PAUSE | {"scope": "task:*"}),
        ("task/a", PAUSE | {"scope": "task:*"}),
    ]

    async def main() -> None:
        async with Live(clock) as live:
            for topic, message in contradictions:
                await live.say(topic, message)
            await drive_clock_until(clock, live.start(gauge.task(1)).done)

    with caplog.at_level(logging.WARNING, logger="cascade"):
        asyncio.run(main())
    told = [record.getMessage() for record in caplog.records]
    assert [each.split(": ", 1)[1] for each in told] == [
        "scope must be that of its topic, 'task:x', got 'global'",
        "scope must be that of its topic, 'global', got 'task:*'",
        "scope must be that of its topic, 'task:a', got 'task:*'",
    ]
    assert gauge.begun == [1]


@pytest.mark.parametrize(
    "rule",
    [
        {"type": "concurrency", "params": {"limit": 1}, "expires_at": 10**400},
        {"type": "concurrency", "params": {"limit": 10**400}},
        {"type": "pause", "expires_at": -(10**400)},
        {"type": "rate_limit", "params": {"rate": "9" * 308 + "/h"}, "expires_at": 1e308},
    ],
    ids=lambda rule: str(rule)[:60],
)
def test_numbers_beyond_all_floats_harm_no_run(rule: dict[str, Any], clock: cs.Clock) -> None:
    """They come while tasks run and wait; all of them end, and nobody is left in the line."""
    gauge = Gauge(0.002)

    async def main() -> None:
        async with Live(clock) as live:
            first = live.start(gauge.task(0))
            await asyncio.sleep(0)
            await live.say("task/work", json.dumps({"id": "x", "scope": "task:work"} | rule))
            tasks = [first, *(live.start(gauge.task(i)) for i in range(1, 4))]
            await drive_clock_until(clock, lambda: all(task.done() for task in tasks))
            assert [task.result() for task in tasks] == [0, 1, 2, 3]
            assert live.engine.statistics().tasks_blocked == 0

    asyncio.run(main())


def test_who_fails_to_get_in_line_does_not_stand_in_it() -> None:
    """The clock refuses a timer once: that run fails, and those that come later begin."""

    class Refusing(cs.VirtualClock):
        refuses = False

        def call_at(self, t: float, callback: Callable[[], None]) -> Callable[[], None]:
            if self.refuses:
                self.refuses = False
                raise OverflowError("no such time")
            return super().call_at(t, callback)

    clock, gauge = Refusing(), Gauge(0.0)

    async def main() -> None:
        async with Live(clock, system_resources={"slot": 1}) as live:
            await live.say("global", PAUSE | {"expires_at": 5.0})
            clock.refuses = True
            tasks = [live.start(gauge.task(i).with_constraints(slot=1)) for i in range(3)]
            await drive_clock_until(clock, lambda: all(task.done() for task in tasks))
            assert isinstance(tasks[0].exception(), OverflowError)
            assert [task.result() for task in tasks[1:]] == [1, 2]
            assert not live.engine.admission.wanted

    asyncio.run(main())
    assert gauge.times == [5.0, 5.0]


def test_who_is_stopped_while_it_tells_that_it_waits_leaves_the_line(clock: cs.Clock) -> None:
    """A handler is interrupted: the run ends with that, and the next in line begins."""
    gauge = Gauge(0.001)
    bus = cs.MessageBus()

    class Stop(BaseException):
        pass

    def stop(_event: cs.TaskBlocked) -> None:
        end()
        raise Stop

    end = bus.subscribe(cs.TaskBlocked, stop)

    async def outcome(engine: cs.Engine, label: int) -> Any:
        try:
            return await engine.run(gauge.task(label).with_constraints(slot=1))
        except Stop as error:
            return error

    async def main() -> list[Any]:
        async with cs.Engine(clock=clock, bus=bus, system_resources={"slot": 1}) as engine:
            found = await drive(clock, *(outcome(engine, label) for label in range(3)))
            assert engine.statistics().tasks_blocked == 0
            assert not engine.admission.wanted
            return found

    first, stopped, last = asyncio.run(main())
    assert (first, last) == (0, 2)
    assert isinstance(stopped, Stop)


def test_a_pause_expires_by_the_engines_clock() -> None:
    """Held until 5 s, then free, with nobody saying anything."""
    clock, gauge = cs.VirtualClock(), Gauge(0.0)

    async def main() -> None:
        async with Live(clock) as live:
            await live.say("global", PAUSE | {"expires_at": 5.0})
            task = live.start(gauge.task(1))
            await drive_clock_until(clock, task.done)

    asyncio.run(main())
    assert gauge.times == [5.0]


def test_concurrency_counts_what_already_runs() -> None:
    """Three are running when a limit of two comes: the fourth waits until only one is left."""
    clock, gauge = cs.VirtualClock(), Gauge(1.0)

    async def main() -> None:
        async with Live(clock) as live:
            tasks = []
            for i in range(3):
                tasks.append(live.start(gauge.task(i)))
                await asyncio.sleep(0)
                clock.advance(0.1)
            limit = {"id": "c", "scope": "task:work", "type": "concurrency"}
            await live.say("task/work", limit | {"params": {"limit": 2}})
            tasks += [live.start(gauge.task(i)) for i in range(3, 5)]
            await drive_clock_until(clock, lambda: all(task.done() for task in tasks))

    asyncio.run(main())
    assert gauge.times == pytest.approx([0.0, 0.1, 0.2, 1.1, 1.2])


def test_constraints_that_are_retained_hold_for_the_first_task() -> None:
    """The engine has subscribed before a run's first task begins; and forgets at the end."""
    clock, gauge = cs.VirtualClock(), Gauge(0.0)
    connector = cs.InProcessConnector()
    pause = PAUSE | {"expires_at": 3.0}

    async def main() -> None:
        await connector.connect()
        await connector.publish("cascade/constraints/global", pause, retain=True)
        await connector.disconnect()
        async with cs.Engine(clock=clock, connector=connector) as engine:
            await drive(clock, engine.run(gauge.task(1)))
            await connector.connect()
            await connector.publish("cascade/constraints/global", None, retain=True)
            await connector.disconnect()
            await drive(clock, engine.run(gauge.task(2)))

    asyncio.run(main())
    assert gauge.times == [3.0, 3.0]


@pytest.mark.parametrize(
    "message",
    [
        "{",
        "[]",
        {"id": "a"},
        PAUSE | {"id": 3},
        PAUSE | {"scope": "tasks"},
        PAUSE | {"type": "stop"},
        PAUSE | {"expires_at": "soon"},
        PAUSE | {"expires_at": True},
        PAUSE | {"expires_at": float("nan")},
        PAUSE | {"scope": "task:work"},
        b"\xff",
        "{}x",
        "[]x",
        bytearray(b"{"),
        PAUSE | {"expires": 3},
        PAUSE | {"params": [1]},
        PAUSE | {"type": "concurrency"},
        PAUSE | {"type": "concurrency", "params": {"limit": -1}},
        PAUSE | {"type": "rate_limit", "params": {"rate": "10"}},
        PAUSE | {"type": "rate_limit", "params": {"rate": "0/s"}},
        PAUSE | {"type": "rate_limit", "params": {"rate": "9" * 400 + "/s"}},
        PAUSE | {"params": []},
        PAUSE | {"params": 0},
        PAUSE | {"params": {"limit": 3}},
        PAUSE | {"type": "concurrency", "params": {"limit": 0, "rate": "10/s"}},
        PAUSE | {"type": "rate_limit", "params": {"rate": "10/s", "burst": 3}},
        "[" * 100_000,
    ],
    ids=lambda message: str(message)[:60],
)
def test_malformed_constraints_are_logged_and_ignored(
    message: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """One warning that says what is wrong with it; tasks begin as if it had not come."""
    clock, gauge = cs.VirtualClock(), Gauge(0.0)

    async def main() -> None:
        async with Live(clock) as live:
            await live.say("global", message)
            task = live.start(gauge.task(1))
            await drive_clock_until(clock, task.done)

    with caplog.at_level(logging.WARNING, logger="cascade"):
        asyncio.run(main())
    (record,) = caplog.records
    assert "ignored a malformed constraint on 'cascade/constraints/global'" in record.getMessage()
    assert gauge.times == [0.0]


@pytest.mark.parametrize(
    ("kind", "params", "told"),
    [
        ("pause", {"limit": 3}, "unknown params 'limit' of a pause: it has none"),
        (
            "concurrency",
            {"limit": 3, "x": 1},
            "unknown params 'x' of a concurrency: it has 'limit'",
        ),
        ("rate_limit", {"b": 1, "a": 2}, "unknown params 'a', 'b' of a rate_limit: it has 'rate'"),
    ],
)
def test_unknown_params_are_told_in_one_sentence(
    kind: str, params: dict[str, int], told: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Which there are, and which there can be."""

    async def main() -> None:
        async with Live(cs.VirtualClock()) as live:
            await live.say("global", PAUSE | {"type": kind, "params": params})

    asyncio.run(main())
    (record,) = caplog.records
    assert record.getMessage().endswith(told)
