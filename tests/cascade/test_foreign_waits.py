"""Workflows on the virtual clock that wait for what is none of its, fail or are interrupted."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import OnClock, start


async def _foreign_sleep() -> None:
    await asyncio.sleep(0.001)


async def _foreign_bare() -> None:
    await asyncio.sleep(0)


async def _foreign_timeout() -> None:
    async with asyncio.timeout(1.0):  # noqa: ASYNC100 - entering it is the point
        pass


async def _foreign_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(0))


async def _foreign_gather() -> None:
    await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0))


async def _foreign_thread() -> None:
    over = threading.Event()  # a thread that has ended before it is waited for is no wait
    try:
        await asyncio.get_running_loop().run_in_executor(None, over.wait)
    finally:
        over.set()


async def _foreign_swallowed() -> str:
    try:
        await asyncio.sleep(0.001)
    except cs.ForeignWaitError:
        return "went on regardless"
    return ""


@pytest.mark.parametrize(
    "foreign",
    [
        _foreign_sleep,
        _foreign_bare,
        _foreign_timeout,
        _foreign_group,
        _foreign_gather,
        _foreign_thread,
        _foreign_swallowed,
    ],
    ids=lambda f: f.__name__,
)
def test_foreign_waits_end_their_workflow_alone(
    on_virtual_clock: OnClock, foreign: Callable[[], Any]
) -> None:
    """The error names the workflow and points to WallClock; others don't notice."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        log: list[str] = []

        @cs.task(name="offender")
        async def offender() -> Any:
            await clock.sleep(1.0)
            try:
                return await foreign()
            finally:
                log.append("finally")

        @cs.task
        async def innocent() -> str:
            await clock.sleep(2.0)
            return "fine"

        bad, good = await start(engine, offender(), innocent())
        assert clock.advance(3.0).reached
        with pytest.raises(cs.ForeignWaitError, match=r"'offender'.*WallClock"):
            await bad
        assert await good == "fine"
        assert log == ["finally"]
        await asyncio.get_running_loop().shutdown_default_executor()

    on_virtual_clock(body)


def test_asyncio_sees_no_current_task_while_workflows_run(on_virtual_clock: OnClock) -> None:
    """Neither at the start of a run, nor in an advance; afterwards it does again."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        seen: list[Any] = []

        @cs.task
        async def look() -> None:
            seen.append(asyncio.current_task())
            await clock.sleep(1.0)
            seen.append(asyncio.current_task())

        (task,) = await start(engine, look())
        clock.advance(1.0)
        assert seen == [None, None]
        assert asyncio.current_task() is not None
        await task

    on_virtual_clock(body)


def test_each_run_has_its_own_context(on_virtual_clock: OnClock) -> None:
    """What a run sets in a context variable stays in it, and survives its waits."""
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        @cs.task
        async def setter(value: str) -> tuple[str, str]:
            before = variable.get()
            variable.set(value)
            await clock.sleep(1.0)
            return before, variable.get()

        variable.set("host")
        tasks = await start(engine, setter("a"), setter("b"))
        clock.advance(1.0)
        assert await asyncio.gather(*tasks) == [("host", "a"), ("host", "b")]
        assert variable.get() == "host"

    on_virtual_clock(body)


def test_failures_surface_only_where_their_run_is_awaited(on_virtual_clock: OnClock) -> None:
    """Neither ``send``, nor ``advance``, nor another workflow sees them."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        channel = cs.Channel[int]()

        @cs.task
        async def fragile() -> None:
            await channel.receive()
            raise ArithmeticError("mine")

        @cs.task
        async def sender() -> str:
            await clock.sleep(1.0)
            channel.send(1)
            await clock.sleep(1.0)
            return "unharmed"

        bad, good = await start(engine, fragile(), sender())
        assert clock.advance(2.0).reached
        with pytest.raises(ArithmeticError, match="mine"):
            await bad
        assert await good == "unharmed"

    on_virtual_clock(body)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_interrupts_leave_advance(on_virtual_clock: OnClock, kind: type[BaseException]) -> None:
    """The clock can go on afterwards, and the run is over."""

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> None:
        @cs.task
        async def interrupted() -> None:
            await clock.sleep(1.0)
            raise kind

        @cs.task
        async def other() -> float:
            await clock.sleep(2.0)
            return clock.now

        bad, good = await start(engine, interrupted(), other())
        with pytest.raises(kind):
            clock.advance(3.0)
        assert clock.now == 1.0
        bad.cancel()  # awaiting it would raise the interrupt through the loop
        clock.advance(2.0)
        assert await good == 2.0
        with pytest.raises(asyncio.CancelledError):
            await bad

    on_virtual_clock(body)
