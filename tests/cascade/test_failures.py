"""Failures of tasks: which are told of, how, and what they end; on both clocks."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

import cascade as cs
from tests.cascade.flowing import after, both, run
from tests.cascade.running import drive


def test_failures_are_noted_and_surface_unchanged(clock: cs.Clock) -> None:
    """The awaiter gets the task's own exception, with a note that names the task."""

    @cs.task
    async def fail() -> None:
        raise LookupError("mine")

    for target in (fail(), after(fail())):
        with pytest.raises(LookupError, match="mine") as caught:
            run(clock, target)
        assert any("task 'fail'" in note for note in caught.value.__notes__)


def test_a_forgotten_await_is_named(clock: cs.Clock) -> None:
    """A task that returns a coroutine is told so."""

    async def inner() -> int:
        return 1

    @cs.task
    def forgot() -> Any:
        return inner()

    with pytest.raises(cs.TaskError, match="'forgot' returned a coroutine"):
        run(clock, forgot())
    with pytest.raises(cs.TaskError, match="'forgot' returned a coroutine"):
        run(clock, after(forgot()))


def test_parallel_failures_hide_nobody(clock: cs.Clock) -> None:
    """The others are cancelled, their clean-up runs, and a failing clean-up is told too."""
    log: list[str] = []

    @cs.task
    async def slow() -> None:
        try:
            await clock.sleep(60)
        finally:
            log.append("cleaned")

    @cs.task
    async def fail() -> None:
        raise KeyError("first")

    with pytest.raises(KeyError, match="first"):
        run(clock, both(slow(), fail()))
    assert log == ["cleaned"]

    @cs.task
    async def fail_cleaning() -> None:
        try:
            await clock.sleep(60)
        finally:
            raise ValueError("second")

    with pytest.raises(ExceptionGroup) as caught:
        run(clock, both(fail_cleaning(), fail()))
    assert {type(e) for e in caught.value.exceptions} == {KeyError, ValueError}


@pytest.mark.parametrize("executor", [cs.LocalExecutor, cs.ThreadExecutor])
def test_all_that_fail_at_one_moment_are_told_of(
    executor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same on each clock and in threads: a group of both, whoever was heard of first."""
    # A busy machine may keep a thread waiting; the moment ends with the last that fails.
    monkeypatch.setattr("cascade.scheduler.crowd.MOMENT_S", 60.0)

    @cs.task
    async def fail_later(name: str, clock: Any = cs.inject("cascade.clock")) -> None:
        await clock.sleep(0.01)
        raise OSError(name)

    @cs.task
    async def fail_below(name: str) -> Any:
        return both(fail_later(name), fail_later(f"{name}'"))

    @cs.task
    def fail_now(name: str) -> None:
        raise OSError(name)

    @cs.task
    def fail_now_below(name: str) -> Any:
        return both(fail_now(name), fail_now(f"{name}'"))

    together = threading.Barrier(2)

    @cs.task
    def fail_in_thread(name: str) -> None:
        together.wait(60)
        raise OSError(name)

    async def failures(clock: cs.Clock, target: cs.Lazy, **parts: Any) -> list[str]:
        async with cs.Engine(clock=clock, **parts) as engine:
            (outcome,) = await drive(clock, engine.run(target))
        return sorted(str(leaf) for leaf in leaves(outcome))

    async def main() -> None:
        if executor is cs.ThreadExecutor:
            for _ in range(10):
                with cs.ThreadExecutor(2) as threads:
                    target = both(fail_in_thread("a"), fail_in_thread("b"))
                    assert await failures(cs.WallClock(), target, executor=threads) == ["a", "b"]
            return
        for clock in (cs.VirtualClock(), cs.WallClock()):
            target = both(fail_later("a"), fail_later("b"))
            assert await failures(clock, target) == ["a", "b"]
            target = both(fail_later.map(name=["a", "b", "c"]), fail_later("d"))
            assert await failures(cs.VirtualClock(), target) == ["a", "b", "c", "d"]
        target = both(both(fail_below("a"), fail_below("b")), fail_later("c"))
        assert await failures(cs.VirtualClock(), target) == ["a", "a'", "b", "b'", "c"]

        at_once = both(both(fail_now_below("a"), fail_now_below("b")), fail_now("c"))
        assert await failures(cs.VirtualClock(), at_once) == ["a", "a'", "b", "b'", "c"]

    asyncio.run(main())


def test_a_sibling_that_waits_for_later_is_cancelled_at_the_end_of_the_instant() -> None:
    """What is due at the instant of a failure still happens; what is due later never does."""
    clock = cs.VirtualClock()
    done: list[str] = []

    @cs.task
    async def work(name: str, until: float, clock: Any = cs.inject("cascade.clock")) -> None:
        await clock.sleep_until(until)
        done.append(name)
        if name == "fails":
            raise OSError(name)

    async def main() -> Any:
        async with cs.Engine(clock=clock) as engine:
            target = both(work("fails", 2.0), both(work("same", 2.0), work("later", 2.5)))
            return await drive(clock, engine.run(target))

    (outcome,) = asyncio.run(main())
    assert isinstance(outcome, OSError)
    assert done == ["fails", "same"]
    assert clock.now == 2.0


def leaves(error: Any) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for each in error.exceptions for leaf in leaves(each)]
    return [error]


def test_a_cancellation_that_a_task_raises_is_told_with_its_name(clock: cs.Clock) -> None:
    """Nobody had asked for it: without a name it would be hard to find."""

    @cs.task
    async def gives_up() -> None:
        raise asyncio.CancelledError

    @cs.task
    def stops() -> None:
        raise StopIteration

    with pytest.raises(asyncio.CancelledError) as caught:
        run(clock, gives_up())
    assert any(note.startswith("in task 'gives_up' of run-") for note in caught.value.__notes__)
    with pytest.raises(RuntimeError, match="StopIteration") as stopped:
        run(clock, stops())
    assert any(note.startswith("in task 'stops' of run-") for note in stopped.value.__notes__)
