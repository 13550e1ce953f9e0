"""The launch: what the first picture waits for, and what comes after it."""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
import qtawesome  # type: ignore[import-untyped]
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from experiments import Parameters
from gui.controllers.panel_loading import load_panels
from gui.controls.track import Track
from gui.instruments.coherence import COHERENCE
from gui.instruments.registry import PANELS
from gui.picture.icons import icon
from gui.picture.theme import DAY, NIGHT, Palette
from gui.system.loading import without_collecting
from gui.views.window import Window
from tests.gui.conftest import Run
from tests.gui.geometry import settle
from tests.gui.shown_window import reached_by_tab
from tests.gui.test_closing import start_anew
from tests.gui.waiting import until

_FIRST_PICTURE = """
    import asyncio, json, sys
    from experiments import Parameters
    from gui.app import show_window
    from gui.system.application import make_application
    from gui.system.event_loop import run_app

    report = {}

    async def look(lab):
        window = lab.window
        shown = asyncio.Event()
        window.grid.painted.connect(shown.set)
        await shown.wait()
        report["loaded"] = [name for name in ("pyqtgraph", "qtpy") if name in sys.modules]
        report["before"] = window.is_seen("coherence"), window.grid.geometry().getRect()
        while not window.is_seen("coherence"):
            await asyncio.sleep(0.01)
        plot = window.workbench.views["coherence"]
        while plot.reading_at(plot.x_of(lab.simulation.now), 0.0) is None:
            await asyncio.sleep(0.01)
        report["after"] = type(plot).__name__, window.grid.geometry().getRect()
        window.closeRequested.emit()

    app = make_application()
    code = run_app(show_window(Parameters(side=10), beside=look), app)
    print(json.dumps(report))
    sys.exit(code)
"""


def test_the_first_picture_needs_nothing_of_the_plots() -> None:
    """What draws them is loaded after it; then they come, and the grid stays where it is."""
    process = start_anew(_FIRST_PICTURE)
    output, errors = process.communicate(timeout=240)
    assert (process.returncode, errors) == (0, "")
    report = json.loads(output)
    assert report["loaded"] == []
    assert report["before"][0] is False
    assert report["after"] == ["CoherencePlot", report["before"][1]]


def _tab_order(window: Window) -> list[str]:
    """What Tab leads to, in order, by kind and name."""
    return [f"{type(each).__name__} {each.accessibleName()}" for each in reached_by_tab(window)]


def _places(window: Window) -> dict[str, QRect]:
    """Where the panels that are seen stand."""
    docks = window.workbench.docks
    return {name: dock.geometry() for name, dock in docks.items() if window.workbench.is_seen(name)}


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_views_that_were_held_back_stand_as_all_others(qtbot: QtBot, size: tuple[int, int]) -> None:
    """They take the same room, Tab goes to them in the same order, and they know the colours."""
    seen = []
    for is_held_back in (False, True):
        window = Window()
        qtbot.addWidget(window)
        window.resize(*size)
        if is_held_back:
            window.workbench.hold_views_back()
        window.show()
        window.show_style(DAY, 1.2)
        settle()
        assert window.workbench.is_seen("coherence")
        assert window.is_seen("coherence") is not is_held_back
        assert ("coherence" in window.workbench.views_missing()) is is_held_back
        before = _places(window), window.grid.geometry()
        window.workbench.make_views()
        settle()
        assert window.is_seen("coherence")
        assert (_places(window), window.grid.geometry()) == before
        plot = window.workbench.views["coherence"]
        background = plot.grab().toImage().pixelColor(1, 1).name()
        seen.append((_places(window), _tab_order(window), background))
    assert seen[0] == seen[1]


def test_an_arrangement_comes_back_also_where_views_are_held_back(qtbot: QtBot) -> None:
    """Panels that stand close have the places they were left at, once they are there."""
    window = Window()
    qtbot.addWidget(window)
    window.resize(1008, 552)
    window.show()
    for name in PANELS:
        window.workbench.show_panel(name)
        settle()
    arrangement = window.workbench.arrangement()
    seen = []
    for is_held_back in (False, True):
        again = Window()
        qtbot.addWidget(again)
        again.resize(1008, 552)
        if is_held_back:
            again.workbench.hold_views_back()
        assert again.workbench.arrange(arrangement)
        again.show()
        settle()
        again.workbench.make_views()
        settle()
        seen.append(_places(again))
    assert seen[0] == seen[1]


