"""What can be made a task: functions of any kind, methods, classes, and other callables."""

from __future__ import annotations

import abc
import asyncio
import dataclasses
import functools
import operator
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

import cascade as cs


@dataclasses.dataclass
class Scale:
    factor: int

    @cs.task
    def times(self, x: int, plus: int = 0) -> int:
        return self.factor * x + plus

    @cs.task
    async def later(self, x: int) -> int:
        await asyncio.sleep(0)
        return self.factor * x

    @cs.task
    def countdown(self, n: int) -> Any:
        return self.countdown(n - 1) if n else self.factor

    @staticmethod
    @cs.task
    def above(x: int) -> int:
        return x + 1

    @cs.task
    @staticmethod
    def below(x: int) -> int:
        return x - 1

    @classmethod
    @cs.task
    def named(cls, x: int) -> str:
        return f"{cls.__name__} {x}"

    @property
    @cs.task
    def half(self) -> float:
        return self.factor / 2

    total = cs.task(sum)
    doubled = cs.task(functools.partial(operator.mul, 2))


class Loud(Scale):
    def __init__(self) -> None:
        super().__init__(10)

    def shout(self, x: int) -> Any:
        return super().times(x)


def test_a_task_declared_in_a_class_is_bound_as_a_method_is() -> None:
    """Called on an instance it is given it, on the class it must be given one."""
    scale = Scale(3)
    assert cs.run(scale.times(2)) == 6
    assert cs.run(scale.times(scale.times(2), plus=1)) == 19
    assert cs.run(Scale.times(scale, 2)) == 6
    assert cs.run(scale.later(2)) == 6
    assert cs.run(scale.countdown(100)) == 3
    assert cs.run(Loud().shout(2)) == 20
    assert cs.run(scale.half) == 1.5
    assert isinstance(Scale.times, cs.Task)
    assert scale.times == scale.times
    assert scale.times != Scale(3).times
    assert hash(scale.times) == hash(scale.times)
    assert scale.times.name == "times"
    with pytest.raises(TypeError, match=r"task 'times\(self, x"):
        scale.times()  # type: ignore[call-arg]


def test_the_map_of_a_method_gives_every_item_the_instance() -> None:
    """As a call does; a map on the class takes the instances as a column."""
    scale = Scale(3)
    assert cs.run(scale.times.map(x=[1, 2])) == [3, 6]
    assert cs.run(scale.times.map(x=[1, 2], plus=[10, 20])) == [13, 26]
    assert cs.run(Scale.times.map(self=[scale, Scale(1)], x=[1, 2])) == [3, 2]
    with pytest.raises(TypeError, match="at least one column"):
        scale.times.map()


def test_static_and_class_methods_are_tasks_too() -> None:
    """In either order with @staticmethod; below @classmethod, and so it is said."""
    scale = Loud()
    untyped: tuple[Any, Any] = (scale, Scale)  # a checker takes them for methods
    on_it, on_class = untyped
    static = [on_it.above(1), on_class.above(1), on_it.below(1), on_class.below(1)]
    assert cs.run(static) == [2, 2, 0, 0]
    assert cs.run([on_it.named(1), on_class.named(2)]) == ["Loud 1", "Scale 2"]
    for wrapper in (classmethod, property):
        with pytest.raises(TypeError, match=f"put @{wrapper.__name__} above @task"):
            cs.task(wrapper(lambda cls: cls))  # type: ignore[call-overload]


def test_what_is_not_a_function_is_not_bound_in_a_class() -> None:
    """A builtin and a partial have no instance to take, as in a class without tasks."""
    scale: Any = Scale(3)  # a checker takes them for methods
    assert cs.run([scale.total([1, 2]), scale.doubled(4)]) == [3, 8]


def test_a_task_may_be_an_abstract_method() -> None:
    """A class that leaves it open can't be made instances of."""

    class Base(abc.ABC):
        @cs.task
        @abc.abstractmethod
        def step(self) -> int: ...

    class Whole(Base):
        @cs.task
        def step(self) -> int:
            return 1

    with pytest.raises(TypeError, match="abstract"):
        Base()  # type: ignore[abstract]
    assert cs.run(Whole().step()) == 1


def test_tasks_of_instances_go_to_other_processes() -> None:
    """Task and instance arrive as they are."""
    bound = pickle.loads(pickle.dumps(Scale(3).times))
    assert bound.task is Scale.times
    assert bound.instance == Scale(3)
    with cs.ProcessExecutor(max_workers=1) as executor:
        assert cs.run(Scale(3).times(2), engine=cs.Engine(executor=executor)) == 6


class Adder:
    def __init__(self, n: int = 1) -> None:
        self.n = n

    def __call__(self, x: int) -> int:
        return self.n + x


class AsyncAdder(Adder):
    async def __call__(self, x: int) -> int:  # type: ignore[override]
        return self.n + x


class Repeater:
    def __call__(self, x: int) -> Iterator[int]:
        yield x


