"""Everything by keyboard, on any keyboard: brushes, the cursor, focused buttons; and the wheel."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from experiments import Action, FireflyAction
from gui.controls.key_names import names_of
from gui.controls.wheel import WheelSteps
from gui.instruments.time_plot import TimePlot
from gui.laboratory import Laboratory
from gui.models.brush import BRUSH_KEYS, Brush
from gui.models.command import key_lines
from gui.models.grid_cursor import GridEdge, Move, moved_cell
from gui.models.timeline import Timeline
from gui.views.window import Window
from tests.gui.conftest import InWindow
from tests.gui.shown_window import SIDE, SMALL, reached_by_tab, shown
from tests.gui.waiting import until

NONE, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)

KEYPAD = Qt.KeyboardModifier.KeypadModifier


def key_event(
    key: int,
    modifiers: Qt.KeyboardModifier = NONE,
    scan: int = 0,
    symbol: int = 0,
    text: str = "",
    kind: QEvent.Type = QEvent.Type.KeyPress,
) -> QKeyEvent:
    """A key as the platform reports it, with the code of its place and its symbol."""
    return QKeyEvent(kind, int(key), modifiers, scan, symbol, 0, text)


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        (key_event(Qt.Key.Key_Ampersand, NONE, 10, 0x26, "&"), "1"),
        (key_event(Qt.Key.Key_Eacute, NONE, 11, 0xE9, "é"), "2"),
        (key_event(Qt.Key.Key_QuoteDbl, NONE, 12, 0x22, '"'), "3"),
        (key_event(Qt.Key.Key_Apostrophe, NONE, 13, 0x27, "'"), "4"),
        (key_event(Qt.Key.Key_Plus, NONE, 10, 0x2B, "+"), "1"),  # Czech
        (key_event(Qt.Key.Key_1, SHIFT, 10, 0x31, "1"), "1"),
        (key_event(Qt.Key.Key_Eacute, CONTROL, 11, 0xE9, ""), "Ctrl+2"),
        (key_event(Qt.Key.Key_Period, SHIFT, 59, 0x2E, "."), "."),
        (key_event(Qt.Key.Key_Question, SHIFT, 58, 0x3F, "?"), "?"),
        (key_event(0x041A, NONE, 27, 0x6CB, "к"), "R"),
        (key_event(0x041A, SHIFT, 27, 0x6EB, "\u041a"), "Shift+R"),
        (key_event(0x042E, NONE, 60, 0x6C0, "ю"), "."),
        (key_event(0x042F, CONTROL, 52, 0x6D1, ""), "Ctrl+Z"),
        (key_event(0x041A, NONE, 255, 0x6CB, "к"), "R"),  # a remote desktop: no place
        (key_event(0x0393, NONE, 57, 0x7E3, "\u03bd"), "N"),  # Greek
        (key_event(Qt.Key.Key_2, KEYPAD, 88, 0xFFB2, "2"), "2"),
        (key_event(Qt.Key.Key_Period, KEYPAD, 91, 0xFFAE, "."), "."),
        (key_event(Qt.Key.Key_Comma, KEYPAD, 91, 0xFFAC, ","), "."),
        (key_event(Qt.Key.Key_Plus, KEYPAD | CONTROL, 86, 0xFFAB, "+"), "Ctrl++"),
        (key_event(Qt.Key.Key_Minus, KEYPAD, 82, 0xFFAD, "-"), "-"),
    ],
)
def test_a_key_is_known_by_what_it_types_or_by_its_place(event: QKeyEvent, wanted: str) -> None:
    """French digits, Cyrillic and Greek letters, the keypad; on X11 as codes are counted there."""
    known = {"1", "2", "3", "4", ".", "?", "R", "N", "Shift+R", "Ctrl+Z", "Ctrl+2", "Ctrl++", "-"}
    first = next(name for name in names_of(event, "linux") if name in known)
    assert first == wanted


@pytest.mark.parametrize(
    ("event", "wrong"),
    [
        (key_event(Qt.Key.Key_Q, NONE, 38, 0x71, "q"), "A"),  # AZERTY: a Latin letter is itself
        (key_event(Qt.Key.Key_Y, NONE, 52, 0x79, "y"), "Z"),  # QWERTZ
        (key_event(Qt.Key.Key_Exclam, SHIFT, 10, 0x21, "!"), "1"),  # American
        (key_event(Qt.Key.Key_Ampersand, SHIFT, 16, 0x26, "&"), "1"),
        (key_event(Qt.Key.Key_Semicolon, NONE, 59, 0x3B, ";"), ","),  # AZERTY
    ],
)
def test_a_latin_key_is_not_taken_by_its_place(event: QKeyEvent, wrong: str) -> None:
    """What types something with a Latin layout means that."""
    assert wrong not in names_of(event, "linux")


@pytest.mark.parametrize(
    ("platform", "scan", "virtual"), [("linux", 27, 0), ("win32", 19, 0x52), ("darwin", 0, 15)]
)
def test_places_are_counted_as_the_platform_does(platform: str, scan: int, virtual: int) -> None:
    """The same Cyrillic letter on three systems."""
    assert "R" in names_of(key_event(0x041A, NONE, scan, virtual, "к"), platform)


def test_french_and_russian_keys_do_what_they_do_elsewhere(qtbot: QtBot) -> None:
    """The window itself: views by the digit row, a reset by a Cyrillic letter; no repeats."""
    window = shown(qtbot)
    asked = []
    window.commandRequested.connect(lambda command: asked.append(command.name))
    for event in (
        key_event(Qt.Key.Key_QuoteDbl, NONE, 12, 0x22, '"'),
        key_event(Qt.Key.Key_2, KEYPAD, 88, 0xFFB2, "2"),
        key_event(0x041A, NONE, 27, 0x6CB, "к"),
        QKeyEvent(QEvent.Type.KeyPress, 0x041A, NONE, 27, 0x6CB, 0, "к", True),
    ):
        QApplication.sendEvent(window, event)
    assert asked == ["view order", "view phase", "reset"]


def test_tab_reaches_views_brushes_and_the_grid(qtbot: QtBot) -> None:
    """Each button of both bars, the grid, the preset, the toolbar, the notice."""
    window = shown(qtbot)
    reached = reached_by_tab(window)
    panel, toolbar = window.panel, window.toolbar
    for wanted in (
        *panel.view_bar.buttons.values(),
        *panel.brush_bar.buttons.values(),
        window.grid,
        panel.preset_bar.button,
        toolbar.buttons["play"],
        toolbar.buttons["menu"],
        window.sliders["nudge"].reset_button,
        *window.notice.buttons,
        window.notice.close_button,
    ):
        assert wanted in reached, wanted


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_space_and_return_press_the_focused_button(qtbot: QtBot, key: Qt.Key) -> None:
    """Every button that Tab reaches is pressed once; nothing pauses."""
    window = shown(qtbot)
    paused, pressed = [], []
    window.commandRequested.connect(
        lambda command: paused.append(QApplication.focusWidget()) if command.name == "play" else 0
    )
    buttons = [each for each in reached_by_tab(window) if isinstance(each, QAbstractButton)]
    menus = (window.toolbar.buttons["menu"],
             window.toolbar.buttons["panels"],
             *(choice.button for choice in window.panel.choices.values()))  # fmt: skip
    for button in buttons:
        if button in menus:
            continue
        button.setFocus()
        button.clicked.connect(lambda _=False, b=button: pressed.append(b))
        QTest.keyClick(button, key)
        assert pressed[-1:] == [button]
        assert len(pressed) == 1
        pressed.clear()
    assert paused == [window.toolbar.buttons["play"]]
    assert len(buttons) > 15


def test_space_pauses_wherever_no_button_has_the_focus(qtbot: QtBot) -> None:
    """With nothing focused, on the grid, on a slider."""
    window = shown(qtbot)
    paused = []
    window.commandRequested.connect(lambda command: paused.append(command.name))
    for focused in (window, window.grid, window.sliders["nudge"].track):
        focused.setFocus()
        QTest.keyClick(focused, Qt.Key.Key_Space)
    assert paused == ["play"] * 3


def test_every_key_of_the_window_is_on_the_sheet_and_means_one_thing(qtbot: QtBot) -> None:
    """Letters of brushes stand in their tooltips too."""
    window = shown(qtbot)
    keys = [key.toString() for action in window.actions() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))
    words = [
        key
        for keys, _ in key_lines(window.commands.table)
        for key in keys.replace(" or ", ", ").split(", ")
    ]
    for brush, key in BRUSH_KEYS.items():
        assert key in words
        assert QKeySequence(key).toString() in keys
        assert f"({key}" in window.panel.brush_bar.buttons[brush].toolTip()
    assert {"+", "-", "Enter", "Arrows", "Home", "End", "PgUp", "PgDn"} <= set(words)


@pytest.mark.parametrize(
    ("way", "wanted"),
    [
        (Move.LEFT, (-1, 4)),
        (Move.DOWN, (0, 5)),
        (Move.FAR_UP, (0, -6)),
        (GridEdge.ROW_END, (8, 4)),
        (GridEdge.FIRST, (0, 0)),
        (GridEdge.LAST, (8, 8)),
    ],
)
def test_the_cursor_goes_on_beyond_an_edge(way: Move | GridEdge, wanted: tuple[int, int]) -> None:
    """The grid wraps: whoever asked takes the remainder."""
    assert moved_cell((0, 4), way, SIDE) == wanted


def press(window: Window, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press and let go of keys, one after the other, wherever the focus is."""
    for key in keys:
        QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def test_a_letter_arrows_and_enter_draw_a_stroke(in_window: InWindow) -> None:
    """Nothing but keys: the brush, its width, the way, and Enter held down on it."""

    async def body(lab: Laboratory) -> None:
        window, simulation = lab.window, lab.simulation
        window.activateWindow()
        await until(lambda: window.isActiveWindow() and simulation.now > 0.1)
        press(window, Qt.Key.Key_Q, Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketLeft)
        press(window, Qt.Key.Key_Left, Qt.Key.Key_Home)
        assert window.grid.cursor_frame.isVisible()
        frame = window.grid.cursor_frame.boundingRect()
        assert frame.contains(window.grid.cell_rect(4 * SIDE).center())
        QTest.keyPress(window.grid, Qt.Key.Key_Return)
        press(window, Qt.Key.Key_Left, Qt.Key.Key_Left)  # around the edge
        QTest.keyRelease(window.grid, Qt.Key.Key_Return)
        await until(lambda: simulation.status.any())
        assert [i for i, s in enumerate(simulation.status) if s] == [36, 43, 44]
        press(window, Qt.Key.Key_V)
        press(window, Qt.Key.Key_Right, Qt.Key.Key_Right, modifiers=SHIFT)
        await until(lambda: not simulation.status.any())
        press(window, Qt.Key.Key_L, Qt.Key.Key_Down, Qt.Key.Key_Return)
        await until(lambda: lab.intent.pinned == 5 * SIDE)
        label = window.panel.brush_bar.firefly_label
        await until(lambda: label.text().startswith(f"Firefly {5 * SIDE}"))
        press(window, Qt.Key.Key_Escape)
        assert lab.intent.pinned is None
        assert not window.grid.cursor_frame.isVisible()

    in_window(body, SMALL)


