"""Who hears a firefly, shown: frames, outlines and lines, whatever the topology."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QTransform
from PySide6.QtWidgets import QGraphicsScene

from experiments import Parameters, topology_of
from gui.laboratory import Laboratory
from gui.models.brush import Brush
from gui.models.hearers import MOST_FRAMED, MOST_LINES, NOBODY, Hearers, hearers_of
from gui.picture.theme import GRID_MARGIN_COLOUR, GRID_NIGHT
from gui.views.hearer_frames import HearerFrames, HearerLines
from tests.gui.conftest import InWindow
from tests.gui.contrast import contrast_ratio
from tests.gui.staged import SMALL, Stage, run_staged
from tests.gui.waiting import until


def parameters_of(**values: Any) -> Parameters:
    """Of a grid of 25 x 25."""
    return Parameters(**{"side": 25, **values})


@pytest.mark.parametrize(
    ("values", "is_outlined"),
    [
        ({}, False),
        ({"edges": "open"}, False),
        ({"topology": "neumann", "radius": 2}, False),
        ({"radius": 10}, True),
        ({"radius": 10, "edges": "open"}, True),
        ({"topology": "neumann", "radius": 5}, True),
        ({"topology": "ring", "k": 2}, False),
        ({"topology": "ring", "k": 40}, True),
        ({"topology": "all"}, True),
        ({"rewire": 0.3}, False),
        ({"rewire": 0.5, "radius": 5}, True),
        ({"topology": "ring", "k": 20, "rewire": 0.4}, True),
    ],
)
@pytest.mark.parametrize("firefly", [0, 24, 312, 624])
def test_all_that_hear_it_are_shown_once(
    firefly: int, values: dict[str, Any], is_outlined: bool
) -> None:
    """Few near ones by a frame each, many by one outline with it in the middle; far ones apart."""
    topology = topology_of(parameters_of(**values))
    found = hearers_of(firefly, topology)
    assert bool(found.outlined) is is_outlined
    shown = [i for i in found.framed + found.outlined if i != firefly]
    assert sorted(shown) == sorted(topology.neighbours(firefly))
    assert (firefly in found.outlined) is is_outlined
    far = topology.far_neighbours(firefly)
    assert set(far) <= set(found.framed)
    assert bool(far) is bool(values.get("rewire"))
    if not is_outlined:
        assert len(found.framed) - len(far) <= MOST_FRAMED


def test_far_ones_are_those_that_were_none_before_rewiring() -> None:
    """So each edge that leads elsewhere is drawn from both of its ends."""
    topology = topology_of(parameters_of(rewire=0.2, topology="ring", k=4))
    base = topology_of(parameters_of(topology="ring", k=4))
    n_far = 0
    for i in range(625):
        far = topology.far_neighbours(i)
        assert set(far) == set(topology.neighbours(i)) - set(base.neighbours(i))
        assert all(i in topology.far_neighbours(j) for j in far)
        n_far += len(far)
    assert n_far > 500
    assert base.far_neighbours(3) == ()


@pytest.mark.parametrize(
    "values", [{"topology": "moore"}, {"edges": "open"}, {"topology": "ring", "k": 3}]
)
def test_lines_lead_to_far_ones_and_never_beyond_the_grid(values: dict[str, Any]) -> None:
    """The shorter way of a torus, in pieces that leave at one edge and come in at the other."""
    side = 25
    topology = topology_of(parameters_of(rewire=0.5, **values))
    longest = 0.0
    for firefly in (0, 12, 24, 300, 312, 624):
        hearers = hearers_of(firefly, topology)
        far = topology.far_neighbours(firefly)
        lines = np.array(hearers.lines)
        assert len(far) <= len(lines) + 2  # those side by side need none
        assert lines.min() >= -1e-9
        assert lines.max() <= side + 1e-9
        steps = lines[:, 2:] - lines[:, :2]
        longest = max(longest, float(np.hypot(*steps.T).max()))
        row, column = divmod(firefly, side)
        ends = [(j % side + 0.5, j // side + 0.5) for j in far]
        for x, y in lines[:, :2]:
            at_it = max(abs(x - column - 0.5), abs(y - row - 0.5)) == pytest.approx(0.5)
            at_edge = min(x, y) < 1e-9 or max(x, y) > side - 1e-9
            assert at_it or at_edge
        for x, y in lines[:, 2:]:
            near = min(max(abs(x - ex), abs(y - ey)) for ex, ey in ends) == pytest.approx(0.5)
            at_edge = min(x, y) < 1e-9 or max(x, y) > side - 1e-9
            assert near or at_edge
    is_torus = values == {"topology": "moore"}
    assert (longest < 0.75 * side) is is_torus


def test_a_line_over_a_corner_is_in_three_pieces() -> None:
    """Each goes on where the one before left the grid."""

    class Joined(type(topology_of(parameters_of()))):  # type: ignore[misc]
        """A grid with one far neighbour."""

        def far_neighbours(self, i: int) -> tuple[int, ...]:
            return (23 * 25 + 20,)

    (first, second, third) = hearers_of(27, Joined(parameters_of())).lines
    assert (first[0], third[3]) != (first[2], third[1])
    for one, other in ((first, second), (second, third)):
        dx, dy = abs(one[2] - other[0]), abs(one[3] - other[1])
        assert (round(dx), round(dy)) in {(25, 0), (0, 25)}
    steps = np.array([first, second, third])
    slopes = (steps[:, 3] - steps[:, 1]) / (steps[:, 2] - steps[:, 0])
    assert slopes == pytest.approx(np.full(3, slopes[0]))


def test_of_very_many_far_ones_the_frames_alone_are_drawn() -> None:
    """More lines from one place can't be told apart."""
    topology = topology_of(parameters_of(rewire=1.0, radius=6))
    found = hearers_of(312, topology)
    assert len(topology.far_neighbours(312)) > MOST_LINES
    assert found.lines == ()


