"""The options of ``fireflies sweep``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from experiments.commands.file_options import file_to_write
from experiments.commands.observing import ALL, observables, pair
from experiments.commands.parsing import DURATION_LIMITS, duration, number
from experiments.commands.starts import add_model_options
from experiments.sweep.axis import PlanError, SweptAxis, axis_of_text, swept_field
from experiments.sweep.gallery import PLANS

SECONDS: Final = 60.0
_MOST_JOBS: Final = 1_024
_MOST_SEEDS: Final = 1_000_000


def add_sweep_options(parser: argparse.ArgumentParser) -> None:
    """What to run, and how to run it."""
    parser.add_argument(
        "plan",
        nargs="?",
        metavar="PLAN",
        help="TOML file with a table [over], or a name: "
        f"{'; '.join(f'{name}, {each.sentence}' for name, each in PLANS.items())}. In place of "
        "the options that say what to run",
    )
    parser.add_argument("-o", "--out", type=Path, metavar="DIR", help="folder to keep it in")
    parser.add_argument(
        "--show",
        type=Path,
        metavar="DIR",
        help="open the sweep that is in a folder in the window, finished or not, and run nothing",
    )
    what = parser.add_argument_group("what to run")
    what.add_argument(
        "--over",
        action="append",
        type=_over,
        metavar="NAME=LOW:HIGH:STEPS",
        help="a parameter and its values, ends included; :log behind it for equal ratios, or "
        "NAME=VALUE,VALUE,..., or NAME alone for values around what it would be. Up to four times",
    )
    what.add_argument(
        "--seeds", type=_whole, metavar="N", help="runs for each combination (default 1)"
    )
    what.add_argument(
        "--seconds",
        type=duration,
        metavar="S",
        help=f"virtual seconds of each run, {DURATION_LIMITS} (default {SECONDS:g})",
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
        "--border",
        type=number,
        metavar="LEVEL",
        help="say where what is measured first crosses a level, along the first parameter",
    )
    how.add_argument(
        "--plot",
        type=file_to_write,
        metavar="FILE",
        help="draw what is measured first, to .svg: a map over two parameters, a line over one",
    )
    how.add_argument(
        "--progress",
        action="store_true",
        help="tell on stderr how far it is, a line for each percent, terminal or not",
    )


def _over(text: str) -> SweptAxis | str:
    """An axis, or the name of a parameter whose values are to be proposed."""
    try:
        return axis_of_text(text) if "=" in text else swept_field(text).name
    except PlanError as error:
        raise argparse.ArgumentTypeError(str(error).removeprefix("over ")) from None


def _observed(text: str) -> tuple[str, ...]:
    """Names of observables, perhaps with ``_end`` behind them; the plan looks at these."""
    return observables(text) if text == ALL else tuple(text.split(","))


def _whole(text: str) -> int:
    return _from_1_to(_MOST_SEEDS, text)


def _jobs(text: str) -> int:
    return _from_1_to(_MOST_JOBS, text)


def _from_1_to(most: int, text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most:
        return int(text)
    raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {most:,}, got '{text}'")
