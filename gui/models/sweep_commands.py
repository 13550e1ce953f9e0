"""The commands of sweeps."""

from __future__ import annotations

from typing import Final

from gui.models.command import Command, MenuEntry, MenuPlace
from gui.models.command_ports import WindowCommand

OPEN_LINE: Final = "open a preset or a run; sweep the parameter that has the focus"
_MORE: Final = "\N{HORIZONTAL ELLIPSIS}"

SWEEP_COMMANDS: Final[tuple[WindowCommand, ...]] = (
    Command(
        "sweep",
        lambda lab: lab.asking_sweep.ask(lab.window.panel.focused_parameter()),
        keys=("Shift+S",),
        line=OPEN_LINE,
        entries=(
            MenuEntry(
                MenuPlace.FILES,
                f"Sweep{_MORE}",
                "Run the model for many values of one parameter or two, and map what comes of it",
            ),
        ),
    ),
    Command(
        "open sweep",
        lambda lab: lab.window.dialogs.ask_for_folder(
            "Folder of a sweep", lab.sweeping.place, lab.sweeping.show
        ),
        entries=(MenuEntry(MenuPlace.FILES, f"Open a sweep{_MORE}"),),
    ),
)
