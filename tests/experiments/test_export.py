"""Exports: exact to the last bit, whole or not at all, and each says what made it."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest

from experiments import (
    CoherenceRecord,
    ExportError,
    Parameters,
    Provenance,
    Simulation,
    Table,
    export_table,
    program_version,
    sidecar_path,
)
from experiments.commands.command_line import main
from experiments.export.kinds import coherence_table, flash_table, phase_table
from experiments.export.tables import ARRAY_FORMATS, PARQUET_KEY, TABLE_FORMATS
from experiments.keep.provenance import units
from experiments.run.run_metrics import RUN_METRICS
from tests.experiments.simulating import simulate

RUN = Provenance(
    command="fireflies run --side 5",
    parameters=Parameters(side=5, speed=math.inf, seed=2**64 - 1),
    last_parameters=Parameters(side=5, nudge=0.1),
    n_interventions=2,
    virtual_s=0.1 + 0.2,
    digest="ab" * 32,
)

AWKWARD = np.array([0.1 + 0.2, 5e-324, -0.0, 1e300, 1 / 3, 163.10000000000002, 2.0**53])
"""Numbers that a careless format would spoil."""


def read_back(path: Path) -> dict[str, list[float | None]]:
    """The columns of a table, by readers that are not ours."""
    if path.suffix == ".parquet":
        return polars.read_parquet(path).to_dict(as_series=False)
    if path.suffix == ".jsonl":
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        return {name: [row[name] for row in rows] for name in rows[0]}
    with path.open(newline="") as file:
        header, *cells = csv.reader(file)
    columns = zip(*cells, strict=True)
    return {
        name: [float(cell) if cell else None for cell in column]
        for name, column in zip(header, columns, strict=True)
    }


def same_bits(found: Any, expected: Any) -> bool:
    """Whether two columns of numbers agree, the sign of zero included."""
    return np.asarray(found, dtype="<f8").tobytes() == np.asarray(expected, dtype="<f8").tobytes()


def names_in(folder: Path) -> set[str]:
    """What lies in a folder."""
    return {path.name for path in folder.iterdir()}


def run(*arguments: object) -> int:
    """The exit code of ``fireflies run`` with these arguments."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as stopped:
        return int(str(stopped.code))


# -- what is written ------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", TABLE_FORMATS)
def test_flashes_read_back_to_the_last_bit(tmp_path: Path, suffix: str) -> None:
    """Times as they were, the largest id too."""
    path = tmp_path / f"flashes{suffix}"
    ids = np.array([0, 1, 2, 3, 4, 5, 2**32 - 1], dtype=np.uint32)
    export_table(path, flash_table(AWKWARD, ids), RUN)
    found = read_back(path)
    assert list(found) == ["t", "id"]
    assert same_bits(found["t"], AWKWARD)
    assert found["id"] == ids.tolist()


@pytest.mark.parametrize("suffix", TABLE_FORMATS)
def test_coherence_reads_back_to_the_last_bit(tmp_path: Path, suffix: str) -> None:
    """Columns t, R and mean phase, as the record has them."""
    record = CoherenceRecord(25)
    for j in range(200):
        record.add(j * 0.1, complex(math.cos(j), math.sin(j)) * (j / 200), 5.0)
    path = tmp_path / f"r{suffix}"
    export_table(path, coherence_table(record), RUN)
    found = read_back(path)
    assert list(found) == ["t", "R", "mean_phase"]
    assert same_bits(found["t"], record.times)
    assert same_bits(found["R"], record.values)
    assert same_bits(found["mean_phase"], record.mean_phases)


@pytest.mark.parametrize("suffix", TABLE_FORMATS)
def test_metrics_read_back_with_what_is_missing(tmp_path: Path, suffix: str) -> None:
    """Missing figures stay missing, in every format."""
    path = tmp_path / f"m{suffix}"
    columns: dict[str, list[float | None]]
    columns = {"t": [1.0, 1 / 3], "fps_mean": [None, 59.9], "lateness_ms_p99": [None, None]}
    meanings = {"t": "s", "fps_mean": "1/s", "lateness_ms_p99": "ms"}
    export_table(path, Table("metrics", columns, meanings), RUN)
    assert read_back(path) == columns


