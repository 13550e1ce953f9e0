"""Who may begin: resources in order of arrival, and live constraints; on both clocks."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import CLOCKS, drive, listening, make_clock, run
from tests.proofs import count


@pytest.fixture(params=CLOCKS)
def clock(request: pytest.FixtureRequest) -> cs.Clock:
    return make_clock(request.param)


class Gauge:
    """A task that takes time, and how many of it ran at once."""

    def __init__(self, seconds: float = 1.0) -> None:
        self.now = self.most = 0
        self.begun: list[Any] = []
        self.times: list[float] = []

        @cs.task(name="work")
        async def work(label: Any, clock: Any = cs.inject("cascade.clock")) -> Any:
            self.begun.append(label)
            self.times.append(clock.scheduled)
            self.now += 1
            self.most = max(self.most, self.now)
            try:
                await clock.sleep(seconds)
            finally:
                self.now -= 1
            return label

        self.task = work


# -- resources --------------------------------------------------------------------------


def test_slots_bound_all_concurrent_runs(clock: cs.Clock) -> None:
    """Ten runs and one map share two slots; all of them finish, first come, first served."""
    gauge = Gauge(0.002)

    async def main() -> None:
        async with cs.Engine(clock=clock, system_resources={"slots": 2}) as engine:
            singles = [engine.run(gauge.task(i).with_constraints(slots=1)) for i in range(10)]
            mapped = engine.run(gauge.task.map(label=range(10, 15)).with_constraints(slots=1))
            outcomes = await drive(clock, *singles, mapped)
            assert outcomes == [*range(10), [10, 11, 12, 13, 14]]

    asyncio.run(main())
    assert gauge.most == 2
    assert gauge.begun == list(range(15))


def test_nobody_overtakes_an_earlier_waiter_for_the_same_resource() -> None:
    """A small request behind a big one waits, one for another resource doesn't."""
    clock, gauge = cs.VirtualClock(), Gauge()
    bus, blocks = listening(cs.TaskBlocked)

    async def main() -> None:
        resources = {"slots": 2, "gpu": 1}
        async with cs.Engine(clock=clock, bus=bus, system_resources=resources) as engine:
            asked = [("a", {"slots": 1}), ("big", {"slots": 2}), ("small", {"slots": 1}),
                     ("other", {"gpu": 1}), ("both", {"slots": 1, "gpu": 1})]  # fmt: skip
            runs = [engine.run(gauge.task(who).with_constraints(**what)) for who, what in asked]
            await drive(clock, *runs)

    asyncio.run(main())
    assert gauge.begun == ["a", "other", "big", "small", "both"]
    assert gauge.times == [0.0, 0.0, 1.0, 2.0, 2.0]
    assert [block.reason for block in blocks] == [
        "'slots': wants 2, 1 of 2 free",
        "'slots': wants 1, 1 of 2 free, 1 waiting",
        "'slots': wants 1, 1 of 2 free, 2 waiting; 'gpu': wants 1, 0 of 1 free",
    ]


def test_freed_slots_wake_the_longest_prefix_that_fits() -> None:
    """Six slots come free: 3 and 2 begin, the next 2 doesn't, nor the 1 behind it."""
    clock, gauge = cs.VirtualClock(), Gauge()

    async def main() -> None:
        async with cs.Engine(clock=clock, system_resources={"slots": 6}) as engine:
            amounts = [6, 3, 2, 2, 1]
            runs = [engine.run(gauge.task(n).with_constraints(slots=n)) for n in amounts]
            await drive(clock, *runs)

    asyncio.run(main())
    assert gauge.begun == [6, 3, 2, 2, 1]
    assert gauge.times == [0.0, 1.0, 1.0, 2.0, 2.0]


