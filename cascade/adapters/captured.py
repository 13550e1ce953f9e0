"""Captured values: what a task's function carries with it besides its code."""

from __future__ import annotations

import dis
import functools
import types
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Final
from weakref import WeakKeyDictionary

from cascade.adapters.fingerprint import (
    UNCHANGING,
    FingerprintError,
    fingerprint_with,
)
from cascade.spec.task import BoundTask, Task

STATES_KEPT: Final = 1024
"""How many states of what one task captured are known to be of its own making."""


class Captured:
    """What a task is, at one moment.

    Attributes
    ----------
    digits
        Fingerprint of the function, and of what it captured.
    is_portable
        Whether that says the same in other processes. False if something can't be
        looked into, so that only which object it is counts.
    """

    __slots__ = ("digits", "is_portable")

    def __init__(self, digits: str, is_portable: bool) -> None:
        self.digits = digits
        self.is_portable = is_portable


def capture(function: Any) -> Captured:
    """Look at a function and what it has captured now.

    At its code, its defaults and what it captured: the variables of an enclosing function,
    the function under a decorator, the arguments of a partial, the object of a bound
    method, and the numbers and text of its module that it reads. Not at the other globals
    it uses, nor at what it calls by name. What is found changes when the function is edited,
    not when only lines move. Of clocks, channels, locks, loggers and the like only the type
    counts.
    """
    if type(function) is types.FunctionType and _carries_nothing(function):
        return Captured(_parts_of(function.__code__).digits, True)
    look = _Look()
    return Captured(look.digits_of(function), look.is_portable)


def state_of(task: Task[..., Any]) -> Captured:
    """What a task is now, apart from what it has changed itself (see :func:`watch`)."""
    found = capture(task.function)
    known = _known.get(task)
    if known is not None:
        found.digits = known.get(found.digits, found.digits)
    return found


def watch(task: Task[..., Any], work: Awaitable[Any]) -> Awaitable[Any]:
    """Coroutine of `work`, an execution of `task`; what that changes in what the task
    captured makes it no other task.

    A list in which it notes its calls, for instance. Between two of its waits nobody but
    the task runs, so that changes by others are told from its own.
    """
    if not _may_change(task.function):
        return work
    return _await_watched(task, work if isinstance(work, Coroutine) else _awaited(work))


