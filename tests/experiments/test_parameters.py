"""Parameters: defaults, limits, and messages that say what is allowed."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import (
    GALLERY,
    PARAMETER_FIELDS,
    ParameterError,
    Parameters,
    command_line_of,
)
from experiments.commands.parsing import OneLineParser
from experiments.commands.starts import add_model_options, parameters_from


def test_defaults_are_the_model_s() -> None:
    """Also in the table that people see."""
    defaults = Parameters()
    assert defaults.as_dict() == {
        "side": 50, "period": 5.0, "nudge": 0.2, "refractory": 1.0, "jitter": 0.1, "glow": 0.3,
        "speed": 1.0, "seed": 1,
    }  # fmt: skip
    assert {n: f.default for n, f in PARAMETER_FIELDS.items()} == defaults.values()
    assert {"spread": 0.0, "delay": 0.0, "loss": 0.0, "rewire": 0.0}.items() <= (
        defaults.values().items()
    )
    assert (defaults.topology, defaults.radius, defaults.edges) == ("moore", 1, "torus")
    assert defaults.response == "constant"
    assert defaults.n_fireflies == 2_500


@pytest.mark.parametrize(
    "values",
    [
        {"side": 3}, {"side": 2_000}, {"period": 3_600.0}, {"nudge": 5.0}, {"nudge": 0},
        {"jitter": 0.0}, {"glow": 1.0}, {"speed": math.inf}, {"speed": 0.05}, {"speed": 1_000},
        {"seed": 0}, {"seed": 2**64 - 1}, {"period": 1e-3, "refractory": 5e-4, "jitter": 0,
                                          "nudge": 1e-3},
        {"refractory": 0.0, "jitter": 0.0, "delay": 5e-324}, {"jitter": 5e-324},
        {"refractory": 1e-6, "jitter": 9e-7},
        {"refractory": 5e-324, "jitter": 0.0},
    ],
)  # fmt: skip
def test_the_limits_themselves_are_valid(values: dict[str, Any]) -> None:
    """Closed ends are allowed."""
    Parameters().replace(**values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("side", 2), ("side", 2_001), ("side", 50.0), ("side", True), ("period", 0),
        ("period", 9.99e-4),
        ("period", 3_600.1), ("period", math.nan), ("period", "5"), ("nudge", -0.1),
        ("nudge", 5.1), ("delay", 3_600.1), ("delay", -1e-6),
        ("refractory", -1e-9), ("refractory", 5.0), ("jitter", -1e-9),
        ("jitter", 1.0), ("glow", 0), ("glow", 1.1), ("speed", 0.04), ("speed", 1_001),
        ("speed", -math.inf), ("seed", -1), ("seed", 2**64), ("seed", 1.0), ("tempo", 1),
    ],
)  # fmt: skip
def test_beyond_the_limits_is_refused_by_name(name: str, value: Any) -> None:
    """The error names the parameter, what is allowed, and what was got."""
    with pytest.raises(ParameterError) as caught:
        Parameters().replace(**{name: value})
    error = caught.value
    assert error.name == name
    assert str(error).startswith(f"{name} must be ")
    assert repr(value) in str(error)


@given(st.dictionaries(st.sampled_from(sorted(PARAMETER_FIELDS)), st.floats() | st.integers()))
def test_any_set_is_valid_or_refused(values: dict[str, Any]) -> None:
    """Whatever the numbers, there is a Parameters or a ParameterError, nothing else."""
    try:
        parameters = Parameters().replace(**values)
    except ParameterError:
        return
    assert 0 < parameters.refractory < parameters.period
    assert parameters.jitter < parameters.refractory


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(),
        *(preset.parameters for preset in GALLERY),
        Parameters(speed=math.inf, seed=2**64 - 1, period=0.1 + 0.2, refractory=0.12, jitter=0.0),
    ],
)
def test_the_command_line_of_parameters_gives_them_back(parameters: Parameters) -> None:
    """To the last bit, whatever they are; a plain run is the plain command."""
    parser = OneLineParser(prog="fireflies")
    add_model_options(parser)
    words = command_line_of(parameters).split()
    assert words[0] == "fireflies"
    assert parameters_from(parser, parser.parse_args(words[1:])) == parameters
    assert command_line_of(Parameters()) == "fireflies"


def table_of_parameters() -> str:
    """The table of ``docs/model.md``, from the declarations."""
    rows = [
        "| name | unit | allowed | default | a new value changes |",
        "|---|---|---|---|---|",
        *(
            f"| `{name}` | {field.unit.meaning} | {field.limits} | {field.text(field.default)} "
            f"| {field.effect.value}{', with a new swarm' if field.restarts else ''} |"
            for name, field in PARAMETER_FIELDS.items()
        ),
    ]
    return "\n".join(rows)


def test_the_model_s_page_has_the_table_of_parameters() -> None:
    """Row for row as they are declared."""
    page = (Path(__file__).parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
    section = page.partition("## Parameters\n")[2].partition("\n## ")[0]
    assert (
        re.findall(r"^\| `.*\|.*\|.*\|.*\|.*\|$", section, re.MULTILINE)
        == (table_of_parameters().splitlines()[2:])
    )
    assert table_of_parameters() in page


def test_the_gallery_has_something_to_see() -> None:
    """At least eight presets, each with a name of its own and one sentence."""
    assert len(GALLERY) >= 8
    assert len({preset.name for preset in GALLERY}) == len(GALLERY)
    for preset in GALLERY:
        assert preset.sentence.endswith(".")
        assert preset.parameters.side <= 300
