"""The course of a firefly's phase from the flash log, against the state that it really had."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
import pytest

from experiments import (
    Action,
    FlashesKnown,
    Parameters,
    PhaseCourse,
    Simulation,
    flashes_needed_since,
    phase_course,
)
from experiments.model.random_streams import JITTER, stream_key, stream_keys
from experiments.model.rules import topology_of
from tests.experiments.simulating import simulate
from tests.physics.product import play
from tests.physics.random_runs import random_run
from tests.proofs import count

SWARM = Parameters(side=6, period=1.0, nudge=0.06, refractory=0.2, jitter=0.05)
HELD = 14
ACTIONS = [each for each in Action if each is not Action.FLASH_ROUNDED]


def known_of(simulation: Simulation, since: float = -math.inf, firefly: int = HELD) -> FlashesKnown:
    """What there is to work a course out from, with what came before a time forgotten."""
    instant = simulation.instant
    times, ids, _ = simulation.flashes.read(0, instant.n_flashes)
    around = [firefly, *topology_of(instant.parameters).neighbours(firefly)]
    kept = times >= since
    return FlashesKnown(
        instant=instant,
        initial=simulation.initial,
        times=times[kept],
        ids=ids[kept],
        since=since,
        interventions=simulation.interventions,
        counts=dict(zip(around, simulation.flash_counts(around).tolist(), strict=True)),
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
            -math.inf, known.interventions, known.counts, known.status,
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


class Watch:
    """A simulation that notes the phase of one firefly wherever time stops."""

    def __init__(self, simulation: Simulation, firefly: int) -> None:
        self._simulation = simulation
        self._firefly = firefly
        self.seen: list[tuple[float, float]] = []

    def go_to(self, t: float, steps: int) -> None:
        """Let time pass, with so many looks."""
        simulation = self._simulation
        begin = simulation.now
        for step in range(1, steps + 1):
            simulation.run_until(min(t, begin + (t - begin) * step / steps))
            instant = simulation.instant
            self.seen.append((instant.t, float(instant.phases[self._firefly])))


@pytest.mark.parametrize("seed", range(count(20, 2_000)))
def test_courses_of_the_extended_model_are_the_phases_that_there_were(seed: int) -> None:
    """Random parameters, changes and actions: it is exact, and right, or says that it isn't."""
    run = random_run(seed, side=3 + seed % 3, operations=seed % 9)
    firefly = seed % run.values["side"] ** 2

    async def body(simulation: Simulation) -> None:
        watch = Watch(simulation, firefly)
        for t, kind, payload in run.script:
            watch.go_to(t, 5)
            play(simulation, [(t, kind, payload)], t)
        watch.go_to(run.until, 20)
        whole = phase_course(firefly, known_of(simulation, firefly=firefly), -1.0)
        assert whole.is_exact
        assert whole.times[0] == 0.0
        assert_is_near(whole, watch.seen)
        times, ids, _ = simulation.flashes.read(0)
        assert list(whole.flashes) == times[ids == firefly].tolist()
        since = run.until / 3
        part = phase_course(firefly, known_of(simulation, since, firefly), -1.0)
        if part.is_exact:
            assert since <= part.times[0] == part.flashes[0]
            assert_is_near(part, watch.seen)
            assert part.nudges == whole.nudges[len(whole.nudges) - len(part.nudges) :]
        else:
            assert part.times.tolist() == [simulation.now]

    simulate(body, Parameters(**run.values))


def assert_is_near(course: PhaseCourse, seen: list[tuple[float, float]]) -> None:
    """At all times at which nothing jumps just then."""
    for t, phase in seen:
        if course.times[0] < t and t not in course.times[:-1]:
            assert course.phase_at(t) == pytest.approx(phase, abs=1e-9)


def test_of_very_many_pulses_only_the_latest_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it never takes long; what is told of the rest of the time is exact."""
    monkeypatch.setattr("experiments.run.phase_course.MOST_FOLLOWED", 60)

    async def body(simulation: Simulation) -> None:
        seen = watched(simulation, 12.0, 0.05)
        course = phase_course(HELD, known_of(simulation), -1.0)
        assert_is_true(course, seen)
        assert 0 < len(course.flashes) + len(course.nudges) <= 60
        assert 4.0 < course.times[0] == course.flashes[0]

    lived(body)


@pytest.mark.parametrize("delay", [0.0, 2.5])
def test_pulses_that_were_in_flight_when_the_log_begins_are_waited_for(delay: float) -> None:
    """A course begins when all that arrives is of flashes that are known, also after a change."""
    late = SWARM.replace(delay=2.5)

    async def body(simulation: Simulation) -> None:
        seen = watched(simulation, 5.0, 0.05)
        simulation.change(delay=delay)
        simulation.settle()
        seen += watched(simulation, 12.0, 0.05)
        known = known_of(simulation, since=4.0)
        assert known.pulses_known_after == 6.5
        assert flashes_needed_since(6.5, late, simulation.interventions) == 4.0
        course = phase_course(HELD, known, -1.0)
        assert_is_true(course, seen)
        assert 6.5 <= course.times[0] < 8.0
        known = known_of(simulation, since=11.0)
        assert phase_course(HELD, known, -1.0).is_exact is (delay == 0.0)

    lived(body, late)


def test_the_present_counts_of_flashes_are_those_of_what_is_shown() -> None:
    """Those of an instant under way don't count yet, as they are not in the log."""

    async def body(simulation: Simulation) -> None:
        ids = list(range(SWARM.n_fireflies))
        simulation.run_until(3.2)
        seen_under_way = False
        for _ in range(3_000):
            simulation.run_until(9.0, budget_s=0.0)
            _, flashed, _ = simulation.flashes.read(0, simulation.instant.n_flashes)
            seen_under_way |= len(simulation.flashes.ids_after(simulation.instant.n_flashes)) > 0
            counts = np.bincount(flashed, minlength=len(ids))
            assert simulation.flash_counts(ids).tolist() == counts.tolist()
        assert seen_under_way

    lived(body)
