"""The picture of a sweep: what is known of each cell, in numbers, colours and words."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.sweep import RunState, SweepProgress
from gui.models.sweep_shown import N_LEVELS, CellKind, SweepShown
from gui.models.sweep_stage import SweepState, stage_of
from tests.gui.sweeps import MadeUp, plan, shown


def some() -> MadeUp:
    """Cells of every kind: known, half done, undefined, failed, refused, not run."""
    source = MadeUp(plan())
    source.done((0, 0), 0.25, 0.75)
    source.done((1, 0), 1.0)
    source.done((2, 0), np.nan, np.nan)
    source.without((3, 0), RunState.FAILED, "out of memory")
    source.without((4, 0), RunState.REFUSED, "they don't go together")
    return source


def test_every_kind_of_cell_is_told_from_the_others() -> None:
    """By its kind, and so by its colour; those that are known by their place on the scale."""
    picture = shown(some())
    assert picture.shape == (5, 4)
    wanted = [CellKind.KNOWN, CellKind.KNOWN, CellKind.UNDEFINED, CellKind.FAILED, CellKind.REFUSED]
    assert picture.kinds[:, 0].tolist() == wanted
    assert (picture.kinds[:, 1:] == CellKind.NOT_RUN).all()
    middle, top = len(CellKind) + round((N_LEVELS - 1) / 2), len(CellKind) + N_LEVELS - 1
    levels = [middle, top, CellKind.UNDEFINED, CellKind.FAILED, CellKind.REFUSED]
    assert picture.levels[:, 0].tolist() == levels
    assert picture.legend() == [
        (CellKind.NOT_RUN, 15),
        (CellKind.UNDEFINED, 1),
        (CellKind.FAILED, 1),
        (CellKind.REFUSED, 1),
    ]


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (0, 0, "Nudge 0.00 s, Refractory 0.50 s\nCoherence R 0.500, spread 0.354\n"
               "from 0.250 to 0.750\n2 of 2 runs"),
        (1, 0, "Nudge 0.25 s, Refractory 0.50 s\nCoherence R 1.000\n1 of 2 runs"),
        (2, 0, "Nudge 0.50 s, Refractory 0.50 s\nCoherence R is not defined\n2 of 2 runs"),
        (3, 0, "Nudge 0.75 s, Refractory 0.50 s\nfailed: out of memory"),
        (4, 0, "Nudge 1.00 s, Refractory 0.50 s\ncan't be run: they don't go together"),
        (4, 3, "Nudge 1.00 s, Refractory 2.00 s\nnot run yet"),
    ],
)  # fmt: skip
def test_all_that_is_known_of_a_cell_is_said(x: int, y: int, words: str) -> None:
    """Its values, the mean and how far the runs spread, how many there are, or why there are not.

    The spread of 0.25 and 0.75 is their standard deviation, sqrt(2 x 0.25²) = 0.354.
    """
    assert shown(some()).words_at(x, y) == words


def test_a_cell_is_known_by_its_number() -> None:
    """Along both axes as the plan counts them, also in a plane of more."""
    flat = plan()
    picture = shown(MadeUp(flat))
    assert [picture.cell_at(x, y) for x, y in ((0, 0), (1, 0), (0, 1), (4, 3))] == [
        flat.cell_at(place) for place in ((0, 0), (1, 0), (0, 1), (4, 3))
    ]
    deep = plan("nudge=0:1:5", "side=3,4", "loss=0,0.1,0.2", "delay=0,1", fixed={})
    source = MadeUp(deep)
    source.done((2, 1, 2, 0), 0.5, 0.5)
    picture = shown(source, at=(2, 0))
    assert picture.cell_at(2, 1) == deep.cell_at((2, 1, 2, 0))
    assert picture.kinds[2, 1] == CellKind.KNOWN
    assert picture.place_words(2, 1) == "Nudge 0.50 s, Side 4, Loss 0.20, Delay 0.00 s"
    assert (shown(source).kinds == CellKind.NOT_RUN).all()


def test_over_one_parameter_it_is_a_line() -> None:
    """Words of a choice stand as they are."""
    source = MadeUp(plan("topology=moore,ring"))
    source.done((1,), 0.1, 0.3)
    picture = shown(source)
    assert (picture.is_map, picture.shape) == (False, (2, 1))
    assert picture.axes[0].ticks == ("Moore", "Ring")
    assert picture.words_at(1, 0).startswith("Topology Ring\nCoherence R 0.200, spread 0.141")
    assert (picture.averages.least[1, 0], picture.averages.greatest[1, 0]) == (0.1, 0.3)


def test_the_scale_of_what_has_no_bounds_is_that_of_its_values() -> None:
    """Of what has some, these: R from 0 to 1 whatever was found."""
    source = some()
    source.done((0, 0), 12.0, 12.0, name="time_to_sync")
    source.done((1, 1), 48.0, name="time_to_sync")
    assert (shown(source).low, shown(source).high) == (0.0, 1.0)
    times = shown(source, "time_to_sync")
    assert (times.low, times.high, times.unit) == (12.0, 48.0, "s")
    assert "First sample" in times.meaning


def test_a_cell_that_lacks_a_run_is_told_from_whole_ones() -> None:
    """One whose other run has failed; not one of which all have, nor one that waits for more."""
    source = some()
    source.state[0, 0, 1] = RunState.FAILED
    picture = shown(source)
    assert np.argwhere(picture.partly_failed).tolist() == [[0, 0]]
    assert picture.kinds[0, 0] == CellKind.KNOWN
    assert not shown(some()).partly_failed.any()


def test_the_mean_of_angles_is_their_direction() -> None:
    """At either side of pi it is pi; where the runs cancel each other out there is none."""
    name = "mean_phase"
    source = MadeUp(plan(seeds=2, observe=(name,)))
    source.done((0, 0), 3.0, -3.1, name=name)
    source.done((1, 0), 0.5, 0.5 - np.pi, name=name)
    picture = shown(source, name)
    assert picture.words_at(0, 0).splitlines()[1:3] == [
        "Mean phase 3.092 rad, spread 0.092",
        "from 3.000 to -3.100",
    ]
    assert picture.kinds[1, 0] == CellKind.UNDEFINED
    assert "Mean phase has no mean: 2 runs, all ways" in picture.words_at(1, 0)
    assert picture.levels[0, 0] > len(CellKind) + 0.95 * N_LEVELS


def stage(state: SweepState, done: int, left_s: float | None = 90.0, problem: str = "") -> str:
    """The words of a stage of 2,100 runs."""
    return stage_of(state, SweepProgress(done, 2_100, 3, 0, 10.0, left_s), problem).words


def test_how_far_it_is_is_said_in_one_line() -> None:
    """With an estimate while it goes on, and with what has gone wrong."""
    running = stage(SweepState.RUNNING, 340)
    assert running == "340 of 2,100 runs, 3 without a result, about 90 s left"
    assert stage(SweepState.RUNNING, 0, None).startswith("0 of 2,100 runs, 3 without a result, beg")
    assert stage(SweepState.PAUSED, 340) == "340 of 2,100 runs, 3 without a result, paused"
    assert stage(SweepState.DONE, 2_100) == "All 2,100 runs are done, 3 failed"
    stopped = stage(SweepState.UNFINISHED, 340, problem="rows can't be kept")
    assert stopped == "340 of 2,100 runs, 3 without a result, unfinished. Rows can't be kept"


@pytest.mark.parametrize(
    ("state", "can"),
    [
        (SweepState.RUNNING, (True, False, True)),
        (SweepState.PAUSING, (False, True, True)),
        (SweepState.PAUSED, (False, True, True)),
        (SweepState.ENDING, (False, False, False)),
        (SweepState.UNFINISHED, (False, True, False)),
        (SweepState.DONE, (False, False, False)),
    ],
)
def test_what_can_be_done_with_it_follows_from_what_it_does(
    state: SweepState, can: tuple[bool, ...]
) -> None:
    """To pause it, to go on with it, to stop it."""
    found = stage_of(state, SweepProgress(1, 2, 0, 0, 1.0, None))
    assert (found.can_pause, found.can_go_on, found.can_stop) == can


@pytest.mark.parametrize(
    ("state", "failed", "refused", "is_kept", "can"),
    [
        (SweepState.DONE, 3, 1, True, True),
        (SweepState.DONE, 1, 1, True, False),
        (SweepState.DONE, 3, 0, False, False),
        (SweepState.RUNNING, 3, 0, True, False),
        (SweepState.UNFINISHED, 3, 0, True, False),
    ],
)
def test_what_has_failed_can_be_tried_again_in_the_end(
    state: SweepState, failed: int, refused: int, is_kept: bool, can: bool
) -> None:
    """What can't be run can't; before the end it is tried by going on, and never without rows."""
    progress = SweepProgress(9, 9, failed, 0, 1.0, None, refused)
    assert stage_of(state, progress, is_kept=is_kept).can_try_again is can


def test_a_picture_of_100_000_cells_has_no_loop_over_them() -> None:
    """It is made of arrays alone: as many calls of Python for many cells as for few."""
    import sys

    def calls(n: int) -> int:
        source = MadeUp(plan(f"nudge=0:1:{n}", f"refractory=0.5:2:{n}", is_known=True))
        axes = shown(source).axes
        counted = 0

        def count(_frame: object, event: str, _arg: object) -> None:
            nonlocal counted
            counted += event == "call"

        from gui.models.sweep_shown import sweep_shown
        from tests.gui.sweeps import RUNNING

        sys.setprofile(count)
        try:
            picture: SweepShown = sweep_shown(source, axes, RUNNING, "R")
        finally:
            sys.setprofile(None)
        assert picture.shape == (n, n)
        return counted

    assert calls(100) <= calls(5) + 20
