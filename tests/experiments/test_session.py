"""Sessions: a run is saved in a few kilobytes, and repeated to the last bit."""

from __future__ import annotations

import asyncio
import json
import math
import os
import random
import subprocess
import sys
import time
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from experiments import (
    Action,
    Moment,
    ParameterError,
    Parameters,
    Session,
    SessionError,
    Simulation,
    Step,
    decode_session,
    encode_session,
    load_session,
    save_session,
    session_of,
)
from experiments.commands.command_line import main
from tests.experiments.simulating import simulate
from tests.proofs import count

N_ACTIONS = 500


def do_something(simulation: Simulation, rng: random.Random) -> None:
    """One thing that a user might do to a swarm."""
    if rng.random() < 0.5:
        name, value = rng.choice(
            [
                ("period", rng.uniform(1.0, 8.0)),
                ("nudge", rng.uniform(0.0, 2.0)),
                ("refractory", rng.uniform(0.1, 3.0)),
                ("jitter", rng.uniform(0.0, 0.5)),
                ("glow", rng.uniform(0.1, 1.0)),
                ("speed", rng.choice([0.5, 50.0, math.inf])),
            ]
        )
        try:
            simulation.change(**{name: value})
        except ParameterError:
            return  # refused: nothing has happened
    else:
        n = simulation.parameters.n_fireflies
        ids = rng.sample(range(n), rng.randint(1, n // 2))
        simulation.act(rng.choice(list(Action)), ids)


async def disturbed(simulation: Simulation, rng: random.Random, n_actions: int) -> Session:
    """Let a run go on while things are done to it, in steps of all kinds."""
    for _ in range(n_actions):
        do_something(simulation, rng)
        how = rng.random()
        if how < 0.1:
            simulation.step_flash()
        elif how < 0.15:
            simulation.step_period()
        elif how < 0.7:
            simulation.advance(rng.choice([0.0, 1e-3, 0.1, 1 / 3]), rng.choice([None, 1e-4]))
    simulation.settle()
    return session_of(simulation, "1.2.3")


def lived(seed: int, n_actions: int = N_ACTIONS) -> Session:
    """A run to which much is done."""
    rng = random.Random(seed)
    parameters = Parameters(side=rng.choice([4, 9]), seed=seed)
    return simulate(lambda simulation: disturbed(simulation, rng, n_actions), parameters)


async def repeated(session: Session, slice_s: float = math.inf) -> tuple[Session, Any]:
    """The session of a run that repeats one, and what it knows of R."""
    simulation = Simulation(session.parameters)
    following = simulation.follow(session)
    await simulation.start()
    try:
        while not following.is_over:
            simulation.run_until(min(following.horizon, simulation.now + slice_s), 1e-3)
        record = simulation.coherence
        known = (record.times.tolist(), record.values.tolist(), record.time_to_sync)
        return session_of(simulation, session.version), known
    finally:
        await simulation.aclose()


@pytest.mark.drill
@pytest.mark.parametrize("batch", range(5))
def test_a_session_is_repeated_to_the_last_bit(
    tmp_path: Path, batch: int, record_property: Any
) -> None:
    """Sessions of 500 actions each: saved, read, and repeated without a window."""
    sessions = count(1, 10)
    record_property("count", f"{5 * sessions} sessions")
    for k in range(sessions):
        session = lived(100 * batch + k)
        path = tmp_path / "run.fireflies"
        save_session(path, session)
        assert load_session(path) == session
        assert len(session.steps) > N_ACTIONS / 2
        whole, known = asyncio.run(repeated(session))
        assert whole == session
        assert asyncio.run(repeated(session, 0.07)) == (session, known)


def test_a_run_can_go_to_any_of_its_moments() -> None:
    """Back and forth between moments, it ends as if it had run through."""
    session = lived(7)
    _, known = asyncio.run(repeated(session))

    async def main() -> None:
        rng = random.Random(7)
        simulation = Simulation(session.parameters)
        simulation.follow(session)
        await simulation.start()
        moments: list[Moment] = [simulation.moment()]
        for _ in range(40):
            until = min(session.end, simulation.now + rng.choice([0.05, 0.5, 5.0]))
            simulation.run_until(until)
            moments.append(simulation.moment())
            if rng.random() < 0.4:
                there = rng.choice(moments)
                await simulation.go_to(there)
                simulation.follow(session)
                assert simulation.now == there.t
                assert session_of(simulation).digest == there.digest.hexdigest()
        simulation.run_until(session.end)
        assert session_of(simulation, "1.2.3") == session
        record = simulation.coherence
        assert (record.times.tolist(), record.values.tolist(), record.time_to_sync) == known
        await simulation.aclose()

    asyncio.run(main())


def test_a_run_that_is_followed_ends_with_one_verdict() -> None:
    """At its end and no sooner: the same, other flashes, or nobody knows; then time stands."""
    session = lived(3)

    async def verdict(followed: Session) -> bool | None:
        simulation = Simulation(followed.parameters)
        following = simulation.follow(followed)
        await simulation.start()
        simulation.run_until(followed.end - 1e-6)
        assert not following.is_over
        simulation.run_until(math.inf)
        assert simulation.now == followed.end
        assert following.verdict is not None
        assert following.verdict.found.hexdigest() == session.digest
        assert simulation.is_following
        with pytest.raises(RuntimeError, match="stop_following"):
            simulation.change(nudge=0.1)
        await simulation.aclose()
        return following.verdict.is_same

    async def main() -> None:
        assert await verdict(session) is True
        assert await verdict(replace(session, digest="0" * 64)) is False
        assert await verdict(replace(session, digest=None)) is None

    asyncio.run(main())


def test_what_is_asked_is_done_before_another_run_is_followed() -> None:
    """Nothing that waits gets lost in silence."""
    session = lived(3)

    async def body(simulation: Simulation) -> None:
        simulation.change(nudge=0.1)
        with pytest.raises(RuntimeError, match="settle"):
            simulation.follow(session)
        simulation.settle()
        simulation.follow(session)

    simulate(body, session.parameters)


def test_a_run_branches_where_its_script_is_left() -> None:
    """Until then it is the old run, from then on a new one that can be saved in turn."""
    session = lived(3)

    async def branch() -> Session:
        simulation = Simulation(session.parameters)
        simulation.follow(session)
        await simulation.start()
        simulation.run_until(session.end / 2)
        with pytest.raises(RuntimeError, match="stop_following"):
            simulation.change(nudge=0.1)
        with pytest.raises(RuntimeError, match="stop_following"):
            simulation.act(Action.REVIVE, [0])
        before = len(simulation.interventions)
        assert 0 < before < len(session.steps)
        simulation.stop_following()
        simulation.change(nudge=0.123)
        simulation.run_until(session.end)
        saved = session_of(simulation, "1.2.3")
        assert saved.steps[:before] == session.steps[:before]
        assert saved.steps[before:] == (Step(session.end / 2, (("nudge", 0.123),)),)
        await simulation.aclose()
        return saved

    saved = asyncio.run(branch())
    assert saved.digest != session.digest
    assert asyncio.run(repeated(saved))[0] == saved


def test_hours_take_a_few_kilobytes() -> None:
    """The file grows with what was done, not with time or fireflies."""

    async def body(simulation: Simulation) -> bytes:
        simulation.act(Action.SILENT, range(100, 400))
        simulation.run_until(3_600.0)
        return encode_session(session_of(simulation))

    assert len(simulate(body, Parameters(side=20, period=400.0))) < 1_000


def test_an_instant_under_way_is_not_saved() -> None:
    """What happens at it is not known yet."""

    async def body(simulation: Simulation) -> None:
        simulation.act(Action.FLASH_NOW, range(400))
        while simulation.settle(0.0) or simulation.is_complete:
            simulation.act(Action.FLASH_NOW, range(400))
            simulation.run_until(simulation.now + 1.0, 0.0)
        with pytest.raises(SessionError, match="not complete"):
            session_of(simulation)
        with pytest.raises(RuntimeError, match="not complete"):
            simulation.moment()

    simulate(body, Parameters(side=20))


# -- the file -------------------------------------------------------------------------------

GOOD = Session(
    Parameters(side=4, speed=math.inf),
    (
        Step(0.0, action=Action.SILENT, ids=((0, 2), (5, 1))),
        Step(1.5, change=(("period", 4.0), ("speed", math.inf))),
    ),
    2.0,
    3,
    "0" * 64,
    "0.1.0",
)


def edited(**fields: Any) -> bytes:
    """The good file by hand, which has no check sum, with other fields; None takes one away."""
    layout = {**json.loads(encode_session(GOOD)), "check": None, **fields}
    return json.dumps({k: v for k, v in layout.items() if v is not None}).encode()


def step(**fields: Any) -> bytes:
    """The good file with another second intervention."""
    first = json.loads(encode_session(GOOD))["interventions"][0]
    return edited(interventions=[first, {"t": 1.5, "order": 2, **fields}])


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (edited(fireflies=3), "fireflies: the file has format 3, made by a newer version"),
        (edited(fireflies=0), "fireflies must be"),
        (edited(fireflies=None), "it lacks the field fireflies"),
        (edited(fireflies="1"), "fireflies must be a whole number, got text"),
        (edited(end=1.0), "interventions[1].t must be from 0.0 s, the one before, to 1.0 s"),
        (edited(end=-1.0), "end must be"),
        (edited(end=1e300), "end must be from 0 s to 1e+12 s"),
        (edited(flashes=-1), "flashes must be >= 0"),
        (edited(digest="abc"), "digest must be 64 hexadecimal digits"),
        (edited(more=1), "it has an unknown field more"),
        (edited(check="12345678"), "check: the contents are not those that were saved"),
        (edited(parameters={"side": 4}), "parameters lacks the field period"),
        (step(), "interventions[1] must have a change or an action"),
        (step(change={"side": 5}), "interventions[1].change must name some of"),
        (step(change={"period": 0.5}), "interventions[1].change: refractory must be"),
        (step(change={"period": "max"}), "interventions[1].change.period must be a number"),
        (step(change={"speed": "fast"}), "interventions[1].change.speed must be a number or 'max'"),
        (step(change={"nudge": None}), "interventions[1].change"),
        (step(action="explode"), "interventions[1].action has an unknown value 'explode'"),
        (step(action="silent", ids=[[0, 17]]), "interventions[1].ids must be ascending runs"),
        (step(action="silent", ids=[[3, 1], [2, 1]]), "interventions[1].ids must be ascending"),
        (step(action="silent", ids=[[0, 0]]), "interventions[1].ids must be ascending"),
        (step(action="silent", ids=[[0]]), "interventions[1].ids[0] must be a list of length 2"),
        (step(action="silent", change={"nudge": 0.1}), "interventions[1] must have a change or"),
        (step(ids=[[0, 1]], change={"nudge": 0.1}), "interventions[1].ids must come with"),
        (step(order=3, action="silent"), "interventions[1].order must be 2, got 3"),
        (b"", "it ends in the middle"),
        (b"[]", "Fireflies: it must be named values, got a list"),
        (b"\x89PNG\r\n", "not a session file"),
        (b"[" * 100_000, "not a session file"),
        (encode_session(GOOD)[:-30], "it ends in the middle"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_by_name_and_field(
    tmp_path: Path, contents: bytes, words: str
) -> None:
    """One sentence: the file, the field, what is allowed."""
    path = tmp_path / "run.fireflies"
    path.write_bytes(contents)
    with pytest.raises(SessionError) as refused:
        load_session(path)
    text = str(refused.value)
    assert words in text
    assert str(path) in text
    assert "\n" not in text


def test_what_is_written_by_hand_needs_no_check_sum(tmp_path: Path) -> None:
    """A file without one is taken as it is, in any layout."""
    path = tmp_path / "run.fireflies"
    path.write_bytes(edited())
    assert load_session(path) == GOOD
    path.write_text(json.dumps(json.loads(edited()), indent=4))
    assert load_session(path) == GOOD


@pytest.mark.parametrize("make", ["folder", "missing", "zero byte", "huge", "device"])
def test_what_is_no_file_is_refused(tmp_path: Path, make: str) -> None:
    """A folder, a device, a file that is far too large or isn't there."""
    path = tmp_path / "run.fireflies"
    if make == "folder":
        path.mkdir()
    elif make == "zero byte":
        path = tmp_path / "a\0b"
    elif make == "device":
        path = Path(os.devnull)
    elif make == "huge":
        with path.open("wb") as file:
            file.truncate(1 << 34)
    with pytest.raises(SessionError, match=r"a folder|can't read|too large|not a file"):
        load_session(path)


def mutated(contents: bytes, rng: random.Random) -> bytes:
    """A session file to which something has happened."""
    data = bytearray(contents)
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        at = rng.randrange(len(data))
        how = rng.randrange(7)
        if how == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            data[at : at + rng.randint(1, 20)] = b""
        elif how == 2:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 8)))
        elif how == 3:
            del data[at + 1 :]
        elif how == 4:
            data[at : at + 1] = rng.choice(
                [b"9", b"-", b"1e308", b"null", b"[]", b"{}", b'"', b"\0"]
            )
        elif how == 5:
            end = rng.randrange(len(data))
            data[at:at] = data[min(at, end) : max(at, end)]
        else:
            number = rng.choice([b"1e999", b"-1", b"NaN", b"18446744073709551616", b"true"])
            data[:] = bytes(data).replace(rng.choice([b"1", b"0.2", b"5.0", b"4"]), number, 1)
        if not data:
            break
    return bytes(data)


