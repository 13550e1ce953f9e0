"""The window as a whole: pixels, keys, sliders, sizes, with a real swarm on the real loop."""

import asyncio
import math

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from experiments import GALLERY, PARAMETER_FIELDS, Parameters, population_kind
from gui.instruments.registry import PANELS
from gui.laboratory import draw_seed
from gui.picture.theme import NIGHT
from gui.views.grid_words import EVENED_WORDS
from gui.views.window import Window
from tests.gui.waiting import LONGEST_S, frames, until

SMALL = Parameters(side=5, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)
DARK, FLASH = QColor("#10182C"), QColor("#FFF3C4")


def pixel(lab, firefly):
    """Colour on the screen at the middle of a firefly."""
    grid = lab.window.grid
    picture = grid.grab().toImage()
    return picture.pixelColor(grid.cell_rect(firefly).center().toPoint())


def test_a_flash_lights_the_right_pixel(in_window):
    """Whoever flashed at the last step is lit where it stands, and nobody else at full."""

    async def body(lab):
        flashes = len(lab.simulation.flashes)
        lab.controller.step()
        await until(lambda: lab.intent.steps == 0)
        await frames(lab)
        _, ids, _ = lab.simulation.flashes.read(flashes)
        assert 0 < len(ids) < 25
        for firefly in range(25):
            expected = FLASH if firefly in ids else DARK
            assert pixel(lab, firefly) == expected, firefly

    in_window(body, SMALL, is_playing=False)


def test_pause_freezes_the_picture(in_window):
    """After the pause all pixels of the grid stay as they are."""

    async def body(lab):
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


@pytest.mark.parametrize("name", [n for n in PARAMETER_FIELDS.live if PARAMETER_FIELDS[n].scale])
def test_each_slider_reaches_the_model_at_once(in_window, name):
    """An arrow key on the slider changes the value in force within a few frames."""

    async def body(lab):
        slider = lab.window.sliders[name]
        expected = PARAMETER_FIELDS[name].scale.neighbour(getattr(SMALL, name), 1)
        QTest.keyClick(slider.track, Qt.Key.Key_Right)
        await until(lambda: getattr(lab.simulation.parameters, name) == expected)
        assert lab.simulation.parameters == SMALL.replace(**{name: expected})

    in_window(body, SMALL)


def test_dragging_the_speed_to_its_end_is_as_fast_as_possible(in_window):
    """A click at the right end of the speed slider means max, and says so."""

    async def body(lab):
        speed = lab.window.sliders["speed"]
        QTest.mouseClick(
            speed.track,
            Qt.MouseButton.LeftButton,
            pos=QPoint(speed.track.width() - 2, speed.track.height() // 2),
        )
        await until(lambda: lab.simulation.parameters.speed == math.inf)
        assert speed.value_field.text() == "max"

    in_window(body, SMALL)


def test_a_typed_value_reaches_the_model(in_window):
    """Type a number, press return: it is in force and shown with its unit."""

    async def body(lab):
        field = lab.window.sliders["nudge"].value_field
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "0.123")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: lab.simulation.parameters.nudge == 0.123)
        await frames(lab)
        assert field.text() == "0.123 s"

    in_window(body, SMALL)


def test_an_invalid_value_is_refused_next_to_its_slider(in_window):
    """The reason is shown there in words, the field shows the value in force again."""

    async def body(lab):
        slider = lab.window.sliders["period"]
        slider.value_field.setFocus()
        slider.value_field.selectAll()
        QTest.keyClicks(slider.value_field, "-0.2")
        QTest.keyClick(slider.value_field, Qt.Key.Key_Return)
        await until(lambda: bool(slider.refusal()))
        assert slider.refusal_label.isVisible()
        assert slider.refusal() == "Period stays between 0.001 s and 3,600 s, not -0.2 s"
        assert slider.value_field.text() == "1.0 s"
        assert lab.simulation.parameters == SMALL
        QTest.keyClick(slider.track, Qt.Key.Key_Right)
        await until(lambda: not slider.refusal())
        assert not slider.refusal_label.isVisible()

    in_window(body, SMALL)


def test_a_refused_drag_snaps_back_when_let_go(in_window):
    """While held, the handle shows what is asked; let go, what is in force."""

    async def body(lab):
        slider = lab.window.sliders["refractory"]
        slider.track.setSliderDown(True)
        slider.track.setValue(0.0)
        await until(lambda: bool(slider.refusal()))
        assert slider.value_field.text() == "0.01 s"
        slider.track.setSliderDown(False)
        await until(lambda: slider.value_field.text() == "0.20 s")
        assert slider.track.value() == pytest.approx(
            PARAMETER_FIELDS["refractory"].scale.position(0.2)
        )

    in_window(body, SMALL)


