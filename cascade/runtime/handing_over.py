"""Handing over: whether a graph can end in a tail call, as far as can be seen before it runs."""

from __future__ import annotations

import dis
import sys
import types
from collections.abc import Iterable, Mapping
from typing import Any, Final

from cascade.adapters.captured import in_cell, is_wrapper, note_globals
from cascade.adapters.fingerprint import UNCHANGING
from cascade.spec.containers import kind_of
from cascade.spec.inject import Inject
from cascade.spec.lazy import Lazy
from cascade.spec.result import LazyResult, MappedResult

_CONTAINERS: Final = (list, tuple, dict, set, frozenset)
_DEPTH: Final = 8
"""How deep containers are looked into; what is deeper may be anything."""


def can_hand_over(instances: Iterable[Lazy], params: Mapping[str, Any]) -> bool:
    """Whether a task of a graph may give a lazy value.

    It can't if it neither names nor is given anything but what comes with Python and data
    of such types: then it can call no task, nor anything that does.

    Parameters
    ----------
    instances
        The lazy values of the graph.
    params
        The values that the run was given.
    """
    calls = [each for each in instances if isinstance(each, (LazyResult, MappedResult))]
    if not calls:
        return False
    given = [value for call in calls for value in _given(call)] + [*params.values()]
    tasks = {call.task for call in calls}
    is_data = all(_is_plain(value, takes_lazy=True) for value in given)
    return not (is_data and all(_uses_python_alone(task.function) for task in tasks))


def _given(call: LazyResult[Any] | MappedResult[Any]) -> list[Any]:
    if isinstance(call, MappedResult):
        return list(call.columns.values())
    return [*call.args, *call.kwargs.values()]


def _uses_python_alone(function: Any) -> bool:
    if not isinstance(function, types.FunctionType) or is_wrapper(function):
        return False
    read, assigned = set[str](), set[str]()
    note_globals(function.__code__, read, assigned)
    variables = function.__globals__
    named = [variables[name] for name in read | assigned if name in variables]
    named += [in_cell(cell) for cell in function.__closure__ or ()]
    named += [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    return all(map(_is_plain, named)) and not _imports(function.__code__)


def _imports(code: types.CodeType) -> bool:
    """Whether a function, or one inside it, imports anything."""
    if any(each.opname == "IMPORT_NAME" for each in dis.get_instructions(code)):
        return True
    return any(_imports(each) for each in code.co_consts if isinstance(each, types.CodeType))


def _is_plain(value: Any, takes_lazy: bool = False, depth: int = 0) -> bool:
    """Whether it comes with Python or is of a type that does; so are the items of a container."""
    if takes_lazy and isinstance(value, Lazy):
        return True  # its value is that of another node
    if isinstance(value, Inject):
        return True
    if type(value) in _CONTAINERS:
        parts = [*value, *value.values()] if type(value) is dict else value
        others = [each for each in parts if type(each) not in UNCHANGING]
        return depth < _DEPTH and all(_is_plain(each, takes_lazy, depth + 1) for each in others)
    if isinstance(value, types.ModuleType):
        home: Any = value.__name__
    elif isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
        home = value.__module__ or "builtins"
    elif callable(value) or kind_of(type(value)) is not None:
        return False  # such as a bound method, a partial or a deque of anything
    else:
        home = type(value).__module__
    return str(home).partition(".")[0] in sys.stdlib_module_names
