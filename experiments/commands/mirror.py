"""``fireflies mirror``: a run computed in two ways, compared flash for flash."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import Any, Final

from experiments.commands.headless import show_progress
from experiments.commands.parsing import (
    DURATION_LIMITS,
    OneLineParser,
    duration,
    fail,
    print_report,
)
from experiments.commands.starts import (
    Start,
    add_model_options,
    add_session_option,
    start_or_session,
)
from experiments.keep.opening import open_with
from experiments.model.parameters import ParameterError
from experiments.population.factory import COMPILED, WORKFLOWS, population_kind
from experiments.run.mirror import mirrored
from experiments.run.simulation import Simulation

_SECONDS: Final = 60.0


def mirror_command(given: Sequence[str]) -> int:
    """``fireflies mirror``, given what stands after it: 1 if anything differs."""
    parser = OneLineParser(
        prog="fireflies mirror",
        description="Compute a run with workflows and with the compiled population, and compare "
        "every flash and every state.",
    )
    add_model_options(parser)
    parser.add_argument(
        "--seconds",
        type=duration,
        metavar="S",
        help=f"virtual seconds, {DURATION_LIMITS} (default {_SECONDS:g}, or the end of the "
        "session)",
    )
    add_session_option(parser)
    options = parser.parse_args(given)
    if options.population is not None:
        parser.error("--population does not go with mirror, which compares both")
    options.population = WORKFLOWS.name
    start = start_or_session(parser, options)
    seconds = options.seconds
    if seconds is None:
        seconds = _SECONDS if start.session is None else start.session.end
    elif start.session is not None and seconds > start.session.end:
        parser.error(f"--seconds must be <= the end of the session ({start.session.end:g} s), "
                     f"got {seconds:g}")  # fmt: skip
    try:
        population_kind(start.parameters, COMPILED.name)
    except ParameterError as error:
        parser.error(f"there is no compiled population to compare with: {error.allowed}")
    report = asyncio.run(_mirrored(start, seconds))
    code = print_report(parser.prog, report)
    if report["first"] is None:
        return code
    where = report["first"]
    return fail(parser, f"they differ first at {where['t']!r} s: {where['what']}")


async def _mirrored(start: Start, seconds: float) -> dict[str, Any]:
    simulation = Simulation(start.parameters, population_choice=WORKFLOWS.name)
    try:
        await simulation.start()
        open_with(simulation, start.opening)
        if start.session is not None:
            simulation.follow(start.session)
        mirror = await mirrored(simulation, seconds, on_progress=show_progress)
        return {
            "agents": start.parameters.n_fireflies,
            "seed": start.parameters.seed,
            "virtual_s": simulation.now,
            "flashes": mirror.n_compared,
            "wakes": simulation.wakes,
            "differences": mirror.n_differences,
            "first": None if mirror.first is None else dataclasses.asdict(mirror.first),
            "digest": simulation.flashes.digest().hexdigest(),
        }
    finally:
        await simulation.aclose()
