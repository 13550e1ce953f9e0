"""``cs.constant``: what all items of a map have in common."""

from __future__ import annotations

from typing import Any, TypeVar

T = TypeVar("T")


class Constant:
    """What every item of a map is given; made by :func:`constant`."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"constant({self.value!r})"


def constant(value: T) -> Constant:
    """Give every item of a map the same: ``score.map(x=[1, 2, 3], model=cs.constant(model))``.

    Parameters
    ----------
    value
        What each item is given, as it is: a list is one value too. It may be lazy, or hold
        lazy values. All items get the same object, so none should change it.
    """
    return Constant(value)


class Instance(Constant):
    """The object of a task that was declared in a class: its methods know how to use it."""

    __slots__ = ()
