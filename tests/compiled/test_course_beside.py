"""Time that passes on another thread: the same run, whoever looks at it when."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from cascade import Progress
from experiments import Action, Parameters, Session, Simulation, session_of
from experiments.population import factory
from experiments.population.compiled.population import CompiledPopulation
from gui.controllers import advancing
from gui.models.brush import Brush
from tests.compiled.conftest import COMPILED
from tests.experiments.simulating import flashes_of, simulate
from tests.gui.staged import Stage, run_staged

ENDLESS_S = 3_600.0
PARAMETERS = Parameters(side=9, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)


def pass_beside(simulation: Simulation, t: float) -> None:
    """Let time pass until `t`, however long that takes the other thread."""
    simulation.run_beside(t, ENDLESS_S)
    if simulation.under_way is not None:
        simulation.under_way.result()


async def repeated(session: Session) -> tuple[str, np.ndarray]:
    """Digest and samples of the run of a session, on one thread."""
    simulation = Simulation(session.parameters)
    await simulation.start()
    simulation.follow(session)
    assert simulation.run_until(session.end).reached
    simulation.sample()
    digest = simulation.flashes.digest().hexdigest()
    await simulation.aclose()
    return digest, simulation.coherence.values


@pytest.mark.parametrize("seed", range(8))
def test_a_run_is_the_same_whoever_meets_it_when(seed: int) -> None:
    """Ended at random places, changed and touched meanwhile, it is what its session says."""
    chance = random.Random(seed)

    async def body(simulation: Simulation) -> tuple[Session, np.ndarray]:
        while simulation.now < 12.0:
            simulation.run_beside(simulation.now + 3.0 * chance.random(), ENDLESS_S)
            doing = chance.randrange(6)
            if doing == 0:
                simulation.change(nudge=0.2 * chance.random(), jitter=0.05 * chance.random())
            elif doing == 1:
                simulation.act(Action.SCRAMBLE, chance.sample(range(81), 5))
            elif doing == 2:
                simulation.meet()
            elif doing == 3:
                simulation.run_until(simulation.now + chance.random())
            elif simulation.under_way is not None:
                simulation.under_way.result()
        simulation.settle()
        simulation.sample()
        return session_of(simulation), simulation.coherence.values

    session, samples = simulate(body, PARAMETERS.replace(seed=seed))
    assert len(session.steps) > 2
    digest, expected = asyncio.run(repeated(session))
    assert session.digest == digest
    assert np.array_equal(samples, expected)


def test_a_repeated_run_passes_beside_as_well() -> None:
    """Each intervention at its time, and the end where it was."""

    async def first(simulation: Simulation) -> Session:
        for k in range(6):
            simulation.run_until(k + 0.3)
            simulation.change(nudge=0.01 * (k + 1))
            simulation.act(Action.FLASH_NOW, [k, 2 * k])
        simulation.run_until(7.0)
        return session_of(simulation)

    session = simulate(first, PARAMETERS)

    async def again(simulation: Simulation) -> bool | None:
        following = simulation.follow(session)
        while following.verdict is None:
            pass_beside(simulation, simulation.now + 100.0)
            simulation.settle()
        assert simulation.now == session.end
        return following.verdict.is_same

    assert simulate(again, PARAMETERS) is True


class Held:
    """Holds the other thread in the middle of its work, from :meth:`begin` on, until let go."""

    def __init__(self) -> None:
        self.is_there, self._may_go = threading.Event(), threading.Event()
        self._may_go.set()

    def begin(self) -> None:
        self._may_go.clear()

    def let_go(self) -> None:
        self._may_go.set()

    def wait(self) -> None:
        """For the one that was let go of."""
        if not self._may_go.is_set():
            self.is_there.set()
            assert self._may_go.wait(60.0)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    held, owner, run_until = Held(), threading.get_ident(), CompiledPopulation.run_until

    def slowly(self: CompiledPopulation, t: float, budget_s: float | None = None) -> Progress:
        progress = run_until(self, t, budget_s)
        if threading.get_ident() != owner:
            held.wait()
        return progress

    monkeypatch.setattr(CompiledPopulation, "run_until", slowly)
    yield held
    held.let_go()


def test_what_is_shown_stays_until_somebody_meets(held: Held) -> None:
    """Time, phases, flashes, samples and wakes are of one instant, whatever goes on beside."""

    def seen(simulation: Simulation) -> dict[str, object]:
        instant = simulation.instant
        return {
            "time": (simulation.now, instant.t),
            "wakes": simulation.wakes,
            "phases": (instant.order, instant.zero.tobytes()),
            "flashes": (instant.n_flashes, flashes_of(simulation)),
            "samples": len(simulation.coherence),
        }

    async def body(simulation: Simulation) -> None:
        simulation.run_until(2.0)
        before = seen(simulation)
        held.begin()
        simulation.run_beside(5.0, ENDLESS_S)
        assert held.is_there.wait(60.0)
        assert seen(simulation) == before
        held.let_go()
        assert simulation.under_way is not None
        simulation.under_way.result()
        assert seen(simulation) == before
        simulation.meet()
        assert simulation.now == 5.0
        assert len(simulation.coherence) == 50
        after = seen(simulation)
        assert all(after[name] != before[name] for name in before)

    simulate(body, PARAMETERS)


def test_a_hand_is_applied_at_the_next_instant(held: Held) -> None:
    """What is done while time passes beside waits for nothing, and is done where that ends."""

    async def body(simulation: Simulation) -> None:
        simulation.run_until(2.0)
        held.begin()
        simulation.run_beside(5.0, ENDLESS_S)
        assert held.is_there.wait(60.0)
        simulation.act(Action.FLASH_NOW, [4, 5])
        simulation.change(nudge=0.0)
        assert not simulation.interventions
        assert simulation.pending.nudge == 0.0
        assert simulation.parameters.nudge == PARAMETERS.nudge
        held.let_go()
        assert simulation.settle()
        first, second = simulation.interventions
        assert first.t == second.t == simulation.now
        assert 2.0 <= simulation.now <= 5.0
        assert {(first.t, 4), (first.t, 5)} <= set(flashes_of(simulation))
        simulation.run_until(9.0)
        session = session_of(simulation)
        assert (await repeated(session))[0] == session.digest

    simulate(body, PARAMETERS)


def threads_beside() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name.startswith("fireflies")]


@pytest.mark.parametrize("way", ["close", "restart", "go to"])
def test_fireflies_end_in_the_middle_of_it(way: str) -> None:
    """However much is still to come; no thread is left, and the next ones are not touched."""

    async def main() -> None:
        simulation = Simulation(PARAMETERS)
        await simulation.start()
        simulation.run_until(1.0)
        moment, text = simulation.moment(), simulation.flashes.digest().hexdigest()
        simulation.run_beside(1e9, ENDLESS_S)
        if way == "restart":
            await simulation.restart()
            assert simulation.now == 0.0
            simulation.run_until(1.0)
            assert simulation.flashes.digest().hexdigest() == text
        elif way == "go to":
            await simulation.go_to(moment)
            assert simulation.now == 1.0
        simulation.run_beside(1e9, ENDLESS_S)
        await simulation.aclose()
        assert not threads_beside()

    asyncio.run(main())


# -- in the window -----------------------------------------------------------------------


@pytest.fixture
def _beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run passes beside its pictures, compiled or not, and however small."""
    monkeypatch.setattr(advancing, "WORTH_A_THREAD_S", 0.0)
    kind = dataclasses.replace(COMPILED, runs_beside=lambda: True)
    monkeypatch.setattr(factory, "KINDS", (kind,))


