"""What the sentences of the gallery say, for nine of ten seeds; in the drill for ten of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from experiments import Parameters, Simulation, find_preset, noise_band, open_with, topology_of
from experiments.model.order import local_order
from tests.experiments.simulating import simulate
from tests.proofs import FULL, count


@dataclass(frozen=True)
class Run:
    """What was seen of one run: R by time, and the phases at its end."""

    parameters: Parameters
    times: Any
    coherence: Any
    phases: Any

    def at(self, t: float) -> float:
        """R at a time."""
        return float(self.coherence[np.searchsorted(self.times, t - 0.05)])

    def in_step(self) -> float:
        """When R reached 0.99 for three periods, or infinity."""
        is_high = self.coherence >= 0.99
        length = round(3 * self.parameters.period / 0.1)
        held = np.convolve(is_high, np.ones(length), "valid") == length
        return float(self.times[np.argmax(held)]) if held.any() else np.inf

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


Claim = tuple[str, float, Callable[[Run], bool]]

QUICK: tuple[Claim, ...] = (
    ("first-light", 110.0, lambda run: run.in_step() <= 90.0),
    ("small-swarm", 140.0, lambda run: run.in_step() <= 120.0),
    ("no-coupling", 30.0, _chance),
)
THOROUGH: tuple[Claim, ...] = (
    ("first-light", 110.0, lambda run: run.in_step() <= 90.0),
    ("slow-order", 380.0, lambda run: 110.0 <= run.in_step() <= 360.0),
    ("two-islands", 600.0, lambda run: bool(abs(run.corridors(20).mean(axis=1)).min() > 0.98)),
    ("waves", 900.0, _waves),
    ("pinwheels", 600.0, _pinwheels),
    ("no-coupling", 3_600.0, _chance),
    ("small-swarm", 140.0, lambda run: run.in_step() <= 120.0),
    ("huge-swarm", 620.0, lambda run: 180.0 <= run.in_step() <= 600.0),
)


@pytest.mark.slow
@pytest.mark.drill
@pytest.mark.parametrize(("name", "seconds", "holds"), THOROUGH if FULL else QUICK)
def test_what_the_gallery_says_of_a_preset_holds_for_nine_of_ten_seeds(
    name: str,
    seconds: float,
    holds: Callable[[Run], bool],
    record_property: Callable[[str, object], None],
) -> None:
    """What the sentence of a preset says is seen in nine of ten runs, whatever their seed."""
    seeds = range(1, 1 + count(2, 10))
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
        simulation.run_until(seconds)
        simulation.sample()
        record = simulation.coherence
        times, coherence = np.array(record.times), np.array(record.values)
        return Run(parameters, times, coherence, simulation.phases())

    return simulate(body, parameters)
