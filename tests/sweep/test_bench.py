"""``fireflies bench sweep``: every figure is measured, here of few runs."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from experiments.benchmarks import sweep
from experiments.sweep.pool import WorkerPool
from gui.commands.bench_command import BENCHMARKS, options_of
from tests.sweep.pools import Here


def test_a_sweep_s_cost_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """By processes, by dask, and of a table; Mesa is named where it isn't installed."""

    @contextmanager
    def here(*_: object) -> Iterator[WorkerPool]:
        yield WorkerPool(Here(), 1)

    monkeypatch.setattr(sweep, "pool_of", here)
    monkeypatch.setattr(sweep, "cluster_pool", here)
    monkeypatch.setattr(sweep, "warm", lambda *_: None)
    monkeypatch.setattr(sweep, "SIDE", 3)
    monkeypatch.setattr(sweep, "MANY", ("nudge=0:0.5:5", "refractory=0.2:2:4"))
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *more: None if name == "mesa" else find(name, *more),
    )
    report = sweep.measure(1, ("nudge=0:0.5:3", "refractory=0.5,1"))
    assert report["runs"] == 6
    for population in ("workflows", "fastest"):
        processes = report[population]["processes"]
        assert processes["wall_to_cpu_share"] > 0
        assert processes["cpu_s_of_runs"] > 0
        assert report[population]["dask"]["to_processes"] > 0
    assert report["mesa"].startswith("not installed")
    assert report["table"]["rows"] == 20
    assert report["table"]["open_s"] > 0


def test_the_benchmark_takes_a_seed_alone() -> None:
    """And is one of those that there are."""
    assert "sweep" in BENCHMARKS
    assert options_of("sweep") == ("--seed",)
