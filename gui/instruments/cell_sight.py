"""The sight of a plot of cells: which of them show, and where each of them is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from gui.models.axis_part import WHOLE_AXIS


class CellSight:
    """All cells of a plane, or a part of it that is looked at more closely.

    Attributes
    ----------
    across, upright
        The part of each axis that shows; that of the upright one is counted from below.
    shape
        Cells along both axes. Along an axis with a single one there is nothing to zoom.
    """

    def __init__(self) -> None:
        self.across = self.upright = WHOLE_AXIS
        self.shape = (1, 1)

    @property
    def is_whole(self) -> bool:
        """Whether all cells show."""
        return self.across.is_whole and self.upright.is_whole

    def show_all(self) -> None:
        """Show all cells."""
        self.across = self.upright = WHOLE_AXIS

    def take_shape(self, shape: tuple[int, int]) -> None:
        """Show a plane of so many cells; all of it, if there were others before."""
        if shape != self.shape:
            self.shape = shape
            self.show_all()

    def zoom_by(self, factor: float, area: QRectF, at: QPointF) -> None:
        """Show fewer cells, for a factor above 1, about a pixel of the picture's area."""
        (n_x, n_y), (x, y) = self.shape, self._shares_at(area, at)
        self.across = self.across.zoomed(factor, x, 1.0 / n_x)
        self.upright = self.upright.zoomed(factor, y, 1.0 / n_y)

    def pan_by(self, right: float, up: float) -> None:
        """Move by shares of what shows."""
        self.across, self.upright = self.across.moved(right), self.upright.moved(up)

    def show_cell(self, cell: tuple[int, int]) -> None:
        """Move no further than is needed to see a cell whole."""
        self.across, self.upright = (
            each.moved((min(0.0, k / n - each.begin) or max(0.0, (k + 1) / n - each.end))
                       / each.length)
            for each, k, n in zip((self.across, self.upright), cell, self.shape, strict=True)
        )  # fmt: skip

    # -- places -------------------------------------------------------------------------

    def _shares_at(self, area: QRectF, at: QPointF) -> tuple[float, float]:
        return (
            self.across.at((at.x() - area.left()) / max(1.0, area.width())),
            self.upright.at((area.bottom() - at.y()) / max(1.0, area.height())),
        )

    def rect_of(self, area: QRectF, x: int, y: int) -> QRectF:
        """Where a cell is, in pixels, as the picture has that area; beyond it if it's not seen."""
        n_x, n_y = self.shape
        left, right = (self.across.share_of(k / n_x) for k in (x, x + 1))
        low, high = (self.upright.share_of(k / n_y) for k in (y, y + 1))
        return QRectF(
            QPointF(area.left() + left * area.width(), area.bottom() - high * area.height()),
            QPointF(area.left() + right * area.width(), area.bottom() - low * area.height()),
        )

    def cell_at(self, area: QRectF, at: QPointF) -> tuple[int, int] | None:
        """The cell at a pixel, if it lies in the picture."""
        if not area.contains(at):
            return None
        (n_x, n_y), (x, y) = self.shape, self._shares_at(area, at)
        return min(int(x * n_x), n_x - 1), min(int(y * n_y), n_y - 1)

    def seen(self) -> tuple[range, range]:
        """Numbers of the cells that show, also in part, along both axes."""
        across, upright = self.across.of(self.shape[0]), self.upright.of(self.shape[1])
        return range(*across), range(*upright)
