"""Preset files and openings: what is written comes back, and what is damaged is refused."""

from __future__ import annotations

import asyncio
import math
import os
import random
import re
import shlex
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import (
    GALLERY,
    Action,
    Opening,
    ParameterError,
    Parameters,
    PresetError,
    PresetFile,
    PresetWindow,
    Simulation,
    Status,
    as_file,
    check_openings,
    command_line_of,
    find_preset,
    load_preset,
    open_with,
    save_preset,
    slug,
)
from experiments.commands.headless import run_headless
from experiments.commands.parsing import OneLineParser
from experiments.commands.starts import Start, add_model_options, parameters_from, start_from

T = TypeVar("T")
Lags = npt.NDArray[np.float64]

N_DAMAGED = 200

openings = st.builds(
    Opening,
    st.sampled_from(Action),
    *(st.integers(0, 49), st.integers(0, 49), st.integers(1, 50), st.integers(1, 50)),
)


def started(words: list[str]) -> Start:
    """What the window begins with, given these words on its command line."""
    parser = OneLineParser(prog="fireflies")
    add_model_options(parser)
    return start_from(parser, parser.parse_args(words))


@st.composite
def parameters(draw: st.DrawFn) -> Parameters:
    """Any allowed parameters."""
    period = draw(st.floats(1e-3, 3_600.0))
    refractory = draw(st.floats(0.0, period, exclude_max=True))
    jitters = st.just(0.0)
    if refractory >= 1e-6:
        jitters |= st.floats(0.0, refractory, exclude_max=True)
    return Parameters(
        side=draw(st.integers(3, 300)),
        period=period,
        nudge=draw(st.floats(0.0, period)),
        refractory=refractory,
        jitter=draw(jitters),
        delay=draw(st.floats(0.0, 3_600.0)),
        glow=draw(st.floats(1e-3, 1.0)),
        speed=draw(st.one_of(st.floats(0.05, 1_000.0), st.just(math.inf))),
        seed=draw(st.integers(0, 2**64 - 1)),
    )


windows = st.builds(
    PresetWindow, st.text(max_size=9), st.none() | st.lists(st.text(max_size=9)).map(tuple)
)


@given(parameters(), st.text(), st.text(), st.lists(openings, max_size=4), windows)
def test_what_is_saved_comes_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory,
    asked: Parameters,
    name: str,
    text: str,
    opening: list[Opening],
    window: PresetWindow,
) -> None:
    """Names of any characters, floats by their shortest repr, max as a word."""
    path = tmp_path_factory.getbasetemp() / "preset.toml"
    saved = PresetFile(name, text, asked.as_dict(), tuple(opening), window)
    save_preset(path, saved)
    loaded = load_preset(path)
    assert Parameters(**loaded.values) == asked
    assert (loaded.name, loaded.description, loaded.opening) == (name, text, tuple(opening))
    assert loaded.window == window


