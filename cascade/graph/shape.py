"""Shapes: what two targets have in common when one plan serves both.

A shape holds task identities, edges, policies and the structure of containers;
never argument values. It is made of *slots*, one for each place where a value
goes:

* ``None``: a plain value, taken from the arguments as it is;
* ``int``: the result of the node with that number;
* ``("inject", name)``: a resource;
* ``("list" | "tuple" | "dict", slots)``: a container with lazy values inside.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, TypeAlias

from cascade.spec.lazy import UNCONDITIONAL, Lazy, LazyResult
from cascade.spec.param import Param
from cascade.spec.resource import Inject
from cascade.spec.router import Router

Slot: TypeAlias = Any
Shape: TypeAlias = Hashable

COMPOSITE: Final = frozenset({LazyResult, Param, Router, Inject, list, tuple, dict})
"""Types whose values may have to be filled in; exact types, for speed."""


def is_bare(target: object) -> bool:
    """Whether `target` is one task with nothing to fill in: the common tail call."""
    if type(target) is not LazyResult or target.kwargs or target.condition is not UNCONDITIONAL:
        return False
    for argument in target.args:
        if type(argument) in COMPOSITE:
            return False
    return not target.task.injected


def survey(target: Lazy) -> tuple[Shape, list[Lazy]]:
    """Number all that `target` needs.

    Returns
    -------
    shape
        Hashable; equal for targets that one plan serves.
    instances
        The lazy values by node number, the target first. Lazy values that
        appear in several places are one node.
    """
    instances: list[Lazy] = [target]
    numbers = {id(target): 0}

    def number_of(lazy: Lazy) -> int:
        number = numbers.get(id(lazy))
        if number is None:
            number = numbers[id(lazy)] = len(instances)
            instances.append(lazy)
        return number

    shape = [_describe(instance, number_of) for instance in instances]  # grows while it is read
    return tuple(shape), instances


def slot_of(value: object, number_of: Callable[[Lazy], int]) -> Slot:
    """The slot for one argument."""
    if type(value) not in COMPOSITE:
        return None
    if isinstance(value, Lazy):
        return number_of(value)
    if isinstance(value, Inject):
        return ("inject", value.name)
    if isinstance(value, dict):
        slots = tuple(slot_of(item, number_of) for item in value.values())
    else:
        assert isinstance(value, (list, tuple))
        slots = tuple(slot_of(item, number_of) for item in value)
    if all(slot is None for slot in slots):
        return None
    return (type(value).__name__, slots)


def references(slot: Slot) -> list[int]:
    """The nodes whose results a slot takes."""
    if slot is None:
        return []
    if isinstance(slot, int):
        return [slot]
    kind, inner = slot
    if kind == "inject":
        return []
    return [number for each in inner for number in references(each)]


def injections(slot: Slot) -> list[str]:
    """The resources that a slot takes."""
    if slot is None or isinstance(slot, int):
        return []
    kind, inner = slot
    if kind == "inject":
        return [inner]
    return [name for each in inner for name in injections(each)]


def fill(slot: Slot, value: Any, results: Sequence[Any], resources: dict[str, Any]) -> Any:
    """The value that goes into a slot.

    Parameters
    ----------
    slot, value
        The slot, and what stands there in the declaration.
    results
        Results by node number.
    resources
        Resources by name.
    """
    if slot is None:
        return value
    if isinstance(slot, int):
        return results[slot]
    kind, inner = slot
    if kind == "inject":
        return resources[inner]
    if kind == "dict":
        return {
            key: fill(each, item, results, resources)
            for (key, item), each in zip(value.items(), inner, strict=True)
        }
    filled = [fill(each, item, results, resources) for item, each in zip(value, inner, strict=True)]
    return filled if kind == "list" else tuple(filled)


def _describe(lazy: Lazy, number_of: Callable[[Lazy], int]) -> Hashable:
    if isinstance(lazy, LazyResult):
        return (
            "task",
            lazy.task.serial,
            tuple(slot_of(argument, number_of) for argument in lazy.args),
            tuple((name, slot_of(value, number_of)) for name, value in lazy.kwargs.items()),
            () if lazy.condition is UNCONDITIONAL else slot_of(lazy.condition, number_of),
        )
    if isinstance(lazy, Param):
        return ("param", lazy.name)
    if isinstance(lazy, Router):
        routes = tuple((key, slot_of(value, number_of)) for key, value in lazy.routes.items())
        return ("router", number_of(lazy.selector), routes)
    raise TypeError(f"can't run {lazy!r}: not a task's result, a Param or a Router")
