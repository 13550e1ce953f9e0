"""The draft of a sweep: what is proposed, what is typed, and whether that makes a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from experiments import OBSERVABLES, PARAMETER_FIELDS, Parameters, RangedField
from experiments.sweep import SweepUnderWay, open_sweep
from gui.models.sweep_draft import (
    ALL,
    FIRST,
    SECOND,
    SECONDS,
    SEEDS,
    SweepDraft,
    axis_draft,
    can_be_swept,
    sweep_draft,
    swept_names,
    usual_name,
    verdict_on,
    with_axis,
)
from tests.sweep.pools import Here

SMALL = Parameters(side=4)
SWEPT = [name for name in PARAMETER_FIELDS if can_be_swept(name)]


def in_force(name: str) -> Parameters:
    """Parameters beside which one makes a difference."""
    needed = PARAMETER_FIELDS[name].only_for
    parameters = Parameters(side=8)
    return parameters.replace(**{needed[0]: needed[1][0]}) if needed else parameters


@pytest.mark.parametrize("name", SWEPT)
def test_what_is_proposed_makes_a_plan(name: str) -> None:
    """Of every parameter: no refusal, several values, the present one among their range."""
    parameters = in_force(name)
    draft = sweep_draft(name, parameters)
    verdict = verdict_on(draft, parameters)
    assert verdict.plan is not None, verdict.refusals
    (axis,) = verdict.plan.axes
    assert (axis.name, len(axis) >= 2) == (name, True)
    assert not verdict.plan.refused
    value = getattr(parameters, name)
    if isinstance(PARAMETER_FIELDS[name], RangedField):
        assert axis.is_rising
        assert axis.values[0] <= value <= axis.values[-1]
    else:
        assert value in axis.values
    assert verdict.plan.n_runs == 3 * len(axis)
    assert verdict.words.startswith(f"{len(axis)} values with 3 seeds: {3 * len(axis)} runs of ")


def test_those_that_make_no_difference_are_not_offered() -> None:
    """As the strength beside a constant response; nor the seed, the picture or the pace."""
    names = swept_names(SMALL)
    assert {"nudge", "refractory", "topology", "side"} <= set(names)
    assert not {"strength", "b", "seed", "glow", "speed", "points"} & set(names)
    assert usual_name(names) == "nudge"
    assert usual_name(swept_names(SMALL.replace(response="multiplicative"))) == "strength"


def test_a_plan_has_all_that_is_in_force() -> None:
    """The values that no axis has, the seed from which seeds are drawn, what is measured first."""
    parameters = Parameters(side=4, jitter=0.02, refractory=0.7, seed=9)
    draft = replace(sweep_draft("nudge", parameters), observe="time_to_sync", seconds="2.5 s")
    plan = verdict_on(with_axis(draft, SECOND, "topology", parameters), parameters).plan
    assert plan is not None
    assert [axis.name for axis in plan.axes] == ["nudge", "topology"]
    assert (plan.seed, plan.seconds, plan.seeds) == (9, 2.5, 3)
    assert (plan.fixed["jitter"], plan.fixed["refractory"], plan.fixed["side"]) == (0.02, 0.7, 4)
    assert plan.observe[0] == "time_to_sync"
    assert {"R", "local_R"} <= set(plan.observe)
    assert set(plan.observe) <= set(OBSERVABLES)


def test_what_is_planned_runs_and_is_kept(tmp_path: Path) -> None:
    """Also beside a drawn response, whose points are among what is in force."""
    points = ((0.0, 0.0), (0.5, 0.1), (1.0, 0.0))
    parameters = Parameters(side=3, response="drawn", points=points)
    draft = replace(sweep_draft("jitter", parameters), seconds="1", seeds="1")
    plan = verdict_on(draft, parameters).plan
    assert plan is not None
    sweep = SweepUnderWay(plan, Here(), to=tmp_path / "x", jobs=1)
    assert sweep.wait(60.0)
    assert sweep.problem == ""
    kept = open_sweep(tmp_path / "x")
    assert kept.plan.fingerprint == plan.fingerprint
    assert kept.session(0).parameters.points == points


def typed(**more: str) -> SweepDraft:
    """A draft over nudge and refractory in which something else is typed."""
    draft = with_axis(sweep_draft("nudge", SMALL), SECOND, "refractory", SMALL)
    of_axis = {name: text for name, text in more.items() if name in ("low", "high", "steps")}
    others = {name: text for name, text in more.items() if name not in of_axis}
    return replace(draft, first=replace(draft.first, **of_axis), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("draft", "about", "words"),
    [
        (typed(low="abc"), FIRST, "Nudge takes a number, not “abc”"),
        (typed(low=""), FIRST, "Nudge takes a number, and there is none"),
        (typed(low="0.5", high="0"), FIRST, "Nudge: must rise, got 0.5 to 0"),
        (typed(low="-1"), FIRST, "Nudge: must be >= 0 s and <= the period, got -1"),
        (typed(steps="1"), FIRST, "Nudge: steps must be a whole number from 2 to 100,000, got '1'"),
        (typed(steps="many"), FIRST, "got 'many'"),
        (typed(seeds="0"), SEEDS, "Seeds is a whole number from 1, not “0”"),
        (typed(seeds="2.5"), SEEDS, "not “2.5”"),
        (typed(seeds=""), SEEDS, "Seeds is a whole number from 1, and there is none"),
        (typed(seconds="soon"), SECONDS, "Seconds is a number above 0, not “soon”"),
        (typed(seconds="nan"), SECONDS, "not “nan”"),
        (typed(seconds="-3"), SECONDS, "not “-3”"),
        (typed(seconds="1e12"), SECONDS, "Seconds must be > 0 s and <= 1e+09 s, got 1"),
        (typed(seeds="100000"), ALL, "A sweep must have at most 1,000,000 runs, got 11,000,000"),
    ],
)
def test_nonsense_is_refused_beside_its_field(draft: SweepDraft, about: str, words: str) -> None:
    """In one sentence, about the one thing that is wrong."""
    verdict = verdict_on(draft, SMALL)
    assert verdict.plan is None
    assert list(verdict.refusals) == [about]
    assert words in verdict.refusals[about]
    assert "\n" not in verdict.refusals[about]


def test_words_of_a_choice_are_typed_with_commas() -> None:
    """In any case; one that there isn't is refused by name."""
    draft = sweep_draft("topology", SMALL)
    assert draft.first.words == "moore, neumann, ring, all"
    plan = verdict_on(replace(draft, first=replace(draft.first, words="Ring,ALL")), SMALL).plan
    assert plan is not None
    assert plan.axes[0].values == ("ring", "all")
    wrong = verdict_on(replace(draft, first=replace(draft.first, words="moore, mesh")), SMALL)
    words = "Topology: must be one of moore, neumann, ring, all, got 'mesh'"
    assert wrong.refusals == {FIRST: words}
    none = verdict_on(replace(draft, first=replace(draft.first, words=" ")), SMALL)
    assert none.refusals[FIRST].startswith("Topology: must have 1 to 100,000 values")


