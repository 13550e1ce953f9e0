"""Live constraints on how often: windows, units, and what is counted on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cascade as cs
from tests.cascade.limiting import PAUSE, Gauge, Live, drive_clock_until
from tests.cascade.running import drive


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
