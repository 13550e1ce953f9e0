"""Panels shown, hidden, floated and remembered; nothing is drawn that nobody can see."""

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QFileDialog,
    QListWidget,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

from experiments import GALLERY, Action, Parameters, Status
from gui.app import bring_back, settings_of
from gui.kept.memory import Memory
from gui.kept.settings import Settings, load_settings, save_settings
from gui.laboratory import open_laboratory
from gui.models.colouring import Colouring
from gui.models.commands import COMMANDS
from gui.models.look import Look, Theme
from gui.picture.theme import DAY, FAILED_COLOUR, MARK_COLOURS, NIGHT
from gui.views.about import AboutBox
from gui.views.actions import Actions
from gui.views.appearance import Appearance
from gui.views.control_panel import ControlPanel
from tests.gui.panel_names import PANEL_NAMES, SHOWN_AT_FIRST
from tests.gui.test_window import SMALL, overlap, pixel
from tests.gui.waiting import frames, until

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen

CONTROL = Qt.KeyboardModifier.ControlModifier


def count_shows(lab):
    """How often each panel is given something to show from now on."""
    counts, show_in = dict.fromkeys(PANEL_NAMES, 0), lab.window.show_in

    def counting(name, data):
        counts[name] += 1
        show_in(name, data)

    lab.window.show_in = counting
    return counts


def test_at_first_only_controls_and_coherence_show(in_window):
    """The grid is the hero; everything else stays out of its way until wanted."""

    async def body(lab):
        shown = {name for name in PANEL_NAMES if lab.window.workbench.is_shown(name)}
        assert shown == SHOWN_AT_FIRST

    in_window(body, SMALL)


def test_each_key_and_tick_shows_and_hides_its_panel(in_window):
    """By Ctrl and its number, by the menu, and by the cross in its title."""

    async def body(lab):
        window = lab.window
        ticks = {name: window.commands[f"panel {name}"] for name in PANEL_NAMES}
        for number, name in enumerate(PANEL_NAMES, start=1):
            before = window.workbench.is_shown(name)
            QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), CONTROL)
            assert window.workbench.is_shown(name) is not before, name
            await until(lambda name=name, before=before: window.is_seen(name) is not before)
            assert ticks[name].isChecked() is not before
            ticks[name].trigger()
            assert window.workbench.is_shown(name) is before, name
        dock = window.workbench.docks["coherence"]
        dock.title._buttons["x"].click()
        assert not window.workbench.is_shown("coherence")
        dock.title._buttons["arrow-square-out"].click()
        assert dock.isFloating()
        window.ask("arrange panels")
        assert not dock.isFloating()
        assert window.workbench.is_shown("coherence")

    in_window(body, SMALL)


def test_panels_put_away_come_back_as_wide_and_high_as_they_were(in_window):
    """The grid alone and back, however often: no panel grows at the expense of another."""

    async def body(lab):
        window = lab.window
        window.resize(1000, 700)
        for name in ("circle", "histogram", "rate", "raster"):
            window.workbench.show_panel(name)
        await until(lambda: window.is_seen("raster"))
        row = [window.workbench.docks["coherence"], window.workbench.docks["rate"]]
        window.workbench.resizeDocks(row, [150, 300], Qt.Orientation.Horizontal)
        await frames(lab)

        def places():
            docks = window.workbench.docks.items()
            return {name: dock.geometry() for name, dock in docks if dock.isVisible()}

        before = places()
        for _ in range(2):
            window.toggle_grid_alone()
            await until(lambda: not places())
            window.toggle_grid_alone()
            await until(lambda: places() == before)

    in_window(body, SMALL)


def test_no_slider_moves_from_under_the_pointer_when_a_preset_is_changed(qtbot):
    """What is said of a preset then takes the room of its sentence, be it longer or shorter."""
    window = QWidget()
    qtbot.addWidget(window)
    panel = ControlPanel(Actions(tuple(COMMANDS.values()), window), NIGHT, window)
    bar = panel.preset_bar
    heights = set()
    for preset in GALLERY:
        bar.show_preset(preset.name, preset.sentence, preset.sentence)
        usual = bar.sentence.heightForWidth(270)
        changed = "Not as the preset has it: jitter, what was painted."
        bar.show_preset(f"{preset.name}, changed", changed, preset.sentence)
        assert bar.sentence.heightForWidth(270) == usual, preset.name
        heights.add(usual)
    assert len(heights) > 1  # sentences of several lengths, each with room of its own


