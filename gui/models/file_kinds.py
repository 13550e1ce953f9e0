"""The kinds of files that are asked for, and what a new one is called."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from gui.models.exports import window_exports

OPEN: Final = "open"
PRESET: Final = "preset"
RUN: Final = "run"
RECORDING: Final = "recording"
SWEEP_RESULT: Final = "sweep"
_WITHOUT_PRESET: Final = "fireflies"
_LONGEST_PRESET: Final = 40
_NO_WORD: Final = re.compile(r"[\W_]+")


def file_kinds() -> tuple[str, ...]:
    """What dialogs are for, each with a folder of its own; exports by their names."""
    return (OPEN, PRESET, RUN, RECORDING, SWEEP_RESULT, *window_exports())


def new_stem(kind: str, preset: str, seed: int, t: float) -> str:
    """A name that says which run a file is from, and when: ``slow-order-seed1-163s-flashes``.

    Parameters
    ----------
    kind
        One of :func:`file_kinds`.
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
    if kind not in (PRESET, RUN):
        words.append(kind)
    return "-".join(words)


def _seconds(t: float) -> str:
    return f"{t:.1f}".removesuffix(".0")
