"""What can be read once, by tasks of a graph: one reader, one try."""

from __future__ import annotations

import collections
import dataclasses
import types
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import cascade as cs
from tests.cascade.flowing import both, run


class _Pair(NamedTuple):
    n: int
    items: Any


@dataclasses.dataclass
class _Held:
    items: Any


def test_what_can_be_read_once_is_refused_for_two_readers(clock: cs.Clock, tmp_path: Path) -> None:
    """A generator, an iterator, a file: the second reader would find nothing, so it is told."""
    (tmp_path / "lines").write_text("1\n2\n")

    @cs.task
    def numbers() -> Any:
        return (n for n in [1, 2])

    @cs.task
    def iterator() -> Any:
        return iter([1, 2])

    @cs.task
    def lines(files: list[Any]) -> Any:
        files.append((tmp_path / "lines").open())
        return files[-1]

    @cs.task
    def numbers_of(n: int) -> Any:
        return (each for each in range(n))

    @cs.task
    def count(items: Any, *more: Any) -> int:
        return len(list(items))

    files: list[Any] = []
    routed = cs.Router(count([]), {0: numbers()})
    for source in (numbers(), iterator(), lines(files), routed):
        assert run(clock, count(source))[0] == 2
        for target in (both(count(source), count(source)), count(source, source)):
            with pytest.raises(cs.TaskError, match="can be read only once, and 2 arguments need"):
                run(clock, target)
    each = numbers_of.map(n=[1])
    with pytest.raises(cs.TaskError, match="'numbers_of' gave a generator"):
        run(clock, both(count(each), count(each)))
    for file in files:
        file.close()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda items: [items],
        lambda items: (1, [2, {"deep": items}]),
        lambda items: {"lines": items, "n": 2},
        lambda items: _Pair(0, items),
        lambda items: {items},
        lambda items: collections.deque([items]),
        lambda items: {items: "a key"},
        lambda items: _Held(items),
        lambda items: types.SimpleNamespace(items=items),
    ],
)
def test_what_can_be_read_once_is_found_inside_of_what_holds_it(clock: cs.Clock, wrap: Any) -> None:
    """In all containers that lazy values are looked for in, however deep; for one it is fine."""

    @cs.task
    def numbers() -> Any:
        return wrap(iter([1, 2]))

    @cs.task
    def take(held: Any, *more: Any) -> str:
        return type(held).__name__

    assert run(clock, take(numbers()))[0] == type(wrap(iter(()))).__name__
    match = "gave a list_iterator inside its result, which can be read only once, and 2 arguments"
    held = numbers()
    with pytest.raises(cs.TaskError, match=match):
        run(clock, take(held, held))


def test_what_holds_itself_is_looked_through_once(clock: cs.Clock) -> None:
    """A list in a cycle, and one that is deeper than Python recurses, are no trouble."""

    @cs.task
    def circle() -> Any:
        held: list[Any] = [1]
        held.append(held)
        return held

    @cs.task
    def deep() -> Any:
        held: list[Any] = [1]
        for _ in range(100_000):
            held = [held]
        return held

    @cs.task
    def size(held: Any, _more: Any) -> int:
        return len(held)

    for source, n in ((circle(), 2), (deep(), 1)):
        assert run(clock, size(source, source))[0] == n


def test_a_task_is_not_tried_again_with_what_is_used_up(clock: cs.Clock) -> None:
    """The second try would succeed on nothing; the first try's error is raised, with a note."""

    @cs.task
    def numbers() -> Any:
        return iter([1, 2])

    @cs.task
    def read(items: Any) -> int:
        if len(list(items)):
            raise OSError("once")
        return 0

    with pytest.raises(OSError, match="once") as caught:
        run(clock, read(numbers()).with_retry(3, delay=0.0))
    assert "not tried again: an argument can be read only once" in caught.value.__notes__


def test_items_of_what_is_read_once_are_tried_again() -> None:
    """Each call has its own item by then, whatever gave the items."""
    tried: list[int] = []

    @cs.task
    def numbers() -> Any:
        return iter([1, 2])

    @cs.task
    def send(n: int) -> int:
        tried.append(n)
        if tried.count(2) == 1 and n == 2:
            raise OSError("once")
        return n

    result, _ = run(cs.WallClock(), send.map(n=numbers()).with_retry(1, delay=0.0))
    assert result == [1, 2]
    assert sorted(tried) == [1, 2, 2]
