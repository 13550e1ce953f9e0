"""The sweep of the window: begun, held up, ended, gone on with, and its runs opened."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from experiments import Session
from experiments.sweep import RunState, SweepPlan, SweepUnderWay, open_sweep, run
from experiments.sweep.folder import OwnedFolder
from experiments.sweep.measuring import FAILED, REFUSED, failed_row
from gui.controllers.sweeping import Sweeping
from gui.instruments.sweep import SWEEP
from gui.kept import sweep_folder
from gui.kept.sweep_folder import cut_off_sweep, mark_under_way, new_sweep_path
from gui.models.notice import Notice
from gui.models.sweep_shown import SweepShown
from gui.models.sweep_stage import SweepState
from tests.gui.fake_screen import FakeScreen
from tests.gui.sweeps import UnderWay, plan
from tests.sweep.pools import Here

LONG_S = 60.0
_REST_S = 0.01


class Desk:
    """A sweeping controller on a fake screen, frame by frame."""

    def __init__(self, folder: Path | None, **more: Any) -> None:
        self.screen = FakeScreen()
        self.begun: list[UnderWay] = []
        self.opened: list[tuple[Session, str]] = []
        self.folders: list[Path] = []
        self._woken = threading.Event()
        self._wall = 0.0
        begins = more.pop("begins", self._begin)
        self.sweeping = Sweeping(self.screen, self, self._woken.set, self.folders.append, begins)
        self.sweeping.folder = folder

    def _begin(self, of: SweepPlan, **told: Any) -> UnderWay:
        self.begun.append(UnderWay(of, **told))
        return self.begun[-1]

    def repeat(self, session: Session, name: str) -> bool:
        """Take a session, as the files do."""
        self.opened.append((session, name))
        return True

    def until(self, condition: Callable[[], bool]) -> None:
        """Let frames pass until something is so; each takes a second of made-up time."""
        until = time.monotonic() + LONG_S
        while time.monotonic() < until:
            self._woken.clear()
            self._wall += 1.0
            self.sweeping.take(self._wall)
            if condition():
                return
            self._woken.wait(_REST_S)
        raise AssertionError("it has not come to be")

    def has_said(self, words: str) -> bool:
        """Whether a sentence was the last."""
        return self.screen.toasts[-1:] == [words]

    @property
    def pictures(self) -> list[SweepShown]:
        """All that the panel was given to show."""
        return self.screen.given[SWEEP.name]

    def begin(self, of: SweepPlan) -> UnderWay:
        """Begin a sweep, and wait until the panel shows it."""
        n, before = len(self.begun), len(self.pictures)
        self.sweeping.begin(of)
        self.until(lambda: len(self.begun) > n and len(self.pictures) > before)
        return self.begun[-1]

    def shows(self, state: SweepState) -> None:
        """Wait until the panel says that the sweep is doing something."""
        self.until(lambda: bool(self.pictures) and self.pictures[-1].stage.state is state)

    def notice(self) -> Notice:
        """The notice that shows."""
        assert self.screen.notice is not None
        return self.screen.notice

    def answer(self, words: str) -> None:
        """Answer it."""
        next(each for each in self.notice().answers if each.words == words).do()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "sweeps")
    yield desk
    asyncio.run(desk.sweeping.aclose())


def test_a_sweep_is_shown_while_it_fills(desk: Desk) -> None:
    """Its panel comes, and its picture is made anew whenever there is something new."""
    sweep = desk.begin(plan())
    assert SWEEP.name in desk.screen.panels
    assert desk.pictures[-1].stage.state is SweepState.RUNNING
    assert desk.pictures[-1].chosen == "R"
    assert desk.sweeping.stem == "sweep-nudge-refractory-seed1"
    sweep.done((0, 0), 0.25, 0.75)
    sweep.tell()
    desk.until(lambda: desk.pictures[-1].averages.means[0, 0] == 0.5)
    assert desk.sweeping.under_way_words == "2 of 40 runs, about 90 s left"
    sweep.finish()
    desk.shows(SweepState.DONE)
    assert desk.sweeping.under_way is None
    assert desk.screen.notice is None  # it is seen that it has ended


def test_nothing_is_drawn_that_nobody_sees(desk: Desk) -> None:
    """But it is said that it has ended; then, once the panel is seen, its picture comes."""
    sweep = desk.begin(plan())
    desk.screen.shows = False
    n = len(desk.pictures)
    sweep.finish()
    desk.until(lambda: desk.screen.notice is not None)
    assert desk.notice().words == "The sweep has ended: All 40 runs are done."
    assert len(desk.pictures) == n
    desk.answer("Show")
    desk.screen.shows = True
    desk.shows(SweepState.DONE)


def test_it_is_paused_and_goes_on(desk: Desk) -> None:
    """What is under way comes to its end first, and that is said."""
    sweep = desk.begin(plan())
    desk.sweeping.pause()
    desk.shows(SweepState.PAUSING)
    sweep.is_held = True
    sweep.tell()
    desk.shows(SweepState.PAUSED)
    desk.sweeping.go_on()
    desk.shows(SweepState.RUNNING)
    assert sweep.asked == ["pause", "go on"]


def test_it_is_stopped_and_gone_on_with(tmp_path: Path) -> None:
    """Its rows are kept in its folder; it is not offered at the next start, for it was meant."""
    gates = threading.Semaphore(2)

    def begins(of: SweepPlan, **told: Any) -> Any:
        from experiments.sweep import SweepUnderWay

        def wait(_: object) -> None:
            assert gates.acquire(timeout=LONG_S)

        return SweepUnderWay(of, Here(wait), jobs=1, **told)

    desk = Desk(tmp_path / "sweeps", begins=begins)
    small = plan("nudge=0:1:5", seeds=1)
    desk.sweeping.begin(small)
    desk.until(lambda: bool(desk.pictures) and int(desk.pictures[-1].n_done.sum()) >= 2)
    (path,) = (tmp_path / "sweeps").iterdir()
    assert path.name.endswith(" nudge")
    assert (path / "under-way").exists()
    desk.sweeping.stop()
    gates.release(10)
    desk.shows(SweepState.UNFINISHED)
    assert cut_off_sweep(tmp_path / "sweeps") is None
    assert 2 <= len(open_sweep(path)) < 5
    desk.sweeping.go_on()
    desk.shows(SweepState.DONE)
    assert open_sweep(path).frame.equals(run(small, Here(), jobs=1).frame)
    assert cut_off_sweep(tmp_path / "sweeps") is None
    asyncio.run(desk.sweeping.aclose())


def test_another_observable_is_shown_without_another_run(desk: Desk) -> None:
    """And what was chosen stays while the sweep goes on."""
    sweep = desk.begin(plan())
    sweep.done((1, 2), 30.0, 50.0, name="time_to_sync")
    desk.sweeping.choose("time_to_sync")
    desk.until(lambda: desk.pictures[-1].chosen == "time_to_sync")
    assert desk.pictures[-1].averages.means[1, 2] == 40.0
    sweep.tell()
    n = len(desk.pictures)
    desk.until(lambda: len(desk.pictures) > n)
    assert desk.pictures[-1].chosen == "time_to_sync"
    assert len(desk.begun) == 1


def test_planes_of_more_parameters_are_chosen(desk: Desk) -> None:
    """Over three parameters one value of the third is drawn."""
    sweep = desk.begin(plan("nudge=0,1", "refractory=0.5,1", "loss=0,0.1"))
    sweep.done((0, 0, 1), 1.0, 1.0)
    desk.sweeping.choose_at((1,))
    desk.until(lambda: desk.pictures[-1].at == (1,))
    assert desk.pictures[-1].averages.means[0, 0] == 1.0


def test_a_cell_opens_as_a_run_each_time_the_next_one(desk: Desk) -> None:
    """As a session, with its seed; a run that isn't there is passed over, or said to be missing."""
    sweep = desk.begin(plan())
    cell = sweep.plan.cell_at((1, 1))
    sweep.done((1, 1), 0.5, 0.5)
    for _ in range(3):
        desk.sweeping.open_run(cell)
    seeds = [session.parameters.seed for session, _ in desk.opened]
    first, second = map(int, sweep.plan.drawn_seeds()[cell])
    assert seeds == [first, second, first]
    assert desk.screen.toasts[-2:] == [
        f"Opened: run 2 of 2, seed {second}", f"Opened: run 1 of 2, seed {first}"
    ]  # fmt: skip
    desk.sweeping.open_run(0)
    assert desk.screen.toasts[-1] == "Not opened: there is no run 0 of cell 0, as yet"
    assert len(desk.opened) == 3


