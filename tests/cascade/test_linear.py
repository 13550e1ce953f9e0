"""What is twice as large costs about twice as much, counted in steps of the interpreter."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

import cascade as cs

MOST = 2.3
"""Cost of a double, as a multiple: 2, a logarithm, and what is there once."""


def opcodes(function: Callable[[], object]) -> int:
    """How many instructions of Python a call executes: the same on every machine."""
    n = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal n
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        n += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return n


@cs.task
def ident(x: Any) -> Any:
    return x


@cs.task
def gather(*xs: Any) -> int:
    return len(xs)


def wide(n: int) -> None:
    """The first run of tasks beside each other, and of one that needs them all."""
    assert cs.run(gather(*[ident(i) for i in range(n)])) == n


def chain(n: int) -> None:
    """The first run of a chain."""
    value = ident(0)
    for _ in range(n):
        value = ident(value)
    assert cs.run(value) == 0


def routers(n: int) -> None:
    """Routers in a chain, each of two routes that need the one before."""
    value: Any = ident(0)
    for _ in range(n):
        value = cs.Router(ident("a"), {"a": ident(value), "b": ident(value)})
    assert cs.run(value) == 0


def one_fails(n: int) -> None:
    """One of the items of a map fails while the others wait."""

    @cs.task
    async def item(i: int, clock: Any = cs.inject("cascade.clock")) -> None:
        await clock.sleep(1.0 if i == 0 else 5.0)
        if i == 0:
            raise ValueError("the first")

    with pytest.raises(ValueError, match="the first"):
        cs.run(item.map(i=range(n)), engine=cs.Engine(clock=cs.VirtualClock()))


def two_resources(n: int) -> None:
    """Tasks that wait for one of two resources, half of them for each."""

    @cs.task
    async def item(i: int) -> None:
        await asyncio.sleep(0)

    engine = cs.Engine(system_resources={"s": 3, "u": 1})
    of_s = item.map(i=range(n)).with_constraints(s=1)
    of_u = item.map(i=range(n)).with_constraints(u=1)
    cs.run([of_s, of_u], engine=engine)


def start_beside_ready_runs(n: int) -> None:
    """A run whose tasks wake each other starts while others are ready, stopped by a budget."""
    clock = cs.VirtualClock()
    engine = cs.Engine(clock=clock)
    gates: list[Any] = [cs.Channel() for _ in range(n)]
    balls: list[Any] = [cs.Channel(), cs.Channel()]

    @cs.task
    async def wait(i: int) -> None:
        await gates[i].receive()

    @cs.task
    async def play(here: int) -> None:
        for i in range(n):
            if here or i:
                await balls[here].receive()
            balls[1 - here].send(None)

    async def body() -> None:
        waiting = [asyncio.create_task(engine.run(wait(i))) for i in range(n)]
        await asyncio.sleep(0)
        for gate in gates:
            gate.send(None)
        await engine.run(play.map(here=[1, 0]))
        clock.advance(1.0)
        await asyncio.gather(*waiting)

    asyncio.run(body())


@pytest.mark.parametrize(
    "what", [wide, chain, routers, one_fails, two_resources, start_beside_ready_runs]
)
def test_twice_as_large_costs_about_twice_as_much(what: Callable[[int], None]) -> None:
    what(8)  # what is made once
    assert opcodes(lambda: what(200)) < MOST * opcodes(lambda: what(100))
