"""A run without a window, as fast as possible."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from cascade.standard_output import is_watched, write_error
from experiments.commands.observing import NOTHING_MORE, Asked
from experiments.commands.slow_run import SlowRun
from experiments.export.kinds import TableRecorder
from experiments.keep.opening import Opening, open_with
from experiments.keep.session import Session
from experiments.model.actions import ParameterChange
from experiments.model.observables import sampled
from experiments.model.order import noise_band
from experiments.model.parameters import Parameters
from experiments.population.factory import AUTO
from experiments.population.garbage import sparing_the_collector
from experiments.run.brief_run import RunFailedError
from experiments.run.flash_sync import FlashSync
from experiments.run.following import Verdict
from experiments.run.simulation import Simulation

TURN_S: Final = 0.25
"""Wall time of a turn at most."""

_FLASHES_OF_A_TURN: Final = 1 << 17
"""About so many at most, so that memory doesn't grow with the speed; 1.5 MB."""

_SAMPLES_LEFT: Final = 1 << 18
"""Samples of R kept if R(t) isn't exported: seven hours of virtual time, 4 MB."""

_SAMPLE_DIGITS: Final = 6
"""Digits that show a multiple of the sample interval as such: 1631 * 0.1 is 163.10000000000002."""


@dataclass(frozen=True, slots=True)
class HeadlessRun:
    """A finished run: its simulation, still open to be read, and its report."""

    simulation: Simulation
    report: dict[str, Any]


async def run_headless(
    parameters: Parameters,
    seconds: float,
    on_progress: Callable[[float], object] | None = None,
    opening: Iterable[Opening] = (),
    session: Session | None = None,
    recorders: Collection[TableRecorder] = (),
    asked: Asked = NOTHING_MORE,
    *,
    keeps_flashes: bool = True,
    keeps_samples: bool = True,
    population: str = AUTO,
    on_slow: Callable[[str], object] | None = None,
) -> HeadlessRun:
    """Run from t = 0 to `seconds` of virtual time, everything at that time included.

    Parameters
    ----------
    parameters
        The speed is ignored.
    seconds
        Virtual seconds, > 0; the end of the session, if one is repeated, or later.
    on_progress
        Called now and then with the share done, in [0, 1].
    opening
        What is done to the swarm at t = 0.
    session
        A run to repeat; its parameters are the ones given.
    recorders
        What makes records of the run while it goes on.
    asked
        What is to be measured beside what always is.
    keeps_flashes, keeps_samples
        Whether all flashes, and all samples of R, are needed; otherwise the oldest are dropped,
        so that the memory of a run doesn't grow with its length.
    population
        What computes the fireflies.
    on_slow
        Called with a sentence if the run will take long.

    Raises
    ------
    RunFailedError
        A workflow failed.
    """
    most = None if keeps_samples else _SAMPLES_LEFT
    sampled_too = asked.names + asked.sampled_too if keeps_samples else ()
    simulation = Simulation(parameters, None, most, sampled_too, population)
    keeps_flashes = keeps_flashes or asked.needs_flashes
    flash_sync = FlashSync(parameters.n_fireflies, _longest_period(parameters, session))

    def look_on() -> None:
        cursor = flash_sync.read(simulation)
        if not keeps_flashes:
            simulation.flashes.trim(cursor)

    watchers: list[Callable[[], object]] = [look_on]
    if on_progress is not None:
        watchers.append(lambda: on_progress(simulation.now / seconds))
    if on_slow is not None:
        watchers.append(SlowRun(simulation, seconds, on_slow).look)
    repeated: dict[str, Any] = {}
    try:
        began = time.perf_counter()
        await simulation.start()
        open_with(simulation, opening)
        setup_s = time.perf_counter() - began
        for recorder in recorders:
            recorder.tick(simulation)
        cpu_s = 0.0
        if session is not None:
            following = simulation.follow(session)
            cpu_s = await _run(simulation, following.horizon, watchers, recorders)
            repeated = _compared(session, following.verdict)
            simulation.stop_following()
        cpu_s += await _run(simulation, seconds, watchers, recorders)
        simulation.sample()
        for recorder in recorders:
            recorder.tick(simulation, is_last=True)
    finally:
        await simulation.aclose()
    if simulation.failures:
        first = simulation.failures[0]
        raise RunFailedError(f"workflow '{first.workflow}' failed: {first.error!r}")
    report = _report(simulation, flash_sync.time_to_sync, setup_s, cpu_s)
    measured = {"observed": asked.figures(simulation)} if asked.names else {}
    return HeadlessRun(simulation, report | measured | repeated)


