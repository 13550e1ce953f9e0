"""Actions on a running swarm from outside, and the record of those that were taken."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from experiments.model.fields import Value


class Action(enum.Enum):
    """What can be done to fireflies. Actions are numbered 1, 2, … within a run.

    ``FLASH_ROUNDED`` is what ``FLASH_NOW`` was in sessions of layout 1: where
    ``(t - period) + period`` rounds to just after t, the flash comes just after t.
    """

    FLASH_NOW = "flash_now"
    FLASH_ROUNDED = "flash_now_rounded"
    SCRAMBLE = "scramble"
    SILENT = "silent"
    BLIND = "blind"
    PACEMAKER = "pacemaker"
    REVIVE = "revive"


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """New values of some parameters, applied together."""

    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class FireflyAction:
    """An action and the fireflies it is done to, ids distinct and ascending."""

    action: Action
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Intervention:
    """Something from outside that took effect.

    Attributes
    ----------
    t
        When, in seconds of virtual time: after all that happened at that time before.
    order
        Its number among the interventions of the run, from 1.
    what
        The change or action.
    """

    t: float
    order: int
    what: ParameterChange | FireflyAction
