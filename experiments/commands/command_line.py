"""The command line of everything that needs no window."""

from __future__ import annotations

import argparse
import asyncio
import json
import shlex
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol

from cascade.option_parser import OptionParser
from cascade.standard_output import write_error, write_out
from experiments.benchmarks.processes import MeasurementError
from experiments.commands.file_options import file_or_name, file_to_read, file_to_write
from experiments.commands.headless import (
    HeadlessRun,
    ProgressLines,
    RunFailedError,
    run_headless,
    show_progress,
)
from experiments.commands.outputs import OutputError, Outputs, add_output_options, asked_for
from experiments.export.kinds import ExportKind, Needs
from experiments.export.tables import Table
from experiments.files.whole_file import in_place_of
from experiments.keep.gallery import find_preset
from experiments.keep.opening import Opening, check_openings
from experiments.keep.presets import PresetError, PresetFile
from experiments.keep.provenance import Provenance
from experiments.keep.session import Session, SessionError, session_of
from experiments.keep.session_file import SESSION_SUFFIX, load_session, save_session
from experiments.keep.session_text import program_version
from experiments.model.fields import Effect, ParameterField, Value
from experiments.model.kinds import read_number
from experiments.model.parameters import (
    PARAMETER_FIELDS,
    ParameterError,
    Parameters,
)
from experiments.population.factory import population_kind
from experiments.run.simulation import Simulation

DEFAULT_SECONDS: Final = 60.0
MAX_SECONDS: Final = 1e9
DURATION_LIMITS: Final = f"> 0 s and <= {MAX_SECONDS:.0e} s"


class OneLineParser(OptionParser):
    """Says what is wrong in exactly one line on stderr, and exits with 2."""

    def parse_known_args(self, args: Any, namespace: Any = None) -> Any:  # type: ignore[override]
        """Parse; what stands behind an option for a file is its name, also with a leading dash.

        After ``--`` come no options; where nothing else is taken either, argparse wouldn't
        even take the dashes.
        """
        given = self._with_names_joined(args)
        if "--" in given and not self._get_positional_actions():
            end = given.index("--")
            if given[end + 1 :]:
                self._refuse_unknown("argument", " ".join(given[end + 1 :]))
            del given[end]
        return super().parse_known_args(given, namespace)

    def _with_names_joined(self, given: Sequence[str]) -> list[str]:
        """Write ``-o -x.mp4`` as ``-o=-x.mp4``: to argparse it is two options.

        If it is one of ours, a name has been forgotten.
        """
        joined: list[str] = []
        known, rest = self._option_string_actions, iter(given)
        for each in rest:
            joined.append(each)
            if each == "--":
                break
            if each not in known or "FILE" not in str(known[each].metavar):
                continue
            name = next(rest, "--")
            if name == "--":
                self.error(f"{each}: expected one argument")
            if name.startswith("-") and name.partition("=")[0] not in known:
                joined[-1] += f"={name}" if each.startswith("--") else name
            else:
                joined.append(name)
        return [*joined, *rest]

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        flat = " ".join(message.split()).removeprefix("argument ").replace(": must", " must", 1)
        if flat.startswith("unrecognized arguments:"):
            unknown = flat.split(": ", 1)[1]
            self._refuse_unknown("option" if unknown.startswith("-") else "argument", unknown)
        self.exit(2, f"{self.prog}: {flat}\n")

    def _refuse_unknown(self, kind: str, unknown: str) -> NoReturn:
        known = sorted(o for o in self._option_string_actions if o.startswith("--"))
        words = f"unknown {kind} {' '.join(unknown.split())}; allowed: {' '.join(known)}"
        self.exit(2, f"{self.prog}: {words}\n")


def print_report(prog: str, report: Mapping[str, Any], indent: int | None = 2) -> int:
    """Print figures as one JSON object on stdout; gives the exit code."""
    return 0 if write_out(prog, json.dumps(report, indent=indent) + "\n") else 1


def number(text: str) -> float:
    """A number, written plainly; nan and inf are for the validation to refuse."""
    try:
        return read_number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be {error}, got '{text}'") from None


def duration(text: str) -> float:
    """A positive, finite number of seconds."""
    value = number(text)
    if not 0 < value <= MAX_SECONDS:
        raise argparse.ArgumentTypeError(f"must be {DURATION_LIMITS}, got '{text}'")
    return value


