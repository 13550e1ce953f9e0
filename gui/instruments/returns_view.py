"""The return map, drawn: how full each place is, and the points of one firefly."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QWidget

from gui.instruments.axis_numbers import number_words
from gui.instruments.reading import Reading
from gui.instruments.returns import N_CELLS, ReturnMap
from gui.instruments.square_plot import SquarePlot
from gui.picture.theme import Palette

_DOT: Final = 2.5
_CELLS_SHOWN: Final = 64
_LEAST_SHADE: Final = 0.35
"""Of a place with one point in it: it is seen."""


class ReturnMapView(SquarePlot):
    """Draws the maps it is given; both axes show the same intervals."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        self._map: ReturnMap | None = None
        titles = "next interval, s", "interval, s"
        super().__init__("Return map of the intervals", *titles, "00.000", palette, parent)

    def show_data(self, returns: ReturnMap) -> None:
        """Show the map of a moment."""
        self._map = returns
        whose = "" if returns.whose is None else f", firefly {returns.whose:,} as points"
        self.setAccessibleDescription(
            f"{returns.n_points:,} pairs of intervals from {returns.low:.3g} to "
            f"{returns.high:.3g} s{whose}"
        )
        self.show_anew()

    def _per_cell(self) -> int:
        """Finest cells along one that shows, so that about 64 show."""
        begin, end = self.span
        per_cell = N_CELLS // _CELLS_SHOWN
        while per_cell > 1 and (end - begin) * N_CELLS / per_cell < _CELLS_SHOWN / 2:
            per_cell //= 2
        return per_cell

    def _cells(self, returns: ReturnMap) -> NDArray[np.int64]:
        """Points in each cell that shows, of the whole map."""
        per_cell = self._per_cell()
        n = N_CELLS // per_cell
        cells: NDArray[np.int64] = returns.counts.reshape(n, per_cell, n, per_cell).sum((1, 3))
        return cells

    def reading_at(self, x: float, y: float) -> Reading | None:
        """Both intervals there, and how many points."""
        returns = self._map
        if returns is None:
            return None
        cells = self._cells(returns)
        n = len(cells)
        places = self.share_at(x), self.upright_at(y)
        column, row = (min(max(int(share * n), 0), n - 1) for share in places)
        step = (returns.high - returns.low) / n
        across, upward = (
            number_words(returns.at_share((k + 0.5) / n), step) for k in (column, row)
        )
        count = int(cells[row, column])
        noun = "time" if count == 1 else "times"
        return Reading(x, y, f"after {across} s came {upward} s\n{count:,} {noun}")

    def paint_picture(self, painter: QPainter, area: QRectF) -> bool:
        """How full each place is, the diagonal, and the points of one firefly, if there are any."""
        returns, palette = self._map, self.plot_palette
        if returns is None:
            return False
        if returns.is_empty:
            return True
        if returns.n_points:
            whole = QRectF(
                QPointF(self.x_of(0.0), self.y_of(1.0)), QPointF(self.x_of(1.0), self.y_of(0.0))
            )
            painter.drawImage(whole, self._image(self._cells(returns)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.noise_band_edge), 1.0, Qt.PenStyle.DashLine))
        corners = [QPointF(self.x_of(each), self.y_of(each)) for each in (0.0, 1.0)]
        painter.drawLine(*corners)
        painter.setPen(QPen(QColor(palette.background), 1.0))
        painter.setBrush(QColor(palette.text))
        for first, second in returns.held.tolist():
            x, y = self.x_of(returns.share_of(first)), self.y_of(returns.share_of(second))
            painter.drawEllipse(QPointF(x, y), _DOT, _DOT)
        return True

    def _image(self, cells: NDArray[np.int64]) -> QImage:
        """The accent, the more opaque the fuller; the next interval grows upwards."""
        full = np.log1p(cells[::-1]) / np.log1p(max(1, int(cells.max())))
        shade = np.where(cells[::-1] > 0, _LEAST_SHADE + (1.0 - _LEAST_SHADE) * full, 0.0)
        accent = QColor(self.plot_palette.accent)
        pixels = np.empty((*cells.shape, 4), dtype=np.uint8)
        for channel, value in enumerate((accent.red(), accent.green(), accent.blue())):
            pixels[:, :, channel] = value
        pixels[:, :, 3] = np.rint(255.0 * shade)
        n = len(cells)
        return QImage(pixels.tobytes(), n, n, 4 * n, QImage.Format.Format_RGBA8888).copy()

    def paint_words(self, painter: QPainter, area: QRectF) -> None:
        """Intervals along both axes, and how many points there are."""
        returns = self._map
        if returns is None:
            return
        self.paint_scales(painter, area, returns.at_share, returns.share_of)
        if returns.is_empty:
            self.paint_note(painter, area, "nobody has flashed three times")
        elif returns.every > 1:
            self.paint_corner(painter, area, f"one firefly in {returns.every:,}", is_left=True)
