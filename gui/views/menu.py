"""The menu: what has no place on the toolbar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from gui.models.command import SECTIONS, MenuPlace
from gui.views.actions import Actions


class PanelMenu(QMenu):
    """A tick for each panel that is shown."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__("Panels", parent)
        self.setToolTipsVisible(True)
        self.addActions(actions.at(MenuPlace.PANELS))
        self.addSeparator()
        self.addActions(actions.at(MenuPlace.ARRANGEMENT))


class ChoiceMenu(QMenu):
    """One of several: a mark at the one that was chosen."""

    def __init__(self, title: str, place: MenuPlace, actions: Actions, parent: QWidget) -> None:
        super().__init__(title, parent)
        group = QActionGroup(self)
        for action in actions.at(place):
            group.addAction(action)
        self.addActions(group.actions())


class PopulationMenu(ChoiceMenu):
    """What computes the fireflies, and the mirror."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__("Computed as", MenuPlace.POPULATIONS, actions, parent)
        self.setToolTipsVisible(True)
        self.addSeparator()
        self.addActions(actions.at(MenuPlace.POPULATIONS_END))


class RunMenu(QMenu):
    """Ways to another time of the run, and what else is done to it."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__("Run", parent)
        self.setToolTipsVisible(True)
        self.addActions(actions.at(MenuPlace.TIME))
        self.addSeparator()
        self.addActions(actions.at(MenuPlace.RUN))


class Menu(QMenu):
    """Submenus first, then the sections; the words name the keys that do the same."""

    def __init__(self, submenus: Sequence[QMenu], actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        for submenu in submenus:
            self.addMenu(submenu)
        for section in SECTIONS:
            self.addSeparator()
            self.addActions(actions.at(section))
