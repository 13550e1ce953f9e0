"""The panels as controllers see them: by name, whether they are seen, and what they show."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import QWidget

from gui.views.workbench import Workbench


class PanelScreen(QWidget):
    """A window with panels.

    Attributes
    ----------
    workbench
        Has them.
    """

    workbench: Workbench

    def is_seen(self, name: str) -> bool:
        """Whether a panel is shown, not below another, and has something to show things in."""
        return self.workbench.is_seen(name) and not self.workbench.is_held_back(name)

    def panels_shown(self) -> frozenset[str]:
        """Names of the panels that are shown, be they below others."""
        return self.workbench.shown()

    def show_panels(self, names: Collection[str]) -> None:
        """Show these panels and no others."""
        self.workbench.show_panels(names)

    def show_panel(self, name: str) -> None:
        """Show a panel, above others of its place."""
        self.workbench.show_panel(name)

    def room(self, name: str) -> tuple[int, int]:
        """Rows and columns of pixels that a panel has for its picture."""
        return self.workbench.room(name)

    def show_in(self, name: str, data: object) -> None:
        """Give a panel something to show."""
        self.workbench.show_in(name, data)
