"""Readouts: words and figures for the status line, the engine and one firefly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from experiments import (
    Instant,
    Parameters,
    PopulationKind,
    Simulation,
    Status,
    observed,
    topology_of,
)
from gui.controllers.screen import Screen
from gui.instruments.failures import FAILURES
from gui.models.allowance import Allowance
from gui.models.current_run import CurrentRun
from gui.models.findings import Findings
from gui.models.in_step import Announcement
from gui.models.intent import Intent
from gui.models.metrics import Measured, Metrics
from gui.models.pacing import SpeedMeter
from gui.models.portrait import portrait
from gui.models.problems import Problem, problem_of_failure
from gui.models.slowness import SlownessNews, advice_of
from gui.models.status_readout import Activity, StatusReadout
from gui.picture.painting import Painting

MOST_TOLD: Final = 500
"""Failures told with their tracebacks: formatting takes time, and nobody reads more."""

_STATUS_EVERY_S: Final = 0.25
_FIREFLY_EVERY_S: Final = 0.1


class Readouts:
    """Shows what is known, each thing as often as it can be read.

    Parameters
    ----------
    findings
        Take the status line, and the words about a firefly.
    screen
        Where panels show.
    metrics
        What was measured.
    meter
        Knows the speed held.
    intent
        Knows which firefly is looked at, and whether time passes.
    current
        Knows whether a run is repeated, and how fast.
    allowance
        Knows whether the processor is busy elsewhere.

    Attributes
    ----------
    measured
        What is known at the end of the last second.
    """

    def __init__(
        self,
        findings: Findings,
        screen: Screen,
        metrics: Metrics,
        meter: SpeedMeter,
        intent: Intent,
        current: CurrentRun,
        allowance: Allowance,
    ) -> None:
        self._findings = findings
        self._screen = screen
        self._metrics = metrics
        self._meter = meter
        self._intent = intent
        self._current = current
        self._allowance = allowance
        self._flashes_before = self._wakes_before = 0
        self._problems: list[Problem] = []
        self._was_playing: bool | None = None
        self._in_step = Announcement()
        self._slowness = SlownessNews()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Another swarm, of which nothing is known yet."""
        self.measured = Measured()
        self._status_due = self._firefly_due = -math.inf
        self._instant_told: Instant | None = None
        self._samples_noted = 0
        self._failures_noted = 0
        self._dropped_before = self._dropped_until = self._metrics.frames_dropped
        self._dropped_lately = 0

    def close_run(self, simulation: Simulation) -> None:
        """Add the flashes and wakes of a swarm that ends to those of earlier ones."""
        self._flashes_before += len(simulation.flashes)
        self._wakes_before += simulation.wakes

    def pass_over(self, simulation: Simulation) -> None:
        """The run goes on from another moment: what was found until then is no news."""
        self._in_step.pass_over(simulation.coherence)

    def show_start(self, parameters: Parameters, kind: PopulationKind) -> None:
        """Nothing has happened yet."""
        self._in_step.begin_anew()
        self._slowness.begin_anew()
        self._metrics.latest = {}
        self._findings.status = StatusReadout(
            activity=Activity.STARTING,
            t=0.0,
            asked=parameters.speed,
            held=None,
            fps=None,
            flashes_per_s=None,
            observed={},
            seed=parameters.seed,
            population=kind.description(parameters.n_fireflies),
        )

    def show(self, simulation: Simulation, painting: Painting, wall: float) -> None:
        """Show what is due at `wall` seconds."""
        totals = {
            "virtual": simulation.now,
            "flashes": self._flashes_before + len(simulation.flashes),
            "wakes": self._wakes_before + simulation.wakes,
        }
        if self._metrics.tick(wall, totals):
            self._status_due = -math.inf
            self._dropped_lately = self._metrics.frames_dropped - self._dropped_until
            self._dropped_until = self._metrics.frames_dropped
            self.measured = self._measured(simulation)
        if len(simulation.coherence) != self._samples_noted:
            self._samples_noted = len(simulation.coherence)
            _, latest, _ = simulation.coherence.since(self._samples_noted - 1)
            self._metrics.note_all("order_parameter", latest)
            self._announce(simulation)
        if wall >= self._firefly_due:
            self._firefly_due = wall + _FIREFLY_EVERY_S
            self._findings.firefly = self._firefly_words(simulation, painting)
        if len(simulation.failures) != self._failures_noted:
            self._note_failures(simulation)
        is_playing = self._intent.is_playing
        is_news = not is_playing and simulation.instant is not self._instant_told
        is_news |= is_playing is not self._was_playing
        self._was_playing = is_playing
        if wall >= self._status_due or is_news:
            self._status_due = wall + _STATUS_EVERY_S
            self._show_status(simulation)
            self._tell_slowness(simulation, wall)

    def show_problem(self, problem: Problem) -> None:
        """Add a problem to the list, and announce it once."""
        self._add_problems([problem])
        self._screen.show_toast(problem.sentence)

    def _announce(self, simulation: Simulation) -> None:
        """Say that all are in step, unless it was said before the run was cut off."""
        if self._current.is_restored:
            self._in_step.pass_over(simulation.coherence)
        elif words := self._in_step.news(simulation.coherence):
            self._screen.show_toast(words)

    def _tell_slowness(self, simulation: Simulation, wall: float) -> None:
        """Say why it is slower than asked, if that is known; once also where it is seen."""
        status = self._findings.status
        if status is None:
            return
        if status.is_at_limit:
            told = advice_of(
                simulation.parameters, simulation.kind, status.flashes_per_s, status.held
            )
            self._findings.status = status = replace(status, advice=told.words, rules=told.rules)
        if words := self._slowness.news(status, wall):
            self._screen.show_toast(words)

    def _note_failures(self, simulation: Simulation) -> None:
        new = simulation.failures[self._failures_noted :]
        self._failures_noted += len(new)
        told = new[: max(0, MOST_TOLD - len(self._problems))]
        self._add_problems([problem_of_failure(failure) for failure in told])
        others = "" if len(new) == 1 else f", and {len(new) - 1:,} more"
        self._screen.show_toast(
            f"{new[0].workflow} has failed{others}; the rest goes on. "
            "A click on the warning below shows why."
        )
        self._status_due = -math.inf

    def _add_problems(self, problems: Sequence[Problem]) -> None:
        self._problems.extend(problems)
        self._screen.show_in(FAILURES.name, tuple(self._problems))

    def _measured(self, simulation: Simulation) -> Measured:
        counts = {
            "runs": simulation.population.n_running if simulation.kind.runs_on_engine else 0,
            "in_flight": simulation.population.n_in_flight,
            "frames_dropped": self._metrics.frames_dropped - self._dropped_before,
        }
        if self._metrics.mirrored is not None:
            counts["differences"], counts["mirrored"] = self._metrics.mirrored
        return Measured(self._metrics.latest, counts)

    def _firefly_words(self, simulation: Simulation, painting: Painting) -> str:
        """What is known of the firefly that was clicked, or else is pointed at."""
        pinned = self._intent.pinned
        i = self._intent.pointed_at if pinned is None else pinned
        instant = simulation.instant
        if i is None or i >= instant.parameters.n_fireflies:
            return ""
        return portrait(
            i,
            instant.parameters,
            *instant.of_one(i),
            instant.t - painting.last_flash(i),
            Status(int(simulation.status_of([i])[0])),
            any(failure.id == i for failure in simulation.failures),
            topology_of(instant.parameters).neighbours(i),
        )

    @property
    def _activity(self) -> Activity:
        if self._intent.is_elsewhere:
            return Activity.AHEAD
        return Activity.RUNNING if self._intent.is_playing else Activity.PAUSED

    def _show_status(self, simulation: Simulation) -> None:
        latest, failures, instant = self._metrics.latest, simulation.failures, simulation.instant
        self._metrics.note("order_parameter", instant.coherence)  # paused there are no samples
        self._findings.status = StatusReadout(
            activity=self._activity,
            is_replay=self._current.session is not None,
            t=instant.t,
            asked=self._current.speed(simulation.pending.speed),
            held=self._meter.rate(),
            fps=latest["fps"].mean if "fps" in latest else None,
            flashes_per_s=latest["flashes_per_s"].mean if "flashes_per_s" in latest else None,
            observed=observed(instant),
            seed=simulation.parameters.seed,
            population=simulation.kind.description(simulation.parameters.n_fireflies),
            dropped=self._dropped_lately,
            failures=len(failures),
            latest_failure=failures[-1] if failures else None,
            is_starved=self._allowance.is_starved,
        )
        self._instant_told = instant
