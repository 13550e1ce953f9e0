"""The exploring of a plot by hand: pointing reads out, the wheel zooms, dragging moves."""

from __future__ import annotations

from typing import Final, Protocol, cast, runtime_checkable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from gui.controls.wheel import turned
from gui.instruments.read_out import ReadOut
from gui.instruments.reading import Reading
from gui.picture.theme import Palette

ZOOM_OF_A_STEP: Final = 1.25
PAN_OF_A_STEP: Final = 0.1
_STEP: Final = 8.0  # pixels that an arrow key moves the read-out
_FINE_STEP: Final = 1.0
_MIDDLE: Final = (0.5, 0.5)
_KEYS: Final = frozenset(
    (
        *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End),
        *(Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus),
    )
)
_UPRIGHT_KEYS: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: 1,
    Qt.Key.Key_PageDown: -1,
}
"""Which way they lead: the arrows along the upright axis, the others nearer and farther."""


class Explored(Protocol):
    """A plot that can be explored; places are in its pixels."""

    def area(self) -> QRectF:
        """Where its picture is."""

    def reading_at(self, x: float, y: float) -> Reading | None:
        """What is known at a place of it, if anything."""

    def zoom_by(self, factor: float, x: float, y: float) -> None:
        """Show less, for a factor above 1, about a place that stays put."""

    def pan_by(self, share: float) -> None:
        """Move by a share of what is shown, towards the right end if above 0."""

    def show_all(self) -> None:
        """Show all there is."""


@runtime_checkable
class ExploredUpright(Protocol):
    """A plot of which a part can be seen along the upright axis too."""

    def zoom_upright_by(self, factor: float, y: float) -> None:
        """Show less along the upright axis alone, for a factor above 1, about a place."""

    def pan_upright_by(self, share: float) -> None:
        """Move by a share of what is shown, towards the lower end if above 0."""


