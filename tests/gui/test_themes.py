"""Themes, the size of the text, and words for those who can't see."""

from __future__ import annotations

from typing import cast

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QStyleHints
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QScrollBar,
)

from gui.laboratory import Laboratory, open_laboratory
from gui.models.look import Theme
from gui.picture.theme import DAY, NIGHT, Palette
from gui.views.about import AboutBox
from gui.views.appearance import Appearance
from tests.gui.conftest import InWindow, Run
from tests.gui.panel_names import PANEL_NAMES
from tests.gui.waiting import until
from tests.gui.window_parts import SMALL

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_a_theme_dresses_everything_at_once_and_the_grid_stays_night(in_window: InWindow) -> None:
    """By the menu; panels and plots change, the grid's margin does not."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        grid = window.grid.grab().toImage().pixelColor(3, 3)
        for theme, palette in ((Theme.DAY, DAY), (Theme.NIGHT, NIGHT)):
            window.ask(f"theme {theme.value}")
            assert lab.appearance.palette is palette
            picture = window.grab().toImage()
            corner = window.panel.mapTo(window, window.panel.rect().bottomLeft())
            assert (
                picture.pixelColor(corner.x() + 4, corner.y() - 4).name() == palette.panel.lower()
            )
            view = window.workbench.views["coherence"]
            plot = view.mapTo(window, view.rect().bottomRight())
            assert (
                picture.pixelColor(plot.x() - 4, plot.y() - 30).name() == palette.background.lower()
            )
            assert window.grid.grab().toImage().pixelColor(3, 3) == grid

    in_window(body, SMALL)


class Hints(QObject):
    """What a system says of its theme, which may change."""

    colorSchemeChanged = Signal(Qt.ColorScheme)  # noqa: N815 - as Qt calls it

    def __init__(self) -> None:
        super().__init__()
        self._scheme = Qt.ColorScheme.Light

    def colorScheme(self) -> Qt.ColorScheme:
        return self._scheme

    def change(self, scheme: Qt.ColorScheme) -> None:
        self._scheme = scheme
        self.colorSchemeChanged.emit(scheme)


def test_the_theme_follows_the_system_until_one_is_chosen(run: Run) -> None:
    """Light is day, dark and unknown are night."""

    async def main() -> None:
        async with open_laboratory(SMALL) as lab:
            hints = Hints()
            appearance = Appearance(lab.window, Theme.SYSTEM, 1.0, cast(QStyleHints, hints))

            def is_dressed_in(palette: Palette) -> bool:
                picture = lab.window.panel.grab().toImage()
                corner = picture.pixelColor(4, picture.height() - 4).name()
                return appearance.palette is palette and corner == palette.panel.lower()

            assert is_dressed_in(DAY)
            hints.change(Qt.ColorScheme.Dark)
            assert is_dressed_in(NIGHT)
            hints.change(Qt.ColorScheme.Light)
            assert is_dressed_in(DAY)
            hints.change(Qt.ColorScheme.Unknown)
            assert is_dressed_in(NIGHT)
            appearance.choose_theme(Theme.DAY)
            hints.change(Qt.ColorScheme.Dark)
            assert is_dressed_in(DAY)
            appearance.close()

    run(main())


def test_every_control_has_a_name_for_those_who_cannot_see_it(in_window: InWindow) -> None:
    """Buttons, fields, sliders and lists, in all panels."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        for name in PANEL_NAMES:
            window.workbench.show_panel(name)
        kinds = (QAbstractButton, QAbstractSpinBox, QAbstractSlider, QListWidget, QPlainTextEdit)
        controls = [each for kind in kinds for each in window.findChildren(kind)]
        assert len(controls) > 40
        for control in controls:
            if control.isVisible() and not isinstance(control, QScrollBar):
                text = control.text() if isinstance(control, QAbstractButton) else ""
                assert control.accessibleName() or text, control

    in_window(body, SMALL)


def test_text_grows_and_shrinks_within_limits(in_window: InWindow) -> None:
    """By keys; everything still fits, and 0 brings the usual size back."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        usual = window.toolbar.speed.name_label.fontMetrics().height()
        for _ in range(20):
            window.ask("larger text")
        assert lab.appearance.text_scale == 1.6
        assert window.toolbar.speed.name_label.fontMetrics().height() > 1.4 * usual
        assert window.width() == 1280
        for _ in range(30):
            window.ask("smaller text")
        assert lab.appearance.text_scale == 0.8
        QTest.keyClick(window, Qt.Key.Key_0, CONTROL)
        assert lab.appearance.text_scale == 1.0
        assert window.toolbar.speed.name_label.fontMetrics().height() == usual

    in_window(body, SMALL)


def test_the_about_box_says_versions_and_licence_and_the_run_goes_on(in_window: InWindow) -> None:
    """It is no loop of its own: time passes behind it."""

    async def body(lab: Laboratory) -> None:
        lab.window.ask("about")
        (box,) = lab.window.findChildren(AboutBox)
        await until(box.isVisible)
        now = lab.simulation.now
        await until(lambda: lab.simulation.now > now + 0.1)
        words = " ".join(label.text() for label in box.findChildren(QLabel))
        for needed in ("Fireflies", "PySide6 6.", "qasync", "MIT licence", "Python 3."):
            assert needed in words
        box.close()

    in_window(body, SMALL)