def test_shift_and_enter_draw_a_line_from_the_last_place(in_window: InWindow) -> None:
    """As in drawing programs; each brush in its letter's hand."""

    async def body(lab: Laboratory) -> None:
        window, simulation = lab.window, lab.simulation
        window.activateWindow()
        await until(lambda: window.isActiveWindow() and simulation.now > 0.1)
        press(window, Qt.Key.Key_P, Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketLeft)
        press(window, Qt.Key.Key_Home, Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Right)
        press(window, Qt.Key.Key_Enter, modifiers=SHIFT)
        await until(lambda: n_changed(simulation.status) == 3)
        done = [each.what for each in simulation.interventions]
        assert done[-1] in (
            FireflyAction(Action.PACEMAKER, (36, 37, 38)),
            FireflyAction(Action.PACEMAKER, (36,)),
        )

    in_window(body, SMALL)


def n_changed(status: NDArray[np.uint8]) -> int:
    """How many fireflies something was done to."""
    return int((status != 0).sum())


def test_each_letter_takes_its_brush(qtbot: QtBot) -> None:
    """Once each, and no other."""
    window = shown(qtbot)
    taken = []
    window.commandRequested.connect(lambda command: taken.append(command.name))
    for brush in Brush:
        QTest.keyClick(window, getattr(Qt.Key, f"Key_{BRUSH_KEYS[brush]}"))
    assert taken == [f"brush {brush.value}" for brush in Brush]


