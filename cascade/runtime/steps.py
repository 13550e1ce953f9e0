"""Steps of coroutines and calls of functions, each in a context of its own."""

from __future__ import annotations

import types
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from contextvars import Context
from typing import Any


@types.coroutine
def in_context(context: Context, coroutine: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
    """The result of `coroutine`, each step of which sees and sets the variables of `context`.

    Whoever awaits this sees none of that.
    """
    step: Callable[[Any], Any] = coroutine.send
    value: Any = None
    while True:
        try:
            request = context.run(step, value)
        except StopIteration as stop:
            return stop.value
        finally:
            value = None  # an error that ends it has a traceback, which leads back here
        try:
            value = yield request
            step = coroutine.send
        except BaseException as error:  # noqa: BLE001 - handed on
            step, value = coroutine.throw, error


def call_in(
    context: Context, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Any:
    """What a plain function gives, called within a coroutine in `context`.

    Raises
    ------
    RuntimeError
        It raised StopIteration, which would end the coroutine as a return does.
    """
    try:
        return context.run(function, *args, **kwargs)
    except StopIteration as error:
        raise RuntimeError("the function raised StopIteration") from error
