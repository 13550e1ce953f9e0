"""Sessions: a run is saved in a few kilobytes, and repeated to the last bit."""

from __future__ import annotations

import asyncio
import json
import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from experiments import (
    Action,
    Moment,
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
from tests.experiments.living import N_ACTIONS, lived, repeated
from tests.experiments.simulating import simulate
from tests.proofs import count

BATCHES = count(1, 5)


@pytest.mark.drill
@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_session_is_repeated_to_the_last_bit(
    tmp_path: Path, batch: int, record_property: Any
) -> None:
    """Sessions of 500 actions each: saved, read, and repeated without a window."""
    sessions = count(1, 10)
    record_property("count", f"{BATCHES * sessions} sessions")
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


@pytest.mark.usefixtures("compiled_unless_in_drill")
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
