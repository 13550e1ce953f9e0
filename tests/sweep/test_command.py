"""``fireflies sweep``: what it takes, refuses, prints and leaves."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.commands import sweep_command as module
from experiments.commands.sweep_command import sweep_command
from experiments.commands.sweep_progress import ProgressBar, progress_words, time_words
from experiments.model.observables import R
from experiments.model.registry import Registry
from experiments.processes.unfinished import clean_up
from experiments.sweep import SweepProgress, load_plan, open_sweep
from experiments.sweep import run as run_sweep
from experiments.sweep.border import border_of
from experiments.sweep.gallery import PLANS
from experiments.sweep.pool import WorkerPool
from experiments.sweep.runner import SweepStoppedError
from gui.commands.command_line import run
from tests.sweep.plans import plan
from tests.sweep.pools import Here

SMALL = ["--over", "nudge=0:1:3", "--over", "refractory=0.1:1:2", "--side", "3",
         "--seconds", "20", "--seeds", "2", "--observe", "R_end,time_to_sync"]  # fmt: skip


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def here(*_: object) -> Iterator[WorkerPool]:
        yield WorkerPool(Here(), 1)

    monkeypatch.setattr(module, "pool_of", here)


def done(given: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[Any, list[str]]:
    """What a command prints, and the lines it says."""
    assert sweep_command(given) == 0
    said = capsys.readouterr()
    return json.loads(said.out), said.err.splitlines()


def refused(given: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line by which a command is refused."""
    with pytest.raises(SystemExit) as ended:
        sweep_command(given)
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    (line,) = said.err.splitlines()
    return line


def test_a_sweep_is_kept_in_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object on stdout; cells that can't be run are told beforehand."""
    to = tmp_path / "sweep"
    report, said = done([*SMALL, "-o", str(to)], capsys)
    assert report.pop("wall_s") > 0
    assert report == {
        "runs": 12, "done": 6, "failed": 0, "refused": 6, "found": 0, "cells": 6, "seed": 1,
        "jobs": 1, "table": str(to / "table.parquet"),
    }  # fmt: skip
    assert said == [
        "fireflies sweep: 3 of 6 cells can't be run: jitter must be >= 0 s and < the refractory "
        "time (0.1 s), got 0.1"
    ]
    assert len(open_sweep(to)) == 12


def test_a_sweep_is_gone_on_with_by_its_folder_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its plan is in there; the plan's file says the same, anything else is refused."""
    to = tmp_path / "sweep"
    done([*SMALL, "-o", str(to)], capsys)
    report, _ = done(["--resume", "-o", str(to)], capsys)
    assert (report["done"], report["found"]) == (6, 12)
    report, _ = done([str(to / "plan.toml"), "--resume", "-o", str(to)], capsys)
    assert report["found"] == 12
    assert "holds a sweep already: --resume goes on with it" in refused(
        [*SMALL, "-o", str(to)], capsys
    )
    assert "holds the sweep of another plan" in refused(
        [*SMALL, "--seed", "2", "-o", str(to), "--resume"], capsys
    )


def test_a_dry_run_says_what_it_would_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Axes, seeds, and an estimate; nothing is made."""
    report, _ = done([*SMALL, "--dry-run", "--jobs", "4", "-o", str(tmp_path / "x")], capsys)
    assert (report["runs"], report["cells"], report["refused_cells"]) == (12, 6, 3)
    assert report["over"] == {"nudge": [0.0, 0.5, 1.0], "refractory": [0.1, 1.0]}
    assert report["first_refused"]["refractory"] == 0.1
    assert len(report["seeds"]) == 2
    assert report["estimated_s"] >= 0
    assert report["jobs"] == 4
    assert not list(tmp_path.iterdir())


def test_the_options_make_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The seed is the plan's; what is seen alone is left out; an axis wins over a preset."""
    file = tmp_path / "preset.toml"
    file.write_text("[parameters]\nside = 4\nnudge = 0.3\nglow = 0.5\nseed = 9\njitter = 0.05\n")
    to = tmp_path / "sweep"
    given = ["--preset", str(file), "--over", "nudge=0,1", "--jitter", "0", "--speed", "3",
             "--seconds", "5", "--pair", "2,3", "-o", str(to)]  # fmt: skip
    done(given, capsys)
    plan = load_plan(to / "plan.toml")
    assert plan.fixed == {"side": 4, "jitter": 0.0}
    assert (plan.seed, plan.seconds, plan.pair, plan.observe) == (9, 5.0, (2, 3), ("R_end",))