def test_partials_builtins_classes_and_callable_objects_are_tasks() -> None:
    """Each with a name that says what it is."""
    add = cs.task(functools.partial(operator.add, 1))
    later = cs.task(functools.partial(AsyncAdder(2)))
    tasks: list[tuple[Any, tuple[Any, ...], Any, str]] = [
        (add, (2,), 3, "add"),
        (later, (2,), 4, "AsyncAdder"),
        (cs.task(len), ([1, 2],), 2, "len"),
        (cs.task(max), (1, 2), 2, "max"),
        (cs.task(int), ("7",), 7, "int"),
        (cs.task(dict), ([("a", 1)],), {"a": 1}, "dict"),
        (cs.task("a b".split), (), ["a", "b"], "split"),
        (cs.task(operator.itemgetter(1)), ([1, 2],), 2, "itemgetter"),
        (cs.task(Adder(5)), (1,), 6, "Adder"),
        (cs.task(AsyncAdder(5)), (1,), 6, "AsyncAdder"),
        (cs.task(lambda: 3), (), 3, "<lambda>"),
    ]
    for made, args, expected, name in tasks:
        assert cs.run(made(*args)) == expected
        assert made.name == name
        assert cs.run(made(*args).with_cache(cs.InMemoryCache())) == expected
    assert cs.run(cs.task(Adder)(4)).n == 4
    assert cs.run(cs.task(AsyncAdder)(4)).n == 4
    assert cs.run(cs.task(dict)(a=add(1))) == {"a": 2}  # type: ignore[call-arg]


def test_what_gives_a_generator_is_no_task_however_it_is_wrapped() -> None:
    """A partial of one, or an object whose call is one."""

    def count(n: int) -> Iterator[int]:
        yield n

    for function in (count, functools.partial(count, 1), Repeater()):
        with pytest.raises(TypeError, match="is a generator function"):
            cs.task(function)


def test_a_partial_cannot_hold_lazy_values() -> None:
    """They would never be filled in; a resource may be asked for by keyword."""
    lazy = cs.task(len)([1])
    with pytest.raises(TypeError, match=r"partial that is made a task can't hold .*'len'"):
        cs.task(functools.partial(operator.add, lazy))
    with pytest.raises(TypeError, match=r"can't hold inject\('db'\)"):
        cs.task(functools.partial(operator.add, cs.inject("db")))

    def add(a: int, b: int) -> int:
        return a + b

    with pytest.raises(TypeError, match="'len'"):
        cs.task(functools.partial(add, b=[lazy]))  # type: ignore[arg-type]

    @cs.resource
    def db() -> Iterator[int]:
        yield 7

    engine = cs.Engine()
    engine.register(db)
    assert cs.run(cs.task(functools.partial(add, b=cs.inject("db")))(1), engine=engine) == 8


def test_names_of_parameters_may_be_those_of_ours() -> None:
    """``self``, ``task``, ``args`` and the like, in calls, maps and constraints."""

    @cs.task
    def take(self: int, task: int, args: int, function: int = 0, **kwargs: int) -> list[int]:
        return [self, task, args, function, *kwargs.values()]

    call = take(self=1, task=2, args=3, function=4, node=5, unnamed=6)
    mapped = take.map(self=[1], task=[2], args=[3], name=[4])
    with cs.ThreadExecutor(1) as executor:
        for engine in (cs.Engine(), cs.Engine(executor=executor)):
            assert cs.run(call, engine=engine) == [1, 2, 3, 4, 5, 6]
            assert cs.run(mapped, engine=engine) == [[1, 2, 3, 0, 4]]
    assert cs.run(take(1, 2, 3).with_constraints(self=1, amounts=2)) == [1, 2, 3, 0]


def test_parameters_given_by_position_only() -> None:
    """Resources, defaults and columns of a map find their places."""

    @cs.resource
    def db() -> Iterator[int]:
        yield 7

    @cs.resource
    def session(a: int = 1, db: int = cs.inject("db"), /) -> Iterator[int]:
        yield db + a

    @cs.task
    def f(a: int, b: int = 2, db: int = cs.inject("db"), /, c: int = 3, **more: int) -> list[Any]:
        return [a, b, db, c, more]

    @cs.task
    def g(a: int, s: int = cs.inject("session"), /) -> int:
        return a + s

    engine = cs.Engine()
    engine.register(db)
    engine.register(session)

    def run(target: Any) -> Any:
        return cs.run(target, engine=engine)

    assert run(f(1)) == [1, 2, 7, 3, {}]
    assert run(f(1, 5)) == [1, 5, 7, 3, {}]
    assert run(f(1, 5, 6, c=9, a=8)) == [1, 5, 6, 9, {"a": 8}]
    assert run(f(1).with_retry(1).with_cache(cs.InMemoryCache())) == [1, 2, 7, 3, {}]
    assert run(f.map(a=[1, 2], c=[3, 4])) == [[1, 2, 7, 3, {}], [2, 2, 7, 4, {}]]
    assert run(f.map(a=[1], b=[g(1)])) == [[1, 9, 7, 3, {}]]
    assert run(g(1)) == 9
    with pytest.raises(TypeError, match="missing a required argument: 'a'"):
        f.map(b=[1])


def test_a_name_that_is_no_name_is_refused() -> None:
    """It says what a name is."""
    for name in (3, ""):
        with pytest.raises(TypeError, match="a task's name must be a non-empty string, got"):
            cs.task(name=name)(len)  # type: ignore[arg-type]
