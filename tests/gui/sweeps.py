"""Sweeps for tests of the window: results that are made up, and a sweep that is under way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from experiments import Session
from experiments.sweep import (
    Point,
    RunState,
    SweepError,
    SweepPlan,
    SweepProgress,
    SweepUnderWay,
    axis_of_text,
)
from gui.models.sweep_shown import SweepShown, axes_of, sweep_shown
from gui.models.sweep_stage import SweepStage, SweepState
from tests.sweep.pools import Here

RUNNING = SweepStage(SweepState.RUNNING, "3 of 40 runs")


def plan(*over: str, **more: Any) -> SweepPlan:
    """A plan over some axes as they are typed: 9 fireflies, two seeds, two observables."""
    axes = tuple(map(axis_of_text, over or ("nudge=0:1:5", "refractory=0.5:2:4")))
    told = {"fixed": {"side": 3}, "seeds": 2, "seconds": 2.0, "observe": ("R", "time_to_sync")}
    return SweepPlan(axes=axes, **{**told, **more})


class MadeUp:
    """Results of a plan that nothing has run: all of them nan, and not run."""

    def __init__(self, of: SweepPlan) -> None:
        self.plan = of
        shape = (*of.shape, of.seeds)
        self.found = {name: np.full(shape, np.nan) for name in of.observe}
        self.state = np.zeros(shape, dtype=np.uint8)
        self.why: dict[int, str] = {}

    def done(self, place: tuple[int, ...], *values: float, name: str = "R") -> None:
        """Runs of a cell are done, with these values."""
        for k, value in enumerate(values):
            self.found[name][(*place, k)] = value
            self.state[(*place, k)] = RunState.DONE

    def without(self, place: tuple[int, ...], state: RunState, why: str) -> None:
        """The runs of a cell have no result."""
        self.state[place] = state
        self.why[self.plan.cell_at(place)] = why

    def values(self, name: str) -> NDArray[np.float64]:
        return self.found[name].copy()

    def states(self) -> NDArray[np.uint8]:
        return self.state.copy()

    def reasons(self) -> dict[int, str]:
        return dict(self.why)

    def rows(self) -> list[dict[str, Any]]:
        return []

    def session(self, cell: int, replicate: int = 0) -> Session:
        if self.state.reshape(-1, self.plan.seeds)[cell, replicate] != RunState.DONE:
            raise SweepError(f"there is no run {replicate} of cell {cell}, as yet")
        parameters = self.plan.parameters_of(Point(cell, replicate))
        return Session(parameters, (), self.plan.seconds, 0, "", "")


class UnderWay(MadeUp):
    """A sweep under way that does what it is told to, as :class:`~experiments.sweep.SweepUnderWay`.

    Attributes
    ----------
    asked
        What was asked of it.
    """

    def __init__(
        self,
        of: SweepPlan,
        *,
        to: Path | None,
        resumes: bool,
        on_change: Callable[[], object],
    ) -> None:
        super().__init__(of)
        self.to, self.resumes, self.tell = to, resumes, on_change
        self.asked: list[str] = []
        self.is_paused = self.is_held = self.has_ended = False
        self.notes: tuple[str, ...] = ()
        self.problem = ""
        if to is not None:
            to.mkdir(parents=True, exist_ok=True)

    @property
    def progress(self) -> SweepProgress:
        done = int(np.count_nonzero(self.state))
        return SweepProgress(done, self.plan.n_runs, 0, 0, 1.0, 90.0)

    def finish(self) -> None:
        """All is done."""
        self.state[...] = RunState.DONE
        for values in self.found.values():
            values[...] = 0.5
        self.end()

    def end(self) -> None:
        """It has ended, done or not."""
        self.has_ended = True
        self.tell()

    def pause(self) -> None:
        self.asked.append("pause")
        self.is_paused = True

    def go_on(self) -> None:
        self.asked.append("go on")
        self.is_paused = self.is_held = False

    def cancel(self) -> None:
        self.asked.append("cancel")
        self.end()

    def wait(self, timeout_s: float | None = None) -> bool:
        return self.has_ended


def shown(source: MadeUp, chosen: str = "R", at: tuple[int, ...] = ()) -> SweepShown:
    """The picture of results, while the sweep is under way."""
    return sweep_shown(source, axes_of(source.plan), RUNNING, chosen, at)


class AtOnce(Executor):
    """Calls at once what workers would call, and gives an estimate of 40 s for every plan.

    Attributes
    ----------
    is_shut
        Whether it has been told to end.
    """

    made: ClassVar[list[AtOnce]] = []

    def __init__(self, n: int, niceness: int) -> None:
        self.n, self.niceness, self.is_shut = n, niceness, False
        AtOnce.made.append(self)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(40.0)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.is_shut = True


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No processes: runs are made in the sweep's own thread, and nothing is tried beforehand."""
    AtOnce.made.clear()
    monkeypatch.setattr("experiments.processes.workers.Workers", AtOnce)
    here = partial(SweepUnderWay, executor=Here(), jobs=1)
    monkeypatch.setattr("experiments.sweep.SweepUnderWay", here)
