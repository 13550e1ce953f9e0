"""Moments: complete instants of runs, to go back to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.model.actions import Intervention
from experiments.model.checkpoint import Checkpoint
from experiments.model.coherence_record import CoherenceMark, CoherenceRecord
from experiments.model.flash_log import Digest
from experiments.model.parameters import Parameters


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A complete instant of a run, to go back to.

    Attributes
    ----------
    initial
        The parameters that the run began with.
    checkpoint
        State of the population.
    digest
        Of the flashes until then.
    coherence, coherence_mark
        The record of R, which may have gone on, and how far it had come.
    interventions, n_interventions
        Those of the run, of which there may be more by now, and how many there were.
    """

    initial: Parameters
    checkpoint: Checkpoint
    digest: Digest
    coherence: CoherenceRecord
    coherence_mark: CoherenceMark
    interventions: Sequence[Intervention]
    n_interventions: int

    @property
    def t(self) -> float:
        """The instant, seconds of virtual time."""
        return self.checkpoint.t