async def _await_watched(task: Task[..., Any], work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await _watched(task, work)
    finally:
        work.close()


async def _awaited(work: Awaitable[Any]) -> Any:
    return await work


_known: WeakKeyDictionary[Task[..., Any], OrderedDict[str, str]] = WeakKeyDictionary()


@types.coroutine
def _watched(task: Task[..., Any], work: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
    step: Callable[[Any], Any] = work.send
    value: Any = None
    while True:
        before = _digits_now(task)
        try:
            request = step(value)
        except StopIteration as stop:
            return stop.value
        finally:
            _note_change(task, before)
        try:
            value = yield request
            step = work.send
        except GeneratorExit:
            work.close()
            raise
        except BaseException as error:  # noqa: BLE001 - handed on
            step, value = work.throw, error


def _note_change(task: Task[..., Any], before: str) -> None:
    after = _digits_now(task)
    if after == before:
        return
    known = _known.setdefault(task, OrderedDict())
    known[after] = known.get(before, before)
    known.move_to_end(after)
    if len(known) > STATES_KEPT:
        known.popitem(last=False)


def _digits_now(task: Task[..., Any]) -> str:
    try:
        return capture(task.function).digits
    except FingerprintError:  # then nothing of it is cached anyway
        return ""


def _may_change(function: Any) -> bool:
    """Whether a function can change what it captured."""
    if not isinstance(function, types.FunctionType):
        return True
    if is_wrapper(function):
        return True
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    return bool(function.__closure__) or any(type(each) not in UNCHANGING for each in defaults)


def _carries_nothing(function: types.FunctionType) -> bool:
    """Whether a function is its code and nothing else."""
    carried = function.__closure__ or function.__defaults__ or function.__kwdefaults__
    return not carried and not is_wrapper(function) and not _constants_of(function)


class _Look:
    """One look at a function and all that it carries with it."""

    def __init__(self) -> None:
        self.is_portable = True
        self._seen: dict[int, tuple[int, Any]] = {}  # held, so that no other gets its id

    def digits_of(self, value: Any) -> str:
        return fingerprint_with(self._behaviour(value), self._stand_in)

    def _stand_in(self, value: Any) -> Any:
        """What counts in the place of functions and machinery; None for data."""
        if isinstance(value, _CALLED):
            return self._behaviour(value)
        kind = type(value)
        if isinstance(value, type):
            return None
        if is_wrapper(value):
            return self._wrapper(value)
        if _is_machinery(kind):
            return ["machinery", kind.__module__, kind.__qualname__]
        return None

    def _behaviour(self, value: Any) -> Any:
        """What there is to tell about something that can be called; all else as it is."""
        if isinstance(value, types.FunctionType):
            if (before := self._seen_before(value)) is not None:
                return before
            kwdefaults = value.__kwdefaults__ or {}
            return [
                _parts_of(value.__code__).digits,
                [self._contents(each) for each in value.__defaults__ or ()],
                [[name, self._contents(each)] for name, each in kwdefaults.items()],
                [self._contents(in_cell(cell)) for cell in value.__closure__ or ()],
                _constants_of(value),
                self._behaviour(vars(value).get("__wrapped__")),
            ]
        if isinstance(value, Task):
            return ["task", value.name, self._behaviour(value.function)]
        if isinstance(value, BoundTask):
            return ["bound", self._behaviour(value.task), self._contents(value.instance)]
        if isinstance(value, functools.partial):
            keywords = [[name, self._contents(each)] for name, each in value.keywords.items()]
            arguments = [self._contents(each) for each in value.args]
            return ["partial", self._behaviour(value.func), arguments, keywords]
        if isinstance(value, types.MethodType):
            return ["method", self._behaviour(value.__func__), self._contents(value.__self__)]
        if isinstance(value, types.ModuleType):
            return ["module", value.__name__]
        if is_wrapper(value):
            return self._wrapper(value)
        called = getattr(type(value), "__call__", None)  # noqa: B004
        if isinstance(called, types.FunctionType) and not isinstance(value, type):
            return ["object", self._behaviour(called), self._data(value)]
        return self._data(value)

    def _wrapper(self, value: Any) -> Any:
        """What there is to tell about an object around a function, which others go by name."""
        if (before := self._seen_before(value)) is not None:
            return before
        kind = type(value)
        called = getattr(kind, "__call__", None)  # noqa: B004
        own = {name: each for name, each in vars(value).items() if name not in _COPIED}
        return [
            ["wrapper", kind.__module__, kind.__qualname__],
            self._behaviour(called) if isinstance(called, types.FunctionType) else None,
            [[name, self._contents(each)] for name, each in own.items()],
        ]

    def _contents(self, value: Any) -> Any:
        """What there is to tell about something captured."""
        return value if type(value) in UNCHANGING else self._behaviour(value)

    def _data(self, value: Any) -> Any:
        if (before := self._seen_before(value)) is not None:
            return before
        try:
            return ["data", fingerprint_with(value, self._stand_in)]
        except FingerprintError:
            self.is_portable = False
            return ["object", type(value).__qualname__, id(value)]

    def _seen_before(self, value: Any) -> Any:
        """What stands for something that was told of already; else note it, and None."""
        if id(value) in self._seen:
            return ["seen", self._seen[id(value)][0]]
        self._seen[id(value)] = len(self._seen), value
        return None


_COPIED: Final = frozenset({*functools.WRAPPER_ASSIGNMENTS, "__type_params__"})
"""What a wrapper takes over from the function in it."""


def is_wrapper(value: Any) -> bool:
    """Whether it says that it is around a function, as ``functools.wraps`` and caches do."""
    return "__wrapped__" in getattr(value, "__dict__", ())


def in_cell(cell: types.CellType) -> Any:
    """What a variable of an enclosing function is now."""
    try:
        return cell.cell_contents
    except ValueError:
        return "not yet assigned"


class _Parts:
    """What a code object says by itself."""

    __slots__ = ("digits", "names")

    def __init__(self, code: types.CodeType) -> None:
        self.digits = fingerprint_with(_told(code), lambda _: None)
        read, assigned = set[str](), set[str]()
        note_globals(code, read, assigned)
        self.names = sorted(read - assigned)


@functools.lru_cache(maxsize=4096)
def _parts_of(code: types.CodeType) -> _Parts:
    return _Parts(code)


def _told(code: types.CodeType) -> list[Any]:
    constants = [
        _told(each) if isinstance(each, types.CodeType) else each for each in code.co_consts
    ]
    variables = (code.co_varnames, code.co_cellvars, code.co_freevars)
    return [code.co_code, constants, code.co_names, variables]


def note_globals(code: types.CodeType, read: set[str], assigned: set[str]) -> None:
    """The globals that a function and those inside it read, and those they assign."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            read.add(instruction.argval)
        elif instruction.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            assigned.add(instruction.argval)
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            note_globals(each, read, assigned)


def _constants_of(function: types.FunctionType) -> list[Any]:
    """The numbers and text of its module that a function reads and doesn't assign."""
    names, variables = _parts_of(function.__code__).names, function.__globals__
    return [[name, variables[name]] for name in names if _is_constant(variables.get(name))]


def _is_constant(value: Any) -> bool:
    if type(value) in (tuple, frozenset):
        return all(map(_is_constant, value))
    return value is not None and type(value) in UNCHANGING


def _is_machinery(kind: type) -> bool:
    """Whether objects of this type are what a task works with, not data that it works on."""
    return any(_is_of_machinery(each.__module__) for each in kind.__mro__) or kind in _RUNNING


def _is_of_machinery(module: str) -> bool:
    return module.startswith(_OWN) or module.partition(".")[0] in _MACHINERY


_OWN: Final = ("cascade.clock", "cascade.scheduler", "cascade.runtime", "cascade.adapters")
_MACHINERY: Final = frozenset(
    {"asyncio", "_asyncio", "concurrent", "contextvars", "_contextvars", "logging"}
    | {"multiprocessing", "_multiprocessing", "queue", "_queue", "threading", "_thread"}
    | {"weakref", "_weakref", "_weakrefset"}
)
_RUNNING: Final = frozenset(
    {types.CoroutineType, types.GeneratorType, types.AsyncGeneratorType}
    | {types.FrameType, types.TracebackType}
)
_CALLED: Final = (
    types.FunctionType,
    functools.partial,
    types.MethodType,
    types.ModuleType,
    Task,
    BoundTask,
)
