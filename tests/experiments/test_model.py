"""The model on small cases worked out by hand. A 3 x 3 torus: everybody is everybody's neighbour.

Unless said otherwise period 10, nudge 1, refractory 2, jitter 0; numbers are
chosen to be exact in binary.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cascade.scheduler.agenda import Agenda
from experiments import Action, Parameters, Simulation, Status
from tests.experiments.simulating import flashes_of, quiet_state, simulate

SMALL = Parameters(side=3, period=10.0, nudge=1.0, refractory=2.0, jitter=0.0)


Outcome = tuple[list[tuple[float, int]], list[float], Simulation]


def run(
    until: float,
    zero: dict[int, float],
    rest: float = 0.0,
    parameters: Parameters = SMALL,
    before: Callable[[Simulation], object] | None = None,
) -> Outcome:
    """Flashes and zero times at `until`."""

    async def body(simulation: Simulation) -> Outcome:
        if before is not None:
            before(simulation)
        simulation.run_until(until)
        return flashes_of(simulation), (until - simulation.phases()).tolist(), simulation

    return simulate(body, parameters, quiet_state(parameters, zero, rest))


def test_one_flash_nudges_every_neighbour() -> None:
    """Firefly 4 flashes at 5; the others, at phase 5, are moved on by the nudge."""
    flashes, zero, _ = run(5.0, {4: -5.0})
    assert flashes == [(5.0, 4)]
    assert zero == [-1.0] * 4 + [5.0] + [-1.0] * 4


def test_flashes_due_at_the_target_are_included() -> None:
    """Run until exactly the deadline, and it has happened; just before, it has not."""
    assert run(np.nextafter(5.0, 0.0), {4: -5.0})[0] == []
    assert run(5.0, {4: -5.0})[0] == [(5.0, 4)]


def test_a_pulse_to_a_refractory_firefly_is_lost() -> None:
    """Firefly 0 flashes at 4; who is at phase 1 then loses the pulse for good."""
    flashes, zero, _ = run(9.0, {0: -6.0}, rest=3.0)
    assert flashes == [(4.0, 0)]
    assert zero == [4.0] + [3.0] * 8


def test_a_pulse_is_accepted_at_the_very_end_of_the_refractory_time() -> None:
    """At phase 2.0 it is accepted, one step of a double below it is not."""
    below = float(np.nextafter(2.0, 3.0))
    _, zero, _ = run(4.0, {0: -6.0, 1: 2.0, 2: below}, rest=3.0)
    assert zero[1] == 1.0
    assert zero[2] == below


def test_a_pushed_firefly_flashes_at_the_same_instant_in_its_turn() -> None:
    """7 pushes 3 over: 3 flashes before 8, though 8 was due all along."""
    flashes, _, _ = run(5.0, {7: -5.0, 8: -5.0, 3: -4.5}, rest=4.0)
    assert flashes == [(5.0, 7), (5.0, 3), (5.0, 8)]


def test_of_those_due_the_lowest_id_goes_first() -> None:
    """Two due at once flash in order of id, and those just flashed lose each other's pulse."""
    flashes, zero, _ = run(5.0, {6: -5.0, 2: -5.0}, rest=4.0)
    assert flashes == [(5.0, 2), (5.0, 6)]
    assert zero[2] == 5.0
    assert zero[6] == 5.0


def test_an_avalanche_takes_one_instant() -> None:
    """Everybody within a nudge of the end flashes with the first, each once."""
    flashes, zero, _ = run(5.0, {0: -5.0}, rest=-4.25)
    assert flashes == [(5.0, i) for i in range(9)]
    assert zero == [5.0] * 9


def test_jitter_is_the_firefly_s_own_stream() -> None:
    """After its k-th flash the phase starts at jitter * u(seed, 1, i, k)."""
    from experiments.model.random_streams import mix

    parameters = SMALL.replace(jitter=0.5, seed=7)
    _, zero, _ = run(5.0, {4: -5.0}, parameters=parameters)
    u = (mix(mix(mix(mix(7) ^ 1) ^ 4) ^ 1) >> 11) * 2.0**-53
    assert zero[4] == 5.0 - 0.5 * u


