"""The window as a whole: pixels, keys, sliders, sizes, with a real swarm on the real loop."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLayout, QWidget
from pytestqt.qtbot import QtBot

from experiments import PARAMETER_FIELDS
from gui.instruments.registry import PANELS
from gui.laboratory import Laboratory, draw_seed
from gui.picture.theme import LIGHT_STOPS
from gui.views.gallery import Gallery
from gui.views.grid_words import CALM_EVENED_WORDS, EVENED_WORDS
from gui.views.window import Window
from tests.gui.application import application
from tests.gui.conftest import InWindow
from tests.gui.waiting import LONGEST_S, frames, until, until_later
from tests.gui.window_parts import SMALL, overlap, pixel

FLASH = QColor(LIGHT_STOPS[-1][1])


def test_a_flash_lights_the_right_pixel(in_window: InWindow) -> None:
    """Whoever flashed at the last step is lit where it stands, and nobody else at full."""

    async def body(lab: Laboratory) -> None:
        flashes = len(lab.simulation.flashes)
        lab.controller.step()
        await until(lambda: lab.intent.steps == 0)
        await frames(lab)
        _, ids, _ = lab.simulation.flashes.read(flashes)
        assert 0 < len(ids) < 25
        for firefly in range(25):
            lightness = pixel(lab, firefly).lightnessF()
            if firefly in ids:
                assert pixel(lab, firefly) == FLASH, firefly
            else:
                assert 0.1 < lightness < 0.3, "at rest, and yet to be seen"

    in_window(body, SMALL, is_playing=False)


def test_pause_freezes_the_picture(in_window: InWindow) -> None:
    """After the pause all pixels of the grid stay as they are."""

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 0.5)
        QTest.keyClick(lab.window, Qt.Key.Key_Space)
        await until(lambda: not lab.intent.is_playing)
        await frames(lab)
        before = lab.window.grid.grab().toImage()
        now = lab.simulation.now
        await frames(lab, 9)
        assert lab.simulation.now == now
        assert lab.window.grid.grab().toImage() == before

    in_window(body, SMALL)


def test_reset_repeats_the_same_flashes(in_window: InWindow) -> None:
    """The key R begins anew; the first second flashes as it did before."""

    async def body(lab: Laboratory) -> None:
        simulation = lab.simulation
        await until(lambda: simulation.now > 1.2)
        times, ids, _ = simulation.flashes.read(0)
        first = [(t, i) for t, i in zip(times, ids, strict=True) if t <= 1.0]
        QTest.keyClick(lab.window, Qt.Key.Key_R)
        await until(lambda: simulation.now < 0.5)
        await until(lambda: simulation.now > 1.2)
        times, ids, _ = simulation.flashes.read(0)
        assert [(t, i) for t, i in zip(times, ids, strict=True) if t <= 1.0] == first

    in_window(body, SMALL)


def test_a_new_seed_begins_another_run(in_window: InWindow) -> None:
    """The key N changes the seed, in the model and in the status line."""

    async def body(lab: Laboratory) -> None:
        QTest.keyClick(lab.window, Qt.Key.Key_N)
        await until(lambda: lab.simulation.parameters.seed != 1)
        seed = lab.simulation.parameters.seed
        assert 1 <= seed <= 999_999
        await until(lambda: lab.window.status_line.labels["seed"].text() == f"seed {seed}")

    in_window(body, SMALL)


def test_a_new_side_restarts_and_is_painted(in_window: InWindow) -> None:
    """Typing another side makes a swarm of that size."""

    async def body(lab: Laboratory) -> None:
        field = lab.window.sliders["side"].value_field
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "8")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: lab.simulation.parameters.side == 8)
        engine = lab.window.status_line.labels["engine"]
        await until(lambda: engine.text() == lab.simulation.kind.description(64))
        await frames(lab)
        assert lab.window.grid.cell_rect(63).isValid()

    in_window(body, SMALL)


def test_keys_held_down_dont_repeat(qtbot: QtBot) -> None:
    """Auto-repeat of a key is no further step, reset or seed: it would flash the grid."""
    window = Window()
    qtbot.addWidget(window)
    keys = {key.toString() for action in window.actions() for key in action.shortcuts()}
    assert {"Space", ".", ",", "R", "N"} <= keys
    assert not any(action.autoRepeat() for action in window.actions())


def test_hidden_nothing_is_painted_but_time_goes_on(in_window: InWindow) -> None:
    """Minimised, the grid isn't painted; shown again, it is."""

    async def body(lab: Laboratory) -> None:
        window, simulation = lab.window, lab.simulation
        painted = []
        window.grid.painted.connect(lambda: painted.append(simulation.now))
        await until(lambda: bool(painted))
        window.showMinimized()
        is_quiet = False
        async with asyncio.timeout(LONGEST_S):
            while not is_quiet:  # what was to be painted before comes when it comes
                painted.clear()
                now = simulation.now
                await until_later(lab, now + 0.3)
                is_quiet = not painted
        window.showNormal()
        await until(lambda: bool(painted))

    in_window(body, SMALL)


