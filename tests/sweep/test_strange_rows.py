"""Files in a sweep's folder that nobody wrote, or that others did: what is no row is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars
import pytest

from experiments.sweep import SweepError, SweepPlan, open_sweep, run
from experiments.sweep.row_log import is_row_of
from tests.sweep.plans import plan
from tests.sweep.pools import Here

SMALL = ("nudge=0:1:2",)


def small() -> SweepPlan:
    """Four runs."""
    return plan(*SMALL, seconds=2.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep that is done."""
    path = tmp_path_factory.mktemp("sweeps") / "whole"
    run(small(), Here(), to=path, jobs=1)
    return path


@pytest.fixture
def row(folder: Path) -> dict[str, Any]:
    """A row of it, as a worker writes it."""
    told = open_sweep(folder).frame.row(0, named=True)
    names = ("cell", "replicate", "seed", "R_end", "time_to_sync", "flashes", "digest")
    return {name: told[name] for name in (*names, "version", "status", "reason")}


WRONG: list[dict[str, Any]] = [
    {"cell": 2},
    {"cell": -1},
    {"cell": True},
    {"cell": "0"},
    {"replicate": 2},
    {"replicate": None},
    {"seed": 1},
    {"version": "0.0.0"},
    {"status": "lost"},
    {"status": None},
    {"R_end": "0.5"},
    {"R_end": True},
    {"flashes": None},
    {"digest": None},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_line_that_is_no_row_of_the_sweep_is_passed_over(
    wrong: dict[str, Any], row: dict[str, Any], tmp_path: Path
) -> None:
    """Its run is done again, with the table that there would be without it."""
    version = row["version"]
    assert is_row_of(row, small(), version)
    assert not is_row_of(row | wrong, small(), version)
    run(small(), Here(), to=tmp_path / "a", jobs=1)
    (tmp_path / "a" / "table.parquet").unlink()
    lines = [json.dumps(row | wrong), "[1, 2]", "3", '{"cell": 0}', "", "no JSON", json.dumps(row)]
    log = tmp_path / "a" / "runs" / "0001-here.jsonl"
    log.write_text("".join(f"{line}\n" for line in lines) + json.dumps(row)[:20])
    assert len(open_sweep(tmp_path / "a")) == 1
    again = run(small(), Here(), to=tmp_path / "a", resumes=True, jobs=1)
    assert again.frame.equals(run(small(), Here(), jobs=1).frame)


@pytest.mark.parametrize("name", ["status", "reason", "R_end", "time_to_sync"])
def test_a_row_says_all_of_what_was_measured(name: str, row: dict[str, Any]) -> None:
    """Nothing is taken for what is undefined because it isn't there."""
    del row[name]
    assert not is_row_of(row, small(), row["version"])
    assert is_row_of(
        {"cell": 0, "replicate": 0, "seed": row["seed"], "version": row["version"],
         "status": "failed", "reason": "it was lost"}, small(), row["version"]
    )  # fmt: skip


def test_a_file_of_a_worker_that_cannot_be_read_is_told_by_name(
    folder: Path, tmp_path: Path
) -> None:
    """And so is a table of something else."""
    one, two = tmp_path / "one", tmp_path / "two"
    shutil.copytree(folder, one)
    (one / "runs" / "0002-here.jsonl").mkdir(parents=True)
    for opens in (open_sweep, lambda path: run(small(), Here(), to=path, resumes=True)):
        with pytest.raises(SweepError, match=r"0002-here\.jsonl is a folder"):
            opens(one)
    shutil.copytree(folder, two)
    polars.DataFrame({"cell": [1]}).write_parquet(two / "table.parquet")
    with pytest.raises(SweepError, match=r"table\.parquet can't be read: its columns are not"):
        open_sweep(two)
    with pytest.raises(SweepError, match=r"table\.parquet can't be read"):
        run(small(), Here(), to=two, resumes=True)


def test_a_table_with_rows_of_another_sweep_is_refused(folder: Path, tmp_path: Path) -> None:
    """It was whole when it was written: somebody has put another one there."""
    path = tmp_path / "sweep"
    shutil.copytree(folder, path)
    table = path / "table.parquet"
    frame = polars.read_parquet(table)
    frame.with_columns(cell=frame["cell"] + 5).write_parquet(table)
    for opens in (open_sweep, lambda path: run(small(), Here(), to=path, resumes=True)):
        with pytest.raises(SweepError, match=r"table\.parquet can't be read: a row of it"):
            opens(path)