def test_start_phases_are_the_seed_s() -> None:
    """At t = 0 each phase is period * u(seed, 0, i, 0)."""
    from experiments.model.random_streams import mix

    async def body(simulation: Simulation) -> Any:
        return simulation.phases().tolist()

    parameters = Parameters(side=5, seed=2**64 - 1)
    expected = [
        5.0 * ((mix(mix(mix(mix(2**64 - 1) ^ 0) ^ i) ^ 0) >> 11) * 2.0**-53) for i in range(25)
    ]
    assert simulate(body, parameters) == expected


def test_known_values_of_splitmix64() -> None:
    """The first outputs for the seed 1234567 are those of the reference implementation."""
    from experiments.model.random_streams import MASK, mix, mix_array

    known = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    state = 1234567
    for value in known:
        assert mix(state) == value
        assert mix_array(np.array([state], dtype=np.uint64)).tolist() == [value]
        state = (state + 0x9E3779B97F4A7C15) & MASK


def test_neighbours_wrap_around() -> None:
    """On a larger grid only the eight around it hear firefly 0, across the edges."""
    parameters = Parameters(side=5, period=10.0, nudge=1.0, refractory=2.0, jitter=0.0)
    _, zero, _ = run(5.0, {0: -5.0}, parameters=parameters)
    assert [i for i, z in enumerate(zero) if z == -1.0] == [1, 4, 5, 6, 9, 20, 21, 24]


# -- changes ----------------------------------------------------------------------------


def at(t: float, act: Any) -> Any:
    """Run to t, and ask for something there."""

    def before(simulation: Simulation) -> None:
        simulation.run_until(t)
        act(simulation)

    return before


def test_a_new_period_keeps_the_fraction_of_each_phase() -> None:
    """At t = 4 phase 4 of 10 becomes 8 of 20; deadlines move in place."""
    flashes, zero, _ = run(
        14.0, {0: -2.0}, rest=0.0, before=at(4.0, lambda s: s.change(period=20.0))
    )
    assert flashes == [(12.0, 0)]
    assert zero == [12.0] + [-4.0 - 1.0] * 8


def test_a_shorter_period_can_make_flashes_due_sooner() -> None:
    """At t = 4, period 10 -> 5: phases halve; firefly 0, at 3 of 5, flashes at 6 and pushes all."""
    flashes, _, simulation = run(6.0, {0: -2.0}, before=at(4.0, lambda s: s.change(period=5.0)))
    assert flashes == [(6.0, i) for i in range(9)]
    assert simulation.parameters.period == 5.0
    assert [(i.t, i.order) for i in simulation.interventions] == [(4.0, 1)]


def test_changes_take_effect_after_every_flash_of_their_instant() -> None:
    """A nudge changed at t = 5 leaves the pulses of t = 5 as they were."""
    _, zero, _ = run(5.0, {4: -5.0}, before=at(5.0, lambda s: s.change(nudge=2.0)))
    assert zero[0] == -1.0
    _, zero, _ = run(5.0, {4: -5.0}, before=at(4.0, lambda s: s.change(nudge=2.0)))
    assert zero[0] == -2.0


def test_a_refractory_change_takes_effect_for_all_at_once() -> None:
    """At phase 1 a pulse is lost with refractory 2, accepted with 0.5."""
    _, zero, _ = run(4.0, {0: -6.0}, rest=3.0, before=at(3.0, lambda s: s.change(refractory=0.5)))
    assert zero[1:] == [2.0] * 8


def test_an_invalid_change_is_refused_whole() -> None:
    """Nothing of a set is applied when one value doesn't go with the others."""

    def refuse(simulation: Simulation) -> None:
        with pytest.raises(ValueError, match="refractory must be >= 0 s and < the period"):
            simulation.change(nudge=0.5, refractory=11.0)
        with pytest.raises(ValueError, match="restart"):
            simulation.change(side=5)
        with pytest.raises(ValueError, match="restart"):
            simulation.change(speeed=5)
        assert simulation.pending == SMALL

    _, zero, simulation = run(5.0, {4: -5.0}, before=at(1.0, refuse))
    assert zero[0] == -1.0
    assert simulation.parameters == SMALL


