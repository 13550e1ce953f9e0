"""Errors on their way from another process, as they were raised there."""

from __future__ import annotations

import pickle
from typing import Any


class SentError(Exception):
    """Carries an exception that its own class can't unpickle, or not as it was.

    By default an exception is unpickled by a call of its class with its ``args``, and what else
    it holds is set as attributes. So one whose constructor takes something else, or that lets
    nobody set its attributes, would be lost or another one. This makes it anew of its parts,
    without its constructor.

    Parameters
    ----------
    cls
        Class of the exception.
    args
        Its ``args``.
    attributes
        What else it holds, by name.
    inner
        The exceptions of a group, each carried in this way; empty for any other.
    """

    def __init__(
        self,
        cls: type[Exception],
        args: tuple[Any, ...],
        attributes: dict[str, Any],
        inner: tuple[SentError, ...],
    ) -> None:
        super().__init__(cls, args, attributes, inner)

    def original(self) -> Exception:
        """The exception, made anew."""
        cls, args, attributes, inner = self.args
        if inner:
            args = args[0], [each.original() for each in inner]
        base = _python_class(cls)
        error: Exception = base.__new__(cls, *args)
        base.__init__(error, *args)
        for name, value in attributes.items():
            object.__setattr__(error, name, value)  # also of one that is frozen
        return error


def _python_class(cls: type[Exception]) -> Any:
    return next(each for each in cls.__mro__ if each.__module__ == "builtins")


def sendable(error: Exception) -> Exception:
    """What can be pickled in the place of an exception: itself, if it arrives as it is.

    Otherwise a :class:`SentError`, or a ``RuntimeError`` that names it if nothing of it can be
    sent.
    """
    try:
        if _is_like(pickle.loads(pickle.dumps(error)), error):
            return error
    except Exception:  # noqa: BLE001 - whatever its class does when pickled
        pass
    try:
        carried = _carried(error)
        if _is_like(pickle.loads(pickle.dumps(carried)).original(), error):
            return carried
    except Exception:  # noqa: BLE001 - the same of what it holds
        pass
    return RuntimeError(f"{error!r}, an exception that can't be sent between processes")


def _carried(error: Exception) -> SentError:
    if not isinstance(error, ExceptionGroup):
        # As Python's own class reduces it: an OSError has the name of its file apart.
        args, *state = _python_class(type(error)).__reduce__(error)[1:]
        held = _attributes(error) | (state[0] if state else {})
        return SentError(type(error), args, held, ())
    inner = tuple(_carried(each) for each in error.exceptions)
    return SentError(type(error), (error.message,), _attributes(error), inner)


def _attributes(error: Exception) -> dict[str, Any]:
    """What an exception holds beside its ``args``, in slots too."""
    found = {
        name: getattr(error, name)
        for cls in type(error).__mro__
        for name in _slots(cls)
        if hasattr(error, name)
    }
    return found | vars(error)


def _slots(cls: type) -> tuple[str, ...]:
    slots: Any = vars(cls).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _is_like(arrived: Any, error: Any) -> bool:
    """Whether what arrived is what was sent, as far as can be told from type and message."""
    if type(arrived) is not type(error) or str(arrived) != str(error):
        return False
    if isinstance(error, ExceptionGroup):
        pairs = zip(arrived.exceptions, error.exceptions, strict=True)
        return all(_is_like(each, original) for each, original in pairs)
    return len(arrived.args) == len(error.args)
