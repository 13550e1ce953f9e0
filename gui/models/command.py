"""A command: what it does by key, button or menu, and all that is said of it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from experiments import AUTO
from gui.models.brush import Brush
from gui.models.colouring import Colouring
from gui.models.drawing import Drawing
from gui.models.look import Theme
from gui.models.stroke_shape import StrokeShape

_MOST_LISTED: Final = 6
"""Keys of one line, all of them named."""

_MOST_IN_A_ROW: Final = 2
"""Of more keys that count up, in a longer line, the first and the last are named."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the window shows, as far as commands depend on it.

    Attributes
    ----------
    is_ready
        Whether there is a swarm, and none is being made.
    is_playing
        Whether time passes.
    is_recording, is_recording_paused
        Whether a video is recorded, and whether its time stands still.
    is_calm
        Whether changes of brightness are softened.
    drawing
        How fireflies are drawn.
    population
        What was chosen to compute them.
    is_mirrored
        Whether the compiled population runs beside them.
    marks_defects
        Whether phase defects are marked.
    has_caption
        Whether the grid alone has the caption of recordings below it.
    theme
        The one chosen.
    view
        What the colours mean.
    brush, shape
        The one in the hand, and what is drawn with it.
    panels
        Names of those shown.
    """

    is_ready: bool = True
    is_playing: bool = True
    is_recording: bool = False
    is_recording_paused: bool = False
    is_calm: bool = False
    drawing: Drawing = Drawing.LIGHTS
    population: str = AUTO
    is_mirrored: bool = False
    marks_defects: bool = False
    has_caption: bool = False
    theme: Theme = Theme.SYSTEM
    view: Colouring = Colouring.GLOW
    brush: Brush = Brush.LOOK
    shape: StrokeShape = StrokeShape.FREE
    panels: frozenset[str] = frozenset()


Condition = Callable[[Situation], bool]


def always(_now: Situation) -> bool:
    """Whatever the window shows."""
    return True


class MenuPlace(enum.Enum):
    """Where a menu entry stands."""

    PRESETS = "below the gallery of presets, as buttons"
    PANELS = "among the panels"
    ARRANGEMENT = "below the panels"
    THEMES = "among the themes"
    DRAWINGS = "among the ways to draw fireflies"
    RECORDING = "below how recordings are made"
    TIME = "among what lets time pass"
    FILES = "the menu: files"
    POPULATIONS_END = "below what computes the fireflies"
    POPULATIONS = "among what computes the fireflies"
    RUN = "the submenu of the run, below its times"
    WINDOW = "the menu: the window"
    END = "the menu: the end"


SECTIONS: Final = (MenuPlace.FILES, MenuPlace.WINDOW, MenuPlace.END)
"""Of the menu itself, with a line before each."""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of a menu.

    Attributes
    ----------
    place
        Where it stands; entries of one place and rank are in the order of their commands.
    words
        What it says.
    sentence
        What is said of it when it is pointed at, if anything.
    rank
        Those of a higher one stand below.
    """

    place: MenuPlace
    words: str
    sentence: str = ""
    rank: int = 0


class Bar(enum.Enum):
    """The end of the toolbar at which a button stands."""

    BEGIN = "before the speed"
    END = "after it"
    RECORDING = "beside a recording, as long as there is one"


@dataclass(frozen=True, slots=True)
class Face:
    """What a button shows: an icon by its name, and words for its tooltip and screen readers."""

    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Button:
    """A button of the toolbar.

    Attributes
    ----------
    bar
        Where it stands.
    face
        What it shows in a situation.
    keys
        The keys its tooltip names, if not just the command's own.
    is_enabled
        When it can be pressed, besides what the command says. Keys ignore this: Space pressed
        while a swarm is made means that it should begin paused.
    """

    bar: Bar
    face: Callable[[Situation], Face]
    keys: str = ""
    is_enabled: Condition = always


def same(icon: str, words: str) -> Callable[[Situation], Face]:
    """A face that is the same in every situation."""
    face = Face(icon, words)
    return lambda _now: face