def test_another_sweep_ends_the_one_before(desk: Desk) -> None:
    """Only then does it begin; what was chosen goes on where it is over the same."""
    first = desk.begin(plan())
    desk.sweeping.choose("time_to_sync")
    second = desk.begin(plan("nudge=0,1"))
    assert first.asked == ["cancel"]
    assert desk.sweeping.under_way is cast(object, second)
    desk.until(lambda: not desk.pictures[-1].is_map)
    assert desk.pictures[-1].chosen == "R"


def test_to_open_another_one_while_it_is_under_way_is_asked(desk: Desk, tmp_path: Path) -> None:
    """It isn't lost silently: it goes on, or is stopped if that is said."""
    run(plan("nudge=0,1"), Here(), jobs=1, to=tmp_path / "kept")
    sweep = desk.begin(plan())
    desk.sweeping.show(tmp_path / "kept")
    assert desk.notice().words == (
        "A sweep is under way (0 of 40 runs, about 90 s left): it would be stopped, and be kept."
    )
    desk.answer("Don't")
    assert sweep.asked == []
    desk.sweeping.show(tmp_path / "kept")
    desk.answer("Stop it and open the other")
    desk.until(lambda: desk.pictures[-1].stage.words == "All 4 runs are done")
    assert sweep.asked == ["cancel"]


