"""What is said of a run that takes long, and what is chosen so that it doesn't."""

from __future__ import annotations

from typing import Any

import pytest

from experiments import Parameters, Simulation
from experiments.commands.slow_run import SlowRun
from experiments.population.compiled.compiling import is_installed
from experiments.population.factory import WORKFLOWS, population_kind, weight_of
from tests.experiments.simulating import simulate

pytestmark = pytest.mark.workflows

STORM: dict[str, Any] = {"refractory": 0.0, "jitter": 0.0, "nudge": 5.0, "delay": 1e-3}
WIDE: dict[str, Any] = {"side": 31, "topology": "all", "nudge": 0.0}


def said_of(t: float, seconds: float, after_s: float, **values: Any) -> list[str]:
    """What is said of a run by workflows that is at t after so many seconds."""
    said: list[str] = []

    async def body(simulation: Simulation) -> None:
        wall = [0.0]
        slow = SlowRun(simulation, seconds, said.append, lambda: wall[0])
        slow.look()
        simulation.run_until(t)
        wall[0] = after_s
        slow.look()
        slow.look()

    simulate(body, Parameters(**values), population=WORKFLOWS.name)
    return said


def test_what_takes_long_is_said_once() -> None:
    """With how far it is, and how long it will take at that pace."""
    assert said_of(0.5, 60.0, 10.0, side=3) == [
        "0.5 s of 60 s after 10 s; at this pace about 20 min more"
    ]


@pytest.mark.parametrize(("t", "after_s"), [(0.5, 9.0), (10.0, 10.0)])
def test_what_takes_less_is_passed_over(t: float, after_s: float) -> None:
    """Until ten seconds nobody knows, and a minute more needs no word."""
    assert said_of(t, 60.0, after_s, side=3) == []


def test_pulses_that_come_straight_back_are_named() -> None:
    """They are what takes so long, and what would keep them down is said."""
    (sentence,) = said_of(2.0, 60.0, 10.0, side=3, **STORM)
    assert "pulses come straight back" in sentence
    assert "a longer delay or refractory time keeps them down" in sentence


def test_many_hearers_are_a_matter_of_who_computes_them() -> None:
    """Whoever has asked for workflows hears what takes less."""
    (sentence,) = said_of(0.01, 60.0, 10.0, **WIDE)
    assert "each of 961 workflows is heard by 960: " in sentence
    assert "--population compiled takes far less" in sentence


@pytest.mark.parametrize(
    ("values", "n_hearers"),
    [
        ({"side": 50}, 8),
        ({"side": 50, "radius": 10}, 440),
        ({"side": 50, "topology": "neumann", "radius": 2, "edges": "open"}, 12),
        ({"side": 50, "topology": "ring", "k": 50, "rewire": 0.5}, 100),
        ({"side": 50, "topology": "all"}, 2_499),
    ],
)
def test_a_cycle_is_weighed_by_its_pulses(values: dict[str, Any], n_hearers: int) -> None:
    """In fireflies with eight hearers; rewiring makes neither more nor fewer."""
    assert weight_of(Parameters(**values)) == pytest.approx(2_500 * (34 + n_hearers) / 42)


@pytest.mark.skipif(not is_installed(), reason="needs numba")
def test_many_pulses_are_compiled_by_themselves() -> None:
    """As many fireflies as before where eight hear each, fewer where more do."""
    for values, is_workflows in (
        ({"side": 141}, True),
        ({"side": 142}, False),
        ({"side": 30, "topology": "all"}, True),
        ({"side": 31, "topology": "all"}, False),
        ({"side": 42, "radius": 10}, True),
        ({"side": 100, "radius": 10}, False),
    ):
        assert (population_kind(Parameters(**values)) is WORKFLOWS) == is_workflows, values
