"""Plots over time: what part of a run they show, their labels and marks, and on paper."""

from __future__ import annotations

import itertools
import json
import math
import re
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyqtgraph as pg  # type: ignore[import-untyped]
import pytest
import shiboken6
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from experiments import CoherenceRecord, Parameters, noise_band, sidecar_path
from gui.commands.command_line import run as run_command
from gui.instruments.coherence_view import CoherencePlot
from gui.instruments.mark_labels import placed_labels
from gui.instruments.plot_page import PlotPage
from gui.instruments.rate_view import RatePlot
from gui.instruments.time_ticks import time_ticks, time_words, unit_of
from gui.laboratory import Laboratory
from gui.models.coherence_trace import Mark, curve, empty_curve, stairs, whole_curve
from gui.models.intent import Intent
from gui.models.time_window import LEAST_SPAN_S, TimeWindow, shifted, whole_window, zoomed
from gui.picture.theme import DAY, NIGHT, SIZES, Palette
from tests.gui.application import double_click
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL
from tests.gui.waiting import until


def record_of(n_samples: int, most: int | None = None) -> CoherenceRecord:
    """A record whose R goes up and down."""
    record = CoherenceRecord(2_500, most)
    for j in range(n_samples):
        record.add(j * 0.1, abs(math.sin(j / 40)), 5.0)
    return record


# -- labels -----------------------------------------------------------------------------


def pixels(words: str) -> float:
    """About as wide as text is, with a gap."""
    return 7.0 * len(words) + 16.0


SPANS = [base * 10.0**k for k in range(-1, 9) for base in (1.0, 1.3, 2.0, 3.7, 5.0, 7.7)] + [1e9]


@pytest.mark.parametrize("room", [120.0, 240.0, 480.0, 1_600.0])
def test_a_run_of_any_length_has_one_to_nine_labels(room: float) -> None:
    """From 0.1 s to 1e9 s: with units, ascending, none over another, two where they fit."""
    for end in SPANS:
        ticks = time_ticks(0.0, end, room, pixels)
        assert (2 if room >= 240.0 else 1) <= len(ticks) <= 9, (end, ticks)
        assert all(0.0 <= t <= end * (1 + 1e-9) for t, _ in ticks)
        assert sum(pixels(words) for _, words in ticks) <= room
        assert len({words for _, words in ticks}) == len(ticks)
        assert all(
            words == "0" or re.search(r" (ms|s|min|h)$| d( |$)", words) for _, words in ticks
        )


@pytest.mark.parametrize("low", [0.0, 59.0, 894.0, 86_399.0, 1e6 + 0.3, 9e8])
@pytest.mark.parametrize("span", [1.0, 2.5, 40.0, 900.0, 90_000.0])
def test_any_part_of_a_run_has_labels_that_differ(low: float, span: float) -> None:
    """However late and however near: the words have digits enough."""
    ticks = time_ticks(low, low + span, 900.0, pixels)
    assert 2 <= len(ticks) <= 9
    assert len({words for _, words in ticks}) == len(ticks)


@pytest.mark.parametrize(
    ("t", "spacing", "longest", "words"),
    [
        (0.02, 0.02, 0.1, "20 ms"),
        (2.5, 0.5, 4.0, "2.5 s"),
        (40.0, 10.0, 60.0, "40 s"),
        (300.0, 60.0, 600.0, "5 min"),
        (620.0, 20.0, 640.0, "10:20 min"),
        (890.5, 0.5, 892.0, "14:50.5 min"),
        (33_000.0, 600.0, 36_000.0, "9:10 h"),
        (36_020.0, 20.0, 36_060.0, "10:00:20 h"),
        (7_200.0, 3_600.0, 36_000.0, "2 h"),
        (108_000.0, 21_600.0, 130_000.0, "1 d 6:00"),
        (8.64e8, 1.728e8, 1e9, "10,000 d"),
        (0.0, 1.728e8, 1e9, "0"),
    ],
)
def test_times_on_the_axis_are_written_as_people_write_them(
    t: float, spacing: float, longest: float, words: str
) -> None:
    """The unit goes by how late it is and how far apart the ticks are."""
    assert time_words(t, spacing, longest) == words


@pytest.mark.parametrize(
    ("label", "unit"),
    [("20 ms", "ms"), ("5 min", "min"), ("10:20 min", "min:s"), ("9:10 h", "h:min"), ("3 d", "d"),
     ("10:00:20 h", "h:min:s"), ("1 d 6:00", "d h:min")],
)  # fmt: skip
def test_the_axis_has_the_unit_of_its_labels(label: str, unit: str) -> None:
    """In its title."""
    assert unit_of(["0", label]) == unit


# -- the part shown -----------------------------------------------------------------------