def test_phases_read_back_as_an_array(tmp_path: Path) -> None:
    """Shape (n,), float64, every bit; no pickle is needed."""
    export_table(tmp_path / "p.npy", phase_table(AWKWARD), RUN, ARRAY_FORMATS)
    found = np.load(tmp_path / "p.npy", allow_pickle=False)
    assert (found.shape, found.dtype) == (AWKWARD.shape, np.float64)
    assert same_bits(found, AWKWARD)


@pytest.mark.parametrize("suffix", TABLE_FORMATS)
def test_a_table_without_rows_is_a_table(tmp_path: Path, suffix: str) -> None:
    """Nobody has flashed yet: a header, no lines, typed columns."""
    path = tmp_path / f"none{suffix}"
    export_table(path, flash_table(np.array([]), np.array([], dtype=np.uint32)), RUN)
    if suffix == ".parquet":
        assert polars.read_parquet(path).schema == {"t": polars.Float64, "id": polars.UInt32}
    else:
        assert path.read_text() == ("t,id\n" if suffix == ".csv" else "")
    assert json.loads(sidecar_path(path).read_text())["rows"] == 0


def test_many_rows_are_written_in_their_order(tmp_path: Path) -> None:
    """More than are put into words at once."""
    times = np.sqrt(np.arange(150_000.0))
    ids = np.arange(150_000, dtype=np.uint32)
    export_table(tmp_path / "many.csv", flash_table(times, ids), RUN)
    found = np.loadtxt(tmp_path / "many.csv", delimiter=",", skiprows=1)
    assert same_bits(found[:, 0], times)
    assert np.array_equal(found[:, 1], ids)


# -- what it says of itself -----------------------------------------------------------------


def test_a_sidecar_says_what_made_the_file(tmp_path: Path) -> None:
    """Product, command, columns with units, parameters, time, digest and rows."""
    path = tmp_path / "flashes.csv"
    export_table(path, flash_table(AWKWARD, np.arange(7, dtype=np.uint32)), RUN)
    said = json.loads((tmp_path / "flashes.csv.meta.json").read_text())
    assert said == {
        "made_by": f"cascade-fireflies {program_version()}",
        "command": "fireflies run --side 5",
        "what": "flashes",
        "columns": {"t": "s of virtual time", "id": "firefly, row by row from 0"},
        "seed": 2**64 - 1,
        "parameters": RUN.parameters.as_dict(),
        "last_parameters": Parameters(side=5, nudge=0.1).as_dict(),
        "interventions": 2,
        "virtual_s": 0.1 + 0.2,
        "digest": "ab" * 32,
        "rows": 7,
        "units": units(RUN.parameters),
    }


def test_every_number_of_a_sidecar_has_its_unit() -> None:
    """Each parameter, and each count and time beside them; names don't need any."""
    said = RUN.describe("flashes", {}, 7)
    numbers = {key for key, value in said.items() if isinstance(value, (int, float))}
    numbers |= {f"parameters.{name}" for name in said["parameters"]}
    assert numbers | {"last_parameters"} == set(units(RUN.parameters))
    assert all(units(RUN.parameters).values())
    assert units(RUN.parameters)["parameters.period"] == "s of virtual time"
    assert units(RUN.parameters)["parameters.glow"] == "periods"
    assert json.loads(RUN.sidecar("flashes", {}, 7))["units"] == units(RUN.parameters)


def test_parquet_carries_it_within(tmp_path: Path) -> None:
    """The same words in the file's own metadata."""
    path = tmp_path / "flashes.parquet"
    export_table(path, flash_table(AWKWARD, np.arange(7, dtype=np.uint32)), RUN)
    within = json.loads(polars.read_parquet_metadata(path)[PARQUET_KEY])
    assert within == json.loads(sidecar_path(path).read_text())


