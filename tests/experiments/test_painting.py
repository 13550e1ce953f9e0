"""Any set of fireflies in a preset: cells as lines of rows and columns, and what was painted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

from experiments import (
    Action,
    Opening,
    ParameterError,
    PresetError,
    PresetFile,
    Status,
    actions_between,
    load_preset,
    painted,
    save_preset,
    status_after,
)
from experiments.keep.presets import MAX_PRESET_BYTES

States = npt.NDArray[np.uint8]
STATES = st.integers(0, int(Status.SILENT | Status.BLIND | Status.PACEMAKER))


@settings(max_examples=50)
@given(hn.arrays(bool, (7, 7), fill=st.nothing()))
def test_any_set_of_cells_comes_back(grid: npt.NDArray[np.bool_]) -> None:
    """As lines, each row once."""
    ids = np.flatnonzero(grid)
    if len(ids):
        opening = Opening.of_ids(Action.SILENT, ids.tolist(), 7)
        assert opening.ids(7) == tuple(ids.tolist())
        assert len(opening.cells) <= 7


def test_a_stroke_is_a_few_readable_lines() -> None:
    """Rows with the same columns are told together."""
    ids = [y * 50 + x for y in (3, 4, 5, 9) for x in (10, 11, 12, 20)]
    assert Opening.of_ids(Action.BLIND, ids, 50).cells == ("3-5, 9: 10-12, 20",)


@pytest.mark.parametrize(
    ("cells", "got"),
    [
        (("3",), "3"),
        (("3: ",), "3: "),
        (("a: b",), "a: b"),
        (("5-3: 1",), "5-3: 1"),
        (("1: 4, 2",), "1: 4, 2"),
        (("1: 2, 2",), "1: 2, 2"),
        (("1-3: 2", "2: 5"), "row 2 twice"),
        (("1: 9999999",), "1: 9999999"),
        (("\N{ARABIC-INDIC DIGIT ONE}: 2",), "\N{ARABIC-INDIC DIGIT ONE}: 2"),
    ],
)
def test_what_are_no_cells_is_refused_with_what_was_got(cells: tuple[str, ...], got: str) -> None:
    """And with what is allowed."""
    with pytest.raises(ParameterError, match="opening: cells must be rows, a colon") as refused:
        Opening(Action.SILENT, cells=cells)
    assert got in str(refused.value)


def test_cells_that_dont_fit_the_grid_are_refused() -> None:
    """Nothing wraps around there: they were painted on a grid."""
    opening = Opening(Action.SILENT, cells=("0-5: 1",))
    opening.check(6)
    with pytest.raises(ParameterError, match="from 0 to 4 with side 5, got 5"):
        opening.check(5)


def test_an_opening_is_a_rectangle_or_cells() -> None:
    """Neither half a rectangle nor both."""
    with pytest.raises(ParameterError, match="opening: height must be a whole number from 1"):
        Opening(Action.SILENT, 0, 0, 1)
    with pytest.raises(ParameterError, match="opening: x must be left out beside cells, got 0"):
        Opening(Action.SILENT, 0, cells=("1: 1",))


@settings(max_examples=50)
@given(hn.arrays(np.uint8, (25,), elements=STATES), hn.arrays(np.uint8, (25,), elements=STATES))
def test_a_few_actions_lead_from_any_state_to_any_other(now: States, wanted: States) -> None:
    """At most one of each kind, and none to a firefly that is as it should be."""
    found = now.copy()
    done = actions_between(now, wanted)
    flags = {Action.SILENT: 1, Action.BLIND: 2, Action.PACEMAKER: 4}
    for action, places in done:
        assert (now[places] != wanted[places]).all()
        found[places] = 0 if action is Action.REVIVE else found[places] | flags[action]
    assert (found == wanted).all()
    assert len({action for action, _ in done}) == len(done)


@settings(max_examples=30)
@given(hn.arrays(np.uint8, (36,), elements=STATES), hn.arrays(np.uint8, (36,), elements=STATES))
def test_paint_goes_on_top_of_the_walls_and_never_piles_up(first: States, second: States) -> None:
    """Whatever is painted, the preset's own opening stays as it was."""
    walls = (Opening(Action.SCRAMBLE, 0, 0, 2, 2), Opening(Action.SILENT, 1, 0, 1, 6))
    once = painted(walls, first, 6)
    again = painted(once, second, 6)
    assert once[:2] == again[:2] == walls
    assert (status_after(once, 6) == first).all()
    assert (status_after(again, 6) == second).all()
    assert len(again) <= 2 + 4


def test_paint_comes_back_from_a_file(tmp_path: Path) -> None:
    """Beside rectangles; by hand too."""
    status = np.zeros(2_500, dtype=np.uint8)
    status[[7, 8, 60]] = Status.SILENT
    status[60] |= Status.PACEMAKER
    opening = painted((), status, 50)
    path = tmp_path / "mine.toml"
    save_preset(path, PresetFile("mine", "", {"side": 50}, opening))
    assert load_preset(path).opening == opening
    path.write_text('[parameters]\n[[opening]]\naction = "blind"\ncells = ["2 - 3 : 1,4-5"]\n')
    assert load_preset(path).opening[0].ids(6) == (13, 16, 17, 19, 22, 23)
    path.write_text('[parameters]\n[[opening]]\naction = "blind"\ncells = ["2"]\n')
    with pytest.raises(PresetError, match="opening: cells must be rows"):
        load_preset(path)


@pytest.mark.parametrize("side", [50, 100, 141])
def test_the_most_scattered_paint_there_is_fits_a_small_grid(tmp_path: Path, side: int) -> None:
    """A random half of all fireflies; what doesn't fit is refused, and never cut."""
    status = np.random.default_rng(1).integers(0, 2, side * side, dtype=np.uint8)
    path = tmp_path / "noise.toml"
    preset = PresetFile("noise", "", {"side": side}, painted((), status, side))
    if side <= 100:
        save_preset(path, preset)
        assert (status_after(load_preset(path).opening, side) == status).all()
        assert path.stat().st_size < MAX_PRESET_BYTES
    else:
        with pytest.raises(PresetError, match="too large for a preset"):
            save_preset(path, preset)
        assert not path.exists()
