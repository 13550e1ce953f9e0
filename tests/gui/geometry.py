"""What is cut, hidden or outside of a window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QLabel,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QTabBar,
    QWidget,
)

from gui.models.notice import Answer, Notice
from gui.views.window import Window
from tests.gui.application import parent_of

CONTROLS = (QLabel, QAbstractButton, QAbstractSpinBox, QAbstractSlider)

LONG_NOTICE = Notice(
    "Recorded 1:02:03, 123 MB, 12 frames dropped: /home/somebody/Videos/Fireflies/one of them.mp4",
    (Answer("Open folder", list), Answer("Forget", list)),
)


def settle() -> None:
    """Let layouts, and what follows from them, take their places."""
    for _ in range(4):
        QApplication.processEvents()


def name_of(widget: QWidget) -> str:
    """Something to find a widget by."""
    words = widget.text() if hasattr(widget, "text") else ""
    return f"{type(widget).__name__} {widget.objectName()} {widget.accessibleName()} {words!r}"


def outside(widget: QWidget, window: Window) -> QWidget | None:
    """The ancestor that a widget sticks out of, if scrolling can't bring it to sight."""
    rect = QRect(QPoint(0, 0), widget.size())
    part: QWidget = widget
    while part is not window:
        rect.translate(part.pos())
        parent = parent_of(part)
        area = parent.parentWidget()
        if isinstance(area, QScrollArea) and area.widget() is part:
            for bar, has, room in (
                (area.horizontalScrollBar(), part.width(), parent.width()),
                (area.verticalScrollBar(), part.height(), parent.height()),
            ):
                if has > room and not bar.maximum():
                    return area
            rect = QRect(QPoint(0, 0), parent.size())
        elif not parent.rect().contains(rect):
            return parent
        part = parent
    return None


def is_below_another(widget: QWidget, window: Window) -> bool:
    """Whether a widget is in a panel that is stacked below another."""
    docks = window.workbench.docks.items()
    return any(dock.isAncestorOf(widget) and not window.is_seen(name) for name, dock in docks)


def is_cut(widget: QWidget) -> bool:
    """Whether a widget is too small for its own words."""
    if isinstance(widget, QLabel):
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) > widget.height()
        if widget.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored:
            return False
        needed = widget.sizeHint()
        return needed.width() > widget.width() or needed.height() > widget.height()
    if isinstance(widget, QAbstractSpinBox):
        longest = "1,000x" if widget.accessibleName().startswith("Speed") else "0.30 period"
        needed = widget.fontMetrics().size(0, longest)
        return needed.width() > widget.width() - 16 or needed.height() > widget.height()
    if isinstance(widget, QAbstractButton):
        size = widget.fontMetrics().size(0, widget.text()) if widget.text() else QSize()
        return size.width() > widget.width() or size.height() > widget.height()
    return False


def faults(window: Window) -> list[str]:
    """What can't be read or reached, in words."""
    parts = [window.toolbar, window.bench, window.timeline, window.status_line]
    places = [part.geometry() for part in parts if part.isVisible()]
    edges = [edge for place in places for edge in (place.top(), place.bottom() + 1)]
    found = [] if edges == sorted(edges) and edges[0] == 0 else [f"parts over each other: {edges}"]
    controls = (each for each in window.findChildren(QWidget) if isinstance(each, CONTROLS))
    for widget in controls:
        is_own = isinstance(widget, QScrollBar) or isinstance(widget.parentWidget(), QTabBar)
        if is_own or not widget.isVisible() or is_below_another(widget, window):
            continue
        if isinstance(widget.parentWidget(), QAbstractScrollArea):
            continue
        if (parent := outside(widget, window)) is not None:
            found.append(f"{name_of(widget)} sticks out of {name_of(parent)}")
        if is_cut(widget):
            found.append(f"{name_of(widget)} is too small: {widget.size()}")
    return found
