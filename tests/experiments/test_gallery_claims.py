"""What the sentences of the gallery say, for nine of ten seeds; in the drill for ten of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from experiments import (
    Parameters,
    Simulation,
    avalanches,
    defects_of,
    find_preset,
    noise_band,
    open_with,
    topology_of,
)
from experiments.model.order import local_order
from tests.experiments.simulating import simulate
from tests.proofs import FULL, count


@dataclass(frozen=True)
class Run:
    """What was seen of one run: R by time, all flashes, and the phases at its end and before."""

    parameters: Parameters
    times: Any
    coherence: Any
    phases: Any
    flash_times: Any
    flash_ids: Any
    n_defects_early: int
    n_defects: int

    def at(self, t: float) -> float:
        """R at a time."""
        return float(self.coherence[np.searchsorted(self.times, t - 0.05)])

    def in_step(self) -> float:
        """When R reached 0.99 for three periods, or infinity."""
        is_high = self.coherence >= 0.99
        length = round(3 * self.parameters.period / 0.1)
        held = np.convolve(is_high, np.ones(length), "valid") == length
        return float(self.times[np.argmax(held)]) if held.any() else np.inf

    def never_above(self, level: float, since: float = 10.0) -> bool:
        """Whether R stays below a level from some time on."""
        return bool(self.coherence[self.times >= since].max() < level)

    def rates(self, since: float) -> Any:
        """Flashes of each firefly per second, from some time on."""
        late = self.flash_ids[self.flash_times >= since]
        counts = np.bincount(late, minlength=self.parameters.n_fireflies)
        return counts / (self.times[-1] - since)

    def avalanche_sizes(self) -> Any:
        """Sizes of all avalanches of the last four fifths of the run."""
        is_late = self.flash_times >= self.times[-1] / 5
        topology = topology_of(self.parameters)
        return avalanches(self.flash_times[is_late], self.flash_ids[is_late], topology)[1]

    def local(self) -> float:
        """Mean order of a firefly with its neighbours, at the end."""
        parameters = self.parameters
        return float(local_order(self.phases, parameters.period, topology_of(parameters)).mean())

    def corridors(self, distance: int) -> Any:
        """Mean of exp(i phase) across each corridor between walls, by row, at the end."""
        side = self.parameters.side
        grid = np.exp(2j * np.pi * self.phases / self.parameters.period).reshape(side, side)
        walls = range(0, side, distance)
        return np.array([grid[:, x + 1 : x + distance].mean(axis=1) for x in walls])


def _waves(run: Run) -> bool:
    rows = run.corridors(6)
    steps = np.angle(np.roll(rows, -1, axis=1) / rows) / (2 * np.pi)
    return bool(2 <= np.count_nonzero(np.rint(steps.sum(axis=1))) <= 8)


def _pinwheels(run: Run) -> bool:
    """A tenth of the way there are some two hundred; at the end a tenth of them at most."""
    side, cycle = run.parameters.side, run.phases / run.parameters.period
    grid = np.mod(cycle, 1.0).reshape(side, side)
    right, down = (_wrapped(np.roll(grid, -1, axis) - grid) for axis in (1, 0))
    turns = right + np.roll(down, -1, axis=1) - np.roll(right, -1, axis=0) - down
    n_left = np.count_nonzero(np.rint(turns))
    return bool(run.at(60.0) < 0.9 and run.at(600.0) > 0.85 and n_left <= 16)


def _wrapped(steps: Any) -> Any:
    """Steps of phase in cycles, the short way round."""
    return steps - np.rint(steps)


def _chance(run: Run) -> bool:
    p = run.parameters
    return bool((run.coherence < noise_band(p.n_fireflies, p.jitter, p.period)).mean() > 0.99)


def _one_after_another(run: Run) -> bool:
    """The last hundred flashes come at equal distances."""
    gaps = np.diff(run.flash_times[-100:])
    return bool(gaps.std() < 1e-3 * gaps.mean())


def _groups(run: Run) -> bool:
    """Few phases are left, and R stays below 0.97."""
    cycle = np.mod(run.phases / run.parameters.period, 1.0)
    n_groups = len(np.unique(np.round(cycle, 3)))
    return bool(2 <= n_groups <= 4 and run.never_above(0.97, 100.0))


def _keeps_some_spirals(run: Run) -> bool:
    return run.n_defects_early > 30 and 4 <= run.n_defects <= 0.5 * run.n_defects_early


def _avalanches(run: Run) -> bool:
    sizes = run.avalanche_sizes()
    return bool(0.4 <= (sizes == 1).mean() <= 0.52 and 18 <= sizes.max() <= 50)


Claim = tuple[str, float, Callable[[Run], bool]]

QUICK: tuple[Claim, ...] = (
    ("first-light", 110.0, lambda run: run.in_step() <= 90.0),
    ("small-swarm", 140.0, lambda run: run.in_step() <= 120.0),
    ("no-coupling", 30.0, _chance),
    ("charge", 40.0, lambda run: run.in_step() <= 30.0),
    ("one-after-another", 600.0, _one_after_another),
    ("late-and-inhibiting", 80.0, lambda run: run.in_step() <= 60.0),
    ("two-groups", 150.0, _groups),
)
THOROUGH: tuple[Claim, ...] = (
    ("first-light", 110.0, lambda run: run.in_step() <= 90.0),
    ("slow-order", 380.0, lambda run: 110.0 <= run.in_step() <= 360.0),
    ("two-islands", 720.0, lambda run: bool(abs(run.corridors(20).mean(axis=1)).min() > 0.98)),
    ("waves", 900.0, _waves),
    ("pinwheels", 600.0, _pinwheels),
    ("no-coupling", 3_600.0, _chance),
    ("small-swarm", 140.0, lambda run: run.in_step() <= 120.0),
    ("huge-swarm", 620.0, lambda run: 180.0 <= run.in_step() <= 600.0),
    ("charge", 40.0, lambda run: run.in_step() <= 30.0),
    ("everybody-hears-everybody", 110.0, lambda run: run.in_step() <= 90.0),
    ("one-after-another", 600.0, _one_after_another),
    ("late-and-inhibiting", 80.0, lambda run: run.in_step() <= 60.0),
    ("two-groups", 150.0, _groups),
    ("late-pulses", 600.0, lambda run: run.never_above(0.25)),
    ("rolling-waves", 300.0, lambda run: run.never_above(0.8)),
    ("spirals", 300.0, _keeps_some_spirals),
    ("sea-of-spirals", 300.0, lambda run: run.never_above(0.3) and run.n_defects >= 24),
    ("ring", 300.0, lambda run: run.never_above(0.7)),
    ("small-world", 170.0, lambda run: run.in_step() <= 150.0),
    ("far-ears", 35.0, lambda run: run.in_step() <= 15.0),
    ("uneven-clocks", 300.0, lambda run: run.never_above(0.4)),
    ("pulled-along", 320.0, lambda run: bool(np.ptp(run.rates(120.0)) <= 0.0051)),
    ("avalanches", 1_000.0, _avalanches),
)


@pytest.mark.drill
@pytest.mark.usefixtures("compiled_unless_in_drill")
@pytest.mark.parametrize(("name", "seconds", "holds"), THOROUGH if FULL else QUICK)
def test_what_the_gallery_says_of_a_preset_holds_for_nine_of_ten_seeds(
    name: str,
    seconds: float,
    holds: Callable[[Run], bool],
    record_property: Callable[[str, object], None],
) -> None:
    """What the sentence of a preset says is seen in nine of ten runs, whatever their seed."""
    seeds = range(1, 1 + count(1, 10))
    record_property("count", len(seeds))
    n_held = sum(holds(_run(name, seconds, seed)) for seed in seeds)
    assert n_held >= 0.9 * len(seeds)


def test_each_preset_of_the_gallery_has_its_claim() -> None:
    """Whoever adds one says how its sentence is checked."""
    from experiments import GALLERY, slug

    assert {name for name, _, _ in THOROUGH} == {slug(preset.name) for preset in GALLERY}


def _run(name: str, seconds: float, seed: int) -> Run:
    preset = find_preset(name)
    parameters = Parameters(**preset.values, seed=seed)

    async def body(simulation: Simulation) -> Run:
        open_with(simulation, preset.opening)
        simulation.run_until(min(60.0, seconds))
        early = len(defects_of(simulation.instant).charges)
        simulation.run_until(seconds)
        simulation.sample()
        flash_times, flash_ids, _ = simulation.flashes.read()
        record = simulation.coherence
        times, coherence = np.array(record.times), np.array(record.values)
        late = len(defects_of(simulation.instant).charges)
        phases = simulation.phases()
        return Run(parameters, times, coherence, phases, flash_times, flash_ids, early, late)

    return simulate(body, parameters)