def wheel(
    angle: int = 0, pixels: int = 0, phase: Qt.ScrollPhase = Qt.ScrollPhase.NoScrollPhase
) -> QWheelEvent:
    """A wheel event in eighths of a degree and in pixels."""
    return QWheelEvent(QPointF(5, 5), QPointF(5, 5), QPoint(0, pixels), QPoint(0, angle),
                       Qt.MouseButton.NoButton, NONE, phase, False)  # fmt: skip


@pytest.mark.parametrize(
    ("events", "steps"),
    [
        ([wheel(8)] * 15, 1),
        ([wheel(8)] * 14, 0),
        ([wheel(-8)] * 30, -2),
        ([wheel(240)], 2),
        ([wheel(120)] * 3, 3),
        ([wheel(pixels=8)] * 15, 1),
        ([wheel(119), wheel(-120)], -1),
        ([wheel(120, phase=Qt.ScrollPhase.ScrollMomentum)] * 9, 0),
        ([wheel(100), wheel(300, phase=Qt.ScrollPhase.ScrollMomentum), wheel(100)], 0),
        ([wheel(100), wheel(0, phase=Qt.ScrollPhase.ScrollBegin), wheel(100)], 0),
    ],
)
def test_only_whole_turns_of_the_wheel_are_steps(events: list[QWheelEvent], steps: int) -> None:
    """Fine touchpads add up, a fast wheel counts more, momentum doesn't, turning back does."""
    wheel_steps = WheelSteps()
    assert sum(wheel_steps.take(event) for event in events) == steps


