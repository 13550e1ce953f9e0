"""The firefly that is held: its phase over the last periods, with its flashes and its nudges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from experiments import (
    FlashesKnown,
    Parameters,
    PhaseCourse,
    Status,
    flashes_needed_since,
    phase_course,
    topology_of,
)
from gui.instruments.panel import Area, Instrument, RunSoFar, instant_shown
from gui.models.coherence_trace import Mark, marks_in_sight
from gui.models.portrait import portrait
from gui.models.time_window import TimeWindow, latest_window

NOBODY: Final = "Nobody is held: with Look, click on a firefly of the grid."


@dataclass(frozen=True, slots=True)
class FireflyPicture:
    """What the panel shows.

    Attributes
    ----------
    words
        Who it is, its phase, and whom it hears; or that nobody is held.
    course
        Its phase over time; None if nobody is held.
    begin, end
        Virtual time at the edges, seconds.
    period, refractory
        The firefly's, at present, seconds.
    side
        Fireflies along an edge of the grid.
    marks
        Changes in sight.
    """

    words: str
    course: PhaseCourse | None
    begin: float
    end: float
    period: float
    refractory: float
    side: int
    marks: tuple[Mark, ...] = ()


def firefly_picture(run: RunSoFar) -> FireflyPicture:
    """The last five periods of the firefly that is held."""
    instant, i = run.instant, run.held
    parameters = instant.parameters
    shown = latest_window(instant.t, parameters.period)
    if i is None or i >= parameters.n_fireflies:
        return FireflyPicture(NOBODY, None, *_ends(shown, parameters, parameters.period))
    period = float(np.broadcast_to(instant.periods, parameters.n_fireflies)[i])
    ends = _ends(shown, parameters, period)
    hears = topology_of(parameters).neighbours(i)
    around = [i, *hears]
    status = dict(zip(around, run.swarm.status_of(around).tolist(), strict=True))
    known = _known(run, around, status, shown.begin - 1.5 * period)
    course = phase_course(i, known, shown.begin)
    ago = instant.t - course.flashes[-1] if course.flashes else math.inf
    failed = any(failure.id == i for failure in run.swarm.failures)
    phase = float(instant.phases[i])
    fraction = float(instant.fractions[i])
    words = portrait(i, parameters, phase, fraction, ago, Status(status[i]), failed, hears)
    marks = marks_in_sight(run.marks, run.coherence, shown, instant.t)
    return FireflyPicture(words, course, *ends, marks)


def _known(run: RunSoFar, around: list[int], status: dict[int, int], begin: float) -> FlashesKnown:
    """What the course of the first of some is worked out from, from a time on.

    The flash before the left edge is to be among it, and what was in flight then.
    """
    done, initial = run.swarm.interventions, run.swarm.initial
    since = flashes_needed_since(begin, initial, done)
    times, ids = run.flashes.between(since, run.instant.t)
    return FlashesKnown(
        instant=run.instant,
        initial=initial,
        times=times,
        ids=ids,
        since=max(since, run.flashes.known_since),
        interventions=done,
        counts=dict(zip(around, run.swarm.flash_counts(around).tolist(), strict=True)),
        status=status,
    )


def _ends(
    shown: TimeWindow, parameters: Parameters, period: float
) -> tuple[float, float, float, float, int]:
    return shown.begin, shown.end, period, parameters.refractory, parameters.side


def _empty(parameters: Parameters) -> FireflyPicture:
    shown = latest_window(0.0, parameters.period)
    return FireflyPicture(NOBODY, None, *_ends(shown, parameters, parameters.period))


def _hurried_by(run: RunSoFar) -> tuple[object, ...]:
    return (run.held,)


FIREFLY: Final = Instrument(
    name="firefly",
    title="Firefly",
    key="Ctrl+9",
    sentence="The phase of the firefly that Look holds, over the last five periods: it rises, "
    "jumps at the nudges that it hears, and falls back at its flash. Point: read out; wheel: zoom",
    view="gui.instruments.firefly_view:FireflyView",
    area=Area.LEFT,
    stacked_on="engine",
    hint="discs: its flashes; dots: nudges",
    compute=firefly_picture,
    interval_s=1 / 10,
    depends_on=instant_shown,
    hurried_by=_hurried_by,
    empty=_empty,
)
