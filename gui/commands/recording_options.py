"""``fireflies render``, and what the command line says of recordings."""

from __future__ import annotations

import argparse
import asyncio
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cascade.standard_output import is_watched, write_error
from experiments import SESSION_SUFFIX, PresetError
from experiments.commands.file_options import file_to_read, file_to_write
from experiments.commands.parsing import DURATION_LIMITS, OneLineParser, duration, print_report
from experiments.commands.starts import add_model_options, start_or_session
from gui.commands.window_options import VIEW_NAMES, view
from gui.controllers.preset_look import dressed
from gui.models.colouring import Colouring
from gui.models.drawing import Drawing
from gui.models.look import Look
from gui.models.recording_settings import (
    LARGEST_RATE,
    LARGEST_SIDE,
    SMALLEST_SIDE,
    RecordingError,
    RecordingSettings,
    check_rate,
    check_recording_path,
    largest_rate,
)
from gui.recording.recorded_session import load_run
from gui.system.application import make_drawing_application
from gui.system.display import use_offscreen

_DEFAULT_SECONDS: Final = 20.0
_BAR_LENGTH: Final = 30
_GIF_RATE: Final = 30
_SIZE_WORDS: Final = (
    f"an even height from {SMALLEST_SIDE} to {LARGEST_SIDE // 2}, for 16:9, "
    "or WIDTHxHEIGHT, both even"
)


def video_size(text: str) -> tuple[int, int]:
    """``1080`` for 1920x1080, or ``WxH``."""
    match = re.fullmatch(r"(?:([0-9]{1,5})x)?([0-9]{1,5})", text)
    if match:
        height = int(match[2])
        width = int(match[1]) if match[1] else round(height * 8 / 9) * 2
        try:
            RecordingSettings(width=width, height=height)
        except RecordingError:
            pass
        else:
            return width, height
    raise argparse.ArgumentTypeError(f"must be {_SIZE_WORDS}, got '{text}'")


def frame_rate(text: str) -> int:
    """A whole number of frames per second."""
    if re.fullmatch(r"[0-9]{1,4}", text) and 1 <= int(text) <= LARGEST_RATE:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"must be a whole number from 1 to {LARGEST_RATE}, got '{text}'"
    )


def add_video_options(parser: argparse.ArgumentParser, title: str, default_fps: int) -> None:
    """The options of a video, the same for every command that makes one."""
    parser.set_defaults(default_fps=default_fps)
    group = parser.add_argument_group(title)
    group.add_argument(
        "--size",
        type=video_size,
        metavar="H|WxH",
        help=f"of the video, pixels: {_SIZE_WORDS} (default 720)",
    )
    group.add_argument(
        "--fps",
        type=frame_rate,
        metavar="N",
        help=f"frames per second, a whole number from 1 to {LARGEST_RATE}, for a GIF to "
        f"{largest_rate('.gif')} (default {default_fps}"
        f"{f', for a GIF {_GIF_RATE}' if default_fps > _GIF_RATE else ''})",
    )
    group.add_argument(
        "--no-caption", action="store_true", help="without time, R and parameters beside the grid"
    )


def video_settings(
    parser: argparse.ArgumentParser, options: argparse.Namespace, path: Path
) -> RecordingSettings:
    """The settings that the options ask for, for a file."""
    width, height = options.size or (1280, 720)
    fps = options.fps
    if fps is None:
        is_gif = path.suffix.lower() == ".gif"
        fps = min(options.default_fps, _GIF_RATE) if is_gif else options.default_fps
    try:
        check_rate(path.suffix, fps)
    except RecordingError as refused:
        parser.error(f"--fps {refused}")
    return RecordingSettings(
        width=width, height=height, fps=fps, has_caption=not options.no_caption
    )


def check_video(parser: argparse.ArgumentParser, option: str, path: Path) -> None:
    """Refuse a file that no video can be written to, before anything runs."""
    try:
        check_recording_path(path)
    except RecordingError as refused:
        parser.error(f"{option} {path} {refused}")


def render_command(given: Sequence[str]) -> int:
    """``fireflies render``, given what stands after it: one JSON object on stdout."""
    parser = _parser()
    options = parser.parse_args(given)
    check_video(parser, "-o", options.output)
    start = start_or_session(parser, options, load_run, "SESSION")
    session = start.session
    until = options.seconds or (_DEFAULT_SECONDS if session is None else session.end)
    if session is not None and until > session.end:
        parser.error(f"--seconds must be <= the end of the session ({session.end:g} s), "
                     f"got {until:g}")  # fmt: skip
    if math.isinf(start.parameters.speed if options.speed is None else options.speed):
        parser.error("--speed must be a number for a video: the run goes as fast as possible")
    settings = video_settings(parser, options, options.output)
    try:
        parameters = start.parameters.replace(speed=options.speed or start.parameters.speed)
        look, _ = dressed(Look(view=options.view), start.preset, parameters)
    except PresetError as error:
        parser.error(f"--preset {options.preset}: {error}")
    speed = options.speed if session is not None else parameters.speed
    if is_watched() and speed is not None:  # one that a session changes isn't known yet
        write_error(f"{length_words(until, speed)}\n")
    use_offscreen()
    application = make_drawing_application()
    from gui.recording.rendering import RenderingOrder, render

    order = RenderingOrder(
        start,
        options.output,
        settings,
        until,
        options.speed,
        look.view or Colouring.GLOW,
        options.calm,
        Drawing(options.draw),
    )
    try:
        report = asyncio.run(render(order, _show_bar))
    except RecordingError as error:
        write_error(f"{parser.prog}: -o {options.output} {error}\n")
        return 1
    del application
    return print_report(parser.prog, report, indent=None)


def length_words(until: float, speed: float) -> str:
    """How long a video of so many virtual seconds will be, at so many of them a second."""
    return f"{until:g} virtual seconds at {speed:g}x: a video of {until / speed:.3g} s"


def _show_bar(share: float) -> None:
    """A progress bar on stderr that overwrites itself, if stderr is a terminal."""
    if is_watched():
        done = round(_BAR_LENGTH * share)
        bar = "#" * done + "-" * (_BAR_LENGTH - done)
        end = "\n" if share >= 1 else ""
        write_error(f"\rrendering [{bar}] {100 * share:3.0f} %{end}")


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="fireflies render",
        description="Draw a run into a video, frame by frame; no display is needed.",
    )
    parser.add_argument(
        "session",
        nargs="?",
        type=file_to_read,
        metavar="SESSION",
        help=f"a run that was saved ({SESSION_SUFFIX}), or a recording or picture of one",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=file_to_write,
        required=True,
        metavar="FILE",
        help="video to make: .mp4, .webm or .gif; one that exists is never written over",
    )
    parser.add_argument(
        "--seconds",
        type=duration,
        metavar="S",
        help=f"virtual seconds, {DURATION_LIMITS}; the video lasts these divided by the speed "
        f"(default {_DEFAULT_SECONDS:g}, or to the end "
        "of the session)",
    )
    add_video_options(parser, "the video", default_fps=60)
    parser.add_argument(
        "--view",
        type=view,
        metavar=VIEW_NAMES,
        help="what the colour of a firefly means (default: as the preset has it, or the glow)",
    )
    parser.add_argument("--calm", action="store_true", help="soften every change of brightness")
    parser.add_argument(
        "--draw",
        choices=[each.value for each in Drawing],
        default=Drawing.LIGHTS.value,
        help="how a firefly is drawn (default %(default)s)",
    )
    add_model_options(parser)
    return parser
