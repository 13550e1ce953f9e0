"""Sweeps in a window: asked for by hand, looked at while fireflies go on, and ended with it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from experiments import Action, Parameters
from experiments.sweep import open_sweep
from gui.controls.focus import bring_to_sight
from gui.instruments.sweep_view import SweepView
from gui.laboratory import Laboratory, open_laboratory, running
from gui.views.sweep_form import SweepFormBox
from tests.gui.conftest import InWindow, Run
from tests.gui.sweeps import AtOnce, at_once
from tests.gui.waiting import frames, until

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),  # of windows, offscreen
    pytest.mark.usefixtures(at_once.__name__),
]
_ = at_once

SMALL = Parameters(side=4, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)
LEFT = Qt.MouseButton.LeftButton


def form_of(lab: Laboratory) -> SweepFormBox | None:
    """The form that is open, if one is."""
    forms = [each for each in lab.window.findChildren(SweepFormBox) if each.isVisible()]
    return forms[0] if forms else None


def view_of(lab: Laboratory) -> SweepView:
    return cast(SweepView, lab.window.workbench.views["sweep"])


async def opened(lab: Laboratory) -> SweepFormBox:
    """The form, once it has said what comes of its draft."""
    await until(lambda: (form := form_of(lab)) is not None and bool(form.size_words.text()))
    form = form_of(lab)
    assert form is not None
    return form


def write(field: QWidget, text: str) -> None:
    """Type over what is there."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_Delete)
    if text:
        QTest.keyClicks(field, text)


def right_click(widget: QWidget, *, by_key: bool = False) -> None:
    """What the system sends for a right click, or for the menu key."""
    reason = QContextMenuEvent.Reason
    bring_to_sight(widget)
    at = QPoint(3, 3)
    why = reason.Keyboard if by_key else reason.Mouse
    QApplication.sendEvent(widget, QContextMenuEvent(why, at, widget.mapToGlobal(at)))


def menu_entry(lab: Laboratory) -> str:
    """What the menu of a control says, which is then closed; empty if there is none."""
    menus = [each for each in lab.window.panel.findChildren(QMenu) if each.isVisible()]
    words = menus[-1].actions()[0].text() if menus else ""
    for menu in menus:
        menu.close()
    return words


def test_a_slider_offers_its_sweep_and_what_comes_of_it_is_mapped(in_window: InWindow) -> None:
    """By a right click, a form that is filled in already, and Return; then a cell opens a run."""

    async def body(lab: Laboratory) -> None:
        slider = lab.window.sliders["nudge"]
        right_click(slider.track)
        menus = [each for each in lab.window.panel.findChildren(QMenu) if each.isVisible()]
        (action,) = menus[0].actions()
        assert action.text() == "Sweep Nudge…"
        action.trigger()
        menus[0].close()
        form = await opened(lab)
        assert (form.rows["first"].low.text(), form.rows["first"].high.text()) == ("0", "0.1")
        write(form.rows["first"].steps, "3")
        write(form.seconds, "2")
        await until(lambda: form.size_words.text()
                    == "3 values with 3 seeds: 9 runs of 16 fireflies; about 40 s")  # fmt: skip
        QTest.keyClick(form.seconds, Qt.Key.Key_Return)
        await until(lambda: form_of(lab) is None)
        await until(lambda: lab.window.is_seen("sweep"))
        view = view_of(lab)
        await until(lambda: view.words.text() == "All 9 runs are done")
        at = view.plot.rect_of(2, 0).center().toPoint()
        QTest.mouseClick(view.plot, LEFT, pos=at)
        await until(lambda: lab.window.timeline.isVisible())
        await until(lambda: lab.simulation.is_complete)
        assert lab.simulation.parameters.nudge == 0.1
        assert lab.current.session is not None
        assert lab.current.session.end == 2.0
        following = lab.simulation.following
        assert following is not None
        lab.controller.seek(2.0)
        await until(lambda: following.verdict is not None)
        assert following.verdict is not None
        assert following.verdict.is_same  # to its digest
        lab.window.ask("undo")
        await until(lambda: lab.current.session is None and lab.intent.restart is None)
        assert lab.simulation.parameters == SMALL

    in_window(body, SMALL)


def test_every_control_that_a_sweep_can_be_over_offers_it(in_window: InWindow) -> None:
    """By the menu key too, and while a run is repeated, when nothing can be changed; no other."""

    async def body(lab: Laboratory) -> None:
        panel = lab.window.panel
        for name, words in (("jitter", "Sweep Jitter…"), ("topology", "Sweep Topology…")):
            right_click(panel.controls[name])
            assert menu_entry(lab) == words
        for name in ("glow", "seed"):
            right_click(panel.controls[name])
            assert menu_entry(lab) == ""
        panel.sliders["delay"].track.setFocus()
        right_click(panel.sliders["delay"].track, by_key=True)
        assert menu_entry(lab) == "Sweep Delay…"
        panel.set_locked(True)
        right_click(panel.controls["jitter"])
        assert menu_entry(lab) == "Sweep Jitter…"

    in_window(body, SMALL)


