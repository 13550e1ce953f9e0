"""``fireflies sweep``: many runs over parameters, kept in a folder."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.commands.file_options import file_to_read
from experiments.commands.parsing import (
    OneLineParser,
    check_writable,
    fail,
    print_report,
)
from experiments.commands.sweep_options import SECONDS, add_sweep_options
from experiments.commands.sweep_progress import ProgressBar, say
from experiments.files.whole_file import write_whole
from experiments.keep.gallery import find_preset
from experiments.keep.presets import PresetError
from experiments.model.fields import ParameterError, Value
from experiments.model.parameters import PARAMETER_FIELDS, Parameters
from experiments.population.factory import population_kind
from experiments.processes.unfinished import cleanup_on_exit
from experiments.processes.workers import n_cores
from experiments.sweep.averages import means_of
from experiments.sweep.axis import PlanError, SweptAxis
from experiments.sweep.border import border_of
from experiments.sweep.cluster import LOCAL, cluster_pool
from experiments.sweep.estimate import estimated_s
from experiments.sweep.folder import OwnedFolder, SweepError, SweepFolder
from experiments.sweep.gallery import PLANS
from experiments.sweep.measuring import FAILED, FASTEST
from experiments.sweep.pace import SweepProgress
from experiments.sweep.picture import MOST_DRAWN, picture_of, values_of_rows
from experiments.sweep.plan import Point, SweepPlan
from experiments.sweep.plan_file import load_plan
from experiments.sweep.pool import WorkerPool, pool_of
from experiments.sweep.proposal import proposed_axis
from experiments.sweep.runner import SweepStoppedError
from experiments.sweep.running import fill

_OF_A_PLAN: Final = ("over", "seeds", "seconds", "observe", "pair", "preset", *PARAMETER_FIELDS)
"""Options that a plan's file says by itself."""


def sweep_command(given: Sequence[str], show: Callable[[Path], int] | None = None) -> int:
    """``fireflies sweep``, given what stands after it: one JSON object on stdout.

    Parameters
    ----------
    given
        What stands after it.
    show
        Opens a kept sweep in the window, and gives the exit code; None where there is none.
    """
    parser = OneLineParser(
        prog="fireflies sweep",
        description="Run a model many times over parameters, and keep what came of it in a "
        "folder: a row for each run in one table.",
    )
    add_sweep_options(parser)
    options = parser.parse_args(given)
    if options.show is not None:
        return _show(parser, options, given, show)
    if options.out is None and not options.dry_run:
        parser.error("-o must say in which folder to keep it")
    if options.jobs is not None and options.cluster not in (None, LOCAL):
        parser.error("--jobs does not go with the address of a cluster, whose workers are counted")
    try:
        plan = _plan(parser, options)
        _check_plot(parser, options, plan)
        _check_border(parser, options, plan)
        _check_population(parser, options, plan)
        if options.dry_run:
            return print_report(parser.prog, _what_it_would_do(plan, options))
        return _run(parser, options, plan)
    except (PlanError, SweepError) as error:
        parser.error(str(error))


def _show(
    parser: argparse.ArgumentParser,
    options: argparse.Namespace,
    given: Sequence[str],
    show: Callable[[Path], int] | None,
) -> int:
    """Open a kept sweep; refused before a window opens if there is none."""
    others = [each for each in given if each.startswith("-") and not each.startswith("--show")]
    if options.plan is not None or others:
        parser.error(f"--show goes alone, got {options.plan or others[0]} beside it")
    if show is None:
        parser.error("--show needs the window, which is not part of this program")
    try:
        SweepFolder(options.show)
    except SweepError as error:
        parser.error(f"--show: {error}")
    return show(options.show)


# -- what to run -------------------------------------------------------------------------


