"""The registry of observables, and what ``fireflies run --observe`` prints of them."""

from __future__ import annotations

import asyncio
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import (
    OBSERVABLES,
    Cost,
    FlashObservable,
    Observable,
    Parameters,
    Simulation,
    sidecar_path,
)
from experiments.commands.command_line import main
from experiments.commands.headless import run_headless
from experiments.commands.observing import Asked
from experiments.export.kinds import defect_table
from experiments.model.observables import observed, sampled
from experiments.model.phase_patterns import plaquette_charges
from experiments.model.rules import periods_of
from experiments.model.whole_run import WholeRun
from experiments.run.looking_back import whole_run
from tests.experiments.simulating import quiet_state, simulate

SMALL = ["--side", "8", "--period", "1", "--refractory", "0.2", "--nudge", "0.05"]


def report_of(capfd: Any, *given: str) -> dict[str, Any]:
    """What a run prints."""
    assert main([*SMALL, "--jitter", "0.02", "--seconds", "20", *given]) == 0
    report: dict[str, Any] = json.loads(capfd.readouterr().out)
    return report


def test_what_is_asked_for_is_printed_and_nothing_else_changes(capfd: Any) -> None:
    """Same flashes, same figures; the order is that of the wish, each once."""
    plain = report_of(capfd)
    asked = report_of(capfd, "--observe", "avalanche,R_2,R_2,interval")
    assert "observed" not in plain
    assert list(asked["observed"]) == ["avalanche", "R_2", "interval"]
    same = ("digest", "R", "R_max", "flashes", "wakes", "time_to_sync_s")
    assert [asked[key] for key in same] == [plain[key] for key in same]


def test_all_figures_are_those_of_the_flashes_and_the_phases_exported(
    capfd: Any, tmp_path: Path
) -> None:
    """Worked out again from the files in the simplest way."""
    events, phases = tmp_path / "e.csv", tmp_path / "p.npy"
    files = ["--events", str(events), "--phases", str(phases)]
    report = report_of(capfd, "--observe", "all", "--pair", "3,9", *files)
    found = report["observed"]
    assert list(found) == list(OBSERVABLES)
    fractions = np.load(phases) / 1.0
    for m in (2, 3, 4):
        assert found[f"R_{m}"] == pytest.approx(abs(np.exp(2j * m * np.pi * fractions).mean()))
    assert found["R"] == report["R"]
    assert found["time_to_sync"] == pytest.approx(report["time_to_sync_s"])
    t, ids = np.loadtxt(events, delimiter=",", skiprows=1).T
    each = [t[ids == i] for i in range(64)]
    lengths = np.concatenate([np.diff(times) for times in each])
    rates = np.array([(len(times) - 1) / (times[-1] - times[0]) for times in each])
    assert found["interval"] == pytest.approx(lengths.mean())
    assert found["interval_sd"] == pytest.approx(lengths.std())
    assert found["frequency"] == pytest.approx(rates.mean())
    assert found["frequency_sd"] == pytest.approx(rates.std())
    assert found["flashes_per_s"] == report["flashes"] / 20.0
    assert found["lag"] == pytest.approx(each[3][-1] - each[9][each[9] <= each[3][-1]][-1])
    assert found["avalanche_max"] <= 64.0
    assert 1.0 < found["avalanche"] < found["avalanche_max"]
    begin, end = (f(each[3][k], each[9][k]) for f, k in ((max, 0), (min, -1)))
    at = np.linspace(begin, end, 200_001)
    turns = [np.interp(at, each[i], np.arange(len(each[i]))) for i in (3, 9)]
    locking = abs(np.exp(2j * np.pi * (turns[0] - turns[1])).mean())
    assert found["phase_locking"] == pytest.approx(locking, abs=1e-4)
    assert found["defect_charge"] == 0.0
    grid = np.exp(2j * np.pi * fractions).reshape(8, 8)
    around = sum(np.roll(grid, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1))
    assert found["local_R"] == pytest.approx(np.abs(around).mean() / 9.0)


def test_what_is_of_one_instant_becomes_a_column(capfd: Any, tmp_path: Path) -> None:
    """Sampled each 0.1 s with R; its last value is the one that is printed."""
    path = tmp_path / "r.csv"
    report = report_of(capfd, "--observe", "n_defects,interval,local_R", "--coherence", str(path))
    header, *rows = path.read_text().splitlines()
    assert header == "t,R,mean_phase,local_R,n_defects"
    assert len(rows) == 201
    values = [float(each) for each in rows[-1].split(",")]
    assert values[1] == report["R"]
    assert values[3:] == [report["observed"]["local_R"], report["observed"]["n_defects"]]
    assert max(float(row.split(",")[4]) for row in rows) > 0.0