def test_only_what_can_be_seen_is_drawn(in_window):
    """Hidden panels are given nothing; shown ones are, while time passes; then they rest."""

    async def body(lab):
        window, counts = lab.window, count_shows(lab)
        for name in PANEL_NAMES:
            window.workbench.show_panel(name, name == "circle")
        await until(lambda: window.is_seen("circle"))
        await frames(lab)
        counts.update(dict.fromkeys(counts, 0))
        await until(lambda: counts["circle"] >= 3)
        assert {name for name, n in counts.items() if n} == {"circle"}
        lab.controller.toggle_play()
        await until(lambda: not lab.intent.is_playing)
        await frames(lab, len(PANEL_NAMES))  # one of them may be shown in each
        counts.update(dict.fromkeys(counts, 0))
        await frames(lab, len(PANEL_NAMES))
        assert not any(counts.values())
        window.workbench.show_panel("raster")  # what appears is drawn, also while paused
        await until(lambda: counts["raster"] == 1)

    in_window(body, SMALL)


def test_below_another_panel_nothing_is_drawn(in_window):
    """Of stacked panels the one on top is seen."""

    async def body(lab):
        workbench = lab.window.workbench
        docks = workbench.docks
        workbench.show_panel("raster")
        workbench.tabifyDockWidget(docks["coherence"], docks["raster"])
        docks["raster"].raise_()
        await until(lambda: workbench.is_seen("raster"))
        await until(lambda: not workbench.is_seen("coherence"))
        assert workbench.is_shown("coherence")
        workbench.toggle_panel("coherence")  # comes to the top, and isn't hidden
        await until(lambda: workbench.is_seen("coherence"))

    in_window(body, SMALL)


@pytest.mark.parametrize("size", [(900, 600), (1280, 800), (1920, 1080)])
def test_all_panels_fit_into_every_window(run, size):
    """With everything shown nothing overlaps, and the grid stays."""

    async def main():
        look = Look(panels=frozenset(PANEL_NAMES))
        async with open_laboratory(SMALL, look=look) as lab:
            window = lab.window
            window.resize(*size)
            window.show()
            await until(lambda: (window.width(), window.height()) == size)
            await until(lambda: window.is_seen("raster"))
            docks = window.workbench.docks
            parts = [window.grid, *(docks[name] for name in PANEL_NAMES if window.is_seen(name))]
            assert len(parts) == len(PANEL_NAMES)  # of two that are stacked, one
            for k, one in enumerate(parts):
                assert window.rect().contains(one.geometry().translated(0, 48)), one.objectName()
                for other in parts[k + 1 :]:
                    assert not overlap(one, other, window), (one, other)
            assert min(window.grid.width(), window.grid.height()) >= 240

    run(main())


def test_a_grid_alone_hides_all_panels_and_brings_them_back(in_window):
    """Those that were shown, and no others."""

    async def body(lab):
        window = lab.window
        window.workbench.show_panel("raster")
        window.toggle_grid_alone()
        assert not any(window.workbench.is_shown(name) for name in PANEL_NAMES)
        QTest.keyClick(window, Qt.Key.Key_Escape)
        shown = {name for name in PANEL_NAMES if window.workbench.is_shown(name)}
        assert shown == SHOWN_AT_FIRST | {"raster"}

    in_window(body, SMALL)


# -- remembering ------------------------------------------------------------------------


