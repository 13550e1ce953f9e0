"""The command that opens a window like this one, and words for what is missing in it."""

from __future__ import annotations

from experiments import (
    GALLERY,
    Parameters,
    Simulation,
    command_line_of,
    slug,
    status_after,
    were_phases_painted,
    words_of,
)
from gui.models.current_run import CurrentRun
from gui.models.place import Beginning


def opening_command(settings: Parameters, beginning: Beginning, preset: str) -> str:
    """The command that opens a window with what is in force, but for what was painted.

    Parameters
    ----------
    settings
        What is in force.
    beginning
        How the run began.
    preset
        Name or file of its preset; empty if there is none.
    """
    if beginning.preset is None or not beginning.first:
        return command_line_of(settings)
    is_of_gallery = any(each.name == preset for each in GALLERY)
    given = Parameters(**beginning.preset.values)
    return command_line_of(settings, slug(preset) if is_of_gallery else preset, given)


def left_out(simulation: Simulation, current: CurrentRun, *, is_paint_in: bool) -> str:
    """The end of a sentence about what was written; empty if nothing is missing.

    Parameters
    ----------
    simulation
        What shows.
    current
        What is known of it.
    is_paint_in
        Whether statuses that were painted are written.
    """
    missing = []
    if not is_paint_in:
        status = simulation.status
        is_painted = status != status_after(current.beginning.first, simulation.parameters.side)
        if is_painted.any():
            words = words_of(status[is_painted]) or "revived"
            missing.append(f"what was painted ({words})")
    if were_phases_painted(simulation.interventions[len(current.beginning.opening) :]):
        missing.append("phases that were flashed or scrambled")
    if not missing:
        return ""
    way_out = "S saves the whole run" if is_paint_in else "Ctrl+Shift+S or S saves it"
    return f". Not in it: {' and '.join(missing)}; {way_out}"
