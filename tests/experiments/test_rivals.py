"""`fireflies bench rivals`: every rival does the same works, and the report says who didn't."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import dask
import pytest

from experiments.benchmarks.processes import MeasurementError, measured
from experiments.benchmarks.rivals import one, report, works
from experiments.benchmarks.rivals.imports import dependencies
from experiments.benchmarks.rivals.known import CASCADE, RIVALS
from gui.__main__ import main

TINY = report.WorkSizes(tasks=(3, 5), sleepers=3, sleeps_each=4, waiting=20, rounds=1)
SIZES = dict.fromkeys(works.GRAPHS, (5,)) | {"virtual_sleeps": (3, 4), "waiting": (20,)}
US = {"first_us", "us"}
KEYS = dict.fromkeys((*works.GRAPHS, "virtual_sleeps"), US) | {"waiting": {"bytes"}}


def in_this_process(_module: str, rival: str, work: str, *sizes: str, within_s: float) -> Any:
    """What a process of its own would print."""
    return one.figures(rival, work, [int(size) for size in sizes])


@pytest.mark.parametrize(
    ("rival", "work"), [(name, work) for name, rival in RIVALS.items() for work in rival.works]
)
def test_each_work_of_each_rival_gives_what_it_must(rival: str, work: str) -> None:
    """The works compare results, wake times and who waits themselves, and raise."""
    if not RIVALS[rival].is_installed():
        pytest.skip(f"{rival} is not installed")
    with ThreadPoolExecutor(1) as pool, dask.config.set(pool=pool):  # its own is never closed
        found = one.figures(rival, work, SIZES[work])
    assert found.keys() == KEYS[work]
    if work != "waiting":
        assert found["us"] > 0


def test_a_work_that_gives_something_else_is_no_figure() -> None:
    """However fast it was."""
    with pytest.raises(works.WrongResultError, match="gave 1 instead of 2"):
        works.timed(lambda: 1, 2, times=1)


def test_a_work_is_timed_in_a_process_of_its_own() -> None:
    """Which prints the same figures; one that takes too long is stopped."""
    module = "experiments.benchmarks.rivals.one"
    assert measured(module, "simpy", "virtual_sleeps", "3", "4").keys() == US
    with pytest.raises(MeasurementError, match=r"^stopped after 0.001 s$"):
        measured(module, "simpy", "virtual_sleeps", "3", "4", within_s=0.001)


@pytest.mark.slow
def test_the_command_prints_every_figure_and_who_is_missing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One JSON object on stdout, progress on stderr; the missing one with what installs it."""
    monkeypatch.setattr(report, "FULL", TINY)
    monkeypatch.setattr(report, "measured", in_this_process)
    monkeypatch.setitem(sys.modules, "trio", None)
    assert main(["bench", "rivals", "--rivals", "simpy,asyncio,trio"]) == 0
    out, err = capfd.readouterr()
    found = json.loads(out)
    assert "virtual_sleeps 3 x 4: simpy (2 of 2)" in err
    rivals = found.pop("rivals")
    assert rivals.pop("trio") == "not installed: pip install 'cascade-fireflies[peers]'"
    assert list(rivals) == [CASCADE, "asyncio", "simpy"]
    for each in rivals.values():
        assert each["import_ms"] > 0
        assert each["import_to_asyncio"] > 0
        assert each["dependencies"] == 0
        assert each["version"]
        assert each["way"]
        assert each["does_not"]
    assert found.pop("rounds") == 1
    assert found.pop("stopped_after_s") == 60.0
    assert {work: {size: list(figures) for size, figures in sizes.items()}
            for work, sizes in found.items()} == {
        "wide": {"3": [CASCADE, "asyncio"], "5": [CASCADE, "asyncio"]},
        "wide_coroutines": {"3": [CASCADE, "asyncio"], "5": [CASCADE, "asyncio"]},
        "chain": {"3": [CASCADE, "asyncio"], "5": [CASCADE, "asyncio"]},
        "virtual_sleeps": {"3 x 4": [CASCADE, "simpy"]},
        "waiting": {"20": [CASCADE, "asyncio", "simpy"]},
    }  # fmt: skip
    assert found["wide"]["3"][CASCADE]["cost_to_cascade"] == 1.0
    figures = {"us_per_task", "first_us_per_task", "cost_to_cascade"}
    assert found["chain"]["5"]["asyncio"].keys() == figures
    sleeps = found["virtual_sleeps"]["3 x 4"]["simpy"]
    assert sleeps.keys() == {"sleeps_per_s", "cost_to_cascade"}
    assert found["waiting"]["20"]["simpy"].keys() == {"bytes_per_workflow", "cost_to_cascade"}


def test_who_fails_is_told_and_left_out_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are measured all the same; the engine itself may not fail."""
    asked = []

    def fails(_module: str, rival: str, work: str, *sizes: str, within_s: float) -> Any:
        asked.append((rival, work, *sizes))
        if rival == "dask" and work == "chain":
            raise MeasurementError("one dask chain failed: RecursionError: too deep")
        return {"us": 2.0, "first_us": 3.0, "bytes": 4.0}

    monkeypatch.setattr(report, "measured", fails)
    monkeypatch.setattr(report, "imported", lambda _statement: {"seconds": 0.1})
    found = report.measure(["dask"], replace(TINY, rounds=2))
    assert found["chain"]["3"]["dask"] == "RecursionError: too deep"
    assert asked.count(("dask", "chain", "3")) == 1
    assert asked.count((CASCADE, "chain", "3")) == 2
    assert found["wide"]["3"]["dask"] == {
        "us_per_task": 2.0, "first_us_per_task": 3.0, "cost_to_cascade": 1.0}  # fmt: skip


def test_dependencies_are_counted_with_those_they_need_themselves() -> None:
    """None for the engine and SimPy; for dask at least those that its own need."""
    assert dependencies(RIVALS[CASCADE]) == 0
    assert dependencies(RIVALS["simpy"]) == 0
    counted = dependencies(RIVALS["dask"])
    assert isinstance(counted, int)
    assert counted >= 8  # locket is needed by partd only
