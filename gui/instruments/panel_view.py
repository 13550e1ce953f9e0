"""The widget of a panel: what the window asks of it, and how it is made."""

from __future__ import annotations

import pkgutil
from typing import Any, Final, Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from gui.instruments.panel import Panel
from gui.models.status_readout import StatusReadout
from gui.picture.theme import Palette

LEAST_HEIGHT: Final = 96
"""Pixels that a plot needs; as many are kept for a view that isn't made yet."""


@runtime_checkable
class PanelView(Protocol):
    """A widget, made with a palette and the widget that it stands in.

    The room for its picture is what its contents margins leave of it.
    """

    def show_data(self, data: Any) -> None:
        """Show what was worked out for it, or what it is given by others."""

    def show_style(self, palette: Palette, text_scale: float) -> None:
        """Take on the colours of a theme, and the size of the text, 1 being usual."""


@runtime_checkable
class TellsStatus(Protocol):
    """A view that repeats words of the status line, at the moment in which they change."""

    def show_status(self, status: StatusReadout) -> None:
        """Show a moment of the run."""


@runtime_checkable
class ShowsTime(Protocol):
    """A view over virtual time, which it shares with all others; emits which part is wanted.

    Attributes
    ----------
    zoomRequested
        A factor, above 1 to see less time, and the time that stays put, seconds.
    panRequested
        Seconds by which to show later times.
    wholeRequested, latestRequested
        All of the run; the last periods, which follow the present.
    """

    zoomRequested: Any
    panRequested: Any
    wholeRequested: Any
    latestRequested: Any


@runtime_checkable
class ShowsRows(Protocol):
    """A view in which each firefly has a row; emits which of them are wanted.

    Attributes
    ----------
    rowsZoomRequested
        A factor, above 1 to see fewer, and the share of all that stays put.
    rowsPanRequested
        Share of what shows by which to show higher ids.
    allRowsRequested
        All fireflies.
    """

    rowsZoomRequested: Any
    rowsPanRequested: Any
    allRowsRequested: Any


@runtime_checkable
class CanBeLocked(Protocol):
    """A view by which the run can be changed."""

    def set_locked(self, is_locked: bool) -> None:
        """While a run is repeated nothing of it can be changed."""


@runtime_checkable
class DrawsResponse(Protocol):
    """A view by which the response is drawn; emits what it should be.

    Attributes
    ----------
    pointsDrawn
        Points: phases and shifts.
    drawingEnded
        The hand has let go: one drag is one step.
    shapeChosen
        Name of a response, or of a known shape.
    """

    pointsDrawn: Any
    drawingEnded: Any
    shapeChosen: Any


@runtime_checkable
class ShowsSweep(Protocol):
    """A view of a sweep; emits what is asked of it.

    Attributes
    ----------
    sweepRequested
        Another sweep, to be asked for.
    observableChosen, valuesChosen
        What is drawn, by name; which values of the axes that aren't drawn, by their numbers.
    runRequested
        The run of a cell, by its number.
    pauseRequested, goOnRequested, stopRequested
        What is to become of it.
    saveRequested, folderRequested
        Where it is to be kept, and where it is.
    """

    sweepRequested: Any
    observableChosen: Any
    valuesChosen: Any
    runRequested: Any
    pauseRequested: Any
    goOnRequested: Any
    stopRequested: Any
    saveRequested: Any
    folderRequested: Any


def make_view(panel: Panel, palette: Palette, parent: QWidget) -> QWidget:
    """The widget of a panel, in colours of a theme; a :class:`PanelView` too.

    Raises
    ------
    TypeError
        What the panel names gives no widget, or one that isn't a view.
    """
    view = pkgutil.resolve_name(panel.view)(palette, parent)
    if not (isinstance(view, QWidget) and isinstance(view, PanelView)):
        raise TypeError(f"panel {panel.name!r} must name a widget that is a view, got {view!r}")
    return view
