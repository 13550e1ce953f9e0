"""What is done in each of the kept runs."""

from __future__ import annotations

import math
import random
from typing import Final

from experiments import Action, Opening, Simulation, actions_between, find_preset, open_with
from tests.kept_runs.recipe import RECIPES as RECIPES
from tests.kept_runs.recipe import kept, patch

FRAME: Final = 1.0 / 60.0
"""Seconds of virtual time between the dabs of a brush."""

# -- time and parameters ----------------------------------------------------------------


@kept()
async def empty(simulation: Simulation) -> None:
    """Nothing has happened yet."""


@kept(side=20)
async def undisturbed(simulation: Simulation) -> None:
    """With the default parameters."""
    simulation.run_until(40.0)


@kept(side=15, nudge=0.5)
async def each_live_parameter(simulation: Simulation) -> None:
    """One after the other, twice."""
    for name, first, second in (
        ("period", 3.7, 6.1),
        ("nudge", 0.05, 1.25),
        ("refractory", 2.3, 0.4),
        ("jitter", 0.33, 0.0),
        ("glow", 0.05, 1.0),
        ("speed", 12.5, 0.05),
    ):
        simulation.advance(1.7)
        simulation.change(**{name: first})
        simulation.advance(0.9)
        simulation.change(**{name: second})
    simulation.advance(3.0)


@kept()
async def changes_that_need_each_other(simulation: Simulation) -> None:
    """A period below the old refractory time, and back; asked in several steps of one instant."""
    simulation.advance(6.3)
    simulation.change(period=0.9, nudge=0.1, refractory=0.3, jitter=0.05)
    simulation.advance(4.0)
    simulation.change(period=8)
    simulation.change(refractory=4)
    simulation.change(jitter=3.5, nudge=2)
    simulation.advance(20.0)


@kept(period=1.5, nudge=0.1, refractory=0.2, jitter=0.05)
async def values_undone(simulation: Simulation) -> None:
    """A drag in sixty steps, undone, done again, and undone."""
    simulation.run_until(5.0)
    before = simulation.parameters.period
    for k in range(1, 61):
        simulation.change(period=before + 0.05 * k)
        simulation.advance(FRAME)
    after = simulation.parameters.period
    for value in (before, after, before):
        simulation.advance(1.1)
        simulation.change(period=value)
    simulation.advance(4.0)


@kept(speed=math.inf, glow=1e-9)
async def speeds(simulation: Simulation) -> None:
    """The slowest, the fastest, and as fast as possible; the least glow and the most."""
    for speed, glow in ((0.05, 1.0), (1_000.0, 5e-324), (math.inf, 0.3), (1 / 3, 1 / 3)):
        simulation.advance(1.3)
        simulation.change(speed=speed, glow=glow)
    simulation.advance(0.1)
    simulation.change(speed=math.inf)


@kept(side=5, period=0.001, nudge=1e-5, refractory=1e-4, jitter=1e-5, seed=2**53 + 1)
async def shortest_and_longest_period(simulation: Simulation) -> None:
    """From a millisecond to an hour and back, with all phases kept in proportion."""
    simulation.run_until(0.05)
    simulation.change(period=3_600.0, nudge=30.0)
    simulation.advance(20.0)
    simulation.change(period=0.01, nudge=1e-4)
    simulation.advance(0.2)


@kept(jitter=0.0, refractory=math.ulp(0.0), nudge=0.3)
async def shortest_refractory(simulation: Simulation) -> None:
    """Deaf for the least time there is, without jitter."""
    simulation.run_until(25.0)


@kept(refractory=math.nextafter(5.0, 0.0), jitter=math.nextafter(math.nextafter(5.0, 0.0), 0.0))
async def longest_refractory_and_most_jitter(simulation: Simulation) -> None:
    """Deaf for all of the cycle but the last bit, with as much jitter as may be."""
    simulation.run_until(40.0)


@kept(nudge=0.0, seed=0)
async def least_and_greatest_nudge(simulation: Simulation) -> None:
    """None at all, then a whole period."""
    simulation.run_until(12.0)
    simulation.change(nudge=5.0)
    simulation.advance(12.0)


@kept(side=3, seed=2**64 - 1, nudge=0.4)
async def smallest_side_and_greatest_seed(simulation: Simulation) -> None:
    """Nine fireflies, each a neighbour of all others."""
    simulation.run_until(60.0)


