"""The command line of the product: the window, and what needs none."""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from cascade.standard_output import write_error, write_out
from experiments import (
    HIDDEN_COMMAND,
    PARAMETER_FIELDS,
    SESSION_SUFFIX,
    LineLog,
    Provenance,
    StrangeFileError,
    has_sidecar,
    is_address,
    path_of,
    program_version,
    run_child,
    sidecar_path,
    write_whole,
)
from experiments.benchmarks.rivals.known import chosen_rivals
from experiments.commands.command_line import (
    DURATION_LIMITS,
    OneLineParser,
    add_model_options,
    add_run_options,
    add_session_option,
    bench_command,
    check_writable,
    duration,
    number,
    parameters_from,
    print_report,
    run_command,
    start_or_session,
)
from experiments.commands.file_options import file_to_write
from experiments.processes.unfinished import undo_unfinished
from gui.commands.plot_option import WindowHooks, add_plot_option
from gui.commands.recording_options import (
    add_video_options,
    check_video,
    render_command,
    video_settings,
)
from gui.instruments.registry import PANELS, side_by_side
from gui.models.colouring import Colouring
from gui.models.look import Look, Theme
from gui.models.metrics import METRICS
from gui.models.recording_settings import RecordingError, RecordingSettings, Subject
from gui.recording.recorded_session import RECORDED, OpenedKind, kind_to_open, load_run
from gui.system.application import QtStartError, make_application
from gui.system.display import use_offscreen, use_offscreen_unless_told
from gui.system.interrupts import leaving_at_once

COMMANDS: Final = ("run", "render", "bench", "help")

_FILE_OPTIONS: Final = {
    ".toml": "--preset",
    **dict.fromkeys((SESSION_SUFFIX, *RECORDED), "--session"),
}
"""What a file by itself on the command line means."""

BENCHMARKS: Final = ("engine", "gui", "scale", "peers", "rivals", "control")


def _options_of(benchmark: str) -> tuple[str, ...]:
    """The options that have a meaning for a benchmark."""
    of_run = tuple(PARAMETER_FIELDS[name].option for name in PARAMETER_FIELDS.of_run)
    start = ("--preset", "--allow-large", "--seconds")
    return {
        "engine": (*of_run, *start),
        "gui": (
            *(field.option for field in PARAMETER_FIELDS.values()),
            *(*start, "--warmup", "--window", "--panels", "--record"),
        ),
        "scale": ("--seed",),
        "peers": ("--side", "--seed", "--allow-large"),
        "rivals": ("--rivals",),
        "control": (*(option for option in of_run if option != "--nudge"), *start),
    }[benchmark]


_SECONDS: Final = 10.0


def run(given: Sequence[str]) -> int:
    """Do what the command says; gives the exit code. Qt is loaded only when a window is needed."""
    with leaving_at_once(undo_unfinished):
        try:
            if given and given[0] == "--":
                return _after_dashes(given[1:])
            if given and not given[0].startswith("-"):
                return _command(given[0], given[1:])
            return _window(given)
        except QtStartError as error:
            write_error(f"fireflies: {error}\n")
            return 2


def _after_dashes(files: Sequence[str]) -> int:
    """Open the window, with what stands after ``--``: a file, whatever it looks like."""
    if len(files) > 1:
        return _refuse(f"one file at a time, got {files[0]} and {files[1]}")
    return _open_file(files[0], ()) if files else _window(())


def _refuse(sentence: str) -> int:
    write_error(f"fireflies: {sentence}\n")
    return 2


def _command(name: str, given: Sequence[str]) -> int:
    """Do what stands first on the command line."""
    if name == "run":
        return _run(given)
    if name == "render":
        return render_command(given)
    if name == "bench":
        return _bench(given)
    if name == HIDDEN_COMMAND:
        return run_child(given)
    if name == "help":
        return run([*given[:1], "--help"])
    if not name or is_address(name) or Path(name).suffix or _is_there(name):
        return _open_file(name, given)
    close = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
    meant = f": did you mean {close[0]}?" if close else "."
    return _refuse(
        f"unknown command {name}{meant} There are {', '.join(COMMANDS)}, "
        "none at all for the window, and files to open; --help says more"
    )


def _is_there(name: str) -> bool:
    """Whether it is a path, or there is such a file; a folder's name may be a command mistyped."""
    return os.sep in name or (os.path.exists(name) and not os.path.isdir(name))


