"""Kinds of export in the window: the tables of a run, and the plot."""

from __future__ import annotations

from typing import Final

from experiments import EXPORT_KINDS, ExportKind, ExportSource, Step, Table
from gui.models.coherence_trace import Curve, whole_curve
from gui.models.timeline import change_marks

WindowExport = ExportKind[Table] | ExportKind[Curve]


def _plot(source: ExportSource) -> Curve:
    simulation = source.simulation
    marks = change_marks([Step.of(each) for each in simulation.interventions])
    return whole_curve(simulation.coherence, simulation.now, marks)


PLOT: Final = ExportKind(
    name="plot",
    title="Plot of R",
    sentence="R over the whole run, for paper: 170 by 100 mm",
    option="plot",
    holds="the plot of R(t)",
    formats=(".svg", ".png"),
    take=_plot,
)


def window_exports() -> dict[str, WindowExport]:
    """All that can be exported from the window, by name: tables, arrays, pictures."""
    kinds: list[WindowExport] = [*EXPORT_KINDS.values(), PLOT]
    groups = list(dict.fromkeys(kind.formats for kind in kinds))
    ordered = sorted(kinds, key=lambda kind: groups.index(kind.formats))
    return {kind.name: kind for kind in ordered}
