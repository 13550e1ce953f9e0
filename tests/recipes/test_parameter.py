"""Parameters of each kind, added from outside: what takes parameters takes them, and says so."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from experiments import (
    PARAMETER_FIELDS,
    ParameterError,
    Parameters,
    PresetFile,
    Provenance,
    Simulation,
    command_line_of,
    decode_session,
    encode_session,
    load_preset,
    save_preset,
    session_of,
)
from experiments.commands.command_line import main
from experiments.commands.parsing import OneLineParser
from experiments.commands.starts import add_model_options, parameters_from
from experiments.model.fields import SECONDS, ParameterField, at_least, at_most, below
from experiments.model.kinds import choice, number, whole_number
from experiments.model.points import points
from experiments.model.scale import Scale
from gui.laboratory import Laboratory
from gui.models.scales import parse_value, refusal_text, value_text
from gui.picture.caption import caption_lines
from tests.experiments.simulating import simulate
from tests.gui.conftest import InWindow
from tests.gui.waiting import until
from tests.recipes.product_files import files_that_name

SMALL = Parameters(side=5, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)

LULL: ParameterField = number(
    name="lull",
    default=0.0,
    low=at_least(0.0),
    high=below("period"),
    unit=SECONDS,
    label="Lull",
    noun="lull after a flash",
    sentence="how long a firefly rests",
    scale=Scale(0.0, 2.0, 2, "square"),
)
REACH: ParameterField = whole_number(
    name="reach",
    default=1,
    low=at_least(1),
    high=at_most(10),
    restarts=True,
    label="Reach",
    sentence="how far a flash is seen",
    scale=Scale(1, 10, 0, "even"),
)
MOOD: ParameterField = choice(
    name="mood",
    default="calm",
    options={"calm": None, "wild": None},
    label="Mood",
    sentence="what it is like",
)
CURVE: ParameterField = points(
    name="curve",
    default=((0.0, 0.0), (1.0, 0.0)),
    most=4,
    low=-1.0,
    high=1.0,
    label="Curve",
    sentence="what a phase is moved by",
)
OTHERS = {"lull": 0.25, "reach": 3, "mood": "wild", "curve": ((0.0, 0.5), (0.5, 0.0), (1.0, -0.5))}


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    """One more parameter of each kind, for the time of a test."""
    with ExitStack() as stack:
        for field in (LULL, REACH, MOOD, CURVE):
            stack.enter_context(PARAMETER_FIELDS.adding(field))
        yield


def test_each_has_its_default_and_is_frozen() -> None:
    """Also in parameters that were made before it was declared."""
    defaults = {field.name: field.default for field in (LULL, REACH, MOOD, CURVE)}
    assert {name: SMALL.values()[name] for name in OTHERS} == defaults
    assert SMALL.replace(**defaults) == SMALL
    changed = SMALL.replace(**OTHERS)
    assert changed != SMALL
    assert {name: changed.values()[name] for name in OTHERS} == OTHERS
    with pytest.raises(AttributeError, match="frozen"):
        setattr(changed, "lull", 0.5)  # noqa: B010


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"lull": -1.0}, "lull must be >= 0 s and < the period (1 s), got -1.0"),
        ({"lull": 1.0}, "lull must be >= 0 s and < the period (1 s), got 1.0"),
        ({"lull": "long"}, "lull must be a number, got 'long'"),
        ({"reach": 11}, "reach must be a whole number from 1 to 10, got 11"),
        ({"reach": 1.5}, "reach must be a whole number from 1 to 10, got 1.5"),
        ({"mood": "sad"}, "mood must be one of calm, wild, got 'sad'"),
        ({"curve": [[0, 0], [0.5, 2], [1, 0]]}, "curve must be 2 to 4 points x:y, x rising from "
         "0 to 1, y from -1 to 1, got [[0, 0], [0.5, 2], [1, 0]]"),
        ({"curve": [[0, 0], [0, 0], [1, 0]]}, "curve must be 2 to 4 points x:y, x rising from "
         "0 to 1, y from -1 to 1, got [[0, 0], [0, 0], [1, 0]]"),
        ({"period": 0.3, "lull": 0.3}, "lull must be >= 0 s and < the period (0.3 s), got 0.3"),
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_refused_in_words(values: dict[str, object], said: str) -> None:
    """With the limits declared, those among them that another parameter sets."""
    with pytest.raises(ParameterError) as caught:
        SMALL.replace(**values)
    assert str(caught.value) == said


def test_the_command_line_has_options_for_them(capfd: pytest.CaptureFixture[str]) -> None:
    """In its help, in the command that is copied, and in its refusals."""
    parser = OneLineParser(prog="fireflies")
    add_model_options(parser)
    shown = " ".join(parser.format_help().split())
    assert (
        "--lull S Lull after a flash: how long a firefly rests. "
        ">= 0 s and < the period (default 0 s)"
    ) in shown
    assert "--mood calm|wild Mood: what it is like. One of calm, wild (default calm)" in shown
    wanted = SMALL.replace(**OTHERS)
    words = shlex.split(command_line_of(wanted))
    assert "--mood wild" in command_line_of(wanted)
    assert parameters_from(parser, parser.parse_args(words[1:])) == wanted
    for option, said in (
        ("--lull 9", "--lull must be >= 0 s and < the period (5 s), got 9.0"),
        ("--reach 0", "--reach must be a whole number from 1 to 10, got '0'"),
        ("--curve 0:0", "--curve must be 2 to 4 points x:y, x rising from 0 to 1, y from -1 to 1, "
         "got '0:0'"),
    ):  # fmt: skip
        with pytest.raises(SystemExit):
            main(option.split())
        assert capfd.readouterr().err == f"fireflies run: {said}\n"


def test_presets_and_what_is_said_of_a_file_have_them(tmp_path: Path) -> None:
    """A preset has what it was given, in a form that TOML has."""
    path = tmp_path / "p.toml"
    save_preset(path, PresetFile("P", "", SMALL.replace(**OTHERS).values()))
    assert 'mood = "wild"' in path.read_text()
    assert Parameters(**load_preset(path).values) == SMALL.replace(**OTHERS)
    told = Provenance(command="it", parameters=SMALL.replace(**OTHERS))
    said = json.loads(told.sidecar("it", {}, 0))
    assert said["parameters"]["mood"] == "wild"
    assert said["units"]["parameters.lull"] == "s of virtual time"


def test_sessions_have_them_from_the_first_value_to_the_last() -> None:
    """What a run began with, and what was changed; bit for bit when it is written again."""

    async def body(simulation: Simulation) -> bytes:
        simulation.run_until(1.0)
        simulation.change(lull=0.5, curve=[[0, 0.25], [1, 0]])
        simulation.run_until(2.0)
        return encode_session(session_of(simulation))

    text = simulate(body, SMALL.replace(**OTHERS))
    session = decode_session(text, "it")
    assert session.parameters == SMALL.replace(**OTHERS)
    assert session.last_parameters.values()["lull"] == 0.5
    assert session.last_parameters.values()["curve"] == ((0.0, 0.25), (1.0, 0.0))
    assert encode_session(session) == text
    with pytest.raises(Exception, match=r"parameters\.mood must be text, got a whole number"):
        decode_session(text.replace(b'"wild"', b"1").split(b',\n"check"')[0] + b"}", "it")


def test_values_are_written_and_read_as_the_window_does() -> None:
    """With units and decimals, in captions, and in the words of a refusal."""
    changed = SMALL.replace(**OTHERS)
    assert value_text("lull", 0.25) == "0.25 s"
    assert parse_value("lull", "0,25 s") == 0.25
    assert parse_value("mood", " Wild ") == "wild"
    lines = caption_lines(1.0, None, changed)
    assert lines[-6:-1] == (
        "Jitter 0.02 s", "Lull 0.25 s", "Reach 3", "Mood wild", "Curve 0:0.5,0.5:0,1:-0.5",
    )  # fmt: skip
    for name, value, said in (
        ("lull", 2.0, "Lull stays from 0 s to below the period (1.0 s), not 2 s"),
        ("period", 0.22, "Period stays above the lull after a flash (0.25 s), not 0.22 s"),
        ("reach", 11, "Reach is a whole number from 1 to 10, not 11"),
    ):
        with pytest.raises(ParameterError) as caught:
            changed.replace(**{name: value})
        assert refusal_text(name, value, caught.value, changed) == said


def test_sliders_move_them(in_window: InWindow) -> None:
    """One that is live acts at once; another makes a new swarm when the handle is let go."""

    async def body(lab: Laboratory) -> None:
        lull, reach = lab.window.sliders["lull"], lab.window.sliders["reach"]
        assert lull.track.accessibleName() == "Lull"
        assert lull.toolTip() == "Lull after a flash: how long a firefly rests"
        QTest.keyClick(lull.track, Qt.Key.Key_Right)
        await until(lambda: lab.simulation.parameters.values()["lull"] == 0.01)
        assert lull.track.position() == pytest.approx((0.01 / 2.0) ** 0.5)
        await until(lambda: lull.value_field.text() == "0.01 s")
        lab.controller.type_value("lull", "3")
        await until(lambda: "below the period (1.0 s), not 3 s" in lull.refusal())
        population = lab.simulation.population
        QTest.keyClick(reach.track, Qt.Key.Key_Right)
        await until(lambda: lab.simulation.parameters.values()["reach"] == 2)
        assert lab.simulation.population is not population
        lab.controller.undo()
        await until(lambda: lab.simulation.parameters.values()["reach"] == 1)

    in_window(body, SMALL)


def test_taken_away_they_are_gone(capfd: pytest.CaptureFixture[str]) -> None:
    """From parameters, options and files alike."""
    for name in OTHERS:
        PARAMETER_FIELDS.remove(name)
    try:
        assert Parameters().as_dict().keys().isdisjoint(OTHERS)
        with pytest.raises(TypeError, match="there is no parameter curve, lull, mood, reach"):
            Parameters(**OTHERS)  # type: ignore[arg-type]
        with pytest.raises(SystemExit):
            main(["--lull", "1"])
        assert "unknown option --lull" in capfd.readouterr().err
    finally:
        for field in (LULL, REACH, MOOD, CURVE):
            PARAMETER_FIELDS.add(field)


@pytest.mark.parametrize("name", ["nudge", "refractory", "jitter"])
def test_a_parameter_takes_its_declaration_and_its_use(name: str) -> None:
    """Of files of our own, one speaks of it by its name but for the record of older sessions."""
    spoken_of = files_that_name((f'"{name}"', f"    {name}: float = number("))
    record = {
        "experiments/keep/parameter_layout.py",
        "experiments/benchmarks/mesa_sweep.py",
        "experiments/benchmarks/responses.py",
    }
    assert spoken_of - record == {"experiments/model/parameters.py"}