def test_a_parameter_alone_has_its_values_proposed(capsys: pytest.CaptureFixture[str]) -> None:
    """Around what it would be otherwise, which its option says."""
    report, _ = done(["--over", "nudge", "--over", "loss=0,1", "--side", "3", "--nudge", "0.5",
                      "--dry-run"], capsys)  # fmt: skip
    assert report["over"]["nudge"] == pytest.approx([k / 10 for k in range(11)])
    assert report["over"]["loss"] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--over", "nudge=0:1:3"], "-o must say in which folder to keep it"),
        (["-o", "x"], "--over must name a parameter and its values"),
        (["--over", "nudg=0:1:3", "-o", "x"], "--over must name one of side"),
        (["--over", "nudg", "-o", "x"], "--over must name one of side"),
        (["--over", "nudge=0:1", "-o", "x"], "--over: nudge must be LOW:HIGH:STEPS"),
        ([*SMALL, "--nudge", "0.2", "-o", "x"], "nudge must be one value or an axis, got both"),
        ([*SMALL, "--seeds", "0", "-o", "x"], "--seeds must be a whole number from 1"),
        ([*SMALL, "--jobs", "0", "-o", "x"], "--jobs must be a whole number from 1 to 1,024"),
        ([*SMALL, "--observe", "Q", "-o", "x"], "observe must be names of R"),
        ([*SMALL, "--preset", "waves", "-o", "x"], "has an opening"),
        (["plan.toml", "--nudge", "1", "-o", "x"], "--nudge does not go with a plan"),
        (["plan.toml", "--seeds", "2", "-o", "x"], "--seeds does not go with a plan"),
        (["plan.toml", "-o", "x"], "can't read plan.toml"),
        (["--resume", "-o", "x"], "x holds no sweep"),
        ([*SMALL, "--plot", "x.png", "-o", "x"], "--plot x.png must end in .svg"),
        ([*SMALL, "--plot", "no/x.svg", "-o", "x"], "--plot no/x.svg can't be written: "),
        ([*SMALL, "--over", "loss=0,1", "--plot", "x.svg", "-o", "x"], "one or two parameters"),
        (["--over", "topology=moore,ring", "--border", "0.5", "-o", "x"], "values rise, got topol"),
        ([*SMALL, "--population", "mixed", "-o", "x"], "--population"),
        ([*SMALL, "--cluster", "tcp://h:1", "--jobs", "2", "-o", "x"], "--jobs does not go with"),
        ([*SMALL, "--cluster", "here", "-o", "x"], "a cluster must be local or tcp://HOST:PORT"),
        ([*SMALL, "--cluster", "tcp://127.0.0.1:1", "-o", "x"], "there is no cluster at tcp://12"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    given: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before anything runs or is made."""
    monkeypatch.chdir(tmp_path)
    line = refused(given, capsys)
    assert line.startswith("fireflies sweep: ")
    assert words in line
    assert not list(tmp_path.iterdir())


def test_a_sweep_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is measured first, into a picture of its own."""
    done([*SMALL, "-o", str(tmp_path / "x"), "--plot", str(tmp_path / "map.svg")], capsys)
    sweep = open_sweep(tmp_path / "x")
    assert (tmp_path / "map.svg").read_text(encoding="utf-8") == sweep.picture("R_end")


def test_the_border_between_order_and_disorder_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the plan of that name, which knows its level; here it is made small."""
    small = dataclasses.replace(
        PLANS["border"], over=("nudge=0:0.4:5", "refractory=0.2,1"), side=4, seeds=1
    )
    monkeypatch.setattr(module, "PLANS", Registry((small,)))
    report, _ = done(["border", "-o", str(tmp_path / "x")], capsys)
    sweep = open_sweep(tmp_path / "x")
    at = report["border"].pop("at")
    assert report["border"] == {"observed": "R_end", "level": 0.5}
    found = sweep.border("R_end", 0.5)
    assert [each["refractory"] for each in at] == [0.2, 1.0]
    assert [each["nudge"] for each in at] == pytest.approx(found.tolist(), abs=1e-6)
    means = sweep.map("R_end")
    for column, crossing in enumerate(found):
        below = [m for m, n in zip(means[:, column], (0, 0.1, 0.2, 0.3, 0.4), strict=True)
                 if n < crossing]  # fmt: skip
        assert below
        assert all(mean < 0.5 for mean in below)


def test_a_border_is_between_the_cells_where_a_map_crosses() -> None:
    """By linear interpolation; cells without a value are passed over, and there may be none."""
    nan = math.nan
    means = np.array([[0.0, 1.0, 0.2, nan], [0.4, nan, 0.3, 0.1], [0.8, 0.0, 0.4, 0.9]])
    found = border_of(R, (0.0, 1.0, 3.0), means, 0.5)
    assert found[:2] == pytest.approx([1.5, 1.5])
    assert math.isnan(found[2])
    assert found[3] == pytest.approx(2.0)


def test_a_sweep_that_stops_says_why_and_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one sentence, with exit code 1."""

    def stop(*_: object, **__: object) -> None:
        raise SweepStoppedError("rows can't be kept in x: No space left on device; 3 of 12 are")

    monkeypatch.setattr(module, "fill", stop)
    assert sweep_command([*SMALL, "-o", str(tmp_path / "x")]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "fireflies sweep: rows can't be kept in x: No space left on device; 3 of 12 are; "
        "--resume goes on with it"
    )


def test_runs_that_failed_are_told_and_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a reason, and with what does so; here they were given no time at all."""
    to = str(tmp_path / "x")
    report, said = done([*SMALL, "--seconds", "600", "--run-limit", "1e-9", "-o", to], capsys)
    assert (report["done"], report["failed"], report["refused"]) == (0, 6, 6)
    assert said[-1].startswith("fireflies sweep: 6 runs have failed (")
    assert said[-1].endswith(f"): --resume -o {to} tries again")
    report, said = done(["--resume", "-o", to], capsys)
    assert (report["done"], report["failed"], report["found"]) == (6, 0, 6)
    assert not any("failed" in each for each in said)


def test_progress_is_told_to_other_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each percent, with what is left; and `fireflies` has the command."""
    assert run(["sweep", *SMALL, "--progress", "-o", str(tmp_path / "x")]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[-1] == "fireflies sweep: 100 %, 12 of 12 runs, 6 without a result"
    assert len(said) > 4


def test_a_sweep_that_is_ended_from_outside_says_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By Ctrl+C too, which ends the program at once; and only while there is something to say."""
    shown = ProgressBar.show

    def show_and_end(bar: ProgressBar, progress: SweepProgress) -> None:
        shown(bar, progress)
        if progress.done == 4:
            clean_up()

    monkeypatch.setattr(ProgressBar, "show", show_and_end)
    path = tmp_path / "x"
    _, said = done([*SMALL, "-o", str(path)], capsys)
    assert said[-1] == (
        "fireflies sweep: ended after 4 of 12 runs, 2 without a result; "
        f"--resume -o {path} goes on with it"
    )
    clean_up()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("columns", [200, 80, 50, 20])
def test_the_bar_fits_into_the_line_of_a_terminal(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A longer one would not overwrite itself; words come before the bar."""
    monkeypatch.setattr("experiments.commands.sweep_progress.is_watched", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    progress = SweepProgress(340_000, 680_000, 3, 0, 1.0, 130.0)
    with ProgressBar() as bar:
        bar.show(progress)
    line = capsys.readouterr().err.strip("\r\n")
    assert len(line) < columns
    assert progress_words(progress)[: columns - 5] in line
    assert (line.count("#"), line.count(".")) == {200: (12, 12), 80: (7, 8)}.get(columns, (0, 0))


def test_times_and_progress_in_words() -> None:
    """As people say them."""
    assert [time_words(s) for s in (0.2, 40, 700, 9000)] == ["1 s", "40 s", "12 min", "2 h"]
    assert progress_words(SweepProgress(340, 2100, 3, 0, 1.0, 130.0)) == (
        "340 of 2,100 runs, 3 without a result, about 2 min left"
    )
    assert progress_words(SweepProgress(0, 5, 0, 0, 0.0, None)) == "0 of 5 runs"


def test_a_kept_sweep_is_shown_by_whoever_has_a_window(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is run; it goes alone, and a folder without a sweep is refused at once."""
    run_sweep(plan("nudge=0,1"), Here(), jobs=1, to=tmp_path / "kept")
    shown: list[Path] = []

    def show(path: Path) -> int:
        shown.append(path)
        return 7

    assert sweep_command(["--show", str(tmp_path / "kept")], show) == 7
    assert shown == [tmp_path / "kept"]
    for given, why in (
        (["--show", str(tmp_path / "none")], "holds no sweep"),
        (["--show", str(tmp_path / "kept"), "--seeds", "3"], "--show goes alone, got --seeds"),
        (["--show", str(tmp_path / "kept"), "border"], "--show goes alone, got border"),
    ):
        with pytest.raises(SystemExit):
            sweep_command(given, show)
        assert why in capsys.readouterr().err
    with pytest.raises(SystemExit):
        sweep_command(["--show", str(tmp_path / "kept")])
    assert "--show needs the window" in capsys.readouterr().err
    assert len(shown) == 1