def test_changes_between_advances_are_one_change() -> None:
    """Coming faster than frames, they are validated each and applied together."""

    def drag(simulation: Simulation) -> None:
        for period in (9.0, 8.0, 20.0):
            simulation.change(period=period)
        simulation.change(nudge=0.25)

    _, zero, simulation = run(4.0, {}, before=at(4.0, drag))
    assert zero == [-4.0] * 9
    assert len(simulation.interventions) == 1


# -- actions ----------------------------------------------------------------------------


def test_flash_now_makes_flashes_due_at_the_same_time() -> None:
    """At t = 4: 3 and 5 flash at 4, in order of id, and nudge the others."""
    flashes, zero, _ = run(4.0, {}, before=at(4.0, lambda s: s.act("flash_now", [5, 3])))
    assert flashes == [(4.0, 3), (4.0, 5)]
    assert zero[3] == 4.0
    assert zero[0] == -2.0


def test_flash_now_never_delays() -> None:
    """Who is due already keeps its zero: min(zero, t - period)."""

    def twice(simulation: Simulation) -> None:
        simulation.act("flash_now", [3])
        simulation.act("flash_now", [3])

    flashes, _, simulation = run(4.0, {}, before=at(4.0, twice))
    assert flashes == [(4.0, 3), (4.0, 3)], "each action takes effect at a complete instant"
    assert [i.order for i in simulation.interventions] == [1, 2]


def test_scramble_draws_by_the_number_of_the_action() -> None:
    """zero = t - period * u(seed, 2, i, a), a counting the actions of the run."""
    from experiments.model.random_streams import mix

    def twice(simulation: Simulation) -> None:
        simulation.act("silent", [0])
        simulation.act("scramble", [4, 2])

    _, zero, _ = run(4.0, {}, before=at(4.0, twice))
    for i in (2, 4):
        u = (mix(mix(mix(mix(1) ^ 2) ^ i) ^ 2) >> 11) * 2.0**-53
        assert zero[i] == 4.0 - 10.0 * u
    assert zero[1] == 0.0


def test_silent_fireflies_flash_and_send_nothing() -> None:
    """The flash is logged, nobody is nudged; revived, it sends again."""
    flashes, zero, simulation = run(5.0, {4: -5.0}, before=at(1.0, lambda s: s.act("silent", [4])))
    assert flashes == [(5.0, 4)]
    assert zero[0] == 0.0
    assert simulation.status[4] == Status.SILENT

    def and_back(simulation: Simulation) -> None:
        simulation.act("silent", [4])
        simulation.act("revive", [4])

    assert run(5.0, {4: -5.0}, before=at(1.0, and_back))[1][0] == -1.0


def test_blind_fireflies_accept_nothing() -> None:
    """Also after the refractory time changes; revived, they hear again."""

    def blind(simulation: Simulation) -> None:
        simulation.act("blind", [0, 1])
        simulation.change(refractory=0.5)
        simulation.act("revive", [1])

    _, zero, _ = run(5.0, {4: -5.0}, before=at(1.0, blind))
    assert zero[:3] == [0.0, -1.0, -1.0]


def test_pacemakers_are_blind_and_without_jitter() -> None:
    """They keep the exact period whatever happens around them."""
    parameters = SMALL.replace(jitter=0.5)
    flashes, _, _ = run(
        40.0, {4: -5.0}, parameters=parameters, before=at(1.0, lambda s: s.act("pacemaker", [4]))
    )
    assert [t for t, i in flashes if i == 4] == [5.0, 15.0, 25.0, 35.0]