class Exploring(QObject):
    """Turns what hands do to a plot into calls of it, and shows its read-out.

    Pointing shows the read-out, the wheel zooms about the pointer, dragging moves, a double click
    shows all. With the focus, the arrows move the read-out, and the plot once it is at its edge;
    with Shift they move the plot, with Ctrl the read-out by a pixel; ``+``, ``-`` and Home zoom.
    Where the plot is an :class:`ExploredUpright`, the wheel with Shift, or beside the picture,
    zooms along the upright axis alone, and so do PgUp and PgDn.
    While neither pointer nor focus is there it has nothing to do.

    Parameters
    ----------
    view
        The plot: an :class:`Explored`, which has the keys.
    surface
        The widget of it that has the pointer.
    palette
        Colours of the read-out.
    """

    def __init__(self, view: QWidget, surface: QWidget, palette: Palette) -> None:
        super().__init__(view)
        self._view = view
        self._explored = cast(Explored, view)
        self._upright = view if isinstance(view, ExploredUpright) else None
        self._surface = surface
        self.read_out = ReadOut(palette, view)
        self.read_out.setGeometry(view.rect())
        self._pointer: tuple[float, float] | None = None
        self._by_key: tuple[float, float] | None = None  # shares of width and height
        self._dragged_from: tuple[float, float] | None = None
        surface.setMouseTracking(True)
        view.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for widget in {view, surface}:
            widget.installEventFilter(self)

    @property
    def is_by_key(self) -> bool:
        """Whether keys have moved the read-out, and not the pointer."""
        return self._by_key is not None

    def point_to(self, x: float) -> None:
        """Read out at a pixel, as if keys had led there."""
        area = self._explored.area()
        share = (x - area.left()) / max(1.0, area.width())
        self._pointer, self._by_key = None, (min(max(share, 0.0), 1.0), 0.5)
        self._read()

    def refresh(self) -> None:
        """What the plot shows has changed: read it anew, if anybody reads."""
        if self._pointer is not None or self._by_key is not None:
            self._read()

    def _read(self) -> None:
        area = self._explored.area()
        if self._by_key is not None:
            reading = self._explored.reading_at(*self._key_place())
            self._view.setAccessibleDescription(reading.words if reading else "")
        elif self._pointer is not None and area.contains(*self._pointer):
            reading = self._explored.reading_at(*self._pointer)
        else:
            reading = None
        self.read_out.show_reading(reading, area)

    # -- input --------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whether an event was for the exploring alone."""
        match event.type():
            case QEvent.Type.MouseMove:
                return self._move(cast(QMouseEvent, event))
            case QEvent.Type.MouseButtonPress:
                return self._press(cast(QMouseEvent, event))
            case QEvent.Type.MouseButtonRelease:
                self._dragged_from = None
                return True
            case QEvent.Type.MouseButtonDblClick:
                self._explored.show_all()
                return True
            case QEvent.Type.Wheel if watched is self._surface:
                return self._turn(cast(QWheelEvent, event))
            case QEvent.Type.Leave if watched is self._surface:
                self._pointer = None
                self._read()
            case QEvent.Type.ShortcutOverride if watched is self._view:
                return self._keep(cast(QKeyEvent, event))
            case QEvent.Type.KeyPress if watched is self._view:
                return self._key(cast(QKeyEvent, event))
            case QEvent.Type.FocusOut if watched is self._view:
                self._by_key = None
                self._read()
            case QEvent.Type.Resize if watched is self._view:
                self.read_out.setGeometry(self._view.rect())
                self.refresh()
        return False

    def _press(self, event: QMouseEvent) -> bool:
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged_from = event.position().toTuple()
        return True

    def _move(self, event: QMouseEvent) -> bool:
        x, y = event.position().toTuple()
        self._pointer, self._by_key = (x, y), None
        if self._dragged_from is not None and event.buttons() & Qt.MouseButton.LeftButton:
            area, (from_x, from_y) = self._explored.area(), self._dragged_from
            self._explored.pan_by((from_x - x) / max(1.0, area.width()))
            if self._upright is not None:
                self._upright.pan_upright_by((from_y - y) / max(1.0, area.height()))
            self._dragged_from = x, y
        self._read()
        return True

    def _turn(self, event: QWheelEvent) -> bool:
        sideways, up = turned(event)
        x, y = event.position().toTuple()
        is_upright = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        is_upright = is_upright or x < self._explored.area().left()
        if self._upright is not None and is_upright and (sideways or up):
            self._upright.zoom_upright_by(ZOOM_OF_A_STEP ** (up or sideways), y)
        elif up:
            self._explored.zoom_by(ZOOM_OF_A_STEP**up, x, y)
        elif sideways:
            self._explored.pan_by(-sideways * PAN_OF_A_STEP)
        self.refresh()
        event.accept()
        return True

    def _key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Left:
                self._step(-1, event.modifiers())
            case Qt.Key.Key_Right:
                self._step(1, event.modifiers())
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._explored.zoom_by(ZOOM_OF_A_STEP, *self._key_place())
            case Qt.Key.Key_Minus:
                self._explored.zoom_by(1.0 / ZOOM_OF_A_STEP, *self._key_place())
            case Qt.Key.Key_Home:
                self._explored.show_all()
            case Qt.Key.Key_Up | Qt.Key.Key_Down if self._upright is not None:
                self._step_upright(_UPRIGHT_KEYS[Qt.Key(event.key())], event.modifiers())
            case Qt.Key.Key_PageUp | Qt.Key.Key_PageDown if self._upright is not None:
                factor = ZOOM_OF_A_STEP ** _UPRIGHT_KEYS[Qt.Key(event.key())]
                self._upright.zoom_upright_by(factor, self._key_place()[1])
            case _:
                return False
        self.refresh()
        return True

    def _key_place(self) -> tuple[float, float]:
        """Where keys zoom: at the read-out that they move, else in the middle."""
        area, (across, down) = self._explored.area(), self._by_key or _MIDDLE
        return area.left() + across * area.width(), area.top() + down * area.height()

    def _step(self, way: int, modifiers: Qt.KeyboardModifier) -> None:
        across, down = self._by_key or _MIDDLE
        to = _stepped(across, way, modifiers, self._explored.area().width())
        if to != across:
            self._by_key = to, down
        else:
            self._explored.pan_by(way * PAN_OF_A_STEP)

    def _step_upright(self, way: int, modifiers: Qt.KeyboardModifier) -> None:
        assert self._upright is not None
        across, down = self._by_key or _MIDDLE
        to = _stepped(down, way, modifiers, self._explored.area().height())
        if to != down:
            self._by_key = across, to
        else:
            self._upright.pan_upright_by(way * PAN_OF_A_STEP)

    def _keep(self, event: QKeyEvent) -> bool:
        """Keep a key that is for the plot from the shortcuts of the window; whether it is."""
        others = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        is_ours = event.key() in _KEYS
        is_ours = is_ours or (self._upright is not None and event.key() in _UPRIGHT_KEYS)
        is_kept = is_ours and not event.modifiers() & others
        if is_kept:
            event.accept()
        return is_kept


def _stepped(share: float, way: int, modifiers: Qt.KeyboardModifier, length: float) -> float:
    """Where the read-out goes along an axis; the same where the plot is to move instead."""
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return share
    step = _FINE_STEP if modifiers & Qt.KeyboardModifier.ControlModifier else _STEP
    return min(max(share + way * step / max(1.0, length), 0.0), 1.0)