def test_a_kept_sweep_is_shown_with_what_it_has(desk: Desk, tmp_path: Path) -> None:
    """Finished or not; a cell opens, the table and the picture are written, its folder shows."""
    kept = run(plan("nudge=0,1", "refractory=0.1,0.5"), Here(), jobs=1, to=tmp_path / "kept")
    desk.sweeping.show(str(tmp_path / "kept"))
    desk.until(lambda: bool(desk.pictures))
    picture = desk.pictures[-1]
    assert picture.stage.words == "All 8 runs are done, 4 can't be run"
    assert not picture.stage.can_try_again
    assert picture.reasons == kept.reasons()
    desk.sweeping.open_run(1)
    assert desk.opened[-1][0] == kept.session(1)
    for name, beginning in (("t.csv", b"cell,"), ("t.parquet", b"PAR1"), ("t.svg", b"<svg ")):
        desk.sweeping.save(str(tmp_path / name))
        said = f"Saved: {tmp_path / name}"
        desk.until(partial(desk.has_said, said))
        assert (tmp_path / name).read_bytes().startswith(beginning)
    desk.sweeping.save(str(tmp_path / "gone" / "t.csv"))
    desk.until(lambda: desk.screen.toasts[-1].startswith("Not saved: "))
    desk.sweeping.show_folder()
    assert desk.folders == [tmp_path / "kept"]
    assert desk.sweeping.place == tmp_path


