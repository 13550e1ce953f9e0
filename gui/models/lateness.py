"""Lateness: how late each flash came in wall time, against the moment that the speed asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Appointment:
    """Which virtual time was asked for at which wall time.

    Attributes
    ----------
    wall
        Wall time, seconds.
    virtual
        Virtual time that should have been reached then, seconds.
    speed
        Virtual seconds per wall second, finite.
    """

    wall: float
    virtual: float
    speed: float

    def lateness(self, times: NDArray[np.float64], wall: float) -> NDArray[np.float64]:
        """How late flashes are that are first seen at `wall`.

        Parameters
        ----------
        times
            When they happened, virtual seconds, shape ``(m,)``.
        wall
            Wall time, seconds.

        Returns
        -------
        numpy.ndarray
            Wall seconds, shape ``(m,)``; never below zero.
        """
        late = (wall - self.wall) + (self.virtual - times) / self.speed
        return np.maximum(late, 0.0)


class LatenessRecord:
    """The lateness of the last flash of each firefly.

    Parameters
    ----------
    n
        Number of fireflies.

    Attributes
    ----------
    by_id
        Wall seconds, shape ``(n,)``; nan before the first flash, and where the last one
        wasn't due at any wall time.
    """

    def __init__(self, n: int) -> None:
        self.by_id = np.full(n, np.nan)

    def note(self, ids: NDArray[np.uint32], lateness: NDArray[np.float64]) -> None:
        """Take in flashes, in order; both of shape ``(m,)``."""
        self.by_id[ids] = lateness  # of several for one firefly the last counts

    def note_unasked(self, ids: NDArray[np.uint32]) -> None:
        """Take in flashes that weren't due at any wall time, shape ``(m,)``."""
        self.by_id[ids] = np.nan