def test_cells_that_cannot_be_run_are_told_beforehand() -> None:
    """How many, and why; where there are no others there is no plan."""
    draft = typed(low="0", high="0.4")
    assert draft.second is not None
    some = replace(draft, second=replace(draft.second, low="0.05", high="1.05", steps="11"))
    verdict = verdict_on(some, SMALL)
    assert verdict.plan is not None
    assert verdict.hint.startswith(
        "11 of 121 cells can't be run: jitter must be >= 0 s and < the refr"
    )
    all_of_them = replace(draft, second=replace(draft.second, low="0.01", high="0.05", steps="3"))
    refusals = verdict_on(all_of_them, SMALL).refusals
    assert refusals[ALL].startswith("No cell can be run; at nudge 0, refractory 0.01: ")


def test_the_axes_never_are_over_the_same() -> None:
    """A parameter that both would have goes from one to the other."""
    draft = with_axis(sweep_draft("nudge", SMALL), SECOND, "jitter", SMALL)
    swapped = with_axis(draft, FIRST, "jitter", SMALL)
    assert swapped.second is not None
    assert (swapped.first.name, swapped.second.name) == ("jitter", "nudge")
    assert with_axis(draft, SECOND, None, SMALL).second is None
    assert with_axis(sweep_draft("nudge", SMALL), SECOND, "nudge", SMALL).second is None


def sides() -> Iterator[tuple[int, str]]:
    yield 4, "3"
    yield 40, "8"
    yield 50, "10"
    yield 3, "3"


@pytest.mark.parametrize(("side", "low"), list(sides()))
def test_whole_numbers_are_proposed_in_whole_steps(side: int, low: str) -> None:
    """No step leads between two of them."""
    draft = axis_draft("side", Parameters(side=side))
    assert (draft.low, draft.is_log) == (low, False)
    steps = (int(draft.high) - int(draft.low)) / (int(draft.steps) - 1)
    assert steps == int(steps)
