"""Whatever is done with the window: nothing is raised, nothing is left, and it tells the truth."""

from __future__ import annotations

import asyncio
import gc
import math
import tempfile
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from experiments import PARAMETER_FIELDS, ChoiceField, Parameters, session_of
from gui.instruments.failures_view import ProblemList
from gui.laboratory import open_laboratory, running
from gui.models.brush import Brush
from gui.models.colouring import Colouring
from gui.models.look import Theme
from gui.models.scales import value_text
from gui.system.awake_clock import AwakeClock
from tests.gui.conftest import Run
from tests.gui.panel_names import PANEL_NAMES
from tests.gui.waiting import frames
from tests.gui.window_parts import SMALL
from tests.proofs import count

SLIDING = [name for name, field in PARAMETER_FIELDS.items() if field.scale is not None]
LIVE = [name for name in SLIDING if not PARAMETER_FIELDS[name].restarts]
CHOICES = {
    name: list(field.options)
    for name, field in PARAMETER_FIELDS.items()
    if isinstance(field, ChoiceField)
}
TEXTS = st.one_of(
    st.sampled_from(
        ["0", "0.05", "0.2 s", "1", "3,5", "7", "3600", "1,000", "max", "-1", "nan", "inf", "1e9"]
    ),
    st.text(max_size=12),
)
CELLS = st.floats(-3.0, 12.0)