def _open_file(name: str, given: Sequence[str]) -> int:
    """Open the window with a file."""
    if not name:
        return _refuse("the file to open must have a name, got ''")
    try:
        path = path_of(name)
        option = _FILE_OPTIONS.get(path.suffix.lower())
        if option is None:
            option = "--preset" if kind_to_open(path) is OpenedKind.PRESET else "--session"
    except StrangeFileError as error:
        return _refuse(str(error))
    if given and not given[0].startswith("-"):
        return _refuse(f"one file at a time, got {name} and {given[0]}")
    return _window([f"{option}={path}", *given])


def window_size(text: str) -> tuple[int, int]:
    """``WxH`` in pixels."""
    match = re.fullmatch(r"([0-9]{1,5})x([0-9]{1,5})", text)
    width, height = (int(part) for part in match.groups()) if match else (0, 0)
    if not (300 <= width <= 10_000 and 200 <= height <= 10_000):
        raise argparse.ArgumentTypeError(
            f"must be WIDTHxHEIGHT in pixels, from 300x200 to 10000x10000, got '{text}'"
        )
    return width, height


def virtual_seconds(text: str) -> float:
    """A time to run to before something happens; 0 is fine."""
    value = number(text)
    if not 0 <= value <= 1e9:
        raise argparse.ArgumentTypeError(f"must be >= 0 s and <= 1e+09 s, got '{text}'")
    return value


def _run(given: Sequence[str]) -> int:
    parser = OneLineParser(
        prog="fireflies run", description="Run without a window, as fast as possible."
    )
    add_run_options(parser)
    add_plot_option(parser)
    return run_command(parser, given, WindowHooks())


def _bench(given: Sequence[str]) -> int:
    parser = OneLineParser(prog="fireflies bench", description="Print figures as JSON.")
    parser.add_argument(
        "what",
        choices=BENCHMARKS,
        metavar="|".join(BENCHMARKS),
        help="engine: the starting point and the floor; gui: the window; scale: many sizes; "
        "peers: SimPy and Mesa; rivals: the engine beside others; control: uncoupled fireflies "
        "in real time. Each takes what has a meaning for it, and refuses the rest",
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
        help="record meanwhile, 1280x720 at 30 fps, to a file that is thrown away",
    )
    options = parser.parse_args(given)
    _refuse_what_has_no_meaning(parser, options)
    if options.seconds is None:
        options.seconds = _SECONDS
    if options.what in ("engine", "scale", "peers", "rivals"):
        return bench_command(parser, options)
    parameters = parameters_from(parser, options)
    use_offscreen_unless_told()
    make_application()
    if options.what == "control":
        from gui.commands.bench import measure_control

        return print_report(parser.prog, measure_control(parameters, options.seconds))
    from gui.commands.bench import measure

    try:
        report = measure(
            parameters,
            seconds=options.seconds,
            warmup=options.warmup or 0.0,
            window=options.window or (1280, 800),
            look=Look(panels=options.panels),
            record=None if options.record is None else RecordingSettings(Subject(options.record)),
        )
    except RecordingError as error:
        parser.exit(1, f"{parser.prog}: {' '.join(str(error).split())}\n")
    return print_report(parser.prog, report)


def _refuse_what_has_no_meaning(
    parser: argparse.ArgumentParser, options: argparse.Namespace
) -> None:
    """Rather than measure something else than was asked for."""
    takes = _options_of(options.what)
    for name, value in vars(options).items():
        option = "--" + name.replace("_", "-")
        if name == "what" or value is None or value is False or option in takes:
            continue
        if name == "window":
            value = "x".join(map(str, value))
        elif name == "panels":
            value = ",".join(sorted(each.value for each in value)) or "none"
        elif name in PARAMETER_FIELDS:
            value = PARAMETER_FIELDS[name].in_file(value)
        said = option if value is True else f"{option} {value}"
        parser.error(f"{said} does not go with {options.what}, which takes {' '.join(takes)}")


