"""Pictures of sweeps: what is drawn where, and in which colour."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from experiments.sweep import PlanError, run
from experiments.sweep.colours import colour_of
from experiments.sweep.folder import OwnedFolder
from experiments.sweep.picture import picture_of, values_of_rows
from tests.sweep.plans import plan
from tests.sweep.pools import Here

SVG = "{http://www.w3.org/2000/svg}"


def cells(svg: str) -> list[ElementTree.Element]:
    """The squares of a map, column by column from below."""
    group = ElementTree.fromstring(svg).find(f"{SVG}g")
    assert group is not None
    return list(group)


def test_a_map_has_a_square_for_each_cell_that_has_a_value() -> None:
    """In the colour of its mean between the bounds, the first parameter along x."""
    found = plan("nudge=0:0.4:3", "refractory=0.5:2:2", seeds=2)
    values = np.array([[[0.0, 0.0], [0.2, 0.8]], [[1.0, 1.0], [np.nan, 0.25]], [[np.nan] * 2] * 2])
    squares = cells(picture_of(found, "R_end", values))
    assert [each.get("fill") for each in squares] == [
        colour_of(share) for share in (0.0, 0.5, 1.0, 0.25)
    ]
    x, y = ([float(each.get(name, "")) for each in squares] for name in "xy")
    assert x[0] == x[1] < x[2] == x[3]
    assert y[1] == y[3] < y[0] == y[2]


def test_colours_go_from_dark_blue_to_yellow() -> None:
    """Ever lighter, so that they can be told apart in print and by the colour-blind."""
    assert (colour_of(0.0), colour_of(1.0), colour_of(2.0)) == ("#00224e", "#fee838", "#fee838")
    light = [
        sum(w * int(colour_of(k / 50)[i : i + 2], 16) for w, i in ((0.3, 1), (0.6, 3), (0.1, 5)))
        for k in range(51)
    ]
    assert light == sorted(light)


def test_colours_of_angles_go_round() -> None:
    """Both ends have one colour, and what is half a turn apart differs as dark and light do."""
    dark, light = (colour_of(share, is_angle=True) for share in (0.0, 0.5))
    assert dark == colour_of(1.0, is_angle=True)
    assert (dark, light) == ("#2f2e30", "#ebeae9")


def test_a_map_of_angles_has_the_colours_of_directions() -> None:
    """Of two runs at either side of pi that of pi; where they cancel out there is no square."""
    found = plan("nudge=0:0.4:2", "refractory=0.5:2:2", seeds=2, observe=("mean_phase_end",))
    values = np.array([[[3.0, -3.0], [0.1, -0.1]], [[0.0, math.pi], [math.pi / 2, np.nan]]])
    squares = cells(picture_of(found, "mean_phase_end", values))
    shares = (0.0, 0.5, 0.75)
    assert [each.get("fill") for each in squares] == [
        colour_of(share, is_angle=True) for share in shares
    ]


def test_a_line_of_angles_comes_in_again_where_it_leaves() -> None:
    """Cut off at both, halfway to the next value; and there is one dot for each."""
    found = plan("nudge=0:0.4:3", seeds=1, observe=("mean_phase",))
    svg = picture_of(found, "mean_phase", np.array([[2.9], [-2.9], [-2.0]]))
    root = ElementTree.fromstring(svg)
    lines = [
        [tuple(map(float, at.split(","))) for at in each.get("points", "").split()]
        for each in root.iter(f"{SVG}polyline")
    ]
    second, first = lines
    assert (len(first), len(second)) == (2, 3)
    assert (first[1][1], second[0][1]) == (40.0, 440.0)  # at pi, and at -pi
    assert first[1][0] == second[0][0] == pytest.approx((first[0][0] + second[1][0]) / 2, abs=0.01)
    dots = [float(each.get("cy", "")) for each in root.iter(f"{SVG}circle")]
    assert len(dots) == 3
    assert all(40.0 <= y <= 440.0 for y in dots)


def test_over_one_parameter_there_is_a_line_with_its_spread() -> None:
    """Which is broken where there is no value; the scale ends at the extremes."""
    found = plan("nudge=0:0.4:5", seeds=2, observe=("time_to_sync",))
    values = np.array([[10.0, 20.0], [20.0, 20.0], [np.nan] * 2, [30.0, np.nan], [25.0, 50.0]])
    svg = picture_of(found, "time_to_sync", values)
    root = ElementTree.fromstring(svg)
    lines = [each.get("points", "").split() for each in root.iter(f"{SVG}polyline")]
    assert [len(line) for line in lines] == [2, 2]
    assert len(list(root.iter(f"{SVG}circle"))) == 4
    words = [each.text for each in root.iter(f"{SVG}text")]
    assert {"10", "50", "0.4", "Nudge (s)", "time_to_sync"} <= set(words)
    spread = [each.get("points", "").split() for each in root.iter(f"{SVG}polygon")]
    assert [len(band) for band in spread] == [4, 4]
    assert spread[0][1] == spread[0][2]  # both runs of the second cell are alike


def test_where_nothing_is_known_there_is_an_empty_picture() -> None:
    """And over three parameters there is none."""
    found = plan("nudge=0:0.4:5", observe=("time_to_sync",))
    svg = picture_of(found, "time_to_sync", np.full((5, 2), math.nan))
    assert not re.findall("polyline|circle", svg)
    found = plan("nudge=0:0.4:2", "loss=0,1", "spread=0,0.1")
    with pytest.raises(PlanError, match="one or two parameters, got 3"):
        picture_of(found, "R_end", np.zeros((2, 2, 2, 2)))


def test_rows_are_drawn_as_their_frame_is(tmp_path: Path) -> None:
    """From the folder, without polars."""
    found = plan()
    sweep = run(found, Here(), jobs=1, to=tmp_path / "x")
    with OwnedFolder(tmp_path / "x", None, resumes=True) as folder:
        values = values_of_rows(found, "R_end", folder.rows())
    assert np.array_equal(values, sweep.values("R_end"), equal_nan=True)
    assert picture_of(found, "R_end", values) == sweep.picture("R_end")
    assert len(cells(sweep.picture("R_end"))) == 15