def _plan(parser: argparse.ArgumentParser, options: argparse.Namespace) -> SweepPlan:
    """The plan that is asked for: of a file, of options, or that of the folder."""
    said = [name for name in _OF_A_PLAN if getattr(options, name) is not None]
    source = options.plan
    if source is None and not said and options.resume and options.out is not None:
        return SweepFolder(options.out).plan
    if source is not None:
        if said:
            option = PARAMETER_FIELDS[said[0]].option if said[0] in PARAMETER_FIELDS else said[0]
            option = option if option.startswith("--") else f"--{option}"
            parser.error(f"{option} does not go with a plan, which says it by itself")
        return PLANS[source].plan() if source in PLANS else load_plan(_file(source))
    if not options.over:
        parser.error("--over must name a parameter and its values, as nudge=0:0.5:21; "
                     "or name a plan's file")  # fmt: skip
    values = _fixed(parser, options)
    seed = values.pop("seed", PARAMETER_FIELDS["seed"].default)
    return SweepPlan(
        axes=_axes(options.over, values),
        fixed={
            name: each
            for name, each in values.items()
            if PARAMETER_FIELDS[name].shapes_run and name not in options.over
        },
        seeds=options.seeds or 1,
        seed=seed,
        seconds=options.seconds or SECONDS,
        observe=options.observe or ("R_end",),
        pair=options.pair or (0, 1),
        allow_large=options.allow_large,
    )


def _axes(over: Sequence[SweptAxis | str], values: Mapping[str, Value]) -> tuple[SweptAxis, ...]:
    """The axes; of those that are named alone the values are proposed, beside all others."""
    named = {each for each in over if isinstance(each, str)}
    if not named:
        return tuple(each for each in over if isinstance(each, SweptAxis))
    try:
        parameters = Parameters(**values)
    except ParameterError as error:
        raise PlanError(str(error)) from error
    return tuple(
        each if isinstance(each, SweptAxis) else proposed_axis(each, parameters) for each in over
    )


def _file(text: str) -> Path:
    try:
        return file_to_read(text)
    except argparse.ArgumentTypeError as error:
        raise PlanError(str(error)) from error


def _fixed(parser: argparse.ArgumentParser, options: argparse.Namespace) -> dict[str, Value]:
    """The values that all runs have; those of an axis count for nothing in a preset."""
    values: dict[str, Value] = {}
    if options.preset is not None:
        try:
            preset = find_preset(options.preset)
        except PresetError as error:
            parser.error(f"--preset: {error}")
        if preset.opening:
            parser.error(f"--preset {options.preset} has an opening, which a sweep doesn't take")
        swept = {each.name for each in options.over if isinstance(each, SweptAxis)}
        values = {name: each for name, each in preset.values.items() if name not in swept}
    given = {name: getattr(options, name) for name in PARAMETER_FIELDS}
    return values | {name: each for name, each in given.items() if each is not None}


def _what_it_would_do(plan: SweepPlan, options: argparse.Namespace) -> dict[str, Any]:
    """The report of a dry run."""
    jobs = options.jobs or n_cores()
    refused = [
        {**plan.values_of(cell), "reason": why} for cell, why in list(plan.refused.items())[:1]
    ]
    return {
        "runs": plan.n_runs,
        "cells": plan.n_cells,
        "over": {axis.name: list(axis.values) for axis in plan.axes},
        "fixed": {name: PARAMETER_FIELDS[name].in_file(v) for name, v in plan.fixed.items()},
        "seconds": plan.seconds,
        "observe": list(plan.observe),
        "seed": plan.seed,
        "seeds": [int(seed) for seed in plan.drawn_seeds()[0]],
        "refused_cells": len(plan.refused),
        "first_refused": refused[0] if refused else None,
        "jobs": jobs,
        "estimated_s": round(estimated_s(plan, jobs, options.population or FASTEST), 1),
    }


# -- running it --------------------------------------------------------------------------


