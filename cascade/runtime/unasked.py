"""Values of ``params`` that nothing has asked for: misspelt names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from cascade.errors import ParameterUnknownError


class Unasked:
    """The names that a run was given values for, as far as no Param has been met for them.

    What a task hands over to is not known before it does, so a name is refused as soon as
    it is sure to be wrong, or all but sure: spelt almost like a Param that was left out.

    Parameters
    ----------
    given
        The names.

    Attributes
    ----------
    may_come_up
        Whether a task has handed over, as it might have to something else too.
    """

    __slots__ = ("_given", "_known", "_names", "may_come_up")

    def __init__(self, given: Iterable[str]) -> None:
        self._given = frozenset(given)
        self._names = set(self._given)
        self._known: set[str] = set()
        self.may_come_up = False

    def meet(self, known: Collection[str]) -> None:
        """Note the Params of a graph.

        Raises
        ------
        ParameterUnknownError
            A name is unknown, and almost that of one of them which was not given.
        """
        self._known.update(known)
        self._names.difference_update(known)
        left_out = self._known - self._given
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
        """The run has its result.

        Raises
        ------
        ParameterUnknownError
            A name is left, and no other way of the run could have asked for it.
        """
        if self._names and not self.may_come_up:
            names = ", ".join(f"'{name}'" for name in sorted(self._names))
            known = ", ".join(f"'{name}'" for name in sorted(self._known)) or "none"
            raise ParameterUnknownError(
                f"no parameter is called {names} (the parameters are: {known})"
            )


def _digits(name: str) -> list[str]:
    return re.findall(r"\d+", name)
