"""The commands of the window: one table, of which menus, keys, buttons and their words are made."""

from __future__ import annotations

import importlib.util
from typing import Final

from experiments import Registry
from gui.models.choices import (
    BRUSH_COMMANDS,
    DRAWING_COMMANDS,
    POPULATION_COMMANDS,
    SHAPE_COMMANDS,
    TEXT_COMMANDS,
    THEME_COMMANDS,
    VIEW_COMMANDS,
    VIEWS_LINE,
    WIDTH_COMMANDS,
)
from gui.models.command import (
    Bar,
    Button,
    Command,
    Face,
    KeyNote,
    MenuEntry,
    MenuPlace,
    Situation,
    same,
)
from gui.models.command_ports import WindowCommand
from gui.models.question_words import GO_TO_TIME, RUN_UNTIL_ORDER
from gui.models.recording_settings import INSTALL_COMMAND
from gui.models.sweep_commands import OPEN_LINE, SWEEP_COMMANDS

_MORE: Final = "\N{HORIZONTAL ELLIPSIS}"
_RECORD_WORDS: Final = "Record a video" + (
    "" if importlib.util.find_spec("av") else f"; needs PyAV: {INSTALL_COMMAND}"
)
_RESET: Final = "reset: same seed, from the start; what was painted stays"
_SEED: Final = "new seed: another random start"
_SAVE: Final = "save the run, save the settings as a preset"
_PICTURES: Final = "record a video or finish it, pause it, save a picture"
_UNDO: Final = "undo and redo: values, strokes, resets, presets"
_ZOOM: Final = "the grid larger, smaller, whole; Ctrl with the wheel does it too"


def _play_face(now: Situation) -> Face:
    return Face("pause-fill", "Pause") if now.is_playing else Face("play-fill", "Play")


def _record_face(now: Situation) -> Face:
    if now.is_recording:
        return Face("stop-circle", "Finish the recording")
    return Face("record", _RECORD_WORDS)


def _pause_face(now: Situation) -> Face:
    if now.is_recording_paused:
        return Face("play", "Go on with the recording: the frames are joined")
    return Face("pause", "Pause the recording: its time stands still")


def _is_ready(now: Situation) -> bool:
    return now.is_ready


