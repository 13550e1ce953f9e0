"""``fireflies sweep``: many runs over parameters, kept in a folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from experiments.commands.file_options import file_to_read
from experiments.commands.observing import observables, pair
from experiments.commands.parsing import (
    DURATION_LIMITS,
    OneLineParser,
    duration,
    fail,
    print_report,
)
from experiments.commands.starts import add_model_options
from experiments.commands.sweep_progress import ProgressBar, say
from experiments.keep.gallery import find_preset
from experiments.keep.presets import PresetError
from experiments.model.fields import Value
from experiments.model.parameters import PARAMETER_FIELDS
from experiments.processes.workers import n_cores
from experiments.sweep.axis import PlanError, axis_of_text
from experiments.sweep.cluster import LOCAL, cluster_pool
from experiments.sweep.estimate import estimated_s
from experiments.sweep.folder import OwnedFolder, SweepError, SweepFolder
from experiments.sweep.measuring import FAILED
from experiments.sweep.pace import Progress
from experiments.sweep.plan import Plan
from experiments.sweep.plan_file import load_plan
from experiments.sweep.pool import Pool, pool_of
from experiments.sweep.runner import SweepStoppedError
from experiments.sweep.running import fill

_SECONDS: Final = 60.0
_MOST_JOBS: Final = 1_024

_OF_A_PLAN: Final = ("over", "seeds", "seconds", "observe", "pair", "preset", *PARAMETER_FIELDS)
"""Options that a plan's file says by itself."""


def sweep_command(given: Sequence[str]) -> int:
    """``fireflies sweep``, given what stands after it: one JSON object on stdout."""
    parser = OneLineParser(
        prog="fireflies sweep",
        description="Run a model many times over parameters, and keep what came of it in a "
        "folder: a row for each run in one table.",
    )
    _add_options(parser)
    options = parser.parse_args(given)
    if options.out is None and not options.dry_run:
        parser.error("-o must say in which folder to keep it")
    if options.jobs is not None and options.cluster not in (None, LOCAL):
        parser.error("--jobs does not go with the address of a cluster, whose workers are counted")
    try:
        plan = _plan(parser, options)
        if options.dry_run:
            return print_report(parser.prog, _what_it_would_do(plan, options))
        return _run(parser, options, plan)
    except (PlanError, SweepError) as error:
        parser.error(str(error))


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "plan",
        nargs="?",
        type=file_to_read,
        metavar="PLAN",
        help="TOML file with a table [over]; in place of the options that say what to run",
    )
    parser.add_argument("-o", "--out", type=Path, metavar="DIR", help="folder to keep it in")
    what = parser.add_argument_group("what to run")
    what.add_argument(
        "--over",
        action="append",
        type=_over,
        metavar="NAME=LOW:HIGH:STEPS",
        help="a parameter and its values, ends included; :log behind it for equal ratios, or "
        "NAME=VALUE,VALUE,... Up to four times",
    )
    what.add_argument(
        "--seeds", type=_whole, metavar="N", help="runs for each combination (default 1)"
    )
    what.add_argument(
        "--seconds",
        type=duration,
        metavar="S",
        help=f"virtual seconds of each run, {DURATION_LIMITS} (default {_SECONDS:g})",
    )
    what.add_argument(
        "--observe",
        type=_observed,
        metavar="NAME,...",
        help="what is measured (default R_end); the first decides where the map is made finer. "
        "_end may stand behind what is of one instant: it is that of the last",
    )
    what.add_argument(
        "--pair", type=pair, metavar="I,J", help="the two fireflies that some of it is of"
    )
    add_model_options(parser)
    how = parser.add_argument_group("how to run it")
    how.add_argument(
        "--resume", action="store_true", help="go on with the sweep that is in the folder"
    )
    how.add_argument(
        "--dry-run", action="store_true", help="say what would be run, and how long it would take"
    )
    how.add_argument(
        "--jobs",
        type=_jobs,
        metavar="N",
        help=f"processes at a time, 1 to {_MOST_JOBS:,} (default: one for each processor)",
    )
    how.add_argument(
        "--cluster",
        metavar="tcp://HOST:PORT|local",
        help="run it on a dask cluster, or on one that is begun here",
    )
    how.add_argument(
        "--run-limit",
        type=duration,
        metavar="S",
        help="wall seconds that one run may take; one that takes longer is a row with that reason",
    )
    how.add_argument(
        "--progress",
        action="store_true",
        help="tell on stderr how far it is, a line for each percent, terminal or not",
    )