def test_reset_repeats_the_same_flashes(in_window):
    """The key R begins anew; the first second flashes as it did before."""

    async def body(lab):
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


def test_a_new_seed_begins_another_run(in_window):
    """The key N changes the seed, in the model and in the status line."""

    async def body(lab):
        QTest.keyClick(lab.window, Qt.Key.Key_N)
        await until(lambda: lab.simulation.parameters.seed != 1)
        seed = lab.simulation.parameters.seed
        assert 1 <= seed <= 999_999
        await until(lambda: lab.window.status_line.labels["seed"].text() == f"seed {seed}")

    in_window(body, SMALL)


def test_a_new_side_restarts_and_is_painted(in_window):
    """Typing another side makes a swarm of that size."""

    async def body(lab):
        field = lab.window.sliders["side"].value_field
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "8")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: lab.simulation.parameters.side == 8)
        engine = lab.window.status_line.labels["engine"]
        await until(lambda: engine.text() == population_kind().description(64))
        await frames(lab)
        assert lab.window.grid.cell_rect(63).isValid()

    in_window(body, SMALL)


def test_keys_held_down_dont_repeat(qtbot):
    """Auto-repeat of a key is no further step, reset or seed: it would flash the grid."""
    window = Window()
    qtbot.addWidget(window)
    keys = {key.toString() for action in window.actions() for key in action.shortcuts()}
    assert {"Space", ".", ",", "R", "N"} <= keys
    assert not any(action.autoRepeat() for action in window.actions())


def test_typing_doesnt_trigger_keys_of_the_window(qtbot):
    """A point and an r typed into a value go there."""
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    asked = []
    window.commandRequested.connect(lambda command: asked.append(command.name))
    field = window.sliders["nudge"].value_field
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, "0.3r")
    assert asked == []
    assert field.text() == "0.3r"


def test_hidden_nothing_is_painted_but_time_goes_on(in_window):
    """Minimised, the grid isn't painted; shown again, it is."""

    async def body(lab):
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
                await until(lambda now=now: simulation.now > now + 0.3)
                is_quiet = not painted
        window.showNormal()
        await until(lambda: bool(painted))

    in_window(body, SMALL)


def test_the_sign_tells_that_the_glow_is_evened_out(in_window):
    """At 50x the sign is on the grid; back at 0.5x it goes."""

    async def body(lab):
        sign = lab.window.grid.findChild(QLabel, "gridSign")
        assert sign.text() == EVENED_WORDS
        await until(sign.isVisible)
        lab.controller.move_value("speed", 0.5)
        await until(sign.isHidden)

    in_window(body, SMALL.replace(speed=50.0))


def overlap(one: QWidget, other: QWidget, window: QWidget) -> bool:
    """Whether two visible widgets share pixels of the window."""

    def rect(widget):
        return widget.rect().translated(widget.mapTo(window, QPoint(0, 0)))

    return one.isVisible() and other.isVisible() and rect(one).intersects(rect(other))


@pytest.mark.parametrize("size", [QSize(900, 600), QSize(1280, 800), QSize(1920, 1080)])
def test_nothing_overlaps_and_nothing_is_cut_off(in_window, size):
    """At the smallest window too, all parts are inside and beside each other."""

    async def body(lab):
        window = lab.window
        window.resize(size)
        labels = window.status_line.labels
        await until(lambda: labels["fps"].isVisible() and labels["R"].isVisible())
        await frames(lab)
        plot = window.workbench.views["coherence"]
        parts = [window.toolbar, window.grid, window.panel, plot, window.status_line]
        for k, part in enumerate(parts):
            assert window.rect().contains(part.geometry())
            assert not any(overlap(part, other, window) for other in parts[k + 1 :])
        assert all(labels[name].isVisible() for name in ("time", "speed", "fps", "state"))
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
        assert first.width() == first.height()

    in_window(body, SMALL)


def test_every_control_says_what_it_is(qtbot):
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


def test_side_says_that_it_restarts(qtbot):
    """The label stands beside the one slider that isn't live."""
    window = Window()
    qtbot.addWidget(window)
    hints = {
        name: [label.text() for label in slider.findChildren(QLabel, "hint")]
        for name, slider in window.sliders.items()
    }
    assert hints.pop("side") == ["restarts"]
    assert not any(hints.values())


def test_drawn_seeds_differ_and_are_valid():
    """Seeds nobody chose are short numbers from 1 on."""
    seeds = {draw_seed() for _ in range(100)}
    assert len(seeds) > 90
    assert all(1 <= seed <= 999_999 for seed in seeds)


