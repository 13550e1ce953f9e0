"""Preset words: what is said of the preset that a run began with, as long as it is true."""

from __future__ import annotations

from pathlib import Path

from experiments import PARAMETER_FIELDS, Parameters
from gui.models.place import Beginning


def preset_words(
    beginning: Beginning, parameters: Parameters, *, is_painted: bool
) -> tuple[str, str]:
    """Name and sentence of a preset; empty if there is none.

    Parameters
    ----------
    beginning
        What the run began with.
    parameters
        In force now.
    is_painted
        Whether fireflies are something else than the preset has made them.
    """
    preset = beginning.preset
    if preset is None:
        return "", ""
    name = preset.name or Path(beginning.source).stem
    given = Parameters(**preset.values)
    changed = [
        PARAMETER_FIELDS[each].label.lower()
        for each in PARAMETER_FIELDS.of_run
        if each != "seed" and getattr(given, each) != getattr(parameters, each)
    ]
    if is_painted:
        changed.append("what was painted")
    if not changed:
        return name, preset.description
    return f"{name}, changed", f"Not as the preset has it: {', '.join(changed)}."
