"""Statuses of fireflies, and the actions that lead from one to another."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.model.actions import Action
from experiments.model.checkpoint import STATUS_SET_BY, Status

Done = tuple[Action, NDArray[np.intp]]
"""An action, and the places in an array of those that it is done to."""

_ADDING: Final = tuple((action, int(flag)) for action, flag in STATUS_SET_BY.items() if flag)


def actions_between(now: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> list[Done]:
    """The fewest actions that make one state of fireflies another.

    Parameters
    ----------
    now, wanted
        :class:`~experiments.Status` flags, shape ``(m,)``.

    Returns
    -------
    list
        Actions in their order, with the indices into these arrays; none if nothing differs.
    """
    done: list[Done] = []
    has_too_much = (now & ~wanted) != 0
    if has_too_much.any():
        done.append((Action.REVIVE, np.flatnonzero(has_too_much)))
    left = np.where(has_too_much, 0, now)
    for action, flag in _ADDING:
        lacking = np.flatnonzero((wanted & ~left & flag) != 0)
        if len(lacking):
            done.append((action, lacking))
    return done


def words_of(status: NDArray[np.uint8]) -> str:
    """How many fireflies have which status: "12 silent, 3 silent and blind"; else empty."""
    told = []
    for flags, n in zip(*np.unique(status[status != 0], return_counts=True), strict=True):
        names = [each.name.lower() for each in Status if each and each.name and int(flags) & each]
        told.append(f"{int(n):,} {' and '.join(names)}")
    return ", ".join(told)