def test_amounts_may_be_lazy_and_fractions_are_exact() -> None:
    """Ten tenths fit into one at once, again and again."""
    clock, gauge = cs.VirtualClock(), Gauge()

    @cs.task
    def tenth() -> float:
        return 0.1

    async def main() -> None:
        async with cs.Engine(clock=clock, system_resources={"share": 1.0}) as engine:
            for _ in range(5):
                runs = (
                    engine.run(gauge.task(i).with_constraints(share=tenth())) for i in range(10)
                )
                await drive(clock, *runs)
                assert gauge.most == 10
                await drive(clock, engine.run(gauge.task("all").with_constraints(share=1)))

    asyncio.run(main())
    assert clock.now == 10.0


def test_impossible_requests_fail_at_once(clock: cs.Clock) -> None:
    """More than there is, or no amount at all; what is not bounded is unlimited."""
    parts: dict[str, Any] = {"system_resources": {"slots": 2}}
    gauge = Gauge(0.0)
    with pytest.raises(ValueError, match=r"asks for 3 of 'slots', which exceeds total system cap"):
        run(clock, gauge.task(1).with_constraints(slots=3), **parts)
    assert run(clock, gauge.task(1).with_constraints(slots=2, unnamed=10**9), **parts) == 1
    with pytest.raises(ValueError, match="asks for -1 of 'slots'"):
        gauge.task(1).with_constraints(slots=-1)
    with pytest.raises(TypeError, match="asks for 'two' of 'slots'"):
        run(clock, gauge.task(1).with_constraints(slots=gauge.task("two")), **parts)
    with pytest.raises(ValueError, match="system resource 'slots'"):
        cs.Engine(system_resources={"slots": -1})


def test_cancelled_waiters_leave_the_line() -> None:
    """The big one at the head is cancelled: those behind it begin at once."""
    clock, gauge = cs.VirtualClock(), Gauge()

    async def main() -> None:
        async with cs.Engine(clock=clock, system_resources={"slots": 2}) as engine:
            tasks = [
                asyncio.create_task(engine.run(gauge.task(i).with_constraints(slots=n)))
                for i, n in enumerate([1, 2, 1])
            ]
            await asyncio.sleep(0)
            assert engine.statistics().tasks_blocked == 2
            tasks[1].cancel()
            await asyncio.gather(tasks[1], return_exceptions=True)
            clock.advance(0.0)
            assert gauge.begun == [0, 2]
            clock.advance(1.0)
            await asyncio.gather(*tasks, return_exceptions=True)
            assert engine.statistics().tasks_blocked == 0

    asyncio.run(main())


@pytest.mark.drill
def test_cancelling_at_random_moments_leaves_no_slot_taken(
    record_property: Callable[[str, object], None],
) -> None:
    """Tasks with limits cancelled at random moments: then the whole capacity can be had at once."""
    record_property("count", count(60, 500))
    rng = random.Random(4)

    async def main() -> None:
        clock, gauge = cs.VirtualClock(), Gauge()
        connector = cs.InProcessConnector()
        parts: dict[str, Any] = {"connector": connector, "system_resources": {"a": 3, "b": 2}}
        async with cs.Engine(clock=clock, **parts) as engine:
            for _ in range(count(60, 500)):
                tasks = [
                    asyncio.create_task(
                        engine.run(
                            gauge.task(i).with_constraints(a=rng.randint(0, 3), b=rng.randint(0, 2))
                        )
                    )
                    for i in range(12)
                ]
                await asyncio.sleep(0)
                clock.advance(rng.uniform(0.0, 3.0))
                for task in rng.sample(tasks, rng.randint(1, 12)):
                    task.cancel()
                    clock.advance(rng.choice([0.0, 0.3]))
                    await asyncio.sleep(0)
                await drive_all(clock, tasks)
                assert gauge.now == 0
                whole = engine.run(gauge.task("whole").with_constraints(a=3, b=2))
                assert await drive(clock, whole) == ["whole"]
                statistics = engine.statistics()
                assert (statistics.runs_active, statistics.tasks_running) == (0, 0)

    asyncio.run(main())


async def drive_all(clock: cs.VirtualClock, tasks: list[asyncio.Task[Any]]) -> None:
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
        if clock.next_deadline is not None:
            clock.run_until(clock.next_deadline)
    await asyncio.gather(*tasks, return_exceptions=True)


