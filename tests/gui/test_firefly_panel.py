"""The panel of the firefly that is held: its phase over time, in a curve and in words."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from experiments import Fate, Nudge, Parameters, PhaseCourse, topology_of
from gui.instruments.firefly import NOBODY, FireflyPicture
from gui.instruments.firefly_view import FireflyView
from gui.laboratory import Laboratory
from gui.models.portrait import place_words
from gui.picture.theme import NIGHT
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL, Stage, run_staged
from tests.gui.waiting import until

HELD = 14

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of windows, offscreen


def shown_of(stage: Stage) -> FireflyPicture:
    """What the panel is given for the present."""
    stage.wall += 1.5
    stage.pump.present()
    picture = stage.screen.given["firefly"][-1]
    assert isinstance(picture, FireflyPicture)
    return picture


def test_the_curve_of_the_firefly_held_is_exact_and_says_who_it_is() -> None:
    """Its phase at the present and its flashes are those of the run; let go of, nobody is held."""

    async def body(stage: Stage) -> None:
        assert shown_of(stage).words == NOBODY
        side = stage.simulation.parameters.side
        row, column = divmod(HELD, side)
        await stage.play(1.0)
        stage.hand.click(column + 0.5, row + 0.5)
        for seconds in (0.2, 12.0):
            await stage.play(seconds)
            picture, instant = shown_of(stage), stage.simulation.instant
            course = picture.course
            assert course is not None
            assert course.is_exact
            phase = float(instant.phases[HELD])
            assert course.phase_at(instant.t) == pytest.approx(phase, abs=1e-12)
            times, ids, _ = stage.simulation.flashes.read(0)
            own = times[(ids == HELD) & (times >= picture.begin)]
            assert [t for t in course.flashes if t >= picture.begin] == own.tolist()
            assert course.times[0] <= max(picture.begin, 0.0)
            words = f"Firefly {HELD}, {place_words(HELD, side)}\nphase {phase:.2f} s"
            assert picture.words.startswith(words)
            hears = sorted(topology_of(instant.parameters).neighbours(HELD))
            assert picture.words.endswith(", ".join(map(str, hears)))
        stage.hand.let_go()
        assert shown_of(stage).course is None

    run_staged(body)


def test_it_is_worked_out_while_paused_and_after_strokes_and_changes() -> None:
    """A firefly that is clicked on shows what came before, whatever was done meanwhile."""

    async def body(stage: Stage) -> None:
        side = stage.simulation.parameters.side
        row, column = divmod(HELD, side)
        await stage.play(4.0)
        stage.controller.move_value("nudge", 0.02)
        await stage.play(1.0)
        stage.controller.toggle_play()
        await stage.play(0.1)
        stage.hand.click(column + 0.5, row + 0.5)
        picture = shown_of(stage)
        assert picture.course is not None
        assert picture.course.is_exact
        assert {round(each.by, 9) for each in picture.course.nudges} >= {0.0, 0.02}
        assert len(picture.marks) == 1

    run_staged(body)


EXTENDED = Parameters(
    side=6, period=1.0, refractory=0.1, topology="ring", k=2, rewire=0.3, spread=0.3,
    response="inhibitory", strength=0.05, loss=0.3, delay=2.3, jitter=0.02,
)  # fmt: skip


def test_the_curve_is_exact_in_the_extended_model() -> None:
    """Rewired ring, periods of their own, late and lost pulses, a delay changed meanwhile."""

    async def body(stage: Stage) -> None:
        row, column = divmod(HELD, EXTENDED.side)
        stage.hand.click(column + 0.5, row + 0.5)
        for seconds, delay in ((9.0, 0.4), (4.0, 0.0), (4.0, 1.2), (2.0, 1.2)):
            await stage.play(seconds)
            picture = shown_of(stage)
            assert picture.course is not None
            assert picture.course.is_exact
            assert picture.course.times[0] <= max(picture.begin, 0.0)
            assert {each.fate for each in picture.course.nudges} >= {Fate.HEARD, Fate.LOST}
            stage.controller.move_value("delay", delay)

    run_staged(body, EXTENDED)


def picture_of(course: PhaseCourse | None) -> FireflyPicture:
    """A firefly of period 1 s that flashed at 1 s and was nudged at 1.5 s by firefly 13."""
    return FireflyPicture("Firefly 14", course, 0.0, 2.0, 1.0, 0.2, 6)


COURSE = PhaseCourse(
    np.array([0.0, 1.0, 1.0, 1.5, 1.5, 2.0]),
    np.array([0.0, 1.0, 0.0, 0.5, 0.6, 1.1]),
    (1.0,),
    (
        Nudge(1.1, 20, 0.0, 0.1, Fate.DEAF),
        Nudge(1.3, 13, 0.0, 0.3, Fate.LOST),
        Nudge(1.5, 13, 0.1, 0.6, Fate.HEARD),
        Nudge(1.7, 15, -0.2, 0.6, Fate.HEARD),
        Nudge(1.9, 15, 0.0, 0.8, Fate.HEARD),
    ),
    True,
)


def test_the_curve_is_drawn_and_read(qtbot: QtBot) -> None:
    """A disc at its flash, the phase anywhere, and who nudged it by how much."""
    view = FireflyView(NIGHT, None)  # type: ignore[arg-type]  # a window of its own
    qtbot.addWidget(view)
    view.resize(320, 260)
    view.show()
    view.show_data(picture_of(None))
    assert view.plot.isHidden()
    view.show_data(picture_of(COURSE))
    QApplication.processEvents()
    plot = view.plot

    def read(t: float) -> str:
        at, none = QPointF(plot.x_at(t), plot.area().center().y()), Qt.MouseButton.NoButton
        plain = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(QEvent.Type.MouseMove, at, plot.mapToGlobal(at), none, none, plain)
        QApplication.sendEvent(plot, event)
        return plot.read_out.words

    assert read(0.5) == "0.50 s   phase 0.50 s"
    assert read(1.0) == "1.00 s   phase 1.00 s\nflash"
    assert read(1.1) == "1.10 s   phase 0.10 s\nnot heard, deaf: row 3, column 2"
    assert read(1.3) == "1.30 s   phase 0.30 s\nlost on its way: row 2, column 1"
    assert read(1.7).endswith("\nput back by 0.2 s: row 2, column 3")
    assert read(1.9).endswith("\nheard, to no effect: row 2, column 3")
    assert read(1.5) == "1.50 s   phase 0.50 s\nnudged by 0.1 s: row 2, column 1"
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    image = plot.grab().toImage()
    disc = QPointF(plot.x_at(1.0), plot.y_at(1.0)).toPoint()
    assert image.pixelColor(disc) == QColor(NIGHT.accent)
    dot = QPointF(plot.x_at(1.5), plot.y_at(0.6)).toPoint()
    assert image.pixelColor(dot).lightness() > 200


def test_its_key_shows_it_and_a_click_on_the_grid_fills_it(in_window: InWindow) -> None:
    """Before that it says what to do; the curve goes on with the run."""

    async def body(lab: Laboratory) -> None:
        view = lab.window.workbench.views["firefly"]
        assert isinstance(view, FireflyView)
        lab.window.ask("panel firefly")
        await until(lambda: view.label.text() == NOBODY)
        lab.hand.click(2.5, 1.5)
        await until(lambda: view.plot.isVisible())
        assert view.label.text().startswith("Firefly ")
        lab.hand.let_go()
        await until(lambda: view.plot.isHidden())

    in_window(body, SMALL)
