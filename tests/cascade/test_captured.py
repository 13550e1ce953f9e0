"""What a task carries with it counts as its arguments do, and is looked at each time."""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cascade as cs
from tests.cascade.caching import Rude, Scale, asking, captured
from tests.cascade.running import listening, run


def decorated(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return function(*args)

    return wrapper


@pytest.mark.parametrize(
    "make",
    [
        captured,
        lambda factor: decorated(captured(factor)),
        lambda factor: functools.partial(pow, factor),
        Scale,
        lambda factor: Scale(factor).__call__,
    ],
    ids=["closure", "decorated", "partial", "object", "method"],
)
def test_what_a_task_captured_counts(
    make: Callable[[int], Callable[[int], int]], tmp_path: Path
) -> None:
    """Tasks of one name and code that carry different values don't share results."""
    cache = cs.FileCache(tmp_path)
    two: cs.Task[[int], int] = cs.Task(make(2), "scale")
    cache.save(two, {"x": 5}, "two")
    assert cache.check(cs.Task(make(3), "scale"), {"x": 5}) is cs.MISS
    assert cache.check(cs.Task(make(2), "scale"), {"x": 5}) == "two"


def scaled(x: int, factors: list[int] = [2], *, offsets: dict[str, int] = {"o": 0}) -> int:  # noqa: B006 - the point
    return x * factors[0] + offsets["o"] + LEVEL


LEVEL = 0


class Model:
    def __init__(self) -> None:
        self.k = 2
        self.lock = threading.Lock()

    @cs.task
    def times(self, x: int) -> int:
        return x * self.k

    def predict(self, x: int) -> int:
        return x * self.k


def changing() -> list[tuple[str, Any, Callable[[], None]]]:
    """Tasks' functions that give 6 of 3, and what makes them give something else."""
    defaults: Any = scaled
    model, scale, listed, factors = Model(), Scale(2), [2], [2]
    deep = {"deep": [Scale(2)]}
    partial = functools.partial(lambda factors, x: x * factors[0], factors)

    def set_level() -> None:
        globals()["LEVEL"] = 1

    return [
        ("bound self", model.predict, lambda: setattr(model, "k", 10)),
        ("object", scale, lambda: setattr(scale, "factor", 10)),
        ("bound task", asking(model.times), lambda: setattr(model, "k", 10)),
        ("cell", lambda x: x * listed[0], lambda: listed.insert(0, 10)),
        ("in depth", lambda x: deep["deep"][0](x), lambda: setattr(deep["deep"][0], "factor", 10)),
        ("partial", partial, lambda: factors.insert(0, 10)),
        ("default", scaled, lambda: defaults.__defaults__[0].insert(0, 10)),
        ("keyword default", scaled, lambda: defaults.__kwdefaults__["offsets"].update(o=5)),
        ("constant of the module", scaled, set_level),
    ]


@pytest.mark.parametrize("number", range(9))
def test_what_was_captured_is_looked_at_at_each_run(
    number: int, cache: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change from outside makes it another call, in both caches; nothing stale is found."""
    monkeypatch.setattr(scaled, "__defaults__", ([2],))
    monkeypatch.setattr(scaled, "__kwdefaults__", {"offsets": {"o": 0}})
    monkeypatch.setitem(globals(), "LEVEL", 0)
    name, function, change = changing()[number]
    task = cs.task(function)
    bus, skips = listening(cs.TaskSkipped)

    def value() -> Any:
        return cs.run(task(x=3).with_cache(cache), engine=cs.Engine(bus=bus))

    assert [value(), value(), len(skips)] == [6, 6, 1], name
    change()
    changed = function(x=3)
    assert changed != 6
    assert [value(), value(), len(skips)] == [changed, changed, 2], name


def test_what_a_task_changes_itself_does_not_count(cache: Any) -> None:
    """Notes of its calls, before and after it waits; the results of all of them are found."""
    calls, total = list[int](), 0

    @cs.task
    async def noted(x: int) -> int:
        nonlocal total
        calls.append(x)
        await asyncio.sleep(0)
        total += x
        return x

    for _ in range(2):
        assert cs.run(noted.map(x=[1, 2, 3]).with_cache(cache)) == [1, 2, 3]
    assert cs.run(noted(2).with_cache(cache)) == 2
    assert (sorted(calls), total) == ([1, 2, 3], 6)
    calls.append(99)
    assert cs.run(noted(2).with_cache(cache)) == 2
    assert calls[3:] == [99, 2]


def test_of_clocks_locks_and_the_like_only_the_type_counts(cache: Any) -> None:
    """They are what a task works with: time passes, a lock is held, and yet it is found."""
    clock, calls = cs.VirtualClock(), list[float]()
    log, lock, gate = logging.getLogger("test"), threading.Lock(), asyncio.Event()

    @cs.task
    async def slow(x: int) -> int:
        await clock.sleep(1.0)
        with lock:
            log.debug("%s", gate)
            calls.append(clock.now)
        return x

    for _ in range(2):
        assert run(clock, slow(1).with_cache(cache)) == 1
        clock.advance(5.0)
        gate.set()
    assert calls == [1.0]


def test_what_cannot_be_looked_into_counts_as_which_object_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """In memory; in files a task that captured it is not cached."""

    def ask(connection: Any) -> cs.Task[..., int]:
        @cs.task
        def asking(x: int) -> int:
            return x if connection else 0

        return asking

    rude, files, memory = ask(Rude()), cs.FileCache(tmp_path), cs.InMemoryCache()
    with caplog.at_level(logging.DEBUG, logger="cascade.adapters.cache"):
        for cache in (files, memory):
            cache.save(rude, {"x": 1}, 1)
    assert files.check(rude, {"x": 1}) is cs.MISS
    assert memory.check(rude, {"x": 1}) == 1
    assert "'asking' is not cached: something that its function captured" in caplog.text
