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

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, Protocol, TypeAlias, TypeGuard

from cascade.errors import GraphError
from cascade.spec.env import Env
from cascade.spec.lazy import Lazy, LazyResult, MappedResult, Targets
from cascade.spec.param import Param
from cascade.spec.policies import UNCONDITIONAL, Policies
from cascade.spec.resource import Inject
from cascade.spec.router import Router

Slot: TypeAlias = Any
Shape: TypeAlias = Hashable


class Results(Protocol):
    """Results by node number."""

    def __getitem__(self, number: int, /) -> Any: ...


COMPOSITE: Final = frozenset(
    {LazyResult, MappedResult, Param, Env, Router, Targets, Inject, list, tuple, dict}
    | {set, frozenset}
)
"""Types whose values may have to be filled in; exact types, for speed."""


def is_bare(target: object) -> TypeGuard[LazyResult[Any]]:
    """Whether `target` is one task with nothing to fill in: the common tail call."""
    if type(target) is not LazyResult or target.kwargs or target.policies is not None:
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

    try:
        shape = [_describe(instance, number_of) for instance in instances]  # grows while read
    except RecursionError:
        raise GraphError(
            f"the arguments of '{instances[-1].name}' nest too deep, or contain themselves"
        ) from None
    return tuple(shape), instances


def slot_of(value: object, number_of: Callable[[Lazy], int]) -> Slot:
    """The slot for one argument."""
    if type(value) not in COMPOSITE:
        return None
    if isinstance(value, Lazy):
        return number_of(value)
    if isinstance(value, Inject):
        return ("inject", value.name)
    if isinstance(value, (set, frozenset)):
        if any(isinstance(item, (Lazy, Inject)) for item in value):
            raise TypeError(f"a set can't hold lazy values, got {value!r}: use a list or a tuple")
        return None
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


def fill(slot: Slot, value: Any, results: Results, resources: dict[str, Any]) -> Any:
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
            tuple([slot_of(argument, number_of) for argument in lazy.args]),
            _named_slots(lazy.kwargs, number_of) if lazy.kwargs else (),
            _policy_slots(lazy.policies, number_of) if lazy.policies is not None else ((), ()),
        )
    if isinstance(lazy, MappedResult):
        columns = _named_slots(lazy.columns, number_of)
        policies = _policy_slots(lazy.policies, number_of) if lazy.policies else ((), ())
        return ("map", lazy.task.serial, columns, policies)
    if isinstance(lazy, Param):
        return ("param", lazy.name)
    if isinstance(lazy, Env):
        return ("env", lazy.name)
    if isinstance(lazy, Router):
        routes = tuple((key, slot_of(value, number_of)) for key, value in lazy.routes.items())
        return ("router", number_of(lazy.selector), routes)
    if isinstance(lazy, Targets):
        return ("targets", slot_of(lazy.values, number_of))
    raise TypeError(f"can't run {lazy!r}: not a task's result, a Param, an Env or a Router")


def _named_slots(values: Mapping[str, Any], number_of: Callable[[Lazy], int]) -> Slot:
    return tuple([(name, slot_of(value, number_of)) for name, value in values.items()])


def _policy_slots(policies: Policies, number_of: Callable[[Lazy], int]) -> Slot:
    """Slots of the condition, ``()`` if there is none, and of the constraints."""
    condition = policies.condition
    return (
        () if condition is UNCONDITIONAL else slot_of(condition, number_of),
        _named_slots(policies.constraints, number_of),
    )
