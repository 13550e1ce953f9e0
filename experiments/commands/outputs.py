"""The files that a run without a window is asked for by options."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import combinations
from pathlib import Path
from types import TracebackType
from typing import Final

from experiments.commands.file_options import file_to_write
from experiments.export.exports import (
    ExportError,
    Reservation,
    check_format,
    coherence_table,
    flash_table,
    one_of,
    phase_table,
    told_as_export_error,
)
from experiments.export.tables import ARRAY_FORMATS, TABLE_FORMATS, Table
from experiments.files.line_log import LineLog
from experiments.files.whole_file import in_place_of, write_whole
from experiments.keep.provenance import Provenance, has_sidecar, sidecar_path
from experiments.run.run_metrics import RUN_METRICS, RunMetrics
from experiments.run.simulation import Simulation

OUTPUTS: Final = {
    "events": ("all flashes", TABLE_FORMATS),
    "coherence": ("R(t) and the mean phase, each 0.1 virtual s,", TABLE_FORMATS),
    "phases": ("the phases at the end, in seconds by id,", ARRAY_FORMATS),
    "metrics": ("what the run does each second (.jsonl: as it happens)", TABLE_FORMATS),
}
"""What each option's file holds, for people, and what it may end in."""


class OutputError(ValueError):
    """A file that was asked for can't be had: one line that names the option.

    Attributes
    ----------
    is_late
        Whether the run has been made in vain: it couldn't be known before.
    """

    def __init__(self, sentence: str, *, is_late: bool = False) -> None:
        self.is_late = is_late
        super().__init__(sentence)


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """An option for each file."""
    group = parser.add_argument_group("files", "each with a FILE.meta.json that says what made it")
    for name, (holds, formats) in OUTPUTS.items():
        text = f"write {holds} to {one_of(formats)}"
        group.add_argument(f"--{name}", type=file_to_write, metavar="FILE", help=text)


class Outputs:
    """Files asked for, reserved before a run and written after it.

    Used as a context around the run; the files take their places at its end, all of them
    or, if one can't be written, none. Metrics in JSON Lines are written as they are made.

    Parameters
    ----------
    asked
        Path by name of the option, None for those that were not given.
    provenance
        What the run will be.

    Raises
    ------
    OutputError
        A file can't be had: at once, on entry, by :meth:`write`, or at the end.

    Attributes
    ----------
    metrics
        What the run has to keep informed, if that was asked for.
    """

    def __init__(self, asked: Mapping[str, Path | None], provenance: Provenance) -> None:
        self._asked = {name: path for name, path in asked.items() if path is not None}
        self._provenance = provenance
        self._reserved: dict[str, Reservation] = {}
        self._log: LineLog | None = None
        self._beside: Path | None = None
        self._stack = ExitStack()
        self.metrics: RunMetrics | None = None
        with self._naming_the_option():
            for name, path in self._asked.items():
                check_format(path, OUTPUTS[name][1])
        _refuse_a_file_named_twice(self._asked)

    def __enter__(self) -> Outputs:
        with self._naming_the_option(), ExitStack() as stack:
            for name, path in self._asked.items():
                if name != "metrics" or path.suffix.lower() != ".jsonl":
                    reserved = Reservation(path, OUTPUTS[name][1])
                    self._reserved[name] = stack.enter_context(reserved)
            if "metrics" in self._asked:
                if "metrics" not in self._reserved:
                    self._open_log(self._asked["metrics"], stack)
                self.metrics = RunMetrics(self._log)
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
        """In one line, why the metrics on the disk end before the run did, if they do."""
        if self._log is None or self._log.fault is None:
            return None
        n, why = self._log.n_records, self._log.fault.strerror
        return f"--metrics {self._asked['metrics']} ends after {n} records: {why}"

    def write(self, simulation: Simulation) -> None:
        """Write what is known at the end of the run."""
        provenance = self._provenance.at_end_of(simulation)
        with self._naming_the_option(is_late=True):
            for name, reserved in self._reserved.items():
                reserved.write(self._table(name, simulation), provenance)
            if self._log is not None and self._beside is not None:
                with told_as_export_error(self._asked["metrics"]):
                    about = provenance.sidecar("metrics", RUN_METRICS, self._log.n_records)
                    self._beside.write_bytes(about)

    def _table(self, name: str, simulation: Simulation) -> Table:
        if name == "events":
            times, ids, _ = simulation.flashes.read()
            return flash_table(times, ids)
        if name == "coherence":
            return coherence_table(simulation.coherence)
        if name == "phases":
            return phase_table(simulation.phases())
        columns = {} if self.metrics is None else self.metrics.columns()
        return Table("metrics", columns, RUN_METRICS)

    def _open_log(self, path: Path, stack: ExitStack) -> None:
        """Metrics in JSON Lines, with a sidecar from the start: the run may be killed."""
        with told_as_export_error(path):
            if not has_sidecar(path):
                self._log = stack.enter_context(LineLog(path))
                return
            self._beside = stack.enter_context(in_place_of(sidecar_path(path)))
            log = stack.enter_context(LineLog(path))
            about = self._provenance.sidecar("metrics", RUN_METRICS, None)
            try:
                write_whole(sidecar_path(path), about)
            except OSError:
                log.take_back()
                raise
            self._log = log

    @contextmanager
    def _naming_the_option(self, *, is_late: bool = False) -> Iterator[None]:
        try:
            yield
        except ExportError as error:
            name = next(name for name, path in self._asked.items() if path == error.path)
            raise OutputError(f"--{name} {error}", is_late=is_late) from error


def _refuse_a_file_named_twice(asked: Mapping[str, Path]) -> None:
    for (first, path), (second, other) in combinations(asked.items(), 2):
        is_same = os.path.realpath(path) == os.path.realpath(other)
        if is_same or (path.exists() and other.exists() and path.samefile(other)):
            raise OutputError(f"--{second} {other} must be another file than --{first} {path}")
