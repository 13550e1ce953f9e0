"""Exports: tables of a run as files, each with a sidecar that says what made it.

A file and its sidecar replace earlier ones together, and only once both are on the disk;
if anything fails before that, the earlier files are left as they were.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

from experiments.export.tables import TABLE_FORMATS, OnShare, Table, has_parquet, write_table
from experiments.files.strange_file import one_line
from experiments.files.whole_file import in_place_of
from experiments.files.write_errors import why_not
from experiments.keep.provenance import Provenance, sidecar_path


class ExportError(ValueError):
    """A file can't be written: one sentence that names it and says why.

    Attributes
    ----------
    path
        The file.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(one_line(f"{path} {reason}"))


def one_of(formats: Sequence[str]) -> str:
    """Suffixes in words: ``.csv, .jsonl or .parquet``."""
    *others, last = formats
    return f"{', '.join(others)} or {last}" if others else last


def check_format(path: Path, formats: Sequence[str] = TABLE_FORMATS) -> None:
    """Refuse a file name of no known format.

    Raises
    ------
    ExportError
        The suffix is none of `formats`, or the format needs what is not installed.
    """
    suffix = path.suffix.lower()
    if suffix not in formats:
        raise ExportError(path, f"must end in {one_of(formats)}")
    if suffix == ".parquet" and not has_parquet():
        raise ExportError(path, "needs polars for Parquet: pip install 'cascade-fireflies[data]'")


@contextmanager
def told_as_export_error(path: Path) -> Iterator[None]:
    """Raise what goes wrong with a file as :class:`ExportError`."""
    try:
        yield
    except ExportError:
        raise
    except OSError as error:
        beside = sidecar_path(path)
        is_beside = bool(error.filename) and os.fsdecode(error.filename) == str(beside)
        whose = f"{beside.name}: " if is_beside else ""
        why = why_not(error, beside if is_beside else path)
        raise ExportError(path, f"can't be written: {whose}{why}") from error
    except ValueError as error:  # a zero byte in the path, columns of different lengths
        raise ExportError(path, f"can't be written: {error}") from error


class Reservation:
    """A file to be written later, and its sidecar: all that could be refused is refused now.

    Used as a context, in which :meth:`write` has to be called unless it is left by an error;
    at its end the two files take their places.

    Parameters
    ----------
    path
        The file.
    formats
        What it may end in.

    Raises
    ------
    ExportError
        On entry: it can't be written there, or in no format. At the end: the last step fails.
    """

    def __init__(self, path: Path, formats: Sequence[str] = TABLE_FORMATS) -> None:
        check_format(path, formats)
        self.path = path
        self._stack = ExitStack()

    def __enter__(self) -> Reservation:
        with told_as_export_error(self.path), ExitStack() as stack:
            self._temporary = stack.enter_context(in_place_of(self.path))
            self._beside = stack.enter_context(in_place_of(sidecar_path(self.path)))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with told_as_export_error(self.path):
            self._stack.close()

    def write(self, table: Table, provenance: Provenance, on_share: OnShare | None = None) -> None:
        """Write the contents, all the way to the disk.

        Parameters
        ----------
        table, provenance
            What to write, and what made it.
        on_share
            As for :func:`~experiments.export.tables.write_table`.

        Raises
        ------
        ExportError
            They can't be written.
        """
        with told_as_export_error(self.path):
            about = provenance.describe(table.what, table.meanings, table.n_rows)
            suffix = self.path.suffix.lower()
            write_table(self._temporary, suffix, table, json.dumps(about), on_share)
            self._beside.write_bytes(provenance.sidecar(table.what, table.meanings, table.n_rows))
            for written in (self._temporary, self._beside):
                with written.open("rb+") as file:
                    os.fsync(file.fileno())


def export_table(
    path: Path,
    table: Table,
    provenance: Provenance,
    formats: Sequence[str] = TABLE_FORMATS,
    on_share: OnShare | None = None,
) -> None:
    """Write a table to a file, and its provenance beside it.

    Parameters
    ----------
    path
        The file; replaced if it is there.
    table
        What to write.
    provenance
        What the run was, up to the time of the table.
    formats
        What the file may end in.
    on_share
        As for :func:`~experiments.export.tables.write_table`.

    Raises
    ------
    ExportError
        It can't be written; what was there is as it was.
    """
    with Reservation(path, formats) as reserved:
        reserved.write(table, provenance, on_share)
