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
    n_failed
        Runs that have failed, and could be tried again.
    is_kept
        Whether there is a folder with its rows, without which there is nothing to go on with.
    """

    state: SweepState
    words: str
    n_failed: int = 0
    is_kept: bool = True

    @property
    def can_pause(self) -> bool:
        """Whether it can be held up."""
        return self.state is SweepState.RUNNING

    @property
    def can_go_on(self) -> bool:
        """Whether it can be gone on with."""
        is_cut_off = self.state is SweepState.UNFINISHED and self.is_kept
        return is_cut_off or self.state in (SweepState.PAUSING, SweepState.PAUSED)

    @property
    def can_try_again(self) -> bool:
        """Whether all has been run, and some of it could be run once more."""
        return self.state is SweepState.DONE and self.n_failed > 0 and self.is_kept

    @property
    def can_stop(self) -> bool:
        """Whether it is under way."""
        return self.state in (SweepState.RUNNING, SweepState.PAUSING, SweepState.PAUSED)


def stage_of(
    state: SweepState,
    progress: SweepProgress,
    problem: str = "",
    note: str = "",
    *,
    is_kept: bool = True,
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
    is_kept
        Whether its rows are in a folder.
    """
    from experiments.commands.sweep_progress import progress_words

    words = progress_words(progress)
    if state is SweepState.DONE:
        words = f"All {progress.total:,} runs are done"
        n_failed = progress.failed - progress.refused
        words += f", {n_failed:,} failed" if n_failed else ""
        words += f", {progress.refused:,} can't be run" if progress.refused else ""
    elif state is not SweepState.RUNNING:
        words = f"{words.partition(', about')[0]}, {state.value}"
    elif progress.left_s is None and progress.done < progress.total:
        words += ", beginning; what computes them may have to be compiled first, once"
    told = [words, *(each[:1].upper() + each[1:] for each in (problem, note) if each)]
    n_failed = progress.failed - progress.refused
    return SweepStage(state, ". ".join(told), n_failed, is_kept)
