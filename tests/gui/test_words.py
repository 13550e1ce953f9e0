"""Each hint, legend and sentence of the window says what is in force, and goes when it isn't."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from experiments import GALLERY, Parameters, Status, as_file
from gui.models.brush import Brush, hint_text
from gui.models.colouring import Colouring
from gui.models.marks import MARKED, dots_in_sight
from gui.models.place import Beginning
from gui.models.preset_words import preset_words
from gui.models.stroke_shape import StrokeShape
from gui.models.timeline import Timeline
from gui.picture.colour_maps import table_of
from gui.picture.field_painter import CALM_CONTRAST, CalmTable
from gui.picture.glow import Swell
from gui.picture.legend_colours import legend_colours
from gui.picture.theme import MARK_COLOURS
from gui.views.view_bar import ViewBar
from gui.views.window import Window
from tests.gui.staged import Stage, run_staged


def of_gallery(name: str) -> tuple[Beginning, Parameters, str]:
    """A run that began with a preset of the gallery, and its parameters."""
    preset = next(each for each in GALLERY if each.name == name)
    return Beginning.of(as_file(preset), name), preset.parameters, preset.sentence


def legend_of(views: ViewBar) -> QImage:
    """The colours of its legend, from left to right."""
    (bar,) = (
        each for each in views.findChildren(QLabel) if each.accessibleName().startswith("Legend.")
    )
    return bar.pixmap().toImage()


@pytest.mark.parametrize("brush", list(Brush))
def test_the_hint_tells_what_the_brush_in_the_hand_does(brush: Brush) -> None:
    """Only looking holds on to a firefly; while a run is repeated nothing draws."""
    words = hint_text(brush)
    assert ("holds on" in words) is (brush is Brush.LOOK)
    assert ("draw" in words) is (brush is not Brush.LOOK)
    assert brush.value in words.lower() or brush is Brush.LOOK
    locked = hint_text(brush, is_locked=True)
    assert ("Branch here" in locked) is (brush is not Brush.LOOK)


def test_a_preset_s_sentence_stands_as_long_as_its_physics_do() -> None:
    """Another speed changes nothing of it; another side, jitter or paint does."""
    beginning, given, sentence = of_gallery("Huge swarm")
    as_it_was = preset_words(beginning, given.replace(speed=9.0, seed=7), is_painted=False)
    assert as_it_was == ("Huge swarm", sentence, sentence)
    name, words, _ = preset_words(beginning, given.replace(side=50, jitter=0.2), is_painted=True)
    assert name == "Huge swarm, changed"
    assert words == "Not as the preset has it: side, jitter, what was painted."
    assert preset_words(Beginning(), Parameters(), is_painted=True) == ("", "", "")


def test_the_dots_in_sight_are_explained_in_their_colours() -> None:
    """Violet walls too: who hears nobody; nothing is said of dots that aren't there."""
    status = np.zeros(9, dtype=np.uint8)
    assert dots_in_sight(status) == ()
    status[0] = Status.SILENT | Status.BLIND
    status[1] = Status.BLIND
    status[2] = Status.PACEMAKER
    told = [(dot.flag, dot.words) for dot in dots_in_sight(status)]
    assert told == [
        (Status.BLIND, "blind, or silent and blind"),
        (Status.PACEMAKER, "pacemaker"),
    ]
    assert tuple(MARK_COLOURS) == MARKED  # the order in which they are painted


@pytest.mark.parametrize("view", list(Colouring))
def test_the_legend_has_the_colours_that_are_painted(view: Colouring) -> None:
    """Calm, the glow stays dimmer, and the other views are paler."""
    table = table_of(view)
    assert legend_colours(view, table, is_calm=False) is table
    calm = legend_colours(view, table, is_calm=True)
    if view is Colouring.GLOW:
        assert (calm[-1] == table[round(255 * Swell.PEAK)]).all()
    else:
        painted = CalmTable(table).at(CALM_CONTRAST)[0].view(np.uint8).reshape(-1, 4)
        assert (calm == painted).all()


def test_the_window_takes_back_what_isn_t_true_any_more(qtbot: QtBot) -> None:
    """The brush's hint, the legend, the dots, and the way back from the full screen."""
    window = Window()
    qtbot.addWidget(window)
    window.show()
    bar, views = window.panel.brush_bar, window.panel.view_bar
    window.show_brush(Brush.PACEMAKER, 5, StrokeShape.FREE)
    assert "holds on" not in bar.firefly_label.text()
    assert "Pacemaker" in bar.firefly_label.text()
    window.show_timeline(Timeline(1.0, 2.0, (), "", False))
    assert "Branch here" in bar.firefly_label.text()
    window.show_timeline(None)
    window.show_brush(Brush.LOOK, 5, StrokeShape.FREE)
    assert "holds on" in bar.firefly_label.text()
    window.show_view(Colouring.PHASE)
    plain = legend_of(views)
    window.show_calm(True)
    assert legend_of(views) != plain
    window.show_calm(False)
    assert legend_of(views) == plain
    assert bar.dots_label.isHidden()
    window.show_marks(np.full(9, Status.BLIND, dtype=np.uint8))
    assert MARK_COLOURS[Status.BLIND] in bar.dots_label.text()
    assert "blind" in bar.dots_label.text()
    toast = window.toast
    window.toggle_grid_alone()
    assert toast.text() == "F11 or Esc: back"
    assert not toast.isHidden()
    window.toggle_grid_alone()
    assert toast.isHidden()


def test_the_preset_shown_follows_what_is_done() -> None:
    """Painted, cleared, reset, another side: name and sentence go with it."""

    async def body(stage: Stage) -> None:
        stage.controller.begin_preset("Small swarm")
        await stage.follow()
        name, sentence = stage.screen.preset
        assert name == "Small swarm"
        await stage.paint(Brush.SILENCE, (1, 1))
        await stage.play(0.1)
        assert stage.screen.preset[0] == "Small swarm, changed"
        stage.controller.reset()
        await stage.follow()
        await stage.play(0.1)
        assert "what was painted" in stage.screen.preset[1]
        stage.controller.reset_and_clear()
        await stage.follow()
        assert stage.screen.preset == (name, sentence)
        stage.controller.type_value("side", "4")
        await stage.follow()
        assert stage.screen.preset[1] == "Not as the preset has it: side."
        stage.controller.undo()
        await stage.follow()
        await stage.play(0.1)
        assert stage.screen.preset == (name, sentence)

    run_staged(body)
