"""The caption strip: time, R and a sentence below the grid that has the screen to itself."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.controls.screen_room import last_row_text
from gui.models.status_readout import StatusReadout
from gui.picture.caption import moment_lines
from gui.picture.caption_painter import LARGER, LINE_SPACING, CaptionPainter

_MOST_LINES: Final = 3


class CaptionStrip(QWidget):
    """Shows the caption of recordings while the grid is alone, if that is switched on.

    Attributes
    ----------
    is_on
        Whether it is.
    """

    switched = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Time, coherence R, and what there is to see")
        self.is_on = self._is_alone = False
        self._moment = moment_lines(0.0, None)
        self._sentence = ""
        self._painter: CaptionPainter | None = None
        self.hide()

    def switch(self, is_on: bool) -> None:
        """Switch it on or off, for whenever the grid is alone."""
        self.is_on = is_on
        self.setVisible(is_on and self._is_alone)
        self.switched.emit(is_on)

    def toggle(self) -> None:
        """Switch it on if it is off, else off."""
        self.switch(not self.is_on)

    def put_away(self, is_away: bool) -> None:
        """Show it, if it is on, as long as all else is put away."""
        self._is_alone = is_away
        self.setVisible(is_away and self.is_on)

    def show_status(self, status: StatusReadout) -> None:
        """Show a moment of the run."""
        self._moment = moment_lines(status.t, status.observed.get("R"))
        self.setAccessibleDescription("  ".join((*self._moment, self._sentence)))
        self.update()

    def show_sentence(self, sentence: str) -> None:
        """Show what there is to see; nothing if it is empty."""
        self._sentence = " ".join(sentence.split())
        self._painter = None
        self.updateGeometry()
        self.update()

    # -- drawing ------------------------------------------------------------------------

    @property
    def text(self) -> int:
        """Height of the sentence's text, in pixels of the window; time and R are larger."""
        return last_row_text(self)

    def sizeHint(self) -> QSize:
        """As high as its words are at the width that it has."""
        text, font = self.text, QFont(self.font())
        font.setPixelSize(text)
        height = round(LINE_SPACING * LARGER * text)
        if self._sentence:
            metrics = QFontMetrics(font)
            room = QRect(0, 0, max(1, self.width() - 2 * text), 0)
            wanted = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self._sentence).height()
            height += min(wanted, _MOST_LINES * metrics.lineSpacing()) + text // 2
        return QSize(0, height)

    def minimumSizeHint(self) -> QSize:
        """The same: the grid gives way."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words may wrap otherwise."""
        super().resizeEvent(event)
        self._painter = None
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it, by the pixels of the screen."""
        ratio = self.devicePixelRatioF()
        if self._painter is None:
            width, height = (round(ratio * each) for each in (self.width(), self.height()))
            self._painter = CaptionPainter(width, height, text=round(ratio * self.text))
        pixels = self._painter.draw((*self._moment, self._sentence))
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
        painter = QPainter(self)
        painter.drawImage(self.rect(), image)
        painter.end()
