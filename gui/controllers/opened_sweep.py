"""An opened sweep: begun, gone on with, or read from its folder; all of that in a thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from experiments import in_plain_words, write_whole
from gui.kept.sweep_folder import mark_under_way, new_sweep_path
from gui.models.sweep_shown import AxisShown, SweepSource, axes_of
from gui.models.sweep_stage import SweepStage, SweepState, stage_of

if TYPE_CHECKING:
    from experiments.sweep import SweepPlan, SweepUnderWay

    Begins = Callable[..., SweepUnderWay]

REFUSALS: Final = (ValueError, OSError, ImportError)
"""What can be wrong with a sweep, as against the program."""

_LONGEST_END_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class OpenedSweep:
    """A sweep that is shown.

    Attributes
    ----------
    source
        Its results.
    axes
        Those of its plan, in words.
    path
        Where it is kept, if anywhere.
    under_way
        Itself, if it is under way or has been.
    kept_stage
        How far it is, if it isn't.
    """

    source: SweepSource
    axes: tuple[AxisShown, ...]
    path: Path | None
    under_way: SweepUnderWay | None = None
    kept_stage: SweepStage | None = None

    @property
    def stem(self) -> str:
        """What files of it are called: ``sweep-nudge-refractory-seed1``."""
        plan = self.source.plan
        return "-".join(["sweep", *(axis.name for axis in plan.axes), f"seed{plan.seed}"])

    @property
    def is_under_way(self) -> bool:
        """Whether it goes on, be it paused."""
        return self.under_way is not None and not self.under_way.has_ended

    def stage(self, *, is_stopped: bool = False) -> SweepStage:
        """How far it is.

        Parameters
        ----------
        is_stopped
            Whether somebody has asked it to end.
        """
        sweep = self.under_way
        if sweep is None:
            assert self.kept_stage is not None
            return self.kept_stage
        if sweep.has_ended:
            is_done = sweep.progress.done >= sweep.progress.total
            state = SweepState.DONE if is_done else SweepState.UNFINISHED
        elif is_stopped:
            state = SweepState.ENDING
        elif sweep.is_paused:
            state = SweepState.PAUSED if sweep.is_held else SweepState.PAUSING
        else:
            state = SweepState.RUNNING
        note = sweep.notes[-1] if sweep.notes else ""
        is_kept = self.path is not None
        return stage_of(state, sweep.progress, sweep.problem, note, is_kept=is_kept)

    def end(self) -> None:
        """End it if it is under way, and wait for that; what it has is kept."""
        if self.under_way is not None:
            self.under_way.cancel()
            self.under_way.wait(_LONGEST_END_S)

    def save(self, name: str, path: Path) -> str:
        """Write its table, or a picture of an observable, to a file; gives what to say of that."""
        from experiments.sweep import picture_of, write_table

        try:
            if path.suffix.lower() == ".svg":
                picture = picture_of(self.source.plan, name, self.source.values(name))
                write_whole(path, picture.encode())
            else:
                write_table(path, self.source.plan, self.source.rows())
        except REFUSALS as error:
            return f"Not saved: {reason_of_refusal(error)}"
        return f"Saved: {path}"


def begun_sweep(
    begins: Begins | None, on_change: Callable[[], object], folder: Path | None, plan: SweepPlan
) -> OpenedSweep:
    """Begin a sweep.

    Parameters
    ----------
    begins
        Makes it; :class:`~experiments.sweep.SweepUnderWay` if it is None.
    on_change
        Called in its thread when there is something new.
    folder
        Where sweeps are kept; None for in memory alone.
    plan
        What there is to run.

    Raises
    ------
    SweepError, OSError
        It can't be kept there.
    """
    path = None
    if folder is not None:
        with in_plain_words(folder):
            path = new_sweep_path(folder, [axis.name for axis in plan.axes])
    return _started(begins, on_change, plan, path, resumes=False)


def gone_on_with(begins: Begins | None, on_change: Callable[[], object], path: Path) -> OpenedSweep:
    """Go on with a sweep that is kept.

    Raises
    ------
    SweepError
        There is none, or it can't be gone on with.
    """
    from experiments.sweep import SweepFolder

    return _started(begins, on_change, SweepFolder(path).plan, path, resumes=True)


def kept_sweep(path: Path) -> OpenedSweep:
    """Read a sweep from its folder.

    Raises
    ------
    SweepError
        There is none, or it can't be read.
    """
    from experiments.sweep import RunState, SweepFolder, SweepProgress, kept_rows, open_sweep

    try:
        sweep: SweepSource = open_sweep(path)
    except ImportError:  # of polars, which is faster, and needed for its own tables alone
        sweep = kept_rows(SweepFolder(path))
    states, total = sweep.states(), sweep.plan.n_runs
    n = int(np.count_nonzero(states))
    n_failed = int(np.count_nonzero(states > RunState.DONE))
    n_refused = int(np.count_nonzero(states == RunState.REFUSED))
    state = SweepState.DONE if n >= total else SweepState.UNFINISHED
    stage = stage_of(state, SweepProgress(n, total, n_failed, n, 0.0, None, n_refused))
    return OpenedSweep(sweep, axes_of(sweep.plan), path, kept_stage=stage)


def reason_of_refusal(error: BaseException) -> str:
    """Why something can't be done with a sweep, in words."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, ImportError) and error.name == "polars":
        return "it needs polars: pip install 'cascade-fireflies[data]'"
    return str(error)


def _started(
    begins: Begins | None,
    on_change: Callable[[], object],
    plan: SweepPlan,
    path: Path | None,
    *,
    resumes: bool,
) -> OpenedSweep:
    from experiments.sweep import SweepUnderWay

    begins = begins or SweepUnderWay
    sweep = begins(plan, to=path, resumes=resumes, on_change=on_change)
    if path is not None:
        mark_under_way(path, is_under_way=True)
    return OpenedSweep(cast(SweepSource, sweep), axes_of(plan), path, sweep)
