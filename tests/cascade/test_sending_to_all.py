"""``Channel.send_to_all``: one call that does what a send to each does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cascade as cs

Sending = Callable[[list[cs.Channel[int]], int], int]

KINDS = ("waited for", "waited for, refusing", "waited for, parity", "lossy", "keeping")


def _one_by_one(channels: list[cs.Channel[int]], value: int) -> int:
    return sum(channel.send(value) for channel in channels)


def _outcome(kinds: list[str], values: list[int], send: Sending) -> list[Any]:
    """What was taken, and what each channel handed over, in the order it did."""
    seen: list[Any] = []

    @cs.task
    async def listener(i: int, channel: cs.Channel[int], n: int) -> None:
        for _ in range(n):
            found = await channel.receive(deadline=1.0)
            seen.append((i, found))

    def channel_of(kind: str) -> cs.Channel[int]:
        accept: dict[str, Callable[[int], object]] = {
            "waited for, refusing": lambda _: False,
            "waited for, parity": lambda value: value % 2,
        }
        return cs.Channel(capacity=2 * (kind == "keeping"), accept=accept.get(kind))

    async def body() -> None:
        clock = cs.VirtualClock()
        channels = [channel_of(kind) for kind in kinds]
        async with cs.Engine(clock=clock) as engine:
            runs = [
                asyncio.create_task(engine.run(listener(i, channel, 3)))
                for i, (kind, channel) in enumerate(zip(kinds, channels, strict=True))
                if kind.startswith("waited")
            ]
            await asyncio.sleep(0)
            for value in values:
                try:
                    seen.append(send(channels, value))
                except cs.ChannelFullError as error:
                    seen.append(str(error))
                clock.advance(0.1)
            clock.advance(1.0)
            await asyncio.gather(*runs)
            seen.extend(map(repr, channels))

    asyncio.run(body())
    return seen


@given(st.lists(st.sampled_from(KINDS), max_size=6), st.lists(st.integers(0, 5), max_size=4))
def test_it_is_a_send_to_each_in_turn(kinds: list[str], values: list[int]) -> None:
    """The same is taken, refused, kept, lost and raised, in the same order."""
    assert _outcome(kinds, values, cs.Channel.send_to_all) == _outcome(kinds, values, _one_by_one)


def test_a_filter_that_sends_on_has_done_so_before_its_channel_is_looked_at() -> None:
    """Who waits is asked for after `accept`, which may have woken them by something else."""
    got: list[Any] = []

    @cs.task
    async def listener(channel: cs.Channel[int]) -> None:
        got.append(await channel.receive(deadline=1.0))

    def accept(value: int) -> bool:
        if value < 10:
            channel.send(10 + value)
        return True

    channel: cs.Channel[int] = cs.Channel(accept=accept)

    async def body() -> None:
        clock = cs.VirtualClock()
        async with cs.Engine(clock=clock) as engine:
            run = asyncio.create_task(engine.run(listener(channel)))
            await asyncio.sleep(0)
            assert cs.Channel.send_to_all([channel], 1) == 0
            clock.advance(2.0)
            await run

    asyncio.run(body())
    assert got == [11]


def test_channels_after_one_that_is_full_get_nothing() -> None:
    """The error tells of the first; what it had not come to is as before."""
    first, last = cs.Channel[int](capacity=1), cs.Channel[int](capacity=1)
    assert cs.Channel.send_to_all([first], 1) == 1
    with pytest.raises(cs.ChannelFullError):
        cs.Channel.send_to_all([first, last], 2)
    assert "0/1 kept" in repr(last)
