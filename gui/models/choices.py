"""The commands that choose among several: views, brushes, themes, sizes of text, panels shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Protocol

from experiments import AUTO, COMPILED, WORKFLOWS
from gui.models.brush import BRUSH_KEYS, Brush
from gui.models.colouring import VIEW_KEYS, Colouring
from gui.models.command import (
    AnyCommand,
    Command,
    CommandTable,
    KeyNote,
    MenuEntry,
    MenuPlace,
    keys_text,
)
from gui.models.command_ports import WindowCommand
from gui.models.drawing import DRAWING_WORDS, Drawing
from gui.models.look import THEME_WORDS, Theme
from gui.models.stroke_shape import SHAPE_KEYS, StrokeShape


class PanelWords(Protocol):
    """What a panel says of itself."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def sentence(self) -> str: ...


VIEWS_LINE: Final = "views: glow, phase, local order; marks on phase defects"


def _choosing_view(colouring: Colouring) -> WindowCommand:
    return Command(
        f"view {colouring.value}",
        lambda lab: lab.controller.choose_view(colouring),
        keys=(VIEW_KEYS[colouring],),
        line=VIEWS_LINE,
    )


def _choosing_brush(brush: Brush) -> WindowCommand:
    return Command(
        f"brush {brush.value}",
        lambda lab: lab.hand.choose_brush(brush),
        keys=(BRUSH_KEYS[brush],),
        line="brushes: look, flash, scramble, silence, pacemaker, revive",
    )


def _choosing_shape(shape: StrokeShape) -> WindowCommand:
    return Command(
        f"shape {shape.value}",
        lambda lab: lab.hand.choose_shape(shape),
        keys=(SHAPE_KEYS[shape],),
        line="shapes of a stroke: free, line, rectangle, fill",
    )


def _choosing_theme(theme: Theme) -> WindowCommand:
    return Command(
        f"theme {theme.value}",
        lambda lab: lab.appearance.choose_theme(theme),
        entries=(MenuEntry(MenuPlace.THEMES, THEME_WORDS[theme]),),
        is_on=lambda now: now.theme is theme,
    )


def _choosing_drawing(drawing: Drawing) -> WindowCommand:
    return Command(
        f"draw {drawing.value}",
        lambda lab: lab.controller.choose_drawing(drawing),
        entries=(MenuEntry(MenuPlace.DRAWINGS, DRAWING_WORDS[drawing]),),
        is_on=lambda now: now.drawing is drawing,
    )


def _sizing_text(name: str, steps: int, *keys: str) -> WindowCommand:
    return Command(
        f"{name} text",
        lambda lab: lab.appearance.step_text(steps),
        keys=keys,
        line="larger, smaller, usual text",
    )


def _toggling_panel(panel: PanelWords) -> WindowCommand:
    return Command(
        f"panel {panel.name}",
        shows=lambda window: window.workbench.toggle_panel(panel.name),
        keys=(panel.key,),
        line="show or hide a panel",
        entries=(MenuEntry(MenuPlace.PANELS, panel.title, panel.sentence),),
        is_on=lambda now: panel.name in now.panels,
    )


def with_panels(
    table: Iterable[AnyCommand | KeyNote], panels: Iterable[PanelWords]
) -> CommandTable:
    """A table with a command for each panel, before the one whose button names their keys."""
    of_panels = tuple(_toggling_panel(panel) for panel in panels)
    whole: list[AnyCommand | KeyNote] = []
    for each in table:
        if isinstance(each, Command) and each.name == "panels" and each.button is not None:
            whole += of_panels
            each = replace(each, button=replace(each.button, keys=keys_text(of_panels)))
        whole.append(each)
    return whole


_POPULATION_WORDS: Final = {
    AUTO: "As suits their number",
    WORKFLOWS.name: "A workflow for each firefly",
    COMPILED.name: "Compiled, without workflows",
}


def _choosing_population(choice: str) -> WindowCommand:
    return Command(
        f"population {choice}",
        lambda lab: lab.computing.choose_population(choice),
        entries=(MenuEntry(MenuPlace.POPULATIONS, _POPULATION_WORDS[choice]),),
        is_on=lambda now: now.population == choice,
    )


VIEW_COMMANDS: Final = {each: _choosing_view(each) for each in Colouring}
BRUSH_COMMANDS: Final = {brush: _choosing_brush(brush) for brush in Brush}
SHAPE_COMMANDS: Final = {shape: _choosing_shape(shape) for shape in StrokeShape}
THEME_COMMANDS: Final = {theme: _choosing_theme(theme) for theme in Theme}
_MIRROR: Final[WindowCommand] = Command(
    "mirror",
    lambda lab: lab.computing.toggle_mirror(),
    entries=(
        MenuEntry(
            MenuPlace.POPULATIONS_END,
            "Compare with compiled fireflies",
            "Runs both side by side; the engine panel counts flashes that differ",
        ),
    ),
    is_on=lambda now: now.is_mirrored,
)
POPULATION_COMMANDS: Final = (*map(_choosing_population, _POPULATION_WORDS), _MIRROR)
DRAWING_COMMANDS: Final = {each: _choosing_drawing(each) for each in Drawing}
TEXT_COMMANDS: Final = (
    _sizing_text("larger", 1, "Ctrl++", "Ctrl+="),
    _sizing_text("smaller", -1, "Ctrl+-"),
    _sizing_text("usual", 0, "Ctrl+0"),
)

_WIDTH: Final = "a wider, a narrower brush"

WIDTH_COMMANDS: Final[tuple[WindowCommand, ...]] = (
    Command(
        "wider brush",
        lambda lab: lab.hand.turn_wheel(1),
        keys=("]",),
        line=_WIDTH,
    ),
    Command(
        "narrower brush",
        lambda lab: lab.hand.turn_wheel(-1),
        keys=("[",),
        line=_WIDTH,
    ),
)
