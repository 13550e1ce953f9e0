"""Sweeps: many runs over parameters, on this machine or on others, kept in one table."""

from experiments.sweep.averages import Averages, averages_of, lines_of, principal
from experiments.sweep.axis import PlanError, SweptAxis, axis_of_text, swept_field
from experiments.sweep.colours import colour_of
from experiments.sweep.estimate import estimated_s
from experiments.sweep.folder import SweepError, SweepFolder
from experiments.sweep.measuring import RunState
from experiments.sweep.pace import SweepProgress
from experiments.sweep.picture import picture_of, scale_of
from experiments.sweep.plan import Point, SweepPlan, observables_of
from experiments.sweep.plan_file import load_plan
from experiments.sweep.proposal import proposed_axis
from experiments.sweep.results import Sweep, open_sweep
from experiments.sweep.row_store import kept_rows
from experiments.sweep.rows import write_table
from experiments.sweep.runner import SweepStoppedError
from experiments.sweep.running import run
from experiments.sweep.under_way import SweepUnderWay

__all__ = [
    "Averages",
    "PlanError",
    "Point",
    "RunState",
    "Sweep",
    "SweepError",
    "SweepFolder",
    "SweepPlan",
    "SweepProgress",
    "SweepStoppedError",
    "SweepUnderWay",
    "SweptAxis",
    "averages_of",
    "axis_of_text",
    "colour_of",
    "estimated_s",
    "kept_rows",
    "lines_of",
    "load_plan",
    "observables_of",
    "open_sweep",
    "picture_of",
    "principal",
    "proposed_axis",
    "run",
    "scale_of",
    "swept_field",
    "write_table",
]