# -- live constraints -------------------------------------------------------------------

PAUSE = {"id": "p", "scope": "global", "type": "pause"}


class Live:
    """An engine with a connector, kept up by a run of its own, and messages to it."""

    def __init__(self, clock: cs.Clock, **parts: Any) -> None:
        self.clock = clock
        self.connector = cs.InProcessConnector()
        self.engine = cs.Engine(clock=clock, connector=self.connector, **parts)
        self.end: cs.Channel[None] = cs.Channel(capacity=1)

    async def __aenter__(self) -> Live:
        end = self.end

        @cs.task
        async def keep_connected() -> None:
            await end.receive()

        self._keeper = asyncio.create_task(self.engine.run(keep_connected()))
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.end.send(None)
        await drive_clock_until(self.clock, self._keeper.done)
        await self._keeper
        await self.engine.aclose()

    async def say(self, topic: str, payload: Any) -> None:
        await self.connector.publish(f"cascade/constraints/{topic}", payload)

    def start(self, target: cs.Lazy) -> asyncio.Task[Any]:
        return asyncio.create_task(self.engine.run(target))


async def drive_clock_until(clock: cs.Clock, is_over: Callable[[], bool]) -> None:
    while not is_over():
        await asyncio.sleep(0)
        if isinstance(clock, cs.VirtualClock) and clock.next_deadline is not None:
            clock.run_until(clock.next_deadline)


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


def test_a_rate_limit_holds_in_every_window() -> None:
    """Never more than three starts within any two seconds, and no waiting beyond that."""
    clock, gauge = cs.VirtualClock(), Gauge(0.0)

    async def main() -> None:
        async with Live(clock) as live:
            rate = {"id": "r", "scope": "global", "type": "rate_limit", "params": {"rate": "3/s"}}
            await live.say("global", rate)
            tasks = [live.start(gauge.task(i)) for i in range(10)]
            await drive_clock_until(clock, lambda: all(task.done() for task in tasks))

    asyncio.run(main())
    assert gauge.begun == list(range(10))
    assert gauge.times == [0.0] * 3 + [1.0] * 3 + [2.0] * 3 + [3.0]


@pytest.mark.slow
def test_rate_limits_and_expiry_keep_to_real_time_on_the_wall_clock() -> None:
    """A pause until 0.1 s from now, then never more than five starts within a second."""
    clock, gauge = cs.WallClock(start=0.0), Gauge(0.0)

    async def main() -> float:
        async with Live(clock) as live:
            began = clock.now
            rate = {"id": "r", "scope": "global", "type": "rate_limit", "params": {"rate": "5/s"}}
            await live.say("global", rate)
            await live.say("global", PAUSE | {"expires_at": began + 0.1})
            tasks = [live.start(gauge.task(i)) for i in range(7)]
            await asyncio.gather(*tasks)
            return began

    began = asyncio.run(main())
    assert gauge.begun == list(range(7))
    assert min(gauge.times) >= began + 0.1
    assert all(
        later - earlier >= 1.0 for earlier, later in zip(gauge.times, gauge.times[5:], strict=False)
    )


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


RATE = {"id": "r", "scope": "global", "type": "rate_limit", "params": {"rate": "10/s"}}


async def starts_under(live: Live, gauge: Gauge, messages: list[Any], step: float) -> list[int]:
    """How many tasks have begun after each of some messages, `step` seconds apart."""
    clock, begun = live.clock, list[int]()
    assert isinstance(clock, cs.VirtualClock)
    running = live.start(gauge.task.map(label=range(100)))
    await asyncio.sleep(0)
    for message in messages:
        await live.say("global", message)
        clock.advance(step)
        begun.append(len(gauge.begun))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return begun


