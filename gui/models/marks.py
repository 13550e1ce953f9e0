"""The dots on fireflies that something was done to, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import Status

MARKED: Final = (Status.SILENT, Status.BLIND, Status.PACEMAKER)
"""Flags with a colour of their own; that of a later one goes over that of an earlier."""


@dataclass(frozen=True, slots=True)
class Dot:
    """Dots of one colour that can be seen.

    Attributes
    ----------
    flag
        Whose colour they have.
    words
        What such fireflies are: "silent", or "silent and blind".
    """

    flag: Status
    words: str


def dots_in_sight(status: NDArray[np.uint8]) -> tuple[Dot, ...]:
    """What the dots mean that can be seen now; nothing if there are none.

    Parameters
    ----------
    status
        Flags by id, shape ``(n,)``.
    """
    words: dict[Status, list[str]] = {flag: [] for flag in MARKED}
    for flags in np.flatnonzero(np.bincount(status)).tolist():  # what np.unique needs loads slowly
        names = [flag for flag in MARKED if flags & flag]
        if names:
            words[names[-1]].append(" and ".join(str(flag.name).lower() for flag in names))
    return tuple(Dot(flag, ", or ".join(told)) for flag, told in words.items() if told)
