"""``fireflies sweep --show``: a kept sweep in the window."""

from __future__ import annotations

from pathlib import Path

from experiments import ParameterError, Parameters, check_size
from experiments.commands.starts import Start
from experiments.sweep import SweepFolder, SweepPlan
from gui.models.look import AT_FIRST
from gui.system.application import make_application
from gui.system.loading import without_collecting


def show_sweep(path: Path) -> int:
    """Open the window with a sweep that is kept in a folder; gives the exit code."""
    start = Start(beginning_of(SweepFolder(path).plan))
    with without_collecting():
        make_application()
        from gui.app import run_window
    return run_window(start, look=AT_FIRST, sweep=path)


def beginning_of(plan: SweepPlan) -> Parameters:
    """What all runs of a sweep have in common; all else has its default."""
    try:
        parameters = Parameters(**plan.fixed)
        check_size(parameters)
    except ParameterError:  # the values go together only with those of an axis
        return Parameters()
    return parameters
