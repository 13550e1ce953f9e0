"""Room on the screen: where a window fits with its frame, and how large text in a hall is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMargins, QRect, QSize
from PySide6.QtWidgets import QWidget

LAST_ROW_SHARE: Final = 1 / 27
"""Height of text that is read from the last row of a hall, as a share of the screen's.

Its capitals take 2.6 % of the screen. Eight times the height of that away, where the last row is,
they are eleven minutes of arc high: twice what sharp eyes need.
"""

_LIKELY_FRAME: Final = QMargins(8, 40, 8, 8)
"""A guess at the frame of a window not yet shown, wider than most."""


def fitted(place: QRect, room: QRect) -> QRect:
    """The nearest place that lies in a room, no larger than it."""
    size = place.size().boundedTo(room.size())
    left = min(max(place.left(), room.left()), room.right() + 1 - size.width())
    top = min(max(place.top(), room.top()), room.bottom() + 1 - size.height())
    return QRect(left, top, size.width(), size.height())


def size_on_screen(window: QWidget, wanted: QSize) -> QSize:
    """The part of a size that a window with its frame can have on its screen."""
    room = window.screen().availableGeometry()
    return wanted.boundedTo(room.marginsRemoved(_frame_of(window)).size())


def last_row_text(widget: QWidget) -> int:
    """Height of text to be read from the last row, in pixels of the window."""
    return max(12, round(LAST_ROW_SHARE * widget.screen().size().height()))


def _frame_of(window: QWidget) -> QMargins:
    outside, inside = window.frameGeometry(), window.geometry()
    if not window.isVisible() or outside == inside:
        return _LIKELY_FRAME
    return QMargins(
        inside.left() - outside.left(),
        inside.top() - outside.top(),
        outside.right() - inside.right(),
        outside.bottom() - inside.bottom(),
    )
