"""The widgets of the panels: each is made when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.instruments.panel import Panel
from gui.instruments.panel_view import LEAST_HEIGHT, CanBeLocked, PanelView, TellsStatus, make_view
from gui.models.status_readout import StatusReadout
from gui.picture.theme import Palette


class PanelViews(Mapping[str, QWidget]):
    """Views by name of panel; whoever asks for one gets it, made by then.

    Until a view is made something empty stands for it, which nobody tells from a plot that
    shows nothing yet. Each knows at once all that the others know: colours, status, data.

    Parameters
    ----------
    ready
        Those that there are already.
    panels
        The panels there are.
    palette
        Colours of the window.
    window
        Where they stand.
    """

    def __init__(
        self,
        ready: Mapping[str, QWidget],
        panels: Collection[Panel],
        palette: Palette,
        window: QWidget,
    ) -> None:
        self._panels = {panel.name: panel for panel in panels}
        self._made = dict(ready)
        # Made here, for Tab goes to what is in the window in the order in which it was made.
        self._stands = {name: QWidget(window) for name in self._panels if name not in ready}
        for name, stand in self._stands.items():
            if self._panels[name].is_shown_at_first or self._panels[name].is_shown_beside:
                stand.setMinimumHeight(LEAST_HEIGHT)
        self._style = (palette, 1.0)
        self._status: StatusReadout | None = None
        self._is_locked = False
        self._waiting: dict[str, object] = {}
        self._takers: list[Callable[[str, QWidget], object]] = []

    def __getitem__(self, name: str) -> QWidget:
        """The view of a panel."""
        return self._made[name] if name in self._made else self._make(name)

    def __iter__(self) -> Iterator[str]:
        """Names of all panels."""
        return iter(self._panels)

    def __len__(self) -> int:
        """How many panels there are."""
        return len(self._panels)

    def __contains__(self, name: object) -> bool:
        """Whether there is such a panel; its view isn't made for that."""
        return name in self._panels

    def is_made(self, name: str) -> bool:
        """Whether a view has been made."""
        return name in self._made

    def stand(self, name: str) -> QWidget:
        """The view of a panel or, as long as it isn't made, what stands for it."""
        return self._made[name] if name in self._made else self._stands[name]

    def on_made(self, take: Callable[[str, QWidget], object]) -> None:
        """Call a function with the name of each view and the view, once it is made."""
        self._takers.append(take)
        for name, view in tuple(self._made.items()):
            take(name, view)

    def show_in(self, name: str, data: object) -> None:
        """Give a view something to show, once it is made."""
        if name in self._made:
            cast(PanelView, self._made[name]).show_data(data)
        else:
            self._waiting[name] = data

    def show_status(self, status: StatusReadout) -> None:
        """Show a moment of the run in those that repeat words of the status line."""
        self._status = status
        for view in self._made.values():
            if isinstance(view, TellsStatus):
                view.show_status(status)

    def set_locked(self, is_locked: bool) -> None:
        """Whether nothing of the run can be changed, in those by which it is."""
        self._is_locked = is_locked
        for view in self._made.values():
            if isinstance(view, CanBeLocked):
                view.set_locked(is_locked)

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text."""
        self._style = palette, text_scale
        for view in self._made.values():
            cast(PanelView, view).show_style(palette, text_scale)

    def _make(self, name: str) -> QWidget:
        stand = self._stands.pop(name)
        palette, text_scale = self._style
        view = make_view(self._panels[name], palette, stand.window())
        _lead_to(view, stand)
        self._made[name] = view
        if text_scale != 1.0:
            cast(PanelView, view).show_style(palette, text_scale)
        if self._status is not None and isinstance(view, TellsStatus):
            view.show_status(self._status)
        if self._is_locked and isinstance(view, CanBeLocked):
            view.set_locked(True)
        if name in self._waiting:
            cast(PanelView, view).show_data(self._waiting.pop(name))
        for take in self._takers:
            take(name, view)
        stand.deleteLater()
        return view


def _lead_to(view: QWidget, stand: QWidget) -> None:
    """Let Tab go to a view where it would have gone to what stood for it."""
    stand.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # else Qt puts nothing after it
    before = stand
    for each in (view, *view.findChildren(QWidget)):
        if each.focusPolicy() != Qt.FocusPolicy.NoFocus:
            QWidget.setTabOrder(before, each)
            before = each
