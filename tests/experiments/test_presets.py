"""Preset files and openings: what is written comes back, and what is damaged is refused."""

import asyncio
import math
import os
import random

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
    Simulation,
    Status,
    as_file,
    check_openings,
    find_preset,
    load_preset,
    open_with,
    save_preset,
    slug,
)
from experiments.headless import run_headless

N_DAMAGED = 200

openings = st.builds(
    Opening,
    st.sampled_from(Action),
    *(st.integers(0, 49), st.integers(0, 49), st.integers(1, 50), st.integers(1, 50)),
)


@st.composite
def parameters(draw):
    """Any allowed parameters."""
    period = draw(st.floats(1e-3, 3_600.0))
    refractory = draw(st.floats(1e-6, period, exclude_max=True))
    return Parameters(
        side=draw(st.integers(3, 300)),
        period=period,
        nudge=draw(st.floats(0.0, period)),
        refractory=refractory,
        jitter=draw(st.floats(0.0, refractory, exclude_max=True)),
        glow=draw(st.floats(1e-3, 1.0)),
        speed=draw(st.one_of(st.floats(0.05, 1_000.0), st.just(math.inf))),
        seed=draw(st.integers(0, 2**64 - 1)),
    )


@given(parameters(), st.text(), st.text(), st.lists(openings, max_size=4))
def test_what_is_saved_comes_back_to_the_last_bit(tmp_path_factory, asked, name, text, opening):
    """Names of any characters, floats by their shortest repr, max as a word."""
    path = tmp_path_factory.getbasetemp() / "preset.toml"
    saved = PresetFile(name, text, asked.as_dict(), tuple(opening))
    save_preset(path, saved)
    loaded = load_preset(path)
    assert Parameters(**loaded.values) == asked
    assert (loaded.name, loaded.description, loaded.opening) == (name, text, tuple(opening))


def test_saving_replaces_a_file_whole_or_not_at_all(tmp_path, monkeypatch):
    """Where the last step fails the old file is as it was, and nothing else is left."""
    path = tmp_path / "mine.toml"
    save_preset(path, PresetFile("old", "", {"nudge": 0.1}))

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(PresetError, match=r"can't write .*mine.toml: No space left on device"):
        save_preset(path, PresetFile("new", "", {"nudge": 0.2}))
    assert load_preset(path).name == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["mine.toml"]


def test_every_preset_of_the_gallery_is_allowed_saved_and_found(tmp_path):
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


def test_a_file_goes_before_a_name_and_what_is_neither_is_told(tmp_path, monkeypatch):
    """With the one that was probably meant."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PresetError, match=r"there is no two-iland; did you mean two-islands\?"):
        find_preset("two-iland")
    with pytest.raises(PresetError, match=r"can't read .*whisper.toml: No such file"):
        find_preset("whisper.toml")
    save_preset(tmp_path / "whisper", PresetFile("mine", "", {"nudge": 0.5}))
    assert find_preset("whisper").name == "mine"


# -- openings ---------------------------------------------------------------------------


def test_an_opening_covers_its_rectangle_and_wraps_around():
    """Column by column as the grid does."""
    assert Opening(Action.SILENT, 1, 0, 2, 2).ids(5) == (1, 2, 6, 7)
    assert sorted(Opening(Action.SILENT, 4, 4, 2, 2).ids(5)) == [0, 4, 20, 24]
    assert len(set(Opening(Action.SILENT, 3, 2, 5, 5).ids(5))) == 25


@pytest.mark.parametrize(
    ("name", "value"), [("x", 5), ("x", -1), ("y", 9), ("width", 0), ("height", 6)]
)
def test_an_opening_that_does_not_fit_is_refused_by_name(name, value):
    """With what was given and what is allowed."""
    given = {"x": 0, "y": 0, "width": 1, "height": 1, name: value}
    with pytest.raises(ParameterError, match=rf"opening: {name} must be .*from .*, got {value}$"):
        check_openings([Opening(Action.BLIND, **given)], 5)


def test_an_opening_is_an_ordinary_action_at_t_0():
    """It is recorded, counted, and repeated by a headless run with the same digest."""
    asked = Parameters(side=6, period=1.0, nudge=0.1, refractory=0.2, jitter=0.05)
    opening = (Opening(Action.SCRAMBLE, 0, 0, 3, 3), Opening(Action.SILENT, 2, 2, 2, 1))

    async def by_hand():
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


# -- damage -----------------------------------------------------------------------------


def damaged(number):
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
        contents = dice.choice([b" " * 1_000_001, b"[parameters]\nside = 2", b"parameters = 3"])
    return contents


def refusal(path):
    """Why a preset file can't be used, or nothing."""
    try:
        loaded = load_preset(path)
        check_openings(loaded.opening, Parameters(**loaded.values).side)
    except (PresetError, ParameterError) as error:
        return error
    return None


@pytest.mark.parametrize("batch", range(4))
def test_damaged_files_are_refused_in_one_line_that_names_them(tmp_path, batch):
    """200 of them; a few are still good, and then their values are allowed."""
    each = N_DAMAGED // 4
    refused = []
    for number in range(batch * each, (batch + 1) * each):
        path = tmp_path / f"preset-{number}.toml"
        path.write_bytes(damaged(number))
        refused.append((path.name, refusal(path)))
    refused = [(name, error) for name, error in refused if error is not None]
    for name, error in refused:
        assert "\n" not in str(error)
        assert len(str(error)) < 600, error
        assert name in str(error) if isinstance(error, PresetError) else "must be" in str(error)
    assert len(refused) > 0.7 * each


def test_what_is_no_file_is_refused_at_once(tmp_path):
    """A folder, a pipe that nobody writes to, a link to itself, a device without end."""
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    for path in (tmp_path, tmp_path / "pipe.toml", tmp_path / "loop.toml", "/dev/zero"):
        with pytest.raises(PresetError) as refused:
            load_preset(type(tmp_path)(path))
        assert str(path) in str(refused.value)
