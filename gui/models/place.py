"""Places: moments of runs to come back to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments import Moment, Opening, Parameters, PresetFile, Session
from gui.models.coherence_trace import Mark
from gui.models.flash_history import FlashHistory


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a run began with, beside its parameters.

    Attributes
    ----------
    preset, source
        The preset chosen last, and its name or file; None and nothing if there is none.
    first
        What is done to a fresh swarm at t = 0, as the preset asks for.
    opening
        The same, and what was painted.
    given
        Parameters as the preset has them, or None.
    """

    preset: PresetFile | None = None
    source: str = ""
    first: tuple[Opening, ...] = ()
    opening: tuple[Opening, ...] = ()
    given: Parameters | None = None

    @classmethod
    def of(cls, preset: PresetFile, source: str) -> Beginning:
        """A run that begins with a preset."""
        given = Parameters(**preset.values)
        return cls(preset, source, preset.opening, preset.opening, given)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A moment of a run, and what a window needs to go on from there as if it had never left.

    Attributes
    ----------
    moment
        The run and the instant.
    memory
        What the pictures depend on beside the present.
    history, history_age
        What the instruments remember, and how often it had been cut until then.
    marks
        Changes that the plot shows.
    session
        The run that was being repeated; None if it was one of its own.
    beginning
        What the run began with.
    """

    moment: Moment
    memory: NDArray[np.float64]
    history: FlashHistory
    history_age: int
    marks: tuple[Mark, ...]
    session: Session | None
    beginning: Beginning

    @property
    def parameters(self) -> Parameters:
        """Those in force then."""
        return self.moment.checkpoint.parameters

    @property
    def n_bytes(self) -> int:
        """Roughly the memory it takes by itself, bytes."""
        return self.memory.nbytes + 17 * self.parameters.n_fireflies

    @property
    def n_bytes_of_run(self) -> int:
        """Roughly the memory of its run, bytes, which all places of that run share."""
        n_samples, n_done = len(self.moment.coherence), len(self.moment.interventions)
        return self.history.n_bytes + 16 * n_samples + 1_000 * n_done
