"""Marks on the grid: what was done to fireflies, which one is pinned, which has failed."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QGraphicsScene
from pytestqt.qtbot import QtBot

from experiments import Action, Status
from experiments.population.workflow_population import WorkflowPopulation
from gui.instruments.failures_view import ProblemList
from gui.laboratory import Laboratory
from gui.models.colouring import Colouring
from gui.picture.colour_maps import table_of
from gui.picture.theme import FAILED_COLOUR, GRID_NIGHT, MARK_COLOURS
from gui.views.grid_dots import crowd_dots_of
from gui.views.grid_geometry import outline_item, outline_of
from tests.gui.conftest import InWindow
from tests.gui.contrast import contrast_ratio
from tests.gui.waiting import frames, until
from tests.gui.window_parts import SMALL, pixel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen


def has_status(lab: Laboratory, firefly: int, flag: Status) -> bool:
    """Whether that was done to it."""
    return bool(lab.simulation.status[firefly] & flag)


def test_what_brushes_did_is_marked_until_it_is_undone(in_window: InWindow) -> None:
    """A dot in the middle, in the colour of what was done."""

    async def body(lab: Laboratory) -> None:
        for flag, action in (
            (Status.SILENT, Action.SILENT),
            (Status.BLIND, Action.BLIND),
            (Status.PACEMAKER, Action.PACEMAKER),
        ):
            lab.intent.touch(action, {7})
            await until(partial(has_status, lab, 7, flag))
            await frames(lab)
            assert pixel(lab, 7).name() == MARK_COLOURS[flag].lower()
            assert not lab.simulation.status[8]
        lab.intent.touch(Action.REVIVE, {7})
        await until(lambda: not lab.simulation.status[7])
        await frames(lab)
        assert not lab.window.grid.picture.marks.isVisible()

    in_window(body, SMALL, is_playing=False)


@pytest.mark.parametrize("cell", [0.3, 0.5, 0.987, 1.0, 1.4, 2.9])
def test_no_mark_of_a_crowd_is_lost(cell: float) -> None:
    """Each one is seen where its firefly is, in a pixel that is one of the screen at least."""
    for firefly in range(0, 31 * 31, 7):
        status = np.zeros((31, 31), dtype=np.uint8)
        row, column = divmod(firefly, 31)
        status[row, column] = Status.SILENT
        pixels, n_cells = crowd_dots_of(status, cell)
        assert n_cells * cell >= 1.0
        ((y, x),) = np.argwhere(pixels[..., 3])
        assert (y, x) == (row // n_cells, column // n_cells)
        assert QColor(*pixels[y, x, :3].tolist()).name() == MARK_COLOURS[Status.SILENT].lower()


def test_a_click_holds_on_to_a_firefly_and_escape_lets_go(in_window: InWindow) -> None:
    """Wherever the pointer goes; a click on the same one lets go too."""

    async def body(lab: Laboratory) -> None:
        window, intent = lab.window, lab.intent
        label = window.panel.brush_bar.firefly_label
        lab.hand.click(2.5, 1.5)
        lab.hand.point(float("nan"), float("nan"))
        await until(lambda: label.text().startswith("Firefly 7, row 1, column 2\n"))
        assert window.grid.picture.pin.path().boundingRect().getRect() == (2.0, 1.0, 1.0, 1.0)
        assert window.grid.picture.hearers.around.path().boundingRect().getRect() == (
            1.0,
            0.0,
            3.0,
            3.0,
        )
        window.workbench.show_panel("controls", False)
        await until(
            lambda: window.grid.words.readout.text().startswith("Firefly 7, row 1, column 2\n")
        )
        QTest.keyClick(window, Qt.Key.Key_Escape)
        await until(lambda: not window.grid.words.readout.text())
        assert intent.pinned is None
        assert window.grid.picture.pin.path().isEmpty()
        lab.hand.click(2.5, 1.5)
        lab.hand.click(2.9, 1.1)
        assert intent.pinned is None

    in_window(body, SMALL)


def test_the_frame_of_the_one_held_is_seen_on_every_colour(qtbot: QtBot) -> None:
    """In every view, on the ground of fireflies of one pixel and of twenty: 3:1, as signs need."""
    for view in Colouring:
        for ground in table_of(view)[::15]:
            colour = "#{:02X}{:02X}{:02X}".format(*ground[:3])
            for cell, length in ((1, 14), (20, 20)):
                frame = outline_item(GRID_NIGHT.text, z=5, width=2.5, least_length=14.0)
                frame.setPath(outline_of([7], 5))
                frame.setTransform(QTransform.fromScale(cell, cell))
                scene = QGraphicsScene()
                scene.setBackgroundBrush(QColor(colour))
                scene.addItem(frame)
                middle = frame.mapToScene(QPointF(2.5, 1.5))
                image = QImage(40, 40, QImage.Format.Format_RGB32)
                painter = QPainter(image)
                box = QRectF(middle.x() - 20, middle.y() - 20, 40, 40)
                scene.render(painter, QRectF(image.rect()), box)
                painter.end()
                line = [image.pixelColor(x, 20 - length // 2).name() for x in range(14, 26)]
                edge = [image.pixelColor(x, 17 - length // 2).name() for x in range(14, 26)]
                seen = [
                    max(contrast_ratio(colour, c) for c in p) for p in zip(line, edge, strict=True)
                ]
                assert min(seen) >= 3.0, (view, colour, cell)


@pytest.mark.workflows
def test_a_failed_firefly_is_shown_named_and_its_traceback_is_a_click_away(
    in_window: InWindow,
) -> None:
    """In its own colour in every view; the rest goes on."""

    async def body(lab: Laboratory) -> None:
        window, simulation = lab.window, lab.simulation
        await until(lambda: simulation.now > 0.2)

        assert isinstance(simulation.population, WorkflowPopulation)
        swarm = simulation.population.swarm
        original = swarm.flash

        def broken(i: int) -> None:
            if i == 12:
                raise KeyError("no wings")
            original(i)

        swarm.flash = broken  # type: ignore[method-assign]
        await until(lambda: simulation.failures)
        now = simulation.now
        await until(lambda: simulation.now > now + 0.2)
        for view in Colouring:
            lab.controller.choose_view(view)
            await frames(lab)
            assert pixel(lab, 12).name() == FAILED_COLOUR.lower(), view
        assert "firefly 12" in window.status_line.labels["state"].text()
        assert "firefly 12 has failed; the rest goes on" in window.toast.text()
        window.status_line.problemsRequested.emit()
        assert window.workbench.is_shown("failures")
        problems = window.workbench.views["failures"]
        assert isinstance(problems, ProblemList)
        assert problems.list.item(0).text() == "firefly 12 failed: KeyError: 'no wings'"
        assert "in broken" in problems.detail.toPlainText()
        assert len(simulation.failures) == 1

    in_window(body, SMALL)


def test_calm_softens_every_change_and_can_be_taken_back(in_window: InWindow) -> None:
    """By its key: a flash is no longer full at once, nor as bright."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        lab.controller.step()
        await until(lambda: lab.intent.steps == 0)
        _, ids, _ = lab.simulation.flashes.read()
        flashed = int(ids[-1])
        await until(lambda: pixel(lab, flashed).lightness() > 200)
        QTest.keyClick(window, Qt.Key.Key_C)
        await until(lambda: pixel(lab, flashed).lightness() < 100)
        assert lab.intent.is_calm
        assert window.commands["calm"].isChecked()
        QTest.keyClick(window, Qt.Key.Key_C)
        await until(lambda: pixel(lab, flashed).lightness() > 200)

    in_window(body, SMALL, is_playing=False)
