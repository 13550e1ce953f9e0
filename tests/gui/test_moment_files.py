"""After a crash the end of a long run is there at once, from its last state."""

from __future__ import annotations

import asyncio
import hashlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from experiments import (
    Action,
    CoherenceRecord,
    Moment,
    Simulation,
    load_moment,
    load_session,
    moment_encoder,
    session_of,
)
from gui.controllers import autosave as autosave_module
from gui.controllers.autosave import Autosave
from gui.controllers.run_files import RunFiles
from gui.controllers.session_keeper import SessionKeeper
from gui.kept.run_folder import RunFolder, moment_path
from tests.gui.saved_runs import left_by_a_kill
from tests.gui.staged import SMALL, Stage

LATE = SMALL.replace(delay=0.7, loss=0.1, spread=0.1)
"""Of these there are pulses in flight at any time."""


@pytest.fixture
def cut_off(
    cut_off_once: tuple[Path, Moment], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Moment]:
    """A run of 60 s that was saved and then cut off: its file, and its state at the end."""
    monkeypatch.setattr(autosave_module, "WORTH_A_MOMENT", 100)
    path, end = cut_off_once
    shutil.copytree(path.parent, tmp_path / "runs")
    return tmp_path / "runs" / path.name, end


@pytest.fixture(scope="module")
def cut_off_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Moment]:
    """The same, which nobody writes to."""
    tmp_path = tmp_path_factory.mktemp("once")

    async def main() -> tuple[Path, Moment]:
        stage = Stage(LATE)
        await stage.pump.begin()
        folder = RunFolder(tmp_path / "first runs")
        autosave = Autosave(
            SessionKeeper(stage.simulation),
            stage.current,
            stage.screen,
            folder,
            stage.pump.painting,
        )
        await stage.pump.run_ahead(30.0)
        stage.simulation.act(Action.SILENT, [3, 4, 5])
        stage.simulation.change(nudge=0.03)
        await stage.pump.run_ahead(50.0)
        await autosave.save_when_complete()
        await stage.pump.run_ahead(60.0)
        await autosave.save_when_complete()  # no moment: the last one is not 30 s old
        left_by_a_kill(folder, tmp_path / "runs")
        (path,) = (tmp_path / "runs").glob("*.fireflies")
        end = stage.simulation.moment()
        autosave.close()
        await stage.simulation.aclose()
        return path, end

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(autosave_module, "WORTH_A_MOMENT", 100)
        return asyncio.run(main())


def restore(path: Path, until: Callable[[Stage], bool] | None = None) -> tuple[Stage, list[float]]:
    """Restore a run in a fresh window as the notice does; gives the stage at its end."""

    async def main() -> tuple[Stage, list[float]]:
        stage = Stage(SMALL.replace(side=4))
        await stage.pump.begin()
        folder = RunFolder(path.parent)
        files = RunFiles(stage.simulation, stage.intent, stage.screen, stage.controller, folder)
        files.restore(path)
        went: list[float] = []
        for _ in range(5_000):
            stage.pump.allowance.budget_s = 0.001 if went else 0.0  # a few wakes
            stage.wall += 1 / 60
            await stage.pump.step(stage.wall)
            went.append(stage.simulation.now)
            if stage.current.session is None or (until is not None and until(stage)):
                break
        await stage.simulation.aclose()
        return stage, went

    return asyncio.run(main())


def test_a_run_is_restored_from_its_last_state_and_goes_on_as_it_would_have(
    cut_off: tuple[Path, Moment],
) -> None:
    """Nothing before is repeated; phases, counts, statuses, R and interventions are the same."""
    path, end = cut_off
    stage, went = restore(path)
    assert 50.0 <= went[0] < 50.5
    stage.simulation.sample()  # as at the end of the run that was cut off
    found = stage.simulation.moment()
    assert found.t == 60.0
    for name in ("zero", "counts", "status"):
        assert np.array_equal(getattr(found.checkpoint, name), getattr(end.checkpoint, name))
    assert found.checkpoint.n_actions == end.checkpoint.n_actions
    assert len(end.checkpoint.pulses)
    assert found.checkpoint.pulses.tolist() == end.checkpoint.pulses.tolist()
    assert found.digest.n == end.digest.n
    assert np.array_equal(found.coherence.values, end.coherence.values)
    assert found.interventions == list(end.interventions)
    assert stage.simulation.parameters.nudge == 0.03
    assert "state at 50 s" in stage.screen.toasts[-1]
    assert "not compared" in stage.screen.toasts[-1]


def test_what_is_saved_after_that_claims_no_digest(cut_off: tuple[Path, Moment]) -> None:
    """The number of flashes is known, a digest of all of them is not; the session can be read."""
    path, end = cut_off
    stage, _ = restore(path)
    session = session_of(stage.simulation)
    assert (session.n_flashes, session.digest) == (end.digest.n, None)
    assert load_session(path).is_matched_by(stage.simulation.flashes.digest()) is None


