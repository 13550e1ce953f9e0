"""Fingerprints: one number for equal values, in any process and at any time."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import pickle
import types
from collections.abc import Mapping, Set
from typing import Any

from cascade.errors import CascadeError


class FingerprintError(CascadeError, TypeError):
    """A value has no fingerprint: it, or something in it, can't be pickled."""


def fingerprint(value: Any) -> str:
    """SHA-256 of a value's contents, as hexadecimal digits.

    Equal for equal numbers, strings, lists, tuples, dicts, sets and
    dataclasses of the same types, nested in any way and however dicts and sets
    were put together; 1, 1.0 and True are different. Of everything else the
    pickled form counts.

    Raises
    ------
    FingerprintError
        Something in it can't be pickled, or it contains itself.
    """
    digest = hashlib.sha256()
    try:
        for part in _parts(value):
            digest.update(b"%d:" % len(part))
            digest.update(part)
    except FingerprintError:
        raise
    except RecursionError:
        raise FingerprintError("a value that contains itself has no fingerprint") from None
    except Exception as error:
        # A value's own code was called, which may raise anything; its repr too, so not used.
        raise FingerprintError(
            f"a value of type {type(value).__qualname__} has no fingerprint: "
            f"{type(error).__name__} in it"
        ) from error
    return digest.hexdigest()


def code_fingerprint(function: Any) -> str:
    """Fingerprint of what a function does, as far as it carries that with it.

    Its code, its defaults and what it captured: the variables of an enclosing
    function, the function under a decorator, the arguments of a partial, the
    object of a bound method. Not the globals it uses, nor what it calls by
    name. It changes when the function is edited, not when only lines move.

    Raises
    ------
    FingerprintError
        Something it captured, or a default, has no fingerprint.
    """
    return fingerprint(_behaviour(function, {}))


def _behaviour(value: Any, seen: dict[int, int]) -> Any:
    """What there is to tell about a function; any other value as it is."""
    from cascade.spec.task import Task

    if id(value) in seen:
        return ["seen", seen[id(value)]]
    if isinstance(value, types.FunctionType):
        seen[id(value)] = len(seen)
        kwdefaults = value.__kwdefaults__ or {}
        return [
            _code_parts(value.__code__),
            [_behaviour(each, seen) for each in value.__defaults__ or ()],
            [[name, _behaviour(kwdefaults[name], seen)] for name in sorted(kwdefaults)],
            [_behaviour(_contents(cell), seen) for cell in value.__closure__ or ()],
        ]
    if isinstance(value, Task):
        return ["task", value.name, _behaviour(value.function, seen)]
    if isinstance(value, functools.partial):
        keywords = [
            [name, _behaviour(value.keywords[name], seen)] for name in sorted(value.keywords)
        ]
        arguments = [_behaviour(each, seen) for each in value.args]
        return ["partial", _behaviour(value.func, seen), arguments, keywords]
    if isinstance(value, types.MethodType):
        return ["method", _behaviour(value.__func__, seen), value.__self__]
    if isinstance(value, types.ModuleType):
        return ["module", value.__name__]
    called = getattr(type(value), "__call__", None)  # noqa: B004
    if isinstance(called, types.FunctionType) and not isinstance(value, type):
        return ["object", _behaviour(called, seen), value]
    return value


def _contents(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return "not yet assigned"


def _code_parts(code: types.CodeType) -> list[Any]:
    constants = [
        _code_parts(each) if isinstance(each, types.CodeType) else each for each in code.co_consts
    ]
    variables = (code.co_varnames, code.co_cellvars, code.co_freevars)
    return [code.co_code, constants, code.co_names, variables]


def _parts(value: Any) -> Any:
    """Bytes that say what `value` is; a generator."""
    kind = type(value)
    yield f"{kind.__module__}.{kind.__qualname__}".encode()
    if value is None or kind in (bool, int, float, complex):
        yield repr(value).encode()
    elif kind is str:
        yield value.encode("utf-8", "surrogatepass")
    elif kind in (bytes, bytearray):
        yield bytes(value)
    elif kind in (list, tuple):
        yield b"%d" % len(value)
        for each in value:
            yield from _parts(each)
    elif isinstance(value, Mapping):
        pairs = sorted((fingerprint(key), fingerprint(each)) for key, each in value.items())
        yield repr(pairs).encode()
    elif isinstance(value, Set):
        yield repr(sorted(map(fingerprint, value))).encode()
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield field.name.encode()
            yield from _parts(getattr(value, field.name))
    else:
        yield pickle.dumps(value, protocol=5)
