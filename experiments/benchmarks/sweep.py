"""``fireflies bench sweep``: what a sweep costs beside its runs, and beside others' sweeps."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cascade.standard_output import write_error
from experiments.benchmarks.processes import measured
from experiments.keep.session_text import program_version
from experiments.population.factory import WORKFLOWS
from experiments.sweep.axis import axis_of_text
from experiments.sweep.cluster import LOCAL, cluster_pool
from experiments.sweep.folder import OwnedFolder
from experiments.sweep.measuring import DONE, FASTEST, Batch, Row, batch_of
from experiments.sweep.measuring import measure as measure_batch
from experiments.sweep.plan import Point, SweepPlan
from experiments.sweep.pool import WorkerPool, pool_of
from experiments.sweep.results import open_sweep
from experiments.sweep.running import fill

SIDE: Final = 10
SECONDS: Final = 60.0
N_PROCESSES: Final = 2
N_MESA_RUNS: Final = 16
_OVER: Final = ("nudge=0:0.5:25", "refractory=0.2:2:40")
MANY: Final = ("nudge=0:0.5:250", "refractory=0.2:2:400")
_LOOKS: Final = 5
_LOADING_S: Final = 0.2
_SHORT_S: Final = 1.0


def measure(seed: int, over: tuple[str, ...] = _OVER) -> dict[str, Any]:
    """Figures of a sweep by processes, by dask, by Mesa, and of a large table.

    Parameters
    ----------
    seed
        Of the plan.
    over
        Its axes; 1,000 runs by default.
    """
    plan = SweepPlan(
        axes=tuple(map(axis_of_text, over)),
        fixed={"side": SIDE},
        seed=seed,
        seconds=SECONDS,
        observe=("R_end",),
    )
    report: dict[str, Any] = {"runs": plan.n_runs, "side": SIDE, "virtual_s": SECONDS}
    for population in (WORKFLOWS.name, FASTEST):
        processes = _by_processes(plan, population)
        dask = _by_dask(plan, population, processes)
        report[population] = {"processes": processes, "dask": dask}
    return report | {"mesa": _by_mesa(processes), "table": _of_large_table(seed)}


def _by_processes(plan: SweepPlan, population: str) -> dict[str, Any]:
    """Wall time of it all, from the start of its workers on; and processor time beside the runs."""
    write_error(f"{plan.n_runs} runs by {N_PROCESSES} processes, {population}\n")
    before = _cpu_s()
    with pool_of(None, N_PROCESSES) as pool:
        warm(plan, pool, population)
    start_cpu_s = _cpu_s() - before
    before = _cpu_s()
    began = time.perf_counter()
    with pool_of(None, N_PROCESSES) as pool:
        rows = _rows(plan, pool, population)
        took = time.perf_counter() - began
    cpu_s = _cpu_s() - before
    of_runs = sum(row["cpu_s"] for row in rows)
    with pool_of(None, N_PROCESSES) as pool:  # begun already, as a cluster is
        warm(plan, pool, population)
        began = time.perf_counter()
        _rows(plan, pool, population)
        ready_s = time.perf_counter() - began
    share_s = of_runs / N_PROCESSES
    busy_s = sum(row["wall_s"] for row in rows) / N_PROCESSES
    beyond_s = cpu_s - start_cpu_s - of_runs
    return {
        "wall_s": round(took, 3),
        "cpu_s_of_runs": round(of_runs, 3),
        "wall_to_busy": round(took / busy_s, 3),
        "wall_to_cpu_share": round(took / share_s, 3),
        "wall_to_cpu_share_when_begun": round(ready_s / share_s, 3),
        "cpu_to_cpu_of_runs": round(cpu_s / of_runs, 3),
        "start_cpu_s": round(start_cpu_s, 3),
        "overhead_ms_per_run": round(1e3 * beyond_s / plan.n_runs, 3),
        "runs_per_s": round(plan.n_runs / took, 2),
        "wall_s_when_begun": round(ready_s, 3),
    }


def _by_dask(plan: SweepPlan, population: str, processes: dict[str, Any]) -> Any:
    if importlib.util.find_spec("distributed") is None:
        return "not installed: pip install 'cascade-fireflies[cluster]'"
    write_error(f"{plan.n_runs} runs by dask's local cluster, {population}\n")
    with cluster_pool(LOCAL, N_PROCESSES) as pool:
        warm(plan, pool, population)
        began = time.perf_counter()
        _rows(plan, pool, population)
        took = time.perf_counter() - began
    return {
        "wall_s": round(took, 3),
        "to_processes": round(took / processes["wall_s_when_begun"], 3),
    }


def _by_mesa(processes: dict[str, Any]) -> Any:
    if importlib.util.find_spec("mesa") is None:
        return "not installed: pip install 'cascade-fireflies[peers]'"
    write_error(f"{N_MESA_RUNS} runs by Mesa\n")
    given = (str(SIDE), str(SECONDS), str(N_MESA_RUNS), str(N_PROCESSES))
    found = measured("experiments.benchmarks.mesa_sweep", *given)
    ratio = processes["runs_per_s"] / found["runs_per_s"]
    return found | {"ours_to_mesa": round(ratio, 2)}


def _rows(plan: SweepPlan, pool: WorkerPool, population: str) -> list[Row]:
    """All rows of a sweep that is kept in a folder, as they came."""
    rows: list[Row] = []
    with _folder() as place, OwnedFolder(place, plan) as folder:
        fill(folder, pool, on_rows=rows.extend, population=population)
    return rows


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as place:
        yield Path(place) / "sweep"


def warm(plan: SweepPlan, pool: WorkerPool, population: str) -> None:
    """Have all workers begun, and all loaded that runs need: each makes one at least."""
    short = dataclasses.replace(plan, seconds=_SHORT_S)
    batch = batch_of(short, (Point(0, 0),), population=population)
    for call in [pool.submit(_measure_slowly, batch) for _ in range(2 * pool.n)]:
        call.result()


def _measure_slowly(batch: Batch) -> list[Row]:
    """So that no worker takes what is meant for another."""
    rows = measure_batch(batch)
    time.sleep(_LOADING_S)
    return rows


def _cpu_s() -> float:
    """Processor seconds of this process and of children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _of_large_table(seed: int) -> dict[str, Any]:
    """How long a large table takes to be opened and looked at, by a process that does no more."""
    plan = SweepPlan(axes=tuple(map(axis_of_text, MANY)), seed=seed, observe=("R_end", "interval"))
    with _folder() as place:
        with OwnedFolder(place, plan) as folder:
            folder.keep(_made_up(plan))
            folder.compact()
        return measured("experiments.benchmarks.sweep", str(place))


