"""The response: what a pulse does at each phase, to be drawn, and what two become by it."""

from __future__ import annotations

from typing import Final

from experiments import PARAMETER_FIELDS
from gui.instruments.panel import Area, Instrument, RunSoFar
from gui.models.response_curve import ResponseCurve, response_curve


def _compute(run: RunSoFar) -> ResponseCurve:
    return response_curve(run.instant.parameters)


def _physics(run: RunSoFar) -> tuple[object, ...]:
    parameters = run.instant.parameters
    return tuple(
        getattr(parameters, name) for name, field in PARAMETER_FIELDS.items() if field.shapes_run
    )


RESPONSE: Final = Instrument(
    name="response",
    title="Response",
    key="Alt+6",
    sentence="What a pulse does at each phase, and the return map of two fireflies alone: where B "
    "is when A has flashed, over where it was a cycle before. Drag a point, double click on the "
    "curve for one more, right click on one to remove it; arrows choose a point, with Shift they "
    "move it, Insert and Delete add and remove. Wheel: zoom; drag: move",
    view="gui.instruments.response_view:ResponseView",
    area=Area.LEFT,
    stacked_on="histogram",
    widths=1.5,
    hint="drag its points",
    compute=_compute,
    interval_s=1 / 30,
    depends_on=_physics,
    empty=response_curve,
)
