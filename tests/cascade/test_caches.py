"""Cache policies: which calls they know again, and what they keep."""

from __future__ import annotations

import gc
import logging
import threading
from typing import Any

import pytest

import cascade as cs
from tests.cascade.caching import Rude, Scale, captured, square


def test_a_call_is_known_by_task_and_arguments(cache: Any) -> None:
    """Equal arguments hit; another task, another value or another type misses."""

    @cs.task
    def other(x: Any, y: int = 0) -> Any:
        return x

    arguments = {"x": [1, {"k": {2, 3}}], "y": 0}
    assert cache.check(square, arguments) is cs.MISS
    cache.save(square, arguments, None)
    assert cache.check(square, {"y": 0, "x": [1, {"k": {3, 2}}]}) is None
    assert cache.check(square, {"x": [1, {"k": [3, 2]}], "y": 0}) is cs.MISS
    assert cache.check(other, arguments) is cs.MISS
    assert cache.check(square, {"x": [1.0, {"k": {2, 3}}], "y": 0}) is cs.MISS
    cache.clear()
    assert cache.check(square, arguments) is cs.MISS
    assert isinstance(cache, cs.CachePolicy)


def test_what_cannot_be_a_key_is_a_miss(cache: Any) -> None:
    """No error, and nothing stored."""
    arguments = {"x": lambda: None}
    cache.save(square, arguments, 1)
    assert cache.check(square, arguments) is cs.MISS


def test_a_cached_value_is_equal_each_time(cache: Any) -> None:
    """However a task changes what it was given: a list, one in a dict, one beside a function."""

    @cs.task
    def make(kind: str) -> Any:
        unordered = [3, 1, 2]
        return {"list": unordered, "dict": {"a": unordered}, "mixed": (unordered, len)}[kind]

    @cs.task
    def change(value: Any) -> Any:
        inner = value if isinstance(value, list) else value["a"] if "a" in value else value[0]
        before = list(inner)
        inner.sort()
        return before

    for kind in ("list", "dict", "mixed"):
        for _ in range(3):
            assert cs.run(change(make(kind).with_cache(cache))) == [3, 1, 2]


def test_what_cannot_be_copied_is_shared_and_what_is_read_once_not_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A lock is handed out again, and the log says so; a generator is made anew each time."""
    cache = cs.InMemoryCache()
    made: list[str] = []

    @cs.task
    def lock() -> Any:
        made.append("lock")
        return threading.Lock()

    @cs.task
    def numbers() -> Any:
        made.append("numbers")
        return (n for n in [1, 2])

    with caplog.at_level("WARNING", logger="cascade.adapters.cache"):
        first, second = (cs.run(lock().with_cache(cache)) for _ in range(2))
        assert first is second
        assert [list(cs.run(numbers().with_cache(cache))) for _ in range(2)] == [[1, 2]] * 2
    assert made == ["lock", "numbers", "numbers"]
    assert "result of task 'lock' is shared, not copied" in caplog.text
    assert "result of task 'numbers' is not cached: a generator can be read only" in caplog.text


def test_a_bounded_cache_forgets_what_was_used_longest_ago() -> None:
    """Of three with room for two; looking at one keeps it."""
    cache = cs.InMemoryCache(max_entries=2)
    for x in (1, 2):
        cache.save(square, {"x": x}, x)
    assert cache.check(square, {"x": 1}) == 1
    cache.save(square, {"x": 3}, 3)
    assert cache.check(square, {"x": 2}) is cs.MISS
    assert [cache.check(square, {"x": x}) for x in (1, 3)] == [1, 3]
    assert len(cache) == 2
    with pytest.raises(ValueError, match="max_entries"):
        cs.InMemoryCache(max_entries=0)


def test_results_of_a_dropped_task_are_dropped() -> None:
    """The cache keeps no task alive, and forgets what nobody can ask for."""
    cache = cs.InMemoryCache()

    def make() -> cs.Task[..., Any]:
        @cs.task
        def local(x: int) -> int:
            return x

        return local

    local = make()
    cache.save(local, {"x": 1}, object())
    del local
    gc.collect()
    cache.save(make(), {"x": 1}, 1)
    assert len(cache) == 1


@pytest.mark.parametrize("make", [Rude, lambda: Scale(captured(1))])
def test_no_argument_makes_a_run_fail(
    make: Any, cache: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """What an argument's own code raises means a miss, told once for each task."""

    @cs.task
    def kind(x: Any) -> str:
        return type(x).__name__

    value = make()
    with caplog.at_level(logging.DEBUG, logger="cascade.adapters.cache"):
        for _ in range(2):
            assert cs.run(kind(value).with_cache(cache)) == type(value).__name__
    assert len([each for each in caplog.messages if "is not cached" in each]) == 1


def test_the_order_of_keyword_arguments_counts(cache: Any) -> None:
    """A task with ``**kwargs`` can tell; the order of its own parameters it can't."""

    @cs.task
    def names(x: int = 0, y: int = 0, **others: int) -> list[str]:
        return list(others)

    assert cs.run(names(a=1, b=2).with_cache(cache)) == ["a", "b"]
    assert cs.run(names(b=2, a=1).with_cache(cache)) == ["b", "a"]
    cache.save(names, {"x": 1, "y": 2}, "stored")
    assert cache.check(names, {"y": 2, "x": 1}) == "stored"


def test_a_generator_in_a_container_is_not_kept(caplog: pytest.LogCaptureFixture) -> None:
    """The second to get it would find it empty."""

    @cs.task
    def rows() -> Any:
        return {"rows": (n for n in [1, 2])}

    cache = cs.InMemoryCache()
    for _ in range(2):
        assert list(cs.run(rows().with_cache(cache))["rows"]) == [1, 2]
    assert "is not cached: a generator can be read only once" in caplog.text
