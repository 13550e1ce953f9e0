"""The kinds of files that are asked for, and what a new one is called."""

from __future__ import annotations

import enum
import re
from pathlib import Path
from typing import Final

from gui.models.exports import ExportName

_WITHOUT_PRESET: Final = "fireflies"
_LONGEST_PRESET: Final = 40
_NO_WORD: Final = re.compile(r"[\W_]+")


class FileKind(enum.Enum):
    """What a file dialog is for; each kind has a folder of its own."""

    OPEN = "open"
    PRESET = "preset"
    RUN = "run"
    FLASHES = "flashes"
    COHERENCE = "coherence"
    METRICS = "metrics"
    PHASES = "phases"
    PLOT = "plot"

    @classmethod
    def of_export(cls, name: ExportName) -> FileKind:
        """The kind that an export is of."""
        return cls(name.value)


def new_stem(kind: FileKind, preset: str, seed: int, t: float) -> str:
    """A name that says which run a file is from, and when: ``slow-order-seed1-163s-flashes``.

    Parameters
    ----------
    kind
        What the file holds.
    preset
        Name or file of the preset the run began with; empty if there was none.
    seed
        Of the run.
    t
        Virtual time, seconds.
    """
    name = Path(preset).stem if preset.endswith(".toml") else preset
    start = _NO_WORD.sub("-", name.lower())[:_LONGEST_PRESET].strip("-")
    words = [start or _WITHOUT_PRESET, f"seed{seed}", f"{_seconds(t)}s"]
    if kind not in (FileKind.PRESET, FileKind.RUN):
        words.append(kind.value)
    return "-".join(words)


def _seconds(t: float) -> str:
    return f"{t:.1f}".removesuffix(".0")