@pytest.mark.drill
def test_mutated_session_files(tmp_path: Path, capfd: Any, record_property: Any) -> None:
    """Mutated session files: read as if nothing were, or refused by name and in one line."""
    n = count(300, 2_000)
    rng = random.Random(11)
    path = tmp_path / "run.fireflies"
    originals = [encode_session(lived(k, 60)) for k in range(3)]
    refused, longest = 0, 0.0
    for k in range(n):
        original = rng.choice(originals)
        contents = mutated(original, rng)
        if k % 2:  # as if written by hand: each field has to stand for itself
            contents = contents.partition(b',\n"check"')[0] + b"}"
        path.write_bytes(contents)
        began = time.perf_counter()
        try:
            load_session(path)
        except SessionError as error:
            text = str(error)
            assert str(path) in text
            assert "\n" not in text
            assert len(text) < 600
            refused += 1
        longest = max(longest, time.perf_counter() - began)
    record_property("count", f"{n} files, the longest took {1e3 * longest:.0f} ms")
    assert refused > n / 2
    path.write_bytes(mutated(originals[0], random.Random(0)))
    with pytest.raises(SystemExit) as left:
        main(["--session", str(path)])
    assert left.value.code == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n"), str(path) in err) == ("", 1, True)


def test_a_check_sum_sees_every_changed_byte() -> None:
    """Whatever byte differs, the file isn't taken for the one that was saved."""
    contents = encode_session(GOOD)
    text, _, _ = contents.rpartition(b',\n"check"')
    assert json.loads(contents)["check"] == f"{zlib.crc32(text):08x}"
    for at in range(len(text)):
        other = bytearray(contents)
        other[at] ^= 1
        with pytest.raises(SessionError):
            decode_session(bytes(other), "it")


