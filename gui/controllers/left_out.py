"""The words for what shows in a window and is missing in a preset, or in a copied command."""

from __future__ import annotations

from experiments import Simulation, status_after, were_phases_painted, words_of
from gui.models.current_run import CurrentRun


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
