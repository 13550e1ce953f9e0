"""The report of the rivals: all works of all of them, measured in turn."""

from __future__ import annotations

import importlib.metadata
import platform
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from experiments.benchmarks.processes import MeasurementError, announced, measured
from experiments.benchmarks.rivals.imports import dependencies, imported
from experiments.benchmarks.rivals.known import CASCADE, RIVALS
from experiments.benchmarks.rivals.works import GRAPHS
from experiments.keep.session_text import program_version

_ONE: Final = "experiments.benchmarks.rivals.one"
_NOT_INSTALLED: Final = "not installed: pip install 'cascade-fireflies[peers]'"


@dataclass(frozen=True, slots=True)
class WorkSizes:
    """How much is measured.

    Attributes
    ----------
    tasks
        Of the graphs.
    sleepers, sleeps_each
        In virtual time.
    waiting
        Workflows whose memory is measured.
    rounds
        How often each is measured, the rivals in turn.
    longest_s
        After how many wall seconds one measurement is stopped.
    """

    tasks: tuple[int, ...] = (1_000, 100_000)
    sleepers: int = 500
    sleeps_each: int = 200
    waiting: int = 10_000
    rounds: int = 3
    longest_s: float = 60.0


FULL: Final = WorkSizes()
Figures = dict[str, float] | str
"""Of one measurement, or why there are none."""


def measure(chosen: Iterable[str], sizes: WorkSizes) -> dict[str, Any]:
    """The figures of the engine and its rivals.

    Parameters
    ----------
    chosen
        The rivals beside the engine; none for all.
    sizes
        How much is measured.
    """
    wanted = set(chosen) or set(RIVALS)
    there = [n for n, rival in RIVALS.items() if n in {CASCADE, *wanted} and rival.is_installed()]
    report: dict[str, Any] = {
        "rounds": sizes.rounds,
        "stopped_after_s": sizes.longest_s,
        "rivals": _rivals(there, sizes.rounds)
        | {name: _NOT_INSTALLED for name in RIVALS if name in wanted and name not in there},
    }
    for work in GRAPHS:
        sorts = {str(n): _work(there, work, (n,), sizes) for n in sizes.tasks}
        report[work] = {n: found for n, found in sorts.items() if found}
    report["virtual_sleeps"] = {
        f"{sizes.sleepers} x {sizes.sleeps_each}": _work(
            there, "virtual_sleeps", (sizes.sleepers, sizes.sleeps_each), sizes
        )
    }
    report["waiting"] = {str(sizes.waiting): _work(there, "waiting", (sizes.waiting,), sizes)}
    return report


def _in_turn(
    what: str, names: list[str], rounds: int, measured_once: Callable[[str], dict[str, float]]
) -> dict[str, list[Figures]]:
    """Each name measured in each round; who can't do it is left out from then on."""
    found: dict[str, list[Figures]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in announced(f"{what}:", [n for n in names if _last(found[n]) is None]):
            try:
                found[name].append(measured_once(name))
            except MeasurementError as error:
                if name == CASCADE:
                    raise
                found[name].append(str(error).partition(" failed: ")[2] or str(error))
    return found


def _last(figures: list[Figures]) -> str | None:
    """Why there are no figures, if so."""
    return figures[-1] if figures and isinstance(figures[-1], str) else None


def _ratio(ours: list[Figures], theirs: list[Figures], key: str) -> float | None:
    """Median of what they take over what we take, of each round; None if we take nothing."""
    ratios = [b[key] / a[key] for a, b in _pairs(ours, theirs) if a[key]]
    return round(statistics.median(ratios), 3) if ratios else None


def _pairs(
    ours: list[Figures], theirs: list[Figures]
) -> list[tuple[dict[str, float], dict[str, float]]]:
    both = zip(ours, theirs, strict=True)
    return [(a, b) for a, b in both if isinstance(a, dict) and isinstance(b, dict)]


def _median(rounds: list[Figures], key: str) -> float:
    return statistics.median(each[key] for each in rounds if isinstance(each, dict))


def _work(there: list[str], work: str, size: tuple[int, ...], sizes: WorkSizes) -> dict[str, Any]:
    """One work at one size, for all who can do it; empty if that is the engine alone."""
    names = [name for name in there if work in RIVALS[name].works]
    if names == [CASCADE]:
        return {}

    def measured_once(name: str) -> dict[str, float]:
        words = [str(each) for each in size]
        return measured(_ONE, name, work, *words, within_s=sizes.longest_s)

    rounds = _in_turn(f"{work} {' x '.join(map(str, size))}", names, sizes.rounds, measured_once)
    key = "bytes" if work == "waiting" else "us"
    return {
        name: _last(found)
        or _summary(work, found) | {"cost_to_cascade": _ratio(rounds[CASCADE], found, key)}
        for name, found in rounds.items()
    }


def _summary(work: str, rounds: list[Figures]) -> dict[str, float | None]:
    if work == "waiting":
        return {"bytes_per_workflow": round(_median(rounds, "bytes"))}
    if work == "virtual_sleeps":
        return {"sleeps_per_s": round(1e6 / _median(rounds, "us"))}
    return {
        "us_per_task": round(_median(rounds, "us"), 2),
        "first_us_per_task": round(_median(rounds, "first_us"), 2),
    }


def _rivals(there: list[str], rounds: int) -> dict[str, Any]:
    """What each is, what its import takes, and what is installed with it."""
    statements = {"import asyncio": "import asyncio"} | {n: RIVALS[n].statement for n in there}

    def measured_once(name: str) -> dict[str, float]:
        return {"seconds": imported(statements[name])["seconds"]}

    times = _in_turn("import", list(statements), rounds, measured_once)
    bare = times.pop("import asyncio")
    return {
        name: {
            "version": _version(name),
            "way": RIVALS[name].way,
            "does_not": RIVALS[name].does_not,
            "dependencies": dependencies(RIVALS[name]),
            "import_ms": round(1e3 * _median(found, "seconds"), 1),
            "import_to_asyncio": _ratio(bare, found, "seconds"),
        }
        for name, found in times.items()
    }


def _version(name: str) -> str:
    if name == "asyncio":
        return f"Python {platform.python_version()}"
    if name == CASCADE:
        return f"Fireflies {program_version()}"
    return importlib.metadata.version(RIVALS[name].distribution)