LaboratoryT = TypeVar("LaboratoryT", contravariant=True)
WindowT = TypeVar("WindowT", contravariant=True)


@dataclass(frozen=True, slots=True)
class Command(Generic[LaboratoryT, WindowT]):
    """What can be asked for; it acts on the run and all around it, or on the window alone.

    Attributes
    ----------
    name
        What it is asked for by.
    does
        Does it, given the laboratory; None if it is the window's own.
    shows
        Does it, given the window; None if it isn't the window's own.
    keys
        Any of them asks for it; menus name the first, the list of keys all.
    other_keys
        More of them, which no words mention.
    line
        What the list of keys says; commands with the same words have one line in common.
    entries
        Its places in the menus.
    button
        Its button on the toolbar, if it has one.
    is_enabled
        When it can be asked for.
    is_on
        When its entries are ticked; None if they never are.
    gives_way
        Whether a control with the focus that knows its keys has them first, as plots have + and -.
    """

    name: str
    does: Callable[[LaboratoryT], object] | None = None
    shows: Callable[[WindowT], object] | None = None
    keys: tuple[str, ...] = ()
    other_keys: tuple[str, ...] = ()
    line: str = ""
    entries: tuple[MenuEntry, ...] = ()
    button: Button | None = None
    is_enabled: Condition = always
    is_on: Condition | None = None
    gives_way: bool = False

    def tip(self, now: Situation) -> str:
        """What is said of its button when it is pointed at."""
        if self.button is None:
            return ""
        keys = self.button.keys or keys_text((self,))
        return f"{self.button.face(now).words}  ({keys})"


@dataclass(frozen=True, slots=True)
class KeyNote:
    """Keys that are no commands, such as those that move the cursor; for the list of keys."""

    keys: tuple[str, ...]
    line: str

    @property
    def name(self) -> str:
        """What it is declared by."""
        return ", ".join(self.keys)


AnyCommand = Command[Any, Any]
CommandTable = Sequence[AnyCommand | KeyNote]
"""What a window knows, in the order of the list of keys."""


def commands_of(table: CommandTable) -> tuple[AnyCommand, ...]:
    """Those that can be asked for."""
    return tuple(each for each in table if isinstance(each, Command))


def entries_at(table: CommandTable, place: MenuPlace) -> list[tuple[AnyCommand, MenuEntry]]:
    """The menu entries of a place from above, each with its command."""
    found = [(c, entry) for c in commands_of(table) for entry in c.entries if entry.place is place]
    return sorted(found, key=lambda pair: pair[1].rank)


def buttons_at(table: CommandTable, bar: Bar) -> list[AnyCommand]:
    """The commands that have a button there, from the left."""
    return [c for c in commands_of(table) if c.button is not None and c.button.bar is bar]


def key_lines(table: CommandTable) -> tuple[tuple[str, str], ...]:
    """The list of keys for people: keys, and what they do."""
    lines: dict[str, list[AnyCommand | KeyNote]] = {}
    for each in table:
        if each.line:
            lines.setdefault(each.line, []).append(each)
    return tuple((keys_text(those), line) for line, those in lines.items())


def keys_text(those: CommandTable) -> str:
    """The keys of some commands, for people: ``Ctrl+Z, Ctrl+Y`` or ``Ctrl+1 to Ctrl+8``."""
    keys = [
        key
        for each in those
        for key in (each.keys if isinstance(each, KeyNote) else (" or ".join(each.keys),))
    ]
    if len(keys) <= _MOST_LISTED:
        return ", ".join(keys)
    parts = []
    while keys:
        n = _n_in_a_row(keys)
        parts += [f"{keys[0]} to {keys[n - 1]}"] if n > _MOST_IN_A_ROW else keys[:n]
        keys = keys[n:]
    return ", ".join(parts)


def _n_in_a_row(keys: Sequence[str]) -> int:
    """How many keys, from the first on, count up from 1; 1 if that one doesn't."""
    n = 0
    while n < len(keys) and keys[n] == f"{keys[0][:-1]}{n + 1}":
        n += 1
    return max(1, n)
