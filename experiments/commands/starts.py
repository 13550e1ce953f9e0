"""Starts of runs as command lines ask for them: parameters, presets, sessions."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.commands.file_options import file_or_name, file_to_read
from experiments.keep.gallery import find_preset
from experiments.keep.opening import Opening, check_openings
from experiments.keep.presets import PresetError, PresetFile
from experiments.keep.session import Session, SessionError
from experiments.keep.session_file import SESSION_SUFFIX, load_session
from experiments.model.fields import Effect, ParameterField, Value
from experiments.model.parameters import (
    MAX_COMPILED_SIDE,
    MAX_WORKFLOW_SIDE,
    PARAMETER_FIELDS,
    ParameterError,
    Parameters,
)
from experiments.population.factory import (
    AUTO,
    MOST_WORKFLOWS_OF_ITSELF,
    check_size,
    choices,
    population_kind,
)


def _parser_of(field: ParameterField) -> Callable[[str], Value]:
    """The parser of the value of a parameter's option."""

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
        "--population",
        choices=choices(),
        help="what computes the fireflies, with the same flashes: a workflow for each on one "
        "engine; or compiled code, which needs numba; or whichever suits what there is to do: "
        f"workflows up to {MOST_WORKFLOWS_OF_ITSELF:,} fireflies, or fewer that are each heard by "
        f"many (default {AUTO})",
    )
    group.add_argument(
        "--allow-large",
        action="store_true",
        help=f"above side {MAX_WORKFLOW_SIDE} of workflows and {MAX_COMPILED_SIDE} of compiled "
        "fireflies too, whatever memory it takes",
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
        Whether nothing was asked for, so that everything has its default.
    session
        The run to repeat, or None.
    population
        What computes the fireflies: see :func:`~experiments.population.factory.population_kind`.
    """

    parameters: Parameters
    opening: tuple[Opening, ...] = ()
    preset: PresetFile | None = None
    source: str = ""
    is_plain: bool = False
    session: Session | None = None
    population: str = AUTO


def parameters_from(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Parameters:
    """As :func:`start_from`, for what takes no opening."""
    start = start_from(parser, options)
    if start.opening:
        parser.error(f"--preset {options.preset} has an opening, which {parser.prog} doesn't take")
    return start.parameters


def start_from(parser: argparse.ArgumentParser, options: argparse.Namespace) -> Start:
    """The start that preset and options ask for; options take precedence.

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
        _check_population(parser, options, parameters)
    except ParameterError as error:
        parser.error(_fault(error, given, values, options.preset))
    opening = () if preset is None else preset.opening
    try:
        check_openings(opening, parameters.side)
    except ParameterError as error:
        parser.error(f"--preset {options.preset}: {error}")
    is_plain = preset is None and not given
    source, population = options.preset or "", options.population or AUTO
    return Start(parameters, opening, preset, source, is_plain, population=population)


def _check_population(
    parser: argparse.ArgumentParser, options: argparse.Namespace, parameters: Parameters
) -> None:
    """Refuse one that can't be had, and a size that would surprise."""
    choice = options.population or AUTO
    try:
        population_kind(parameters, choice)
    except ParameterError as error:
        parser.error(f"--population must be {error.allowed}, got {error.value}")
    if not options.allow_large:
        check_size(parameters, choice)


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


def add_session_option(parser: argparse.ArgumentParser) -> None:
    """``--session``, the same for every command."""
    parser.add_argument(
        "--session",
        type=file_to_read,
        metavar="FILE",
        help=f"repeat a run that was saved, a {SESSION_SUFFIX} file or a recording of one, and "
        "compare its digest",
    )


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
        _check_population(parser, options, session.parameters)
    except SessionError as error:
        parser.error(f"{written}: {error}")
    except ParameterError as error:
        if error.name == "speed":
            parser.error(f"--speed must be {error.allowed}, got {error.value}")
        parser.error(f"{written}: {options.session}: parameters.{error}")
    return Start(
        session.parameters,
        source=str(options.session),
        session=session,
        population=options.population or AUTO,
    )
