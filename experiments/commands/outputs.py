"""The output files of a run without a window, asked for by options."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import combinations
from pathlib import Path
from types import TracebackType

from experiments.commands.file_options import file_to_write
from experiments.export.exports import (
    ExportError,
    Reservation,
    check_format,
    one_of,
    told_as_export_error,
)
from experiments.export.kinds import (
    EXPORT_KINDS,
    ExportKind,
    ExportSource,
    TableRecorder,
    TableRecording,
)
from experiments.export.tables import Table
from experiments.files.line_log import LineLog
from experiments.files.whole_file import in_place_of, write_whole
from experiments.keep.provenance import Provenance, has_sidecar, sidecar_path
from experiments.run.simulation import Simulation


class OutputError(ValueError):
    """A file that was asked for can't be written: one line that names the option.

    Attributes
    ----------
    is_late
        Whether this came to light only after the run.
    """

    def __init__(self, sentence: str, *, is_late: bool = False) -> None:
        self.is_late = is_late
        super().__init__(sentence)


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """An option for each file."""
    group = parser.add_argument_group("files", "each with a FILE.meta.json that says what made it")
    for kind in EXPORT_KINDS.values():
        text = f"write {kind.holds} to {one_of(kind.formats)}"
        option = f"--{kind.option}"
        group.add_argument(option, dest=_given(kind), type=file_to_write, metavar="FILE", help=text)


def asked_for(options: argparse.Namespace) -> dict[ExportKind[Table], Path]:
    """The files that a command line asks for, by their kinds."""
    given = {kind: getattr(options, _given(kind)) for kind in EXPORT_KINDS.values()}
    return {kind: path for kind, path in given.items() if path is not None}


def _given(kind: ExportKind[Table]) -> str:
    return f"export_{kind.name}"


class Outputs:
    """Files asked for, reserved before a run and written after it.

    Used as a context around the run; the files take their places at its end, all of them
    or, if one can't be written, none. What is recorded during the run is written to JSON Lines
    as it is made.

    Parameters
    ----------
    asked
        Path by kind, in the order in which they are refused.
    provenance
        What the run will be.

    Raises
    ------
    OutputError
        A file can't be written: raised at once, on entry, by :meth:`write`, or at the end.

    Attributes
    ----------
    recorders
        What the run has to keep informed.
    """

    def __init__(self, asked: Mapping[ExportKind[Table], Path], provenance: Provenance) -> None:
        self._asked = asked
        self._provenance = provenance
        self._reserved: dict[ExportKind[Table], Reservation] = {}
        self._live: dict[ExportKind[Table], _LiveFile] = {}
        self._stack = ExitStack()
        self._recorded: dict[str, Callable[[], Table]] = {}
        self.recorders: list[TableRecorder] = []
        with self._naming_the_option():
            for kind, path in asked.items():
                check_format(path, kind.formats)
        _refuse_a_file_named_twice(asked)

    def __enter__(self) -> Outputs:
        with self._naming_the_option(), ExitStack() as stack:
            for kind, path in self._asked.items():
                if kind.recording is None or path.suffix.lower() != ".jsonl":
                    reserved = Reservation(path, kind.formats)
                    self._reserved[kind] = stack.enter_context(reserved)
            for kind, path in self._asked.items():
                if kind.recording is None:
                    continue
                log = None
                if kind not in self._reserved:
                    self._live[kind] = live = _LiveFile(path, kind.name, kind.recording.meanings)
                    live.open(self._provenance, stack)
                    log = live.log
                recorder = kind.recording.begin(log)
                self.recorders.append(recorder)
                self._recorded[kind.name] = partial(_table, kind.name, recorder, kind.recording)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._naming_the_option(is_late=True):
            self._stack.__exit__(kind, error, trace)

    @property
    def fault(self) -> str | None:
        """Why a file written during the run is incomplete, in one line, if it is."""
        for kind, live in self._live.items():
            if live.log is not None and live.log.fault is not None:
                n, why = live.log.n_records, live.log.fault.strerror
                return f"--{kind.option} {live.path} ends after {n} records: {why}"
        return None

    def write(self, simulation: Simulation) -> None:
        """Write what is known at the end of the run."""
        provenance = self._provenance.at_end_of(simulation)
        source = ExportSource(simulation, self._recorded)
        with self._naming_the_option(is_late=True):
            for kind, reserved in self._reserved.items():
                reserved.write(kind.take(source), provenance)
            for live in self._live.values():
                live.write_sidecar(provenance)

    @contextmanager
    def _naming_the_option(self, *, is_late: bool = False) -> Iterator[None]:
        try:
            yield
        except ExportError as error:
            kind = next(kind for kind, path in self._asked.items() if path == error.path)
            raise OutputError(f"--{kind.option} {error}", is_late=is_late) from error


def _table(what: str, recorder: TableRecorder, recording: TableRecording) -> Table:
    return Table(what, recorder.columns(), recording.meanings)


class _LiveFile:
    """JSON Lines written while a run goes on, with a sidecar from the start: it may be killed."""

    def __init__(self, path: Path, what: str, meanings: Mapping[str, str]) -> None:
        self.path = path
        self.log: LineLog | None = None
        self._what = what
        self._meanings = meanings
        self._beside: Path | None = None

    def open(self, provenance: Provenance, stack: ExitStack) -> None:
        """Open both files, until the stack is left."""
        with told_as_export_error(self.path):
            if not has_sidecar(self.path):
                self.log = stack.enter_context(LineLog(self.path))
                return
            self._beside = stack.enter_context(in_place_of(sidecar_path(self.path)))
            log = stack.enter_context(LineLog(self.path))
            about = provenance.sidecar(self._what, self._meanings, None)
            try:
                write_whole(sidecar_path(self.path), about)
            except OSError:
                log.take_back()
                raise
            self.log = log

    def write_sidecar(self, provenance: Provenance) -> None:
        """Say what made the file, now that the run has ended."""
        if self.log is not None and self._beside is not None:
            with told_as_export_error(self.path):
                about = provenance.sidecar(self._what, self._meanings, self.log.n_records)
                self._beside.write_bytes(about)


def _refuse_a_file_named_twice(asked: Mapping[ExportKind[Table], Path]) -> None:
    for (first, path), (second, other) in combinations(asked.items(), 2):
        is_same = os.path.realpath(path) == os.path.realpath(other)
        if is_same or (path.exists() and other.exists() and path.samefile(other)):
            raise OutputError(
                f"--{second.option} {other} must be another file than --{first.option} {path}"
            )