def test_grid_and_sliders_count_the_wheel_alike(qtbot: QtBot) -> None:
    """Fifteen of eight are one step, one of 240 is two, on whatever takes the wheel."""
    window = shown(qtbot)
    window.show_timeline(Timeline(1.0, 2.0, (), "", False))
    window.panel.set_locked(False)
    steps: list[int] = []
    window.grid.wheelTurned.connect(steps.append)
    slider = window.sliders["nudge"]
    slider.track.stepRequested.connect(steps.append)
    slider.value_field.stepRequested.connect(steps.append)
    for target in (window.grid.viewport(), slider.track, slider.value_field):
        (window.grid if target is window.grid.viewport() else target).setFocus()
        for event in [wheel(8) for _ in range(15)] + [wheel(240)]:
            QApplication.sendEvent(target, event)
        assert steps == [1, 2], target
        steps.clear()
    line = window.timeline.slider
    before = line.value()
    QApplication.sendEvent(line, wheel(240))
    assert line.value() == before + 2 * line.singleStep()


def test_plots_are_zoomed_by_any_wheel_but_not_by_momentum(qtbot: QtBot) -> None:
    """A touchpad that tells pixels alone zooms as well, a little at a time."""
    window = shown(qtbot)
    plot = window.workbench.views["coherence"]
    assert isinstance(plot, TimePlot)
    factors: list[float] = []
    plot.zoomRequested.connect(lambda factor, _about: factors.append(factor))
    for event in (wheel(pixels=60), wheel(60), wheel(60, phase=Qt.ScrollPhase.ScrollMomentum)):
        QApplication.sendEvent(plot.viewport(), event)
    assert factors == [pytest.approx(1.25**0.5)] * 2
