"""Signatures: the name and parameters of a callable, and whether it must be awaited."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

Positional: TypeAlias = tuple[tuple[str, Any], ...]

_ANYTHING: Final = inspect.Signature(
    [
        inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL),
        inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD),
    ]
)


def name_of(function: Any) -> str:
    """Its name; of a partial that of its function, of an object that of its class."""
    function = _inmost(function)
    return cast(str, getattr(function, "__name__", type(function).__name__))


def signature_of(function: Callable[..., object]) -> inspect.Signature:
    """Its parameters; any number of any kind for what doesn't tell, as some built-in classes."""
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return _ANYTHING


def is_async(function: object) -> bool:
    """Whether calling it gives a coroutine."""
    return any(map(inspect.iscoroutinefunction, _called(function)))


def is_generator(function: object) -> bool:
    """Whether calling it gives a generator, sync or async."""
    return any(
        inspect.isgeneratorfunction(each) or inspect.isasyncgenfunction(each)
        for each in _called(function)
    )


def _inmost(function: object) -> object:
    while isinstance(function, functools.partial):
        function = function.func
    return function


def _called(function: object) -> list[object]:
    """What is executed when it is called: itself, and of an object the method."""
    function = _inmost(function)
    if isinstance(function, type):
        return []
    return [function, getattr(type(function), "__call__", None)]  # noqa: B004


def positional_of(signature: inspect.Signature) -> Positional:
    """Parameters that can be given by position only, each with its default."""
    return tuple(
        (parameter.name, parameter.default)
        for parameter in signature.parameters.values()
        if parameter.kind is parameter.POSITIONAL_ONLY
    )


def arrange(
    positional: Positional, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Sequence[Any], dict[str, Any]]:
    """Arguments that are known by name, put where their function takes them.

    Parameters
    ----------
    positional
        See :func:`positional_of`.
    args, kwargs
        The arguments, of which some in `kwargs` may have to go by position.
    """
    named = dict(kwargs)
    placed = list(args)
    missing = positional[len(args) :]
    last = max((index for index, (name, _) in enumerate(missing) if name in named), default=-1)
    for name, default in missing[: last + 1]:
        value = named.pop(name, default)
        if value is inspect.Parameter.empty:
            raise TypeError(f"missing a required argument: '{name}'")
        placed.append(value)
    return placed, named