def test_a_rate_limit_told_again_goes_on_counting() -> None:
    """A broker that redelivers what it retains opens no new window; nor does another rate."""
    again: list[list[Any]] = [
        [RATE] * 10,
        [RATE, PAUSE | {"id": "r"}, *[RATE] * 8],
        [RATE, *[RATE | {"params": {"rate": "5/s"}}] * 9],
    ]
    for messages in again:

        async def main(messages: list[Any] = messages) -> list[int]:
            async with Live(cs.VirtualClock()) as live:
                await live.say("global", RATE)
                return await starts_under(live, Gauge(0.0), messages, 0.01)

        assert asyncio.run(main()) == [10] * len(messages)


def test_a_rate_limit_that_was_lifted_begins_anew() -> None:
    """Another limit, too: the window belongs to its name and scope, until it is removed."""

    async def main() -> list[int]:
        async with Live(cs.VirtualClock()) as live:
            await live.say("global", RATE)
            gauge = Gauge(0.0)
            first = await starts_under(live, gauge, [RATE, RATE | {"id": "r"}], 0.01)
            await live.say("global", None)
            await live.say("global", RATE)
            return first + await starts_under(live, gauge, [RATE], 0.01)

    assert asyncio.run(main()) == [10, 10, 20]


def test_a_retained_rate_limit_holds_over_runs_that_do_not_overlap() -> None:
    """Each run connects anew and hears of it anew; all the same ten a second begin."""
    clock, gauge = cs.VirtualClock(), Gauge(0.0)
    connector = cs.InProcessConnector()

    async def main() -> None:
        await connector.connect()
        await connector.publish("cascade/constraints/global", RATE, retain=True)
        await connector.disconnect()
        async with cs.Engine(clock=clock, connector=connector) as engine:
            for number in range(25):
                await drive(clock, engine.run(gauge.task(number)))

    asyncio.run(main())
    assert gauge.times == [*[0.0] * 10, *[1.0] * 10, *[2.0] * 5]


@pytest.mark.parametrize(
    ("rate", "starts_at_once", "second_at"),
    [("10/s", 10, 1.0), ("5/m", 5, 60.0), ("100/h", 100, 3600.0), ("0.5/s", 1, 2.0)],
)
def test_rates_are_per_second_minute_or_hour(
    rate: str, starts_at_once: int, second_at: float
) -> None:
    """So many begin at once, the next one when the first is out of the window."""
    clock, gauge = cs.VirtualClock(), Gauge(0.0)

    async def main() -> None:
        async with Live(clock) as live:
            message = {"id": "r", "scope": "global", "type": "rate_limit", "params": {"rate": rate}}
            await live.say("global", message)
            tasks = [live.start(gauge.task(i)) for i in range(starts_at_once + 1)]
            await drive_clock_until(clock, lambda: all(task.done() for task in tasks))

    asyncio.run(main())
    assert gauge.times == [0.0] * starts_at_once + [second_at]


# -- the connector ----------------------------------------------------------------------


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


# -- everything at once -----------------------------------------------------------------