def test_saving_replaces_a_file_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the last step fails the old file is as it was, and nothing else is left."""
    path = tmp_path / "mine.toml"
    save_preset(path, PresetFile("old", "", {"nudge": 0.1}))

    def fail(*_paths: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(PresetError, match=r"can't write .*mine.toml: No space left on device"):
        save_preset(path, PresetFile("new", "", {"nudge": 0.2}))
    assert load_preset(path).name == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["mine.toml"]


def test_every_preset_of_the_gallery_is_allowed_saved_and_found(tmp_path: Path) -> None:
    """By its name, in any spelling; with its opening, on its grid."""
    assert len(GALLERY) >= 8
    for preset in GALLERY:
        found = find_preset(slug(preset.name))
        assert found == as_file(preset) == find_preset(preset.name.upper())
        assert Parameters(**found.values) == preset.parameters
        check_openings(found.opening, preset.parameters.side)
        assert preset.sentence.endswith(".")
        save_preset(tmp_path / "p.toml", found)
        assert load_preset(tmp_path / "p.toml") == found


def test_a_file_goes_before_a_name_and_what_is_neither_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the one that was probably meant."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PresetError, match=r"there is no two-iland; did you mean two-islands\?"):
        find_preset("two-iland")
    with pytest.raises(PresetError, match=r"can't read .*waves.toml: No such file"):
        find_preset("waves.toml")
    save_preset(tmp_path / "waves", PresetFile("mine", "", {"nudge": 0.5}))
    assert find_preset("waves").name == "mine"


def test_the_preset_of_the_guide_is_one(tmp_path: Path) -> None:
    """As it stands there."""
    guide = (Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8")
    path = tmp_path / "guide.toml"
    path.write_text(guide.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    loaded = load_preset(path)
    check_openings(loaded.opening, Parameters(**loaded.values).side)
    assert loaded.name == "A silent corner"


def test_saving_replaces_nothing_but_files(tmp_path: Path) -> None:
    """A pipe stays one, or a device would be gone; folders, and names that no file can have."""
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "link.toml").symlink_to(tmp_path / "pipe.toml")
    mine = PresetFile("mine", "", {"nudge": 0.1})
    for name, why in (
        ("pipe.toml", "it is not a file"),
        ("link.toml", "it is not a file"),
        (".", "it is a folder"),
        ("no/folder.toml", f"there is no folder {tmp_path / 'no'}"),
        ("a\0b", "embedded null (byte|character in path)"),  # Python's words, up to 3.13 and since
        ("a" * 300, "its name must have at most 255 bytes, got 300"),
    ):
        with pytest.raises(PresetError, match=rf"can't write .*{why}$"):
            save_preset(tmp_path / name, mine)
    assert stat.S_ISFIFO((tmp_path / "pipe.toml").stat().st_mode)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("preset", "why"),
    [
        (PresetFile("\udcff", "", {}), "can't be written in UTF-8"),
        (PresetFile("", "x" * 16_000, {}), "at most 16 kB"),
        (PresetFile("", "", {}, (Opening(Action.BLIND, 0, 0, 1, 1),) * 101), "100 openings"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(
    tmp_path: Path, preset: PresetFile, why: str
) -> None:
    """In one line, and there is no file."""
    with pytest.raises(PresetError, match=why):
        save_preset(tmp_path / "p.toml", preset)
    assert not list(tmp_path.iterdir())


def test_the_copied_command_gives_an_opening_back_through_a_shell(tmp_path: Path) -> None:
    """The preset, and what differs from it; also for a file with a space in its name."""
    path = tmp_path / "my own.toml"
    save_preset(path, PresetFile("own", "", {"side": 9}, (Opening(Action.BLIND, 8, 8, 2, 2),)))
    islands = Parameters(**find_preset("two islands").values)
    assert command_line_of(islands, "two-islands", islands) == "fireflies --preset two-islands"
    for source, changed in (
        ("two-islands", {"nudge": 0.25, "seed": 7, "speed": math.inf}),
        (str(path), {"jitter": 0.0, "speed": 2.5}),
    ):
        preset = find_preset(source)
        given = Parameters(**preset.values)
        asked = given.replace(**changed)
        words = shlex.split(command_line_of(asked, source, given))
        assert len(words) == 1 + 2 + 2 * len(changed)
        start = started(words[1:])
        assert (start.parameters, start.opening) == (asked, preset.opening)


def test_any_spelling_of_a_name_is_found_and_any_other_word_is_one_line(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Also what is too long for a file, or has characters that nobody can see."""
    for name in ("two-islands", "TWO ISLANDS", "Two-Islands"):
        assert started(["--preset", name]).opening == find_preset("Two islands").opening
    for word in (
        "two-iland",
        "a" * 300,
        "a" * 300 + ".toml",
        "x/" * 3_000,
        "",
        "\x1b[31m",
        "\udcff",
    ):
        with pytest.raises(SystemExit) as ended:
            started(["--preset", word])
        assert ended.value.code == 2
        said = capfd.readouterr().err
        assert said.startswith("fireflies: --preset")
        assert said.count("\n") == 1
        assert said[:-1].isprintable()


