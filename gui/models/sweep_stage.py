"""The stage of a sweep: how far it is, in one line of words, and what can be done with it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.sweep import SweepProgress


class SweepState(enum.Enum):
    """What a sweep is doing."""

    RUNNING = "under way"
    PAUSING = "pausing"
    PAUSED = "paused"
    ENDING = "being stopped"
    UNFINISHED = "unfinished"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class SweepStage:
    """How far a sweep is.

    Attributes
    ----------
    state
        What it is doing.
    words
        All of it in one line.
    """

    state: SweepState
    words: str

    @property
    def can_pause(self) -> bool:
        """Whether it can be held up."""
        return self.state is SweepState.RUNNING

    @property
    def can_go_on(self) -> bool:
        """Whether it can be gone on with."""
        return self.state in (SweepState.PAUSING, SweepState.PAUSED, SweepState.UNFINISHED)

    @property
    def can_stop(self) -> bool:
        """Whether it is under way."""
        return self.state in (SweepState.RUNNING, SweepState.PAUSING, SweepState.PAUSED)


def stage_of(
    state: SweepState, progress: SweepProgress, problem: str = "", note: str = ""
) -> SweepStage:
    """The stage of a sweep.

    Parameters
    ----------
    state
        What it is doing.
    progress
        How many runs are done, and how long the others will take.
    problem
        Why it has stopped; empty if it hasn't, or somebody has stopped it.
    note
        The last of what went wrong and went on.
    """
    from experiments.commands.sweep_progress import progress_words

    words = progress_words(progress)
    if state is SweepState.DONE:
        words = f"All {progress.total:,} runs are done"
        if progress.failed:
            words += f", {progress.failed:,} without a result"
    elif state is not SweepState.RUNNING:
        words = f"{words.partition(', about')[0]}, {state.value}"
    elif progress.left_s is None and progress.done < progress.total:
        words += ", beginning; what computes them may have to be compiled first, once"
    told = [words, *(each[:1].upper() + each[1:] for each in (problem, note) if each)]
    return SweepStage(state, ". ".join(told))