def test_wrong_actions_are_refused() -> None:
    """Unknown actions and ids outside the grid; nothing is queued."""

    def wrong(simulation: Simulation) -> None:
        with pytest.raises(ValueError, match="ids must be from 0 to 8"):
            simulation.act("silent", [3, 9])
        with pytest.raises(ValueError, match="dance"):
            simulation.act("dance", [3])

    assert run(1.0, {}, before=wrong)[2].interventions == []


# -- stepping ---------------------------------------------------------------------------


def test_step_a_flash_runs_to_the_end_of_its_instant() -> None:
    """The avalanche is complete, and time stands at it."""

    async def body(simulation: Simulation) -> Any:
        assert simulation.step_flash()
        first = simulation.now, len(simulation.flashes)
        while not simulation.step_flash(budget_s=0.0):
            pass
        return first, (simulation.now, len(simulation.flashes))

    zero = {0: -5.0} | dict.fromkeys(range(1, 5), -4.25)
    first, second = simulate(body, SMALL, quiet_state(SMALL, zero, 1.5))
    assert first == (5.0, 5)
    # Fireflies 5 to 8 have heard five pulses by then, at phase 3.5 and above: due at 6.5.
    assert second == (6.5, 9)


def test_step_a_period_advances_by_one_period() -> None:
    """However finely it is cut."""

    async def body(simulation: Simulation) -> float:
        simulation.run_until(1.5)
        while not simulation.step_period(budget_s=0.0):
            pass
        return simulation.now

    assert simulate(body, Parameters(side=5)) == 6.5


def test_a_quiet_stretch_keeps_the_budget_too() -> None:
    """With nothing due for an hour, only samples are taken; the budget ends these as well."""

    async def body(simulation: Simulation) -> int:
        calls = 0
        while not simulation.run_until(300.0, budget_s=0.0).reached:
            calls += 1
        return calls

    slow = Parameters(side=3, period=3_600.0, nudge=0.0)
    calls = simulate(body, slow, quiet_state(slow, {}, 0.0))
    assert calls > 1_000


def test_a_budget_ends_at_a_complete_instant_wherever_that_takes_little() -> None:
    """An uncoupled swarm shows a new instant after every advance, however short that is."""

    async def body(simulation: Simulation) -> tuple[list[float], list[bool]]:
        shown, agree = [simulation.instant.t], []
        while not simulation.run_until(5.0, budget_s=0.0).reached:
            assert simulation.is_complete
            shown.append(simulation.instant.t)
            agree.append(simulation.instant.t == simulation.now)
        return shown, agree

    shown, agree = simulate(body, Parameters(side=20, nudge=0.0))
    assert len(shown) > 10
    assert all(agree)
    assert all(later > earlier for earlier, later in itertools.pairwise(shown))


def test_flags_are_the_same_array_until_something_is_done_to_fireflies() -> None:
    """Whoever draws them sees at a glance that they are as they were, while a value is dragged."""

    async def body(simulation: Simulation) -> None:
        first = simulation.status
        for nudge in (0.1, 0.2):
            simulation.change(nudge=nudge)
            simulation.settle()
            assert simulation.status is first
        simulation.act(Action.SILENT, [4])
        simulation.settle()
        assert simulation.status is not first
        assert np.flatnonzero(simulation.status == Status.SILENT).tolist() == [4]
        moment = simulation.moment()
        await simulation.restart()
        assert not simulation.status.any()
        await simulation.go_to(moment)
        assert np.flatnonzero(simulation.status == Status.SILENT).tolist() == [4]

    simulate(body, SMALL)


@pytest.mark.workflows
def test_deadlines_that_pulses_put_off_leave_few_entries_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each entry that is overtaken is made and met for nothing: fewer than there are flashes."""
    overtaken, refill = [0], Agenda.refill

    def counted(agenda: Agenda) -> bool:
        overtaken[0] += agenda.overtaken
        return refill(agenda)

    monkeypatch.setattr(Agenda, "refill", counted)

    async def body(simulation: Simulation) -> int:
        simulation.run_until(60.0)
        return len(simulation.flashes)

    flashes = simulate(body, Parameters(side=12, response="inhibitory", strength=0.04))
    assert 0 < overtaken[0] < 0.75 * flashes