def test_what_is_shown_before_a_view_is_made_it_shows_then(qtbot: QtBot) -> None:
    """A problem that came early stands in the list when it is opened."""
    window = Window()
    qtbot.addWidget(window)
    made: list[str] = []
    window.workbench.views.on_made(lambda name, _view: made.append(name))
    assert made == ["controls"]
    assert COHERENCE.empty is not None
    window.show_in("coherence", COHERENCE.empty(Parameters(side=5, period=2.0)))
    assert made == ["controls"]
    window.workbench.show_panel("coherence", False)
    window.workbench.show_panel("coherence")
    assert made == ["controls", "coherence"]
    plot = window.workbench.views["coherence"]
    assert plot.viewRange()[0] == pytest.approx([0.0, 30.0])  # type: ignore[attr-defined]


@dataclass
class _Holder:
    """Panels of which some have no view; notes what is asked of it."""

    missing: list[str]
    is_made: bool = False
    hold_views_back: Callable[[], None] = field(default=lambda: None)

    def views_missing(self) -> list[str]:
        return self.missing

    def make_views(self) -> None:
        self.is_made = True


def test_what_is_cancelled_makes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first picture as well as while something is loaded, which is waited for."""
    slow = replace(COHERENCE, name="slow", key="Alt+8", view="gui.slow_module:View")
    has_begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def load_slowly(_name: str) -> None:
        has_begun.set()
        may_end.wait(60.0)
        ended.set()

    monkeypatch.setattr(importlib, "import_module", load_slowly)

    async def main() -> None:
        for is_shown in (False, True):
            holder, shown, told = _Holder(["slow"]), asyncio.Event(), asyncio.Event()
            task = asyncio.create_task(load_panels(holder, shown, told.set))
            if is_shown:
                shown.set()
                await until(has_begun.is_set)
            task.cancel()
            if is_shown:
                may_end.set()
            await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()
            assert not holder.is_made
            assert not told.is_set()
            assert ended.is_set() is is_shown

    with PANELS.adding(slow):
        run(main())


def test_what_cant_be_loaded_fails_where_it_is_made(run: Run) -> None:
    """Not in the thread, where nobody would hear of it: the others come all the same."""
    broken = replace(COHERENCE, name="broken", key="Alt+8", view="gui.no_such_module:View")

    async def main() -> bool:
        holder, shown, told = _Holder(["broken"]), asyncio.Event(), asyncio.Event()
        shown.set()
        await load_panels(holder, shown, told.set)
        return holder.is_made and told.is_set()

    with PANELS.adding(broken):
        assert run(main())
    assert "gui.no_such_module" not in sys.modules


def test_nothing_is_collected_while_modules_are_loaded() -> None:
    """And afterwards as before; a collector that is off stays off."""
    assert gc.isenabled()
    with without_collecting():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.disable()
    try:
        with without_collecting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize("palette", [NIGHT, DAY])
@pytest.mark.usefixtures("qapp")
def test_icons_are_those_of_qtawesome_to_the_pixel(palette: Palette) -> None:
    """At every size and scale, enabled or not."""
    for name in ("play", "pause", "arrow-u-up-left", "caret-down", "x", "git-branch"):
        theirs = QIcon(
            qtawesome.icon(f"ph.{name}", color=palette.text, color_disabled=palette.disabled)
        )
        for size in (14, 18, 24):
            for ratio in (1.0, 1.5, 2.0):
                for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
                    place = QSize(size, size), ratio, mode
                    ours = icon(name, palette).pixmap(*place).toImage()
                    assert ours == theirs.pixmap(*place).toImage(), (name, *place)
                    assert any(
                        ours.pixelColor(x, ours.height() // 2).alpha() for x in range(ours.width())
                    )


def test_the_handle_comes_to_where_the_track_is_pressed_and_goes_with_the_pointer(
    qtbot: QtBot,
) -> None:
    """Anywhere on it, above and below the handle too; beyond its ends it stays there."""
    holder = QWidget()
    qtbot.addWidget(holder)
    track = Track(holder)
    track.resize(216, 40)
    holder.show()
    told: list[float] = []
    released: list[bool] = []
    track.positionChanged.connect(told.append)
    track.sliderReleased.connect(lambda: released.append(True))
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(track, left, pos=QPoint(108, 2))
    assert track.position() == pytest.approx(0.5, abs=0.03)
    assert track.isSliderDown()
    QTest.mouseMove(track, QPoint(54, 39))
    QApplication.processEvents()
    assert 0.1 < track.position() < 0.3
    QTest.mouseMove(track, QPoint(500, 20))
    QApplication.processEvents()
    assert track.position() == 1.0
    assert released == []
    QTest.mouseRelease(track, left, pos=QPoint(500, 20))
    assert released == [True]
    assert not track.isSliderDown()
    QTest.mouseMove(track, QPoint(54, 20))
    QApplication.processEvents()
    assert told[-1] == track.position() == 1.0
