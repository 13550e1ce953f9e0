"""The ways from the words of the status line to what they are about."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui.controls.focus import lead_to
from gui.instruments.controls import CONTROLS
from gui.instruments.failures import FAILURES
from gui.views.actions import Actions
from gui.views.control_panel import ControlPanel
from gui.views.status_line import StatusLine
from gui.views.workbench import Workbench


class StatusWays(QObject):
    """A click on a warning leads to the list of problems, one on the seed or time to its field.

    Parameters
    ----------
    line
        Where is clicked.
    workbench
        Brings panels to sight.
    panel
        Has the field of the seed.
    commands
        Ask for a time.
    """

    def __init__(
        self, line: StatusLine, workbench: Workbench, panel: ControlPanel, commands: Actions
    ) -> None:
        super().__init__(line)
        self._workbench, self._panel = workbench, panel
        line.problemsRequested.connect(self._on_line_problems_requested)
        line.timeRequested.connect(commands["go to time"].trigger)
        line.seedRequested.connect(self._on_line_seed_requested)

    def _on_line_problems_requested(self) -> None:
        self._workbench.show_panel(FAILURES.name)

    def _on_line_seed_requested(self) -> None:
        self._workbench.show_panel(CONTROLS.name)
        lead_to(self._panel.entries["seed"].value_field)