class Operations(RuleBasedStateMachine):
    """A window with a small swarm, and anybody's hands on it; time passes when a frame does."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.files = tempfile.TemporaryDirectory()
        self.folder = Path(self.files.name)
        self.wall = 0.0
        self.opened = open_laboratory(SMALL, clock=AwakeClock(lambda: self.wall, lambda: 0.0))
        self.lab = self.runner.run(self.opened.__aenter__())
        self.window, self.pump = self.lab.window, self.lab.pump
        self.window.show()
        self.runner.run(self.pump.begin())
        self.frame(1)

    def teardown(self) -> None:
        self.runner.run(self.opened.__aexit__(None, None, None))
        self.runner.close()
        self.files.cleanup()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    @rule(n=st.integers(1, 5))
    def frame(self, n: int) -> None:
        for _ in range(n):
            self.wall += 1 / 60
            self.runner.run(self.pump.step(self.wall))

    @rule(name=st.sampled_from(LIVE), text=TEXTS)
    def type_value(self, name: str, text: str) -> None:
        self.window.sliders[name].valueTyped.emit(name, text)

    @rule(name=st.sampled_from(LIVE), share=st.floats(0.0, 1.0))
    def drag(self, name: str, share: float) -> None:
        self.window.sliders[name].track.set_position(share)

    @rule(name=st.sampled_from(SLIDING))
    def let_handle_go(self, name: str) -> None:
        self.window.sliders[name].handleReleased.emit(name)

    @rule(name=st.sampled_from(LIVE), steps=st.integers(-12, 12))
    def step_value(self, name: str, steps: int) -> None:
        self.window.sliders[name].value_field.stepBy(steps)

    @rule(name=st.sampled_from(LIVE))
    def press_default(self, name: str) -> None:
        self.window.sliders[name].reset_button.click()

    @rule(name=st.sampled_from(sorted(CHOICES)), at=st.integers(0, 9))
    def choose(self, name: str, at: int) -> None:
        words = CHOICES[name]
        self.window.panel.choices[name].valueTyped.emit(name, words[at % len(words)])

    @rule(text=st.sampled_from(["3", "5", "8", "2", "301", "4.5", "many", ""]))
    def type_side(self, text: str) -> None:
        self.window.sliders["side"].valueTyped.emit("side", text)

    @rule(
        name=st.sampled_from(
            [
                *("play", "step", "step period", "undo", "redo", "copy", "reset", "new seed"),
                *("calm", "keys", "grid alone", "reset and clear"),
            ]
        )
    )
    def press(self, name: str) -> None:
        self.window.ask(name)

    @rule(name=st.sampled_from(["cancelRequested", "letGoRequested", "closeRequested"]))
    def leave(self, name: str) -> None:
        getattr(self.window, name).emit()

    @rule(view=st.sampled_from(Colouring))
    def choose_view(self, view: Colouring) -> None:
        self.window.ask(f"view {view.value}")

    @rule(brush=st.sampled_from(Brush))
    def choose_brush(self, brush: Brush) -> None:
        self.window.ask(f"brush {brush.value}")

    @rule(steps=st.integers(-30, 30))
    def turn_wheel(self, steps: int) -> None:
        self.window.grid.wheelTurned.emit(steps)

    @rule(x0=CELLS, y0=CELLS, x1=CELLS, y1=CELLS)
    def stroke(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.window.grid.pointed.emit(x1, y1)
        self.window.grid.stroked.emit(x0, y0, x1, y1)

    @rule()
    def lift_brush(self) -> None:
        self.window.grid.strokeEnded.emit()

    @rule(is_redo=st.booleans(), n=st.integers(1, 4))
    def undo(self, is_redo: bool, n: int) -> None:
        for _ in range(n):
            self.window.ask("redo" if is_redo else "undo")

    @rule(name=st.sampled_from(["mine.toml", "other.toml"]))
    def save_and_open(self, name: str) -> None:
        path = str(self.folder / name)
        self.lab.controller.save_preset(path)
        self.lab.files.open(path)

    @rule(x=st.one_of(CELLS, st.just(math.nan)), y=CELLS)
    def click(self, x: float, y: float) -> None:
        self.window.grid.pointed.emit(x, y)
        if not math.isnan(x):
            self.window.grid.clicked.emit(x, y)

    @rule(name=st.sampled_from(PANEL_NAMES))
    def toggle_panel(self, name: str) -> None:
        self.window.ask(f"panel {name}")

    @rule(theme=st.sampled_from(Theme))
    def choose_theme(self, theme: Theme) -> None:
        self.window.ask(f"theme {theme.value}")

    @rule(steps=st.integers(-2, 2))
    def text_size(self, steps: int) -> None:
        self.lab.appearance.step_text(steps)

    @rule(width=st.integers(900, 1_500), height=st.integers(600, 1_000))
    def resize(self, width: int, height: int) -> None:
        self.window.resize(width, height)

    @rule()
    def small_preset(self) -> None:
        self.window.presetRequested.emit("Small swarm")

    @rule(path=st.sampled_from(["/", "/dev/null", "nowhere.toml", "\x00"]))
    def bad_preset(self, path: str) -> None:
        self.lab.files.open(path)
        assert self.window.toast.text().startswith("Not opened: ")

    def _is_on_its_way(self) -> bool:
        intent = self.lab.intent
        return bool(
            intent.deeds
            or intent.restart is not None
            or intent.is_elsewhere  # there are fewer pictures meanwhile
            or self.pump.undoing.place_wanted
        )

    @invariant()
    def the_window_tells_the_truth(self) -> None:
        """Once all wishes are met it shows what is in force, whatever was refused on the way."""
        if not hasattr(self, "wall"):
            return
        self.frame(2)
        lab, window = self.lab, self.window
        while self._is_on_its_way():
            self.frame(1)
        self.frame(1)
        pending = lab.simulation.pending
        assert Parameters(**{n: getattr(pending, n) for n in PARAMETER_FIELDS}) == pending
        for name, slider in window.sliders.items():
            value = getattr(pending, name)
            assert slider.value_field.text() == value_text(name, value), name
            assert slider.reset_button.isHidden() is (value == PARAMETER_FIELDS[name].default)
        assert window.panel.view_bar.buttons[lab.intent.view].isChecked()
        assert window.commands["calm"].isChecked() is lab.intent.is_calm
        assert window.toolbar.buttons["play"].accessibleName() == (
            "Pause" if lab.intent.is_playing else "Play"
        )
        assert window.grid.side == lab.simulation.parameters.side
        assert not lab.simulation.failures
        lab.simulation.settle()
        session_of(lab.simulation)  # refuses what no run could have been
        problems = window.workbench.views["failures"]
        assert isinstance(problems, ProblemList)
        assert not problems.list.count()


@pytest.mark.slow
@pytest.mark.drill
def test_any_operations_raise_nothing_and_leave_window_and_model_agreeing(
    qapp: QApplication, record_property: Callable[[str, object], None]
) -> None:
    """Valid and invalid ones in any order: 10,000 of them in full."""
    examples, steps = count(2, 200), 50
    record_property("count", f"{examples * steps:,}")
    run_state_machine_as_test(
        Operations,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
@pytest.mark.drill
@pytest.mark.qt_log_ignore("This plugin does not support")
def test_starts_and_stops_leave_nothing_behind(
    run: Run, record_property: Callable[[str, object], None]
) -> None:
    """No widget, timer, asyncio task or thread, and no window that somebody still holds."""
    cycles = count(4, 50)
    record_property("count", str(cycles))
    windows = []

    async def main() -> None:
        threads, widgets = set(threading.enumerate()), set(QApplication.topLevelWidgets())
        for number in range(cycles):
            async with open_laboratory(SMALL) as lab:
                windows.append(weakref.ref(lab.window))
                lab.window.show()
                await lab.pump.begin()
                async with running(lab.pump.go_on()):
                    for request in (lab.controller.reset, lab.controller.new_seed):
                        await frames(lab, 2)
                        request()
                    lab.controller.toggle_play()
                    await frames(lab, 2)
                    if number % 3 == 0:
                        lab.window.ask("about")
                        lab.window.ask("open")
                        await frames(lab, 2)
            del lab, request
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        await asyncio.sleep(0)
        gc.collect()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert set(threading.enumerate()) == threads
        assert set(QApplication.topLevelWidgets()) == widgets

    run(main())
    gc.collect()
    assert [ref for ref in windows if ref() is not None] == []