def test_by_key_it_is_over_what_has_the_focus(in_window: InWindow) -> None:
    """Elsewhere over what shapes the response; and the form is one, however often it is asked."""

    async def body(lab: Laboratory) -> None:
        lab.window.ask("sweep")
        form = await opened(lab)
        assert form.parameters["first"].text() == "Nudge"
        QTest.keyClick(form, Qt.Key.Key_Escape)
        await until(lambda: form_of(lab) is None)
        lab.window.sliders["loss"].track.setFocus()
        lab.window.ask("sweep")
        form = await opened(lab)
        assert form.parameters["first"].text() == "Loss"
        lab.window.ask("sweep")
        await frames(lab, 2)
        assert [each for each in lab.window.findChildren(SweepFormBox) if each.isVisible()] == [
            form
        ]
        form.close()
        assert AtOnce.made
        assert all(each.is_shut for each in AtOnce.made)

    in_window(body, SMALL)


def test_what_is_wrong_stands_below_its_field_and_nothing_begins(in_window: InWindow) -> None:
    """Until it is right again; what was typed comes back with the form."""

    async def body(lab: Laboratory) -> None:
        lab.window.ask("sweep")
        form = await opened(lab)
        write(form.seeds, "none")
        await until(lambda: not form.begin_button.isEnabled())
        refusal = form.refusals["seeds"]
        assert refusal.isVisible()
        assert refusal.text() == "Seeds is a whole number from 1, not “none”"
        assert refusal.mapTo(form, QPoint()).y() >= form.seeds.geometry().bottom()
        QTest.keyClick(form.seeds, Qt.Key.Key_Return)
        await frames(lab, 2)
        assert form_of(lab) is form
        write(form.seeds, "2")
        await until(form.begin_button.isEnabled)
        assert not refusal.isVisible()
        form.close()
        lab.window.ask("sweep")
        assert (await opened(lab)).seeds.text() == "2"
        again = form_of(lab)
        assert again is not None
        again.close()

    in_window(body, SMALL)


def test_what_no_run_has_is_said_in_the_form(in_window: InWindow) -> None:
    """Walls of a preset and what brushes did: runs begin from parameters and random phases."""

    async def body(lab: Laboratory) -> None:
        lab.window.ask("sweep")
        form = await opened(lab)
        assert not form.left_out.isVisible()
        form.close()
        lab.simulation.act(Action.SILENT, [0, 1, 2])
        lab.simulation.act(Action.FLASH_NOW, [3])
        await until(lambda: len(lab.simulation.interventions) == 2)
        lab.window.ask("sweep")
        form = await opened(lab)
        assert form.left_out.text() == (
            "Not in its runs: what was painted (3 silent) and phases that were flashed or scrambled"
        )
        assert form.left_out.isVisible()
        form.close()

    in_window(body, SMALL)


def test_a_second_parameter_is_chosen_and_given_up(in_window: InWindow) -> None:
    """With words where it is a choice; and nothing more is asked of it when it is gone."""

    async def body(lab: Laboratory) -> None:
        lab.window.ask("sweep")
        form = await opened(lab)
        assert not form.rows["second"].isVisible()
        lab.asking_sweep.choose_axis("second", "topology")
        await until(lambda: "11 x 4 cells with 3 seeds" in form.size_words.text())
        row = form.rows["second"]
        assert (row.words.isVisible(), row.low.isVisible()) == (True, False)
        assert row.words.text() == "moore, neumann, ring, all"
        lab.asking_sweep.choose_axis("second", None)
        await until(lambda: form.size_words.text().startswith("11 values with 3 seeds"))
        assert not row.isVisible()
        form.close()

    in_window(body, SMALL)


def test_a_sweep_that_is_under_way_is_not_lost_silently(
    in_window: InWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form says that it would be stopped, and its button says so too."""
    gate = threading.Event()
    monkeypatch.setattr("tests.sweep.pools.measured_in_a_thread", lambda _: gate.wait(60.0) and [])

    async def body(lab: Laboratory) -> None:
        lab.window.ask("sweep")
        form = await opened(lab)
        QTest.mouseClick(form.begin_button, LEFT)
        await until(lambda: lab.sweeping.under_way is not None)
        lab.window.ask("sweep")
        form = await opened(lab)
        await until(lambda: form.begin_button.text() == "Stop that and sweep")
        assert form.beside.text().startswith("A sweep is under way (0 of 33 runs, ")
        form.close()
        gate.set()

    in_window(body, SMALL)


def test_a_window_that_closes_ends_its_sweep_and_keeps_its_rows(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No thread of it is left, and the next window offers to go on with it."""
    (tmp_path / "sweeps").mkdir()

    async def main() -> None:
        async with open_laboratory(SMALL) as lab:
            lab.sweeping.folder = tmp_path / "sweeps"
            lab.window.show()
            await lab.pump.begin()
            async with running(lab.pump.go_on()):
                lab.window.ask("sweep")
                form = await opened(lab)
                write(form.seconds, "200")
                await until(lambda: form.begin_button.isEnabled())
                QTest.mouseClick(form.begin_button, LEFT)
                await until(lambda: view_of(lab).words.text().startswith("1 of 33 runs"))
        async with open_laboratory(SMALL) as lab:
            lab.sweeping.folder = tmp_path / "sweeps"
            lab.sweeping.offer_to_go_on()
            lab.window.show()
            await lab.pump.begin()
            async with running(lab.pump.go_on()):
                await until(lambda: lab.window.notice.isVisible())
                assert "A sweep was cut off" in lab.window.notice.words.text()

    run(main())
    assert not [each.name for each in threading.enumerate() if "sweep" in each.name]
    (path,) = (tmp_path / "sweeps").iterdir()
    assert 1 <= len(open_sweep(path)) < 33
