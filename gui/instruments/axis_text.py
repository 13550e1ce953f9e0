"""Room for the words around a picture, by the size of the text."""

from __future__ import annotations

from PySide6.QtGui import QFontMetrics


def axis_margins(metrics: QFontMetrics) -> tuple[float, float]:
    """Room on the left and below a picture for words of a font: ``100%``, and a line."""
    return metrics.horizontalAdvance("100%") + 10.0, metrics.height() + 6.0
