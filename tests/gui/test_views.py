"""The four views: each paints what the model says, in colours that are told apart."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from experiments import Parameters, Topology, topology_of
from gui.laboratory import Laboratory
from gui.models.colouring import LEGENDS, Colouring, order_values, phase_values
from gui.picture.colour_maps import table_of
from gui.picture.colour_table import relative_luminance
from gui.picture.field_painter import CalmTable, FieldPainter
from gui.picture.flash_guard import FlashGuard
from gui.views.window import Window
from tests.gui.cells import rgba_of
from tests.gui.conftest import InWindow
from tests.gui.waiting import frames, until

SMALL = Parameters(side=6, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)


def torus(side: int) -> Topology:
    """The topology of a grid that wraps around."""
    return topology_of(Parameters(side=side))


def test_local_order_is_that_of_a_firefly_and_its_eight_neighbours() -> None:
    """Against the plain sum over the torus; 1 where all agree, 0 where nine cancel out."""
    side, period = 7, 3.0
    rng = np.random.default_rng(2)
    phases = rng.uniform(0.0, period, side * side)
    found = order_values(phases, period, torus(side)).reshape(side, side)
    for y in range(side):
        for x in range(side):
            total = 0.0
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    i = (y + dy) % side * side + (x + dx) % side
                    total += np.exp(2j * math.pi * phases[i] / period)
            assert found[y, x] == pytest.approx(abs(total) / 9, abs=1e-12)
    assert order_values(np.full(9, 1.7), period, torus(3)) == pytest.approx(1.0)
    assert order_values(np.arange(9) * period / 9, period, torus(3)) == pytest.approx(
        0.0, abs=1e-12
    )


def test_phases_wrap() -> None:
    """A phase beyond the period begins anew."""
    assert phase_values(np.array([0.0, 0.5, 1.0, 2.25]), 1.0) == pytest.approx([0, 0.5, 0, 0.25])


def test_a_field_is_painted_in_the_colours_of_its_table() -> None:
    """The ends and the middle of the range; a picture stays while the next one is made."""
    table = table_of(Colouring.ORDER)
    painter, calm = FieldPainter(3, FlashGuard()), CalmTable(table)
    values = np.array([0.0, 0.5, 1.0, 0.25, 0.0, 0.0, 0.0, 0.0, 1.0])
    first = painter.render(values, calm, 0.0, 0.0)
    assert first is not None
    expected = table[[0, 128, 255, 64, 0, 0, 0, 0, 255]].reshape(3, 3, 4)
    assert np.abs(rgba_of(first.cells).astype(int) - expected).max() <= 1
    assert not first.is_evened
    kept = first.cells.levels.copy()
    painter.render(1.0 - values, calm, 0.0, 1.0)
    assert (first.cells.levels == kept).all()


def test_what_cycles_too_fast_loses_its_contrast() -> None:
    """From 2.5 to 3 cycles a second the colours are drawn towards their mean."""
    painter, calm = FieldPainter(16, FlashGuard()), CalmTable(table_of(Colouring.PHASE))
    values = np.arange(256) / 256

    def contrast(rate_hz: float, wall: float) -> float:
        frame = painter.render(values, calm, rate_hz, wall)
        assert frame is not None
        assert frame.is_evened is (rate_hz > 2.5)
        return float(np.ptp(relative_luminance(rgba_of(frame.cells).reshape(-1, 4))))

    full, less, least = contrast(1.0, 0.0), contrast(2.75, 10.0), contrast(9.0, 20.0)
    assert full > 0.7
    assert least < 0.1 * full < less < 0.8 * full


@pytest.mark.parametrize("view", Colouring)
def test_tables_are_opaque_and_use_their_range(view: Colouring) -> None:
    """Neighbouring colours are close, opposite ones are told apart; the cyclic one closes."""
    table = table_of(view).astype(int)
    assert table.shape == (256, 4)
    assert (table[:, 3] == 255).all()
    steps = np.abs(np.diff(table[:, :3], axis=0)).max(axis=1)
    assert steps.max() <= 16
    if view is Colouring.PHASE:
        assert np.abs(table[0, :3] - table[-1, :3]).max() <= 16
    assert np.abs(table[64, :3] - table[192, :3]).max() > 60


def pixel(window: Window, firefly: int) -> QColor:
    """Colour in the middle of a firefly's cell, as it shows."""
    centre = window.grid.cell_rect(firefly).center().toPoint()
    return QColor(window.grid.grab().toImage().pixel(centre))


@pytest.mark.parametrize("view", [Colouring.PHASE, Colouring.ORDER])
def test_each_view_paints_what_the_model_says(in_window: InWindow, view: Colouring) -> None:
    """Chosen by key while running; paused, chosen fireflies have the colours of their values."""

    async def body(lab: Laboratory) -> None:
        window, simulation = lab.window, lab.simulation
        await until(lambda: simulation.now >= 1.5)
        QTest.keyClick(window, getattr(Qt.Key, f"Key_{list(Colouring).index(view) + 1}"))
        lab.controller.toggle_play()
        await frames(lab)
        if view is Colouring.PHASE:
            values = phase_values(simulation.phases(), simulation.parameters.period)
        else:
            parameters = simulation.parameters
            topology = topology_of(parameters)
            values = order_values(simulation.phases(), parameters.period, topology)
        table = table_of(view)

        def is_painted(firefly: int) -> bool:
            wanted = table[min(255, int(values[firefly] * 256))][:3].astype(int)
            shown = pixel(window, firefly)
            found = np.array((shown.red(), shown.green(), shown.blue()))
            return bool(np.abs(found - wanted).max() <= 3)

        # The flash guard may soften the picture for 2 s.
        await until(lambda: all(map(is_painted, (0, 7, 20, 35))))
        bar = window.panel.view_bar
        assert bar.buttons[view].isChecked()
        assert LEGENDS[view].sentence in bar.buttons[view].toolTip()

    in_window(body, SMALL)


def test_a_click_chooses_a_view_and_back(in_window: InWindow) -> None:
    """Buttons and keys do the same, and the glow comes back as it was."""

    async def body(lab: Laboratory) -> None:
        bar = lab.window.panel.view_bar
        QTest.mouseClick(bar.buttons[Colouring.ORDER], Qt.MouseButton.LeftButton)
        assert [lab.intent.view] == [Colouring.ORDER]
        QTest.keyClick(lab.window, Qt.Key.Key_1)
        assert [lab.intent.view] == [Colouring.GLOW]
        assert bar.buttons[Colouring.GLOW].isChecked()
        assert not bar.buttons[Colouring.ORDER].isChecked()

    in_window(body, SMALL)
