"""Plans: what they are made of, and what is refused by name before anything runs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from experiments import Parameters
from experiments.model.random_streams import mix
from experiments.sweep import PlanError, Point, SweepPlan, SweptAxis, axis_of_text, load_plan
from experiments.sweep.plan_file import plan_of_text, text_of_plan
from tests.sweep.plans import plan


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("nudge=0:0.5:6", (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)),
        ("nudge=0.075", (0.075,)),
        ("refractory=0.1:2:20", tuple(k / 10 for k in range(1, 21))),
        ("b=0.1:10:3:log", (0.1, 1.0, 10.0)),
        ("side=3:9:3", (3, 6, 9)),
        ("side=3:48:5:log", (3, 6, 12, 24, 48)),
        ("topology=moore,ring", ("moore", "ring")),
        ("eps=-0.1,0,0.1", (-0.1, 0.0, 0.1)),
    ],
)
def test_an_axis_is_read_as_it_is_typed(text: str, values: tuple[Any, ...]) -> None:
    """Equal steps are the doubles nearest to the exact values; ends are exact."""
    axis = axis_of_text(text)
    if text.endswith("log") and axis.name == "b":
        assert axis.values == pytest.approx(values, rel=1e-15)
        assert (axis.values[0], axis.values[-1]) == (0.1, 10.0)
    else:
        assert axis.values == values
    assert axis_of_text(axis.text()) == axis


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nudge", "NAME=LOW:HIGH:STEPS or NAME=VALUE,VALUE, got 'nudge'"),
        ("nudg=0:1:2", "must name one of side, topology, .* got 'nudg'"),
        ("seed=1:2:2", "seeds are drawn"),
        ("glow=0.1:1:3", "glow changes the picture alone"),
        ("speed=1,2", "speed changes how fast it is shown"),
        ("points=1", "must name one of"),
        ("nudge=0:0.5", "must be LOW:HIGH:STEPS"),
        ("nudge=0:0.5:1", "steps must be a whole number from 2 to 100,000, got '1'"),
        ("nudge=1:0:3", "must rise, got 1 to 0"),
        ("nudge=0:1:3:cubic", "scale must be even or log, got 'cubic'"),
        ("nudge=0:1:3:log", "must begin above 0, got 0"),
        ("nudge=nan:1:3", "ends must be finite numbers, got 'nan'"),
        ("nudge=-1:1:3", "must be >= 0 s and <= the period, got -1"),
        ("loss=0:2:3", "must be >= 0 and <= 1, got 2"),
        ("side=3:9:4:even", None),
        ("side=3:10:4", "4 steps from 3 to 10 are not whole numbers"),
        ("side=2,3", "side must be a whole number from 3 to 2000, got '2'"),
        ("nudge=1,1", "each value once, got 1.0 twice"),
        ("topology=moore,foo", "topology must be one of moore, neumann, ring, all, got 'foo'"),
        ("topology=0:1:2", "must be words of it"),
    ],
)
def test_an_axis_that_makes_no_sense_is_refused_by_name(text: str, words: str | None) -> None:
    """With what is allowed and what was got."""
    if words is None:
        assert axis_of_text(text).values == (3, 5, 7, 9)
        return
    with pytest.raises(PlanError, match=words):
        axis_of_text(text)


@pytest.mark.parametrize(
    ("over", "more", "words"),
    [
        (("nudge=0:1:3", "nudge=0:1:2"), {}, "each parameter once, got nudge twice"),
        (("nudge=0:1:3",), {"fixed": {"nudge": 0.1}}, "nudge must be one value or an axis"),
        (("nudge=0:1:3",), {"fixed": {"nudg": 0.1}}, "parameters must be some of side"),
        (("nudge=0:1:3",), {"fixed": {"seed": 3}}, "seed is the plan's own"),
        (("nudge=0:1:3",), {"fixed": {"loss": 2.0}}, "loss must be >= 0 and <= 1, got 2.0"),
        (("nudge=0:1:3",), {"fixed": {"side": "x"}}, "side must be a whole number"),
        (("nudge=6,7",), {}, "no cell can be run; at nudge 6: nudge must be .* got 6.0"),
        (("strength=0:1:3",), {}, "makes no difference: it matters only where response is multip"),
        (("nudge=0:1:3",), {"observe": ("Q",)}, "observe must be names of R, .* got 'Q'"),
        (("nudge=0:1:3",), {"observe": ("lag_end",)}, "got 'lag_end'"),
        (("nudge=0:1:3",), {"observe": ("R", "R")}, "each once, got 'R' twice"),
        (("nudge=0:1:3",), {"observe": ()}, "what is to be measured"),
        (("nudge=0:1:3",), {"seconds": math.nan}, "seconds must be > 0 s"),
        (("nudge=0:1:3",), {"seconds": 0.0}, "seconds must be > 0 s"),
        (("nudge=0:1:3",), {"seeds": 0}, "seeds must be a whole number from 1"),
        (("nudge=0:1:3",), {"seed": 2**64}, "seed must be a whole number from 0"),
        (("nudge=0:1:1000", "loss=0:1:1001"), {}, "at most 1,000,000 runs, got 2,002,000"),
        (("side=3:9:3",), {"fixed": {}, "pair": (1, 12)}, "from 0 to 8 at side 3, got 1,12"),
        (("nudge=0:1:3",), {"pair": (1, 1)}, "two different fireflies, got 1,1"),
        pytest.param(
            ("side=1000,1001",),
            {"fixed": {}},
            "side must be at most 1000 of compiled",
            marks=pytest.mark.workflows,
        ),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_by_name(
    over: tuple[str, ...], more: dict[str, Any], words: str
) -> None:
    """Before anything runs."""
    with pytest.raises(PlanError, match=words):
        plan(*over, **more)


def test_a_sweep_is_over_something() -> None:
    """And over four parameters at most."""
    with pytest.raises(PlanError, match="over must name 1 to 4 parameters, got 0"):
        SweepPlan(axes=())


def test_cells_that_can_not_be_run_are_known_beforehand() -> None:
    """A jitter of 0.1 s doesn't go with a refractory time of 0.1 s, but with all others."""
    found = plan()
    assert set(found.refused) == {cell for cell in range(20) if found.place_of(cell)[1] == 0}
    assert found.refused[0].startswith("jitter must be >= 0 s and < the refractory time (0.1 s)")