def test_size_panels_theme_calm_and_text_are_remembered(run, tmp_path):
    """Through a file, from one window to the next."""
    path = tmp_path / "deep" / "settings.json"

    async def first():
        async with open_laboratory(SMALL) as lab:
            window = lab.window
            window.show()
            window.resize(1111, 777)
            window.workbench.show_panel("rate")
            window.workbench.show_panel("coherence", False)
            lab.appearance.choose_theme(Theme.DAY)
            lab.appearance.step_text(2)
            lab.controller.toggle_calm()
            lab.controller.begin_preset("Whisper")
            save_settings(path, settings_of(lab))

    async def second():
        memory = Memory(load_settings(path))
        async with open_laboratory(SMALL, look=memory.look(Look())) as lab:
            window = lab.window
            bring_back(window, load_settings(path), None)
            window.show()
            room = window.screen().availableGeometry()
            assert window.width() == min(1111, room.width() - 16)  # less its frame
            assert window.height() == min(777, room.height() - 48)
            assert window.workbench.is_shown("rate")
            assert not window.workbench.is_shown("coherence")
            assert lab.appearance.palette is DAY
            assert lab.appearance.text_scale == 1.2
            assert lab.intent.is_calm
            assert window.commands["calm"].isChecked()

    async def asked_for_otherwise():
        memory = Memory(load_settings(path))
        look = memory.look(Look(theme=Theme.SYSTEM, panels=frozenset({"raster"})))
        async with open_laboratory(SMALL, look=look) as lab:
            bring_back(lab.window, load_settings(path), look.panels)
            lab.window.show()
            shown = {name for name in PANEL_NAMES if lab.window.workbench.is_shown(name)}
            assert shown == {"raster"}
            assert lab.appearance.theme is Theme.SYSTEM

    run(first())
    run(second())
    run(asked_for_otherwise())
    assert load_settings(path).preset == "Whisper"


@pytest.mark.parametrize(
    "contents",
    [
        b"",
        b"{",
        b"null",
        b"[1, 2]",
        b'{"width": -4}',
        b'{"width": 1e99}',
        b'{"theme": "pink"}',
        b'{"text_scale": 40}',
        b'{"arrangement": "%%%"}',
        b'{"is_calm": "perhaps"}',
        b"\xff\xfe\x00",
        b"[" * 50_000,
        b" " * 200_000,
    ],
)
def test_damaged_settings_are_ignored(tmp_path, contents):
    """As if there were none; a folder in their place too."""
    path = tmp_path / "settings.json"
    path.write_bytes(contents)
    assert load_settings(path) == Settings()
    assert load_settings(tmp_path) == Settings()


def test_an_arrangement_that_makes_no_sense_changes_nothing(run):
    """Qt refuses it, and the panels stay as they are."""

    async def main():
        async with open_laboratory(SMALL) as lab:
            bring_back(lab.window, Settings(arrangement=b"no panels at all"), None)
            lab.window.show()
            shown = {name for name in PANEL_NAMES if lab.window.workbench.is_shown(name)}
            assert shown == SHOWN_AT_FIRST

    run(main())


def test_settings_that_can_t_be_saved_are_no_trouble(tmp_path):
    """Where a file stands in the way of the folder."""
    (tmp_path / "file").write_text("in the way")
    save_settings(tmp_path / "file" / "settings.json", Settings())
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_grid_alone_is_not_remembered(run):
    """Whoever closes the window so finds the panels again next time."""

    async def main():
        async with open_laboratory(SMALL) as lab:
            lab.window.show()
            lab.window.toggle_grid_alone()
            settings = settings_of(lab)
        async with open_laboratory(SMALL) as lab:
            bring_back(lab.window, settings, None)
            lab.window.show()
            shown = {name for name in PANEL_NAMES if lab.window.workbench.is_shown(name)}
            assert shown == SHOWN_AT_FIRST

    run(main())


# -- themes -----------------------------------------------------------------------------


def test_a_theme_dresses_everything_at_once_and_the_grid_stays_night(in_window):
    """By the menu; panels and plots change, the grid's margin does not."""

    async def body(lab):
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


def test_the_theme_follows_the_system_until_one_is_chosen(run, monkeypatch):
    """Light is day, dark and unknown are night."""
    scheme = Qt.ColorScheme.Light

    async def main():
        async with open_laboratory(SMALL) as lab:
            appearance = Appearance(lab.window, Theme.SYSTEM, 1.0)

            class Hints:
                def colorScheme(self):
                    return scheme

            appearance._hints.colorSchemeChanged.disconnect(
                appearance._on_hints_color_scheme_changed
            )
            appearance._hints = Hints()
            nonlocal_scheme(appearance, DAY)
            set_scheme(Qt.ColorScheme.Dark)
            nonlocal_scheme(appearance, NIGHT)
            set_scheme(Qt.ColorScheme.Unknown)
            nonlocal_scheme(appearance, NIGHT)
            appearance.theme = Theme.DAY
            nonlocal_scheme(appearance, DAY)

    def set_scheme(wanted):
        nonlocal scheme
        scheme = wanted

    def nonlocal_scheme(appearance, palette):
        appearance._on_hints_color_scheme_changed()
        assert appearance.palette is palette

    run(main())


