"""Sweeps: many runs over parameters, on this machine or on others, kept in one table."""

from experiments.sweep.axis import PlanError, SweptAxis, axis_of_text
from experiments.sweep.folder import SweepError
from experiments.sweep.pace import SweepProgress
from experiments.sweep.plan import Point, SweepPlan
from experiments.sweep.plan_file import load_plan
from experiments.sweep.proposal import proposed_axis
from experiments.sweep.results import Sweep, open_sweep
from experiments.sweep.runner import SweepStoppedError
from experiments.sweep.running import run
from experiments.sweep.under_way import SweepUnderWay

__all__ = [
    "PlanError",
    "Point",
    "Sweep",
    "SweepError",
    "SweepPlan",
    "SweepProgress",
    "SweepStoppedError",
    "SweepUnderWay",
    "SweptAxis",
    "axis_of_text",
    "load_plan",
    "open_sweep",
    "proposed_axis",
    "run",
]
