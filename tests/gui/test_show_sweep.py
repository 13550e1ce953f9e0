"""``fireflies sweep --show``: the window opens with a kept sweep."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments import Parameters
from experiments.sweep import run as run_sweep
from gui.commands.bench_sweep import bench_plan
from gui.commands.command_line import run
from gui.commands.show_sweep import beginning_of
from tests.gui.sweeps import plan
from tests.sweep.pools import Here


def test_the_window_begins_with_what_all_runs_have_in_common() -> None:
    """Or with the defaults, where that goes together with an axis alone."""
    assert beginning_of(plan("nudge=0,1", fixed={"side": 7, "loss": 0.1})) == Parameters(
        side=7, loss=0.1
    )
    beside = plan("refractory=0.5,1", fixed={"side": 4, "jitter": 0.4})
    assert beginning_of(beside) == Parameters(side=4, jitter=0.4)
    only_beside = plan("refractory=1.5,2", fixed={"side": 4, "jitter": 1.2})
    assert beginning_of(only_beside) == Parameters()


def test_a_kept_sweep_is_handed_to_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder without one is refused before any window opens."""
    opened: list[object] = []

    def run_window(_start: object, **told: object) -> int:
        opened.append(told["sweep"])
        return 0

    monkeypatch.setattr("gui.app.run_window", run_window)
    run_sweep(plan("nudge=0,1"), Here(), jobs=1, to=tmp_path / "kept")
    assert run(["sweep", "--show", str(tmp_path / "kept")]) == 0
    assert opened == [tmp_path / "kept"]
    with pytest.raises(SystemExit):
        run(["sweep", "--show", str(tmp_path)])
    assert "holds no sweep" in capsys.readouterr().err
    assert len(opened) == 1


def test_the_sweep_of_the_benchmark_outlasts_it() -> None:
    """More runs than any machine makes in some minutes, none of them refused."""
    found = bench_plan()
    assert found.n_runs > 50_000
    assert not found.refused
