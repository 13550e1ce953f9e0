"""Sweeps: many runs over parameters, on this machine or on others, kept in one table."""

from experiments.sweep.axis import Axis, PlanError, axis_of_text
from experiments.sweep.folder import SweepError
from experiments.sweep.pace import Progress
from experiments.sweep.plan import Plan, Point
from experiments.sweep.plan_file import load_plan
from experiments.sweep.results import Sweep, open_sweep
from experiments.sweep.runner import SweepStoppedError
from experiments.sweep.running import run

__all__ = [
    "Axis",
    "Plan",
    "PlanError",
    "Point",
    "Progress",
    "Sweep",
    "SweepError",
    "SweepStoppedError",
    "axis_of_text",
    "load_plan",
    "open_sweep",
    "run",
]