def test_no_widget_is_left_when_a_laboratory_ends(in_window):
    """The window goes with its laboratory; the application keeps none."""

    async def body(lab):
        assert lab.window in QApplication.topLevelWidgets()

    in_window(body, SMALL)
    assert not [each for each in QApplication.topLevelWidgets() if isinstance(each, Window)]


def place(slider):
    """Where a track is in its window."""
    return slider.track.mapTo(slider.window(), QPoint(0, 0)), slider.track.size()


def test_a_refusal_moves_nothing(in_window):
    """It lies over what is below, or in room kept for it; later it goes by itself."""

    async def body(lab):
        window = lab.window
        window.resize(900, 600)
        await frames(lab)
        places = {name: place(slider) for name, slider in window.sliders.items()}
        for name in window.sliders:
            window.show_refusal(name, "because " * 8)
            await frames(lab)
            assert window.sliders[name].refusal_label.isVisible()
            assert {n: place(s) for n, s in window.sliders.items()} == places
        for name in ("speed", "nudge"):
            window.show_refusal(name, "")
            await frames(lab)
            assert {n: place(s) for n, s in window.sliders.items()} == places
            window.show_refusal(name, "again")
            timer = window.sliders[name].findChild(QTimer)
            assert timer.isActive()
            timer.timeout.emit()
            assert not window.sliders[name].refusal()

    in_window(body, SMALL)


def test_after_return_the_keys_are_shortcuts_again(in_window):
    """The field gives the focus up, with its value taken."""

    async def body(lab):
        field = lab.window.sliders["nudge"].value_field
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "0.07")
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert not field.hasFocus()
        await until(lambda: lab.simulation.parameters.nudge == 0.07)
        assert field.text() == "0.07 s"
        QTest.keyClick(QApplication.focusWidget() or lab.window, Qt.Key.Key_Space)
        await until(lambda: not lab.intent.is_playing)
        assert field.text() == "0.07 s"

    in_window(body, SMALL)


def test_escape_gives_up_what_was_typed(in_window):
    """The value in force shows again, the focus goes, and nothing is asked."""

    async def body(lab):
        field = lab.window.sliders["nudge"].value_field
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "0.07")
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert not field.hasFocus()
        assert field.text() == "0.05 s"
        await frames(lab)
        assert lab.simulation.pending == SMALL

    in_window(body, SMALL)


