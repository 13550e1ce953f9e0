"""The question for a sweep: a proposal, what is typed instead, and how long that would take."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from experiments import Simulation, were_phases_painted, words_of
from gui.models.sweep_draft import (
    SweepDraft,
    SweepVerdict,
    axis_draft,
    sweep_draft,
    swept_names,
    usual_name,
    verdict_on,
    with_axis,
)
from gui.system.disk_thread import DiskThread

if TYPE_CHECKING:
    from experiments.processes.workers import Workers
    from experiments.sweep import SweepPlan

_NICENESS: Final = 10


class SweepForm(Protocol):
    """What shows a draft, and what comes of it."""

    def show_draft(self, draft: SweepDraft, names: tuple[str, ...]) -> None: ...
    def show_left_out(self, words: str) -> None: ...
    def show_verdict(self, verdict: SweepVerdict, time_words: str, beside: str) -> None: ...


class SweepFormPort(Protocol):
    """What opens the form."""

    def show_sweep_form(self, asking: SweepAsking) -> SweepForm: ...


class BeginsSweeps(Protocol):
    """What a plan is for."""

    @property
    def under_way_words(self) -> str: ...
    @property
    def wake(self) -> Callable[[], object]: ...
    def begin(self, plan: SweepPlan) -> None: ...


class SweepAsking:
    """Proposes a sweep, judges what is typed, and has it begun.

    What takes long is done elsewhere: the look at a plan in a thread, the trial of one of its runs
    in a process of its own.

    Parameters
    ----------
    simulation
        Has the values in force.
    sweeping
        Begins it.
    window
        Opens the form.
    estimate
        Gives the wall seconds that a plan takes; in a process of its own if it is None.
    """

    def __init__(
        self,
        simulation: Simulation,
        sweeping: BeginsSweeps,
        window: SweepFormPort,
        estimate: Callable[[SweepPlan], Future[float]] | None = None,
    ) -> None:
        self._simulation = simulation
        self._sweeping = sweeping
        self._window = window
        self._estimate = estimate or self._estimate_apart
        self._form: SweepForm | None = None
        self._draft: SweepDraft | None = None
        self._verdict = SweepVerdict(None, {})
        self._parameters = simulation.pending
        self._thread: DiskThread | None = None
        self._workers: Workers | None = None
        self._judging: Future[SweepVerdict] | None = None
        self._is_changed = self._is_wanted = False
        self._estimating: tuple[SweepPlan, Future[float]] | None = None
        self._estimated: tuple[SweepPlan, float] | None = None
        self._told: tuple[object, ...] = ()

    @property
    def wants_pictures(self) -> bool:
        """It takes none."""
        return False

    # -- wishes -------------------------------------------------------------------------

    def ask(self, name: str = "") -> None:
        """Open the form with a proposal for a parameter; without one, for one that is usual."""
        self._parameters = self._simulation.pending
        names = swept_names(self._parameters)
        if name not in names:
            name = usual_name(names)
        if self._form is None:
            self._form = self._window.show_sweep_form(self)
        self._form.show_left_out(_left_out(self._simulation))
        before = self._draft
        if before is None:
            self._change(sweep_draft(name, self._parameters))
        elif before.first.name != name:
            self._change(replace(before, first=axis_draft(name, self._parameters), second=None))
        else:
            self._change(before)

    def choose_axis(self, which: str, name: str | None) -> None:
        """Another parameter for an axis; None for the second to be none."""
        if self._draft is not None:
            self._change(with_axis(self._draft, which, name, self._parameters))

    def change(self, draft: SweepDraft) -> None:
        """Something else was typed or chosen; the form shows it already."""
        self._draft, self._is_changed, self._is_wanted = draft, True, False
        self._sweeping.wake()

    def begin(self) -> None:
        """Begin the sweep, as soon as it is known that it can be."""
        self._is_wanted = True
        self._sweeping.wake()

    def note_closed(self) -> None:
        """The form is gone."""
        self._form = None
        self._is_wanted = self._is_changed = False
        self._end_workers()

    def _change(self, draft: SweepDraft) -> None:
        self.change(draft)
        if self._form is not None:
            self._form.show_draft(draft, swept_names(self._parameters))

    # -- a frame ------------------------------------------------------------------------

    def take(self, wall: float) -> None:
        """Once a frame while the form is open: judge what was typed, and say so."""
        if self._form is None or self._draft is None:
            return
        if (judging := self._judging) is not None and judging.done():
            self._judging = None
            if not self._is_changed:
                self._verdict = judging.result()
        if self._is_changed and self._judging is None:
            self._is_changed = False
            self._judging = self._submit(partial(verdict_on, self._draft, self._parameters))
        self._take_estimate()
        is_known = self._judging is None and not self._is_changed
        if is_known:
            self._tell(self._form)
        if is_known and self._is_wanted:
            self._is_wanted = False
            if (plan := self._verdict.plan) is not None:
                self._sweeping.begin(plan)
                self._close()

    def _tell(self, form: SweepForm) -> None:
        told = (self._verdict, self._time_words(), self._sweeping.under_way_words)
        if told != self._told:
            self._told = told
            form.show_verdict(*told)

    def _close(self) -> None:
        form, self._form = self._form, None
        close = getattr(form, "close", None)
        if close is not None:
            close()
        self.note_closed()

    # -- how long it takes --------------------------------------------------------------

    def _take_estimate(self) -> None:
        plan = self._verdict.plan
        if self._estimating is not None and self._estimating[1].done():
            of, future = self._estimating
            self._estimating = None
            if not future.cancelled() and future.exception() is None:
                self._estimated = of, future.result()
            else:
                self._estimated = of, -1.0
        is_known = self._estimated is not None and self._estimated[0] is plan
        if plan is not None and not is_known and self._estimating is None:
            self._estimating = plan, self._estimate(plan)

    def _time_words(self) -> str:
        if self._verdict.plan is None:
            return ""
        if self._estimated is None or self._estimated[0] is not self._verdict.plan:
            return "trying how long they take"
        if self._estimated[1] < 0.0:
            return ""
        from experiments.commands.sweep_progress import time_words

        return f"about {time_words(self._estimated[1])}"

    def _estimate_apart(self, plan: SweepPlan) -> Future[float]:
        from experiments.processes.workers import Workers, n_cores
        from experiments.sweep import estimated_s

        if self._workers is None:
            self._workers = Workers(1, _NICENESS)
        return self._workers.submit(estimated_s, plan, n_cores())

    def _end_workers(self) -> None:
        if self._estimating is not None:
            self._estimating[1].cancel()
            self._estimating = None
        workers, self._workers = self._workers, None
        if workers is not None:
            workers.shutdown(wait=False, cancel_futures=True)

    def _submit(self, work: Callable[[], SweepVerdict]) -> Future[SweepVerdict]:
        if self._thread is None:
            self._thread = DiskThread("sweep plans")
        future = self._thread.submit(work)
        future.add_done_callback(lambda _: self._sweeping.wake())
        return future

    def close(self) -> None:
        """End what is under way, when the window closes."""
        self._end_workers()
        if self._thread is not None:
            self._thread.end()
            self._thread = None


def _left_out(simulation: Simulation) -> str:
    """What shows in the window and is in no run of a sweep; empty if there is nothing."""
    missing = []
    if painted := words_of(simulation.status):
        missing.append(f"what was painted ({painted})")
    if were_phases_painted(simulation.interventions):
        missing.append("phases that were flashed or scrambled")
    return f"Not in its runs: {' and '.join(missing)}" if missing else ""
