"""Misuse is refused where it happens: what was wrong, what was got, what is allowed."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import cascade as cs


@cs.task
def same(x: Any) -> Any:
    return x


SYMBOLS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


@pytest.mark.parametrize("name", SYMBOLS)
@pytest.mark.parametrize(
    "lazy",
    [
        same(1),
        same.map(x=[1]),
        cs.Param("x"),
        cs.Env("X"),
        cs.Router(same(1), {1: 2}),
        cs.wait(1.0),
    ],
)
def test_lazy_values_cannot_be_compared(lazy: Any, name: str) -> None:
    """Neither with a value nor with each other, from either side; they can be told apart."""
    compare = getattr(operator, name)
    other = same(1)
    for left, right in ((lazy, 2), (2, lazy), (lazy, other), (other, lazy)):
        with pytest.raises(TypeError, match=r"can't be compared by .* before it runs"):
            compare(left, right)
    with pytest.raises(TypeError, match=f"can't be compared by {SYMBOLS[name]} before it runs"):
        compare(lazy, other)


def test_lazy_values_are_told_apart_by_identity() -> None:
    """They may be keys, members of a set and found in a list, by being the very same."""
    first, second = same(1), same(1)
    assert {first: 1, second: 2}[second] == 2
    assert len({first, second, first}) == 2
    assert first in [first]
    with pytest.raises(TypeError, match="can't be compared"):
        operator.contains([2], first)


MISUSE: list[tuple[Callable[[], Any], str]] = [
    (lambda: cs.wait("1"), "what wait takes must be a number of seconds, got '1'"),  # type: ignore[arg-type]
    (lambda: cs.wait(True), "what wait takes must be a number of seconds, got True"),
    (lambda: cs.wait(-1), "wait takes a finite number of seconds >= 0, got -1"),
    (lambda: cs.wait(float("inf")), "wait takes a finite number of seconds >= 0, got inf"),
    (lambda: cs.recv("a", "1"), "timeout of recv must be a number of seconds, got '1'"),  # type: ignore[arg-type]
    (lambda: cs.recv("a", -1), "timeout of recv must be >= 0 s, got -1"),
    (lambda: cs.recv(3), "topic of recv must be a non-empty string, got 3"),  # type: ignore[arg-type]
    (lambda: cs.recv(""), "topic of recv must be a non-empty string, got ''"),
    (
        lambda: same.map(x=np.array(3)),
        "map of task 'same' takes a list or other iterable for 'x', got array(3)",
    ),
    (lambda: cs.task(name=3), "a task's name must be a non-empty string, got 3"),  # type: ignore[call-overload]
]


@pytest.mark.parametrize(("call", "words"), MISUSE, ids=[words for _, words in MISUSE])
def test_misuse_is_refused_in_words(call: Callable[[], Any], words: str) -> None:
    """Not by whatever Python happens to stumble over."""
    with pytest.raises((TypeError, ValueError)) as told:
        call()
    assert words in str(told.value)


async def test_a_topic_that_turns_out_to_be_none_is_refused_when_run() -> None:
    """As it is where it is known before."""
    async with cs.Engine(connector=cs.InProcessConnector()) as engine:
        with pytest.raises(TypeError, match="topic of recv must be a non-empty string, got 3"):
            await engine.run(cs.recv(same(3), timeout=0.0))
