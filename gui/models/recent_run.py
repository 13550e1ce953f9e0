"""A run that was saved or opened lately, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

MOST_RECENT: Final = 10
"""Runs that are remembered."""

_LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True)
class RecentRun:
    """A file with a run.

    Attributes
    ----------
    file
        Its path.
    noted
        When it was saved or opened last, seconds since 1970.
    r
        R at its end; None if that isn't known.
    """

    file: str
    noted: float
    r: float | None = None

    @property
    def words(self) -> str:
        """Its name, R and date."""
        name = Path(self.file).name
        if len(name) > _LONGEST_NAME:
            name = f"{name[:_LONGEST_NAME]}\N{HORIZONTAL ELLIPSIS}"
        parts = [name, "" if self.r is None else f"R {self.r:.2f}", self._date]
        return "    ".join(part for part in parts if part)

    @property
    def _date(self) -> str:
        try:
            return f"{datetime.fromtimestamp(self.noted):%Y-%m-%d %H:%M}"
        except (OSError, OverflowError, ValueError):  # of a file that somebody has edited
            return ""
