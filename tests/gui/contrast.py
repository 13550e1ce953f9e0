"""How well two colours are told apart."""

from __future__ import annotations

import numpy as np

from gui.picture.colour_table import relative_luminance, rgba


def contrast_ratio(one: str, other: str) -> float:
    """How well two colours, ``#RRGGBB``, are told apart (WCAG 2): from 1, not at all, to 21."""
    colours = np.array([rgba(one), rgba(other)], dtype=np.uint8)
    darker, lighter = sorted(relative_luminance(colours))
    return float((lighter + 0.05) / (darker + 0.05))