@pytest.mark.parametrize("now", [31.0, 80.0, 200.0, 1_000.0, 5_000.0, 7e4, 3e5, 2e9])
def test_all_of_a_run_fills_most_of_the_plot(now: float) -> None:
    """From its beginning, whatever its length; the end runs ahead in round steps."""
    whole = whole_window(now)
    assert whole.begin == 0.0
    assert 0.6 * whole.end <= now <= whole.end
    assert whole_window(now * 1.0001).end >= whole.end


def test_zooming_keeps_the_time_below_the_pointer() -> None:
    """In and out again; beyond the whole run it is the whole run, which grows."""
    near = zoomed(whole_window(890.0), 4.0, 300.0, 890.0)
    assert near is not None
    assert near.span == pytest.approx(225.0)
    assert (300.0 - near.begin) / near.span == pytest.approx(300.0 / 900.0)
    assert zoomed(near, 0.25, 300.0, 890.0) is None
    nearest = zoomed(near, 1e9, 300.0, 890.0)
    assert nearest is not None
    assert nearest.span == LEAST_SPAN_S
    assert shifted(near, -1e9, 890.0) == TimeWindow(0.0, near.span)
    assert shifted(near, 1e9, 890.0) == TimeWindow(900.0 - near.span, 900.0)
    assert shifted(whole_window(890.0), 10.0, 890.0) is None


def test_the_plot_shows_all_from_the_start_or_the_part_wanted() -> None:
    """At once the rise to order and what came of it; every peak in few points."""
    record = record_of(60_000)
    assert (curve(record_of(100), 9.9, []).begin, curve(record_of(100), 9.9, []).end) == (0.0, 30.0)
    whole = curve(record, 5_999.9, [])
    assert (whole.begin, whole.times[0], whole.times[-1]) == (0.0, 0.0, record.times[-1])
    assert whole.is_whole
    assert len(whole.times) <= 1_602
    part = curve(record, 5_999.9, [], TimeWindow(100.0, 110.0))
    assert part.times.tolist() == record.times[1_000:1_101].tolist()
    assert not part.is_whole


def test_marks_ahead_and_out_of_sight_do_not_show() -> None:
    """A run that is repeated has marks that are still to come."""
    marks = [Mark(10.0, "a"), Mark(60.0, "b"), Mark(99.0, "c")]
    assert curve(record_of(700), 69.9, marks).marks == tuple(marks[:2])
    assert curve(record_of(700), 69.9, marks, TimeWindow(20.0, 69.0)).marks == (marks[1],)


def test_the_band_of_chance_has_the_level_of_its_time() -> None:
    """It is a stair: where jitter was changed, there it steps."""
    record = CoherenceRecord(400)
    for j in range(1_000):
        record.add(j * 0.1, 0.5, 5.0, 0.1 if j < 500 else 0.5)
    shown = curve(record, 99.9, [])
    levels = [noise_band(400, 0.1, 5.0), noise_band(400, 0.5, 5.0)]
    assert shown.band_levels.tolist() == levels
    times, edge = stairs(shown)
    assert times.tolist() == [0.0, 50.0, 50.0, shown.end]
    assert edge.tolist() == [levels[0], levels[0], levels[1], levels[1]]
    late = curve(record, 99.9, [], TimeWindow(60.0, 70.0))
    assert stairs(late)[0].tolist() == [60.0, 70.0]
    assert late.noise_band == levels[1]
    assert empty_curve(Parameters(side=20)).noise_band == levels[0]


# -- words beside marks ---------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_words_beside_marks_never_touch(seed: int) -> None:
    """Nor is any cut off, nor crossed by the line of another; the latest always has its words."""
    random = np.random.default_rng(seed)
    marks = np.sort(random.uniform(100.0, 1_600.0, random.integers(1, 60))).tolist()
    widths = random.uniform(60.0, 320.0, len(marks)).tolist()
    placed = placed_labels(marks, widths, 100.0, 1_600.0, 4, 14.0)
    assert placed[-1].index == len(marks) - 1
    for label in placed:
        end = label.left + widths[label.index]
        assert marks[label.index] in (pytest.approx(label.left), pytest.approx(end))
        assert label.left >= 100.0
        assert end <= 1_600.0
    for a, b in itertools.permutations(placed, 2):
        end = a.left + widths[a.index]
        if a.lane == b.lane:
            assert end + 14.0 <= b.left or b.left + widths[b.index] + 14.0 <= a.left
        if a.lane < b.lane:
            assert not a.left < marks[b.index] < end


# -- the panel --------------------------------------------------------------------------------


