"""A panel beside the grid: it can be moved, floated, stacked and hidden."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from gui.controls.focus import keep_for_focused
from gui.controls.screen_room import fitted
from gui.instruments.panel import Panel
from gui.picture.icons import icon
from gui.picture.theme import SIZES, Palette


class Hint(QLabel):
    """A few words that show only where there is room for all of them."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName("hint")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say it all, or nothing."""
        super().resizeEvent(event)
        fits = self.fontMetrics().horizontalAdvance(self._words) <= self.width()
        self.setText(self._words if fits else "")


class DockTitle(QWidget):
    """The title of a panel, to drag it by; with what its picture needs to be understood."""

    floatRequested = Signal()
    hideRequested = Signal()

    def __init__(self, panel: Panel, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dockTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setToolTip(f"{panel.sentence}  ({panel.key})")
        caption = QLabel(panel.title, self)
        caption.setObjectName("dockCaption")
        self._hint = Hint(panel.hint, self)
        self.buttons = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SIZES.rhythm, 0, SIZES.rhythm // 2, 0)
        layout.setSpacing(SIZES.rhythm // 2)
        layout.addWidget(caption)
        layout.addWidget(self._hint, 1)
        for icon_name, verb, request in (
            ("arrow-square-out", "Float or dock", self.floatRequested),
            ("x", "Hide", self.hideRequested),
        ):
            button = QToolButton(self)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the menu does the same by key
            button.setToolTip(verb)
            button.setAccessibleName(f"{verb}: {panel.title}")
            button.clicked.connect(request)
            layout.addWidget(button)
            self.buttons[icon_name] = button
        self.show_style(palette, 1.0)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        sizes = SIZES.with_text(text_scale)
        self.setFixedHeight(sizes.dock_title)
        for icon_name, button in self.buttons.items():
            button.setIcon(icon(icon_name, palette, is_quiet=True))
            button.setFixedSize(sizes.dock_title - 6, sizes.dock_title - 6)
            button.setIconSize(QSize(sizes.small_icon, sizes.small_icon))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave mouse events to the dock, which is dragged by its title."""
        event.ignore()


class Dock(QDockWidget):
    """A panel around the grid.

    Parameters
    ----------
    panel
        Which panel.
    content
        Its view, or what stands for it until there is one.
    palette
        Its colours.
    parent
        Where it stands.

    Attributes
    ----------
    widths
        How many widths of a usual panel it takes at first.
    """

    seenChanged = Signal(str, bool)
    """Name of the panel, and whether it can be seen now: shown, and not below another."""

    def __init__(self, panel: Panel, content: QWidget, palette: Palette, parent: QWidget) -> None:
        super().__init__(panel.title, parent)
        self.widths = panel.widths
        self.setObjectName(f"dock_{panel.name}")  # saved layouts know it by this
        self.setAccessibleName(panel.title)
        self.setAccessibleDescription(panel.sentence)
        self._palette = palette
        self.title = DockTitle(panel, palette, self)
        self.setTitleBarWidget(self.title)
        self.setWidget(content)
        self.title.floatRequested.connect(self._on_title_float_requested)
        self.title.hideRequested.connect(self.hide)
        self.visibilityChanged.connect(partial(self.seenChanged.emit, panel.name))
        self.visibilityChanged.connect(self._on_visibility_changed)
        self._led_to: dict[QWidget, Qt.FocusPolicy] = {}
        self.topLevelChanged.connect(self._on_top_level_changed)

    def stands_in(self, main: QMainWindow, area: Qt.DockWidgetArea) -> bool:
        """Whether it shows in an area of a window, and doesn't float."""
        return main.dockWidgetArea(self) is area and not (self.isFloating() or self.isHidden())

    def event(self, event: QEvent) -> bool:
        """Floating, it is a window, where a focused button is pressed by the space bar as well."""
        return (self.isFloating() and keep_for_focused(event)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Floating, it passes unhandled keys on to the window, as it does beside the grid."""
        event.ignore()
        if self.isFloating() and (host := self.parentWidget()) is not None:
            QApplication.sendEvent(host, event)

    def bring_onto_screen(self) -> None:
        """If it floats off all screens, or is too large, move it to where it can be reached."""
        if self.isFloating():
            self.setGeometry(fitted(self.geometry(), self.screen().availableGeometry()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Floating, with a frame: it lies over others that look like it.

        Inside of it too, for a content that keeps to a width doesn't reach everywhere.
        """
        super().paintEvent(event)
        if self.isFloating():
            painter = QPainter(self)
            painter.fillRect(self.rect(), QColor(self._palette.panel))
            painter.setPen(QColor(self._palette.muted))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._palette = palette
        self.title.show_style(palette, text_scale)
        self.update()

    def take(self, view: QWidget) -> None:
        """Have this as the content from now on."""
        if view is self.widget():
            return
        self.setWidget(view)
        view.show()
        if self._led_to:
            self._lead_nowhere()

    def _lead_nowhere(self) -> None:
        parts = [self.widget(), *self.widget().findChildren(QWidget)]
        self._led_to = {each: each.focusPolicy() for each in parts}
        for each in parts:
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _on_visibility_changed(self, is_seen: bool) -> None:
        """Below another panel no key leads to it."""
        if not is_seen and not self.isHidden() and not self._led_to:
            self._lead_nowhere()
        elif is_seen:
            for each, policy in self._led_to.items():
                each.setFocusPolicy(policy)
            self._led_to = {}

    def _on_title_float_requested(self) -> None:
        before = QRect(self.mapToGlobal(QPoint()), self.size())
        self.setFloating(not self.isFloating())
        host = self.parentWidget()
        if self.isFloating() and host is not None:
            # Beside where it was, which its neighbours take over.
            middle = host.mapToGlobal(host.rect().center())
            away = middle - before.center()
            way = QPoint(
                *(SIZES.float_offset * (1 if each >= 0 else -1) for each in away.toTuple())
            )
            self.setGeometry(before.translated(way))
            self.bring_onto_screen()

    def _on_top_level_changed(self, is_floating: bool) -> None:
        width = SIZES.float_frame if is_floating else 0
        self.setContentsMargins(width, width, width, width)