def test_cells_and_runs_are_numbered_with_the_last_axis_first() -> None:
    """Each cell has its place, its values, and as many runs as there are seeds."""
    found = plan("nudge=0:0.2:3", "loss=0,1", seeds=2)
    assert (found.shape, found.n_cells, found.n_runs) == ((3, 2), 6, 12)
    assert [found.place_of(cell) for cell in range(3)] == [(0, 0), (0, 1), (1, 0)]
    assert all(found.cell_at(found.place_of(cell)) == cell for cell in range(6))
    assert found.values_of(3) == {"nudge": 0.1, "loss": 1.0}
    assert list(found.points)[:3] == [Point(0, 0), Point(0, 1), Point(1, 0)]


def test_seeds_are_drawn_from_seed_cell_and_replicate() -> None:
    """By SplitMix64, for all at once as for each; and they are the runs' own."""
    found = plan(seed=7, seeds=3)
    drawn = found.drawn_seeds()
    for point in found.points:
        expected = mix(mix(mix(7) ^ point.cell) ^ point.replicate)
        assert int(drawn[point.cell, point.replicate]) == found.seed_of(point) == expected
    at = Point(6, 2)
    values = found.values_of(6)
    assert found.parameters_of(at) == Parameters(side=3, seed=found.seed_of(at), **values)


def test_two_runs_never_share_a_seed_unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that would draw one twice is refused, with both runs."""
    drawn = plan(seeds=2).drawn_seeds()
    drawn[3, 1] = drawn[1, 0]
    monkeypatch.setattr(SweepPlan, "drawn_seeds", lambda _: drawn)
    words = "one seed for two runs, run 0 of cell 1 and run 1 of cell 3"
    with pytest.raises(PlanError, match=words):
        plan(seeds=2)


def test_a_plan_is_the_same_when_it_is_read_again() -> None:
    """Words, drawn points and the largest seeds too; and any other is told from it."""
    points = ((0.0, 0.1), (1.0, -0.1))
    written = plan(
        "eps=-0.1,0.1", "topology=moore,ring", seed=2**64 - 1, pair=(2, 3),
        fixed={"side": 3, "response": "mirollo-strogatz", "points": points},
    )  # fmt: skip
    read = plan_of_text(text_of_plan(written))
    assert read == written
    assert read.fingerprint == written.fingerprint
    others = [plan(), plan(seeds=3), plan(seed=2), plan(seconds=41.0), plan(observe=("R",)),
              plan(pair=(1, 2)), plan(fixed={"side": 4}), plan("nudge=0:1:5")]  # fmt: skip
    assert len({each.fingerprint for each in others}) == len(others)


def test_a_plan_of_a_file_is_what_it_says(tmp_path: Path) -> None:
    """Steps as text, as a table or as a list; what is left out has its default."""
    file = tmp_path / "plan.toml"
    file.write_text(
        'seconds = 30\nseeds = 2\nobserve = ["R_end"]\n[parameters]\nside = 4\n'
        '[over]\nnudge = "0:0.5:6"\nrefractory = {from = 0.2, to = 2.0, steps = 10}\n'
        "loss = [0, 0.5]\n"
    )
    read = load_plan(file)
    assert read.axes == (
        axis_of_text("nudge=0:0.5:6"), axis_of_text("refractory=0.2:2:10"),
        SweptAxis("loss", (0.0, 0.5)),
    )  # fmt: skip
    assert (read.seconds, read.seeds, read.seed, read.fixed) == (30.0, 2, 1, {"side": 4})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it lacks the field over"),
        ("over = 3", "over must be named values"),
        ("[over]\nnudge = '0:1:3'\n[parameters]\nside = 'a'", "side must be a whole number"),
        ("[over]\nnudge = '0:1:3'\n[parameters]\nsid = 3", "unknown field sid"),
        ("[over]\nnudge = {from = 0, to = 1}", "must have from, to, steps"),
        ("[over]\nnudge = 2", "must be '0:1:11', a list or a table, got 2"),
        ("[over]\nnudge = ['a']", "nudge must be a number"),
        ("seedes = 3\n[over]\nnudge = '0:1:3'", "unknown field seedes"),
        ("[over\n", "it is not a plan"),
        (".".join("a" * 30) + " = 1", "more than 20 parts"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(text: str, words: str, tmp_path: Path) -> None:
    """In one line, with the file and what is wrong."""
    file = tmp_path / "plan.toml"
    file.write_text(text)
    with pytest.raises(PlanError, match=words) as refused:
        load_plan(file)
    assert str(refused.value).startswith(str(file))
    assert "\n" not in str(refused.value)