# -- what to run -------------------------------------------------------------------------


def _plan(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Plan:
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
        return load_plan(source)
    if not options.over:
        parser.error("--over must name a parameter and its values, as nudge=0:0.5:21; "
                     "or name a plan's file")  # fmt: skip
    values = _fixed(parser, options)
    seed = values.pop("seed", PARAMETER_FIELDS["seed"].default)
    return Plan(
        axes=tuple(options.over),
        fixed={name: each for name, each in values.items() if PARAMETER_FIELDS[name].shapes_run},
        seeds=options.seeds or 1,
        seed=seed,
        seconds=options.seconds or _SECONDS,
        observe=options.observe or ("R_end",),
        pair=options.pair or (0, 1),
        allow_large=options.allow_large,
    )


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
        swept = {axis.name for axis in options.over}
        values = {name: each for name, each in preset.values.items() if name not in swept}
    given = {name: getattr(options, name) for name in PARAMETER_FIELDS}
    return values | {name: each for name, each in given.items() if each is not None}


def _what_it_would_do(plan: Plan, options: argparse.Namespace) -> dict[str, Any]:
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
        "estimated_s": round(estimated_s(plan, jobs), 1),
    }


# -- running it --------------------------------------------------------------------------


def _run(parser: argparse.ArgumentParser, options: argparse.Namespace, plan: Plan) -> int:
    with OwnedFolder(options.out, plan, resumes=options.resume) as folder:
        if plan.refused:
            first = next(iter(plan.refused.values()))
            say(f"{len(plan.refused):,} of {plan.n_cells:,} cells can't be run: {first}")
        with _pool(options) as pool, ProgressBar(always=options.progress) as bar:
            if pool.dashboard:
                say(f"the cluster's dashboard: {pool.dashboard}")
            try:
                progress = fill(folder, pool, options.run_limit, bar.show, bar.say)
            except SweepStoppedError as error:
                stopped = f"{error}; --resume goes on with it"
                return fail(parser, stopped)
            except SweepError as error:
                return fail(parser, str(error))
        return print_report(parser.prog, _report(folder, progress, pool), indent=None)


@contextmanager
def _pool(options: argparse.Namespace) -> Iterator[Pool]:
    made = (
        pool_of(None, options.jobs)
        if options.cluster is None
        else cluster_pool(options.cluster, options.jobs)
    )
    with made as pool:
        yield pool


def _report(folder: OwnedFolder, progress: Progress, pool: Pool) -> dict[str, Any]:
    plan = folder.plan
    (table,) = folder.tables()
    n_refused = len(plan.refused) * plan.seeds
    return {
        "runs": plan.n_runs,
        "done": progress.done - progress.failed,
        FAILED: progress.failed - n_refused,
        "refused": n_refused,
        "found": progress.found,
        "cells": plan.n_cells,
        "seed": plan.seed,
        "wall_s": round(progress.elapsed_s, 3),
        "jobs": pool.n,
        "table": str(table),
    }


# -- options -----------------------------------------------------------------------------


def _over(text: str) -> Any:
    try:
        return axis_of_text(text)
    except PlanError as error:
        raise argparse.ArgumentTypeError(str(error).removeprefix("over ")) from None


def _observed(text: str) -> tuple[str, ...]:
    """Names of observables, perhaps with ``_end`` behind them; the plan looks at these."""
    return observables(text) if text == "all" else tuple(text.split(","))


def _whole(text: str) -> int:
    return _from_1_to(1_000_000, text)


def _jobs(text: str) -> int:
    return _from_1_to(_MOST_JOBS, text)


def _from_1_to(most: int, text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most:
        return int(text)
    raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {most:,}, got '{text}'")
