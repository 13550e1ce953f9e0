"""A topology, added from outside with a parameter of its own, and run by two populations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import experiments.population.factory
from experiments import (
    PARAMETER_FIELDS,
    ParameterError,
    Parameters,
    Simulation,
    Topology,
    command_line_of,
    decode_session,
    encode_session,
    local_order,
    session_of,
    topology_of,
)
from experiments.commands.command_line import main
from experiments.model.fields import at_least, at_most
from experiments.model.kinds import whole_number
from experiments.model.topology import TOPOLOGIES
from gui.laboratory import Laboratory
from tests.experiments.simulating import simulate
from tests.gui.conftest import InWindow
from tests.gui.waiting import until
from tests.other_population.heap_population import HEAP
from tests.recipes.naive import naive_digest
from tests.recipes.product_files import files_that_name

SMALL = Parameters(side=6, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)
OPTIONS = command_line_of(SMALL).split()[1:]
UNTIL = 6.0


class Circle(Topology):
    """So many on each side along the ids, which close to a ring."""

    name = "circle"

    def __init__(self, parameters: object) -> None:
        super().__init__(parameters)
        self.reach: int = getattr(parameters, "reach")  # noqa: B009

    def row(self, y: int) -> list[tuple[int, ...]]:
        """The nearest first."""
        n = self.side**2
        steps = [step for k in range(1, self.reach + 1) for step in (k, -k)]
        first = y * self.side
        return [tuple((i + step) % n for step in steps) for i in range(first, first + self.side)]


REACH = whole_number(
    name="reach",
    default=1,
    low=at_least(1),
    high=at_most("side"),
    restarts=True,
    label="Reach",
    sentence="how many on each side of a ring hear a firefly",
)


@pytest.fixture
def chosen() -> Iterator[Parameters]:
    """Parameters with one more topology, for the time of a test."""
    with TOPOLOGIES.adding(Circle), PARAMETER_FIELDS.adding(REACH):
        yield SMALL.replace(topology="circle", reach=2)


def around(i: int) -> list[int]:
    """Those that hear firefly i on a ring of 36, written down once more."""
    return [(i + 1) % 36, (i - 1) % 36, (i + 2) % 36, (i - 2) % 36]


def expected(parameters: Parameters) -> tuple[int, str]:
    """What the topology gives, computed naively."""
    return naive_digest(parameters, around, lambda zero, _: zero - parameters.nudge, UNTIL)


async def run(simulation: Simulation) -> tuple[int, str]:
    """Number of flashes, and their digest."""
    simulation.run_until(UNTIL)
    digest = simulation.flashes.digest()
    return digest.n, digest.hexdigest()


def test_a_run_has_the_flashes_of_a_naive_computation(chosen: Parameters) -> None:
    """Digest and all; they are others than on the torus."""
    found = simulate(run, chosen)
    assert found == expected(chosen)
    assert found[0] > 180
    assert found != simulate(run, SMALL)


def test_another_population_has_them_too(
    chosen: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is handed the same object by the same factory."""
    monkeypatch.setattr(experiments.population.factory, "KINDS", (HEAP,))
    assert simulate(run, chosen) == expected(chosen)


def test_local_order_is_over_those_that_are_heard(chosen: Parameters) -> None:
    """Against the plain mean."""
    phases = np.random.default_rng(3).uniform(0.0, 1.0, 36)
    unit = np.exp(2j * np.pi * phases)
    plain = [abs(sum(unit[[i, *around(i)]])) / 5 for i in range(36)]
    assert local_order(phases, 1.0, topology_of(chosen)) == pytest.approx(plain)


def test_options_and_sessions_have_it(
    chosen: Parameters, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A run by its options is saved, and the session repeats it."""
    path = tmp_path / "it.fireflies"
    more = ["--topology", "circle", "--reach", "2", "--seconds", str(UNTIL), "--save", str(path)]
    assert main([*OPTIONS, *more]) == 0
    report = json.loads(capfd.readouterr().out)
    assert (report["flashes"], report["digest"]) == expected(chosen)
    assert '"topology":"circle"' in path.read_text()
    assert main(["--session", str(path)]) == 0
    assert json.loads(capfd.readouterr().out)["session"]["identical"] is True


def test_a_session_of_the_torus_is_written_as_if_there_were_no_other(chosen: Parameters) -> None:
    """What has its default is left out, so that old check sums stay right."""

    async def body(simulation: Simulation) -> bytes:
        simulation.run_until(1.0)
        return encode_session(session_of(simulation))

    text = simulate(body, SMALL)
    assert b"topology" not in text
    assert b"reach" not in text
    assert decode_session(text, "it").parameters == SMALL


def test_its_parameter_is_limited_by_another(chosen: Parameters) -> None:
    """A whole number of at most the side, whichever of the two is changed."""
    with pytest.raises(ParameterError, match=r"reach must be a whole number from 1 to the side"):
        chosen.replace(reach=7)
    with pytest.raises(ParameterError) as caught:
        chosen.replace(reach=5, side=4)
    assert str(caught.value) == "reach must be a whole number from 1 to the side (4), got 5"
    assert caught.value.beside == "side"
    with pytest.raises(
        ParameterError,
        match="topology must be one of moore, neumann, ring, all, circle, got 'star'",
    ):
        chosen.replace(topology="star")


def test_the_window_frames_those_that_are_heard(chosen: Parameters, in_window: InWindow) -> None:
    """What is told of a firefly goes by the topology in force."""

    async def body(lab: Laboratory) -> None:
        lab.hand.click(0.5, 0.5)
        label = lab.window.panel.brush_bar.firefly_label
        await until(lambda: label.text().endswith("hears 4\n1, 2, 34, 35"))

    in_window(body, chosen)


def test_taken_away_there_is_none() -> None:
    """It is no value of that parameter, and the torus is not spoken of."""
    assert "circle" not in TOPOLOGIES
    assert "topology" not in SMALL.as_dict()


def test_a_topology_takes_two_files_of_the_product() -> None:
    """Its own, and that of the parameters that it needs."""
    names = ('"moore"', '"neumann"', '"ring"')
    assert {each.strip('"') for each in names} < TOPOLOGIES.keys()
    presets = "experiments/keep/gallery.py"  # which choose some, and need none
    files = files_that_name([*names, *(f"class {kind.__name__}(" for kind in TOPOLOGIES.values())])
    assert files - {presets} == {"experiments/model/topology.py", "experiments/model/parameters.py"}
