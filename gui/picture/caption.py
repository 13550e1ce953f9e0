"""What is written beside the grid in a picture that leaves the window."""

from __future__ import annotations

import math

from experiments import PARAMETER_FIELDS, Parameters
from gui.models.scales import value_text

_SHOWN = ("period", "nudge", "refractory", "jitter")


def caption_lines(t: float, coherence: float | None, parameters: Parameters) -> tuple[str, ...]:
    """Time, R, and what the run is made of; the first two are what changes."""
    minutes, seconds = divmod(math.floor(t * 10 + 1e-6) / 10, 60)
    hours, minutes = divmod(int(minutes), 60)
    time = f"{hours}:{minutes:02d}:{seconds:04.1f}" if hours else f"{minutes}:{seconds:04.1f}"
    return (
        f"t {time}",
        "R -" if coherence is None else f"R {coherence:.2f}",
        f"{parameters.n_fireflies:,} fireflies",
        *(f"{PARAMETER_FIELDS[n].label} {value_text(n, getattr(parameters, n))}" for n in _SHOWN),
        f"Seed {parameters.seed}",
    )
