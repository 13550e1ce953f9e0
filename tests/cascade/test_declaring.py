"""What can be declared, and how misuse is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

import cascade as cs


@cs.task
def add(a: int, b: int = 10) -> int:
    return a + b


@cs.task(name="named")
async def shout(text: str) -> str:
    return text.upper()


def test_calling_a_task_runs_nothing() -> None:
    """Calling a task gives a lazy result and doesn't touch the function."""
    ran = []

    @cs.task
    def note() -> None:
        ran.append(1)

    lazy = note()
    assert isinstance(lazy, cs.LazyResult)
    assert not ran
    cs.run(lazy)
    assert ran == [1]


def test_tasks_may_be_sync_or_async_and_named() -> None:
    """Both kinds of function run, and the name can be chosen."""
    assert cs.run(add(1, 2)) == 3
    assert cs.run(add(1)) == 11
    assert cs.run(add(a=add(1, 1), b=2)) == 4
    assert cs.run(shout("a")) == "A"
    assert shout.name == "named"
    assert add.name == "add"


def test_wrong_arguments_are_refused_when_declared() -> None:
    """A task called with arguments that don't fit says so at once, by name."""
    with pytest.raises(TypeError, match="task 'add"):
        add()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="task 'add"):
        add(1, c=2)  # type: ignore[call-arg]


def test_generators_are_no_tasks_and_functions_no_resources() -> None:
    """Each decorator refuses what belongs to the other."""
    with pytest.raises(TypeError, match="generator function"):

        @cs.task
        def gen() -> Iterator[int]:
            yield 1

    with pytest.raises(TypeError, match="must be a generator"):

        @cs.resource  # type: ignore[arg-type]
        def plain() -> int:
            return 1

    with pytest.raises(TypeError, match="@task goes on a function"):
        cs.task(3)  # type: ignore[call-overload]


def test_a_lazy_result_has_no_truth_value() -> None:
    """``if lazy:`` is a mistake and says what to use instead."""
    with pytest.raises(TypeError, match="run_if"):
        bool(add(1))


def test_run_if_takes_one_condition() -> None:
    """A condition is lazy or a bool, and there is at most one."""
    with pytest.raises(TypeError, match="lazy result or a bool"):
        add(1).run_if("yes")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="already has a condition"):
        add(1).run_if(True).run_if(True)


def test_router_arguments_are_checked() -> None:
    """A router needs a lazy selector and at least one route."""
    with pytest.raises(TypeError, match="selector must be a lazy result"):
        cs.Router("a", {"a": 1})  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="must be a mapping"):
        cs.Router(add(1), [1])  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="at least one route"):
        cs.Router(add(1), {})


def test_resource_arguments_are_checked() -> None:
    """A resource has scope run or task, and is called without arguments."""
    with pytest.raises(ValueError, match="'run' or 'task'"):

        @cs.resource(scope="day")  # type: ignore[call-overload, untyped-decorator]
        def day() -> Iterator[int]:
            yield 1

    with pytest.raises(TypeError, match="needs a default"):

        @cs.resource
        async def demanding(x: int) -> AsyncIterator[int]:
            yield x

    with pytest.raises(TypeError, match="name of a resource"):
        cs.inject("")


def test_params_are_typed() -> None:
    """A Param is required or has a default, and its type is checked."""
    n = cs.Param("n", type=float)
    assert cs_run_with(n, n=3) == 3
    with pytest.raises(cs.ParameterMissingError, match="'n' is required"):
        cs.run(n)
    with pytest.raises(cs.ParameterTypeError, match="must be of type float"):
        cs_run_with(n, n="3")
    with pytest.raises(cs.ParameterTypeError):
        cs.Param("n", default="x", type=int)
    with pytest.raises(TypeError, match="non-empty string"):
        cs.Param("")
    assert cs.run(add(cs.Param("a", default=4), 1)) == 5


def cs_run_with(target: cs.Lazy, **params: object) -> object:
    return cs.run(target, params)


def test_every_public_name_is_exported_and_documented() -> None:
    """``__all__`` is complete, resolves, and each entry has a docstring."""
    for name in cs.__all__:
        value = getattr(cs, name)
        if name not in ("TIMED_OUT", "MISS"):
            assert value.__doc__, name


def test_params_take_several_types_and_bools_apart() -> None:
    """``int | str`` allows both; True is no int, and what is no class is refused."""
    either = add(cs.Param("x", type=int | str), cs.Param("x", type=int | str))
    assert [cs.run(either, {"x": x}) for x in ("a", 2)] == ["aa", 4]
    for wrong in (2.5, True):
        with pytest.raises(cs.ParameterTypeError, match="of type int or str"):
            cs.run(either, {"x": wrong})
    with pytest.raises(TypeError, match="type of parameter 'x' must be a class"):
        cs.Param("x", 1, "int")
    with pytest.raises(TypeError, match="type of parameter 'x' must be a class"):
        cs.Param("x", [1], list[int])


def test_lazy_values_in_a_set_are_refused() -> None:
    """A set has no order to fill them in; plain sets are values like any other."""

    @cs.task
    def size(values: set[int]) -> int:
        return len(values)

    assert cs.run(size({1, 2})) == 2
    with pytest.raises(TypeError, match="a set can't hold lazy values"):
        cs.run(add({add(1, 2)}, 1))  # type: ignore[arg-type]