def _longest_period(parameters: Parameters, session: Session | None) -> float:
    """That is ever in force, seconds."""
    longest = parameters.period
    for done in () if session is None else session.script():
        if isinstance(done.what, ParameterChange):
            parameters = parameters.replace(**done.what.values)
            longest = max(longest, parameters.period)
    return longest


async def _run(
    simulation: Simulation,
    until: float,
    watchers: Iterable[Callable[[], object]],
    recorders: Iterable[TableRecorder],
) -> float:
    """Process CPU seconds that the simulation took, without those who look on.

    The loop has a turn now and then, so that an interrupt can end the run.
    """
    cpu_s = 0.0
    reached = False
    turn_s = _FLASHES_OF_A_TURN / simulation.initial.n_fireflies * simulation.initial.period
    while not reached:
        end = min(until, simulation.now + turn_s)
        before = time.process_time()
        with sparing_the_collector():
            reached = simulation.run_until(end, TURN_S).reached and end == until
        cpu_s += time.process_time() - before
        await asyncio.sleep(0)
        for watch in watchers:
            watch()
        if not reached:
            for recorder in recorders:
                recorder.tick(simulation)
    return cpu_s


def _compared(session: Session, verdict: Verdict | None) -> dict[str, Any]:
    """Whether a run that was repeated is the one that was saved; None if nobody can tell."""
    assert verdict is not None  # its end is reached
    return {
        "session": {
            "end": session.end,
            "interventions": len(session.steps),
            "flashes": session.n_flashes,
            "digest": session.digest,
            "identical": verdict.is_same,
        }
    }


def _report(
    simulation: Simulation, time_to_sync_flashes: float | None, setup_s: float, cpu_s: float
) -> dict[str, Any]:
    parameters, coherence = simulation.parameters, simulation.coherence
    flashes, wakes = len(simulation.flashes), simulation.wakes
    sync, instant = coherence.time_to_sync, simulation.instant
    return {
        "agents": parameters.n_fireflies,
        "population": simulation.kind.name,
        "seed": parameters.seed,
        "virtual_s": simulation.now,
        "wakes": wakes,
        "flashes": flashes,
        "pulses_in_flight": simulation.population.n_in_flight,
        **{each.name: each.of(instant) for each in sampled() if each.is_reported},
        "R_max": coherence.highest,
        "noise_band": noise_band(parameters.n_fireflies, parameters.jitter, parameters.period),
        "time_to_sync_s": None if sync is None else round(sync, _SAMPLE_DIGITS),
        "time_to_sync_flashes_s": time_to_sync_flashes,
        "setup_s": round(setup_s, 4),
        "cpu_s": round(cpu_s, 4),
        "us_per_flash": round(1e6 * cpu_s / flashes, 3) if flashes else None,
        "us_per_wake": round(1e6 * cpu_s / wakes, 3) if wakes else None,
        "realtime_factor": round(simulation.now / cpu_s, 2) if cpu_s else None,
        "digest": simulation.flashes.digest().hexdigest(),
    }


def show_progress(share: float) -> None:
    """A line on stderr that overwrites itself, if stderr is a terminal."""
    if is_watched():
        end = "\n" if share >= 1 else ""
        write_error(f"\rrunning: {100 * share:3.0f} %{end}")


def say_beside(prog: str, sentence: str) -> None:
    """A line on stderr of its own, beside the one that overwrites itself."""
    start = "\r" if is_watched() else ""
    write_error(f"{start}{prog}: {sentence}\n")


class ProgressLines:
    """A line on stderr for each percent, which other programs can read."""

    def __init__(self) -> None:
        self._told = -1

    def __call__(self, share: float) -> None:
        """Report the share done, in [0, 1], if it has reached another percent."""
        percent = int(100 * share)
        if percent != self._told:
            self._told = percent
            write_error(f"running: {percent} %\n")
