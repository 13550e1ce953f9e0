"""Exports of the running simulation; nothing waits for a disk, or for a run to be repeated."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from experiments import (
    MAX_WORKFLOW_SIDE,
    SESSION_SUFFIX,
    ExportError,
    Provenance,
    Simulation,
    Step,
    check_format,
    export_coherence,
    export_metrics,
    export_phases,
    sidecar_path,
    start_child,
    write_whole,
)
from gui.controllers.recording import OPEN_FOLDER
from gui.controllers.screen import Screen
from gui.controllers.session_keeper import SessionKeeper
from gui.metrics import HISTORY_COLUMNS, Metrics
from gui.models.coherence_trace import Curve, whole_curve
from gui.models.exports import EXPORTS, ExportName
from gui.models.notice import Notice
from gui.models.timeline import change_marks

CANCEL_EXPORT: Final = "cancel-export:"

_OPTIONS: Final = {ExportName.FLASHES: "--events", ExportName.COHERENCE: "--coherence"}
"""What makes a file again from its session."""


class Exporting:
    """Writes one export after the other, each with its session and what made it beside it.

    The window keeps only the last flashes: to export all of them the run is repeated, in a
    process of its own.

    Parameters
    ----------
    simulation, metrics
        What is exported.
    screen
        Where it shows how that went.
    save_plot
        Writes a plot of R to a file; called in a thread.
    """

    def __init__(
        self,
        simulation: Simulation,
        metrics: Metrics,
        screen: Screen,
        save_plot: Callable[[Curve, Path], object],
    ) -> None:
        self._simulation = simulation
        self._metrics = metrics
        self._screen = screen
        self._save_plot = save_plot
        self._keeper = SessionKeeper(simulation)
        self._thread: ThreadPoolExecutor | None = None
        self._writing: Future[None] | None = None
        self._repeating: subprocess.Popen[str] | None = None
        self._path = Path()

    @property
    def is_on(self) -> bool:
        """Whether something is being written."""
        return self._writing is not None or self._repeating is not None

    @property
    def wants_pictures(self) -> bool:
        """It takes none."""
        return False

    def export(self, name: ExportName, file: str) -> None:
        """Write something to a file."""
        path = Path(file)
        if self.is_on:
            self._screen.show_toast(f"Not exported: {self._path.name} is still being written")
            return
        self._path = path
        try:
            check_format(path, EXPORTS[name].suffixes)
            self._simulation.settle()
            self._begin(name, path)
        except ExportError as refused:
            self._tell(f"Not exported: {refused}")
        except OSError as error:
            self._tell(f"Not exported: {path}: {error.strerror}")

    def _begin(self, name: ExportName, path: Path) -> None:
        session = path.with_name(path.name + SESSION_SUFFIX)
        contents = self._keeper.snapshot().contents()
        provenance = Provenance(
            command=_command(name, path, session), parameters=self._simulation.initial
        ).at_end_of(self._simulation)
        if name is ExportName.FLASHES:
            write_whole(session, contents)
            self._repeat(path, session)
            return
        work: Callable[[], None]
        if name is ExportName.COHERENCE:
            record = self._simulation.coherence
            work = partial(export_coherence, path, record.until(record.mark()), provenance)
        elif name is ExportName.PHASES:
            work = partial(export_phases, path, self._simulation.instant.phases, provenance)
        elif name is ExportName.METRICS:
            columns = self._metrics.history.columns()
            work = partial(export_metrics, path, columns, provenance, HISTORY_COLUMNS)
        else:
            marks = change_marks([Step.of(each) for each in self._simulation.interventions])
            curve = whole_curve(self._simulation.coherence, self._simulation.now, marks)
            work = partial(_write_plot, self._save_plot, curve, path, provenance)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="export")
        self._writing = self._thread.submit(_write, work, session, contents)

    def _repeat(self, path: Path, session: Path) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  # closed when it is over
        is_large = self._simulation.initial.side > MAX_WORKFLOW_SIDE
        self._repeating = start_child(
            *("experiments.run_fireflies", "--headless"),
            *("--session", str(session), "--events", str(path)),
            *(["--allow-large"] if is_large else []),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
        )
        words = f"Exporting all flashes to {path.name}: the run is repeated for that"
        self._tell(words, ("Cancel", CANCEL_EXPORT))

    def take(self, wall: float) -> None:
        """Once a frame: see whether it is over."""
        if self._writing is not None and self._writing.done():
            error = self._writing.exception()
            self._end()
            if error is None:
                self._tell_success()
            elif isinstance(error, (ExportError, OSError)):
                self._tell(f"Not exported: {error}")
            else:
                raise error
        if self._repeating is not None and (code := self._repeating.poll()) is not None:
            self._errors.seek(0)
            said = self._errors.read().strip().rpartition("\n")[2]
            self._end()
            if code == 0:
                self._tell_success()
            else:
                self._tell(f"Not exported: {said or f'exit code {code}'}")

    def cancel(self) -> None:
        """Give up what is being written."""
        if self._repeating is not None:
            self._repeating.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._repeating.wait(1.0)
            self._repeating.kill()
            self._repeating.wait()
            self._end()

    def close(self) -> None:
        """The window goes: nothing is left half done."""
        self.cancel()
        self._end()

    def _end(self) -> None:
        if self._repeating is not None:
            self._errors.close()
        self._writing = self._repeating = None
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None

    def _tell_success(self) -> None:
        self._tell(f"Exported: {self._path}", ("Open folder", f"{OPEN_FOLDER}{self._path.parent}"))

    def _tell(self, words: str, *answers: tuple[str, str]) -> None:
        """Say how it goes, in the place of what was said of the same file before."""
        self._screen.show_notice(Notice(words, answers, f"export {self._path}"))


def _write(work: Callable[[], None], session: Path, contents: bytes) -> None:
    work()
    write_whole(session, contents)


def _write_plot(
    save_plot: Callable[[Curve, Path], object], curve: Curve, path: Path, provenance: Provenance
) -> None:
    save_plot(curve, path)
    write_whole(sidecar_path(path), provenance.sidecar("plot of the coherence R(t)", {}, None))


def _command(name: ExportName, path: Path, session: Path) -> str:
    """What makes the file again, or at least the run that it is from."""
    option = _OPTIONS.get(name)
    output = f" {option} {path.name}" if option else ""
    if name is ExportName.PHASES:
        output = f" --phases {path.name}"
    return f"fireflies run --session {session.name}{output}"