def test_every_control_has_a_name_for_those_who_cannot_see_it(in_window):
    """Buttons, fields, sliders and lists, in all panels."""

    async def body(lab):
        window = lab.window
        for name in PANEL_NAMES:
            window.workbench.show_panel(name)
        kinds = (QAbstractButton, QAbstractSpinBox, QAbstractSlider, QListWidget, QPlainTextEdit)
        controls = [each for kind in kinds for each in window.findChildren(kind)]
        assert len(controls) > 40
        for control in controls:
            if control.isVisible() and not isinstance(control, QScrollBar):
                assert control.accessibleName() or control.text(), control

    in_window(body, SMALL)


def test_text_grows_and_shrinks_within_limits(in_window):
    """By keys; everything still fits, and 0 brings the usual size back."""

    async def body(lab):
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


def test_the_about_box_says_versions_and_licence_and_the_run_goes_on(in_window):
    """It is no loop of its own: time passes behind it."""

    async def body(lab):
        lab.window.ask("about")
        (box,) = lab.window.findChildren(AboutBox)
        await until(box.isVisible)
        now = lab.simulation.now
        await until(lambda: lab.simulation.now > now + 0.1)
        words = " ".join(
            label.text() for label in box.findChildren(type(lab.window.grid.words.note))
        )
        for needed in ("Fireflies", "PySide6 6.", "qasync", "MIT licence", "Python 3."):
            assert needed in words
        box.close()

    in_window(body, SMALL)


# -- presets ----------------------------------------------------------------------------