def _run(parser: argparse.ArgumentParser, options: argparse.Namespace, plan: SweepPlan) -> int:
    # A cluster that isn't there is told before a folder is made.
    with _pool(options) as pool, OwnedFolder(options.out, plan, resumes=options.resume) as folder:
        if plan.refused:
            first = next(iter(plan.refused.values()))
            say(f"{len(plan.refused):,} of {plan.n_cells:,} cells can't be run: {first}")
        with (
            ProgressBar(always=options.progress) as bar,
            cleanup_on_exit(partial(bar.say_how_to_go_on, folder.path)),
        ):
            if pool.dashboard:
                say(f"the cluster's dashboard: {pool.dashboard}")
            try:
                population = options.population or FASTEST
                progress = fill(
                    folder, pool, options.run_limit, bar.show, bar.say, population=population
                )
            except SweepStoppedError as error:
                return fail(parser, f"{error}; --resume goes on with it")
            except SweepError as error:
                return fail(parser, str(error))
        if (n_failed := progress.failed - progress.refused) > 0:
            _tell_of_failures(folder, n_failed)
        report = _report(folder, progress, pool)
        values = values_of_rows(plan, plan.observe[0], folder.rows())
        if options.border is not None:
            report |= _border(plan, values, options.border)
        if options.plot is not None:
            try:
                write_whole(options.plot, picture_of(plan, plan.observe[0], values).encode())
            except OSError as error:
                return fail(parser, f"--plot {options.plot} can't be written: {error.strerror}")
        return print_report(parser.prog, report, indent=None)


def _tell_of_failures(folder: OwnedFolder, n: int) -> None:
    """A line with a reason, and what helps."""
    why = next(row["reason"] for row in folder.rows() if row["status"] == FAILED)
    runs = "1 run has" if n == 1 else f"{n:,} runs have"
    say(f"{runs} failed ({why}): --resume -o {folder.path} tries again")


def _border(plan: SweepPlan, values: NDArray[np.float64], level: float) -> dict[str, Any]:
    """Where the map crosses a level, for each combination of the other parameters."""
    first, *others = plan.axes
    measured = plan.measured[plan.observe[0]]
    found = border_of(measured, first.values, means_of(measured, values), level)
    at = [
        {
            **{axis.name: axis.values[k] for axis, k in zip(others, place, strict=True)},
            first.name: None if math.isnan(found[place]) else round(float(found[place]), 6),
        }
        for place in np.ndindex(*found.shape)
    ]
    return {"border": {"observed": plan.observe[0], "level": level, "at": at}}


def _check_population(
    parser: argparse.ArgumentParser, options: argparse.Namespace, plan: SweepPlan
) -> None:
    """Refuse a population that can't be had here."""
    if options.population is None:
        return
    cell = next(cell for cell in range(plan.n_cells) if cell not in plan.refused)
    try:
        population_kind(plan.parameters_of(Point(cell, 0)), options.population)
    except ParameterError as error:
        parser.error(f"--population must be {error.allowed}, got {error.value}")


def _check_border(
    parser: argparse.ArgumentParser, options: argparse.Namespace, plan: SweepPlan
) -> None:
    """Refuse a border along words; a plan of the gallery knows its own."""
    if options.border is None and options.plan in PLANS:
        options.border = PLANS[options.plan].border
    first = plan.axes[0]
    if options.border is not None and not (first.is_number and first.is_rising):
        parser.error(f"--border must be along a parameter whose values rise, got {first.name}")


def _check_plot(
    parser: argparse.ArgumentParser, options: argparse.Namespace, plan: SweepPlan
) -> None:
    """Refuse a picture that couldn't be drawn or written, before anything runs."""
    path: Path | None = options.plot
    if path is None:
        return
    if path.suffix.lower() != ".svg":
        parser.error(f"--plot {path} must end in .svg")
    if len(plan.axes) > MOST_DRAWN:
        parser.error(f"--plot must be of a sweep over one or two parameters, got {len(plan.axes)}")
    check_writable(parser, "--plot", path)


@contextmanager
def _pool(options: argparse.Namespace) -> Iterator[WorkerPool]:
    made = (
        pool_of(None, options.jobs)
        if options.cluster is None
        else cluster_pool(options.cluster, options.jobs)
    )
    with made as pool:
        yield pool


def _report(folder: OwnedFolder, progress: SweepProgress, pool: WorkerPool) -> dict[str, Any]:
    plan = folder.plan
    (table,) = folder.tables()
    return {
        "runs": plan.n_runs,
        "done": progress.done - progress.failed,
        FAILED: progress.failed - progress.refused,
        "refused": progress.refused,
        "found": progress.found,
        "cells": plan.n_cells,
        "seed": plan.seed,
        "wall_s": round(progress.elapsed_s, 3),
        "jobs": pool.n,
        "table": str(table),
    }
