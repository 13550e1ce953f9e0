"""Proposals: ranges worth a look, for every parameter that a sweep can be over."""

from __future__ import annotations

from typing import Any

import pytest

from experiments import PARAMETER_FIELDS, ParameterError, Parameters
from experiments.sweep import PlanError, SweepPlan, proposed_axis
from experiments.sweep.axis import swept_field


def swept() -> list[str]:
    """Names of the parameters that a sweep can be over."""
    found = []
    for name in PARAMETER_FIELDS:
        try:
            found.append(swept_field(name).name)
        except PlanError:
            continue
    return found


@pytest.mark.parametrize("name", swept())
def test_every_proposal_is_an_axis_all_of_whose_cells_can_be_run(name: str) -> None:
    """With the other parameters as they are, where it makes a difference."""
    only_for = PARAMETER_FIELDS[name].only_for
    beside: dict[str, Any] = {only_for[0]: only_for[1][0]} if only_for else {}
    axis = proposed_axis(name, Parameters(**beside))
    assert 2 <= len(axis) <= 11
    if axis.is_number:
        assert axis.is_rising
    assert SweepPlan(axes=(axis,), fixed=beside).refused == {}


def test_a_proposal_is_around_what_is_in_force() -> None:
    """From nothing to twice as much; by ratios where the scale is logarithmic; all words."""
    assert proposed_axis("nudge", Parameters(nudge=0.25), 6).values == (
        0.0, 0.1, 0.2, 0.3, 0.4, 0.5,
    )  # fmt: skip
    assert proposed_axis("loss", Parameters(), 3).values == (0.0, 0.5, 1.0)
    assert proposed_axis("period", Parameters(period=4.0, refractory=0.5), 5).values == (
        1.0, 2.0, 4.0, 8.0, 16.0,
    )  # fmt: skip
    assert proposed_axis("topology", Parameters()).values == ("moore", "neumann", "ring", "all")
    assert proposed_axis("radius", Parameters(radius=2)).values == (1, 2, 3, 4)


def test_steps_are_round() -> None:
    """A cell has a value that is easily said, also where the first ones don't go with the rest."""
    assert proposed_axis("refractory", Parameters(refractory=1.0)).values == (
        0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0,
    )  # fmt: skip
    assert proposed_axis("nudge", Parameters(nudge=0.013)).values == (
        0.0, 0.003, 0.006, 0.009, 0.012, 0.015, 0.018, 0.021, 0.024,
    )  # fmt: skip
    assert proposed_axis("nudge", Parameters(nudge=0.07)).values[1:3] == (0.015, 0.03)
    assert proposed_axis("period", Parameters()).values[:4] == (1.25, 1.65, 2.18, 2.87)


@pytest.mark.parametrize(
    ("side", "step", "most"),
    [(50, 10, 100), (20, 4, 40), (70, 15, 135), (37, 8, 72), (101, 20, 200), (3, 3, 30), (4, 1, 8)],
)
def test_whole_numbers_go_in_round_steps_too(side: int, step: int, most: int) -> None:
    """Multiples of a step that is easily said; from the fewest on to ten times as many."""
    values = proposed_axis("side", Parameters(side=side)).values
    assert values == tuple(range(step if step > 1 else 3, most + 1, step))


def test_what_does_not_go_with_the_others_is_left_out() -> None:
    """A period below the refractory time; where nothing is left there is no proposal."""
    values = proposed_axis("period", Parameters(period=4.0, refractory=3.0), 5).values
    assert values == (4.0, 8.0, 16.0)
    with pytest.raises(ParameterError):
        Parameters(period=2.0, refractory=3.0)
    with pytest.raises(PlanError, match="over jitter: only one value goes with the other"):
        proposed_axis("jitter", Parameters(refractory=0.0, jitter=0.0))
    with pytest.raises(PlanError, match="must name one of"):
        proposed_axis("seed", Parameters())
