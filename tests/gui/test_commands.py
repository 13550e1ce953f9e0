"""What is declared of commands, without a window; and the guide, which has it all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from gui.instruments.registry import PANELS
from gui.models.brush import BRUSH_KEYS, Brush
from gui.models.choices import with_panels
from gui.models.colouring import VIEW_KEYS, Colouring
from gui.models.command import (
    SECTIONS,
    Command,
    CommandTable,
    KeyNote,
    MenuEntry,
    MenuPlace,
    Situation,
    commands_of,
    entries_at,
    key_lines,
    keys_text,
)
from gui.models.commands import COMMANDS

TABLE = with_panels(COMMANDS.values(), PANELS.values())
GUIDE = (Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8")


def rows_below(heading: str, columns: int) -> list[tuple[str, ...]]:
    """The cells of the table below a heading of the guide."""
    section = GUIDE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+) \|$", section, re.MULTILINE)
    cells = [tuple(row.split(" | ")) for row in rows]
    return [row for row in cells if len(row) == columns][1:]


def test_the_guide_has_every_key() -> None:
    """Its list is the one that the window shows, in the same words and order."""
    listed = [(keys.replace("`", ""), words) for keys, words in rows_below("Keys", 2)]
    assert listed == list(key_lines(TABLE))


@pytest.mark.parametrize(
    ("heading", "keys"), [("Views", VIEW_KEYS), ("Brushes", BRUSH_KEYS)], ids=["views", "brushes"]
)
def test_the_guide_has_the_keys_of_views_and_brushes(
    heading: str, keys: Mapping[Colouring | Brush, str]
) -> None:
    """One row each, in order, by the names on their buttons."""
    rows = rows_below(heading, 3)
    assert [(key.strip("`"), name.lower()) for key, name, _ in rows] == [
        (key, each.value) for each, key in keys.items()
    ]


def test_every_key_that_the_guide_speaks_of_is_one() -> None:
    """Between backquotes in its prose: of a command, or told of in the list."""
    known = {
        key
        for each in TABLE
        for group in (each.keys, getattr(each, "other_keys", ()))
        for key in group
    }
    pattern = r"`((?:Ctrl\+|Shift\+)*(?:[A-Z+=\-?]|[0-9]|F11|Tab|Enter|Home|End|PgUp|PgDn))`"
    spoken = set(re.findall(pattern, GUIDE))
    assert len(spoken) > 20
    assert spoken <= known, spoken - known


def test_no_two_commands_have_a_key_or_a_place_in_a_menu_in_common() -> None:
    """Each key means one thing, and each entry can be told from the others of its menu."""
    keys = [key for each in TABLE for key in each.keys]
    keys += [key for each in commands_of(TABLE) for key in each.other_keys]
    assert len(keys) == len(set(keys))
    for place in MenuPlace:
        words = [entry.words for _, entry in entries_at(TABLE, place)]
        assert words
        assert len(words) == len(set(words)), place


def test_every_command_does_one_thing_and_can_be_reached() -> None:
    """By a key, a menu or a button; what it does is done by the window, or it isn't."""
    for command in commands_of(TABLE):
        assert (command.does is None) is not (command.shows is None), command.name
        assert command.keys or command.entries or command.button, command.name
        assert not command.keys or command.line, command.name


def test_lines_of_keys_are_in_the_order_of_their_first_commands() -> None:
    """Commands with the same words share a line; keys of one command are told by or."""
    table: CommandTable = (
        Command("one", keys=("A", "B"), line="one and two"),
        KeyNote(("Tab", "Esc"), "leave"),
        Command("two", keys=("C",), other_keys=("D",), line="one and two"),
        Command("silent"),
    )
    assert key_lines(table) == (("A or B, C", "one and two"), ("Tab, Esc", "leave"))


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ([f"Ctrl+{n}" for n in range(1, 10)], "Ctrl+1 to Ctrl+9"),
        ([f"{n}" for n in range(1, 5)], "1, 2, 3, 4"),
        (["Ctrl+1", *(f"Ctrl+{n}" for n in range(3, 10))], ", ".join(
            ["Ctrl+1", *(f"Ctrl+{n}" for n in range(3, 10))])),
        ([f"{held}+{n}" for held in ("Ctrl", "Alt") for n in range(1, 6)] + ["Alt+9"],
            "Ctrl+1 to Ctrl+5, Alt+1 to Alt+5, Alt+9"),
        (list("LFXQPVZ"), "L, F, X, Q, P, V, Z"),
    ],
)  # fmt: skip
def test_many_keys_in_a_row_are_told_by_the_first_and_the_last(
    keys: list[str], wanted: str
) -> None:
    """Few, or with a gap, one after the other."""
    assert keys_text([Command(key, keys=(key,)) for key in keys]) == wanted


def test_entries_of_a_higher_rank_stand_below() -> None:
    """Whatever the order of their commands."""
    low, high = MenuEntry(MenuPlace.RUN, "low"), MenuEntry(MenuPlace.RUN, "high", rank=1)
    table: CommandTable = (Command("a", entries=(high,)), Command("b", entries=(low,)))
    assert [entry for _, entry in entries_at(table, MenuPlace.RUN)] == [low, high]
    assert MenuPlace.FILES in SECTIONS


def test_what_is_on_follows_from_what_the_window_shows() -> None:
    """Panels, themes, ways to draw and calm are ticked; nothing else ever is."""
    now = Situation(is_calm=True, panels=frozenset({"raster"}))
    ticked = {c.name for c in commands_of(TABLE) if c.is_on is not None and c.is_on(now)}
    assert ticked == {"calm", "draw lights", "panel raster", "population auto", "theme system"}