@pytest.mark.parametrize("keeps_samples", [True, False])
def test_what_goes_to_no_file_is_worked_out_at_the_end_alone(keeps_samples: bool) -> None:
    """Nothing is sampled for a figure that is printed once."""
    asked = Asked(("R_2", "n_defects"))
    swarm = Parameters(side=6, jitter=0.0)
    run = asyncio.run(run_headless(swarm, 3.0, asked=asked, keeps_samples=keeps_samples))
    names = [each.name for each in run.simulation.coherence.observables]
    assert names == ["R", "mean_phase", *(asked.names if keeps_samples else ())]
    assert list(run.report["observed"]) == ["R_2", "n_defects"]


def test_what_is_not_defined_is_null(capfd: Any) -> None:
    """Before anybody has flashed twice."""
    assert main(["--side", "3", "--seconds", "0.001", "--observe", "all"]) == 0
    found = json.loads(capfd.readouterr().out)["observed"]
    none = {name for name, value in found.items() if value is None}
    assert none == {
        *("interval", "interval_sd", "interval_correlation", "frequency", "frequency_sd"),
        *("time_to_sync", "avalanche", "phase_locking", "lag", "winding_ring"),
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--observe", "R,gold"], "--observe must be names of R, mean_phase, R_2"),
        (["--observe", ""], "or all, got ''"),
        (["--pair", "1,1"], "--pair must be two different fireflies, as 0,1, got '1,1'"),
        (["--pair", "1"], "--pair must be two different fireflies, as 0,1, got '1'"),
        (["--pair", "0,64"], "--pair must be fireflies from 0 to 63, got '0,64'"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_line(
    given: list[str], said: str, capfd: Any
) -> None:
    """Before anything runs."""
    with pytest.raises(SystemExit) as left:
        main([*SMALL, "--jitter", "0.02", "--seconds", "1e9", *given])
    assert left.value.code == 2
    err = capfd.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_only_what_costs_next_to_nothing_is_sampled_unasked() -> None:
    """R and the mean phase; what is asked for beside them comes in the order of declaration."""
    assert [each.name for each in sampled()] == ["R", "mean_phase"]
    assert [each.name for each in sampled(["n_defects", "R_2", "interval"])] == [
        *("R", "mean_phase", "R_2", "n_defects")
    ]

    async def body(simulation: Simulation) -> dict[str, float]:
        simulation.run_until(1.0)
        return observed(simulation.instant, ["R_3"])

    assert list(simulate(body, Parameters(side=5))) == ["R", "mean_phase", "R_3"]


def test_each_lies_within_its_bounds_whatever_happens() -> None:
    """At random, in order, and with all at one phase."""
    swarm = Parameters(side=6, period=1.0, nudge=0.1, refractory=0.2, jitter=0.0)

    async def body(simulation: Simulation) -> None:
        for _ in range(4):
            simulation.run_until(simulation.now + 3.0)
            for name, value in observed(simulation.instant, OBSERVABLES).items():
                least, greatest = OBSERVABLES[name].bounds
                is_none = math.isnan(value) and name == "winding_ring"  # it is no ring
                assert is_none or least <= value <= greatest + 1e-12, name
            run = whole_run(simulation)
            for each in OBSERVABLES.values():
                if isinstance(each, FlashObservable):
                    value = each.of(run)
                    least, greatest = each.bounds
                    assert math.isnan(value) or least - 1e-12 <= value <= greatest, each.name

    simulate(body, swarm)
    simulate(body, swarm, quiet_state(swarm, {}, -0.5))


def test_figures_of_a_log_made_by_hand() -> None:
    """Two that alternate, one avalanche of three."""
    times = np.array([1.0, 1.5, 2.0, 2.5, 3.0, 3.0, 3.0])
    ids = np.array([0, 8, 0, 8, 0, 1, 8], dtype=np.uint32)
    run = WholeRun(times=times, ids=ids, end=4.0, parameters=Parameters(side=7), pair=(0, 8))
    found = {
        each.name: each.of(run)
        for each in OBSERVABLES.values()
        if isinstance(each, FlashObservable)
    }
    assert found["interval"] == (1.0 + 1.0 + 1.0 + 0.5) / 4
    assert found["flashes_per_s"] == 7 / 4
    assert found["frequency"] == pytest.approx((1.0 + 2.0 / 1.5) / 2)
    assert found["avalanche"] == 7 / 5
    assert found["avalanche_max"] == 3.0
    assert found["lag"] == 0.0
    assert math.isnan(found["time_to_sync"])


def columns_of(path: Path) -> dict[str, list[float]]:
    """A table, by column."""
    header, *rows = path.read_text().splitlines()
    values = zip(*(map(float, row.split(",")) for row in rows), strict=True)
    return dict(zip(header.split(","), map(list, values), strict=True))


def test_what_is_worked_out_of_flashes_is_exported(capfd: Any, tmp_path: Path) -> None:
    """Intervals and avalanches agree with the figures and with the flashes; units beside them."""
    events, lengths, sizes = (tmp_path / f"{name}.csv" for name in ("e", "i", "a"))
    files = ["--events", str(events), "--intervals", str(lengths), "--avalanches", str(sizes)]
    report = report_of(capfd, "--observe", "interval,avalanche,avalanche_max", *files)
    found, flashes = report["observed"], columns_of(events)
    each = columns_of(lengths)
    assert list(each) == ["t", "id", "interval"]
    assert np.mean(each["interval"]) == pytest.approx(found["interval"])
    assert len(each["t"]) == report["flashes"] - len(set(flashes["id"]))
    before: dict[float, float] = {}
    expected = []
    for t, i in zip(flashes["t"], flashes["id"], strict=True):
        if i in before:
            expected.append((t, i, t - before[i]))
        before[i] = t
    assert list(zip(*each.values(), strict=True)) == expected
    avalanche = columns_of(sizes)
    assert list(avalanche) == ["t", "size"]
    assert sum(avalanche["size"]) == report["flashes"]
    assert max(avalanche["size"]) == found["avalanche_max"]
    assert set(avalanche["t"]) == set(flashes["t"])
    said = json.loads(sidecar_path(sizes).read_text())
    assert "isn't causal" in said["columns"]["size"]


def test_defects_over_time_are_exported_alone(capfd: Any, tmp_path: Path) -> None:
    """Sampled because the file is asked for; what is printed is what always is."""
    path, coherence = tmp_path / "d.csv", tmp_path / "r.csv"
    report = report_of(capfd, "--defects", str(path))
    assert "observed" not in report
    found = columns_of(path)
    assert list(found) == ["t", "n_defects", "defect_charge"]
    assert len(found["t"]) == 201
    assert found["t"][-1] == pytest.approx(20.0)
    assert set(found["defect_charge"]) == {0.0}
    again = report_of(capfd, "--observe", "n_defects", "--coherence", str(coherence))
    assert again["digest"] == report["digest"]
    assert columns_of(coherence)["n_defects"] == found["n_defects"]
    assert max(found["n_defects"]) > 0.0


def test_defects_that_were_not_sampled_are_not_made_up() -> None:
    """The table says what is missing."""

    async def body(simulation: Simulation) -> None:
        simulation.run_until(1.0)
        with pytest.raises(ValueError, match="no samples of n_defects and defect_charge"):
            defect_table(simulation.coherence)

    simulate(body, Parameters(side=5))


def table_of_observables() -> str:
    """The table of ``docs/model.md``, from the declarations."""
    rows = [["name", "in the window", "what", "formula", "source", "worked out"], ["---"] * 6]
    for each in OBSERVABLES.values():
        told = each.title, each.meaning, each.formula, each.source, each.cost.value
        cells = [f"`{each.name}`", *told]
        rows.append([cell.replace("|", "\\|") for cell in cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows).replace(" --- ", "---")


def test_the_docs_have_the_table_of_observables() -> None:
    """Row for row as they are declared."""
    page = (Path(__file__).parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
    assert table_of_observables() in page


def test_each_declaration_says_all_there_is_to_say() -> None:
    """Words, formula and source; what the status line shows is sampled in every run."""
    for each in OBSERVABLES.values():
        assert each.words, each.name
        assert each.label, each.name
        assert each.formula, each.name
        assert each.source, each.name
        if isinstance(each, Observable) and each.symbol:
            assert each.cost is Cost.EVERY_SAMPLE


def of_topology(name: str, **values: Any) -> dict[str, float]:
    """The observables of the start of a swarm on a topology."""

    async def body(simulation: Simulation) -> dict[str, float]:
        return observed(simulation.instant, OBSERVABLES)

    return simulate(body, Parameters(side=6, topology=name, **values))


@pytest.mark.parametrize(
    ("name", "values", "undefined"),
    [
        ("moore", {}, {"winding_ring"}),
        ("neumann", {"radius": 2, "rewire": 0.1}, {"winding_ring"}),
        ("moore", {"edges": "open"}, {"winding_ring", "winding_rows", "winding_columns"}),
        ("ring", {"k": 3}, {"n_defects", "defect_charge", "winding_rows", "winding_columns"}),
        ("ring", {"k": 3, "edges": "open"}, {
            "n_defects", "defect_charge", "winding_rows", "winding_columns", "winding_ring"}),
        ("all", {}, {
            "n_defects", "defect_charge", "winding_rows", "winding_columns", "winding_ring"}),
    ],
)  # fmt: skip
def test_what_a_topology_has_no_meaning_for_is_not_defined(
    name: str, values: dict[str, Any], undefined: set[str]
) -> None:
    """Squares are those of grids, rows close on a torus, and a ring along its ids."""
    found = of_topology(name, **values)
    assert {each for each, value in found.items() if math.isnan(value)} == undefined


def test_phases_are_fractions_of_each_one_s_own_period() -> None:
    """With a spread of periods too."""
    swarm = Parameters(side=6, spread=0.3, jitter=0.0)

    async def body(simulation: Simulation) -> None:
        simulation.run_until(12.3)
        instant = simulation.instant
        fractions = (instant.t - instant.zero) / periods_of(swarm)
        found = observed(instant, OBSERVABLES)
        assert found["R_2"] == pytest.approx(abs(np.exp(4j * np.pi * fractions).mean()))
        assert found["n_defects"] == np.count_nonzero(plaquette_charges(fractions, 6))

    simulate(body, swarm)
