"""``cs.Param``: a value that each run is given from outside."""

from __future__ import annotations

from types import UnionType
from typing import Any, Final

from cascade.errors import ParameterMissingError, ParameterTypeError
from cascade.spec.containers import find_lazy
from cascade.spec.lazy import Lazy


class _Required:
    __slots__ = ()

    def __reduce__(self) -> str:
        return "REQUIRED"

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()


def refuse_lazy(value: object, what: str) -> None:
    """Refuse, with a ``TypeError``, a value that is lazy or holds lazy values."""
    lazy = find_lazy(value)
    if lazy is not None:
        raise TypeError(f"{what} must be a value that is known before the run, got {lazy!r}")


class Param(Lazy):
    """A named value of a run: ``engine.run(target, params={"name": value})``.

    Parameters
    ----------
    name
        What ``params`` calls it.
    default
        The value of runs that don't give one. Without it the value is required.
    type
        The class a value must be of, or several as ``int | str``; an int is
        accepted for a float, a bool only for a bool.
    description
        One line for people, shown in help texts.

    Raises
    ------
    TypeError
        The name is not a non-empty string, `type` is no class that values
        can be checked against, or the default is not of it.
    """

    __slots__ = ("_name", "default", "description", "type")

    def __init__(
        self,
        name: str,
        default: object = REQUIRED,
        type: type | UnionType | None = None,
        description: str = "",
    ) -> None:
        if not isinstance(name, str) or not name:
            raise TypeError(f"a Param's name must be a non-empty string, got {name!r}")
        try:
            isinstance(None, type or object)
        except TypeError:
            raise TypeError(
                f"type of parameter '{name}' must be a class, or several as int | str, got {type!r}"
            ) from None
        self._name = name
        self.default = default
        self.type = type
        self.description = description
        if default is not REQUIRED:
            refuse_lazy(default, f"default of parameter '{name}'")
            self._check(default)

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
        expected = self.type
        if expected is None:
            return
        classes = expected.__args__ if isinstance(expected, UnionType) else (expected,)
        if isinstance(value, bool):
            is_fine = bool in classes or object in classes
        else:
            is_fine = isinstance(value, expected) or (float in classes and isinstance(value, int))
        if is_fine:
            return
        names = " or ".join(each.__name__ for each in classes)
        raise ParameterTypeError(
            f"parameter '{self._name}' must be of type {names}, "
            f"got {value!r} of type {type(value).__name__}"
        )

    def __repr__(self) -> str:
        return f"<Param '{self._name}'>"
