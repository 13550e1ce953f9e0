"""Findings: what the controllers have to say about the run, until the window shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from experiments import Parameters
from gui.models.status_readout import StatusReadout
from gui.models.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Note:
    """Words over the grid, if any, and whether what they announce can be cancelled."""

    words: str = ""
    can_cancel: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a value was refused.

    Attributes
    ----------
    reason
        In words.
    number
        Counts refusals, so that another one with the same words is shown again.
    """

    reason: str
    number: int


@dataclass(slots=True)
class Findings:
    """What the controllers have to say of the run; mutable.

    Attributes
    ----------
    staged
        Parameters of the swarm that is being made; None if there is one.
    note
        Progress of something that takes a while.
    refusals
        Of values, by the name of the parameter.
    timeline
        Where a run that is repeated is; None if none is.
    status
        A moment of the run, as recent as can be read; None before there is one.
    firefly
        What is known of the firefly that is looked at.
    """

    staged: Parameters | None = None
    note: Note = Note()
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    timeline: Timeline | None = None
    status: StatusReadout | None = None
    firefly: str = ""
    _n_refused: int = 0

    def refuse(self, name: str, reason: str) -> None:
        """Say why a value was refused."""
        self._n_refused += 1
        self.refusals = {**self.refusals, name: Refusal(reason, self._n_refused)}

    def accept(self, name: str) -> None:
        """Remove a refusal, if there is one."""
        if name in self.refusals:
            self.refusals = {each: why for each, why in self.refusals.items() if each != name}
