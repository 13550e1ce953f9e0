"""What can be taken away from a run, for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class ExportName(Enum):
    """What is exported."""

    FLASHES = "flashes"
    COHERENCE = "coherence"
    METRICS = "metrics"
    PHASES = "phases"
    PLOT = "plot"


@dataclass(frozen=True, slots=True)
class ExportWords:
    """What a menu and a dialog say: a title, a sentence, and what files may end in."""

    title: str
    sentence: str
    suffixes: tuple[str, ...]


_TABLES: Final = (".csv", ".jsonl", ".parquet")

EXPORTS: Final = {
    ExportName.FLASHES: ExportWords(
        "Flashes", "Who flashed when, from the beginning of the run until now", _TABLES
    ),
    ExportName.COHERENCE: ExportWords(
        "Coherence R(t)", "R and the mean phase every 0.1 s of the run", _TABLES
    ),
    ExportName.METRICS: ExportWords(
        "Metrics", "What the window has measured of itself, second by second", _TABLES
    ),
    ExportName.PHASES: ExportWords(
        "Phases now", "The phase of each firefly, in seconds", (".npy",)
    ),
    ExportName.PLOT: ExportWords(
        "Plot of R", "R over the whole run, for paper: 170 by 100 mm", (".svg", ".png")
    ),
}