@kept(side=25, seed=2**63)
async def times_of_many_digits(simulation: Simulation) -> None:
    """Changes and actions at times that are no round numbers, the first of them just after 0."""
    simulation.run_until(5e-324)
    simulation.act(Action.SCRAMBLE, range(100))
    for k in range(1, 12):
        simulation.run_until(k * math.pi / 3.0)
        simulation.change(nudge=k / 7.0)
        simulation.act(Action.FLASH_NOW, range(k, 625, 37))
    simulation.advance(1.0 / 3.0)


# -- actions ----------------------------------------------------------------------------


@kept(side=10)
async def flash_now(simulation: Simulation) -> None:
    """All, some, one, none, and the same ones again at once."""
    n = simulation.parameters.n_fireflies
    simulation.act(Action.FLASH_NOW, range(0, n, 3))
    for ids in (range(n), [n - 1], (), patch(simulation, 7, 7, 5, 5), range(50)):
        simulation.advance(1.3)
        simulation.act(Action.FLASH_NOW, ids)
    simulation.act(Action.FLASH_NOW, range(50))
    simulation.advance(3.0)


@kept(side=10, nudge=1.5, refractory=0.5)
async def scramble(simulation: Simulation) -> None:
    """Each time with other random numbers, as the actions before it are counted."""
    n = simulation.parameters.n_fireflies
    simulation.run_until(11.0)
    for ids in (range(n), patch(simulation, -2, -2, 5, 5), [0], range(n)):
        simulation.act(Action.SCRAMBLE, ids)
        simulation.advance(2.1)
        simulation.act(Action.SILENT, ())
    simulation.act(Action.SCRAMBLE, range(n))


@kept(side=14, nudge=0.6)
async def silent_blind_and_revived(simulation: Simulation) -> None:
    """Patches that overlap; a part of them is cleared."""
    simulation.run_until(4.0)
    simulation.act(Action.SILENT, patch(simulation, 2, 2, 6, 6))
    simulation.advance(3.0)
    simulation.act(Action.BLIND, patch(simulation, 5, 5, 6, 6))
    simulation.advance(3.0)
    simulation.act(Action.REVIVE, patch(simulation, 4, 4, 3, 3))
    simulation.advance(3.0)
    simulation.act(Action.FLASH_NOW, patch(simulation, 0, 0, 14, 7))
    simulation.advance(4.0)


@kept(side=11, nudge=0.8, jitter=0.4)
async def pacemakers(simulation: Simulation) -> None:
    """They hear nobody and have no jitter; one is silent too, one becomes ordinary again."""
    simulation.act(Action.PACEMAKER, [12, 60, 108])
    simulation.run_until(15.0)
    simulation.act(Action.SILENT, [60])
    simulation.act(Action.REVIVE, [108])
    simulation.advance(10.0)
    simulation.change(jitter=0.1, period=4.0)
    simulation.advance(5.0)


