"""Values given from outside: of which type, and under which names."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from numbers import Number
from typing import Any, Optional, Union

import pytest

import cascade as cs


@cs.task
def same(x: Any) -> Any:
    return x


executed: list[Any] = []


@cs.task
def executes(x: Any) -> Any:
    executed.append(x)
    return x


@cs.task
def total(*numbers: int) -> int:
    return sum(numbers)


def given(value: Any, type: Any) -> Any:
    return cs.run(same(cs.Param("x", type=type)), {"x": value})


@pytest.mark.parametrize(
    ("type", "fits", "refused", "words"),
    [
        (Optional[bool], [True, None], [1, "x"], "bool or None"),  # noqa: UP045
        (Union[float, str], [3, 1.5, "x"], [True, None], "float or str"),  # noqa: UP007
        (int | None, [3, None], [1.5, True], "int or None"),
        ((int, str), [3, "x"], [1.5, True, None], "int or str"),
        ((int, (str, None)), [3, "x", None], [1.5], "int or str or None"),
        (None, [3, None, "x"], [], ""),
        (float, [3, 1.5], ["3", True, 1j], "float"),
        (complex, [3, 1.5, 1j], ["3", True], "complex"),
        (Number, [3, Fraction(1, 2)], [True, "3"], "Number"),
        (Hashable, [3, True, "x"], [[]], "Hashable"),
        (object, [3, True, None], [], ""),
        (bool | int, [3, True], [1.5], "bool or int"),
    ],
)
def test_a_value_must_be_of_the_declared_type(
    type: Any, fits: list[Any], refused: list[Any], words: str
) -> None:
    """Of one of several; numbers as they are meant, and a bool is none."""
    for value in fits:
        assert given(value, type) is value
    for value in refused:
        with pytest.raises(cs.ParameterTypeError, match=f"must be of type {words}, got"):
            given(value, type)
        with pytest.raises(cs.ParameterTypeError):
            cs.Param("x", default=value, type=type)


@pytest.mark.parametrize("type", ["int", list[int], 3, (), (int, "x"), Any, int | list[int]])
def test_what_values_cannot_be_checked_against_is_no_type(type: Any) -> None:
    """The error says what is allowed, and what was got."""
    with pytest.raises(TypeError, match="type of parameter 'x' must be a class, or several"):
        cs.Param("x", type=type)


def test_a_misspelt_name_is_refused_before_anything_is_executed() -> None:
    """If it is almost that of a parameter which is left out, wherever that is in the graph."""
    executed = []

    @cs.task
    def train(rate: float) -> float:
        executed.append(rate)
        return rate

    rate = cs.Param("learning_rate", default=0.1)
    routed = cs.Router(same(cs.Param("by", default=0)), {0: 1, 1: train(rate)})
    for target in (train(rate), [train(1), train(rate)], routed, train.map(rate=[1, rate])):
        with pytest.raises(
            cs.ParameterUnknownError,
            match="no parameter is called 'leraning_rate': did you mean 'learning_rate'",
        ):
            cs.run(target, {"leraning_rate": 0.2})
    assert not executed
    assert cs.run(routed, {"learning_rate": 0.2}) == 1


def test_a_name_that_no_parameter_can_have_is_refused_before_anything_is_executed() -> None:
    """Where no task could hand over to a graph that has it; the error lists those there are."""
    n = cs.Param("n", default=1)
    executed.clear()
    for target in (executes([[n], 2]), executes.map(x=[1, n]), [n], same([same([n])]), n):
        with pytest.raises(cs.ParameterUnknownError, match="no parameter is called 'quite'"):
            cs.run(target, {"quite": [1]})
    assert not executed
    for target, known in ((same(n), "'n'"), (same(3), "none"), ([same(n), total(n, 2)], "'n'")):
        with pytest.raises(cs.ParameterUnknownError) as told:
            cs.run(target, {"quite": 2, "other": 3})
        assert f"no parameter is called 'other', 'quite' (the parameters are: {known})" in str(
            told.value
        )
    with pytest.raises(TypeError, match="params must have strings as names, got 3"):
        cs.run(same(n), {3: 4})  # type: ignore[dict-item]


def test_a_parameter_may_come_up_in_a_tail_call() -> None:
    """So names are kept for it; what is spelt almost like one is refused when it comes up."""

    @cs.task
    def hand_over(steps: int) -> Any:
        return hand_over(steps - 1) if steps else same(cs.Param("depth", default=0))

    @cs.task
    def maybe(x: int) -> Any:
        return same(cs.Param("depth")) if x else 0

    for target in (hand_over(0), hand_over(3), same(hand_over(2)), total(hand_over(1), 0)):
        assert cs.run(target, {"depth": 7}) == 7
        with pytest.raises(cs.ParameterUnknownError, match="did you mean 'depth'"):
            cs.run(target, {"dept": 7})
    assert cs.run(hand_over.map(steps=[0, 1]), {"depth": 7}) == [7, 7]
    assert cs.run(same(maybe(0)).run_if(True), {}) == 0
    with pytest.warns(cs.ParameterUnknownWarning, match="'unlike' .the parameters are: 'depth'"):
        assert cs.run(hand_over(1), {"unlike": 1}) == 0


class Flows:
    """What has a task, and a method that gives a lazy value."""

    def next(self, n: int) -> Any:
        return same(cs.Param("name")) if n else "nobody"

    @cs.task
    def step(self, n: int) -> Any:
        return self.next(n)


def indirectly(n: int) -> Any:
    return Flows().next(n)


@cs.task
def by_helper(n: int) -> Any:
    return indirectly(n)


@cs.task
def by_argument(flows: Any, n: int) -> Any:
    return flows.next(n)


@cs.task
def by_callable(call: Any, n: int) -> Any:
    return call(n)


@cs.task
def by_import(n: int) -> Any:
    from tests.cascade import test_params

    return test_params.indirectly(n)


@cs.task
def maybe(n: int) -> Any:
    return same(cs.Param("name")) if n else "nobody"


def captured(flows: Any) -> cs.Task[..., Any]:
    @cs.task
    def by_cell(n: int) -> Any:
        return flows["deep"][0].next(n)

    return by_cell


@pytest.mark.parametrize(
    "make",
    [
        maybe,
        by_helper,
        by_import,
        Flows().step,
        captured({"deep": [Flows()]}),
        lambda n: by_argument(Flows(), n),
        lambda n: by_callable(Flows().next, n),
        lambda n: by_callable(maybe, n),
        lambda n: by_argument(cs.Param("flows"), n),
        lambda n: by_helper(same(n)),
    ],
)
def test_a_run_does_not_fail_for_a_parameter_that_its_data_did_not_need(make: Any) -> None:
    """The same program with other data asks for it; without, there is a warning."""
    params: dict[str, Any] = {"name": "Ada"}
    if "flows" in cs.visualize(make(1)):
        params["flows"] = Flows()
    n = cs.Param("n")
    routed = cs.Router(cs.Param("by"), {"a": make(1), "b": "none"})
    assert cs.run(make(1), params) == "Ada"
    assert cs.run(make(n), {**params, "n": 1}) == "Ada"
    with pytest.warns(cs.ParameterUnknownWarning, match="no parameter is called 'name'"):
        assert cs.run(make(0), params) == "nobody"
    with pytest.warns(cs.ParameterUnknownWarning, match="no parameter is called 'name'"):
        assert cs.run(routed, {**params, "by": "b"}) == "none"


def test_a_name_left_by_a_run_that_fails_is_not_warned_of() -> None:
    """The failure is what counts: it may have come before what asks for the value."""

    @cs.task
    def fail(_x: Any) -> Any:
        return same(cs.Param("name")) if _x else 1 / 0

    with pytest.raises(ZeroDivisionError):
        cs.run(fail(0), {"name": "Ada"})


def test_values_of_several_types_are_read_from_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By the first type that can; None is what an option that is left out gives."""
    main = cs.cli(
        [
            same(cs.Param("count", type=int | None, default=None)),
            same(cs.Param("either", type=int | str, default="x")),
            same(cs.Param("pair", type=(float, bool), default=1.5)),
        ]
    )
    assert main([]) == [None, "x", 1.5]
    assert main(["--count", "3", "--either", "4", "--pair", "yes"]) == [3, 4, True]
    assert main(["--either", "four", "--pair", "2"])[1:] == ["four", 2.0]
    with pytest.raises(SystemExit):
        main(["--count", "x"])
    assert "--count: invalid int value: 'x'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--pair", "x"])
    assert "--pair: invalid float or bool value: 'x'" in capsys.readouterr().err
    for unreadable in (list | None, list, object, type(None)):
        with pytest.raises(TypeError, match="can't be read from a text"):
            cs.cli(same(cs.Param("x", type=unreadable)))
