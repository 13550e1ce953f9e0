"""Unasked values: those of ``params`` that nothing asked for, such as misspelt names."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from cascade.errors import ParameterUnknownError, ParameterUnknownWarning
from cascade.spec.lazy import Lazy


class Unasked:
    """The names that a run was given values for, as far as no Param has been met for them.

    What a task hands over to is not known before it does, and may depend on data. So a
    name is refused only before anything is executed, or when a graph comes up that has a
    Param which was left out and is spelt almost like it. What nobody has asked for in the
    end is a warning.

    Parameters
    ----------
    given
        The values by name.
    """

    __slots__ = ("_given", "_known", "_names")

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self._names = set(self._given)
        self._known: set[str] = set()

    def begin(self, known: Collection[str], instances: Iterable[Lazy]) -> None:
        """Note the Params of the target's own graph, and look whether there can be others.

        Raises
        ------
        ParameterUnknownError
            A name is unknown, and almost that of a Param which was not given; or no task
            of the graph can hand over to anything.
        """
        self.meet(known)
        if self._names:
            from cascade.runtime.handing_over import can_hand_over  # for those alone who misspell

            if not can_hand_over(instances, self._given):
                raise ParameterUnknownError(self._told())

    def meet(self, known: Collection[str]) -> None:
        """Note the Params of a graph.

        Raises
        ------
        ParameterUnknownError
            A name is unknown, and almost that of one of them which was not given.
        """
        self._known.update(known)
        self._names.difference_update(known)
        left_out = self._known - self._given.keys()
        if not self._names or not left_out:
            return
        from difflib import get_close_matches  # for those alone who misspell

        for name in sorted(self._names):
            # x1 and x2 are two names, whatever they have in common
            alike = [each for each in sorted(left_out) if _digits(each) == _digits(name)]
            close = get_close_matches(name, alike, n=1)
            if close:
                raise ParameterUnknownError(
                    f"no parameter is called '{name}': did you mean '{close[0]}'?"
                )

    def end(self) -> None:
        """The run has its result: warn of the names that are left."""
        if self._names:
            warnings.warn(ParameterUnknownWarning(self._told()), stacklevel=2)

    def _told(self) -> str:
        names = ", ".join(f"'{name}'" for name in sorted(self._names))
        known = ", ".join(f"'{name}'" for name in sorted(self._known)) or "none"
        return f"no parameter is called {names} (the parameters are: {known})"


def _digits(name: str) -> list[str]:
    return re.findall(r"\d+", name)