def test_a_command_that_takes_no_opening_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    """Rather than measure another swarm than was asked for."""
    parser = OneLineParser(prog="fireflies bench")
    add_model_options(parser)
    assert parameters_from(parser, parser.parse_args(["--preset", "small-swarm"])).side == 5
    with pytest.raises(SystemExit):
        parameters_from(parser, parser.parse_args(["--preset", "two-islands"]))
    assert "has an opening, which fireflies bench doesn't take" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        ("[parameters]\nside = 'x'", "parameters.side must be a whole number or nothing, got text"),
        ("[parameters]\nside = 1.5", "parameters.side must be a whole number or nothing, got a d"),
        ("[parameters]\nnudge = [1]", "parameters.nudge must be a number or nothing, got a list"),
        ("[parameters]\nseed = true", "whole number or nothing, got true or false"),
        ("[parameters]\ncolour = 1", "parameters has an unknown field colour"),
        ("parameters = 3", "parameters must be named values, got a whole number"),
        ("name = 3\n[parameters]", "name must be text, got a whole number"),
        ("name = 'mine'", "it lacks the field parameters"),
        ("parameters = {}\n[[opening]]\naction = 'fly'", "opening[0].action has an unknown value"),
        ("parameters = {}\n[[opening]]\naction = 'silent'\ncells = [1]", "cells[0] must be text"),
    ],
)  # fmt: skip
def test_what_a_preset_must_hold_is_said_without_names_of_types(
    tmp_path: Path, contents: str, words: str
) -> None:
    """Whoever writes one by hand needn't know what an int or a null is."""
    path = tmp_path / "mine.toml"
    path.write_text(contents)
    with pytest.raises(PresetError) as refused:
        load_preset(path)
    said = str(refused.value)
    assert words in said
    assert not re.search(r"\b(int|float|str|bool|null|array|object|enum)\b", said)


# -- openings ---------------------------------------------------------------------------


def test_an_opening_covers_its_rectangle_and_wraps_around() -> None:
    """Column by column as the grid does."""
    assert Opening(Action.SILENT, 1, 0, 2, 2).ids(5) == (1, 2, 6, 7)
    assert sorted(Opening(Action.SILENT, 4, 4, 2, 2).ids(5)) == [0, 4, 20, 24]
    assert len(set(Opening(Action.SILENT, 3, 2, 5, 5).ids(5))) == 25


@pytest.mark.parametrize(
    ("name", "value"), [("x", 5), ("x", -1), ("y", 9), ("width", 0), ("height", 6)]
)
def test_an_opening_that_does_not_fit_is_refused_by_name(name: str, value: int) -> None:
    """With what was given and what is allowed."""
    given: dict[str, Any] = {"x": 0, "y": 0, "width": 1, "height": 1, name: value}
    with pytest.raises(ParameterError, match=rf"opening: {name} must be .*from .*, got {value}$"):
        check_openings([Opening(Action.BLIND, **given)], 5)


def test_an_opening_is_an_ordinary_action_at_t_0() -> None:
    """It is recorded, counted, and repeated by a headless run with the same digest."""
    asked = Parameters(side=6, period=1.0, nudge=0.1, refractory=0.2, jitter=0.05)
    opening = (Opening(Action.SCRAMBLE, 0, 0, 3, 3), Opening(Action.SILENT, 2, 2, 2, 1))

    async def by_hand() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint32], int]:
        simulation = Simulation(asked)
        await simulation.start()
        open_with(simulation, opening)
        simulation.settle()
        assert [each.t for each in simulation.interventions] == [0.0, 0.0]
        assert set(simulation.status[[14, 15]]) == {Status.SILENT}
        simulation.run_until(5.0)
        flashes = simulation.flashes.read()
        await simulation.aclose()
        return flashes

    times, ids, _ = asyncio.run(by_hand())
    finished = asyncio.run(run_headless(asked, 5.0, opening=opening))
    again_times, again_ids, _ = finished.simulation.flashes.read()
    assert (times == again_times).all()
    assert (ids == again_ids).all()
    plain = asyncio.run(run_headless(asked, 5.0))
    assert plain.report["digest"] != finished.report["digest"]