def _window(given: Sequence[str]) -> int:
    parser = OneLineParser(
        prog="fireflies",
        description="A laboratory of synchronisation: thousands of fireflies, each a workflow, "
        "on one shared engine.",
        epilog="Other commands: 'fireflies run' without a window, 'fireflies render' for a video, "
        "'fireflies bench' for figures; each has its own --help. A file by itself is opened: "
        "a run, a recording, a preset.",
    )
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    add_model_options(parser)
    add_session_option(parser)
    parser.add_argument(
        "--screenshot",
        type=file_to_write,
        metavar="FILE",
        help="save a picture of the window, .png or .jpg, and exit",
    )
    parser.add_argument(
        "--after",
        type=virtual_seconds,
        metavar="S",
        help="with --screenshot: virtual seconds to run before, >= 0 s and <= 1e+09 s (default 0)",
    )
    _add_look_options(parser)
    parser.add_argument(
        "--record",
        type=file_to_write,
        metavar="FILE",
        help="record from the first frame on, to .mp4, .webm or .gif; one that exists is never "
        "written over",
    )
    add_video_options(parser, "with --record", default_fps=30)
    parser.add_argument(
        "--metrics",
        type=file_to_write,
        metavar="FILE",
        help="write what the window measures, as JSON Lines",
    )
    options = parser.parse_args(given)
    if options.version:
        return 0 if write_out(parser.prog, f"fireflies {program_version()}\n") else 1
    if options.after is not None and options.screenshot is None:
        parser.error(f"--after {options.after:g} goes only with --screenshot FILE")
    if options.metrics is not None and options.screenshot is not None:
        parser.error(f"--metrics {options.metrics} does not go with --screenshot")
    start = start_or_session(parser, options, load_run)
    record = _recording(parser, options)
    look = _look(options)
    if options.screenshot is not None:
        _check_picture(parser, options.screenshot)
        use_offscreen()
    make_application()
    with ExitStack() as files:
        lines = None
        if options.metrics is not None:
            command = shlex.join(["fireflies", *given])
            about = Provenance(command=command, parameters=start.parameters)
            lines = files.enter_context(_open_metrics(parser, options.metrics, about))
        if options.screenshot is not None:
            from gui.commands.screenshot import save_screenshot

            return save_screenshot(start, options.screenshot, options.after or 0.0, look)
        from gui.app import run_window

        return run_window(
            start,
            look=look,
            metrics_lines=lines,
            replay_speed=options.speed if start.session is not None else None,
            record=record,
        )


def _recording(
    parser: argparse.ArgumentParser, options: argparse.Namespace
) -> tuple[Path, RecordingSettings] | None:
    """What to record from the first frame on, if anything."""
    if options.record is None:
        for option in ("size", "fps", "no_caption"):
            if getattr(options, option):
                parser.error(f"--{option.replace('_', '-')} goes only with --record FILE")
        return None
    if options.screenshot is not None:
        parser.error(f"--record {options.record} does not go with --screenshot")
    check_video(parser, "--record", options.record)
    return options.record, video_settings(parser, options, options.record)


def _add_look_options(parser: argparse.ArgumentParser) -> None:
    """The options that say what the window looks like."""
    group = parser.add_argument_group("the window")
    group.add_argument(
        "--theme",
        choices=[theme.value for theme in Theme],
        help="its colours (default: as last time, at first as the system)",
    )
    group.add_argument(
        "--view",
        choices=[view.value for view in Colouring],
        help="what the colour of a firefly means",
    )
    group.add_argument(
        "--panels",
        type=panels,
        metavar="NAME,…|all|none",
        help=f"which panels it shows, of {', '.join(PANELS)} (default: as last time)",
    )
    group.add_argument("--calm", action="store_true", help="soften every change of brightness")


def panels(text: str) -> frozenset[str]:
    """Names of panels, separated by commas; or all or none of them."""
    if text == "all":
        return side_by_side()
    names = [] if text == "none" else text.split(",")
    for name in names:
        if name not in PANELS:
            raise argparse.ArgumentTypeError(
                f"must be all, none, or some of {', '.join(PANELS)} with commas, got '{text}'"
            )
    return frozenset(names)


def _look(options: argparse.Namespace) -> Look:
    return Look(
        theme=Theme(options.theme) if options.theme else None,
        view=Colouring(options.view or Colouring.GLOW),
        panels=options.panels,
        is_calm=options.calm,
    )


def _check_picture(parser: argparse.ArgumentParser, path: Path) -> None:
    if path.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        parser.error(f"--screenshot {path} must end in .png or .jpg")
    check_writable(parser, "--screenshot", path)


def _open_metrics(parser: argparse.ArgumentParser, path: Path, provenance: Provenance) -> LineLog:
    """The log of the metrics, with the file beside it that says what made it."""
    beside = sidecar_path(path) if has_sidecar(path) else None
    if beside is not None:
        check_writable(parser, "--metrics", beside)  # before the log is emptied
    try:
        log = LineLog(path)
    except OSError as error:
        parser.error(f"--metrics {path} can't be written: {error.strerror}")
    try:
        if beside is not None:
            write_whole(beside, provenance.sidecar("metrics", METRICS, None))
    except OSError as error:
        log.take_back()
        parser.error(f"--metrics {beside} can't be written: {error.strerror}")
    return log