# -- saving ---------------------------------------------------------------------------------

_SAVER = """
import sys
from pathlib import Path
from experiments import load_session, save_session
from dataclasses import replace
path = Path(sys.argv[1])
session = load_session(path)
print("ready", flush=True)
for version in range(10**9):
    save_session(path, replace(session, version=f"{version}"))
"""


@pytest.mark.drill
@pytest.mark.slow
def test_a_save_that_is_interrupted_leaves_the_old_or_the_new_file(
    tmp_path: Path, record_property: Any
) -> None:
    """A process that saves over and over, killed with -9 at any moment."""
    n = count(6, 200)
    record_property("count", f"{n} kills")
    session = replace(lived(1, 3_000), version="first")
    rng = random.Random(5)
    for _ in range(n):
        path = tmp_path / "run.fireflies"
        save_session(path, session)
        with subprocess.Popen(
            [sys.executable, "-c", _SAVER, str(path)], stdout=subprocess.PIPE
        ) as saver:
            assert saver.stdout is not None
            assert saver.stdout.readline() == b"ready\n"
            time.sleep(rng.uniform(0.0, 0.05))
            saver.kill()
        found = load_session(path)
        assert replace(found, version="first") == session


@pytest.mark.parametrize("step_number", range(4))
def test_a_save_that_fails_at_any_step_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step_number: int
) -> None:
    """Opening, writing, flushing or putting it in place: the error is told, the file is whole."""
    path = tmp_path / "run.fireflies"
    save_session(path, GOOD)

    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    target, name = [(Path, "open"), (os, "fsync"), (os, "replace"), (os, "fsync")][step_number]
    with monkeypatch.context() as broken:
        broken.setattr(target, name, fail)
        with pytest.raises(SessionError, match=r"can't write .*: No space left"):
            save_session(path, replace(GOOD, version="other"))
    assert load_session(path) == GOOD
    assert os.listdir(tmp_path) == ["run.fireflies"]