def test_what_is_no_opening_is_refused_as_it_is_made() -> None:
    """Numbers that are not whole, or fit no grid, and words that are no action."""
    fields: dict[str, Any] = {"x": 0, "y": 0, "width": 1, "height": 1}
    wrongs: tuple[tuple[str, Any], ...]
    wrongs = (("x", 1.0), ("y", True), ("width", "3"), ("height", 0), ("x", -1))
    for name, wrong in wrongs:
        with pytest.raises(ParameterError, match=rf"opening: {name} must be a whole"):
            Opening(Action.BLIND, **{**fields, name: wrong})
    with pytest.raises(ParameterError, match=r"an Action, one of flash_now, .*got 'silent'"):
        Opening("silent", 0, 0, 1, 1)  # type: ignore[arg-type]


def corridors(simulation: Simulation, distance: int) -> npt.NDArray[np.complex128]:
    """Mean of exp(i phase) over the width of each corridor, by row: shape (corridors, side)."""
    side, period = simulation.parameters.side, simulation.parameters.period
    grid = np.exp(2j * np.pi * simulation.phases() / period).reshape(side, side)
    return np.array([grid[:, x + 1 : x + distance].mean(axis=1) for x in range(0, side, distance)])


def opened(name: str, times: Iterable[float], look: Callable[[Simulation], T]) -> list[T]:
    """What is seen at some times in a preset of the gallery, with the seed 3."""
    preset = find_preset(name)

    async def body() -> list[T]:
        simulation = Simulation(Parameters(**preset.values, seed=3))
        await simulation.start()
        open_with(simulation, preset.opening)
        seen = []
        for t in times:
            simulation.run_until(t)
            seen.append(look(simulation))
        await simulation.aclose()
        return seen

    return asyncio.run(body())


@pytest.mark.drill(alone=True)
@pytest.mark.slow
def test_two_islands_are_in_order_and_stay_out_of_step() -> None:
    """Each has R > 0.99; the lag between them stays as it is, and keeps the whole below 0.7."""

    def look(simulation: Simulation) -> tuple[float, ...]:
        first, second = corridors(simulation, 20).mean(axis=1)
        whole = abs(simulation.order_parameter())
        return abs(first), abs(second), np.angle(second / first) / (2 * np.pi), whole

    first, second, lag, whole = np.array(opened("two islands", range(200, 271, 10), look)).T
    assert first.min() > 0.99
    assert second.min() > 0.99
    assert np.ptp(lag) < 0.05
    assert abs(lag).min() > 0.2
    assert whole.max() < 0.7


@pytest.mark.drill(alone=True)
@pytest.mark.slow
def test_waves_run_round_and_round() -> None:
    """In half the rings or more the phase goes through whole cycles along the way around.

    Neighbouring rows differ by less than half a cycle, so the cycles can be counted; from
    row to row the lag grows, so that flashes run along the ring.
    """

    def look(simulation: Simulation) -> tuple[Lags, Lags, float]:
        rows = corridors(simulation, 6)
        steps = np.angle(np.roll(rows, -1, axis=1) / rows) / (2 * np.pi)
        return np.rint(steps.sum(axis=1)), np.cumsum(steps, axis=1), abs(rows).mean()

    (early, *_), (cycles, lags, order) = opened("waves", (120.0, 160.0), look)
    assert order > 0.95
    assert np.count_nonzero(cycles) >= 5
    assert np.count_nonzero(early == cycles) >= 8
    for n_cycles, lag in zip(cycles, lags, strict=True):
        if n_cycles:
            grows = np.corrcoef(np.arange(60), np.sign(n_cycles) * lag)[0, 1]
            assert grows > 0.6  # 0.69 is the least seen in 25 such rings, 1 is a steady slope


# -- damage -----------------------------------------------------------------------------