async def play_until(stage: Stage, condition: Callable[[], bool]) -> None:
    """Frames, until it holds."""
    while not condition():
        await stage.play(1 / 60)


@pytest.mark.usefixtures("_beside")
def test_the_window_holds_the_speed_and_shows_what_a_run_without_it_shows() -> None:
    """Played, painted on, paused and played on: the same flashes, and no time that is not due."""

    async def body(stage: Stage) -> None:
        simulation = stage.simulation
        await stage.play(1.0)
        await play_until(stage, lambda: simulation.now > 0.5)
        await stage.paint(Brush.FLASH, (2, 2), (3, 4))
        stage.controller.move_value("nudge", 0.2)
        await play_until(stage, lambda: len(simulation.interventions) >= 3)
        stage.controller.toggle_play()
        await stage.play(0.2)
        await play_until(stage, lambda: simulation.under_way is None)
        paused_at = simulation.now
        await stage.play(1.0)
        assert simulation.now == paused_at <= stage.wall
        stage.controller.toggle_play()
        await play_until(stage, lambda: simulation.now > paused_at + 2.0)
        simulation.settle()
        assert simulation.now <= stage.wall
        session = session_of(simulation)
        assert (await repeated(session))[0] == session.digest
        assert len(np.unique(stage.screen.frames[-1])) > 1

    run_staged(body)