def test_every_option_leaves_its_file_and_sidecar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """The run's figures agree with all of them, and the command in them makes them again."""
    monkeypatch.chdir(tmp_path)
    options = "--events e.csv --coherence c.jsonl --phases p.npy --metrics m.parquet"
    given = f"--side 5 --seconds 12 --jitter 0.03 {options}"
    assert run(*given.split()) == 0
    out, err = capfd.readouterr()
    report = json.loads(out)
    assert err == ""
    files = {"e.csv", "c.jsonl", "p.npy", "m.parquet"}
    assert names_in(tmp_path) == files | {f"{name}.meta.json" for name in files}
    said = {name: json.loads((tmp_path / f"{name}.meta.json").read_text()) for name in files}
    for each in said.values():
        assert each["command"] == f"fireflies run {given}"
        assert (each["virtual_s"], each["digest"]) == (12.0, report["digest"])
        assert each["parameters"]["jitter"] == 0.03
    assert said["e.csv"]["rows"] == report["flashes"]
    coherence = read_back(tmp_path / "c.jsonl")
    assert coherence["t"][:3] == [0.0, 0.1, 0.2]
    assert max(each for each in coherence["R"] if each is not None) == report["R_max"]
    phases = np.load(tmp_path / "p.npy")
    assert phases.shape == (25,)
    assert abs(np.exp(2j * np.pi * phases / 5.0).mean()) == pytest.approx(report["R"], abs=1e-12)
    metrics = read_back(tmp_path / "m.parquet")
    assert metrics["t"][-1] == 12.0
    assert metrics["order_parameter"][-1] == pytest.approx(report["R"])


def test_a_session_leaves_the_same_files_again(tmp_path: Path, capfd: Any) -> None:
    """Flash for flash, whatever was done in it; the sidecar says that something was."""
    first, again, saved = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "run.fireflies"
    preset = ["--preset", "two-islands", "--seconds", 3]
    assert run(*preset, "--save", saved, "--events", first) == 0
    assert run("--session", saved, "--events", again, "--metrics", tmp_path / "m.csv") == 0
    assert first.read_bytes() == again.read_bytes()
    assert read_back(tmp_path / "m.csv")["t"] == [3.0]
    for path in (first, again):
        assert json.loads(sidecar_path(path).read_text())["interventions"] == 4


def test_the_last_record_is_of_the_end(tmp_path: Path, capfd: Any) -> None:
    """However short the run, so that no metrics are empty; the sidecar counts them."""
    path = tmp_path / "m.jsonl"
    assert run("--side", 4, "--seconds", 3, "--metrics", path) == 0
    [record] = [json.loads(line) for line in path.read_text().splitlines()]
    assert record["t"] == 3.0
    assert record["speed_achieved"] == pytest.approx(3.0 / record["wall_s"])
    assert json.loads(sidecar_path(path).read_text())["rows"] == 1


# -- what is refused ------------------------------------------------------------------------

EXPORTS: list[tuple[str, Callable[[Path], None]]] = [
    (
        "f.csv",
        lambda path: export_table(path, flash_table(AWKWARD, np.arange(7, dtype=np.uint32)), RUN),
    ),
    ("r.jsonl", lambda path: export_table(path, coherence_table(CoherenceRecord(9)), RUN)),
    ("p.npy", lambda path: export_table(path, phase_table(AWKWARD), RUN, ARRAY_FORMATS)),
    (
        "m.parquet",
        lambda path: export_table(path, Table("metrics", {"t": [1.0] * 9}, RUN_METRICS), RUN),
    ),
]
"""Each library function, as the window calls it."""