def main() -> None:
    """``python -m experiments.benchmarks.sweep DIR``: open a sweep, and look at its maps."""
    began = time.perf_counter()
    sweep = open_sweep(sys.argv[1])
    names = sweep.plan.observe
    sweep.map(names[0])
    opened = time.perf_counter() - began
    switched = []
    for name in names * _LOOKS:
        began = time.perf_counter()
        sweep.map(name)
        switched.append(time.perf_counter() - began)
    report = {
        "rows": len(sweep),
        "open_s": round(opened, 3),
        "switch_ms": round(1e3 * statistics.median(switched), 3),
    }
    os.write(1, json.dumps(report).encode() + b"\n")


def _made_up(plan: SweepPlan) -> Iterator[Row]:
    """Rows of runs that nobody made: what is measured here is how they are read."""
    version = program_version()
    seeds = plan.drawn_seeds()
    for point in plan.points:
        seed = int(seeds[point.cell, point.replicate])
        yield {
            "cell": point.cell,
            "replicate": point.replicate,
            "seed": seed,
            "R_end": seed / 2**64,
            "interval": 5.0 * seed / 2**64,
            "flashes": seed % 1000,
            "digest": f"{seed:064x}",
            "version": version,
            "status": DONE,
            "reason": None,
        }


if __name__ == "__main__":
    main()