# -- the command line -----------------------------------------------------------------------


def ran(capfd: Any, *arguments: str) -> tuple[int, Any, str]:
    """Exit code, report and stderr of ``fireflies run``."""
    try:
        code = main(arguments)
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capfd.readouterr()
    return code, json.loads(out) if out else None, err


def test_a_run_is_saved_and_repeated_from_the_command_line(tmp_path: Path, capfd: Any) -> None:
    """``--save`` writes what ``--session`` repeats, and it says that it is the same."""
    path = str(tmp_path / "run.fireflies")
    code, first, _ = ran(capfd, "--side", "8", "--seconds", "20", "--nudge", "0.4", "--save", path)
    assert code == 0
    code, again, err = ran(capfd, "--session", path)
    assert (code, err) == (0, "")
    assert again["digest"] == first["digest"]
    assert again["session"] == {
        "end": 20.0,
        "interventions": 0,
        "flashes": first["flashes"],
        "digest": first["digest"],
        "identical": True,
    }
    code, longer, _ = ran(capfd, "--session", path, "--seconds", "30")
    assert (code, longer["virtual_s"], longer["session"]["identical"]) == (0, 30.0, True)
    assert longer["flashes"] > first["flashes"]


def test_a_preset_with_an_opening_is_saved_with_it(tmp_path: Path, capfd: Any) -> None:
    """What was done at t = 0 is part of the session."""
    path = tmp_path / "walls.fireflies"
    ran(capfd, "--preset", "two-islands", "--seconds", "2", "--save", str(path))
    assert load_session(path).steps
    code, again, _ = ran(capfd, "--session", str(path))
    assert (code, again["session"]["identical"]) == (0, True)