def test_a_kept_sweep_is_shown_without_polars(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a clone in which only `make run` was called; its table is a CSV file then."""
    path, made = tmp_path / "kept", plan("nudge=0,1", "refractory=0.1,0.5")
    with monkeypatch.context() as patch:
        patch.setattr("experiments.sweep.folder.has_parquet", lambda: False)
        patch.setitem(sys.modules, "polars", None)
        SweepUnderWay(made, Here(), to=path, jobs=1).wait(LONG_S)
        assert (path / "table.csv").exists()
        desk.sweeping.show(path)
        desk.until(lambda: bool(desk.pictures))
    assert desk.pictures[-1].stage.words == "All 8 runs are done, 4 can't be run"
    desk.sweeping.open_run(1)
    assert desk.opened[-1][0] == open_sweep(path).session(1)


def test_runs_that_failed_are_tried_again(tmp_path: Path) -> None:
    """And these alone: what came of the others is kept, and what can't be run is let be."""
    path, made = tmp_path / "kept", plan("nudge=0,1", "refractory=0.1,0.5")
    with OwnedFolder(path, made) as folder:
        for point in made.points:
            refused = made.refused.get(point.cell)
            told = (refused, REFUSED) if refused else ("made to fail", FAILED)
            folder.keep([failed_row(point, made.seed_of(point), *told)])
        folder.compact()
    asked: list[int] = []
    pool = Here(lambda batch: asked.append(len(batch.points)))
    desk = Desk(tmp_path / "sweeps", begins=partial(SweepUnderWay, executor=pool, jobs=1))
    desk.sweeping.show(path)
    desk.until(lambda: bool(desk.pictures))
    assert desk.pictures[-1].stage.words == "All 8 runs are done, 4 failed, 4 can't be run"
    assert desk.pictures[-1].stage.can_try_again
    desk.sweeping.go_on()
    desk.until(lambda: desk.pictures[-1].stage.words == "All 8 runs are done, 4 can't be run")
    assert sum(asked) == 4
    assert not desk.pictures[-1].stage.can_try_again
    assert open_sweep(path).frame.equals(run(made, Here(), jobs=1).frame)
    asyncio.run(desk.sweeping.aclose())


def test_a_sweep_that_is_nowhere_kept_offers_only_what_it_can(tmp_path: Path) -> None:
    """Once it has been stopped there is nothing to go on with."""
    desk = Desk(None)
    desk.begin(plan())
    desk.sweeping.stop()
    desk.shows(SweepState.UNFINISHED)
    assert not desk.pictures[-1].stage.can_go_on
    asyncio.run(desk.sweeping.aclose())


def test_a_folder_without_a_sweep_is_refused(desk: Desk, tmp_path: Path) -> None:
    """In a sentence; what shows goes on to show."""
    desk.sweeping.show(tmp_path / "nothing")
    desk.until(lambda: bool(desk.screen.toasts))
    assert desk.screen.toasts[-1].startswith(f"No sweep: {tmp_path / 'nothing'} holds no sweep")
    assert desk.pictures == []


def test_a_window_that_closes_leaves_a_sweep_that_is_offered(tmp_path: Path) -> None:
    """It is cancelled, its rows are kept; the next window goes on with it, shows it, or lets it."""
    first = Desk(tmp_path / "sweeps")
    sweep = first.begin(plan())
    asyncio.run(first.sweeping.aclose())
    assert sweep.asked == ["cancel"]
    (path,) = (tmp_path / "sweeps").iterdir()

    second = Desk(tmp_path / "sweeps")
    second.sweeping.offer_to_go_on()
    second.until(lambda: second.screen.notice is not None)
    assert second.notice().words == f"A sweep was cut off ({path.name}): what it has is kept."
    second.answer("Don't")
    second.screen.notice = None
    asyncio.run(second.sweeping.aclose())
    assert cut_off_sweep(tmp_path / "sweeps") is None


def test_a_sweep_that_stops_by_itself_says_why(desk: Desk) -> None:
    """And what went wrong and goes on is said while it does."""
    sweep = desk.begin(plan())
    sweep.notes = ("worker process 7 was ended by signal 9; its run is done again",)
    sweep.tell()
    desk.until(lambda: "Worker process 7 was" in desk.pictures[-1].stage.words)
    sweep.problem = "rows can't be kept in x: No space left on device"
    sweep.end()
    desk.shows(SweepState.UNFINISHED)
    assert "Rows can't be kept in x: No space left on device" in desk.pictures[-1].stage.words


def test_a_failed_cell_says_why(desk: Desk) -> None:
    """As one that can't be run does."""
    sweep = desk.begin(plan())
    sweep.without((2, 2), RunState.FAILED, "MemoryError: ")
    sweep.tell()
    desk.until(lambda: "failed: MemoryError" in desk.pictures[-1].words_at(2, 2))


# -- where they are kept -----------------------------------------------------------------


def test_sweeps_are_kept_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each in a folder of its own; the oldest go when there are very many."""
    monkeypatch.setattr(sweep_folder, "MOST_SWEEPS", 3)
    paths = []
    for _ in range(5):
        paths.append(new_sweep_path(tmp_path, ["nudge", "loss"]))
        paths[-1].mkdir()
    assert len({*paths[2:]}) == 3
    assert sorted(tmp_path.iterdir()) == sorted(paths[2:])


def test_one_that_another_window_is_at_is_neither_offered_nor_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has it locked."""
    from experiments import FileLock

    monkeypatch.setattr(sweep_folder, "MOST_SWEEPS", 1)
    path = new_sweep_path(tmp_path, ["nudge"])
    path.mkdir()
    mark_under_way(path, is_under_way=True)
    lock = FileLock(path / "lock")
    assert cut_off_sweep(tmp_path) is None
    new_sweep_path(tmp_path, ["nudge"])
    assert path.exists()
    lock.release()
    assert cut_off_sweep(tmp_path) == path