@pytest.fixture
def plot(qapp: QApplication) -> Iterator[CoherencePlot]:
    """A plot of some size, by night."""
    holder = QWidget()  # as in the window; pyqtgraph's own close() may crash
    made = CoherencePlot(NIGHT, holder)
    holder.resize(600, 150)
    made.resize(600, 150)
    holder.show()
    QApplication.processEvents()
    yield cast(
        CoherencePlot, weakref.proxy(made)
    )  # what pytest holds on to must not keep its menus
    del made
    shiboken6.delete(holder)


def test_pointing_at_a_mark_tells_what_was_changed(plot: CoherencePlot) -> None:
    """All that is close together, with its time; elsewhere nothing."""
    marks = [Mark(50.0, "nudge 0.10 s"), Mark(50.2, "jitter 0.00 s"), Mark(90.0, "period 4.0 s")]
    plot.show_data(curve(record_of(1_000), 99.9, marks))
    QApplication.processEvents()
    assert plot.words_at(plot.x_of(50.0)) == "nudge 0.10 s  at 50.0 s\njitter 0.00 s  at 50.2 s"
    assert plot.words_at(plot.x_of(90.0) + 5) == "period 4.0 s  at 90.0 s"
    assert plot.words_at(plot.x_of(70.0)) == ""
    many = [Mark(50.0 + k / 1e3, f"nudge {k}") for k in range(30)]
    plot.show_data(curve(record_of(1_000), 99.9, many))
    assert plot.words_at(plot.x_of(50.0)).startswith("22 more before\nnudge 22")


@pytest.mark.parametrize("palette", [NIGHT, DAY])
def test_symbols_of_marks_stand_above_the_curve(plot: CoherencePlot, palette: Palette) -> None:
    """In a strip of its own, which is there only if there are any."""
    plot.show_style(palette, 1.0)
    plot.show_data(curve(record_of(1_000), 99.9, []))
    QApplication.processEvents()
    before = plot.area().top()
    plot.show_data(curve(record_of(1_000), 99.9, [Mark(50.0, "nudge 0.10 s")]))
    QApplication.processEvents()
    area = plot.area()
    assert area.top() >= before + SIZES.small_text
    picture = plot.grab().toImage()
    ratio = picture.devicePixelRatio()
    symbol = QPointF(plot.x_of(50.0), area.top() - 3.0) * ratio
    assert picture.pixelColor(symbol.toPoint()).name() == palette.muted.lower()


class CountingPainter(QPainter):
    """Counts the pieces of lines and the paths that it draws."""

    def __init__(self, image: QImage) -> None:
        super().__init__(image)
        self.n_pieces = self.n_paths = 0

    def drawLines(self, *lines: Any) -> None:
        self.n_pieces += lines[-1]
        super().drawLines(*lines)

    def drawPath(self, path: QPainterPath) -> None:
        self.n_paths += 1
        super().drawPath(path)


def test_a_line_that_goes_up_and_down_is_drawn_in_no_time(plot: CoherencePlot) -> None:
    """Piece by piece, not as one path that crosses itself: that takes a hundred times as long.

    So no path is made of it, and no more pieces are drawn than there are columns for.
    """
    record = CoherenceRecord(2_500)
    for j in range(20_000):
        record.add(j * 0.1, 0.1 + 0.8 * (j % 2), 5.0)
    shown = curve(record, 1_999.9, [])
    assert len(shown.times) <= 1_002

    curves = [item for item in plot.items() if isinstance(item, pg.PlotCurveItem)]
    (line,) = (each for each in curves if each.opts["segmentedLineMode"] == "on")
    plot.show_data(shown)
    image = QImage(600, 150, QImage.Format.Format_RGB32)
    painter = CountingPainter(image)
    line.paint(painter, None, plot)
    painter.end()
    assert painter.n_pieces == len(shown.times) - 1
    assert painter.n_paths == 0


def wheel(plot: CoherencePlot, x: float, up: int, sideways: int = 0) -> None:
    """Turn the wheel over a pixel."""
    at = QPointF(x, 60.0)
    event = QWheelEvent(
        at, plot.mapToGlobal(at), QPoint(), QPoint(sideways, up), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.viewport(), event)


def window_of(intent: Intent) -> TimeWindow:
    """The part of the run that was asked for."""
    assert intent.time_window is not None
    return intent.time_window