_TABLE: Final[tuple[WindowCommand | KeyNote, ...]] = (
    Command(
        "play",
        lambda lab: lab.controller.toggle_play(),
        keys=("Space",),
        line="play or pause",
        button=Button(Bar.BEGIN, _play_face, is_enabled=_is_ready),
    ),
    Command(
        "step",
        lambda lab: lab.controller.step(),
        keys=(".",),
        line="step to the next flash",
        button=Button(
            Bar.BEGIN, same("skip-forward", "Step to the next flash"), is_enabled=_is_ready
        ),
    ),
    Command(
        "step period",
        lambda lab: lab.controller.step_period(),
        keys=(",",),
        line="step by one period",
        entries=(MenuEntry(MenuPlace.TIME, "Step by one period"),),
    ),
    Command(
        "go to time",
        lambda lab: lab.window.overlays.ask_line(GO_TO_TIME, lab.time.time_text, lab.time.go_to),
        keys=("T",),
        line="go to a time, ahead or back; run until R is above a level",
        entries=(MenuEntry(MenuPlace.TIME, f"Go to a time{_MORE}", GO_TO_TIME.sentence),),
    ),
    Command(
        "run until order",
        lambda lab: lab.window.overlays.ask_line(
            RUN_UNTIL_ORDER, lab.time.level_text, lab.time.run_until
        ),
        keys=("U",),
        line="go to a time, ahead or back; run until R is above a level",
        entries=(
            MenuEntry(MenuPlace.TIME, f"Run until R > 0.99{_MORE}", RUN_UNTIL_ORDER.sentence),
        ),
    ),
    Command(
        "reset",
        lambda lab: lab.controller.reset(),
        keys=("R",),
        line=_RESET,
        button=Button(
            Bar.BEGIN,
            same("arrow-counter-clockwise", _RESET.capitalize()),
            keys="R, without the paint Shift+R",
        ),
    ),
    Command(
        "reset and clear",
        lambda lab: lab.controller.reset_and_clear(),
        keys=("Shift+R",),
        line="reset and clear what was painted",
        entries=(MenuEntry(MenuPlace.RUN, "Reset and clear what was painted", rank=1),),
    ),
    Command(
        "new seed",
        lambda lab: lab.controller.new_seed(),
        keys=("N",),
        line=_SEED,
        button=Button(Bar.BEGIN, same("dice-five", _SEED.capitalize())),
    ),
    Command(
        "undo",
        lambda lab: lab.controller.undo(),
        keys=("Ctrl+Z",),
        line=_UNDO,
        entries=(MenuEntry(MenuPlace.RUN, "Undo"),),
    ),
    Command(
        "redo",
        lambda lab: lab.controller.redo(),
        keys=("Ctrl+Y",),
        other_keys=("Ctrl+Shift+Z",),
        line=_UNDO,
        entries=(MenuEntry(MenuPlace.RUN, "Redo"),),
    ),
    Command(
        "copy",
        lambda lab: lab.copy_command_line(),
        entries=(MenuEntry(MenuPlace.RUN, "Copy as a command line", rank=1),),
    ),
    Command(
        "presets",
        lambda lab: lab.own_presets.open(),
        keys=("G",),
        line="the gallery of presets",
        entries=(MenuEntry(MenuPlace.FILES, f"Presets{_MORE}"),),
    ),
    Command(
        "open",
        lambda lab: lab.window.dialogs.ask_for_file(lab.files.open),
        keys=("Ctrl+O",),
        line=OPEN_LINE,
        entries=(
            MenuEntry(MenuPlace.PRESETS, f"Open a preset{_MORE}"),
            MenuEntry(MenuPlace.FILES, f"Open a preset or a run{_MORE}"),
        ),
    ),
    Command(
        "save run",
        lambda lab: lab.window.dialogs.ask_where_to_save_run(lab.files.save),
        keys=("S",),
        line=_SAVE,
        entries=(MenuEntry(MenuPlace.FILES, f"Save the run{_MORE}"),),
    ),
    Command(
        "save preset",
        lambda lab: lab.window.dialogs.ask_where_to_save(lab.own_presets.save),
        keys=("Ctrl+Shift+S",),
        line=_SAVE,
        entries=(
            MenuEntry(MenuPlace.PRESETS, f"Save as a preset{_MORE}"),
            MenuEntry(MenuPlace.FILES, f"Save as a preset{_MORE}"),
        ),
    ),
    Command(
        "record",
        lambda lab: lab.recording.toggle(),
        keys=("Ctrl+Shift+R",),
        line=_PICTURES,
        entries=(MenuEntry(MenuPlace.FILES, "Record, or finish it"),),
        button=Button(Bar.END, _record_face),
    ),
    Command(
        "pause recording",
        lambda lab: lab.recording.toggle_pause(),
        keys=("Ctrl+Shift+P",),
        line=_PICTURES,
        entries=(MenuEntry(MenuPlace.RECORDING, "Pause the recording, or go on with it"),),
        button=Button(Bar.RECORDING, _pause_face),
        is_enabled=lambda now: now.is_recording,
    ),
    Command(
        "save picture",
        lambda lab: lab.stills.save(lab.recording.choice),
        keys=("Ctrl+S",),
        line=_PICTURES,
        entries=(MenuEntry(MenuPlace.FILES, "Save a picture"),),
    ),
    *SWEEP_COMMANDS,
    Command(
        "branch",
        lambda lab: lab.controller.branch(),
        keys=("B",),
        line="branch here: stop repeating, and take the controls",
    ),
    *VIEW_COMMANDS.values(),
    Command(
        "mark defects",
        lambda lab: lab.hand.toggle_defects(),
        keys=("W",),
        line=VIEWS_LINE,
        entries=(
            MenuEntry(
                MenuPlace.WINDOW,
                "Mark phase defects",
                "Squares of four fireflies around which the phase goes round: a disc with a plus "
                "where it grows clockwise, a square with a minus where it grows the other way",
            ),
        ),
        is_on=lambda now: now.marks_defects,
    ),
    *BRUSH_COMMANDS.values(),
    *SHAPE_COMMANDS.values(),
    *WIDTH_COMMANDS,
    Command(
        "zoom in",
        shows=lambda window: window.grid.zoom(1),
        keys=("+",),
        other_keys=("=",),
        line=_ZOOM,
        gives_way=True,
    ),
    Command(
        "zoom out",
        shows=lambda window: window.grid.zoom(-1),
        keys=("-",),
        line=_ZOOM,
        gives_way=True,
    ),
    Command(
        "whole grid",
        shows=lambda window: window.grid.show_whole(),
        keys=("0",),
        line=_ZOOM,
    ),
    KeyNote(
        ("Arrows", "Home", "End", "PgUp", "PgDn"), "move the cursor on the grid; with Ctrl further"
    ),
    KeyNote(("Enter",), "do with the brush what a click does; held while moving: a stroke"),
    KeyNote(
        ("Shift+Arrows", "Shift+Enter"), "a stroke; a straight line from where the brush was last"
    ),
    KeyNote(("Tab", "Shift+Tab"), "to the next control, to the one before"),
    Command(
        "answers",
        shows=lambda window: window.overlays.turn_to_notice(),
        keys=("A",),
        line="to the answers of a notice, and back",
    ),
    Command(
        "panels",
        shows=lambda window: window.toolbar.show_panel_menu(),
        button=Button(Bar.END, same("layout", "Panels to show or hide")),
    ),
    Command(
        "arrange panels",
        shows=lambda window: window.workbench.arrange_anew(),
        entries=(MenuEntry(MenuPlace.ARRANGEMENT, "Arrange as at first"),),
    ),
    Command(
        "calm",
        lambda lab: lab.controller.toggle_calm(),
        keys=("C",),
        line="calm: soften every change of brightness",
        entries=(MenuEntry(MenuPlace.WINDOW, "Calm: soften every change of brightness"),),
        is_on=lambda now: now.is_calm,
    ),
    *DRAWING_COMMANDS.values(),
    *POPULATION_COMMANDS,
    *TEXT_COMMANDS,
    *THEME_COMMANDS.values(),
    Command(
        "menu",
        shows=lambda window: window.toolbar.show_menu(),
        keys=("M",),
        line="menu: presets, panels, themes and more",
        button=Button(Bar.END, same("list", "Menu: presets, themes and more")),
    ),
    Command(
        "grid alone",
        shows=lambda window: window.toggle_grid_alone(),
        keys=("F11",),
        line="the grid alone, on the full screen",
        entries=(MenuEntry(MenuPlace.WINDOW, "Grid alone, full screen"),),
    ),
    Command(
        "caption",
        shows=lambda window: window.strip.toggle(),
        keys=("Shift+F11",),
        line="below the grid alone: time, R, and what there is to see",
        entries=(MenuEntry(MenuPlace.WINDOW, "Time, R and a sentence below the grid alone"),),
        is_on=lambda now: now.has_caption,
    ),
    Command(
        "quit",
        shows=lambda window: window.close(),
        keys=("Ctrl+Q",),
        line="quit",
        entries=(MenuEntry(MenuPlace.END, "Quit"),),
    ),
    KeyNote(("Esc",), "cancel, let go of a firefly, leave the full screen"),
    Command(
        "keys",
        shows=lambda window: window.overlays.toggle_keys(),
        keys=("?",),
        line="show or hide these keys",
        entries=(MenuEntry(MenuPlace.WINDOW, "Keys"),),
    ),
    Command(
        "about",
        shows=lambda window: window.show_about(),
        entries=(MenuEntry(MenuPlace.WINDOW, "About Fireflies"),),
    ),
)

COMMANDS: Final = Registry(_TABLE)
"""In the order of the list of keys, which menus and toolbar keep to; panels have theirs beside."""
