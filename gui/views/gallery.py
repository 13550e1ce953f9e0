"""The gallery: presets to choose from, each with its picture, its name and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.models.command import MenuPlace
from gui.models.gallery_entry import GalleryEntry
from gui.picture.theme import GRID_MARGIN_COLOUR, SIZES, Palette
from gui.views.actions import Actions

_ENTRY: Final = Qt.ItemDataRole.UserRole
_LINES: Final = 4
"""Of a sentence, for which there is room."""

_CARD_WIDTH: Final = 27.0
"""Times the height of a line."""

_WORDS: Final = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_Index = QModelIndex | QPersistentModelIndex


class _Cards(QStyledItemDelegate):
    """Draws an entry; its picture is read when it is drawn for the first time."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._palette = palette
        self._pictures: dict[str, QImage] = {}

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """All alike: a picture, and beside it a name and some lines."""
        line = option.fontMetrics.lineSpacing()
        return QSize(round(_CARD_WIDTH * line), (1 + _LINES) * line + 4 * SIZES.rhythm)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw an entry."""
        entry: GalleryEntry = index.data(_ENTRY)
        colours, gap = self._palette, SIZES.rhythm
        card = option.rect.adjusted(gap // 2, gap // 2, -gap // 2, -gap // 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_current = bool(option.state & QStyle.StateFlag.State_HasFocus)
        is_pointed_at = bool(option.state & QStyle.StateFlag.State_MouseOver)
        edge = colours.accent if is_current else colours.muted if is_pointed_at else colours.lines
        painter.setPen(QPen(QColor(edge), 1))
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(card, 6, 6)
        length = card.height() - 2 * gap
        square = QRect(card.left() + gap, card.top() + gap, length, length)
        self._draw_picture(painter, square, entry)
        words = card.adjusted(2 * gap + length + gap, gap, -gap, -gap)
        font = option.font
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        line = option.fontMetrics.lineSpacing()
        name = painter.fontMetrics().elidedText(
            entry.name, Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, _WORDS, name)
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(QColor(colours.muted))
        painter.drawText(words.adjusted(0, line + gap // 4, 0, 0), _WORDS, entry.sentence)
        painter.restore()

    def _draw_picture(self, painter: QPainter, square: QRect, entry: GalleryEntry) -> None:
        painter.fillRect(square, QColor(GRID_MARGIN_COLOUR))
        key = str(entry.picture)
        if key not in self._pictures:
            self._pictures[key] = QImage(key)
        picture = self._pictures[key]
        if not picture.isNull():
            is_fine = picture.width() > square.width() * painter.device().devicePixelRatioF() / 2
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_fine)
            painter.drawImage(square, picture)


class _List(QListWidget):
    """Emits when an entry is to be removed by its key."""

    deletePressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes; all else is the list's."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.deletePressed.emit()
        else:
            super().keyPressEvent(event)


class GalleryChooser(Protocol):
    """What is told of choices."""

    def choose(self, entry: GalleryEntry) -> None:
        """An entry was chosen."""

    def remove(self, file: str) -> None:
        """A preset of the user's own is to be shown no more."""


class Gallery(QDialog):
    """Shows presets, and tells which one is chosen, and which are removed."""

    def __init__(
        self,
        entries: Sequence[GalleryEntry],
        chooser: GalleryChooser,
        actions: Actions,
        palette: Palette,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._chooser = chooser
        self.setWindowTitle("Presets")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = _List(self)
        self.list.setObjectName("gallery")
        self.list.setAccessibleName("Presets")
        self.list.setViewMode(QListWidget.ViewMode.IconMode)
        self.list.setMovement(QListWidget.Movement.Static)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_Cards(palette, self.list))
        for entry in entries:
            self._add(entry)
        current = (k for k, entry in enumerate(entries) if entry.is_current)
        self.list.setCurrentRow(next(current, 0))
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        self.list.deletePressed.connect(self._remove)
        self.list.currentItemChanged.connect(self._show_removable)
        self.remove_button = QPushButton("Remove", self)
        self.remove_button.setToolTip("Show it here no more; its file stays  (Del)")
        self.remove_button.clicked.connect(self._remove)
        close = QPushButton("Close", self)
        close.clicked.connect(self.reject)
        row = QHBoxLayout()
        for action in actions.at(MenuPlace.PRESETS):
            button = QPushButton(action.text().partition("\t")[0], self)
            button.clicked.connect(self.accept)
            button.clicked.connect(action.trigger)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.remove_button)
        row.addWidget(close)
        for each in self.findChildren(QPushButton):
            each.setAutoDefault(False)  # Return chooses what is current
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * SIZES.rhythm] * 4)
        layout.setSpacing(2 * SIZES.rhythm)
        layout.addWidget(self.list, 1)
        layout.addLayout(row)
        self._show_removable()
        self._fit(parent)

    def _add(self, entry: GalleryEntry) -> None:
        item = QListWidgetItem(entry.name)
        item.setData(_ENTRY, entry)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, entry.words)
        item.setToolTip(entry.words)
        self.list.addItem(item)

    def _fit(self, window: QWidget) -> None:
        """Two columns, and as many rows as there are where the window has room for them."""
        self.ensurePolished()
        line = self.fontMetrics().lineSpacing()
        rows = min(4, (self.list.count() + 1) // 2)
        height = rows * ((1 + _LINES) * line + 4 * SIZES.rhythm) + 11 * SIZES.rhythm
        width = round(2 * _CARD_WIDTH * line) + 6 * SIZES.rhythm
        most = window.size() - QSize(4 * SIZES.rhythm, 4 * SIZES.rhythm)
        self.resize(QSize(width, height).boundedTo(most))

    def _choose(self, item: QListWidgetItem) -> None:
        if self.isVisible():  # a click may activate as well
            self.accept()
            self._chooser.choose(item.data(_ENTRY))

    def _current(self) -> GalleryEntry | None:
        item = self.list.currentItem()
        entry: GalleryEntry | None = None if item is None else item.data(_ENTRY)
        return entry

    def _show_removable(self, *_items: object) -> None:
        current = self._current()
        self.remove_button.setEnabled(current is not None and current.is_own)

    def _remove(self) -> None:
        current = self._current()
        if current is not None and current.is_own:
            self.list.takeItem(self.list.currentRow())
            self.list.setFocus()
            self._chooser.remove(current.source)
