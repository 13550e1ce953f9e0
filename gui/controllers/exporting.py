"""Exports of the running simulation; nothing waits for a disk, or for a run to be repeated."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from experiments import (
    ExportError,
    ExportSource,
    Needs,
    OnShare,
    Provenance,
    Table,
    check_format,
    export_table,
)
from gui.controllers.export_jobs import Job, Repeating, Writing, session_beside
from gui.controllers.screen import Screen
from gui.controllers.session_keeper import SessionKeeper
from gui.models.coherence_trace import Curve
from gui.models.exports import WindowExport
from gui.models.metrics import Metrics
from gui.models.notice import Answer, Notice, folder_answer

_ABOUT: Final = "exports"
_TOLD_AFTER_S: Final = 0.5
_TOLD_EVERY_S: Final = 0.25


class Exporting:
    """Writes one export after the other, each with its session and its provenance beside it.

    An export shows the run as it is when it is asked for, however long it waits for earlier
    ones. The window keeps only the last flashes, and a limited number of samples of R: to
    export all of them the run is repeated, in a process of its own.

    Parameters
    ----------
    keeper, metrics
        What is exported: the run, with its session beside it.
    screen
        Shows how that went.
    save_plot
        Writes a plot of R to a file, with its provenance beside it; called in a thread.
    open_folder
        Shows a folder to the user.
    """

    def __init__(
        self,
        keeper: SessionKeeper,
        metrics: Metrics,
        screen: Screen,
        save_plot: Callable[[Curve, Path, Provenance], object],
        open_folder: Callable[[Path], object],
    ) -> None:
        self._simulation = keeper.simulation
        self._metrics = metrics
        self._screen = screen
        self._save_plot = save_plot
        self._keeper = keeper
        self._open_folder = open_folder
        self._waiting: deque[Job] = deque()
        self._job: Job | None = None
        self._done: list[Path] = []
        self._tell_at = math.inf
        self._told = ""
        self._is_progress_told = False

    @property
    def is_on(self) -> bool:
        """Whether something is being written, or is waiting to be."""
        return self._job is not None or bool(self._waiting)

    @property
    def wants_pictures(self) -> bool:
        """It takes none."""
        return False

    def export(self, kind: WindowExport, file: str) -> None:
        """Write something to a file, after all earlier exports."""
        path = Path(file)
        try:
            check_format(path, kind.formats)
            present = [] if self._job is None else [self._job]
            if path in [job.path for job in (*present, *self._waiting)]:
                raise ExportError(path, "is being exported already")
            self._simulation.settle()
            self._waiting.append(self._made(kind, path))
        except ExportError as refused:
            self._tell_fault(path, str(refused))
            return
        except OSError as error:
            self._tell_fault(path, f"{path}: {error.strerror}")
            return
        if self._job is not None:
            self._screen.show_toast(f"{path.name} will be exported after {self._job.path.name}")
            self._tell_at = -math.inf
        else:
            self._begin_next()

    def _made(self, kind: WindowExport, path: Path) -> Job:
        """The export of the present moment."""
        simulation = self._simulation
        session = self._keeper.snapshot().contents()
        record = simulation.coherence
        is_whole = record.is_whole and {each.name for each in record.observables} >= set(
            kind.samples
        )
        if kind.needs is Needs.FLASHES or (kind.needs is Needs.SAMPLES and not is_whole):
            is_large = simulation.initial.side > simulation.kind.largest_side
            choice = simulation.population_choice
            return Repeating(path, f"--{kind.option}", session, choice, is_large=is_large)
        about = Provenance(command=_command(kind, path), parameters=simulation.initial)
        about = about.at_end_of(simulation)
        content = kind.take(ExportSource(simulation, {"metrics": self._metrics.table}))
        work: Callable[[OnShare], object]
        if isinstance(content, Table):
            work = partial(export_table, path, content, about, kind.formats)
        else:
            work = _without_progress(partial(self._save_plot, content, path, about))
        return Writing(path, work, session)

    def take(self, wall: float) -> None:
        """Once a frame: check its progress, and go on with the next."""
        job = self._job
        if job is None:
            return
        if job.is_over():
            try:
                self._end(job)
            finally:  # an error of the program itself ends this one alone
                self._begin_next()
        elif self._tell_at == math.inf:
            self._tell_at = wall + (0.0 if job.takes_long else _TOLD_AFTER_S)
        elif wall >= self._tell_at:
            self._tell_at = wall + _TOLD_EVERY_S
            self._tell_progress(job)

    def cancel(self, is_all: bool = False) -> None:
        """Cancel what is being written and, if asked, what is waiting too."""
        if is_all:
            self._waiting.clear()
        if self._job is not None:
            self._job.give_up()

    def close(self) -> None:
        """The window goes: nothing is left half done."""
        self.cancel(is_all=True)
        if self._job is not None:
            self._job.close()
            self._job = None

    def _begin_next(self) -> None:
        while self._job is None and self._waiting:
            job = self._waiting.popleft()
            try:
                job.start()
            except OSError as error:
                job.close()
                self._tell_fault(job.path, f"{job.path}: {error.strerror}")
                continue
            self._job, self._tell_at, self._told = job, math.inf, ""
        if self._job is None and self._done:
            names = ", ".join(map(str, self._done))
            answer = folder_answer(self._done[-1].parent, self._open_folder)
            self._screen.show_notice(Notice(f"Exported: {names}", (answer,), _ABOUT))
            self._done = []
            self._is_progress_told = False

    def _end(self, job: Job) -> None:
        self._job = None
        try:
            fault = job.fault()  # its notice goes with it
        finally:
            job.close()
        if fault is not None:
            self._tell_fault(job.path, fault, is_last=not self._waiting and not self._done)
        elif job.path.exists():
            self._done.append(job.path)

    def _tell_progress(self, job: Job) -> None:
        words = f"Exporting {job.path.name}"
        if job.takes_long:
            words += ": the run is repeated for that"
        if (share := job.share) is not None:
            words += f", {100 * share:.0f} %"
        answers = [Answer("Cancel", self.cancel)]
        if self._waiting:
            words += f"; then {len(self._waiting)} more"
            answers.append(Answer("Cancel all", partial(self.cancel, is_all=True)))
        if words != self._told:
            is_first, self._told = not self._told, words
            notice = Notice(words, tuple(answers), _ABOUT, is_only_news=not is_first)
            self._screen.show_notice(notice)
            self._is_progress_told = True

    def _tell_fault(self, path: Path, reason: str, *, is_last: bool = False) -> None:
        """Say why there is no file; after the last export, this replaces its progress."""
        about = f"export {path}"
        if is_last and self._is_progress_told:
            about, self._is_progress_told = _ABOUT, False
        self._screen.show_notice(Notice(f"Not exported: {reason}", (), about))


def _without_progress(work: Callable[[], object]) -> Callable[[OnShare], object]:
    """Work too short to report its progress."""

    def do(note: OnShare) -> None:
        note(0.0)
        work()

    return do


def _command(kind: WindowExport, path: Path) -> str:
    """The command that makes the file again, or at least the run that it is from."""
    output = "" if kind.recording is not None else f" --{kind.option} {path.name}"
    return f"fireflies run --session {session_beside(path).name}{output}"
