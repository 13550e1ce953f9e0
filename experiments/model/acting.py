"""Moved phases: what changes and actions from outside make of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from experiments.model.actions import Action
from experiments.model.random_streams import SCRAMBLE, mix, mix_array, uniform_array

Times = NDArray[np.float64]


def with_other_periods(zero: Times, t: float, before: Times, after: Times) -> Times:
    """When each phase was 0 after a change of the periods at t: every fraction stays.

    Parameters
    ----------
    zero
        When each phase was 0 until then, s, shape ``(n,)``.
    t
        When it happens, s.
    before, after
        The periods, s, shape ``(n,)``, or ``(1,)`` if all have the same.

    Returns
    -------
    numpy.ndarray
        s, shape ``(n,)``.
    """
    moved: Times = t - (t - zero) * after / before
    return moved


def acted(
    action: Action,
    ids: NDArray[np.intp],
    zero: Times,
    periods: Times,
    t: float,
    seed: int,
    number: int,
) -> Times:
    """When the phases of some were 0 after an action that moves them at t.

    Parameters
    ----------
    action
        One of those that don't change what a firefly is.
    ids
        To whom it is done, shape ``(m,)``.
    zero, periods
        Theirs until then, s, shape ``(m,)``.
    t
        When it is done, s.
    seed, number
        Of the run, and the number of the action in it, from 1.

    Returns
    -------
    numpy.ndarray
        s, shape ``(m,)``.
    """
    if action is Action.SCRAMBLE:
        keys = mix_array(np.uint64(mix(mix(seed) ^ SCRAMBLE)) ^ ids.astype(np.uint64))
        scrambled: Times = t - periods * uniform_array(keys, number)
        return scrambled
    due = np.minimum(zero, t - periods)
    if action is Action.FLASH_NOW:  # at t, not where t - period + period rounds to
        late = due + periods > t
        due[late] = np.nextafter(due[late], -np.inf)
    return due


def with_added(status: NDArray[np.uint8], added: int) -> NDArray[np.uint8]:
    """Status flags with one more; with none if 0 is added."""
    return status | np.uint8(added) if added else np.zeros_like(status)
