"""The command line of the product: the window, and what needs none."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from experiments.command_line import (
    OneLineParser,
    add_model_options,
    add_run_options,
    bench_command,
    duration,
    number,
    parameters_from,
    print_report,
    run_command,
)
from experiments.unfinished import undo_unfinished
from gui.interrupts import leaving_at_once

COMMANDS = ("run", "bench")


def run(given: Sequence[str]) -> int:
    """Do what the command says; gives the exit code. Qt is loaded only when a window is needed."""
    command = given[0] if given and given[0] in COMMANDS else None
    with leaving_at_once(undo_unfinished):
        if command == "run":
            return _run(given[1:])
        if command == "bench":
            return _bench(given[1:])
        return _window(given)


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
    return run_command(parser, parser.parse_args(given))


def _bench(given: Sequence[str]) -> int:
    parser = OneLineParser(prog="fireflies bench", description="Print figures as JSON.")
    parser.add_argument(
        "what",
        choices=("engine", "gui", "scale", "peers", "control"),
        metavar="engine|gui|scale|peers|control",
        help="engine: the starting point and the floor; gui: the window; scale: many sizes; "
        "peers: SimPy and Mesa; control: uncoupled fireflies in real time",
    )
    add_model_options(parser)
    parser.add_argument("--seconds", type=duration, default=10.0, help="wall seconds (default 10)")
    gui = parser.add_argument_group("bench gui")
    gui.add_argument(
        "--warmup", type=virtual_seconds, default=0.0, help="virtual seconds run before measuring"
    )
    gui.add_argument("--window", type=window_size, default=(1280, 800), metavar="WxH")
    options = parser.parse_args(given)
    if options.what in ("engine", "scale", "peers"):
        return bench_command(parser, options)
    parameters = parameters_from(parser, options)
    _use_offscreen()
    if options.what == "control":
        from gui.bench import measure_control

        return print_report(parser.prog, measure_control(parameters, options.seconds))
    from gui.bench import measure

    report = measure(
        parameters, seconds=options.seconds, warmup=options.warmup, window=options.window
    )
    return print_report(parser.prog, report)


def _window(given: Sequence[str]) -> int:
    parser = OneLineParser(
        prog="fireflies",
        description="A laboratory of synchronisation: thousands of fireflies, each a workflow, "
        "on one shared engine.",
        epilog="Other commands: 'fireflies run' without a window, 'fireflies bench' for figures; "
        "each has its own --help.",
    )
    add_model_options(parser)
    parser.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="save a picture of the window and exit"
    )
    parser.add_argument(
        "--after",
        type=virtual_seconds,
        metavar="N",
        help="with --screenshot: virtual seconds to run before (default 0)",
    )
    parser.add_argument(
        "--metrics", type=Path, metavar="FILE", help="write what the window measures, as JSON Lines"
    )
    options = parser.parse_args(given)
    if options.after is not None and options.screenshot is None:
        parser.error(f"--after {options.after:g} goes only with --screenshot FILE")
    if options.metrics is not None and options.screenshot is not None:
        parser.error(f"--metrics {options.metrics} does not go with --screenshot")
    parameters = parameters_from(parser, options)
    if options.screenshot is not None:
        _check_picture(parser, options.screenshot)
        _use_offscreen()
    elif not has_display():
        print(  # noqa: T201
            "fireflies: there is no display here. Use 'fireflies run' for a run without a window, "
            "or 'fireflies --screenshot picture.png --after 60' for a picture of it.",
            file=sys.stderr,
        )
        return 2
    with ExitStack() as files:
        lines = None
        if options.metrics is not None:
            lines = files.enter_context(_open_metrics(parser, options.metrics))
        from gui.app import run_window

        return run_window(
            parameters,
            screenshot=options.screenshot,
            after=options.after or 0.0,
            metrics_lines=lines,
        )


def has_display() -> bool:
    """Whether a window could open here."""
    if sys.platform in ("win32", "darwin") or "QT_QPA_PLATFORM" in os.environ:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _use_offscreen() -> None:
    """Draw into memory, whether there is a display or not, unless told otherwise."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _check_picture(parser: argparse.ArgumentParser, path: Path) -> None:
    if path.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        parser.error(f"--screenshot {path} must end in .png or .jpg")
    _check_writable(parser, "--screenshot", path)


def _check_writable(parser: argparse.ArgumentParser, option: str, path: Path) -> None:
    """Refuse a file that can't be written, before anything runs."""
    try:
        if path.exists():
            path.open("ab").close()
        else:
            tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        parser.error(f"{option} {path} can't be written: {error.strerror}")


def _open_metrics(parser: argparse.ArgumentParser, path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        parser.error(f"--metrics {path} can't be written: {error.strerror}")