def drop(window, path):
    """Drop a file on the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), actions, data, buttons, keys))
    QApplication.sendEvent(
        window, QDropEvent(QPointF(50, 50), actions, data, buttons, keys, QEvent.Type.Drop)
    )


def test_saved_settings_come_back_by_dropping_the_file(in_window, tmp_path):
    """All values; the run begins anew with them, and the window says which preset it is."""
    path = tmp_path / "mine.toml"

    async def body(lab):
        window, simulation = lab.window, lab.simulation
        lab.controller.type_value("nudge", "0.07")
        await until(lambda: simulation.parameters.nudge == 0.07)
        lab.controller.save_preset(str(path))
        lab.controller.type_value("nudge", "0.01")
        await until(lambda: simulation.parameters.nudge == 0.01)
        drop(window, path)
        await until(lambda: simulation.parameters.nudge == 0.07)
        assert simulation.parameters == SMALL.replace(nudge=0.07)
        assert window.panel.preset_bar.button.text() == "mine"

    in_window(body, SMALL)


def test_a_bad_file_dropped_is_refused_in_one_sentence_and_nothing_changes(in_window, tmp_path):
    """Not a preset, or values that are not allowed, or a grid too large, or an opening outside."""
    bad = {
        "noise.toml": "]]",
        "values.toml": "[parameters]\nnudge = 9.0\n",
        "large.toml": "[parameters]\nside = 400\n",
        "outside.toml": '[parameters]\nside = 9\n[[opening]]\naction = "silent"\nx = 9\ny = 0\n'
        "width = 1\nheight = 1\n",
    }

    async def body(lab):
        window, before = lab.window, lab.simulation.parameters
        for name, contents in bad.items():
            (tmp_path / name).write_text(contents)
            drop(window, tmp_path / name)
            words = window.toast.text()
            assert words.startswith("Not opened: "), words
            assert name in words
            assert "\n" not in words
        drop(window, tmp_path / "missing.toml")
        assert "missing.toml" in window.toast.text()
        lab.controller.save_preset(str(tmp_path / "no" / "folder.toml"))
        assert window.toast.text().startswith("Not saved: ")
        await frames(lab)
        assert lab.intent.restart is None
        assert lab.simulation.parameters == before

    in_window(body, SMALL)


def test_dialogs_open_beside_the_run(in_window):
    """To open and to save; time goes on behind them, and Escape closes them."""

    async def body(lab):
        window = lab.window
        for key, modifiers in (
            (Qt.Key.Key_O, CONTROL),
            (Qt.Key.Key_S, CONTROL | Qt.KeyboardModifier.ShiftModifier),
        ):
            window.activateWindow()  # no window manager does it here
            await until(window.isActiveWindow)
            QTest.keyClick(window, key, modifiers)
            await until(lambda: any(d.isVisible() for d in window.findChildren(QFileDialog)))
            (dialog,) = [d for d in window.findChildren(QFileDialog) if d.isVisible()]
            now = lab.simulation.now
            await until(lambda now=now: lab.simulation.now > now + 0.1)
            dialog.reject()
            await until(lambda: not window.findChildren(QFileDialog))

    in_window(body, SMALL)


def test_an_opening_is_done_at_t_0_and_again_after_a_reset(in_window):
    """Two islands: the walls are silent and blind from the beginning, and marked on the grid."""

    async def body(lab):
        simulation = lab.simulation
        lab.controller.begin_preset("Two islands")
        for _ in range(2):
            await until(lambda: simulation.parameters.side == 40 and simulation.now > 0.0)
            walls = simulation.status.reshape(40, 40)[:, [0, 20]]
            assert (walls == Status.SILENT | Status.BLIND).all()
            assert simulation.interventions[0].t == 0.0
            assert simulation.interventions[0].what.action is Action.SILENT
            assert lab.controller.command_line() == "fireflies --preset two-islands"
            lab.controller.reset()
            await until(lambda: lab.intent.restart is None)
        lab.controller.type_value("side", "5")
        await until(lambda: simulation.parameters.side == 5 and simulation.now > 0.0)
        assert not simulation.status.any()
        assert "islands" not in lab.window.panel.preset_bar.button.text()

    in_window(body, SMALL)


# -- marks, pins and failures -----------------------------------------------------------


def test_what_brushes_did_is_marked_until_it_is_undone(in_window):
    """A dot in the middle, in the colour of what was done."""

    async def body(lab):
        for flag, action in (
            (Status.SILENT, Action.SILENT),
            (Status.BLIND, Action.BLIND),
            (Status.PACEMAKER, Action.PACEMAKER),
        ):
            lab.intent.touch(action, {7})
            await until(lambda flag=flag: lab.simulation.status[7] & flag)
            await frames(lab)
            assert pixel(lab, 7).name() == MARK_COLOURS[flag].lower()
            assert not lab.simulation.status[8]
        lab.intent.touch(Action.REVIVE, {7})
        await until(lambda: not lab.simulation.status[7])
        await frames(lab)
        assert not lab.window.grid._marks.isVisible()

    in_window(body, SMALL, is_playing=False)


def test_a_click_holds_on_to_a_firefly_and_escape_lets_go(in_window):
    """Wherever the pointer goes; a click on the same one lets go too."""

    async def body(lab):
        window, intent = lab.window, lab.intent
        label = window.panel.brush_bar.firefly_label
        lab.hand.click(2.5, 1.5)
        lab.hand.point(float("nan"), float("nan"))
        await until(lambda: label.text().startswith("Firefly 7:"))
        assert window.grid._pin.path().boundingRect().getRect() == (2.0, 1.0, 1.0, 1.0)
        assert window.grid._around.path().boundingRect().getRect() == (1.0, 0.0, 3.0, 3.0)
        window.workbench.show_panel("controls", False)
        await until(lambda: window.grid.words.readout.text().startswith("Firefly 7:"))
        QTest.keyClick(window, Qt.Key.Key_Escape)
        await until(lambda: not window.grid.words.readout.text())
        assert intent.pinned is None
        assert window.grid._pin.path().isEmpty()
        lab.hand.click(2.5, 1.5)
        lab.hand.click(2.9, 1.1)
        assert intent.pinned is None

    in_window(body, SMALL)


def test_a_failed_firefly_is_shown_named_and_its_traceback_is_a_click_away(in_window):
    """In its own colour in every view; the rest goes on."""

    async def body(lab):
        window, simulation = lab.window, lab.simulation
        await until(lambda: simulation.now > 0.2)

        swarm = simulation.population.swarm
        original = swarm.flash

        def broken(i):
            if i == 12:
                raise KeyError("no wings")
            return original(i)

        swarm.flash = broken
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
        assert problems.list.item(0).text() == "firefly 12 failed: KeyError: 'no wings'"
        assert "in broken" in problems.detail.toPlainText()
        assert len(simulation.failures) == 1

    in_window(body, SMALL)


# -- calm and cancel --------------------------------------------------------------------


def test_calm_softens_every_change_and_can_be_taken_back(in_window):
    """By its key: a flash is no longer full at once, nor as bright."""

    async def body(lab):
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


@pytest.mark.slow
def test_while_40_000_are_made_the_window_answers_shows_progress_and_can_cancel(in_window):
    """Cancelled, the swarm before is made again."""

    async def body(lab):
        window, simulation = lab.window, lab.simulation
        lab.controller.type_value("side", "200")
        note, button = window.grid.words.note, window.grid.words.cancel_button
        await until(lambda: "of 40,000" in note.text() and button.isVisible())
        seen = {note.text()}
        await until(lambda: note.text() not in seen)
        QTest.keyClick(window, Qt.Key.Key_Space)  # it answers
        assert not lab.intent.is_playing
        QTest.keyClick(window, Qt.Key.Key_Space)
        button.click()
        await until(lambda: not note.text())
        assert simulation.parameters == SMALL
        assert not button.isVisible()
        assert "Cancelled" in window.toast.text()
        await until(lambda: simulation.now > 0.1)

    in_window(body, SMALL)


def test_a_cancel_when_nothing_is_made_changes_nothing(in_window):
    """Nor does it spoil the next swarm."""

    async def body(lab):
        lab.window.cancelRequested.emit()
        lab.controller.type_value("side", "6")
        await until(lambda: lab.simulation.parameters.side == 6 and lab.simulation.now > 0)

    in_window(body, SMALL)


def test_reset_buttons_bring_each_default_back(in_window):
    """Shown where a value isn't the default; one step for undo."""

    async def body(lab):
        window = lab.window
        for name in ("period", "jitter", "glow", "speed"):
            default = getattr(Parameters(), name)
            slider = window.sliders[name]
            if getattr(lab.simulation.parameters, name) == default:
                assert slider.reset_button.isHidden()
                lab.controller.type_value(name, "0.5" if name != "jitter" else "0.05")
                await until(lambda slider=slider: not slider.reset_button.isHidden())
            slider.reset_button.click()
            await until(
                lambda name=name, default=default: getattr(lab.simulation.pending, name) == default
            )
            assert slider.reset_button.isHidden()

    in_window(body, SMALL)


