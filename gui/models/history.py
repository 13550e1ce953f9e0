"""Undo and redo of parameter changes."""

from __future__ import annotations

from typing import Any, Final

from experiments import PARAMETER_FIELDS, Parameters

LIVE: Final = tuple(name for name, field in PARAMETER_FIELDS.items() if not field.restarts)
"""Parameters that act at once, which are those that can be undone."""

Values = dict[str, Any]


class History:
    """Earlier values of the live parameters, and those that were undone.

    A step is what lies between two calls of :meth:`end_step`: one drag, one
    key, one typed value.
    """

    def __init__(self) -> None:
        self._undone: list[Values] = []
        self._done: list[Values] = []
        self._is_in_step = False

    def note(self, before: Parameters) -> None:
        """A value is about to change; `before` is what is in force or asked so far."""
        if not self._is_in_step:
            self._is_in_step = True
            self._done.append(_live(before))
            self._undone.clear()

    def end_step(self) -> None:
        """What changes from now on is another step."""
        self._is_in_step = False

    def undo(self, present: Parameters) -> Values:
        """The values to go back to, by name; empty if there are none."""
        return self._go(self._done, self._undone, present)

    def redo(self, present: Parameters) -> Values:
        """The values that were undone last, by name; empty if there are none."""
        return self._go(self._undone, self._done, present)

    def _go(self, source: list[Values], target: list[Values], present: Parameters) -> Values:
        self.end_step()
        now = _live(present)
        while source:
            values = source.pop()
            if values != now:  # else what was asked then was refused, and changed nothing
                target.append(now)
                return values
        return {}


def _live(parameters: Parameters) -> Values:
    return {name: getattr(parameters, name) for name in LIVE}
