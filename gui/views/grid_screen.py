"""The grid as controllers see it: frames, and what lies over them."""

from __future__ import annotations

from collections.abc import Collection

from experiments import Defects
from gui.models.hearers import Hearers
from gui.picture.frame_buffer import Frame
from gui.views.actions import Actions
from gui.views.grid import GridView
from gui.views.panel_screen import PanelScreen


class GridScreen(PanelScreen):
    """A window with a grid.

    Attributes
    ----------
    grid
        Shows the fireflies.
    commands
        Say what is switched on.
    """

    grid: GridView
    commands: Actions

    def show_frame(self, frame: Frame) -> None:
        """Show a picture of the swarm."""
        self.grid.show_picture(frame.cells)
        self.grid.words.show_evened(frame.is_evened)

    def show_preview(self, ids: Collection[int]) -> None:
        """Outline the fireflies within the shape that is being drawn."""
        self.grid.picture.show_preview(ids)

    def show_pinned(self, firefly: int | None) -> None:
        """Frame the firefly that was clicked."""
        self.grid.picture.show_pinned(firefly)

    def show_hearers(self, hearers: Hearers) -> None:
        """Frame those that hear the firefly that is looked at."""
        self.grid.picture.show_hearers(hearers)

    def show_marking(self, is_on: bool) -> None:
        """Show whether phase defects are marked."""
        self.commands.show(marks_defects=is_on)

    def show_defects(self, defects: Defects | None) -> None:
        """Mark phase defects; None takes the marks away."""
        self.grid.picture.show_defects(defects)
