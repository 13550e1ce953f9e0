"""The intervention queue: requests from outside, until the present instant is complete."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from experiments.model.actions import Action, FireflyAction, ParameterChange
from experiments.model.parameters import PARAMETER_FIELDS, ParameterError, Parameters


class InterventionQueue:
    """Changes and actions in the order in which they were asked for.

    Parameters
    ----------
    parameters
        Those in force.

    Attributes
    ----------
    pending
        Those in force once all that waits has taken effect.
    """

    def __init__(self, parameters: Parameters) -> None:
        self.pending = parameters
        self._waiting: deque[ParameterChange | FireflyAction] = deque()

    def change(self, values: Mapping[str, Any]) -> None:
        """Ask for new values; with those asked for just before they are one change.

        Raises
        ------
        ParameterError
            The set is not allowed, or a parameter needs a restart; nothing is changed then.
        """
        live = PARAMETER_FIELDS.live
        made = {each.name: each for each in PARAMETER_FIELDS.constants}
        for name, value in values.items():
            if name in made:
                made[name].check_change(value, values)
            elif name not in live:
                raise ParameterError(name, value, "changed by a restart, not while running")
        before = self.pending.constants()
        self.pending = self.pending.replace(**values)
        asked = {name: getattr(self.pending, name) for name in values}
        after = self.pending.constants().items()
        asked |= {name: value for name, value in after if before.get(name) != value}
        if self._waiting and isinstance(last := self._waiting[-1], ParameterChange):
            self._waiting[-1] = ParameterChange({**last.values, **asked})
        else:
            self._waiting.append(ParameterChange(asked))

    def act(self, action: Action | str, ids: Iterable[int]) -> None:
        """Ask for an action on some fireflies.

        Raises
        ------
        ValueError
            There is no such action, or no firefly of an id.
        """
        chosen = tuple(sorted(set(ids)))
        n = self.pending.n_fireflies
        if chosen and (chosen[0] < 0 or chosen[-1] >= n):
            raise ValueError(f"ids must be from 0 to {n - 1}, got {chosen[0]} to {chosen[-1]}")
        self._waiting.append(FireflyAction(Action(action), chosen))

    def take(self) -> ParameterChange | FireflyAction | None:
        """What is to take effect next, once; None if nothing waits."""
        return self._waiting.popleft() if self._waiting else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def note(self, parameters: Parameters) -> None:
        """Note the parameters in force now; changes that wait stay pending."""
        if self.is_empty:
            self.pending = parameters
