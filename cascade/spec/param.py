"""``cs.Param``: a value that each run is given from outside."""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, overload

from cascade.errors import ParameterMissingError, ParameterTypeError
from cascade.spec.containers import find_lazy
from cascade.spec.lazy import Lazy, V, V_co
from cascade.spec.read_once import find_read_once


class _Required:
    __slots__ = ()

    def __reduce__(self) -> str:
        return "REQUIRED"

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()

_NARROWER: Final[Mapping[type, tuple[type, ...]]] = {float: (int,), complex: (int, float)}
"""Numbers that are accepted where others are meant."""


def refuse_lazy(value: object, what: str) -> None:
    """Refuse, with a ``TypeError``, a value that is lazy or holds lazy values."""
    lazy = find_lazy(value)
    if lazy is not None:
        raise TypeError(f"{what} must be a value that is known before the run, got {lazy!r}")


class Param(Lazy[V_co]):
    """A named value of a run: ``engine.run(target, params={"name": value})``.

    Parameters
    ----------
    name
        What ``params`` calls it.
    default
        The value of runs that don't give one. Without it the value is required.
    type
        The class a value must be of, or several as ``int | str``, ``Optional[int]`` or
        ``(int, str)``; an int is accepted for a float or a complex number, a float for a
        complex number, a bool only for a bool.
    description
        One line for people, shown in help texts.

    Raises
    ------
    TypeError
        The name is not a non-empty string, `type` is no class that values
        can be checked against, the default is not of it, or is lazy or can be
        read only once.
    """

    __slots__ = ("_classes", "_name", "default", "description", "type")

    @overload
    def __init__(
        self: Param[V], name: str, default: object = ..., *, type: type[V], description: str = ""
    ) -> None: ...
    @overload
    def __init__(
        self: Param[V], name: str, default: object, type: type[V], description: str = ""
    ) -> None: ...
    @overload
    def __init__(
        self: Param[Any],
        name: str,
        default: object = ...,
        type: object = None,
        description: str = "",
    ) -> None: ...
    def __init__(
        self,
        name: str,
        default: object = REQUIRED,
        type: Any = None,
        description: str = "",
    ) -> None:
        if not isinstance(name, str) or not name:
            raise TypeError(f"a Param's name must be a non-empty string, got {name!r}")
        self._classes = _classes_of(type, name)
        self._name = name
        self.default = default
        self.type = type
        self.description = description
        if default is not REQUIRED:
            refuse_lazy(default, f"default of parameter '{name}'")
            if (found := find_read_once(default)) is not None:
                kind = found.__class__.__name__
                raise TypeError(
                    f"default of parameter '{name}' is or holds a {kind}, which only one run "
                    "could read: make it a list"
                )
            self._check(default)

    @property
    def classes(self) -> tuple[type, ...]:
        """The classes that `type` names; empty if it is None."""
        return self._classes

    @property
    def name(self) -> str:
        """What ``params`` calls it."""
        return self._name

    def value_in(self, params: dict[str, Any]) -> object:
        """The value in one run.

        Raises
        ------
        ParameterMissingError
            It was not given and has no default.
        ParameterTypeError
            The value given is not of the declared type.
        """
        if self._name in params:
            value: object = params[self._name]
            self._check(value)
            return value
        if self.default is REQUIRED:
            given = ", ".join(sorted(params)) or "none"
            raise ParameterMissingError(
                f"parameter '{self._name}' is required and was not given (given: {given})"
            )
        return self.default

    def _check(self, value: object) -> None:
        classes = self._classes
        if not classes or any(_is_of(value, each) for each in classes):
            return
        names = " or ".join(_name_of(each) for each in classes)
        raise ParameterTypeError(
            f"parameter '{self._name}' must be of type {names}, "
            f"got {value!r} of type {type(value).__name__}"
        )

    def __repr__(self) -> str:
        return f"<Param '{self._name}'>"


def _classes_of(declared: Any, name: str) -> tuple[type, ...]:
    """The classes that the type of a Param names."""
    if declared is None:
        return ()
    found = [type(None) if part is None else part for part in _parts_of(declared)]
    if not found or not all(map(_is_class, found)):
        raise TypeError(
            f"type of parameter '{name}' must be a class, or several as int | str, got {declared!r}"
        )
    return tuple(found)


def _parts_of(declared: Any) -> list[Any]:
    """What a union, or a tuple of types, is made of, however nested."""
    if isinstance(declared, tuple):
        parts: tuple[Any, ...] = declared
    elif isinstance(declared, UnionType) or get_origin(declared) is Union:
        parts = get_args(declared)
    else:
        return [declared]
    return [each for part in parts for each in _parts_of(part)]


def _is_class(declared: Any) -> bool:
    try:
        isinstance(None, declared)
    except TypeError:
        return False
    return isinstance(declared, type)


def _is_of(value: object, expected: type) -> bool:
    """Whether a value is of a class, as numbers are meant."""
    if isinstance(value, bool):
        from numbers import Number  # for those alone who give some

        is_number = expected is not bool and issubclass(expected, Number)
        return isinstance(value, expected) and not is_number
    if isinstance(value, expected):
        return True
    return isinstance(value, _NARROWER.get(expected, ()))


def _name_of(each: type) -> str:
    return "None" if each is type(None) else each.__name__
