"""The response, shown and drawn: its curve, its points under the hand, the map of two."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from experiments import (
    RESPONSE_SHAPES,
    RESPONSES,
    Parameters,
    Points,
    Session,
    session_of,
    shifts_of,
)
from gui.controllers.asking import Asking
from gui.controllers.drawing_response import ResponseDrawing
from gui.instruments.response_view import ResponseView
from gui.instruments.shift_plot import ShiftPlot
from gui.laboratory import Laboratory, open_laboratory
from gui.models.drawn_points import MOST
from gui.models.response_curve import response_curve, shape_of, shapes
from gui.models.timeline import change_marks
from gui.picture.theme import DAY, NIGHT, SIZES
from tests.gui.application import double_click
from tests.gui.conftest import InWindow, Run
from tests.gui.staged import Stage, run_staged
from tests.gui.waiting import until
from tests.gui.window_parts import SMALL

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of windows, offscreen

POINTS = ((0.0, 0.0), (0.25, -0.1), (0.5, 0.05), (0.75, 0.1), (1.0, 0.0))
DRAWN = Parameters(response="drawn", points=POINTS)
BASIC = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
FINE = SHIFT | Qt.KeyboardModifier.ControlModifier


class Heard:
    """All that a view has emitted."""

    def __init__(self, view: ResponseView) -> None:
        self.points: list[Any] = []
        self.ends: list[None] = []
        self.shapes: list[str] = []
        view.pointsDrawn.connect(self.points.append)
        view.drawingEnded.connect(lambda: self.ends.append(None))
        view.shapeChosen.connect(self.shapes.append)


@pytest.fixture
def view(qtbot: QtBot) -> ResponseView:
    """A panel of its own that shows a drawn response."""
    view = ResponseView(NIGHT, None)  # type: ignore[arg-type]
    qtbot.addWidget(view)
    view.resize(700, 300)
    view.show_data(response_curve(DRAWN))
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    return view


def drag(plot: ShiftPlot, *places: QPointF) -> None:
    """Press at the first place, move along the others, let go at the last."""
    button, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    kind = QMouseEvent.Type
    steps = [(kind.MouseButtonPress, places[0], button, button)]
    steps += [(kind.MouseMove, place, none, button) for place in places[1:]]
    steps += [(kind.MouseButtonRelease, places[-1], button, none)]
    for what, place, by, held in steps:
        event = QMouseEvent(what, place, plot.mapToGlobal(place), by, held, BASIC)
        QApplication.sendEvent(plot, event)


def at(plot: ShiftPlot, phase: float, shift: float) -> QPointF:
    return QPointF(plot.x_of(phase), plot.y_of(shift))


def place(plot: ShiftPlot, k: int) -> QPoint:
    return plot.place_of(k).toPoint()


def values_of(response: str) -> dict[str, Any]:
    """Parameters with a response."""
    return {**SMALL.values(), "response": response}


def test_the_plots_stay_where_they_are_while_a_point_is_held(
    view: ResponseView, qtbot: QtBot
) -> None:
    """However many lines the words about two become: else the point slips from the hand."""
    view.resize(SIZES.instrument, 500)  # the plots stand below the words
    view.show_data(response_curve(Parameters(nudge=0.0, refractory=0.0, jitter=0.0)))
    qtbot.waitUntil(lambda: view.curve.y() > 0)
    few, seen = view.verdict.height(), []
    view.pointsDrawn.connect(
        lambda points: view.show_data(
            response_curve(Parameters(response="drawn", points=points, refractory=1.0))
        )
    )
    start = view.curve.place_of(4)
    button, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    kind = QMouseEvent.Type
    for what, down, by, held in (
        (kind.MouseButtonPress, 0, button, button),
        (kind.MouseMove, 10, none, button),
        (kind.MouseMove, 20, none, button),
    ):
        spot = start + QPointF(0, down)
        event = QMouseEvent(what, spot, view.curve.mapToGlobal(spot), by, held, BASIC)
        QApplication.sendEvent(view.curve, event)
        QApplication.processEvents()
        seen.append(view.curve.geometry())
    assert seen == [seen[0]] * 3
    QTest.mouseRelease(view.curve, button, BASIC, (start + QPointF(0, 20)).toPoint())
    qtbot.waitUntil(lambda: view.verdict.height() > few)


@pytest.mark.parametrize("response", list(RESPONSES))
def test_the_curve_is_what_the_response_itself_says(response: str) -> None:
    """At every phase that is drawn, of whichever response; nothing knows its formula twice."""
    parameters = Parameters(**values_of(response))
    curve = response_curve(parameters)
    assert curve.shifts == pytest.approx(shifts_of(parameters, curve.phases.tolist()), abs=0.0)
    assert curve.deaf_share == parameters.refractory / parameters.period
    assert [x for x, _ in curve.points][:: len(curve.points) - 1] == [0.0, 1.0]
    for phase, shift in curve.points:
        assert curve.shift_at(phase) == pytest.approx(max(shift, -phase), abs=1e-12)
    assert curve.is_drawn is (response == "drawn")
    assert shape_of(parameters) == response


def test_a_known_shape_is_called_by_its_name() -> None:
    """As soon as it is changed it is one that was drawn."""
    for name, shape in RESPONSE_SHAPES.items():
        assert shape_of(Parameters(response="drawn", points=shape.points)) == name
    assert shape_of(DRAWN) == "drawn"
    assert shapes() == [
        *("constant", "multiplicative", "mirollo-strogatz", "inhibitory"),
        *("advance-delay", "leaky integrate-and-fire"),
    ]


def test_a_point_is_dragged_and_the_curve_follows(view: ResponseView) -> None:
    """Wherever the pointer goes, also beyond the picture; one drag is one step."""
    heard, plot = Heard(view), view.curve
    grip = plot.place_of(2) + QPointF(3.0, -2.0)  # beside its middle: it doesn't jump there
    up = QPointF(0.0, plot.y_of(0.08) - plot.y_of(0.05))
    drag(plot, grip, grip + up, grip + up + up)
    assert [points[2] for points in heard.points] == [
        pytest.approx((0.5, 0.08), abs=1e-4),
        pytest.approx((0.5, 0.11), abs=1e-4),
    ]
    assert all(points[:2] + points[3:] == POINTS[:2] + POINTS[3:] for points in heard.points)
    assert len(heard.ends) == 1
    assert plot.points == heard.points[-1]
    drag(plot, plot.place_of(3), at(plot, 0.2, -5.0))
    assert heard.points[-1][3] == (0.501, -1.0)
    view.show_data(response_curve(Parameters(response="drawn", points=heard.points[-1])))
    assert at(plot, 0.5, -1.0).y() < plot.area().bottom()  # there is room for it now


def test_what_is_in_force_does_not_take_a_point_from_the_hand(view: ResponseView) -> None:
    """Data of a frame before arrive while it is dragged; once let go, what is in force shows."""
    heard, plot = Heard(view), view.curve
    button = Qt.MouseButton.LeftButton
    QTest.mousePress(plot, button, BASIC, place(plot, 1))
    QTest.mouseMove(plot, at(plot, 0.3, 0.02).toPoint())
    plot.move_point(1, 0.3, 0.02)
    view.show_data(response_curve(DRAWN))
    assert plot.points[1] == (0.3, 0.02)
    QTest.mouseRelease(plot, button, BASIC, place(plot, 1))
    assert len(heard.ends) == 1
    view.show_data(response_curve(DRAWN))
    assert plot.points == POINTS


def test_a_double_click_adds_a_point_and_a_right_click_removes_it(view: ResponseView) -> None:
    """On the curve; elsewhere a double click shows all of it, as on other plots."""
    heard, plot = Heard(view), view.curve
    double_click(plot, at(plot, 0.375, -0.025).toPoint())
    assert len(plot.points) == 6
    assert plot.points[2] == pytest.approx((0.375, -0.025), abs=0.01)
    assert (len(heard.points), len(heard.ends)) == (1, 1)
    assert QApplication.focusWidget() is plot  # keys go on with the point
    QTest.mouseClick(plot, Qt.MouseButton.RightButton, BASIC, place(plot, 2))
    assert list(plot.points) == list(POINTS)
    QTest.mouseClick(plot, Qt.MouseButton.RightButton, BASIC, place(plot, 0))
    assert list(plot.points) == list(POINTS)
    assert view.verdict.text() == "Not drawn: the ends of the curve stay at phase 0 and 1"
    plot.zoom_by(4.0, plot.area().center().x(), plot.area().center().y())
    assert not plot.is_whole
    double_click(plot, at(plot, 0.5, -0.08).toPoint())
    assert plot.is_whole
    assert len(heard.points) == 2


def test_keys_choose_move_add_and_remove_points(view: ResponseView) -> None:
    """Tab leads to the plot; what the arrows have chosen is read out, also to screen readers."""
    heard, plot = Heard(view), view.curve
    QTest.keyClick(view, Qt.Key.Key_Tab)
    while QApplication.focusWidget() is not plot:
        QTest.keyClick(QApplication.focusWidget() or view, Qt.Key.Key_Tab)
    assert plot.hand.chosen == 0
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.read_out.words.startswith("point 2 of 5\nphase 0.250, 1.25 s\nshift -0.1000")
    assert plot.accessibleDescription() == plot.read_out.words
    assert heard.points == []
    QTest.keyClick(plot, Qt.Key.Key_Up, SHIFT)
    QTest.keyClick(plot, Qt.Key.Key_Right, FINE)
    assert heard.points[-1][1] == pytest.approx((0.251, -0.09))
    assert len(heard.ends) == 2
    QTest.keyClick(plot, Qt.Key.Key_Insert)
    assert plot.hand.chosen == 2
    assert plot.points[2] == pytest.approx(((0.251 + 0.5) / 2, -0.02), abs=1e-4)
    QTest.keyClick(plot, Qt.Key.Key_Delete)
    assert len(plot.points) == 5
    QTest.keyClick(plot, Qt.Key.Key_Left)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.hand.chosen == 0
    QTest.keyClick(plot, Qt.Key.Key_Right, SHIFT)
    assert plot.points[0][0] == 0.0


def test_a_key_held_down_is_one_step(view: ResponseView) -> None:
    """It ends when the key is let go."""
    heard, plot = Heard(view), view.curve
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(5):
        QTest.keyPress(plot, Qt.Key.Key_Up, SHIFT)
    assert (len(heard.points), len(heard.ends)) == (5, 0)
    QTest.keyRelease(plot, Qt.Key.Key_Up, SHIFT)
    assert len(heard.ends) == 1
    assert plot.points[0][1] == pytest.approx(0.05)


def test_no_more_points_than_a_response_may_have(view: ResponseView) -> None:
    """Why is said below, until something can be drawn again."""
    full = tuple((k / (MOST - 1), 0.0) for k in range(MOST))
    view.show_data(response_curve(Parameters(response="drawn", points=full)))
    heard, plot = Heard(view), view.curve
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(plot, Qt.Key.Key_Insert)
    assert heard.points == []
    assert view.verdict.text() == "Not drawn: there are 33 points, and can't be more"
    QTest.keyClick(plot, Qt.Key.Key_Up, SHIFT)
    assert view.verdict.text().startswith("Two alone. ")


def test_nothing_is_drawn_while_a_run_is_repeated(view: ResponseView) -> None:
    """Neither by pointer nor by keys nor by the menu; it can be read all the same."""
    heard, plot = Heard(view), view.curve
    view.set_locked(True)
    drag(plot, plot.place_of(2), at(plot, 0.4, 0.1))
    QTest.mouseClick(plot, Qt.MouseButton.RightButton, BASIC, place(plot, 2))
    double_click(plot, at(plot, 0.375, -0.025).toPoint())
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    for key, by in ((Qt.Key.Key_Up, SHIFT), (Qt.Key.Key_Insert, BASIC), (Qt.Key.Key_Delete, BASIC)):
        QTest.keyClick(plot, key, by)
    assert (heard.points, plot.points) == ([], POINTS)
    assert not view.button.isEnabled()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.read_out.words.startswith("point 2 of 5")


def test_the_plots_say_what_is_below_the_pointer(view: ResponseView) -> None:
    """Phase, shift, and what comes of it; of the map the fixed point, its slope, its verdict."""
    plot = view.curve
    deaf = plot.reading_at(plot.x_of(0.1), plot.y_of(0.1))
    assert deaf is not None
    assert deaf.words == "phase 0.100, 0.50 s\nshift -0.0400 periods\ndeaf: not heard"
    high = response_curve(DRAWN.replace(points=((0.0, 0.0), (0.9, 0.5), (1.0, 0.0))))
    view.show_data(high)
    late = plot.reading_at(plot.x_of(0.8), plot.y_of(-0.1))
    assert late is not None
    assert late.words.endswith("\nflashes at once")
    (fixed,) = high.pair.fixed
    pair = view.pair
    there = pair.reading_at(pair.x_of(fixed.phase), 0.0)
    assert there is not None
    assert there.words == f"{fixed.phase:.4f}: {fixed.verdict}\nslope {fixed.slope:.4g}"
    together = pair.reading_at(pair.x_of(0.0), 0.0)
    assert together is not None
    assert together.words.startswith("in step: attracts")
    assert view.verdict.text() == f"Two alone. {high.pair.verdict}"
    k = len(high.pair.phases) // 3
    between = pair.reading_at(pair.x_of(float(high.pair.phases[k])), 0.0)
    assert between is not None
    assert between.words.startswith(f"phase {high.pair.phases[k]:.3f}\n")


@pytest.mark.parametrize("palette", [NIGHT, DAY])
@pytest.mark.parametrize("size", [(224, 500), (338, 300), (900, 160)])
def test_it_paints_in_any_room_and_theme(
    view: ResponseView, palette: Any, size: tuple[int, int], qtbot: QtBot
) -> None:
    """Side by side where it is wide or low; neither outside of the panel nor over the other."""

    def is_across() -> bool:
        return view.pair.geometry().left() >= view.curve.geometry().right()

    view.show_style(palette, 1.25)
    view.resize(*size)
    qtbot.waitUntil(lambda: is_across() == (size[0] > size[1]))
    for response in RESPONSES:
        view.show_data(response_curve(Parameters(**values_of(response))))
        picture = view.grab().toImage()
        colours = {
            picture.pixelColor(x, y).name()
            for x in range(0, picture.width(), 2)
            for y in range(0, picture.height(), 2)
        }
        assert palette.accent.lower() in colours
    assert view.rect().contains(view.curve.geometry())
    assert view.rect().contains(view.pair.geometry())
    assert not view.curve.geometry().intersects(view.pair.geometry())


def test_dragging_changes_the_running_swarm_and_is_undone_as_one_step() -> None:
    """From another response: it becomes a drawn one, with both in one change a frame."""

    async def body(stage: Stage) -> None:
        drawing = ResponseDrawing(Asking(stage.simulation, stage.intent, stage.current))
        await stage.play(0.2)
        swarm, n_before = stage.simulation.population, len(stage.simulation.interventions)
        for _ in range(3):
            for k in range(5):  # more often than there are frames
                drawing.draw((*POINTS[:2], (0.5, 0.01 * k), *POINTS[3:]))
            await stage.step()
            await stage.play(1 / 60)
        drawing.end()
        parameters = stage.simulation.parameters
        assert (parameters.response, parameters.points[2]) == ("drawn", (0.5, 0.04))
        assert stage.simulation.population is swarm
        assert len(stage.simulation.interventions) - n_before == 3
        drawing.draw(POINTS)
        await stage.play(1 / 60)
        drawing.end()
        for points in (parameters.points, Parameters().points):
            stage.controller.undo()
            await stage.play(1 / 30)
            assert stage.simulation.parameters.points == points
        assert stage.simulation.parameters.response == "constant"
        stage.controller.redo()
        await stage.play(1 / 30)
        assert stage.simulation.parameters.response == "drawn"
        assert stage.screen.toasts[-1] == "Done again: Response drawn again"

    run_staged(body)


def test_a_drag_is_one_mark_also_when_the_run_is_repeated() -> None:
    """And one for the other response; what is made of the points has none."""

    async def body(stage: Stage) -> None:
        drawing = ResponseDrawing(Asking(stage.simulation, stage.intent, stage.current))
        for k in range(10):
            drawing.draw((*POINTS[:2], (0.5, 0.01 * k), *POINTS[3:]))
            await stage.play(1 / 60)
        drawing.end()
        stage.simulation.settle()
        session = session_of(stage.simulation)
        labels = ["response drawn", "response redrawn"]
        assert [mark.label for mark in change_marks(session.steps)] == labels
        assert [mark.label for mark in stage.screen.given["coherence"][-1].marks] == labels
        stage.intent.repeat(session)
        await stage.follow()
        await stage.play(0.5)
        assert [mark.label for mark in stage.screen.given["coherence"][-1].marks] == labels
        assert stage.simulation.parameters.points == drawn_last(session)

    run_staged(body)


def drawn_last(session: Session) -> Points:
    """The points of the last change of a run."""
    points: Points = dict(session.steps[-1].change)["points"]
    return points


def test_what_is_drawn_right_after_an_undo_is_one_change() -> None:
    """It waits until that is done, and then is one step itself."""

    async def body(stage: Stage) -> None:
        drawing = ResponseDrawing(Asking(stage.simulation, stage.intent, stage.current))
        stage.controller.type_value("nudge", "0.1")
        await stage.play(1 / 30)
        stage.controller.undo()
        drawing.draw(POINTS)
        await stage.play(1 / 30)
        drawing.end()
        assert stage.simulation.parameters.points == POINTS
        assert stage.simulation.parameters.response == "drawn"
        assert stage.simulation.parameters.nudge == SMALL.nudge
        stage.controller.undo()
        await stage.play(1 / 30)
        assert stage.simulation.parameters.response == "constant"
        assert stage.simulation.parameters.points == Parameters().points

    run_staged(body)


def test_in_the_window_it_draws_what_runs(
    in_window: InWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shown by its key; a point of the nudge dragged, a known shape chosen, a run repeated."""
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)  # no grabs without a screen

    async def body(lab: Laboratory) -> None:
        await until(lambda: lab.simulation.now > 0.0)
        QTest.keyClick(lab.window, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
        view = lab.window.workbench.views["response"]
        assert isinstance(view, ResponseView)
        await until(lambda: view.button.text() == "Constant" and bool(view.curve.points))
        plot = view.curve
        lab.controller.toggle_play()  # also while nothing moves
        drag(plot, plot.place_of(4), plot.place_of(4) + QPointF(0.0, -20.0))
        await until(lambda: lab.simulation.parameters.response == "drawn")
        await until(lambda: view.button.text() == "Drawn")
        points = lab.simulation.parameters.points
        assert points == plot.points
        assert points[4][1] > points[3][1] == pytest.approx(0.05)
        view.button.click()
        menu = view.findChild(QMenu)
        assert isinstance(menu, QMenu)
        next(each for each in menu.actions() if each.data() == "advance-delay").trigger()
        menu.close()
        await until(lambda: view.button.text() == "Advance-delay")
        assert lab.simulation.parameters.points == RESPONSE_SHAPES["advance-delay"].points
        lab.intent.repeat(session_of(lab.simulation))
        await until(lambda: lab.simulation.is_following and not view.button.isEnabled())
        assert plot.is_locked
        lab.controller.branch()
        await until(lambda: not plot.is_locked)

    in_window(body, SMALL)


def test_it_stands_wider_than_others_where_the_grid_has_room_to_spare(in_window: InWindow) -> None:
    """In a window of 1280 x 720; the grid is as large as before."""

    async def body(lab: Laboratory) -> None:
        window = lab.window
        window.resize(1280, 720)
        window.workbench.show_panels(["controls", "coherence"])
        await until(lambda: window.width() == 1280)
        await until(lambda: window.grid.width() > window.grid.height() > 0)
        height = window.grid.height()
        window.workbench.show_panel("circle")
        dock = window.workbench.docks["response"]
        await until(lambda: window.workbench.is_seen("circle"))
        usual = window.workbench.docks["circle"].width()
        window.workbench.show_panel("circle", False)
        window.workbench.show_panel("response")
        await until(lambda: dock.width() >= 1.2 * usual)
        assert window.grid.width() >= window.grid.height() == height

    in_window(body, SMALL)


def test_panels_that_are_chosen_before_there_is_a_window_have_their_width(run: Run) -> None:
    """As those that are shown later; not the least that they can be read at."""

    async def main() -> None:
        async with open_laboratory(SMALL) as lab:
            lab.window.resize(1280, 720)
            lab.window.workbench.show_panels(["controls", "moments"])
            lab.window.show()
            await lab.pump.begin()
            await until(lambda: lab.window.workbench.docks["moments"].width() >= SIZES.instrument)

    run(main())
