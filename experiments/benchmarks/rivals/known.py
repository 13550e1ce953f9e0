"""The rivals that the engine is compared with, and what each of them doesn't do."""

from __future__ import annotations

import argparse
import importlib.util
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rival:
    """Something that does a part of what the engine does.

    Attributes
    ----------
    way
        How it is used here.
    statement
        The import that a program of its user begins with.
    works
        What it can do of :mod:`experiments.benchmarks.rivals.works`.
    does_not
        What it doesn't do, of what the engine does.
    distribution, module
        What is installed for it, and imported; empty where that is this program or Python.
    """

    way: str
    statement: str
    works: tuple[str, ...]
    does_not: str
    distribution: str = ""
    module: str = ""

    def is_installed(self) -> bool:
        """Whether it can be measured here."""
        return not self.module or importlib.util.find_spec(self.module) is not None


CASCADE: Final = "cascade"
_NO_TIME: Final = "no virtual time, no workflows that wait for each other"
_NO_GRAPH: Final = "no graphs of tasks, no retries, caches, limits and events"

RIVALS: Final[dict[str, Rival]] = {
    CASCADE: Rival(
        way="one Engine for all runs",
        statement="import cascade",
        works=("wide", "wide_coroutines", "chain", "virtual_sleeps", "waiting"),
        does_not="no cluster of its own, no schedules, nothing kept when the process ends",
    ),
    "asyncio": Rival(
        way="by hand, sorted by graphlib: functions are called in turn, coroutines begin as "
        "asyncio tasks when they are ready",
        statement="import asyncio, graphlib",
        works=("wide", "wide_coroutines", "chain", "waiting"),
        does_not="no virtual time; retries, caches, limits and events are written by hand",
    ),
    "dask": Rival(
        way="dask.delayed and one compute, on its default scheduler for it, threads",
        statement="from dask import compute, delayed",
        works=("wide", "chain"),
        does_not=f"{_NO_TIME}; coroutines are not awaited",
        distribution="dask",
        module="dask",
    ),
    "dask-synchronous": Rival(
        way="dask.delayed and one compute, on its scheduler for debugging, in this thread",
        statement="from dask import compute, delayed",
        works=("wide", "chain"),
        does_not=f"{_NO_TIME}; coroutines are not awaited, nothing runs side by side",
        distribution="dask",
        module="dask",
    ),
    "hamilton": Rival(
        way="one function that @parameterize makes n nodes of, a Driver built and executed",
        statement="from hamilton import driver",
        works=("wide", "chain"),
        does_not=f"{_NO_TIME}; graphs are made of the functions of modules, before any run",
        distribution="apache-hamilton",
        module="hamilton",
    ),
    "simpy": Rival(
        way="a process for each workflow, in one Environment",
        statement="import simpy",
        works=("virtual_sleeps", "waiting"),
        does_not=f"{_NO_GRAPH}; generators instead of coroutines",
        distribution="simpy",
        module="simpy",
    ),
    "looptime": Rival(
        way="asyncio tasks on its event loop, which waits exactly as asyncio's does",
        statement="import asyncio, looptime",
        works=("virtual_sleeps",),
        does_not=_NO_GRAPH,
        distribution="looptime",
        module="looptime",
    ),
    "trio": Rival(
        way="a task for each workflow, in one nursery; time by trio.testing.MockClock, which "
        "jumps at once",
        statement="import trio, trio.testing",
        works=("virtual_sleeps", "waiting"),
        does_not=_NO_GRAPH,
        distribution="trio",
        module="trio",
    ),
}
"""By name; all but the first are beside it."""


def chosen_rivals(text: str) -> str:
    """``NAME,…``, as a command line takes it."""
    allowed = [name for name in RIVALS if name != CASCADE]
    for name in text.split(","):
        if name not in allowed:
            raise argparse.ArgumentTypeError(f"must be of {', '.join(allowed)}, got '{name}'")
    return text