def test_the_sign_tells_that_the_glow_is_evened_out(in_window: InWindow) -> None:
    """At 50x the sign is on the grid, with the rate that calm allows too; at 0.5x it goes."""

    async def body(lab: Laboratory) -> None:
        sign = lab.window.grid.findChild(QLabel, "gridSign")
        assert isinstance(sign, QLabel)
        assert sign.text() == EVENED_WORDS
        await until(sign.isVisible)
        lab.controller.toggle_calm()
        await until(lambda: sign.text() == CALM_EVENED_WORDS)
        assert sign.width() >= sign.sizeHint().width()
        lab.controller.toggle_calm()
        await until(lambda: sign.text() == EVENED_WORDS)
        lab.controller.move_value("speed", 0.5)
        await until(sign.isHidden)

    in_window(body, SMALL.replace(speed=50.0))


def test_nothing_overlaps_and_nothing_is_cut_off(in_window: InWindow) -> None:
    """At the smallest window too, all parts are inside and beside each other."""

    async def body(lab: Laboratory) -> None:
        for size in (QSize(900, 600), QSize(1280, 800), QSize(1920, 1080)):
            lab.window.resize(size)
            await check(lab)

    async def check(lab: Laboratory) -> None:
        window = lab.window
        labels = window.status_line.labels
        await until(lambda: labels["fps"].isVisible() and labels["R"].isVisible())
        await frames(lab)
        plot = window.workbench.views["coherence"]
        parts: list[QWidget] = [window.toolbar, window.grid, window.panel, plot, window.status_line]
        for k, part in enumerate(parts):
            assert window.rect().contains(part.geometry())
            assert not any(overlap(part, other, window) for other in parts[k + 1 :])
        assert all(labels[name].isVisible() for name in ("time", "speed", "fps"))
        assert labels["state"].isHidden(), "there is no problem"
        for label in labels.values():  # where frames are dropped others give way to that
            assert not label.isVisible() or label.width() >= label.sizeHint().width()
        for name, slider in window.sliders.items():
            needed = slider.value_field.fontMetrics().horizontalAdvance("0.30 period")
            assert slider.value_field.width() >= needed, name
            assert not overlap(slider.name_label, slider.value_field, window)
        grid = window.grid
        first, last = grid.cell_rect(0), grid.cell_rect(24)
        assert first.left() >= 0
        assert first.top() >= 0
        assert last.right() <= grid.width()
        assert last.bottom() <= grid.height()
        assert first.width() == pytest.approx(first.height())

    in_window(body, SMALL)


def test_every_control_says_what_it_is(qtbot: QtBot) -> None:
    """Sliders, fields and buttons have accessible names; tooltips explain, with keys."""
    window = Window()
    qtbot.addWidget(window)
    for name, slider in window.sliders.items():
        assert slider.track.accessibleName() == PARAMETER_FIELDS[name].label
        assert slider.value_field.accessibleName()
        assert slider.toolTip().startswith(PARAMETER_FIELDS[name].description)
    assert "end of the track as fast as possible" in window.sliders["speed"].toolTip()
    toolbar = window.toolbar
    for button, key in (
        (toolbar.buttons["play"], "(Space)"),
        (toolbar.buttons["step"], "(.)"),
        (toolbar.buttons["reset"], "Shift+R)"),
        (toolbar.buttons["new seed"], "(N)"),
    ):
        assert button.accessibleName()
        assert button.toolTip().endswith(key)
        assert not button.icon().isNull()


def test_drawn_seeds_differ_and_are_valid() -> None:
    """Seeds nobody chose are short numbers from 1 on."""
    seeds = {draw_seed() for _ in range(100)}
    assert len(seeds) > 90
    assert all(1 <= seed <= 999_999 for seed in seeds)


def test_no_widget_is_left_when_a_laboratory_ends(in_window: InWindow) -> None:
    """The window goes with its laboratory; the application keeps none."""

    async def body(lab: Laboratory) -> None:
        assert lab.window in QApplication.topLevelWidgets()

    in_window(body, SMALL)
    assert not [each for each in QApplication.topLevelWidgets() if isinstance(each, Window)]


