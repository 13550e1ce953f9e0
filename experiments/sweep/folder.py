"""The folder of a sweep: its plan, its manifest, the rows as they come, and the table of them.

Rows reach the disk as soon as a batch is done, in one append-only file of JSON Lines for each
worker (:class:`~experiments.files.line_log.LineLog`). When the sweep ends, and before it is
gone on with, they are compacted to one table, and the files of the workers go.
"""

from __future__ import annotations

import datetime
import io
import json
import platform
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from experiments.export.tables import has_parquet
from experiments.files.file_lock import FileLock
from experiments.files.line_log import LineLog
from experiments.files.strange_file import MissingFileError, StrangeFileError, read_bounded
from experiments.files.whole_file import make_folder, write_whole
from experiments.files.write_errors import in_plain_words
from experiments.keep.session_text import program_version
from experiments.sweep.axis import PlanError
from experiments.sweep.measuring import Row
from experiments.sweep.plan import SweepPlan
from experiments.sweep.plan_file import MAX_PLAN_BYTES, plan_of_text, text_of_plan
from experiments.sweep.row_log import MAX_ROWS_BYTES, is_row_of, rows_of_log
from experiments.sweep.rows import csv_of, frame_of, rows_of_csv, rows_of_frame

FORMAT: Final = 1

PLAN: Final = "plan.toml"
MANIFEST: Final = "manifest.json"
TABLES: Final = ("table.parquet", "table.csv")

_RUNS: Final = "runs"
_LOCK: Final = "lock"
_MAX_MANIFEST_BYTES: Final = 100_000


class SweepError(ValueError):
    """A sweep can't be begun, gone on with or read; says which and why, in one line."""


class Manifest:
    """What a sweep's folder says of itself.

    Parameters
    ----------
    told
        As in the file.

    Attributes
    ----------
    version
        Of the program that began it.
    fingerprint
        Of its plan.
    """

    def __init__(self, told: dict[str, Any]) -> None:
        self.version = str(told["version"])
        self.fingerprint = str(told["plan"])
        if told["sweep"] != FORMAT:
            raise ValueError(f"its layout is {told['sweep']}, this program knows {FORMAT}")

    @staticmethod
    def of(plan: SweepPlan) -> dict[str, Any]:
        """The contents of a new one."""
        return {
            "sweep": FORMAT,
            "version": program_version(),
            "plan": plan.fingerprint,
            "cells": plan.n_cells,
            "runs": plan.n_runs,
            "begun": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "python_version": platform.python_version(),
            "system": platform.system(),
        }


