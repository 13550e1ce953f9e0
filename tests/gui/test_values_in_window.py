"""Values: dragged, typed, refused and given up."""

from __future__ import annotations

import math
from functools import partial
from itertools import product

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from experiments import PARAMETER_FIELDS, Parameters
from gui.controls.value_slider import ValueSlider
from gui.laboratory import Laboratory
from gui.picture.theme import NIGHT
from gui.views.window import Window
from tests.gui.conftest import InWindow
from tests.gui.waiting import frames, until
from tests.gui.window_parts import SMALL


def are_in_force(lab: Laboratory, parameters: Parameters) -> bool:
    """Whether the model has these values."""
    return lab.simulation.parameters == parameters


def test_each_slider_reaches_the_model_at_once(in_window: InWindow) -> None:
    """An arrow key on a slider changes its value in force within a few frames, and no other."""

    async def body(lab: Laboratory) -> None:
        expected = SMALL
        for name in PARAMETER_FIELDS.live:
            if (scale := PARAMETER_FIELDS[name].scale) is not None:
                value = scale.neighbour(getattr(SMALL, name), 1)
                expected = expected.replace(**{name: value})
                QTest.keyClick(lab.window.sliders[name].track, Qt.Key.Key_Right)
                await until(partial(are_in_force, lab, expected))

    in_window(body, SMALL)


def test_dragging_the_speed_to_its_end_is_as_fast_as_possible(in_window: InWindow) -> None:
    """A click at the right end of the speed slider means max, and says so."""

    async def body(lab: Laboratory) -> None:
        speed = lab.window.sliders["speed"]
        QTest.mouseClick(
            speed.track,
            Qt.MouseButton.LeftButton,
            pos=QPoint(speed.track.width() - 2, speed.track.height() // 2),
        )
        await until(lambda: lab.simulation.parameters.speed == math.inf)
        assert speed.value_field.text() == "max"

    in_window(body, SMALL)


def test_a_typed_value_reaches_the_model(in_window: InWindow) -> None:
    """Type a number, press return: it is in force and shown with its unit."""

    async def body(lab: Laboratory) -> None:
        field = lab.window.sliders["nudge"].value_field
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "0.123")
        QTest.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: lab.simulation.parameters.nudge == 0.123)
        await frames(lab)
        assert field.text() == "0.123 s"

    in_window(body, SMALL)


def test_an_invalid_value_is_refused_next_to_its_slider(in_window: InWindow) -> None:
    """The reason is shown there in words, the field shows the value in force again."""

    async def body(lab: Laboratory) -> None:
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


def test_a_refused_drag_snaps_back_when_let_go(in_window: InWindow) -> None:
    """While held, the handle shows what is asked; let go, what is in force."""

    async def body(lab: Laboratory) -> None:
        slider = lab.window.sliders["refractory"]
        slider.track.setSliderDown(True)
        slider.track.set_position(0.0)
        await until(lambda: bool(slider.refusal()))
        assert slider.value_field.text() == "0.01 s"
        slider.track.setSliderDown(False)
        await until(lambda: slider.value_field.text() == "0.20 s")
        scale = PARAMETER_FIELDS["refractory"].scale
        assert scale is not None
        assert slider.track.position() == pytest.approx(scale.position(0.2))

    in_window(body, SMALL)


def test_typing_doesnt_trigger_keys_of_the_window(qtbot: QtBot) -> None:
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


def test_side_says_that_it_restarts(qtbot: QtBot) -> None:
    """The label stands beside each slider that isn't live, and no other."""
    window = Window()
    qtbot.addWidget(window)
    hints = {
        name: [label.text() for label in slider.findChildren(QLabel, "hint")]
        for name, slider in window.sliders.items()
    }
    restarting = set(PARAMETER_FIELDS.restarting)
    assert "side" in restarting
    assert hints == {name: ["restarts"] if name in restarting else [] for name in hints}