def test_pointing_frames_while_looking_and_holding_on_stays() -> None:
    """With another brush in the hand nothing is framed; each firefly is worked out once."""

    async def body(stage: Stage) -> None:
        def shown() -> Hearers:
            return stage.screen.hearers[-1]

        topology = topology_of(SMALL)
        stage.hand.point(2.5, 1.5)
        await stage.play(0.1)
        assert shown() == hearers_of(8, topology)
        n = len(stage.screen.hearers)
        stage.hand.point(2.7, 1.6)
        await stage.play(0.5)
        assert len(stage.screen.hearers) == n
        stage.hand.click(4.5, 4.5)
        stage.hand.point(0.5, 0.5)
        await stage.play(0.1)
        assert shown() == hearers_of(28, topology)
        stage.hand.let_go()
        await stage.play(0.1)
        assert shown() == hearers_of(0, topology)
        stage.hand.choose_brush(Brush.FLASH)
        await stage.play(0.1)
        assert shown() == NOBODY
        stage.hand.choose_brush(Brush.LOOK)
        await stage.play(0.1)
        assert shown() == hearers_of(0, topology)
        stage.hand.point(float("nan"), float("nan"))
        await stage.play(0.1)
        assert shown() == NOBODY

    run_staged(body)


def path_of(**values: Any) -> QPainterPath:
    """The outline around the firefly in the middle of a grid of 25 x 25."""
    frames = HearerFrames()
    frames.show_hearers(hearers_of(312, topology_of(parameters_of(**values))), 25)
    assert frames.around.path().isEmpty()
    return frames.outline.path()


def test_a_neighbourhood_is_one_outline() -> None:
    """As large as it is, and with nothing drawn within; all is the edge of the grid."""
    path = path_of(radius=10)
    assert path.boundingRect().getRect() == (2.0, 2.0, 21.0, 21.0)
    assert path.elementCount() == 2 * 4 * 21
    whole = path_of(topology="all")
    assert whole.boundingRect().getRect() == (0.0, 0.0, 25.0, 25.0)
    assert whole.elementCount() == 2 * 4 * 25
    assert path_of(topology="neumann", radius=10).boundingRect().width() == 21.0


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ground", ["#000000", "#808080", "#FFFFFF", "#FFD24A", "#3366CC"])
def test_lines_are_seen_on_every_colour(ground: str) -> None:
    """One of the two tones stands out from what is below: 3:1, as signs need."""
    item = HearerLines()
    item.show_lines([(0.5, 2.0, 9.5, 2.0)])
    item.setTransform(QTransform.fromScale(8.0, 8.0))
    scene = QGraphicsScene()
    scene.setSceneRect(0, 0, 80, 32)
    scene.setBackgroundBrush(QColor(ground))
    scene.addItem(item)
    image = QImage(80, 32, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    scene.render(painter)
    painter.end()
    column = [image.pixelColor(40, y).name() for y in range(32)]
    assert max(contrast_ratio(ground, each) for each in column) >= 3.0
    assert contrast_ratio(GRID_MARGIN_COLOUR, GRID_NIGHT.text) >= 3.0


def test_frames_and_lines_lie_where_the_fireflies_are(in_window: InWindow) -> None:
    """Also where the grid is zoomed: they move with it."""
    small = SMALL.replace(topology="ring", k=2, rewire=0.6)

    async def body(lab: Laboratory) -> None:
        picture = lab.window.grid.picture
        lab.hand.click(2.5, 1.5)
        expected = hearers_of(8, topology_of(small))
        assert expected.lines
        await until(lambda: not picture.hearers.lines.path().isEmpty())
        for _ in range(2):
            for item in (*vars(picture.hearers).values(), picture.pin):
                place = item.sceneTransform()
                corner = picture.point_at(0, 0)
                assert (place.m11(), place.dx(), place.dy()) == pytest.approx(
                    (picture.cell, corner.x(), corner.y())
                )
            lab.window.grid.zoom(4)
        lab.hand.let_go()
        await until(lambda: picture.hearers.around.path().isEmpty())
        assert picture.hearers.lines.path().isEmpty()

    in_window(body, small)
