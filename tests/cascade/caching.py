"""Tasks and objects for tests of caches: well-behaved, carrying something, and rude."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cascade as cs


@cs.task
def square(x: Any, y: int = 0) -> Any:
    return x * x + y


class Scale:
    def __init__(self, factor: int) -> None:
        self.factor = factor

    def __call__(self, x: int) -> int:
        return x * self.factor


def captured(factor: int) -> Any:
    def scale(x: int) -> int:
        return x * factor

    return scale


class Rude:
    def __repr__(self) -> str:
        raise ValueError("no repr")

    def __reduce__(self) -> Any:
        raise OSError("no pickle")


def asking(task: Any) -> Callable[[int], Any]:
    def ask(x: int) -> Any:
        return task.task.function(task.instance, x)

    return ask