def test_the_plot_is_zoomed_moved_and_brought_back(in_window: InWindow) -> None:
    """By wheel, pointer, keys and button; the other plot over time goes along; then it follows."""

    async def body(lab: Laboratory) -> None:
        plot, intent = lab.window.workbench.views["coherence"], lab.intent
        assert isinstance(plot, CoherencePlot)
        await lab.pump.run_ahead(100.0)
        lab.pump.present()
        await until(lambda: plot.viewRange()[0][1] == 120.0)
        assert not plot.sign.isVisible()
        wheel(plot, plot.x_of(60.0), 4 * 120)
        await until(lambda: plot.viewRange()[0][1] < 120.0)
        shown = intent.time_window
        assert shown is not None
        assert shown.span == pytest.approx(120.0 / 1.25**4)
        assert plot.time_at(plot.x_of(60.0)) == pytest.approx(60.0)
        assert plot.sign.isVisible()
        x, y = int(plot.x_of(60.0)), 60
        QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, y))
        QTest.mouseMove(plot.viewport(), QPoint(x + 40, y))
        QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x + 40, y))
        await until(lambda: window_of(intent).begin < shown.begin)
        before = window_of(intent)
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Plus):
            QTest.keyClick(plot, key)
        await until(lambda: window_of(intent).span < before.span)
        ways_back: tuple[Callable[[], object], ...] = (
            lambda: QTest.keyClick(plot, Qt.Key.Key_Home),
            lambda: double_click(plot.viewport(), QPoint(x, y)),
            plot.sign.all_button.click,
        )
        for way_back in ways_back:
            wheel(plot, plot.x_of(60.0), 240)
            await until(lambda: plot.sign.isVisible())
            way_back()
            await until(lambda: plot.viewRange()[0] == [0.0, 120.0])
        await lab.pump.run_ahead(130.0)
        lab.pump.present()
        await until(lambda: plot.viewRange()[0] == [0.0, 180.0])
        lab.zoom.zoom(2.0, 60.0)
        lab.controller.reset()
        await until(lambda: plot.viewRange()[0] == [0.0, 30.0])

    in_window(body, SMALL, is_playing=False)


def test_larger_text_makes_room_for_itself(qtbot: QtBot) -> None:
    """Axes grow with the size of the text."""
    holder = QWidget()
    qtbot.addWidget(holder)
    rate = RatePlot(NIGHT, holder)
    axes = (rate.getAxis("left"), rate.getAxis("bottom"))
    before = (axes[0].fixedWidth, axes[1].fixedHeight)
    rate.show_style(NIGHT, 1.6)
    after = (axes[0].fixedWidth, axes[1].fixedHeight)
    assert all(b > a for a, b in zip(before, after, strict=True))


# -- on paper -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", ["0.1", "4", "30"])
def test_a_run_of_any_length_has_its_plot_on_paper(
    qapp: QApplication, tmp_path: Path, capfd: pytest.CaptureFixture[str], seconds: str
) -> None:
    """170 by 100 mm, text in black, titled axes with units, and labels; from t = 0 to the end."""
    path = tmp_path / "r.svg"
    assert run_command(["run", "--side", "3", "--seconds", seconds, "--plot", str(path)]) == 0
    capfd.readouterr()
    svg = path.read_text()
    assert 'width="170mm" height="100mm"' in svg
    texts = [re.sub(r"\s+", " ", text).strip() for text in re.findall(r"<text[^>]*>([^<]*)", svg)]
    assert "Coherence R (dimensionless)" in texts
    (title,) = [text for text in texts if text.startswith("Virtual time (")]
    assert title.removesuffix(")").partition("(")[2] in ("ms", "s")  # once, not at each label
    labels = [text for text in texts if re.fullmatch(r"[\d.:]+", text)]
    assert 8 <= len(labels) <= 15  # and those of R
    assert json.loads(sidecar_path(path).read_text())["virtual_s"] == float(seconds)


def test_the_plot_as_a_picture_has_dots_for_print(
    qapp: QApplication, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """300 dots per inch, black on white."""
    path = tmp_path / "r.png"
    assert run_command(["run", "--side", "3", "--seconds", "9", "--plot", str(path)]) == 0
    capfd.readouterr()
    image = QImage(str(path))
    assert (image.width(), image.height()) == (2_008, 1_181)
    assert image.dotsPerMeterX() == image.dotsPerMeterY() == round(300 / 0.0254)
    last = image.width() - 1, image.height() - 1
    corners = [(0, 0), (last[0], 0), (0, last[1]), last, (last[0], last[1] // 2)]
    assert {image.pixelColor(*corner).name() for corner in corners} == {"#ffffff"}


def test_words_on_paper_never_overlap_and_what_has_none_is_counted(qapp: QApplication) -> None:
    """However many changes there were."""
    marks = [Mark(0.37 * k, f"refractory {k / 100:.2f} s") for k in range(200)]
    page = PlotPage(whole_curve(record_of(800), 79.9, marks))
    assert 4 <= len(page.labels) < 200
    assert page.labels[-1].index == 199
    plain = PlotPage(whole_curve(record_of(800), 79.9, marks[:1]))
    assert [label.index for label in plain.labels] == [0]