@pytest.mark.parametrize(("name", "export"), EXPORTS)
def test_whatever_goes_wrong_is_one_sentence(
    tmp_path: Path, name: str, export: Callable[[Path], None]
) -> None:
    """A folder, no folder, a bad suffix, an impossible name, a sidecar in the way."""
    folder, blocked = tmp_path / f"folder{Path(name).suffix}", tmp_path / f"blocked{name}"
    folder.mkdir()
    sidecar_path(blocked).mkdir()
    for path, says in (
        (folder, "can't be written: it is a folder"),
        (tmp_path / "none" / name, "can't be written: No such file or directory"),
        (tmp_path / "out.txt", "must end in "),
        (tmp_path / f"\0{name}", "can't be written: "),
        (tmp_path / ("x" * 300 + name), "File name too long"),
        (blocked, f"can't be written: {blocked.name}.meta.json: it is a folder"),
    ):
        with pytest.raises(ExportError) as caught:
            export(path)
        assert says in str(caught.value)
        assert "\n" not in str(caught.value)
    assert names_in(tmp_path) == {folder.name, sidecar_path(blocked).name}


def test_without_polars_parquet_names_the_command_that_gets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """Before anything runs, for each option; the other formats go on working."""
    monkeypatch.setitem(sys.modules, "polars", None)
    for option in ("--events", "--coherence", "--metrics"):
        assert run("--seconds", "1e9", option, tmp_path / "x.parquet") == 2
        out, err = capfd.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert f"{option} {tmp_path}/x.parquet" in err
        assert "pip install 'cascade-fireflies[data]'" in err
    assert run("--side", 3, "--seconds", 1, "--events", tmp_path / "x.CSV") == 0


def test_one_file_is_not_written_twice(tmp_path: Path, capfd: Any) -> None:
    """Nor by another name for it; what was there is as it was."""
    path, link = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_text("precious")
    link.symlink_to(path)
    for other in (path, tmp_path / "." / "a.jsonl", link):
        assert run("--seconds", "1e9", "--events", path, "--metrics", other) == 2
        err = capfd.readouterr().err
        assert f"--metrics {other} must be another file than --events {path}\n" in err
        assert err.count("\n") == 1
    assert path.read_text() == "precious"
    assert names_in(tmp_path) == {"a.jsonl", "b.jsonl"}


def test_a_refused_option_spares_the_files_of_the_others(tmp_path: Path, capfd: Any) -> None:
    """Live metrics begin only when nothing can be refused any more."""
    for name in ("m.jsonl", "e.csv"):
        (tmp_path / name).write_text("precious")
    files = ["--metrics", tmp_path / "m.jsonl", "--events", tmp_path / "e.csv"]
    assert run(*files, "--phases", tmp_path / "none" / "p.npy") == 2
    assert (tmp_path / "m.jsonl").read_text() == (tmp_path / "e.csv").read_text() == "precious"
    sidecar_path(tmp_path / "m.jsonl").mkdir()
    assert run(*files) == 2
    assert "m.jsonl.meta.json: it is a folder" in capfd.readouterr().err
    assert (tmp_path / "m.jsonl").read_text() == (tmp_path / "e.csv").read_text() == "precious"


def test_columns_of_different_lengths_are_refused(tmp_path: Path) -> None:
    """Rather than cut to the shortest."""
    with pytest.raises(ValueError, match="equally long"):
        _ = Table("metrics", {"t": [1.0], "R": []}, {}).n_rows
    with pytest.raises(ExportError, match="equally long"):
        export_table(tmp_path / "m.csv", Table("metrics", {"t": [1.0], "R": []}, RUN_METRICS), RUN)
    assert names_in(tmp_path) == set()


def test_what_a_run_is_known_by_at_its_end() -> None:
    """What it began with and ended with, what was done from outside, and its digest."""

    async def body(simulation: Simulation) -> tuple[Provenance, str]:
        simulation.run_until(3.0)
        simulation.change(nudge=0.1)
        simulation.run_until(7.0)
        begun = Provenance(command="fireflies", parameters=simulation.initial)
        return begun.at_end_of(simulation), simulation.flashes.digest().hexdigest()

    known, digest = simulate(body, Parameters(side=4))
    assert known.parameters == Parameters(side=4)
    assert known.last_parameters == Parameters(side=4, nudge=0.1)
    assert (known.n_interventions, known.virtual_s, known.digest) == (1, 7.0, digest)
