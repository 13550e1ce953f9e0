"""What a cached call is known by: the code under wrappers, contents however they are shared."""

from __future__ import annotations

import asyncio
import collections
import copy
import functools
import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cascade as cs
from cascade.adapters.captured import capture
from cascade.adapters.fingerprint import FingerprintError, fingerprint
from tests.cascade.running import CLOCKS, drive, make_clock

# -- the code under a wrapper -----------------------------------------------------------

MODULE = """
import functools

class ByName:
    def __init__(self, function):
        functools.update_wrapper(self, function)
    def __call__(self, x):
        return self.__wrapped__(x)
    def __reduce__(self):
        return self.__qualname__

def bare(function):
    @functools.wraps(function)
    def call(x):
        return call.__wrapped__(x)
    return call

def _price(x):
    return x * {factor}

cached = functools.lru_cache(_price)
unbounded = functools.cache(_price)
by_name = ByName(_price)
by_name.__qualname__ = "by_name"
without_closure = bare(_price)
partial = functools.partial(cached)
def asking(ask):
    return lambda x: ask(x)
captured = asking(cached)
held = asking([by_name][0])
"""


@pytest.mark.parametrize(
    "name",
    ["cached", "unbounded", "by_name", "without_closure", "partial", "captured", "held"],
)
def test_a_function_that_is_edited_under_a_wrapper_is_another(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrapper that goes by its name in pickles would be found with the value of old code."""
    module = f"edited_{name}"
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    cache = cs.FileCache(tmp_path / "cache")

    def value() -> Any:
        importlib.invalidate_caches()
        sys.modules.pop(module, None)
        function = getattr(importlib.import_module(module), name)
        return cs.run(cs.task(name=name)(function)(3).with_cache(cache))

    (tmp_path / f"{module}.py").write_text(MODULE.replace("{factor}", "2"))
    assert [value(), value()] == [6, 6]
    assert len(list((tmp_path / "cache").iterdir())) == 1  # found, though loaded anew
    (tmp_path / f"{module}.py").write_text(MODULE.replace("{factor}", "10"))
    assert value() == 30


# -- contents, however they are shared --------------------------------------------------


@dataclass
class Pair:
    one: Any
    other: Any


@dataclass
class Node:
    name: str
    call: Callable[..., Any] | None = None
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)

    def with_child(self, name: str, call: Callable[..., Any] | None = None) -> Node:
        self.children.append(Node(name, call, self))
        return self


def text(value: str) -> str:
    """An equal text that is another object."""
    return "".join(list(value))


shared: list[Any] = [(1, 2), {"a": [1]}, Pair("a", 1), b"12", 2j, 10**30, np.arange(3)]


@pytest.mark.parametrize("value", shared, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(
    "make", [Pair, lambda *of: collections.OrderedDict(zip("ab", of, strict=True))]
)
def test_it_does_not_count_which_parts_are_one_object(make: Any, value: Any) -> None:
    """Two equal values, or one twice; and what is in them counts all the same."""
    other = copy.deepcopy([value])[0]
    if isinstance(value, bytes):
        other = bytes(bytearray(value))
    one = fingerprint(make(value, value))
    assert one == fingerprint(make(value, other)) == fingerprint(make(other, value))
    assert len({one, fingerprint(make(value, 0)), fingerprint(make(0, value))}) == 3


def test_equal_texts_are_one_argument() -> None:
    """As a request makes them anew each time."""
    calls = []

    @cs.task
    def ask(pair: Any) -> int:
        calls.append(pair)
        return 1

    cache = cs.InMemoryCache()
    for pair in (
        Pair("x1", "x1"),
        Pair("x1", text("x1")),
        Pair(text("x1"), text("x1")),
        Pair(text("x1"), "x2"),
    ):
        cs.run(ask(pair).with_cache(cache))
    assert calls == [Pair("x1", "x1"), Pair("x1", "x2")]


def test_many_that_share_much_are_looked_at_once_each() -> None:
    """Forty levels of pairs of one pair would be a billion, if each were looked at anew."""
    value: Any = "x"
    for _ in range(40):
        value = Pair(value, value)
    assert fingerprint(value) != fingerprint(Pair(value, "y"))


def test_what_refers_back_to_itself_has_a_fingerprint() -> None:
    """Trees whose children know their parents: all that is in them counts."""

    def first(x: int) -> int:
        return x

    def second(x: int) -> int:
        return x + 1

    trees = [
        Node("root").with_child("a"),
        Node("root").with_child("b"),
        Node("root").with_child("a").with_child("a"),
        Node("Root").with_child("a"),
    ]
    assert len({fingerprint(tree) for tree in trees}) == 4
    assert fingerprint(trees[0]) == fingerprint(Node("root").with_child("a"))
    around: list[Any] = [Node("root").with_child("a")]
    around[0].children.append(around)
    assert fingerprint(around[0])
    around.append(around)
    with pytest.raises(FingerprintError, match="contains itself"):
        fingerprint(around)

    def captured(tree: Node) -> str:
        return capture(lambda: tree).digits

    of = [captured(Node("root").with_child("a", call)) for call in (first, second, first)]
    assert of[0] == of[2] != of[1]


@pytest.mark.parametrize("plain", [["a"], [1, 2.0], ["x", None, True], [b"1"]])
def test_long_lists_are_known_by_their_contents(plain: list[Any]) -> None:
    """They are told in one go, and yet types, order, and length count."""
    long = plain * 200
    again = [text(each) if isinstance(each, str) else each for each in long]
    assert fingerprint(long) == fingerprint(again)
    others = [long[1:], [*long[:-1], "z"], tuple(long), [*long, []], [*long[::-1], "z"]]
    assert len({fingerprint(each) for each in [long, *others]}) == 6
    assert fingerprint([1] * 200) != fingerprint([1.0] * 200) != fingerprint([True] * 200)


class Counting:
    def __init__(self) -> None:
        self.calls = 0

    @cs.task
    def double(self, x: int) -> int:
        self.calls += 1
        return 2 * x


def test_what_cannot_be_told_from_a_change_by_others_is_executed_again() -> None:
    """An argument that the task changes, and what its asyncio tasks change: never stale."""
    cache, noted, counting = cs.InMemoryCache(), list[int](), Counting()

    @cs.task
    async def gather(x: int) -> int:
        async def note() -> None:
            noted.append(x)

        await asyncio.gather(note(), note())
        return x

    for n in (1, 2):
        assert cs.run(gather(5).with_cache(cache)) == 5
        assert cs.run(counting.double(5).with_cache(cache)) == 10
        assert (noted, counting.calls) == ([5] * 2 * n, n)
    counting.calls = 0
    assert cs.run(counting.double(5).with_cache(cache)) == 10
    assert counting.calls == 0  # found: the instance is as it was at the first call


# -- one flight for one key -------------------------------------------------------------


@pytest.mark.parametrize("kind", CLOCKS)
def test_tasks_that_a_cache_cannot_tell_apart_share_a_flight(kind: str, tmp_path: Path) -> None:
    """Five Task objects of one function, each with a cache object of its own, execute once."""
    clock = make_clock(kind)
    asked.clear()

    async def main() -> list[Any]:
        async with cs.Engine(clock=clock) as engine:
            make = functools.partial(cs.task, fetch)
            calls = [make()(1).with_cache(cs.FileCache(tmp_path)) for _ in range(5)]
            return await drive(clock, *map(engine.run, calls))

    assert asyncio.run(main()) == [1] * 5
    assert asked == [1]


asked: list[int] = []


async def fetch(x: int, clock: Any = cs.inject("cascade.clock")) -> int:
    asked.append(x)
    await clock.sleep(0.01)
    return x