def test_a_window_that_is_hidden_hears_no_more_of_the_application(qtbot: QtBot) -> None:
    """What it has connected when it was shown is disconnected, as often as that happens."""
    app = application()
    signals = ("2focusChanged(QWidget*,QWidget*)", "2screenRemoved(QScreen*)")
    window = Window()
    qtbot.addWidget(window)
    before = [app.receivers(signal) for signal in signals]
    for _ in range(2):
        window.show()
        assert [app.receivers(signal) for signal in signals] == [n + 1 for n in before]
        window.hide()
        assert [app.receivers(signal) for signal in signals] == before


def test_the_rows_of_the_toolbar_stay_its_own_at_every_width(qtbot: QtBot) -> None:
    """So that it is laid out anew when one of them changes, whichever way they are put."""
    window = Window()
    qtbot.addWidget(window)
    window.show()
    layout = window.toolbar.layout()
    assert layout is not None
    for width in (1280, 640, 1280, 500):
        window.toolbar.fit(width)
        rows = [each for each in layout.children() if isinstance(each, QLayout)]
        assert len(rows) == 4
        assert all(each.parentWidget() is window.toolbar for each in rows)


@pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen
def test_the_menu_and_the_keys_ask_for_the_same(in_window: InWindow) -> None:
    """Undo, period step, presets and copying, by key or by menu; nothing blocks the loop."""

    async def body(lab: Laboratory) -> None:
        window, intent = lab.window, lab.intent
        lab.controller.type_value("nudge", "0.07")
        await until(lambda: lab.simulation.parameters.nudge == 0.07)
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: lab.simulation.parameters.nudge == 0.05)
        QTest.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: lab.simulation.parameters.nudge == 0.07)
        QTest.keyClick(window, Qt.Key.Key_Comma)
        await until(lambda: not intent.is_playing and not intent.periods)
        both = (*window.toolbar.menu.actions(), *window.toolbar.run_menu.actions())
        actions = {a.text().partition("\t")[0]: a for a in both}
        actions["Undo"].trigger()
        await until(lambda: lab.simulation.parameters.nudge == 0.05)
        actions["Copy as a command line"].trigger()
        words = QApplication.clipboard().text()
        assert words == "fireflies --side 5 --period 1 --nudge 0.05 --refractory 0.2 --jitter 0.02"
        actions["Presets\N{HORIZONTAL ELLIPSIS}"].trigger()
        gallery = window.findChild(Gallery)
        assert isinstance(gallery, Gallery)
        item = gallery.list.findItems("Small swarm", Qt.MatchFlag.MatchExactly)[0]
        gallery.list.itemClicked.emit(item)
        await until(lambda: lab.simulation.parameters.period == 5.0)

    in_window(body, SMALL)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_opens_without_stopping_the_run(in_window: InWindow) -> None:
    """It is popped up, not executed: time goes on while it is open."""

    async def body(lab: Laboratory) -> None:
        QTest.keyClick(lab.window, Qt.Key.Key_M)
        menu = lab.window.toolbar.menu
        await until(menu.isVisible)
        now = lab.simulation.now
        await until(lambda: lab.simulation.now > now + 0.1)
        menu.close()

    in_window(body, SMALL)


def test_the_grid_alone_and_back(in_window: InWindow) -> None:
    """F11 hides all but the grid; Escape brings everything back."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        plot = window.workbench.views["coherence"]
        parts = (window.toolbar, window.panel, plot, window.status_line)
        QTest.keyClick(window, Qt.Key.Key_F11)
        await until(lambda: not any(part.isVisible() for part in parts))
        assert window.isFullScreen()
        assert window.grid.isVisible()
        QTest.keyClick(window, Qt.Key.Key_Escape)
        await until(lambda: all(part.isVisible() for part in parts))
        assert not window.isFullScreen()

    in_window(body, SMALL)


def test_question_mark_shows_every_key(in_window: InWindow) -> None:
    """What the keys do, each shortcut of the window among them; again hides it."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        label = window.findChild(QLabel, "gridKeys")
        assert isinstance(label, QLabel)
        window.ask("keys")
        assert label.isVisible()
        listed = label.text()
        for key in (key.toString() for each in window.actions() for key in each.shortcuts()):
            if key in {panel.key for panel in PANELS.values()}:
                assert "Ctrl+1 to Ctrl+9" in listed
            elif key != "Ctrl+Shift+Z":
                assert key in listed, key
        window.ask("keys")
        assert not label.isVisible()

    in_window(body, SMALL)
