"""The caption of a picture that leaves the window: beside the grid, and within its file."""

from __future__ import annotations

import json
import math
from typing import Final

from experiments import PARAMETER_FIELDS, Parameters, Simulation, command_line_of, program_version
from gui.models.scales import value_text

_TOLD_APART: Final = ("side", "seed")
"""Parameters with lines of their own: the side shows as the number of fireflies."""


def moment_lines(t: float, coherence: float | None) -> tuple[str, str]:
    """Time and R, which change all the time."""
    minutes, seconds = divmod(math.floor(t * 10 + 1e-6) / 10, 60)
    hours, minutes = divmod(int(minutes), 60)
    time = f"{hours}:{minutes:02d}:{seconds:04.1f}" if hours else f"{minutes}:{seconds:04.1f}"
    return f"t {time}", "R -" if coherence is None else f"R {coherence:.2f}"


def caption_lines(t: float, coherence: float | None, parameters: Parameters) -> tuple[str, ...]:
    """Time, R, and the run's parameters; only the first two change all the time."""
    return (
        *moment_lines(t, coherence),
        f"{parameters.n_fireflies:,} fireflies",
        *(
            f"{PARAMETER_FIELDS[name].label} {value_text(name, getattr(parameters, name))}"
            for name in PARAMETER_FIELDS.of_run
            if name not in _TOLD_APART and _is_told(name, parameters)
        ),
        f"Seed {parameters.seed}",
    )


def _is_told(name: str, parameters: Parameters) -> bool:
    """Whether a parameter makes a difference here, and isn't what everybody expects."""
    field, values = PARAMETER_FIELDS[name], parameters.values()
    return field.is_used(values) and field.needs_writing(values[name])


def present_caption(simulation: Simulation) -> tuple[str, ...]:
    """The caption for a run as it is now."""
    instant = simulation.instant
    return caption_lines(instant.t, instant.coherence, instant.parameters)


def metadata_of(parameters: Parameters) -> dict[str, str]:
    """The metadata that a video or a picture carries in its file, by name."""
    return {
        "title": f"Fireflies: {parameters.n_fireflies:,} fireflies, seed {parameters.seed}",
        "comment": f"{command_line_of(parameters)} (Fireflies {program_version()})",
        "fireflies_version": program_version(),
        "fireflies_seed": str(parameters.seed),
        "fireflies_parameters": json.dumps(parameters.as_dict()),
    }