def _parser_of(field: ParameterField) -> Callable[[str], Value]:
    """What understands the word behind a parameter's option."""

    def parse(text: str) -> Value:
        try:
            return field.parsed(text)
        except ParameterError as error:
            words = f"must be {error.allowed}, got '{text}'"
            raise argparse.ArgumentTypeError(words) from None

    return parse


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """The options that describe a swarm, the same for every command."""
    group = parser.add_argument_group("the model")
    for name, field in PARAMETER_FIELDS.items():
        text = f"{field.description}. {field.limits} (default {field.shown(field.default)})"
        group.add_argument(
            field.option, dest=name, type=_parser_of(field), metavar=field.placeholder, help=text
        )
    group.add_argument(
        "--preset",
        type=file_or_name,
        metavar="FILE|NAME",
        help="TOML file with a table [parameters], or a preset of the gallery such as "
        "slow-order; other options have the last word",
    )
    group.add_argument(
        "--allow-large",
        action="store_true",
        help="one workflow per firefly above side 300 too, whatever memory it takes",
    )


@dataclass(frozen=True, slots=True)
class Start:
    """What a run begins with.

    Attributes
    ----------
    parameters
        Of the swarm.
    opening
        What is done to it at t = 0.
    preset
        The preset that was asked for, or None.
    source
        Name or file of the preset, as it was asked for.
    is_plain
        Whether nothing was asked for: all is as by default.
    session
        The run to repeat, or None.
    """

    parameters: Parameters
    opening: tuple[Opening, ...] = ()
    preset: PresetFile | None = None
    source: str = ""
    is_plain: bool = False
    session: Session | None = None


