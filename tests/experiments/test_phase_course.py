"""The course of a firefly's phase from the flash log, against the state that it really had."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
import pytest

from experiments import Action, FlashesKnown, Parameters, PhaseCourse, Simulation, phase_course
from experiments.model.random_streams import JITTER, stream_key, stream_keys
from experiments.model.rules import topology_of

SWARM = Parameters(side=6, period=1.0, nudge=0.06, refractory=0.2, jitter=0.05)
HELD = 14
ACTIONS = [each for each in Action if each is not Action.FLASH_ROUNDED]


def known_of(simulation: Simulation, since: float = -math.inf) -> FlashesKnown:
    """What there is to work a course out from, with what came before a time forgotten."""
    instant = simulation.instant
    times, ids, _ = simulation.flashes.read(0, instant.n_flashes)
    around = [HELD, *topology_of(instant.parameters).neighbours(HELD)]
    kept = times >= since
    return FlashesKnown(
        instant=instant,
        initial=simulation.initial,
        times=times[kept],
        ids=ids[kept],
        is_from_start=since == -math.inf,
        interventions=simulation.interventions,
        count=int(simulation.flash_counts([HELD])[0]),
        status=dict(zip(around, simulation.status_of(around).tolist(), strict=True)),
    )


def lived(
    script: Callable[[Simulation], Coroutine[Any, Any, None]], parameters: Parameters = SWARM
) -> None:
    """Run an async test body with a swarm."""

    async def main() -> None:
        simulation = Simulation(parameters)
        await simulation.start()
        try:
            await script(simulation)
        finally:
            await simulation.aclose()

    asyncio.run(main())


def watched(simulation: Simulation, until: float, step: float) -> list[tuple[float, float]]:
    """The phases that the firefly really has, now and then, until a time."""
    seen = []
    while simulation.now < until:
        simulation.run_until(min(until, simulation.now + step))
        seen.append((simulation.instant.t, float(simulation.instant.phases[HELD])))
    return seen


def assert_is_true(course: PhaseCourse, seen: list[tuple[float, float]]) -> None:
    """At all times at which the phase was looked at."""
    assert course.is_exact
    inside = [(t, phase) for t, phase in seen if course.times[0] < t]
    assert inside
    for t, phase in inside:
        assert course.phase_at(t) == pytest.approx(phase, abs=1e-12)


@pytest.mark.parametrize("since", [-math.inf, 4.0])
def test_the_course_is_the_phase_that_there_was(since: float) -> None:
    """From the beginning of the run, or from the first flash that is still remembered."""

    async def body(simulation: Simulation) -> None:
        seen = watched(simulation, 12.0, 0.0237)
        course = phase_course(HELD, known_of(simulation, since), -1.0)
        assert_is_true(course, seen)
        times, ids, _ = simulation.flashes.read(0)
        own = times[(ids == HELD) & (times >= since)]
        assert list(course.flashes) == own.tolist()
        assert course.times[0] == (0.0 if since == -math.inf else own[0])
        around = topology_of(SWARM).neighbours(HELD)
        near = np.isin(ids, around) & (times >= course.times[0])
        assert [each.sender for each in course.nudges][-30:] == ids[near].tolist()[-30:]
        heard = [each.by for each in course.nudges if each.by]
        assert heard == pytest.approx([SWARM.nudge] * len(heard))
        assert 0 < len(heard) < len(course.nudges)  # some came while it was deaf

    lived(body)


def test_a_course_begins_at_the_flash_before_the_time_wanted() -> None:
    """So that it shows what there was then; no more of the log is looked at than is needed."""

    async def body(simulation: Simulation) -> None:
        seen = watched(simulation, 12.0, 0.05)
        course = phase_course(HELD, known_of(simulation), 9.0)
        assert_is_true(course, seen)
        assert 8.0 < course.times[0] <= 9.0
        assert course.times[0] == course.flashes[0]
        assert math.isnan(course.phase_at(5.0))

    lived(body)


@pytest.mark.parametrize("seed", range(6))
def test_changes_and_strokes_within_the_span_are_followed(seed: int) -> None:
    """All of them: parameters, flashes, scrambling, silence, blindness, pacemakers, revival."""

    async def body(simulation: Simulation) -> None:
        random = np.random.default_rng(seed)
        around = [HELD, *topology_of(SWARM).neighbours(HELD)]
        seen = []
        for _ in range(40):
            seen += watched(simulation, simulation.now + random.uniform(0.05, 0.5), 0.031)
            if random.random() < 0.3:
                simulation.change(
                    period=random.uniform(0.6, 1.5),
                    nudge=random.uniform(0.0, 0.1),
                    jitter=random.uniform(0.0, 0.1),
                )
            else:
                ids = random.choice(around, random.integers(1, 5), replace=False)
                action = ACTIONS[random.integers(len(ACTIONS))]
                simulation.act(action, sorted(int(i) for i in ids))
            simulation.settle()
        seen += watched(simulation, simulation.now + 0.4, 0.031)
        for begin in (-1.0, simulation.now - 3.0):
            assert_is_true(phase_course(HELD, known_of(simulation), begin), seen)

    lived(body)


def test_what_is_done_just_after_a_flash_at_the_same_time_is_followed() -> None:
    """As after a step to the next flash: the log does not say which of them came first."""

    async def body(simulation: Simulation) -> None:
        seen = watched(simulation, 3.0, 0.05)
        for _ in range(400):
            simulation.step_flash()
            times, ids, _ = simulation.flashes.read(0)
            if HELD in ids[times == simulation.now]:
                break
        else:
            pytest.fail("it never flashed")
        simulation.act(Action.SCRAMBLE, [HELD])
        simulation.settle()
        seen += watched(simulation, simulation.now + 2.0, 0.05)
        assert_is_true(phase_course(HELD, known_of(simulation), -1.0), seen)

    lived(body)


def test_what_does_not_lead_to_the_present_state_is_no_course() -> None:
    """A log with a flash left out: the present alone is told, and that it is."""

    async def body(simulation: Simulation) -> None:
        simulation.run_until(6.0)
        known = known_of(simulation)
        (own,) = np.flatnonzero(known.ids == HELD)[-2:-1]
        heard = FlashesKnown(
            known.instant, known.initial, np.delete(known.times, own), np.delete(known.ids, own),
            True, known.interventions, known.count, known.status,
        )  # fmt: skip
        course = phase_course(HELD, heard, -1.0)
        assert not course.is_exact
        assert course.times.tolist() == [6.0]
        assert course.phases[0] == pytest.approx(float(simulation.instant.phases[HELD]))
        assert course.nudges == ()

    lived(body)


def test_the_key_of_one_firefly_is_that_among_all() -> None:
    """Of a stream."""
    keys = stream_keys(7, JITTER, 40)
    assert [stream_key(7, JITTER, i) for i in range(40)] == keys.tolist()