def place(slider: ValueSlider) -> tuple[QPoint, QSize]:
    """Where a track is in its window."""
    return slider.track.mapTo(slider.window(), QPoint(0, 0)), slider.track.size()


def test_a_refusal_moves_nothing(in_window: InWindow) -> None:
    """It lies over what is below, or in room kept for it; later it goes by itself."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        window.resize(900, 600)
        await frames(lab)
        sliders = {name: each for name, each in window.sliders.items() if each.isVisible()}
        assert {"nudge", "delay", "spread"} < sliders.keys()
        places = {name: place(slider) for name, slider in sliders.items()}
        for name in sliders:
            window.show_refusal(name, "because " * 8)
            await frames(lab)
            assert window.sliders[name].refusal_label.isVisible()
            assert {n: place(s) for n, s in sliders.items()} == places
        for name in ("speed", "nudge"):
            window.show_refusal(name, "")
            await frames(lab)
            assert {n: place(s) for n, s in sliders.items()} == places
            window.show_refusal(name, "again")
            timer = window.sliders[name].refusal_label.findChild(QTimer)
            assert isinstance(timer, QTimer)
            assert timer.isActive()
            timer.timeout.emit()
            assert not window.sliders[name].refusal()

    in_window(body, SMALL)


def test_after_return_the_keys_are_shortcuts_again(in_window: InWindow) -> None:
    """The field gives the focus up, with its value taken."""

    async def body(lab: Laboratory) -> None:
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


def test_escape_gives_up_what_was_typed(in_window: InWindow) -> None:
    """The value in force shows again, the focus goes, and nothing is asked."""

    async def body(lab: Laboratory) -> None:
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


def test_a_refusal_goes_when_somebody_turns_to_another_control(in_window: InWindow) -> None:
    """It outlasts the focus lost by Return or Tab, but not the next control chosen."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        slider = window.sliders["nudge"]
        for text, key in product(("9", "soon"), (Qt.Key.Key_Return, Qt.Key.Key_Tab)):
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


def test_a_click_reaches_the_slider_that_lies_below_a_refusal(in_window: InWindow) -> None:
    """It moves its handle there, and the words give way."""

    async def body(lab: Laboratory) -> None:
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


def right_edge(picture: QImage, widget: QWidget, window: Window) -> int:
    """The last column in which a widget has drawn something."""
    corner = widget.mapTo(window, QPoint(0, 0))
    ground = QColor(NIGHT.panel)
    for x in reversed(range(corner.x(), corner.x() + widget.width())):
        for y in range(corner.y(), corner.y() + widget.height()):
            colour = picture.pixelColor(x, y)
            if abs(colour.lightness() - ground.lightness()) > 10:
                return x
    raise AssertionError("nothing is drawn")


def test_values_and_tracks_end_on_one_line(qtbot: QtBot) -> None:
    """On the right of the panel, to a pixel."""
    window = Window()
    qtbot.addWidget(window)
    window.show_parameters(Parameters())
    window.resize(1280, 1200)
    window.show()
    picture = window.grab().toImage()
    edges = []
    for slider in (each for each in window.panel.sliders.values() if each.isVisible()):
        edges.append(right_edge(picture, slider.track, window))
        edges.append(right_edge(picture, slider.value_field, window))
    assert len(edges) > 10
    assert max(edges) - min(edges) <= 1, edges


def test_home_and_end_go_to_the_ends(in_window: InWindow) -> None:
    """Of every slider; the end of the speed's track is as fast as possible."""

    async def body(lab: Laboratory) -> None:
        slider = lab.window.sliders["glow"]
        QTest.keyClick(slider.track, Qt.Key.Key_Home)
        await until(lambda: lab.simulation.parameters.glow == 0.02)
        QTest.keyClick(slider.track, Qt.Key.Key_End)
        await until(lambda: lab.simulation.parameters.glow == 1.0)
        QTest.keyClick(lab.window.sliders["speed"].track, Qt.Key.Key_End)
        await until(lambda: math.isinf(lab.simulation.parameters.speed))

    in_window(body, SMALL)
