"""A task's own exception reaches the awaiter of the run as it was raised."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import drive, make_clock

CLOCK = cs.inject("cascade.clock")


@dataclass(frozen=True)
class FrozenError(Exception):
    """A dataclass that lets nobody set attributes."""

    code: int


class ClosedError(Exception):
    """One that has slots, and refuses whatever is set or added."""

    __slots__ = ("code",)

    def __init__(self, code: int) -> None:
        object.__setattr__(self, "code", code)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} is read only")

    def add_note(self, note: str) -> None:
        raise AttributeError("no notes, please")


ERRORS: list[Callable[[], Exception]] = [
    lambda: FrozenError(3),
    lambda: ClosedError(3),
    lambda: KeyError("k"),
]


@cs.task
def fail(error: Exception) -> None:
    raise error


@cs.task
async def fail_later(error: Exception, clock: Any = CLOCK) -> None:
    await clock.sleep(0.0)
    raise error


@cs.task
def identity(x: Any) -> Any:
    return x


@cs.task
def hand_over(error: Exception) -> Any:
    return identity(fail_later(error))


@cs.resource
def held() -> Iterator[int]:
    yield 1


@cs.task
async def fail_holding(error: Exception, r: Any = cs.inject("held"), clock: Any = CLOCK) -> None:
    await clock.sleep(0.0)
    raise error


def targets(error: Exception) -> dict[str, Any]:
    """All the ways that an exception may take."""
    return {
        "bare": fail(error),
        "late": fail_later(error),
        "in a graph": identity(fail_later(error)),
        "beside another": [fail_later(error), cs.wait(60.0)],
        "in a map": fail_later.map(error=[error]),
        "by a tail call": hand_over(error),
        "retried": fail_later(error).with_retry(2),
        "cached": fail_later(error).with_cache(cs.InMemoryCache()),
        "in its time": fail_later(error).with_timeout(60.0),
        "limited": fail_later(error).with_constraints(slot=1),
        "holding a resource": fail_holding(error),
    }


def outcome_of(clock: cs.Clock, target: Any, **parts: Any) -> Any:
    async def main() -> Any:
        async with cs.Engine(clock=clock, system_resources={"slot": 1}, **parts) as engine:
            engine.register(held)
            (outcome,) = await drive(clock, engine.run(target))
            return outcome

    return asyncio.run(main())


@pytest.mark.parametrize("make", ERRORS, ids=lambda make: type(make()).__name__)
@pytest.mark.parametrize("way", list(targets(Exception())))
def test_it_arrives_as_itself(way: str, make: Callable[[], Exception], clock: cs.Clock) -> None:
    """The very instance, with the place where it was raised, and a note of the task."""
    error = make()
    found = outcome_of(clock, targets(error)[way])
    assert found is error
    assert traceback.extract_tb(found.__traceback__)[-1].name.startswith("fail")
    (note,) = found.__notes__
    assert note.startswith("in task 'fail")


def test_a_frozen_one_leaves_a_pool(clock: cs.Clock) -> None:
    """An executor in threads hands it on like any other."""
    if isinstance(clock, cs.VirtualClock):
        return
    error = FrozenError(3)
    with ThreadPoolExecutor(1) as pool:
        assert outcome_of(clock, fail(error), executor=cs.FuturesExecutor(pool)) is error


def depth(error: BaseException) -> int:
    return len(list(traceback.walk_tb(error.__traceback__)))


SINGLE = ValueError("the same each time")


@cs.task
async def fail_alike(clock: Any = CLOCK) -> None:
    await clock.sleep(0.0)
    deep(3)


def deep(levels: int) -> None:
    if levels:
        deep(levels - 1)
    raise SINGLE


@pytest.mark.parametrize("way", ["bare", "graph", "retried", "at one time"])
def test_one_instance_a_thousand_times_is_as_the_first_time(way: str, clock: cs.Clock) -> None:
    """Its traceback tells of one failure, and notes don't pile up."""
    SINGLE.__traceback__ = None
    depths, notes = list[int](), list[int]()
    target = {"graph": identity(fail_alike()), "retried": fail_alike().with_retry(9)}
    n, side_by_side = {"retried": (100, 1), "at one time": (10, 100)}.get(way, (1000, 1))

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            for _ in range(n):
                runs = [engine.run(target.get(way, fail_alike())) for _ in range(side_by_side)]
                found = await drive(clock, *runs)
                assert all(each is SINGLE for each in found)
                depths.append(depth(SINGLE))
                notes.append(len(SINGLE.__notes__))

    asyncio.run(main())
    assert max(depths) <= min(depths) + 10
    assert max(notes) <= 8
    assert [each.name for each in traceback.extract_tb(SINGLE.__traceback__)][-4:] == ["deep"] * 4


def test_a_map_that_fails_by_one_instance_is_told_of_one_failure_each() -> None:
    """A group of a hundred has a traceback no longer than one."""
    SINGLE.__traceback__ = None

    @cs.task
    async def item(x: int, clock: Any = CLOCK) -> None:
        await clock.sleep(1.0)
        raise SINGLE

    found = outcome_of(cs.VirtualClock(), item.map(x=list(range(100))))
    assert isinstance(found, ExceptionGroup)
    assert set(found.exceptions) == {SINGLE}
    assert depth(SINGLE) < 20


def test_what_a_task_raises_anew_keeps_where_it_came_from(clock: cs.Clock) -> None:
    """Caught from a run within and raised by hand, twice: both places are in the traceback."""
    engines, error = list[cs.Engine](), OSError("inside")

    @cs.task
    async def outer() -> None:
        try:
            await engines[0].run(identity(fail_later(error)))
        except OSError as caught:
            raise caught

    async def main() -> list[Any]:
        async with cs.Engine(clock=clock) as engine:
            engines.append(engine)
            runs: list[Coroutine[Any, Any, Any]] = [engine.run(outer()) for _ in range(2)]
            return [(await drive(clock, each))[0] for each in runs]

    found = asyncio.run(main())
    assert found == [error, error]
    names = [each.name for each in traceback.extract_tb(error.__traceback__)]
    assert names.count("outer") == 2
    assert names.count("fail_later") == 1
    assert names[-1] == "fail_later"


def test_what_a_thread_has_raised_keeps_its_traceback() -> None:
    """Other code that raises an instance it was given is left alone."""

    def work() -> None:
        raise OSError("in the thread")

    @cs.task
    def ask() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(work).result()

    found = outcome_of(make_clock("virtual"), ask())
    assert [each.name for each in traceback.extract_tb(found.__traceback__)][-1] == "work"