def damaged(number: int) -> bytes:
    """A good preset file with something wrong, by a seed."""
    dice = random.Random(number)
    lines = [
        'name = "Mine"',
        'description = "What there is to see"',
        "[parameters]",
        *("side = 20", "period = 5.0", "nudge = 0.2", "refractory = 1.0", "jitter = 0.1"),
        *("glow = 0.3", 'speed = "max"', "seed = 7"),
        *("[[opening]]", 'action = "silent"', "x = 1", "y = 2", "width = 3", "height = 4"),
    ]
    wrong = [
        *("nan", "-nan", "inf", "-1", "0", "1e400", "9" * 400, "true", '"five"', "[1]", "{a = 1}"),
        *("1979-05-27", "0x", "''", "1__0", "[[[[", "\x00", "\ud7ff", "= =", '"""'),
    ]
    kind = dice.randrange(6)
    if kind == 0:
        at = dice.randrange(3, len(lines))
        if "=" in lines[at]:
            lines[at] = f"{lines[at].partition('=')[0]}= {dice.choice(wrong)}"
        else:
            lines[at] = lines[at][1:]
    elif kind == 1:
        lines.insert(dice.randrange(len(lines)), dice.choice(["colour = 1", "[more]", "side = 1"]))
    elif kind == 2:
        lines = lines[: dice.randrange(len(lines))]
        lines.append(dice.choice(["[param", "per", 'name = "', "x ="]))
    contents = "\n".join(lines).encode("utf-8", "surrogatepass")
    if kind == 3:
        at = dice.randrange(len(contents))
        contents = contents[:at] + bytes([dice.choice([0, 255, 128, 34])]) + contents[at + 1 :]
    elif kind == 4:
        contents = dice.choice([b"a = " + b"[" * 20_000, bytes(dice.randbytes(300)), b"\xff\xfe"])
    elif kind == 5:
        contents = dice.choice([b" " * 16_001, b"[parameters]\nside = 2", b"parameters = 3"])
    return contents


@pytest.mark.parametrize("batch", range(4))
def test_damaged_files_are_refused_in_one_line_that_names_them(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], batch: int
) -> None:
    """200 of them, as the command line has them; a few are still good, and then they start."""
    each = N_DAMAGED // 4
    n_refused = 0
    for number in range(batch * each, (batch + 1) * each):
        path = tmp_path / f"preset-{number}.toml"
        path.write_bytes(damaged(number))
        try:
            start = started(["--preset", str(path)])
        except SystemExit:
            n_refused += 1
            said = capfd.readouterr().err
            assert said.startswith("fireflies: --preset")
            assert path.name in said
            assert said.count("\n") == 1
            assert said[:-1].isprintable()
            assert len(said) < 800
        else:
            check_openings(start.opening, start.parameters.side)
    assert n_refused > 0.7 * each


@pytest.mark.parametrize(
    "contents",
    [
        b"a" + b".a" * 7_900 + b"=1",
        b"[a" + b".a" * 7_900 + b"]",
        b"a=" + b"[" * 15_900,
        b"a=" + b"{a=" * 5_000,
        b"[parameters]\nside=" + b"9" * 15_900,
        b"[parameters]\nside=" + b"9" * 4_000,
        b"[parameters]\nnudge=" + b"9" * 15_900 + b".0",
        b"[parameters]\nside=0x" + b"f" * 15_900,
        b"[parameters]\nperiod=0x" + b"f" * 15_900,
        b"[parameters]\nperiod=1" + b"0" * 400,
        b"[parameters]\nperiod=1e400",
        b"[parameters]\n" + b"k" * 15_900 + b"=1",
        b'[parameters]\n"\\u001b[31m"=1',
        b"[parameters]\n" + b"\n".join([b'[[opening]]\naction="blind"\nx=0\ny=0\nwidth=1'] * 300),
        b"opening=[" + b"{action='blind',x=0,y=0,width=1,height=1}," * 101 + b"]\n[parameters]",
    ],
    ids=["dots", "table", "deep", "inline", "digits", "whole", "float", "hex", "hex float",
         "overflow", "infinite", "key", "escape",
         "unfinished", "openings"],
)  # fmt: skip
def test_hostile_files_are_refused_without_reading_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], contents: bytes
) -> None:
    """Whatever the parser finds hardest: one line of readable length, and no long work."""
    path = tmp_path / "p.toml"
    path.write_bytes(contents)
    with pytest.raises(SystemExit):
        started(["--preset", str(path)])  # without the limit of size, the test's time runs out
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "p.toml" in said
    assert said[:-1].isprintable()
    assert len(said) < 500


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    """A folder, a pipe that nobody writes to, a link to itself, a device without end."""
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    for path in (tmp_path, tmp_path / "pipe.toml", tmp_path / "loop.toml", "/dev/zero"):
        with pytest.raises(PresetError) as refused:
            load_preset(type(tmp_path)(path))
        assert str(path) in str(refused.value)
