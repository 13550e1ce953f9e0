"""An observable, added from outside: report, column, series and status line follow from it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from experiments import (
    OBSERVABLES,
    CoherenceRecord,
    Instant,
    Moment,
    Observable,
    Parameters,
    Session,
    Simulation,
    sidecar_path,
)
from experiments.commands.command_line import main
from experiments.keep.moment_file import load_moment, moment_encoder
from experiments.keep.session import session_of
from experiments.model.measured import RADIANS
from experiments.sweep import SweepPlan, axis_of_text, run
from gui.laboratory import Laboratory
from tests.experiments.simulating import simulate
from tests.gui.conftest import InWindow
from tests.gui.waiting import until
from tests.recipes.product_files import files_that_name
from tests.sweep.pools import Here

SMALL = Parameters(side=6, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)


def second_moment(instant: Instant) -> float:
    """Modulus of the second Kuramoto-Daido moment: two groups in opposite phase give 1."""
    turns = instant.phases / instant.parameters.period
    return float(abs(np.exp(4j * np.pi * turns).mean()))


Z2 = Observable(
    name="Z_2",
    words="modulus of the second moment",
    bounds=(0.0, 1.0),
    of=second_moment,
    symbol="Z\N{SUBSCRIPT TWO}",
    n_digits=3,
)


@pytest.fixture
def z2() -> Iterator[Observable]:
    """One more observable, for the time of a test."""
    with OBSERVABLES.adding(Z2):
        yield Z2


def test_a_run_prints_it_and_writes_its_column(
    z2: Observable, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Sampled with R, told at the end, and its meaning stands in the sidecar."""
    path, phases = tmp_path / "r.csv", tmp_path / "p.npy"
    given = ["--side", "6", "--seconds", "4", "--coherence"]
    assert main([*given, str(path), "--phases", str(phases)]) == 0
    report = json.loads(capfd.readouterr().out)
    header, *rows = path.read_text().splitlines()
    assert header == "t,R,mean_phase,Z_2"
    assert len(rows) == 41
    at_end = abs(np.exp(4j * np.pi * np.load(phases) / 5.0).mean())
    assert report["Z_2"] == pytest.approx(at_end, abs=1e-12)
    assert float(rows[-1].split(",")[3]) == report["Z_2"]
    said = json.loads(sidecar_path(path).read_text())
    assert said["columns"]["Z_2"] == "modulus of the second moment, from 0 to 1"


def test_it_is_a_long_series_that_goes_with_moments(z2: Observable, tmp_path: Path) -> None:
    """Kept as R is, gone back to with a moment, and restored from a file of one."""

    async def body(simulation: Simulation) -> tuple[Moment, Session, npt.NDArray[np.float64]]:
        simulation.run_until(3.0)
        moment, session = simulation.moment(), session_of(simulation, "1")
        simulation.run_until(5.0)
        after = simulation.coherence.read("Z_2")
        await simulation.go_to(moment)
        assert len(simulation.coherence.read("Z_2")) == moment.coherence_mark.n
        simulation.run_until(5.0)
        assert np.array_equal(simulation.coherence.read("Z_2"), after)
        return moment, session, after

    moment, session, after = simulate(body, SMALL)
    path = tmp_path / "it.moment"
    path.write_bytes(moment_encoder(moment, np.zeros((2, 36)))())
    saved = load_moment(path, session)
    assert saved is not None
    n = moment.coherence_mark.n
    assert np.array_equal(saved.moment.coherence.read("Z_2"), after[:n])


def test_a_moment_without_it_is_no_moment_of_this_program(tmp_path: Path) -> None:
    """What a run was restored from lacks the series: the run is repeated instead."""

    async def body(simulation: Simulation) -> tuple[Moment, Session]:
        simulation.run_until(1.0)
        return simulation.moment(), session_of(simulation, "1")

    moment, session = simulate(body, SMALL)
    path = tmp_path / "it.moment"
    path.write_bytes(moment_encoder(moment, np.zeros((2, 36)))())
    assert load_moment(path, session) is not None
    with OBSERVABLES.adding(Z2):
        assert load_moment(path, session) is None


def test_the_status_line_shows_it(z2: Observable, in_window: InWindow) -> None:
    """Beside R, and of the same instant."""

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 1.0)
        lab.intent.is_playing = False
        await until(lambda: lab.simulation.is_complete)
        label = lab.window.status_line.labels["Z_2"]
        await until(lambda: label.text() == z2.text(second_moment(lab.simulation.instant)))
        assert label.text().startswith("Z\N{SUBSCRIPT TWO} 0.")
        names = list(lab.window.status_line.labels)
        assert names.index("Z_2") == names.index("R") + 1

    in_window(body, SMALL)


def test_an_angle_is_averaged_as_one_wherever_it_is() -> None:
    """Its unit says so: the direction of the runs in a sweep, in colours that go round."""

    def angle(instant: Instant) -> float:
        turns = instant.phases / instant.parameters.period
        return float(np.angle(np.exp(4j * np.pi * turns).mean()))

    psi = Observable(
        name="psi_2", words="angle", unit=RADIANS, bounds=(-math.pi, math.pi), of=angle
    )
    with OBSERVABLES.adding(psi):
        plan = SweepPlan(
            axes=(axis_of_text("nudge=0,0.05"),), fixed={"side": 3}, seeds=4, seconds=6.0,
            observe=("psi_2",),
        )  # fmt: skip
        sweep = run(plan, Here(), jobs=1)
        wanted = np.angle(np.exp(1j * sweep.values("psi_2")).mean(axis=-1))
        assert sweep.map("psi_2") == pytest.approx(wanted)
        assert sweep.map("psi_2") != pytest.approx(sweep.values("psi_2").mean(axis=-1))
    with pytest.raises(ValueError, match="bounds must be -pi and pi"):
        Observable(name="psi_2", words="angle", unit=RADIANS, bounds=(0.0, math.tau), of=angle)


def test_taken_away_it_is_gone(capfd: pytest.CaptureFixture[str]) -> None:
    """No column, and nothing in what a run prints."""
    assert [each.name for each in CoherenceRecord(9).observables] == ["R", "mean_phase"]
    assert main(["--side", "3", "--seconds", "1"]) == 0
    assert "Z_2" not in json.loads(capfd.readouterr().out)


def test_an_observable_takes_one_file_of_the_product() -> None:
    """The one that declares it: its words stand nowhere else."""
    for observable in OBSERVABLES.values():
        words = f'words="{observable.words}"'
        assert files_that_name([words]) == {"experiments/model/observables.py"}
