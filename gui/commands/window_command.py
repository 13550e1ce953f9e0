"""``fireflies`` without a command: the window, or a picture of it."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from cascade.standard_output import write_out
from experiments import (
    LineLog,
    PresetError,
    Provenance,
    has_sidecar,
    program_version,
    sidecar_path,
    write_whole,
)
from experiments.commands.file_options import file_to_write
from experiments.commands.parsing import OneLineParser, check_writable
from experiments.commands.starts import (
    Start,
    add_model_options,
    add_session_option,
    start_or_session,
)
from gui.commands.recording_options import add_video_options, check_video, video_settings
from gui.commands.window_options import VIEW_NAMES, panels, view, virtual_seconds
from gui.controllers.preset_look import dressed
from gui.instruments.registry import PANELS
from gui.models.drawing import Drawing
from gui.models.look import Look, Theme
from gui.models.metrics import METRICS
from gui.models.recording_settings import RecordingSettings
from gui.recording.recorded_session import load_run
from gui.system.application import make_application
from gui.system.display import use_offscreen
from gui.system.loading import without_collecting


def window_command(given: Sequence[str]) -> int:
    """``fireflies`` without a command: the window, or a picture of it; gives the exit code."""
    parser = OneLineParser(
        prog="fireflies",
        description="A laboratory of synchronisation: thousands of fireflies, each a workflow, "
        "on one shared engine.",
        epilog="Other commands: 'fireflies run' without a window, 'fireflies render' for a video, "
        "'fireflies sweep' for many runs over parameters, 'fireflies bench' for figures; each has "
        "its own --help. A file by itself is opened: a run, a recording, a preset.",
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
    look, why = _look(parser, options, start)
    if options.screenshot is not None:
        _check_picture(parser, options.screenshot)
        use_offscreen()
    with without_collecting():
        make_application()
        if options.screenshot is not None:
            from gui.commands.screenshot import save_screenshot
        else:
            from gui.app import run_window
    with ExitStack() as files:
        lines = None
        if options.metrics is not None:
            command = shlex.join(["fireflies", *given])
            about = Provenance(command=command, parameters=start.parameters)
            lines = files.enter_context(_open_metrics(parser, options.metrics, about))
        if options.screenshot is not None:
            return save_screenshot(start, options.screenshot, options.after or 0.0, look)
        return run_window(
            start,
            look=look,
            said_first=why,
            metrics_lines=lines,
            replay_speed=options.speed if start.session is not None else None,
            record=record,
            is_bare=not given,
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
        type=view,
        metavar=VIEW_NAMES,
        help="what the colour of a firefly means (default: as the preset has it, or the glow)",
    )
    group.add_argument(
        "--panels",
        type=panels,
        metavar="NAME,…|all|none",
        help=f"which panels it shows, of {', '.join(PANELS)} (default: as last time)",
    )
    group.add_argument("--calm", action="store_true", help="soften every change of brightness")
    group.add_argument(
        "--draw",
        choices=[each.value for each in Drawing],
        help="how a firefly is drawn (default: as last time, at first as a light)",
    )


def _look(
    parser: argparse.ArgumentParser, options: argparse.Namespace, start: Start
) -> tuple[Look, str]:
    """What the window looks like, and why it does if nobody asked for that."""
    asked = Look(
        theme=Theme(options.theme) if options.theme else None,
        view=options.view,
        panels=options.panels,
        is_calm=options.calm,
        drawing=Drawing(options.draw) if options.draw else None,
    )
    try:
        return dressed(asked, start.preset, start.parameters)
    except PresetError as error:
        parser.error(f"--preset {options.preset}: {error}")


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