@pytest.mark.parametrize("text", ["9", "soon"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_refusal_goes_when_somebody_turns_to_another_control(in_window, text, key):
    """It outlasts the focus lost by Return or Tab, but not the next control chosen."""

    async def body(lab):
        window = lab.window
        slider = window.sliders["nudge"]
        slider.value_field.setFocus()
        slider.value_field.selectAll()
        QTest.keyClicks(slider.value_field, text)
        QTest.keyClick(slider.value_field, key)
        await until(lambda: bool(slider.refusal()))
        await frames(lab)
        assert slider.refusal_label.isVisible()
        below = slider.refusal_label.geometry().center()
        assert window.childAt(below) is not slider.refusal_label  # a click there isn't lost
        window.sliders["glow"].track.setFocus()
        assert not slider.refusal()
        assert slider.refusal_label.isHidden()

    in_window(body, SMALL)


def test_a_window_that_is_hidden_hears_no_more_of_the_application(qtbot):
    """What it has connected when it was shown is disconnected, as often as that happens."""
    app = QApplication.instance()
    signals = ("2focusChanged(QWidget*,QWidget*)", "2screenRemoved(QScreen*)")
    window = Window()
    qtbot.addWidget(window)
    before = [app.receivers(signal) for signal in signals]
    for _ in range(2):
        window.show()
        assert [app.receivers(signal) for signal in signals] == [n + 1 for n in before]
        window.hide()
        assert [app.receivers(signal) for signal in signals] == before


def test_the_rows_of_the_toolbar_stay_its_own_at_every_width(qtbot):
    """So that it is laid out anew when one of them changes, whichever way they are put."""
    window = Window()
    qtbot.addWidget(window)
    window.show()
    for width in (1280, 640, 1280, 500):
        window.toolbar.fit(width)
        assert all(part.parentWidget() is window.toolbar for part in window.toolbar._parts)


def test_a_click_reaches_the_slider_that_lies_below_a_refusal(in_window):
    """It moves its handle there, and the words give way."""

    async def body(lab):
        window = lab.window
        slider = window.sliders["nudge"]
        slider.value_field.setFocus()
        slider.value_field.selectAll()
        QTest.keyClicks(slider.value_field, "9")
        QTest.keyClick(slider.value_field, Qt.Key.Key_Return)
        await until(lambda: bool(slider.refusal()))
        bubble = slider.refusal_label
        words = QRect(bubble.mapTo(window, QPoint(0, 0)), bubble.size())
        track = window.sliders["refractory"].track
        covered = QRect(track.mapTo(window, QPoint(0, 0)), track.size()) & words
        assert covered.width() > 20, "the words lie over another slider"
        assert covered.height() > 4
        there = QPoint(covered.left() + covered.width() // 4, covered.center().y())
        QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=there)
        await until(lambda: lab.simulation.parameters.refractory != SMALL.refractory)
        assert track.hasFocus()
        assert not slider.refusal()

    in_window(body, SMALL)


def right_edge(picture, widget, window):
    """The last column in which a widget has drawn something."""
    corner = widget.mapTo(window, QPoint(0, 0))
    ground = QColor(NIGHT.panel)
    for x in reversed(range(corner.x(), corner.x() + widget.width())):
        for y in range(corner.y(), corner.y() + widget.height()):
            colour = picture.pixelColor(x, y)
            if abs(colour.lightness() - ground.lightness()) > 10:
                return x
    raise AssertionError("nothing is drawn")


def test_values_and_tracks_end_on_one_line(qtbot):
    """On the right of the panel, to a pixel."""
    window = Window()
    qtbot.addWidget(window)
    window.show_parameters(Parameters())
    window.show()
    picture = window.grab().toImage()
    edges = []
    for slider in window.panel.sliders.values():
        edges.append(right_edge(picture, slider.track, window))
        edges.append(right_edge(picture, slider.value_field, window))
    assert max(edges) - min(edges) <= 1, edges


def test_home_and_end_go_to_the_ends(in_window):
    """Of every slider; the end of the speed's track is as fast as possible."""

    async def body(lab):
        slider = lab.window.sliders["glow"]
        QTest.keyClick(slider.track, Qt.Key.Key_Home)
        await until(lambda: lab.simulation.parameters.glow == 0.02)
        QTest.keyClick(slider.track, Qt.Key.Key_End)
        await until(lambda: lab.simulation.parameters.glow == 1.0)
        QTest.keyClick(lab.window.sliders["speed"].track, Qt.Key.Key_End)
        await until(lambda: math.isinf(lab.simulation.parameters.speed))

    in_window(body, SMALL)


def test_the_menu_and_the_keys_ask_for_the_same(in_window):
    """Undo, period step, presets and copying, by key or by menu; nothing blocks the loop."""

    async def body(lab):
        window, intent = lab.window, lab.intent
        lab.controller.type_value("nudge", "0.07")
        await until(lambda: lab.simulation.parameters.nudge == 0.07)
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: lab.simulation.parameters.nudge == 0.05)
        QTest.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: lab.simulation.parameters.nudge == 0.07)
        QTest.keyClick(window, Qt.Key.Key_Comma)
        await until(lambda: not intent.is_playing and not intent.periods)
        actions = {a.text().partition("\t")[0]: a for a in window.toolbar.menu.actions()}
        actions["Undo"].trigger()
        await until(lambda: lab.simulation.parameters.nudge == 0.05)
        actions["Copy as a command line"].trigger()
        words = QApplication.clipboard().text()
        assert words == "fireflies --side 5 --period 1 --nudge 0.05 --refractory 0.2 --jitter 0.02"
        presets = [a for a in actions["Presets"].menu().actions() if a.data()]
        assert [action.text() for action in presets] == [preset.name for preset in GALLERY]
        assert all(action.toolTip() for action in presets)
        next(a for a in presets if a.text() == "Small swarm").trigger()
        await until(lambda: lab.simulation.parameters.period == 5.0)

    in_window(body, SMALL)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_opens_without_stopping_the_run(in_window):
    """It is popped up, not executed: time goes on while it is open."""

    async def body(lab):
        QTest.keyClick(lab.window, Qt.Key.Key_M)
        menu = lab.window.toolbar.menu
        await until(menu.isVisible)
        now = lab.simulation.now
        await until(lambda: lab.simulation.now > now + 0.1)
        menu.close()

    in_window(body, SMALL)


def test_the_grid_alone_and_back(in_window):
    """F11 hides all but the grid; Escape brings everything back."""

    async def body(lab):
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


def test_question_mark_shows_every_key(in_window):
    """What the keys do, each shortcut of the window among them; again hides it."""

    async def body(lab):
        window = lab.window
        label = window.findChild(QLabel, "gridKeys")
        window.ask("keys")
        assert label.isVisible()
        listed = label.text()
        for key in (key.toString() for each in window.actions() for key in each.shortcuts()):
            if key in {panel.key for panel in PANELS.values()}:
                assert "Ctrl+1 to Ctrl+8" in listed
            elif key != "Ctrl+Shift+Z":
                assert key in listed, key
        window.ask("keys")
        assert not label.isVisible()

    in_window(body, SMALL)
