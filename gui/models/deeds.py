"""Deeds of the hand: what brushes have touched, and what is to be undone, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from experiments import Action, Value


@dataclass(frozen=True, slots=True)
class Touch:
    """What a brush has touched since the last frame.

    Attributes
    ----------
    action
        What is to be done to them.
    ids
        Who they are.
    stroke
        Of which stroke this is a part.
    """

    action: Action
    ids: set[int]
    stroke: int


@dataclass(frozen=True, slots=True)
class Reversal:
    """A step to be undone, or done again."""

    is_redo: bool


@dataclass(frozen=True, slots=True)
class LaterChange:
    """Values of live parameters that are wanted once the steps before it are undone."""

    values: Mapping[str, Value]


Deed = Touch | Reversal | LaterChange
