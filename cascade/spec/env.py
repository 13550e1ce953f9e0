"""``cs.Env``: a value from the environment of the process."""

from __future__ import annotations

import os
from typing import TypeVar, overload

from cascade.errors import ParameterMissingError
from cascade.spec.lazy import Lazy, V_co
from cascade.spec.param import REQUIRED, refuse_lazy

D = TypeVar("D")


class Env(Lazy[V_co]):
    """An environment variable, read when a run needs it.

    Parameters
    ----------
    name
        Name of the variable.
    default
        The value where it is not set. Without it the variable is required.

    Raises
    ------
    TypeError
        The name is not a non-empty string, or the default is lazy.
    """

    __slots__ = ("_name", "default")

    @overload
    def __init__(self: Env[str], name: str) -> None: ...
    @overload
    def __init__(self: Env[str | D], name: str, default: D) -> None: ...
    def __init__(self, name: str, default: object = REQUIRED) -> None:
        if not isinstance(name, str) or not name:
            raise TypeError(f"an Env's name must be a non-empty string, got {name!r}")
        refuse_lazy(default, f"default of environment variable '{name}'")
        self._name = name
        self.default = default

    @property
    def name(self) -> str:
        """Name of the variable."""
        return self._name

    def value(self) -> object:
        """The variable as a string, or the default.

        Raises
        ------
        ParameterMissingError
            It is not set and has no default.
        """
        value = os.environ.get(self._name)
        if value is not None:
            return value
        if self.default is REQUIRED:
            raise ParameterMissingError(
                f"environment variable '{self._name}' is required and is not set"
            )
        return self.default

    def __repr__(self) -> str:
        return f"<Env '{self._name}'>"