@kept(side=16, nudge=0.5)
async def strokes(simulation: Simulation) -> None:
    """One of each brush, a dab per frame, across the edges of the grid."""
    simulation.run_until(5.0)
    for number, action in enumerate(
        (Action.FLASH_NOW, Action.SCRAMBLE, Action.SILENT, Action.BLIND, Action.PACEMAKER)
    ):
        for k in range(20):
            simulation.act(action, patch(simulation, 12 + k, 3 * number + k // 3, 3, 2))
            simulation.advance(FRAME)
        simulation.advance(0.8)
    simulation.advance(2.0)


@kept(side=16, nudge=0.5)
async def strokes_undone(simulation: Simulation) -> None:
    """What they changed is given back, firefly by firefly, and then done again."""
    simulation.act(Action.BLIND, patch(simulation, 0, 0, 16, 2))
    simulation.run_until(3.0)
    before = simulation.status
    for k, action in enumerate((Action.SILENT, Action.PACEMAKER, Action.REVIVE)):
        simulation.act(action, patch(simulation, 3 * k, k, 6, 4))
        simulation.advance(FRAME)
    after = simulation.status
    for wanted in (before, after, before):
        simulation.advance(1.5)
        for action, ids in actions_between(simulation.status, wanted):
            simulation.act(action, ids.tolist())
        simulation.settle()
    simulation.advance(3.0)


@kept(side=40, speed=10.0)
async def opening_of_a_preset(simulation: Simulation) -> None:
    """The walls of the gallery's two islands."""
    open_with(simulation, find_preset("two-islands").opening)
    simulation.run_until(6.0)


@kept(side=10, nudge=0.7)
async def opening_of_cells(simulation: Simulation) -> None:
    """Rectangles that wrap around, and lines of cells."""
    open_with(
        simulation,
        (
            Opening(Action.SCRAMBLE, 8, 8, 4, 4),
            Opening(Action.BLIND, cells=("0-2: 0-4, 7", "9: 9")),
            Opening(Action.PACEMAKER, cells=("5: 5",)),
        ),
    )
    simulation.run_until(15.0)


@kept(side=10, jitter=0.0, nudge=0.9)
async def order_within_an_instant(simulation: Simulation) -> None:
    """Changes between actions at one instant, which take effect in the order they came in."""
    for t in (0.0, 7.7):
        simulation.run_until(t)
        simulation.change(nudge=0.4)
        simulation.act(Action.FLASH_NOW, [5, 55])
        simulation.change(nudge=1.9)
        simulation.act(Action.SCRAMBLE, range(20))
        simulation.act(Action.SILENT, [7])
        simulation.change(refractory=0.5, period=4.5)
        simulation.act(Action.FLASH_NOW, [44, 99])
    simulation.run_until(14.0)


# -- how a run goes on ------------------------------------------------------------------


def come_into_an_avalanche(simulation: Simulation, least: int) -> None:
    """Go on to an instant before which so many have flashed within a tenth of a second."""
    n = 0
    while n < least:
        simulation.step_flash()
        times, _, _ = simulation.flashes.read()
        n = int((times > simulation.now - 0.1).sum())


@kept(side=15, nudge=0.3)
async def ends_within_an_avalanche(simulation: Simulation) -> None:
    """Some have flashed just now, and as many will within the next tenth of a second."""
    simulation.run_until(30.0)
    come_into_an_avalanche(simulation, 70)


@kept(side=15, nudge=1.5, refractory=0.5, jitter=0.0)
async def ends_with_actions_at_an_avalanche(simulation: Simulation) -> None:
    """All flash at one instant, at which more is done and with which the run ends."""
    simulation.run_until(10.0)
    come_into_an_avalanche(simulation, 200)
    simulation.act(Action.FLASH_NOW, range(0, 225, 2))
    simulation.change(nudge=0.1)
    simulation.act(Action.SCRAMBLE, range(100))


@kept(side=10, nudge=0.3)
async def stepped(simulation: Simulation) -> None:
    """By flashes and by periods, with changes between."""
    for k in range(8):
        for _ in range(10):
            simulation.step_flash()
        simulation.change(jitter=0.02 * k)
        simulation.step_period()
        simulation.act(Action.FLASH_NOW, [11 * k])


@kept(side=10, nudge=0.5)
async def restarted(simulation: Simulation) -> None:
    """Only what came after the restart is of the run, with another side and seed."""
    simulation.run_until(3.0)
    simulation.act(Action.BLIND, range(30))
    simulation.change(period=4.0)
    simulation.settle()
    await simulation.restart(simulation.parameters.replace(side=13, seed=99))
    simulation.run_until(4.0)
    simulation.act(Action.SCRAMBLE, range(30))
    simulation.run_until(20.0)


@kept(side=10, nudge=0.5)
async def branched(simulation: Simulation) -> None:
    """Something else is done from an earlier moment on; the old end is forgotten."""
    simulation.act(Action.SILENT, range(25))
    simulation.run_until(7.3)
    moment = simulation.moment()
    simulation.act(Action.PACEMAKER, range(50))
    simulation.change(nudge=2.0)
    simulation.run_until(13.0)
    await simulation.go_to(moment)
    simulation.change(nudge=0.9)
    simulation.act(Action.REVIVE, range(12))
    simulation.run_until(20.0)


@kept(side=9, seed=7)
async def a_bit_of_everything(simulation: Simulation) -> None:
    """A hundred things, drawn with a seed."""
    rng = random.Random(7)
    actions = [each for each in Action if each is not Action.FLASH_ROUNDED]
    for _ in range(50):
        simulation.act(rng.choice(actions), {rng.randrange(81) for _ in range(30)})
        simulation.advance(rng.random() / 2.0)
        simulation.change(period=2.0 + 4.0 * rng.random(), nudge=2.0 * rng.random())
        simulation.advance(rng.random() / 2.0)


@kept(side=9, period=4.0, nudge=0.3)
async def rounded_flashes(simulation: Simulation) -> None:
    """What a run of the earlier layout did, in the present one."""
    for k in range(1, 40):
        simulation.run_until(0.1 * k)
        simulation.act(Action.FLASH_ROUNDED, [2 * k])
    simulation.run_until(9.0)
