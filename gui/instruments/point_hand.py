"""The hand on points of a curve: it drags, adds and removes them, by pointer and by keys."""

from __future__ import annotations

from typing import Final, Protocol, cast

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from experiments import Points
from gui.models.drawn_points import beside

_STEP: Final = 0.01
_FINE_STEP: Final = 0.001
_BY_KEY: Final = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Down: (0, -1),
    Qt.Key.Key_Up: (0, 1),
}


class PointPlot(Protocol):
    """A plot with points; places are in its pixels."""

    is_locked: bool

    @property
    def points(self) -> Points: ...
    def share_at(self, x: float) -> float: ...
    def shift_at(self, y: float) -> float: ...
    def point_at(self, place: QPointF) -> int | None: ...
    def is_on_curve(self, place: QPointF) -> bool: ...
    def move_point(self, k: int, phase: float, shift: float) -> None: ...
    def add_point(self, phase: float) -> int | None: ...
    def remove_point(self, k: int) -> None: ...
    def look_at(self, k: int) -> None: ...
    def end_drawing(self) -> None: ...


class PointHand(QObject):
    """Turns what hands do to the points of a plot into calls of it.

    A point is dragged; a double click on the curve adds one, a right click on one removes it. With
    the focus Left and Right choose a point; with Shift the arrows move it by a hundredth, with
    Ctrl too by a thousandth; Insert adds one behind it, Delete removes it. What is for no point
    goes on to the plot.

    Parameters
    ----------
    plot
        A :class:`PointPlot`, which has the keys and the pointer.

    Attributes
    ----------
    chosen
        The point that keys are for; None if there is none.
    is_holding
        Whether a point is being moved: until then all that is done to it is one step.
    """

    def __init__(self, plot: QWidget) -> None:
        super().__init__(plot)
        self._widget = plot
        self._plot = cast(PointPlot, plot)
        self.chosen: int | None = None
        self.is_holding = False
        self._grip = QPointF()
        plot.installEventFilter(self)

    def keep_within(self, n: int) -> None:
        """There are so many points now."""
        if self.chosen is not None:
            self.chosen = min(self.chosen, n - 1) if n else None

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Whether an event was for a point."""
        match event.type():
            case QEvent.Type.FocusIn if cast(QFocusEvent, event).reason() in _BY_KEY:
                self._choose(self.chosen or 0)
            case QEvent.Type.FocusOut:
                self._let_go()
            case QEvent.Type.ShortcutOverride:
                return self._keep(cast(QKeyEvent, event))
            case QEvent.Type.KeyPress:
                return self._press_key(cast(QKeyEvent, event))
            case QEvent.Type.KeyRelease:
                if self.is_holding and not cast(QKeyEvent, event).isAutoRepeat():
                    self._let_go()
            case QEvent.Type.MouseButtonPress:
                return self._press(cast(QMouseEvent, event))
            case QEvent.Type.MouseMove:
                return self._move(cast(QMouseEvent, event))
            case QEvent.Type.MouseButtonRelease if self.is_holding:
                self._let_go()
                return True
            case QEvent.Type.MouseButtonDblClick:
                return self._click_twice(cast(QMouseEvent, event))
        return False

    def _choose(self, k: int) -> None:
        if self._plot.points:
            self.chosen = min(max(k, 0), len(self._plot.points) - 1)
            self._plot.look_at(self.chosen)
            self._widget.update()

    def _let_go(self) -> None:
        if self.is_holding:
            self.is_holding = False
            self._plot.end_drawing()

    # -- by pointer ---------------------------------------------------------------------

    def _press(self, event: QMouseEvent) -> bool:
        k = self._plot.point_at(event.position())
        if k is None or self._plot.is_locked:
            return False
        if event.button() is Qt.MouseButton.LeftButton:
            self.chosen, self.is_holding = k, True
            self._widget.setFocus(Qt.FocusReason.MouseFocusReason)
            phase, shift = self._plot.points[k]
            at = event.position()
            self._grip = QPointF(
                phase - self._plot.share_at(at.x()), shift - self._plot.shift_at(at.y())
            )
            self._widget.update()
        elif event.button() is Qt.MouseButton.RightButton and not self.is_holding:
            self._plot.remove_point(k)
            self._plot.end_drawing()
        return True

    def _move(self, event: QMouseEvent) -> bool:
        at = event.position()
        if self.is_holding and self.chosen is not None:
            phase = self._plot.share_at(at.x()) + self._grip.x()
            shift = self._plot.shift_at(at.y()) + self._grip.y()
            self._plot.move_point(self.chosen, phase, shift)
        is_over = not self._plot.is_locked and self._plot.point_at(at) is not None
        self._widget.setCursor(
            Qt.CursorShape.SizeAllCursor if is_over or self.is_holding
            else Qt.CursorShape.ArrowCursor
        )  # fmt: skip
        return False  # the plot reads out what is there

    def _click_twice(self, event: QMouseEvent) -> bool:
        if self._plot.is_locked or event.button() is not Qt.MouseButton.LeftButton:
            return False
        if self._plot.point_at(event.position()) is not None:
            return self._press(event)
        if not self._plot.is_on_curve(event.position()):
            return False
        self._widget.setFocus(Qt.FocusReason.MouseFocusReason)  # for the keys that move it
        self._add(self._plot.share_at(event.position().x()))
        return True

    def _add(self, phase: float) -> None:
        k = self._plot.add_point(phase)
        if k is not None:
            self._plot.end_drawing()
            self._choose(k)

    # -- by keys ------------------------------------------------------------------------

    def _is_ours(self, event: QKeyEvent) -> bool:
        key, with_shift = Qt.Key(event.key()), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        if key in (Qt.Key.Key_Insert, Qt.Key.Key_Delete):
            return True
        if key not in _ARROWS:
            return False
        with_control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        return bool(with_shift) or (_ARROWS[key][0] != 0 and not with_control)

    def _keep(self, event: QKeyEvent) -> bool:
        """Keep a key that is for a point from the shortcuts of the window; whether it is."""
        is_ours = self._is_ours(event)
        if is_ours:
            event.accept()
        return is_ours

    def _press_key(self, event: QKeyEvent) -> bool:
        if not self._is_ours(event) or not self._plot.points:
            return False
        k, key = self.chosen or 0, Qt.Key(event.key())
        if key in _ARROWS and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._choose(k + _ARROWS[key][0])
        elif self._plot.is_locked:
            return True
        elif key == Qt.Key.Key_Insert:
            self._add(beside(self._plot.points, k))
        elif key == Qt.Key.Key_Delete:
            self._plot.remove_point(k)
            self._plot.end_drawing()
            self._choose(k)
        else:
            is_fine = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            step = _FINE_STEP if is_fine else _STEP
            (right, up), (phase, shift) = _ARROWS[key], self._plot.points[k]
            self.chosen, self.is_holding = k, True
            self._plot.move_point(k, phase + right * step, shift + up * step)
            self._plot.look_at(k)
        return True
