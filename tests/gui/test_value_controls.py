"""Sliders, fields and their reset buttons, as they reach the model."""

from __future__ import annotations

import pytest

from experiments import Parameters
from gui.controls.value_field import ValueField
from gui.laboratory import Laboratory
from tests.gui.conftest import InWindow
from tests.gui.waiting import until
from tests.gui.window_parts import SMALL

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen


def test_reset_buttons_bring_each_default_back(in_window: InWindow) -> None:
    """Shown where a value isn't the default; one step for undo."""

    async def body(lab: Laboratory) -> None:
        window = lab.window

        async def reset(name: str) -> None:
            default = getattr(Parameters(), name)
            slider = window.sliders[name]
            if getattr(lab.simulation.parameters, name) == default:
                assert slider.reset_button.isHidden()
                lab.controller.type_value(name, "0.5" if name != "jitter" else "0.05")
                await until(lambda: not slider.reset_button.isHidden())
            slider.reset_button.click()
            await until(lambda: getattr(lab.simulation.pending, name) == default)
            assert slider.reset_button.isHidden()

        for name in ("period", "jitter", "glow", "speed"):
            await reset(name)

    in_window(body, SMALL)


def test_spin_boxes_step_as_the_keys_do(in_window: InWindow) -> None:
    """Up and down by the arrows of the field, and by the wheel only with the focus."""

    async def body(lab: Laboratory) -> None:
        field = lab.window.sliders["nudge"].value_field

        async def step(steps: int, expected: float) -> None:
            field.stepBy(steps)
            await until(lambda: lab.simulation.parameters.nudge == expected)

        for steps, expected in ((1, 0.06), (-1, 0.05), (-1, 0.04)):
            await step(steps, expected)
        assert field.text() == "0.04 s"

    in_window(body, SMALL)


def test_a_drag_rewrites_no_control_but_its_own(
    in_window: InWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All others show what they showed; a handle between two values comes to rest on one."""
    written: list[str] = []
    show = ValueField.show_in_force

    def note(field: ValueField, text: str) -> None:
        written.append(text)
        show(field, text)

    async def body(lab: Laboratory) -> None:
        slider = lab.window.sliders["nudge"]
        await until(lambda: slider.value_field.text() == "0.05 s")
        at_rest = slider.track.value()
        monkeypatch.setattr(ValueField, "show_in_force", note)
        slider.track.setSliderDown(True)
        slider.track.set_position(0.3)
        await until(lambda: lab.simulation.parameters.nudge == 0.18)
        assert set(written) - {lab.window.panel.entries["seed"].value_field.text()} == {"0.18 s"}
        slider.track.setSliderDown(False)
        lab.controller.undo()
        await until(lambda: lab.simulation.parameters.nudge == 0.05)
        await until(lambda: slider.track.value() == at_rest)
        slider.track.setSliderDown(True)
        slider.track.setSliderPosition(at_rest + 1_000)  # less than to the next value
        slider.track.setSliderDown(False)
        await until(lambda: slider.track.value() == at_rest)

    in_window(body, SMALL)
