"""Writing flashes to files."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments.whole_file import in_place_of

FLASH_FORMATS: Final = (".csv", ".jsonl", ".parquet")


class ExportError(ValueError):
    """A file can't be written; says which and why, in one line."""


def check_flash_format(path: Path) -> None:
    """Refuse a file name that no format goes with.

    Raises
    ------
    ExportError
        The suffix is unknown, or the format needs what is not installed.
    """
    if path.suffix not in FLASH_FORMATS:
        raise ExportError(f"must end in {', '.join(FLASH_FORMATS)}")
    if path.suffix == ".parquet" and importlib.util.find_spec("polars") is None:
        raise ExportError("needs polars for Parquet: pip install 'cascade-fireflies[data]'")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path` that takes its place at the end, if nothing fails.

    Raises
    ------
    ExportError
        Nothing can be written there. Raised on entry, before any work.
    """
    if path.is_dir():
        raise ExportError("is a folder")
    try:
        with in_place_of(path) as temporary:
            yield temporary
    except OSError as error:
        raise ExportError(f"can't be written: {error.strerror}") from error


def write_flashes(
    path: Path, suffix: str, times: NDArray[np.float64], ids: NDArray[np.uint32]
) -> None:
    """Write flashes, header ``t,id``, numbers in the shortest form that reads back exactly.

    Parameters
    ----------
    path
        File to write.
    suffix
        One of ``FLASH_FORMATS``.
    times, ids
        Shape ``(m,)``; seconds of virtual time, firefly ids.
    """
    if suffix == ".parquet":
        import polars

        polars.DataFrame({"t": times, "id": ids}).write_parquet(path)
        return
    rows = zip(times.tolist(), ids.tolist(), strict=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        if suffix == ".csv":
            file.write("t,id\n")
            file.writelines(f"{t!r},{i}\n" for t, i in rows)
        else:
            file.writelines(f'{{"t": {t!r}, "id": {i}}}\n' for t, i in rows)
