"""The command line of everything that needs no window."""

from __future__ import annotations

import argparse
import asyncio
import shlex
from collections.abc import Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from experiments.benchmarks.processes import MeasurementError
from experiments.commands.file_options import file_to_write
from experiments.commands.headless import (
    HeadlessRun,
    ProgressLines,
    run_headless,
    say_beside,
    show_progress,
)
from experiments.commands.observing import Asked, add_observe_options, asked_observables
from experiments.commands.outputs import OutputError, Outputs, add_output_options, asked_for
from experiments.commands.parsing import (
    DURATION_LIMITS,
    OneLineParser,
    check_writable,
    duration,
    fail,
    print_report,
)
from experiments.commands.starts import (
    Start,
    add_model_options,
    add_session_option,
    parameters_from,
    start_or_session,
)
from experiments.export.kinds import ExportKind, Needs
from experiments.export.tables import Table
from experiments.keep.provenance import Provenance
from experiments.keep.session import Session, SessionError, session_of
from experiments.keep.session_file import SESSION_SUFFIX, load_session, save_session
from experiments.keep.session_text import program_version
from experiments.model.parameters import (
    Parameters,
)
from experiments.run.brief_run import RunFailedError
from experiments.run.simulation import Simulation

DEFAULT_SECONDS: Final = 60.0


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """The options of ``fireflies run``."""
    add_model_options(parser)
    parser.add_argument(
        "--seconds",
        type=duration,
        metavar="S",
        help=f"virtual seconds, {DURATION_LIMITS} (default {DEFAULT_SECONDS:g}, or the end of "
        "the session)",
    )
    add_session_option(parser)
    parser.add_argument(
        "--save",
        type=file_to_write,
        metavar="FILE",
        help=f"save the run as a session, a {SESSION_SUFFIX} file",
    )
    parser.add_argument(
        "--progress",
        action="store_true",
        help="tell on stderr how far the run is, a line for each percent, terminal or not",
    )
    add_observe_options(parser)
    add_output_options(parser)


class RunHooks(Protocol):
    """Further options of a run, and further kinds of files that it may come from."""

    def load(self, path: Path) -> Session:
        """The session in a file; :class:`SessionError` if there is none."""
        ...

    def check(self, parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
        """Refuse what can't be done, before anything runs."""

    def finish(
        self,
        parser: argparse.ArgumentParser,
        options: argparse.Namespace,
        simulation: Simulation,
        provenance: Provenance,
    ) -> None:
        """Do what the options ask for, once the run has ended."""


def run_command(
    parser: argparse.ArgumentParser, given: Sequence[str], hooks: RunHooks | None = None
) -> int:
    """``fireflies run``, given what stands after it: one JSON object on stdout."""
    options = parser.parse_args(given)
    if hooks is not None:
        hooks.check(parser, options)
    start = start_or_session(parser, options, load_session if hooks is None else hooks.load)
    seconds = _seconds(parser, options, start.session)
    if options.save is not None:
        _check_save(parser, options.save)
    words = [word for word in given if word != "--progress"]  # which leaves the file as it is
    command = shlex.join([*parser.prog.split(), *words])
    progress: Callable[[float], None] = ProgressLines() if options.progress else show_progress
    provenance = Provenance(command=command, parameters=start.parameters)
    asked = asked_for(options)
    observed = asked_observables(parser, options, start.parameters, asked)
    try:
        with Outputs(asked, provenance) as outputs:
            run = _headless(parser.prog, start, seconds, progress, asked, outputs, observed)
            finished = asyncio.run(run)
            progress(1.0)
            outputs.write(finished.simulation)
        if options.save is not None:
            save_session(options.save, session_of(finished.simulation, program_version()))
        if hooks is not None:
            hooks.finish(parser, options, finished.simulation, provenance)
    except OutputError as error:
        if error.is_late:
            return fail(parser, str(error))
        parser.error(str(error))
    except SessionError as error:
        return fail(parser, f"--save {error}")
    except RunFailedError as error:
        return fail(parser, str(error))
    code = print_report(parser.prog, finished.report, indent=None)
    if start.session is not None and finished.report["session"]["identical"] is False:
        return fail(parser, f"{options.session} was not repeated exactly: other flashes than "
                             "those saved")  # fmt: skip
    return fail(parser, outputs.fault) if outputs.fault is not None else code


def _headless(
    prog: str,
    start: Start,
    seconds: float,
    progress: Callable[[float], None],
    asked: Iterable[ExportKind[Table]],
    outputs: Outputs,
    observed: Asked,
) -> Coroutine[Any, Any, HeadlessRun]:
    needs = {kind.needs for kind in asked}
    return run_headless(
        start.parameters,
        seconds,
        progress,
        start.opening,
        start.session,
        outputs.recorders,
        observed,
        keeps_flashes=Needs.FLASHES in needs,
        keeps_samples=Needs.SAMPLES in needs,
        population=start.population,
        on_slow=lambda sentence: say_beside(prog, sentence),
    )


def _seconds(
    parser: argparse.ArgumentParser, options: argparse.Namespace, session: Session | None
) -> float:
    """Until when to run, virtual seconds."""
    seconds: float | None = options.seconds
    if session is None:
        return DEFAULT_SECONDS if seconds is None else seconds
    if seconds is not None and seconds < session.end:
        parser.error(f"--seconds must be >= the end of the session ({session.end:g} s), "
                     f"got {seconds:g}")  # fmt: skip
    return session.end if seconds is None else seconds


def _check_save(parser: argparse.ArgumentParser, path: Path) -> None:
    """Refuse a file for the session that couldn't be written, before anything runs."""
    if path.suffix != SESSION_SUFFIX:
        parser.error(f"--save {path} must end in {SESSION_SUFFIX}")
    check_writable(parser, "--save", path)


def measure_without_window(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """The benchmarks that need no window: one JSON object on stdout."""
    parameters = parameters_from(parser, options)
    try:
        report = _measure(options, parameters)
    except MeasurementError as error:
        return fail(parser, str(error))
    return print_report(parser.prog, report)


def _measure(options: argparse.Namespace, parameters: Parameters) -> dict[str, Any]:
    if options.what == "engine":
        from experiments.benchmarks import engine

        return engine.measure(parameters, options.seconds)
    if options.what == "population":
        from experiments.benchmarks import population

        return population.measure(parameters.seed)
    if options.what == "scale":
        from experiments.benchmarks import scale

        return scale.measure(parameters.seed)
    if options.what == "rivals":
        from experiments.benchmarks.rivals import report

        return report.measure(options.rivals.split(",") if options.rivals else (), report.FULL)
    if options.what == "sweep":
        from experiments.benchmarks import sweep

        return sweep.measure(parameters.seed)
    from experiments.benchmarks import peers

    return peers.measure(parameters)


def main(arguments: Sequence[str]) -> int:
    """``fireflies run``, given what stands after ``run``."""
    parser = OneLineParser(prog="fireflies run", description="Run without a window.")
    add_run_options(parser)
    return run_command(parser, arguments)
