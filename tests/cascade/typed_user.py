"""A user's module, as type checkers see it; never executed (see test_types.py).

``# > type`` stands behind what has this type, ``# ! words`` behind what is an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, reveal_type

import cascade as cs


@cs.task
def add(a: int, b: int) -> int:
    return a + b


@cs.task
async def fetch(url: str) -> bytes:
    return url.encode()


@cs.task(name="text")
def named(a: int) -> str:
    return str(a)


@cs.task(name="text")
async def named_async(a: int) -> str:
    return str(a)


@cs.task
def count_down(n: int) -> str | cs.LazyResult[str]:
    return count_down(n - 1) if n else "lift-off"


@cs.task
async def count_down_async(n: int) -> str | cs.LazyResult[str]:
    return count_down_async(n - 1) if n else "lift-off"


@cs.task(name="forever")
async def forever(n: int) -> cs.LazyResult[Any]:
    return forever(n + 1)


@cs.task
def hands_over(n: int) -> cs.LazyResult[str]:
    return count_down(n)


@cs.task
def largest(numbers: list[int]) -> int | None:
    return max(numbers, default=None)


@cs.task
def uses(db: dict[str, int] = cs.inject("db")) -> int:
    return db["a"]


@cs.resource
def database() -> Iterator[dict[str, int]]:
    yield {}


@cs.resource(scope="task")
async def session() -> AsyncIterator[int]:
    yield 3


@dataclass
class Box:
    of: int


def either(n: int) -> int | str:
    return n or "none"


declared: cs.Task[[int], int | str] = cs.task(either)


@cs.task
def total(numbers: Sequence[int], by_name: Mapping[str, int]) -> int:
    return sum(numbers) + sum(by_name.values())


class Shop:
    @cs.task
    def price(self, what: str) -> int:
        return len(what)

    @cs.task
    async def order(self, what: str, n: int = 1) -> str:
        return what * n

    @staticmethod
    @cs.task
    def tax(net: Any, kind: type[int]) -> int:
        return kind(net)

    @staticmethod
    @cs.task
    def make(kind: type[Box], of: int) -> Box:
        return kind(of)

    @classmethod
    @cs.task
    def named(cls, n: int) -> str:
        return cls.__name__ * n


reveal_type(add)  # > Task[[a: int, b: int], int]
reveal_type(fetch)  # > Task[[url: str], bytes]
reveal_type(named)  # > Task[[a: int], str]
reveal_type(count_down)  # > Task[[n: int], str]
reveal_type(cs.task(lambda: 3))  # > Task[[], int]

# Arguments are checked, and a lazy value may stand in for any.
reveal_type(add(1, 2))  # > LazyResult[int]
reveal_type(add(add(1, 2), b=3))  # > LazyResult[int]
add("x", nope=3)  # ! nope
add(1)  # ! Missing positional argument "b"
add("x", 2)  # ! incompatible type "str"; expected "int"
add(add(1, 2), "x")  # ! incompatible type "str"; expected "int"
named("x")  # ! incompatible type "str"; expected "int"
add(cs.Param("n", type=int), cs.Router(add(1, 2), {3: 4}))
largest([add(1, 2), 3])
largest(add.map(a=[1, 2], b=cs.constant(3)))
Box(add(1, 2))
reveal_type(uses())  # > LazyResult[int]
reveal_type(add(1, 2).with_retry(3).run_if(True).with_constraints(gpu=1))  # > LazyResult[int]
reveal_type(add.map(a=[1], b=[2]).run_if(True))  # > MappedResult[int]

# Methods are bound.
reveal_type(Shop.price)  # > Task[[self: Shop, what: str], int]
reveal_type(Shop().price)  # > BoundTask[[what: str], int]
reveal_type(Shop().order("x"))  # > LazyResult[str]
Shop().price(3)  # ! incompatible type "int"; expected "str"
reveal_type(Shop.tax(3, int))  # > LazyResult[int]
Shop.tax(3, str)  # ! incompatible type "type[str]"; expected "type[int]"
reveal_type(Shop.make(Box, 3))  # > LazyResult[Box]
reveal_type(Shop().named(3))  # > LazyResult[str]
Shop.named(3)  # ! Missing positional argument

# Lists and dicts with names pass where they are not to be changed.
numbers, by_name = [add(1, 2)], {"a": add(3, 4)}
reveal_type(total(numbers, by_name))  # > LazyResult[int]
largest([*numbers])
largest(numbers)  # ! incompatible type "list[LazyResult[int]]"; expected "list[int]"

# What a run gives.
reveal_type(cs.run(add(1, 2)))  # > int
reveal_type(cs.run(named(1)))  # > str
reveal_type(cs.run(named_async(1)))  # > str
reveal_type(cs.run(count_down(3)))  # > str
reveal_type(cs.run(count_down_async(3)))  # > str
reveal_type(cs.run(hands_over(3)))  # > str
reveal_type(cs.run(forever(3)))  # > Any
reveal_type(cs.run(largest([])))  # > int | None
reveal_type(cs.run(add.map(a=[1], b=[2])))  # > list[int]
reveal_type(cs.run([add(1, 2), add(3, 4)]))  # > list[int]
reveal_type(cs.run((add(1, 2), fetch("u"))))  # > tuple[int, bytes]
reveal_type(cs.run(cs.Param("n", type=int), {"n": 3}))  # > int
reveal_type(cs.run(cs.Param("n", 3, int)))  # > int
reveal_type(cs.run(cs.Param("n", type=int | None)))  # > Any
reveal_type(cs.run(cs.Env("HOME")))  # > str
reveal_type(cs.run(cs.Env("PORT", default=80)))  # > str | int
reveal_type(cs.run(cs.Router(add(1, 2), {3: named(3)})))  # > str
reveal_type(cs.run(cs.Router(add(1, 2), {3: add(1, 2), 4: 5})))  # > int
reveal_type(cs.run(cs.Router(add(1, 2), {3: [5], 4: add.map(a=[1], b=[2])})))  # > list[int]
reveal_type(cs.Router(add(1, 2), {3: "x", 4: "y"}))  # > Router[str]
reveal_type(cs.run(cs.wait(1.0)))  # > None
reveal_type(cs.run(cs.task(either)(1)))  # > object
reveal_type(cs.run(declared(1)))  # > int | str
cs.run(add)  # ! No overload variant of "run" matches
cs.run(3)  # ! No overload variant
cs.Param("n", 3, int).run_if(True)  # lazy values are of any type, so this is not told


async def main() -> None:
    channel: cs.Channel[int] = cs.Channel()
    async with cs.Engine() as engine:
        engine.register(database)
        engine.register(session)
        reveal_type(await engine.run(add(1, 2)))  # > int
        reveal_type(await engine.run(fetch("u")))  # > bytes
        reveal_type(await engine.run(add.map(a=[1], b=[2])))  # > list[int]
        reveal_type(await engine.run((add(1, 2), fetch("u"), uses())))  # > tuple[int, bytes, int]
        reveal_type(await engine.run(Shop().order("x"), {}, priority=3))  # > str
        both = asyncio.gather(engine.run(add(1, 2)), engine.run(fetch("u")))
        reveal_type(await both)  # > tuple[int, bytes]
        reveal_type(await asyncio.create_task(engine.run(add(1, 2))))  # > int
        reveal_type(await asyncio.wait_for(engine.run(fetch("u")), 1.0))  # > bytes
        if (value := await channel.receive(timeout=1.0)) is not cs.TIMED_OUT:
            reveal_type(value)  # > int
