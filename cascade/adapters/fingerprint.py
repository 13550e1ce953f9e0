"""Fingerprints: one number for equal values, in any process and at any time."""

from __future__ import annotations

import dataclasses
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
    except RecursionError:
        raise FingerprintError("a value that contains itself has no fingerprint") from None
    return digest.hexdigest()


def code_fingerprint(function: Any) -> str:
    """Fingerprint of what a function does, as far as its own code says: not what it calls.

    It changes when the function is edited, not when only lines move.
    """
    code = getattr(function, "__code__", None)
    if not isinstance(code, types.CodeType):
        return fingerprint(getattr(function, "__qualname__", type(function).__qualname__))
    defaults = (function.__defaults__ or (), function.__kwdefaults__ or {})
    try:
        return fingerprint([_code_parts(code), repr(defaults)])
    except FingerprintError:
        return fingerprint(_code_parts(code))


def _code_parts(code: types.CodeType) -> list[Any]:
    constants = [
        _code_parts(each) if isinstance(each, types.CodeType) else each for each in code.co_consts
    ]
    return [code.co_code, constants, code.co_names, code.co_varnames]


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
        yield _pickled(value)


def _pickled(value: Any) -> bytes:
    try:
        return pickle.dumps(value, protocol=5)
    except RecursionError:
        raise
    except Exception as error:
        raise FingerprintError(f"{value!r} has no fingerprint: {error}") from error