def test_spin_boxes_step_as_the_keys_do(in_window):
    """Up and down by the arrows of the field, and by the wheel only with the focus."""

    async def body(lab):
        field = lab.window.sliders["nudge"].value_field
        for steps, expected in ((1, 0.06), (-1, 0.05), (-1, 0.04)):
            field.stepBy(steps)
            await until(lambda expected=expected: lab.simulation.parameters.nudge == expected)
        assert field.text() == "0.04 s"

    in_window(body, SMALL)


def test_a_cancelled_swarm_gives_way_to_the_one_before_with_all_its_changes(in_window):
    """What was changed while it ran is in force again, and it goes on where it was left."""

    async def body(lab):
        simulation = lab.simulation
        lab.controller.type_value("nudge", "0.03")
        await until(lambda: simulation.parameters.nudge == 0.03)
        lab.intent.touch(Action.SILENT, {7})
        await until(lambda: simulation.status.any())
        changed = lab.window.panel.preset_bar.button.text()
        lab.controller.begin_preset("Huge swarm")
        await until(lambda: "of 19,881" in lab.window.grid.words.note.text())
        lab.window.cancelRequested.emit()
        await until(lambda: not lab.window.grid.words.note.text() and simulation.now > 0.0)
        assert simulation.parameters == SMALL.replace(nudge=0.03)
        assert simulation.status[7] == Status.SILENT
        assert len(simulation.interventions) == 2
        button = lab.window.panel.preset_bar.button
        await until(lambda: button.text() == changed)

    in_window(body, SMALL)
