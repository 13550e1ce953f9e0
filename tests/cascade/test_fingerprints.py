"""Fingerprints of values and functions: equal for equal ones, in every process."""

from __future__ import annotations

import collections
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cascade.adapters.captured import capture
from cascade.adapters.fingerprint import FingerprintError, fingerprint


@dataclass
class Point:
    x: float
    tags: set[str]


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
nested = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.frozensets(st.text())
    ),
    max_leaves=12,
)


def rebuilt(value: Any) -> Any:
    """The same value, put together anew, and sets in another order."""
    if isinstance(value, dict):
        return {key: rebuilt(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return frozenset(sorted(value, reverse=True))
    if isinstance(value, (list, tuple)):
        return type(value)(rebuilt(each) for each in value)
    return value


@given(nested)
def test_equal_values_have_one_fingerprint(value: Any) -> None:
    """However sets were put together."""
    assert fingerprint(rebuilt(value)) == fingerprint(value)


@settings(max_examples=50)
@given(nested, nested)
def test_different_values_have_different_fingerprints(one: Any, other: Any) -> None:
    """Wherever the text of the values differs, types included."""
    if repr(one) != repr(other) and one != other:
        assert fingerprint(one) != fingerprint(other)


def test_types_count() -> None:
    """1, 1.0, True and '1' are four different arguments; so are a list and a tuple."""
    values = [1, 1.0, True, "1", b"1", [1], (1,), {1}, {1: 1}, None, Point(1, {"a"})]
    assert len({fingerprint(value) for value in values}) == len(values)
    assert fingerprint(["ab", "c"]) != fingerprint(["a", "bc"])
    assert fingerprint([[1], 2]) != fingerprint([[1, 2]])
    assert fingerprint(Point(1, {"a", "b"})) == fingerprint(Point(1, {"b", "a"}))


def test_what_cannot_be_pickled_has_no_fingerprint() -> None:
    """A function made here, or a list that contains itself, says so."""
    loop: list[Any] = []
    loop.append(loop)
    for value in (lambda: None, [lambda: None], loop):
        with pytest.raises(FingerprintError):
            fingerprint(value)


def test_fingerprints_do_not_depend_on_the_process() -> None:
    """Two hash seeds, one fingerprint."""
    program = (
        "from cascade.adapters.fingerprint import fingerprint\n"
        "print(fingerprint({'a': {'x', 'y', 'z'}, 'b': [frozenset('hello'), {2: 'q', 1: 'p'}]}))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_an_edited_function_has_another_fingerprint() -> None:
    """A constant, a name or a default counts; the place in the file doesn't."""

    def made(source: str) -> Any:
        namespace: dict[str, Any] = {}
        exec(source, namespace)
        return capture(namespace["f"]).digits

    original = made("def f(a, b=1): return a + b")
    assert made("\n\n\ndef f(a, b=1): return a + b") == original
    edits = [
        "def f(a, b=1): return a - b",
        "def f(a, b=2): return a + b",
        "def f(a, b=1): return a + b + 1",
        "def f(a, b=1): return max(a, b)",
        "def f(a, b=1): return (lambda: a + b)()",
    ]
    assert len({original, *map(made, edits)}) == 6


def test_a_function_that_captured_itself_has_a_fingerprint() -> None:
    """A recursive function defined inside another one, twice."""

    def make() -> Any:
        def factorial(n: int) -> int:
            return n * factorial(n - 1) if n else 1

        return factorial

    assert capture(make()).digits == capture(make()).digits


def test_a_set_as_a_default_does_not_depend_on_the_process() -> None:
    """Two hash seeds, one fingerprint of the code."""
    program = (
        "from cascade.adapters.captured import capture\n"
        "def f(x, tags=frozenset('hello')): return x\n"
        "print(capture(f).digits)"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


class Tagged(list[int]):
    """A list that carries something else."""

    def __init__(self, items: Any, tag: str) -> None:
        super().__init__(items)
        self.tag = tag


class Loud(dict[str, int]):
    """A dict that answers otherwise."""


class Counted(collections.UserDict[str, int]):
    """A mapping that is no dict, with an attribute beside its items."""

    unit = "m"


@dataclass
class Marked:
    x: int

    def marked(self, mark: str) -> Marked:
        self.mark = mark
        return self


def in_feet(lengths: Counted) -> Counted:
    lengths.unit = "ft"
    return lengths


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Tagged([1], "a"), Tagged([1], "b")),
        (Tagged([1], "a"), [1]),
        (Loud(a=1), {"a": 1}),
        (Marked(1).marked("a"), Marked(1).marked("b")),
        (Counted(a=1), in_feet(Counted(a=1))),
        (collections.defaultdict(int, a=1), collections.defaultdict(list, a=1)),  # type: ignore[arg-type]
        (collections.OrderedDict(a=1, b=2), collections.OrderedDict(b=2, a=1)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (collections.deque([1], maxlen=1), collections.deque([1], maxlen=2)),
        (10**5000, 10**5000 + 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_task_can_tell_apart_has_two_fingerprints(one: Any, other: Any) -> None:
    """Whatever a subclass or an object adds, and the order of a dict, alone and inside."""
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint([{"k": one}]) != fingerprint([{"k": other}])