def test_a_session_that_comes_out_differently_is_said_to(tmp_path: Path, capfd: Any) -> None:
    """The report says so, and so does the exit code."""
    path = tmp_path / "run.fireflies"
    path.write_bytes(edited())
    code, report, err = ran(capfd, "--session", str(path))
    assert code == 1
    assert report["session"]["identical"] is False
    assert (
        err == f"fireflies run: {path} was not repeated exactly: other flashes than those saved\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--session", "{file}", "--side", "5"], "--side does not go with --session"),
        (["--session", "{file}", "--preset", "waves"], "--preset does not go with --session"),
        (["--session", "{file}", "--seconds", "1"], "--seconds must be >= the end of the session"),
        (["--session", "{folder}/none.fireflies"], "No such file"),
        (["--session", "{folder}"], "is a folder"),
        (["--save", "{folder}/a.txt"], "must end in .fireflies"),
        (["--save", "{folder}/none/a.fireflies"], "can't be written: No such file"),
    ],
)
def test_what_is_wrong_with_a_session_is_one_line(
    tmp_path: Path, capfd: Any, arguments: list[str], words: str
) -> None:
    """On stderr, with exit code 2, before anything runs."""
    file = tmp_path / "run.fireflies"
    file.write_bytes(edited())
    given = [each.format(file=file, folder=tmp_path) for each in arguments]
    code, report, err = ran(capfd, *given)
    assert (code, report) == (2, None)
    assert words in err
    assert err.count("\n") == 1


def test_a_session_too_large_for_workflows_is_refused(tmp_path: Path, capfd: Any) -> None:
    """As it is everywhere, with the memory it would take."""
    file = tmp_path / "run.fireflies"
    values = Parameters(side=1_000).as_dict()
    file.write_bytes(edited(parameters=values, interventions=[]))
    code, _, err = ran(capfd, "--session", str(file))
    assert code == 2
    assert "parameters.side must be at most 300" in err


@pytest.mark.parametrize(
    ("known", "code", "identical"),
    [({}, 0, None), ({"flashes": 16}, 0, None), ({"flashes": 3}, 1, False)],
)
def test_a_session_without_a_digest_is_repeated(
    tmp_path: Path, capfd: Any, known: dict[str, int], code: int, identical: bool | None
) -> None:
    """Written by hand it can have none: there is nothing to compare with, and that is no fault."""
    path = tmp_path / "run.fireflies"
    parameters = Parameters(side=4, nudge=0.0, jitter=0.0).as_dict()
    path.write_text(
        json.dumps(
            {"fireflies": 1, "parameters": parameters, "interventions": [], "end": 5} | known
        )
    )
    left, report, _ = ran(capfd, "--session", str(path))
    assert (left, report["session"]["identical"]) == (code, identical)
    assert report["flashes"] == 16


def test_flash_now_is_now_and_earlier_files_keep_their_rounding() -> None:
    """At the very t, though t - period + period rounds up; a file of layout 1 as it was then."""
    t, rounded = 0.1, (0.1 - 4.0) + 4.0
    assert rounded > t

    async def repeated(layout: Any) -> Any:
        parameters = Parameters(side=3, period=4.0, nudge=0.0, jitter=0.0).as_dict()
        step = {"t": 0.1, "order": 1, "action": "flash_now", "ids": [[2, 1]]}
        file = {"fireflies": layout, "parameters": parameters, "interventions": [step], "end": 0.2}
        session = decode_session(json.dumps(file), "it")
        simulation = Simulation(session.parameters)
        simulation.follow(session)
        await simulation.start()
        simulation.run_until(session.end)
        times, ids, _ = simulation.flashes.read()
        again = decode_session(encode_session(session_of(simulation)), "again")
        await simulation.aclose()
        assert [step.action for step in again.steps] == [step.action for step in session.steps]
        return list(zip(times, ids, strict=True))

    assert (t, 2) in asyncio.run(repeated(2))
    assert (rounded, 2) in asyncio.run(repeated(1))