@pytest.mark.usefixtures("_beside")
def test_a_frame_may_bring_many_samples() -> None:
    """Time that passes beside doesn't stop where a sample is due."""

    async def body(stage: Stage) -> None:
        stage.controller.move_value("speed", 60.0)
        lengths = [0]
        while lengths[-1] < 100:
            await stage.play(1 / 60)
            lengths.append(len(stage.simulation.coherence))
        assert max(np.diff(lengths)) >= 5
        stage.simulation.settle()
        stage.simulation.sample()
        session = session_of(stage.simulation)
        digest, samples = await repeated(session)
        assert digest == session.digest
        assert np.array_equal(stage.simulation.coherence.values, samples)

    run_staged(body)


@pytest.mark.usefixtures("_beside")
def test_an_error_beside_is_told_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pump's handler has it, once; the next frame comes."""
    owner, run_until = threading.get_ident(), CompiledPopulation.run_until
    errors: list[Exception] = []

    def fails(self: CompiledPopulation, t: float, budget_s: float | None = None) -> Progress:
        if threading.get_ident() != owner and not errors:
            raise MemoryError("no room for flashes")
        return run_until(self, t, budget_s)

    async def body(stage: Stage) -> None:
        monkeypatch.setattr(CompiledPopulation, "run_until", fails)
        stage.pump.on_error = errors.append
        await play_until(stage, lambda: bool(errors))
        before = stage.simulation.now
        await play_until(stage, lambda: stage.simulation.now > before + 0.5)
        (error,) = errors
        assert str(error) == "no room for flashes"

    run_staged(body)


@pytest.mark.usefixtures("_beside")
def test_cancelling_a_frame_leaves_the_run_whole(held: Held) -> None:
    """The pump ends while it waits for the other thread; the run goes on from there."""

    async def body(stage: Stage) -> None:
        await play_until(stage, lambda: stage.simulation.now > 0.2)
        stage.simulation.meet()
        held.begin()
        await play_until_held(held, stage)
        waiting = asyncio.create_task(stage.pump.step(stage.wall))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        held.let_go()
        stage.simulation.run_until(stage.simulation.now + 1.0)
        session = session_of(stage.simulation)
        assert (await repeated(session))[0] == session.digest

    run_staged(body)


async def play_until_held(held: Held, stage: Stage) -> None:
    """Frames, until the other thread is in the middle of its work."""
    while stage.simulation.under_way is None:
        stage.wall += 1 / 60
        await stage.pump.step(stage.wall)
    assert held.is_there.wait(60.0)


def test_little_work_is_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another thread is not worth shows in the frame in which it is owed, as workflows do."""
    kind = dataclasses.replace(COMPILED, runs_beside=lambda: True)
    monkeypatch.setattr(factory, "KINDS", (kind,))
    monkeypatch.setattr(advancing, "WORTH_A_THREAD_S", 1e9)

    async def body(stage: Stage) -> None:
        await play_until(stage, lambda: stage.simulation.now > 0.0)
        for _ in range(30):
            await stage.play(1 / 60)
            assert stage.simulation.under_way is None
        assert stage.simulation.now == pytest.approx(stage.wall - 1 / 60)

    run_staged(body)
