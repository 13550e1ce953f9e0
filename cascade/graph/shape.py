"""Shapes: what two targets have in common when one plan serves both.

A shape holds task identities, edges, policies and the structure of containers;
never argument values. It is made of *slots*, one for each place where a value
goes:

* ``None``: a plain value, taken from the arguments as it is;
* ``int``: the result of the node with that number;
* ``("inject", name)``: a resource;
* ``("list" | "tuple" | "dict" | "other", slots)``: a container with lazy values inside
  (see :mod:`cascade.spec.containers`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from itertools import islice
from typing import Any, Final, Protocol, TypeAlias, TypeGuard, cast

from cascade.errors import GraphError, add_note
from cascade.spec.containers import LAZY, PLAIN, find_lazy, kind_of, refuse_hidden_in
from cascade.spec.env import Env
from cascade.spec.inject import Inject
from cascade.spec.lazy import Lazy, Targets
from cascade.spec.param import Param
from cascade.spec.policies import UNCONDITIONAL, Policies
from cascade.spec.result import LazyResult, MappedResult
from cascade.spec.router import Router

Slot: TypeAlias = Any

PART: Final = 1024
"""Nodes that a survey describes in one go, which takes a millisecond or two."""


class Results(Protocol):
    """Results by node number."""

    def __getitem__(self, number: int, /) -> Any: ...


_TAGS: Final[dict[type, str]] = {list: "list", tuple: "tuple", dict: "dict"}


NO_POLICY_SLOTS: Final[tuple[Slot, Slot, Slot]] = ((), (), ())
"""The slots of a call without policies."""


def is_bare(target: object) -> TypeGuard[LazyResult[Any]]:
    """Whether `target` is one task with nothing to fill in: the common tail call."""
    if type(target) is not LazyResult:
        return False
    if target.is_bare:
        return True
    if target.kwargs or target.policies is not None:
        return False
    for argument in target.args:
        if type(argument) not in PLAIN and find_lazy(argument) is not None:
            return False
    return not target.task.injected


class Survey:
    """All that a target needs, numbered a part at a time: a large graph takes long.

    Parameters
    ----------
    target
        What is to be made.

    Attributes
    ----------
    instances
        The lazy values by node number, the target first. Lazy values that
        appear in several places are one node.
    shape
        What each node is, by number; equal for targets that one plan serves.
    digest
        Hash of the shape.
    """

    __slots__ = ("_number_of", "digest", "instances", "shape")

    def __init__(self, target: Lazy) -> None:
        instances = self.instances = [target]
        numbers = {id(target): 0}
        self.shape: list[Hashable] = []
        self.digest = 0

        def number_of(lazy: Lazy) -> int:
            number = numbers.get(id(lazy))
            if number is None:
                number = numbers[id(lazy)] = len(instances)
                instances.append(lazy)
            return number

        self._number_of = number_of

    def go_on(self) -> bool:
        """Describe the next ``PART`` nodes; False once there are no more.

        Raises
        ------
        GraphError
            Arguments nest too deep, or graphs within graphs do.
        """
        shape, instances, number_of = self.shape, self.instances, self._number_of
        first = len(shape)
        upcoming = islice(instances, first, first + PART)  # they grow while they are read
        try:
            part = [_describe(instance, number_of) for instance in upcoming]
        except RecursionError:
            raise GraphError(
                f"the arguments of '{instances[-1].name}' nest too deep or contain themselves, "
                "or it is needed by too many unfinished graphs, each begun by a task of another"
            ) from None
        shape += part
        self.digest = hash((self.digest, *part))
        return len(shape) < len(instances)


def survey(target: Lazy) -> Survey:
    """All that `target` needs, numbered at once."""
    found = Survey(target)
    while found.go_on():
        pass
    return found


def slot_of(value: object, number_of: Callable[[Lazy], int]) -> Slot:
    """The slot for one argument."""
    cls = type(value)
    if cls is LazyResult:
        return number_of(cast(Lazy, value))
    kind = None if cls in PLAIN else kind_of(cls)
    if kind is None:
        return None
    if kind is LAZY:
        return number_of(value) if isinstance(value, Lazy) else ("inject", cast(Inject, value).name)
    if find_lazy(value) is None:
        return None
    refuse_hidden_in(value, kind, "can't run this")
    return (
        _TAGS.get(cls, "other"),
        tuple([slot_of(part, number_of) for part in kind.parts(value)]),
    )


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


def fill(slot: Slot, value: Any, results: Results, resources: Mapping[str, Any]) -> Any:
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
    if kind == "other":
        how = kind_of(type(value))
        assert how is not None
        parts = zip(how.parts(value), inner, strict=True)
        filled = [fill(each, part, results, resources) for part, each in parts]
        try:
            return how.remake(value, filled)
        except Exception as error:
            add_note(error, f"when a {type(value).__qualname__} was made anew, with results in it")
            raise
    filled = [fill(each, item, results, resources) for item, each in zip(value, inner, strict=True)]
    return filled if kind == "list" else tuple(filled)


def _describe(lazy: Lazy, number_of: Callable[[Lazy], int]) -> Hashable:
    if isinstance(lazy, LazyResult):
        known = lazy.task.bare_shape
        if lazy.is_bare and known is not None:
            return known
        described: Hashable = (
            "task",
            lazy.task.serial,
            tuple([slot_of(argument, number_of) for argument in lazy.args]),
            _named_slots(lazy.kwargs, number_of) if lazy.kwargs else (),
            _policy_slots(lazy.policies, number_of)
            if lazy.policies is not None
            else NO_POLICY_SLOTS,
        )
        if lazy.is_bare:
            lazy.task.bare_shape = described
        return described
    if isinstance(lazy, MappedResult):
        columns = _named_slots(lazy.columns, number_of)
        policies = _policy_slots(lazy.policies, number_of) if lazy.policies else NO_POLICY_SLOTS
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
    """Slots of the condition, ``()`` if there is none, and of the constraints; what is before."""
    condition = policies.condition
    return (
        () if condition is UNCONDITIONAL else slot_of(condition, number_of),
        _named_slots(policies.constraints, number_of),
        tuple([number_of(each) for each in policies.after]),
    )
