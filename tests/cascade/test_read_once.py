"""What is used up by reading it, and lazy values that come by way of such; on both clocks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import run


def test_what_is_used_up_is_seen_wherever_it_stands(clock: cs.Clock) -> None:
    """In an item of a map, given directly, in a container, in a Param: never tried again."""
    tried: list[list[int]] = []

    @cs.task
    def rows() -> Any:
        return [iter([1, 2])]

    @cs.task
    def read(items: Any, *, more: Any = ()) -> list[int]:
        tried.append([*(items["in"] if isinstance(items, dict) else items), *more])
        if len(tried) < 2:
            raise OSError("once")
        return tried[-1]

    for target, params in (
        (read.map(items=rows()), {}),
        (read.map(items=[iter([1, 2])]), {}),
        (read(iter([1, 2])), {}),
        (read({"in": iter([1, 2])}), {}),
        (read((), more=iter([1, 2])), {}),
        (read(cs.Param("items")), {"items": iter([1, 2])}),
    ):
        tried.clear()
        with pytest.raises(OSError, match="once") as caught:
            run(clock, target.with_retry(2), params)
        assert "not tried again: an argument can be read only once" in caught.value.__notes__
        assert tried == [[1, 2]]


def test_a_param_that_can_be_read_once_is_refused_for_two_readers(clock: cs.Clock) -> None:
    """By one lazy value or two, in one graph or in what a task hands over to."""

    @cs.task
    def read(items: Any, *_more: Any) -> list[int]:
        return list(items)

    @cs.task
    def hand_over(_done: Any) -> Any:
        return read(cs.Param("x"))

    x = cs.Param("x")
    assert run(clock, read(x), {"x": iter([1, 2])}) == [1, 2]
    assert run(clock, [read(x), read(x)], {"x": [1, 2]}) == [[1, 2], [1, 2]]
    match = "parameter 'x' is or holds a list_iterator, which can be read only once"
    for target in (
        lambda: [read(x), read(x)],
        lambda: [read(x), read(cs.Param("x"))],
        lambda: hand_over(read(x)),
        lambda: read(x, x),
    ):
        for given in (iter([1, 2]), [iter([1, 2])]):
            with pytest.raises(cs.TaskError, match=match):
                run(clock, target(), {"x": given})
    with pytest.raises(TypeError, match="default of parameter 'y' is or holds a list_iterator"):
        cs.Param("y", default=[iter([1, 2])])


def test_a_column_that_gives_lazy_values_is_an_error_by_name(clock: cs.Clock) -> None:
    """Where nobody could look into it before, such as a generator, and once it is read."""

    @cs.task
    def add(a: int, b: int) -> int:
        return a + b

    @cs.task
    def columns(kind: str) -> Any:
        rows = (add(1, n) for n in range(2))
        return rows if kind == "bare" else ([row] for row in rows)

    @cs.task
    def show(k: Any) -> str:
        return repr(k)

    for kind in ("bare", "held"):
        with pytest.raises(TypeError, match="column 'k' of the map of task 'show' gave <LazyResu"):
            run(clock, show.map(k=columns(kind)))


@dataclass
class Store:
    lines: Any
    ids: Any = field(default_factory=itertools.count)

    @cs.task
    def take(self, n: int) -> int:
        return int(next(self.lines)) * n

    @cs.task
    def number(self, n: int) -> int:
        return n + int(next(self.ids))


def test_an_object_with_an_iterator_is_given_to_its_own_tasks(clock: cs.Clock) -> None:
    """Its methods know how to use it; and a counter of ids is never used up."""
    store = Store(iter([3, 3]))
    assert run(clock, store.take.map(n=[1, 2])) == [3, 6]
    with pytest.raises(TypeError, match="constant 'self' of the map of task 'take' is or holds"):
        run(clock, Store.take.map(self=cs.constant(store), n=[1, 2]))

    @cs.task
    def make() -> Store:
        return Store(None)

    @cs.task
    def next_id(store: Store) -> int:
        return int(next(store.ids))

    made = make()
    assert sorted(run(clock, [next_id(made), next_id(made)])) == [0, 1]
