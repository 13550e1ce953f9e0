"""The panel of a sweep: cells that are pointed at, clicked, reached by keys; and its buttons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from experiments.sweep import RunState, colour_of
from gui.instruments.cell_axes import marks_of
from gui.instruments.panel_view import PanelView, ShowsSweep
from gui.instruments.sweep_view import SweepView
from gui.models.axis_part import AxisPart
from gui.models.sweep_shown import AxisShown, axes_of, sweep_shown
from gui.models.sweep_stage import SweepStage, SweepState
from gui.picture.theme import DAY, FAILED_COLOUR, NIGHT
from tests.gui.sweeps import MadeUp, plan, shown

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of windows, offscreen

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot: QtBot) -> SweepView:
    """A panel of its own that shows nothing yet."""
    view = SweepView(NIGHT, None)  # type: ignore[arg-type]
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    return view


def some() -> MadeUp:
    """One cell of each kind along the lower edge."""
    source = MadeUp(plan())
    source.done((0, 0), 0.0, 0.0)
    source.done((1, 0), 1.0, 1.0)
    source.done((2, 0), np.nan, np.nan)
    source.without((3, 0), RunState.FAILED, "out of memory")
    source.without((4, 0), RunState.REFUSED, "they don't go together")
    return source


def middle(view: SweepView, x: int, y: int) -> QPoint:
    return view.plot.rect_of(x, y).center().toPoint()


def staged(state: SweepState, source: MadeUp | None = None) -> Any:
    """A picture of a sweep that is doing something."""
    source = source or some()
    return sweep_shown(source, axes_of(source.plan), SweepStage(state, "so far"), "R")


def test_it_is_a_view_of_sweeps(view: SweepView) -> None:
    """What the window looks for in it is there."""
    assert isinstance(view, PanelView)
    assert isinstance(view, ShowsSweep)


@pytest.mark.parametrize("palette", [NIGHT, DAY], ids=["night", "day"])
def test_each_kind_of_cell_looks_different(view: SweepView, palette: Any) -> None:
    """Values have the colours of the scale; a hatch tells what can't be from what isn't yet."""
    view.show_style(palette, 1.0)
    view.show_data(shown(some()))
    image = view.plot.grab().toImage()

    def colours(x: int, y: int) -> set[str]:
        rect = view.plot.rect_of(x, y).adjusted(6, 6, -6, -6).toRect()
        return {
            image.pixelColor(a, b).name()
            for a in range(rect.left(), rect.right())
            for b in range(rect.top(), rect.bottom())
        }

    assert colours(0, 0) == {colour_of(0.0)}
    assert colours(1, 0) == {colour_of(1.0)}
    assert colours(0, 1) == {QColor(palette.background).name()}
    failed, refused, undefined = colours(3, 0), colours(4, 0), colours(2, 0)
    assert QColor(FAILED_COLOUR).name() in failed
    for hatched in (failed, refused, undefined):
        assert len(hatched) >= 2
    assert QColor(palette.raised).name() in refused & undefined


@pytest.mark.parametrize("over", [(), ("nudge=0:1:5",)], ids=["map", "line"])
def test_a_cell_of_which_a_run_has_failed_is_marked(view: SweepView, over: tuple[str, ...]) -> None:
    """On a map in its corner, below a line by a cross; and in the legend."""

    def crimson(source: MadeUp) -> int:
        view.show_data(shown(source))
        image, wanted = view.plot.grab().toImage(), QColor(FAILED_COLOUR)
        return sum(
            image.pixelColor(x, y) == wanted
            for x in range(image.width())
            for y in range(image.height())
        )

    source = MadeUp(plan(*over))
    place = (1,) * len(source.plan.axes)
    source.done(place, 1.0, 1.0)
    assert crimson(source) == 0
    source.state[(*place, 1)] = RunState.FAILED
    assert crimson(source) >= 20


def test_angles_have_colours_that_go_round(view: SweepView) -> None:
    """A map of mean phases shows those at either side of pi alike, and tells zero from both."""
    name = "mean_phase"
    source = MadeUp(plan(seeds=1, observe=(name,)))
    for x, angle in enumerate((3.14159, -3.14159, 0.0)):
        source.done((x, 0), angle, name=name)
    view.show_data(shown(source, name))
    image = view.plot.grab().toImage()
    pi, other, zero = (image.pixelColor(middle(view, x, 0)).name() for x in range(3))
    assert pi == other == colour_of(0.0, is_angle=True)
    assert QColor(zero).lightnessF() > 0.9


def test_a_line_of_angles_leaves_at_the_top_and_comes_in_below(view: SweepView) -> None:
    """Instead of crossing the plot: halfway between the values its middle is empty."""
    name = "mean_phase"
    source = MadeUp(plan("nudge=0:1:2", seeds=1, observe=(name,)))
    for x, angle in enumerate((2.6, -2.6)):
        source.done((x,), angle, name=name)
    view.show_data(shown(source, name))
    image, area = view.plot.grab().toImage(), view.plot.area()
    accent = QColor(NIGHT.accent)

    def has_line(low: float, high: float) -> bool:
        top, bottom = (int(area.bottom() - share * area.height()) for share in (high, low))
        x = int(area.center().x())
        colours = [image.pixelColor(x + k, y) for k in (-2, 0, 2) for y in range(top, bottom)]
        return any(abs(each.hue() - accent.hue()) < 10 and each.value() > 150 for each in colours)

    assert not has_line(0.1, 0.9)
    assert has_line(0.9, 1.0) or has_line(0.0, 0.1)


def test_what_is_pointed_at_is_read_out(view: SweepView) -> None:
    """In words, and not any more where the pointer leaves the map."""
    view.show_data(shown(some()))
    QTest.mouseMove(view.plot, middle(view, 1, 0))
    assert view.plot.read_out.words.startswith("Nudge 0.25 s, Refractory 0.50 s\nCoherence R 1.000")
    QTest.mouseMove(view.plot, middle(view, 4, 0))
    assert "can't be run: they don't go together" in view.plot.read_out.words
    QTest.mouseMove(view.plot, QPoint(2, 2))
    assert view.plot.read_out.words == ""


def test_a_click_opens_a_cell(view: SweepView) -> None:
    """Where it is let go on the same one; it has the number that the plan has for it."""
    opened: list[int] = []
    view.runRequested.connect(opened.append)
    view.show_data(shown(some()))
    QTest.mouseClick(view.plot, LEFT, pos=middle(view, 1, 2))
    assert opened == [plan().cell_at((1, 2))]
    QTest.mousePress(view.plot, LEFT, pos=middle(view, 1, 2))
    QTest.mouseRelease(view.plot, LEFT, pos=middle(view, 3, 2))
    QTest.mouseClick(view.plot, LEFT, pos=QPoint(2, 2))
    assert len(opened) == 1


def test_keys_lead_from_cell_to_cell(view: SweepView) -> None:
    """And no further than the last; Return opens the one that they have led to."""
    opened: list[int] = []
    view.runRequested.connect(opened.append)
    view.show_data(shown(some()))
    view.plot.setFocus(Qt.FocusReason.TabFocusReason)
    assert view.plot.cell == (0, 0)
    assert view.plot.read_out.words.startswith("Nudge 0.00 s, Refractory 0.50 s")
    for key, cell in (
        (Qt.Key.Key_Right, (1, 0)),
        (Qt.Key.Key_Up, (1, 1)),
        (Qt.Key.Key_End, (4, 1)),
        (Qt.Key.Key_Right, (4, 1)),
        (Qt.Key.Key_Down, (4, 0)),
        (Qt.Key.Key_Down, (4, 0)),
        (Qt.Key.Key_Home, (0, 0)),
        (Qt.Key.Key_Left, (0, 0)),
        (Qt.Key.Key_Right, (1, 0)),
    ):
        QTest.keyClick(view.plot, key)
        assert view.plot.cell == cell
    assert view.plot.accessibleDescription().startswith(
        "Nudge 0.25 s, Refractory 0.50 s; Coherence R 1.000"
    )
    QTest.keyClick(view.plot, Qt.Key.Key_Return)
    assert opened == [plan().cell_at((1, 0))]


def test_the_cell_that_keys_have_led_to_stays_while_the_sweep_goes_on(view: SweepView) -> None:
    """What is said of it is what is known by now; over other parameters it is gone."""
    source = some()
    view.show_data(shown(source))
    view.plot.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(view.plot, Qt.Key.Key_Up)
    assert view.plot.read_out.words.endswith("not run yet")
    source.done((0, 1), 0.5)
    view.show_data(shown(source))
    assert view.plot.read_out.words.endswith("R 0.500\n1 of 2 runs")
    view.show_data(shown(MadeUp(plan("nudge=0,1"))))
    assert view.plot.cell is None


def test_over_one_parameter_a_line_is_read_and_opened(view: SweepView) -> None:
    """The whole column belongs to its value."""
    source = MadeUp(plan("nudge=0:1:5"))
    for k in range(5):
        source.done((k,), 0.1 * k, 0.2 * k)
    opened: list[int] = []
    view.runRequested.connect(opened.append)
    view.show_data(shown(source))
    at = view.plot.rect_of(2, 0)
    QTest.mouseClick(view.plot, LEFT, pos=QPointF(at.center().x(), at.top() + 9).toPoint())
    assert opened == [2]
    QTest.mouseMove(view.plot, at.center().toPoint())
    assert view.plot.read_out.words.startswith("Nudge 0.50 s\nCoherence R 0.300, spread 0.141")
    image = view.plot.grab().toImage()
    y = view.plot.area().bottom() - 0.3 * view.plot.area().height()
    assert image.pixelColor(QPointF(at.center().x(), y).toPoint()) != QColor(NIGHT.background)


@pytest.mark.parametrize(
    ("state", "there"),
    [
        (SweepState.RUNNING, {"pause", "stop"}),
        (SweepState.PAUSED, {"go on", "stop"}),
        (SweepState.UNFINISHED, {"go on"}),
        (SweepState.DONE, set()),
    ],
)
def test_buttons_are_those_that_mean_something(
    view: SweepView, state: SweepState, there: set[str]
) -> None:
    """Each emits what it is for."""
    heard: list[str] = []
    buttons = {"pause": view.pause_button, "go on": view.go_on_button, "stop": view.stop_button}
    view.pauseRequested.connect(lambda: heard.append("pause"))
    view.goOnRequested.connect(lambda: heard.append("go on"))
    view.stopRequested.connect(lambda: heard.append("stop"))
    view.show_data(staged(state))
    assert {name for name, button in buttons.items() if button.isVisible()} == there
    assert view.words.text() == "so far"
    for name in sorted(there):
        QTest.mouseClick(buttons[name], LEFT)
    assert heard == sorted(there)


def test_what_has_failed_can_be_tried_again(view: SweepView) -> None:
    """By a button that says how many runs that are, and is there for nothing else."""
    heard: list[str] = []
    view.goOnRequested.connect(lambda: heard.append("go on"))
    source = some()
    stages = [SweepStage(SweepState.DONE, "so far", n) for n in (0, 1, 2)]
    for stage, tip in zip(stages, ("", "what failed: 1 run", "what failed: 2 runs"), strict=True):
        view.show_data(sweep_shown(source, axes_of(source.plan), stage, "R"))
        assert view.again_button.isVisible() is bool(tip)
        if tip:
            assert view.again_button.toolTip() == f"Try again {tip}"
            QTest.mouseClick(view.again_button, LEFT)
    assert heard == ["go on"] * 2


def test_the_focus_stays_where_a_button_was(view: SweepView) -> None:
    """Who pauses by key goes on by the same key."""
    view.show_data(staged(SweepState.RUNNING))
    view.pause_button.setFocus()
    view.show_data(staged(SweepState.PAUSED))
    assert view.go_on_button.hasFocus()


def menu_of(view: SweepView, button: Any, qtbot: QtBot) -> QMenu:
    """The menu that a button opens."""
    QTest.mouseClick(button, LEFT)
    menu = view.findChildren(QMenu)[-1]
    qtbot.waitUntil(menu.isVisible)
    return menu


def test_what_is_drawn_is_chosen_by_name(view: SweepView, qtbot: QtBot) -> None:
    """The one that is drawn is ticked, and each says what it is."""
    chosen: list[str] = []
    view.observableChosen.connect(chosen.append)
    view.show_data(shown(some()))
    assert view.observable.text() == "Coherence R"
    menu = menu_of(view, view.observable, qtbot)
    entries = [(each.text(), each.isChecked()) for each in menu.actions()]
    assert entries == [("Coherence R", True), ("Time to order", False)]
    tip = menu.actions()[1].toolTip()
    assert tip.startswith("First sample")
    assert tip.endswith("In tables and on the command line: time_to_sync")
    menu.actions()[1].trigger()
    menu.close()
    assert chosen == ["time_to_sync"]


def test_a_long_name_makes_the_panel_no_wider(view: SweepView, qtbot: QtBot) -> None:
    """It is cut off where there is no room, and whole again where there is; its tip says it all."""
    narrow = view.minimumSizeHint().width()
    source = MadeUp(plan(observe=("interval_correlation",)))
    view.show_data(shown(source, "interval_correlation"))
    qtbot.waitUntil(lambda: view.observable.painted_word == "Correlation of intervals")
    assert view.minimumSizeHint().width() < narrow + 80
    view.resize(view.minimumSizeHint().width(), 400)
    qtbot.waitUntil(lambda: view.observable.painted_word.endswith("\N{HORIZONTAL ELLIPSIS}"))
    assert view.observable.painted_word.startswith("Corr")
    assert view.observable.accessibleName() == "Drawn: Correlation of intervals"
    view.resize(600, 400)
    qtbot.waitUntil(lambda: view.observable.painted_word == view.observable.text())


def test_of_more_parameters_a_plane_is_chosen(view: SweepView, qtbot: QtBot) -> None:
    """Each of the others has a choice of its values, and none when they are gone."""
    chosen: list[tuple[int, ...]] = []
    view.valuesChosen.connect(chosen.append)
    deep = MadeUp(plan("nudge=0,1", "refractory=0.5,1", "loss=0,0.1", "delay=0,1,2"))
    view.show_data(shown(deep, at=(0, 2)))
    assert [each.text() for each in view.others] == ["Loss 0.00", "Delay 2.00 s"]
    menu = menu_of(view, view.others[0], qtbot)
    menu.actions()[1].trigger()
    menu.close()
    assert chosen == [(1, 2)]
    view.show_data(shown(some()))
    assert view.others == []


def test_before_any_sweep_it_says_how_to_begin_one(view: SweepView) -> None:
    """With a button that asks for one."""
    asked: list[None] = []
    view.sweepRequested.connect(lambda: asked.append(None))
    assert not view.observable.isVisible()
    assert not view.more_button.isVisible()
    QTest.mouseClick(view.new_button, LEFT)
    assert len(asked) == 1


def test_it_is_saved_and_its_folder_shown(view: SweepView, qtbot: QtBot) -> None:
    """By a menu of its own."""
    heard: list[str] = []
    view.saveRequested.connect(lambda: heard.append("save"))
    view.folderRequested.connect(lambda: heard.append("folder"))
    view.show_data(shown(some()))
    menu = menu_of(view, view.more_button, qtbot)
    for action in menu.actions():
        action.trigger()
    menu.close()
    assert heard == ["save", "folder"]


@pytest.mark.parametrize("scale", [1.0, 1.6])
@pytest.mark.parametrize("width", [240, 448, 900])
def test_all_words_beside_the_map_are_within_the_panel(
    view: SweepView, width: int, scale: float
) -> None:
    """Ticks, the numbers of the scale and the legend, at each size of text."""
    view.show_style(NIGHT, scale)
    view.resize(width, 420)
    view.show_data(shown(some()))
    area = view.plot.area()
    assert area.left() > 0.0
    assert area.right() < view.plot.width()
    assert area.width() > 60.0
    assert area.bottom() < view.plot.height()


def test_a_long_reason_is_read_out_in_several_lines(view: SweepView) -> None:
    """None of it is cut off, however narrow the panel."""
    source = some()
    why = "jitter must be >= 0 s and < the refractory time (0.05 s), got 0.1"
    source.without((4, 1), RunState.REFUSED, why)
    view.resize(300, 500)
    view.show_data(shown(source))
    QTest.mouseMove(view.plot, middle(view, 4, 1))
    read = view.plot.read_out.words
    assert f"can't be run: {why}" in read.replace("\n", " ")
    metrics = QFontMetricsF(view.plot.plot_font)
    assert max(map(metrics.horizontalAdvance, read.split("\n"))) < view.plot.width()


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ("nudge=0:0.5:101", ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
        ("nudge=0:0.4:5", ["0", "0.1", "0.2", "0.3", "0.4"]),
        ("b=0.5:8:5:log", ["0.5", "1", "2", "4", "8"]),
        ("topology=moore,ring,all", ["Moore", "Ring", "All"]),
    ],
)
def test_beside_an_axis_stand_its_values_or_round_numbers(over: str, words: list[str]) -> None:
    """Of few all, of many numbers in equal steps round ones, in the middle of their cells."""
    response = {"response": "mirollo-strogatz"} if over.startswith("b=") else {}
    (axis,) = axes_of(plan(over, fixed=response))
    marks = marks_of(axis, 600.0, lambda _: 80.0)
    assert [each for _, each in marks] == words
    n = len(axis.ticks)
    assert marks[0][0] == pytest.approx(0.5 / n)
    assert marks[-1][0] == pytest.approx(1.0 - 0.5 / n)
    assert len(marks_of(axis, 100.0, lambda _: 80.0)) < len(marks)


# -- a part of it -----------------------------------------------------------------------


def _wheel(view: SweepView, at: QPointF, steps: int) -> None:
    event = QWheelEvent(
        at, view.plot.mapToGlobal(at), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.plot, event)


def test_cells_are_seen_closer_pulled_along_and_shown_again(view: SweepView, qtbot: QtBot) -> None:
    """The one that is pointed at stays; a pull is no click; a double click shows all, and opens
    none; a single one opens what is there."""
    opened: list[int] = []
    view.runRequested.connect(opened.append)
    view.show_data(shown(some()))
    plot, before = view.plot, view.plot.rect_of(1, 0)
    at = before.center()
    for _ in range(4):
        _wheel(view, at, 1)
    assert plot.rect_of(1, 0).contains(at)
    assert plot.rect_of(1, 0).width() == pytest.approx(before.width() * 1.25**4)
    assert plot.read_out.words.startswith("Nudge 0.25 s, Refractory 0.50 s\nCoherence R 1.000")
    image = plot.grab().toImage()
    inside = (at + QPointF(9.0, 9.0)) * image.devicePixelRatio()
    assert image.pixelColor(inside.toPoint()).name() == colour_of(1.0)
    rect = plot.rect_of(1, 0)
    QTest.mousePress(plot, LEFT, pos=at.toPoint())
    QTest.mouseMove(plot, at.toPoint() + QPoint(-40, 0))
    QTest.mouseRelease(plot, LEFT, pos=at.toPoint() + QPoint(-40, 0))
    assert plot.rect_of(1, 0).left() == pytest.approx(rect.left() - 40.0)
    assert not opened
    here = middle(view, 1, 0)
    QTest.mouseClick(plot, LEFT, pos=here)
    QTest.mouseDClick(plot, LEFT, pos=here)
    QTest.mouseRelease(plot, LEFT, pos=here)
    assert plot.sight.is_whole
    assert plot.rect_of(1, 0) == before
    _wheel(view, at, 2)
    QTest.mouseClick(plot, LEFT, pos=at.toPoint())
    qtbot.waitUntil(lambda: opened == [plan().cell_at((1, 0))])
    view.show_data(shown(some()))
    assert not plot.sight.is_whole  # another look at the same sweep
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert plot.sight.is_whole


def test_keys_lead_to_cells_that_do_not_show(view: SweepView) -> None:
    """The part that shows goes along; plus and minus zoom about the cell."""
    view.show_data(shown(some()))
    plot, (n_x, n_y) = view.plot, plan().shape
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(8):
        QTest.keyClick(plot, Qt.Key.Key_Plus, Qt.KeyboardModifier.ShiftModifier)
    assert len(plot.sight.seen()[0]) < n_x
    for _ in range(n_x):
        QTest.keyClick(plot, Qt.Key.Key_Right)
    for _ in range(n_y):
        QTest.keyClick(plot, Qt.Key.Key_Up)
    assert plot.cell == (n_x - 1, n_y - 1)
    assert plot.area().adjusted(-1, -1, 1, 1).contains(plot.rect_of(n_x - 1, n_y - 1))
    for _ in range(9):
        QTest.keyClick(plot, Qt.Key.Key_Minus)
    assert plot.sight.is_whole


def test_the_marks_of_a_part_stand_where_its_values_are() -> None:
    """Numbers and words alike: as those of the whole do, and none of what doesn't show."""
    words = AxisShown("a", "a", tuple("abcdefgh"), tuple("abcdefgh"))
    numbers = AxisShown("a", "a", tuple("abcdefgh"), tuple("abcdefgh"), (1.0, 8.0))
    part = AxisPart(0.25, 0.75)
    assert marks_of(words, 400.0, lambda _: 10.0, part) == [
        (0.125, "c"), (0.375, "d"), (0.625, "e"), (0.875, "f"),
    ]  # fmt: skip
    marks = marks_of(numbers, 400.0, lambda _: 10.0, part)
    assert {"3.0", "4.0", "5.0", "6.0"} <= {each for _, each in marks}
    for share, each in marks:
        assert part.at(share) == pytest.approx((float(each) - 0.5) / 8)


@pytest.mark.parametrize("text", ["refractory=0.2:2.6:25", "nudge=0:0.4:41"])
def test_the_title_of_the_upright_axis_stands_clear_of_its_numbers(
    view: SweepView, text: str
) -> None:
    """Whatever of it shows: numbers of a part may have more digits than those of the whole."""
    data = shown(MadeUp(plan("delay=0:1:5", text)))
    view.show_data(data)
    plot = view.plot
    metrics = QFontMetricsF(plot.plot_font)
    for _ in range(8):
        marks = marks_of(data.axes[1], plot.area().height(), lambda _: 12.0, plot.sight.upright)
        widest = max(metrics.horizontalAdvance(words) for _, words in marks)
        assert plot.area().left() >= metrics.height() + 2.0 + widest + 6.0
        _wheel(view, plot.area().center(), 2)