def parameters_from(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Parameters:
    """As :func:`start_from`, for what takes no opening."""
    start = start_from(parser, options)
    if start.opening:
        parser.error(f"--preset {options.preset} has an opening, which {parser.prog} doesn't take")
    return start.parameters


def start_from(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Start:
    """What preset and options give, options having the last word.

    Exits with 2 and one line when that is not allowed.
    """
    preset: PresetFile | None = None
    if options.preset is not None:
        try:
            preset = find_preset(options.preset)
        except PresetError as error:
            parser.error(f"--preset: {error}")
    values = {} if preset is None else dict(preset.values)
    given = {n: getattr(options, n) for n in PARAMETER_FIELDS if getattr(options, n) is not None}
    try:
        parameters = Parameters(**(values | given))
        if not options.allow_large:
            population_kind().check_side(parameters.side)
    except ParameterError as error:
        parser.error(_fault(error, given, values, options.preset))
    opening = () if preset is None else preset.opening
    try:
        check_openings(opening, parameters.side)
    except ParameterError as error:
        parser.error(f"--preset {options.preset}: {error}")
    is_plain = preset is None and not given
    return Start(parameters, opening, preset, options.preset or "", is_plain)


def _fault(
    error: ParameterError, given: Mapping[str, Any], preset: Mapping[str, Any], path: str | None
) -> str:
    """What is not allowed, by the name and the place where the user wrote it."""

    def written(name: str) -> str:
        if name in given:
            return f"{PARAMETER_FIELDS[name].option} {given[name]:g}"
        return f"--preset {path}: {name} {preset[name]:g}"

    if error.name in given:
        return f"{PARAMETER_FIELDS[error.name].option} must be {error.allowed}, got {error.value}"
    if error.name in preset and error.beside not in given:
        return f"--preset {path}: {error}"
    other = f"{error.name} of --preset {path}" if error.name in preset else f"default {error.name}"
    limit = written(error.beside) if error.beside else ""
    return f"{limit} does not go with the {other}: {error}"


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
    add_output_options(parser)


def add_session_option(parser: argparse.ArgumentParser) -> None:
    """``--session``, the same for every command."""
    parser.add_argument(
        "--session",
        type=file_to_read,
        metavar="FILE",
        help=f"repeat a run that was saved, a {SESSION_SUFFIX} file or a recording of one, and "
        "compare its digest",
    )


class RunHooks(Protocol):
    """What else may be asked of a run, by options of its own, and what else it may come from."""

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
        """Do it, once the run has ended."""


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
    try:
        with Outputs(asked, provenance) as outputs:
            finished = asyncio.run(_headless(start, seconds, progress, asked, outputs))
            progress(1.0)
            outputs.write(finished.simulation)
        if options.save is not None:
            save_session(options.save, session_of(finished.simulation, program_version()))
        if hooks is not None:
            hooks.finish(parser, options, finished.simulation, provenance)
    except OutputError as error:
        if error.is_late:
            return _fail(parser, str(error))
        parser.error(str(error))
    except SessionError as error:
        return _fail(parser, f"--save {error}")
    except RunFailedError as error:
        return _fail(parser, str(error))
    code = print_report(parser.prog, finished.report, indent=None)
    if start.session is not None and finished.report["session"]["identical"] is False:
        return _fail(parser, f"{options.session} was not repeated exactly: other flashes than "
                             "those saved")  # fmt: skip
    return _fail(parser, outputs.fault) if outputs.fault is not None else code


def _headless(
    start: Start,
    seconds: float,
    progress: Callable[[float], None],
    asked: Iterable[ExportKind[Table]],
    outputs: Outputs,
) -> Coroutine[Any, Any, HeadlessRun]:
    needs = {kind.needs for kind in asked}
    return run_headless(
        start.parameters,
        seconds,
        progress,
        start.opening,
        start.session,
        outputs.recorders,
        keeps_flashes=Needs.FLASHES in needs,
        keeps_samples=Needs.SAMPLES in needs,
    )


def _fail(parser: argparse.ArgumentParser, sentence: str) -> int:
    write_error(f"{parser.prog}: {' '.join(sentence.split())}\n")
    return 1


def start_or_session(
    parser: argparse.ArgumentParser,
    options: argparse.Namespace,
    load: Callable[[Path], Session] = load_session,
    written: str = "--session",
) -> Start:
    """What a run begins with, and the session to repeat, if there is one.

    Exits with 2 and one line when that is not allowed: a session says all by itself but
    how fast it is repeated.

    Parameters
    ----------
    parser, options
        The command line; ``options.session`` names the file.
    load
        Reads it.
    written
        How the user writes that there is one.
    """
    if options.session is None:
        return start_from(parser, options)
    said = {each.option: name for name, each in PARAMETER_FIELDS.items()
            if each.effect is not Effect.PACE}  # fmt: skip
    for option, name in {**said, "--preset": "preset"}.items():
        if getattr(options, name) is not None:
            parser.error(f"{option} does not go with {written}, which says it by itself")
    try:
        session = load(options.session)
        if options.speed is not None:
            session.parameters.replace(speed=options.speed)
        if not options.allow_large:
            population_kind().check_side(session.parameters.side)
    except SessionError as error:
        parser.error(f"{written}: {error}")
    except ParameterError as error:
        if error.name == "speed":
            parser.error(f"--speed must be {error.allowed}, got {error.value}")
        parser.error(f"{written}: {options.session}: parameters.{error}")
    return Start(session.parameters, source=str(options.session), session=session)


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


def check_writable(parser: argparse.ArgumentParser, option: str, path: Path) -> None:
    """Refuse a file that couldn't be written whole, before anything runs."""
    try:
        with in_place_of(path, must_take_place=False):
            pass
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        parser.error(f"{option} {path} can't be written: {getattr(error, 'strerror', error)}")


def bench_command(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """The benchmarks that need no window: one JSON object on stdout."""
    parameters = parameters_from(parser, options)
    try:
        report = _measure(options, parameters)
    except MeasurementError as error:
        return _fail(parser, str(error))
    return print_report(parser.prog, report)


def _measure(options: argparse.Namespace, parameters: Parameters) -> dict[str, Any]:
    if options.what == "engine":
        from experiments.benchmarks import engine

        return engine.measure(parameters, options.seconds)
    if options.what == "scale":
        from experiments.benchmarks import scale

        return scale.measure(parameters.seed)
    if options.what == "rivals":
        from experiments.benchmarks.rivals import report

        return report.measure(options.rivals.split(",") if options.rivals else (), report.FULL)
    from experiments.benchmarks import peers

    return peers.measure(parameters)


def main(arguments: Sequence[str]) -> int:
    """``fireflies run``, given what stands after ``run``."""
    parser = OneLineParser(prog="fireflies run", description="Run without a window.")
    add_run_options(parser)
    return run_command(parser, arguments)