class SweepFolder:
    """A folder that holds a sweep, to be read.

    Parameters
    ----------
    path
        Of the folder.

    Attributes
    ----------
    path
        The same.
    plan, manifest
        What it holds.

    Raises
    ------
    SweepError
        There is no sweep in it, or it can't be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            told = json.loads(read_bounded(path / MANIFEST, _MAX_MANIFEST_BYTES, "a manifest"))
            self.manifest = Manifest(told)
            contents = read_bounded(path / PLAN, MAX_PLAN_BYTES, "a plan")
            self.plan = plan_of_text(contents, is_known=True)
        except MissingFileError as error:
            raise SweepError(f"{path} holds no sweep: {error}") from error
        except (PlanError, StrangeFileError, KeyError, TypeError, ValueError) as error:
            raise SweepError(f"{path} holds no sweep that can be read: {error}") from error
        if self.plan.fingerprint != self.manifest.fingerprint:
            raise SweepError(f"{path / PLAN} has been changed since the sweep began")

    def rows(self) -> Iterator[Row]:
        """All rows that are kept; a run may be there twice.

        Raises
        ------
        SweepError
            A file of it can't be read.
        """
        for table in self.tables():
            yield from self._rows_of_table(table)
        for path in self.logs():
            try:
                yield from rows_of_log(path, self.plan, self.manifest.version)
            except StrangeFileError as error:
                raise SweepError(str(error)) from error

    def tables(self) -> list[Path]:
        """The tables that there are: one at most, unless somebody has put another there."""
        return [path for name in TABLES if (path := self.path / name).exists()]

    def logs(self) -> list[Path]:
        """The files of workers that are not in the table yet."""
        return sorted((self.path / _RUNS).glob("*.jsonl"))

    def _rows_of_table(self, path: Path) -> Iterator[Row]:
        try:
            for row in self._read_table(path):
                if not is_row_of(row, self.plan, self.manifest.version):
                    raise ValueError("a row of it is of no run of this sweep")
                yield row
        except (StrangeFileError, OSError) as error:
            raise SweepError(str(error)) from error
        except SweepError:
            raise
        except Exception as error:  # polars has errors of its own
            raise SweepError(f"{path} can't be read: {error}") from error

    def _read_table(self, path: Path) -> Iterator[Row]:
        if path.suffix == ".csv":
            return rows_of_csv(self.plan, read_bounded(path, MAX_ROWS_BYTES, "a table"))
        if not has_parquet():
            raise SweepError(f"{path} needs polars: pip install 'cascade-fireflies[data]'")
        import polars

        return rows_of_frame(self.plan, polars.read_parquet(path))


class OwnedFolder(SweepFolder):
    """A sweep's folder that this process adds to; no other one does meanwhile.

    Parameters
    ----------
    path
        Of the folder; made if it isn't there.
    plan
        Of the sweep; None for that of the folder, which is gone on with.
    resumes
        Whether a sweep that is there is gone on with.
    open_log
        Opens the file of a worker.

    Attributes
    ----------
    fault
        Why nothing more can be kept; None as long as it can.

    Raises
    ------
    SweepError
        It holds a sweep and is not to be gone on with, holds another one, or one of another
        version; or another process is at it; or it can't be written.
    """

    def __init__(
        self,
        path: Path,
        plan: SweepPlan | None,
        *,
        resumes: bool = False,
        open_log: Callable[[Path], LineLog] = LineLog,
    ) -> None:
        self.fault: OSError | None = None
        self._open_log = open_log
        self._logs: dict[str, LineLog] = {}
        _refuse_others(path)
        try:
            make_folder(path / _RUNS)
            with in_plain_words(path):
                self._lock = FileLock(path / _LOCK)
        except BlockingIOError as error:
            raise SweepError(f"another process is at the sweep in {path}") from error
        except OSError as error:
            raise SweepError(f"{path} can't be written: {error.strerror}") from error
        try:
            is_there = (path / MANIFEST).exists()
            if not is_there:
                if plan is None:
                    raise SweepError(f"{path} holds no sweep to go on with")
                self._begin(path, plan)
            super().__init__(path)
            if is_there:
                self._check(plan, resumes=resumes)
                self.compact()
            self._session = 1 + max(map(_session_of, self.logs()), default=0)
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> OwnedFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others have it."""
        for log in self._logs.values():
            log.close()
        self._logs.clear()
        self._lock.release()

    def keep(self, rows: Iterable[Row]) -> None:
        """Add rows to the files of those who made them.

        Where there is no room, `fault` says so, and what was kept before is whole.
        """
        for row in rows:
            if self.fault is not None:
                return
            worker = re.sub(r"[^\w.-]", "_", row.get("worker", "here"))[:100]
            try:
                if worker not in self._logs:
                    name = f"{self._session:04d}-{worker}.jsonl"
                    self._logs[worker] = self._open_log(self.path / _RUNS / name)
                log = self._logs[worker]
                log.write(row)
                self.fault = log.fault
            except OSError as error:
                self.fault = error

    def compact(self) -> Path | None:
        """Put all rows into one table, and take the files of the workers away.

        Returns
        -------
        Path or None
            The table; None if there is no row yet.

        Raises
        ------
        SweepError
            It can't be written; all is as it was.
        """
        logs = self.logs()
        tables = self.tables()
        if not logs:
            return tables[0] if tables else None
        contents = io.BytesIO()  # polars has errors of its own for a full disk
        if has_parquet():
            frame_of(self.plan, self.rows()).write_parquet(contents)
        else:
            contents.write(csv_of(self.plan, self.rows()))
        target = self.path / TABLES[0 if has_parquet() else 1]
        try:
            write_whole(target, contents.getvalue())
        except OSError as error:
            raise SweepError(
                f"{target} can't be written: {error.strerror}; all rows are kept in {_RUNS}"
            ) from error
        for log in self._logs.values():
            log.close()
        self._logs.clear()
        for path in (*logs, *(each for each in tables if each != target)):
            path.unlink(missing_ok=True)
        return target

    def _begin(self, path: Path, plan: SweepPlan) -> None:
        manifest = json.dumps(Manifest.of(plan), indent=2) + "\n"
        try:
            write_whole(path / PLAN, text_of_plan(plan))
            write_whole(path / MANIFEST, manifest.encode())
        except OSError as error:
            raise SweepError(f"{path} can't be written: {error.strerror}") from error

    def _check(self, plan: SweepPlan | None, *, resumes: bool) -> None:
        """Refuse to mix this sweep with another one."""
        if not resumes:
            raise SweepError(f"{self.path} holds a sweep already: --resume goes on with it")
        if plan is not None and plan.fingerprint != self.manifest.fingerprint:
            raise SweepError(f"{self.path} holds the sweep of another plan")
        version = program_version()
        if self.manifest.version != version:
            raise SweepError(
                f"{self.path} holds a sweep of version {self.manifest.version}, and this is "
                f"{version}: their runs are not mixed"
            )


def _refuse_others(path: Path) -> None:
    """Refuse a folder that somebody else keeps something in, and leave it as it is."""
    try:
        others = sorted(each.name for each in path.iterdir() if each.name not in (_RUNS, _LOCK))
    except OSError:  # none yet, or none that can be read: to make it says why
        return
    if others and MANIFEST not in others:
        raise SweepError(f"{path} holds other things ({others[0]}): name a folder of its own")


def _session_of(path: Path) -> int:
    number = path.name.partition("-")[0]
    return int(number) if number.isdigit() else 0