@pytest.mark.parametrize("damage", ["cut", "flipped", "another", "none"])
def test_without_a_state_that_can_be_used_the_run_is_repeated(
    cut_off: tuple[Path, Moment], damage: str
) -> None:
    """Cut off, damaged, of another run or not there: from the beginning, and all is compared."""
    path, end = cut_off
    moment = moment_path(path)
    contents = bytearray(moment.read_bytes())
    if damage == "cut":
        moment.write_bytes(contents[: len(contents) // 2])
    elif damage == "flipped":
        contents[len(contents) // 2] ^= 1
        moment.write_bytes(contents)
    elif damage == "none":
        moment.unlink()
    else:
        moment.write_bytes(moment_of_another_run())
    stage, went = restore(path)
    assert 0.0 <= went[0] < 0.5
    assert stage.simulation.now == 60.0
    assert stage.simulation.flashes.digest().hexdigest() == end.digest.hexdigest()
    assert any(words.startswith("Restoring the run: ") for words in stage.screen.notes)
    assert stage.screen.notes[-1] == ""


def moment_of_another_run() -> bytes:
    """A whole file, of a run with another seed."""

    async def main() -> bytes:
        simulation = Simulation(SMALL.replace(seed=9))
        await simulation.start()
        simulation.run_until(50.0)
        await simulation.aclose()
        return moment_encoder(simulation.moment(), np.zeros((2, 36)))()

    return asyncio.run(main())


def test_restoring_can_be_cancelled(cut_off: tuple[Path, Moment]) -> None:
    """The run goes on from where it is by then, and the controls are the user's."""
    path, _ = cut_off
    moment_path(path).unlink()

    def cancel(stage: Stage) -> bool:
        if 0.0 < stage.simulation.now < 60.0:
            stage.intent.wants_cancel = True
        return False

    stage, _ = restore(path, until=cancel)
    assert stage.current.session is None
    assert stage.screen.notes[-1] == ""


def test_a_run_that_ends_leaves_no_state_behind(cut_off: tuple[Path, Moment]) -> None:
    """It is of use to those cut off alone."""
    path, _ = cut_off
    assert moment_path(path).exists()
    RunFolder(path.parent).note_ended(path)
    assert path.exists()
    assert not moment_path(path).exists()


def test_a_record_of_R_that_has_let_go_of_samples_comes_back_as_it_was() -> None:
    """Samples, extremes, band and time to synchrony; and it goes on in the same way."""
    record = CoherenceRecord(36, most=64)
    rng = np.random.default_rng(1)
    values = rng.uniform(0.0, 0.9, 400)
    for k in range(300):
        record.add(k * 0.1, complex(values[k]), 1.0, 0.1 if k > 200 else 0.0)
    told, arrays = record.told()
    again = CoherenceRecord.of_told(36, told, arrays)
    for k in range(300, 400):
        for each in (record, again):
            each.add(k * 0.1, complex(values[k]), 1.0, 0.1)
    assert np.array_equal(again.values, record.values)
    assert np.array_equal(again.mean_phases, record.mean_phases)
    for begin, end in ((0.0, 40.0), (1.0, 9.0)):
        assert np.array_equal(again.drawn(begin, end, 50), record.drawn(begin, end, 50))
    assert np.array_equal(again.band_steps(), record.band_steps())
    assert again.mark() == record.mark()


def test_a_moment_of_a_later_time_than_the_session_is_none_of_it(
    tmp_path: Path, cut_off: tuple[Path, Moment]
) -> None:
    """The session that was saved last may be older than the state: then it is no help."""
    path, _ = cut_off
    session = load_session(path)
    assert load_moment(moment_path(path), session) is not None
    earlier = type(session)(session.parameters, session.steps, 40.0)
    assert load_moment(moment_path(path), earlier) is None


def test_what_is_no_moment_though_its_check_sum_is_right_is_none(
    cut_off: tuple[Path, Moment],
) -> None:
    """Empty, no archive, a compressed one, one without what a moment has: the run is repeated."""
    path, _ = cut_off
    session, moment = load_session(path), moment_path(path)
    whole = moment.read_bytes()
    beginning = whole[: whole.index(b"\n") + 1]
    payload = whole[len(beginning) + hashlib.sha256().digest_size :]
    with np.load(io.BytesIO(payload)) as arrays:
        kept = dict(arrays)
    packed, partial = io.BytesIO(), io.BytesIO()
    np.savez_compressed(packed, **kept)
    np.savez(partial, **{name: kept[name] for name in kept if name != "zero"})
    for wrong in (b"", b"PK", payload[:50], packed.getvalue(), partial.getvalue()):
        digest = hashlib.sha256(wrong).digest()
        moment.write_bytes(beginning + digest + wrong)
        assert load_moment(moment, session) is None
    moment.write_bytes(whole)
    assert load_moment(moment, session) is not None
