"""A reading: what a plot says of one place in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known at a place of a picture.

    Attributes
    ----------
    x, y
        Where that is, in pixels; `y` is None if it is the same all the way up.
    words
        Values with their units, a line each.
    has_lines
        Whether lines to the axes lead there.
    """

    x: float
    y: float | None
    words: str
    has_lines: bool = True
