"""``fireflies bench``: which benchmarks there are, and what each takes."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Final

from experiments import AUTO, PARAMETER_FIELDS
from experiments.benchmarks.rivals.known import chosen_rivals
from experiments.commands.command_line import measure_without_window
from experiments.commands.parsing import DURATION_LIMITS, OneLineParser, duration, print_report
from experiments.commands.starts import add_model_options, parameters_from
from gui.commands.recording_options import video_size
from gui.commands.window_options import panels, virtual_seconds
from gui.models.look import Look
from gui.models.recording_settings import RecordingError, RecordingSettings, Subject
from gui.system.application import make_application
from gui.system.display import use_offscreen_unless_told
from gui.system.loading import without_collecting

BENCHMARKS: Final = ("engine", "gui", "scale", "peers", "population", "rivals", "sweep", "control")


def options_of(benchmark: str) -> tuple[str, ...]:
    """The options that have a meaning for a benchmark."""
    of_run = tuple(PARAMETER_FIELDS[name].option for name in PARAMETER_FIELDS.of_run)
    start = ("--preset", "--allow-large", "--seconds")
    return {
        "engine": (*of_run, *start),
        "gui": (
            *(field.option for field in PARAMETER_FIELDS.values()),
            *(*start, "--warmup", "--window", "--panels", "--record", "--size", "--population"),
            *("--sweep", "--drag"),
        ),
        "scale": ("--seed",),
        "population": ("--seed",),
        "peers": ("--side", "--seed", "--allow-large"),
        "rivals": ("--rivals",),
        "sweep": ("--seed",),
        "control": (*(option for option in of_run if option != "--nudge"), *start),
    }[benchmark]


_SECONDS: Final = 10.0


def bench_command(given: Sequence[str]) -> int:
    """``fireflies bench``, given what stands after it; gives the exit code."""
    parser = OneLineParser(prog="fireflies bench", description="Print figures as JSON.")
    parser.add_argument(
        "what",
        choices=BENCHMARKS,
        metavar="|".join(BENCHMARKS),
        help="engine: the starting point and the floor; gui: the window; scale: many sizes; "
        "peers: SimPy and Mesa; population: the compiled one; rivals: the engine beside others; "
        "sweep: many runs; "
        "control: uncoupled fireflies in real time. Each takes what has a meaning for it, and "
        "refuses the rest",
    )
    add_model_options(parser)
    parser.add_argument(
        "--seconds",
        type=duration,
        metavar="S",
        help=f"wall seconds, {DURATION_LIMITS} (default {_SECONDS:g})",
    )
    parser.add_argument(
        "--rivals",
        type=chosen_rivals,
        metavar="NAME,…",
        help="what bench rivals compares the engine with (default: all that is installed)",
    )
    gui = parser.add_argument_group("bench gui")
    gui.add_argument(
        "--warmup",
        type=virtual_seconds,
        metavar="S",
        help="virtual seconds run before measuring, >= 0 s and <= 1e+09 s (default 0)",
    )
    gui.add_argument(
        "--window",
        type=window_size,
        metavar="WxH",
        help="size of the window in pixels, from 300x200 to 10000x10000 (default 1280x800)",
    )
    gui.add_argument(
        "--panels",
        type=panels,
        metavar="NAME,…|all|none",
        help="which panels the window shows (default: as at first)",
    )
    gui.add_argument(
        "--record",
        choices=[subject.value for subject in Subject],
        help="record meanwhile, at 30 fps, to a file that is thrown away",
    )
    gui.add_argument(
        "--size",
        type=video_size,
        metavar="H|WxH",
        help="of that recording, as for fireflies --record (default 720)",
    )
    gui.add_argument(
        "--sweep", action="store_true", help="run a sweep meanwhile, which takes all processors"
    )
    gui.add_argument(
        "--drag", action="store_true", help="drag a point of the response meanwhile, in its panel"
    )
    options = parser.parse_args(given)
    _refuse_what_has_no_meaning(parser, options)
    if options.size is not None and options.record is None:
        parser.error("--size goes with --record")
    if options.seconds is None:
        options.seconds = _SECONDS
    if options.what in ("engine", "scale", "peers", "population", "rivals", "sweep"):
        return measure_without_window(parser, options)
    parameters = parameters_from(parser, options)
    use_offscreen_unless_told()
    with without_collecting():  # as for the window
        make_application()
        from gui.commands.bench import measure, measure_control
    if options.what == "control":
        return print_report(parser.prog, measure_control(parameters, options.seconds))
    try:
        report = measure(
            parameters,
            seconds=options.seconds,
            warmup=options.warmup or 0.0,
            window=options.window or (1280, 800),
            look=Look(panels=options.panels),
            record=_recording(options),
            population=options.population or AUTO,
            with_sweep=options.sweep,
            with_drag=options.drag,
        )
    except RecordingError as error:
        parser.exit(1, f"{parser.prog}: {' '.join(str(error).split())}\n")
    return print_report(parser.prog, report)


def _recording(options: argparse.Namespace) -> RecordingSettings | None:
    """What to record meanwhile, if anything."""
    if options.record is None:
        return None
    width, height = options.size or (1280, 720)
    return RecordingSettings(Subject(options.record), width, height)


def _refuse_what_has_no_meaning(
    parser: argparse.ArgumentParser, options: argparse.Namespace
) -> None:
    """Refuse options that the benchmark would ignore."""
    takes = options_of(options.what)
    for name, value in vars(options).items():
        option = "--" + name.replace("_", "-")
        if name == "what" or value is None or value is False or option in takes:
            continue
        if name in ("window", "size"):
            value = "x".join(map(str, value))
        elif name == "panels":
            value = ",".join(sorted(value)) or "none"
        elif name in PARAMETER_FIELDS:
            value = PARAMETER_FIELDS[name].text(value)
        if isinstance(value, float):
            value = f"{value:g}"
        said = option if value is True else f"{option} {value}"
        parser.error(f"{said} does not go with {options.what}, which takes {' '.join(takes)}")


def window_size(text: str) -> tuple[int, int]:
    """``WxH`` in pixels."""
    match = re.fullmatch(r"([0-9]{1,5})x([0-9]{1,5})", text)
    width, height = (int(part) for part in match.groups()) if match else (0, 0)
    if not (300 <= width <= 10_000 and 200 <= height <= 10_000):
        raise argparse.ArgumentTypeError(
            f"must be WIDTHxHEIGHT in pixels, from 300x200 to 10000x10000, got '{text}'"
        )
    return width, height