class Storm:
    """Random runs, cancellations and live constraints on one engine with a connector."""

    TOPICS = ("global", "task/wo*", "task/flaky")
    SCOPES = ("global", "task:wo*", "task:flaky")

    def __init__(self, seed: int, kind: str) -> None:
        self._rng = random.Random(seed)
        self._is_wall = kind == "wall"
        self._scale = 0.002 if self._is_wall else 1.0
        self._clock = make_clock(kind)
        self._connector = CountingConnector()
        self._runs: list[asyncio.Task[Any]] = []

    async def blow(self) -> None:
        """Sixty random things, then everything is lifted, and must come to rest."""
        resources = {"a": 3, "b": 2}
        async with cs.Engine(
            clock=self._clock, connector=self._connector, system_resources=resources
        ) as engine:
            for _ in range(60):
                await self._one_thing(engine)
                await self._let_time_pass(0.5)
            for _ in range(20_000):
                if all(run.done() for run in self._runs):
                    break
                await self._lift(self.TOPICS)
                await self._let_time_pass(None)
            assert all(run.done() for run in self._runs)
            for run in self._runs:
                assert run.cancelled() or isinstance(run.exception(), (OSError, type(None)))
            statistics = engine.statistics()
            assert (statistics.runs_active, statistics.tasks_running) == (0, 0)
            assert (statistics.tasks_blocked, statistics.workflows_waiting) == (0, 0)
            assert self._connector.connected == 0
            assert not engine.admission.wanted
            whole = cs.wait(0.0).with_constraints(**resources)
            assert await drive(self._clock, engine.run(whole)) == [None]

    async def _one_thing(self, engine: cs.Engine) -> None:
        what = self._rng.random()
        if what < 0.5:
            self._runs.append(asyncio.create_task(engine.run(self._target())))
        elif what < 0.6 and self._runs:
            self._rng.choice(self._runs).cancel()
        elif what < 0.8 and self._connector.connected:
            constraint = self._constraint()
            topic = constraint["scope"].replace(":", "/")
            await self._connector.publish(f"cascade/constraints/{topic}", constraint)
        elif self._connector.connected:
            await self._lift([self._rng.choice(self.TOPICS)])

    def _target(self) -> Any:
        rng, scale = self._rng, self._scale
        failures = rng.randint(0, 4)

        @cs.task
        async def work(seconds: float, clock: Any = cs.inject("cascade.clock")) -> float:
            await clock.sleep(seconds)
            return seconds

        @cs.task
        async def flaky(clock: Any = cs.inject("cascade.clock")) -> None:
            nonlocal failures
            await clock.sleep(0.1 * scale)
            failures -= 1
            if failures >= 0:
                raise OSError

        amounts = {"a": rng.randint(0, 3), "b": rng.randint(0, 2)}
        kind = rng.randrange(4)
        if kind == 0:
            return work(rng.random() * scale).with_constraints(**amounts)
        if kind == 1:
            return work.map(seconds=[0.1 * scale, 0.3 * scale]).with_constraints(a=1)
        if kind == 2:
            return flaky().with_retry(3, delay=0.2 * scale).with_constraints(b=1)
        return [work(0.1 * scale), work(0.2 * scale).with_constraints(a=2)]

    def _constraint(self) -> dict[str, Any]:
        rng = self._rng
        kind = rng.choice(["pause", "concurrency", "rate_limit"])
        params = {"pause": {}, "concurrency": {"limit": rng.randint(0, 3)},
                  "rate_limit": {"rate": f"{rng.randint(1, 50)}/s"}}[kind]  # fmt: skip
        message = {"id": rng.choice("xyz"), "scope": rng.choice(self.SCOPES), "type": kind,
                   "params": params}  # fmt: skip
        if rng.random() < 0.5:
            message["expires_at"] = self._clock.now + 3.0 * rng.random() * self._scale
        return message

    async def _lift(self, topics: Iterable[str]) -> None:
        for topic in topics:
            if self._connector.connected:
                await self._connector.publish(f"cascade/constraints/{topic}", None)

    async def _let_time_pass(self, most: float | None) -> None:
        clock = self._clock
        if isinstance(clock, cs.VirtualClock):
            await asyncio.sleep(0)
            if most is not None:
                clock.advance(most * self._rng.random())
            elif clock.next_deadline is not None:
                clock.run_until(clock.next_deadline)
        else:
            await asyncio.sleep(0.001)


class CountingConnector(cs.InProcessConnector):
    """Knows whether it is connected."""

    connected = 0

    async def connect(self) -> None:
        await super().connect()
        self.connected += 1

    async def disconnect(self) -> None:
        await super().disconnect()
        self.connected -= 1


@pytest.mark.drill
@pytest.mark.slow
@pytest.mark.parametrize("kind", CLOCKS)
def test_a_storm_of_runs_cancellations_and_constraints_comes_to_rest(
    kind: str, record_property: Callable[[str, object], None]
) -> None:
    """A storm of runs, cancellations and live constraints: nobody waits on, nothing stays taken."""
    repetitions = count(100, 2_000) if kind == "virtual" else count(5, 60)
    record_property("count", repetitions)
    for seed in range(repetitions):
        asyncio.run(Storm(seed, kind).blow())
