"""The sweep of the window: begun, looked at, held up, gone on with, and its runs opened.

Nothing of it is done on the window's loop but to hand over what threads have made: a sweep is a
thread of its own with processes of its own, and another thread makes its pictures.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from experiments import Session
from gui.controllers.opened_sweep import (
    REFUSALS,
    OpenedSweep,
    begun_sweep,
    gone_on_with,
    kept_sweep,
    reason_of_refusal,
)
from gui.controllers.screen import Screen
from gui.instruments.sweep import SWEEP
from gui.kept.sweep_folder import cut_off_sweep, mark_under_way
from gui.models.notice import Answer, Notice
from gui.models.sweep_shown import SweepShown, sweep_shown
from gui.models.sweep_stage import SweepStage, SweepState
from gui.system.disk_thread import DiskThread

if TYPE_CHECKING:
    from experiments.sweep import SweepPlan, SweepUnderWay
    from gui.controllers.opened_sweep import Begins

_DRAWN_EVERY_S: Final = 0.2
_ABOUT: Final = "sweep"


class RepeatsRuns(Protocol):
    """What opens a run as a session."""

    def repeat(self, session: Session, name: str) -> bool: ...


class Sweeping:
    """Has one sweep at a time, and shows it in its panel.

    Parameters
    ----------
    screen
        Where it shows.
    files
        Opens runs.
    wake
        Asks for a frame; called from any thread.
    open_folder
        Shows a folder to the user.
    begins
        Begins a sweep; :class:`~experiments.sweep.SweepUnderWay` if it is None.

    Attributes
    ----------
    folder
        Where sweeps are kept; None: they are kept in memory alone.
    wake
        The same.
    """

    def __init__(
        self,
        screen: Screen,
        files: RepeatsRuns,
        wake: Callable[[], object],
        open_folder: Callable[[Path], object],
        begins: Begins | None = None,
    ) -> None:
        self._screen = screen
        self._files = files
        self.wake = wake
        self._open_folder = open_folder
        self._begins = begins
        self._thread: DiskThread | None = None
        self._opening: Future[OpenedSweep] | None = None
        self._drawing: Future[SweepShown] | None = None
        self._saving: Future[str] | None = None
        self._looking: Future[Path | None] | None = None
        self._opened: OpenedSweep | None = None
        self._chosen = ""
        self._at: tuple[int, ...] = ()
        self._last_run: tuple[int, int] | None = None
        self._is_stopped = self._is_over = False
        self._is_new = False  # set in the sweep's thread too
        self._is_due, self._due = False, 0.0
        self.folder: Path | None = None

    # -- what there is ------------------------------------------------------------------

    @property
    def under_way(self) -> SweepUnderWay | None:
        """The sweep that is under way, be it paused; None if there is none."""
        opened = self._opened
        return opened.under_way if opened is not None and opened.is_under_way else None

    @property
    def under_way_words(self) -> str:
        """How far the sweep is that is under way; empty if none is."""
        return "" if self.under_way is None else self._stage().words

    @property
    def place(self) -> Path:
        """Where to look for sweeps: beside the one that shows, or where all are kept."""
        opened = self._opened
        if opened is not None and opened.path is not None:
            return opened.path.parent
        return self.folder if self.folder is not None else Path()

    @property
    def stem(self) -> str:
        """What files of the one that shows are called."""
        return "" if self._opened is None else self._opened.stem

    @property
    def wants_pictures(self) -> bool:
        """It takes none."""
        return False

    # -- wishes -------------------------------------------------------------------------

    def begin(self, plan: SweepPlan) -> None:
        """Begin a sweep in the place of the one before, which ends; its rows are kept."""
        self._open(partial(begun_sweep, self._begins, self._note_change, self.folder, plan))

    def show(self, folder: str | Path, *, goes_on: bool = False) -> None:
        """Show a sweep that is kept in a folder, and perhaps go on with it.

        One that is under way isn't given up for it unless that is said.
        """
        path = Path(folder)
        if self.under_way is None:
            self._show_kept(path, goes_on=goes_on)
            return
        words = f"A sweep is under way ({self.under_way_words}): it would be stopped, and be kept."
        stop = Answer("Stop it and open the other", partial(self._show_kept, path, goes_on=goes_on))
        self._screen.show_notice(Notice(words, (stop, Answer("Don't", _nothing)), _ABOUT))

    def pause(self) -> None:
        """Begin no more runs for now."""
        if (sweep := self.under_way) is not None:
            sweep.pause()
            self._is_new = True

    def go_on(self) -> None:
        """Go on with a sweep that is paused, or has been ended before its time."""
        if (sweep := self.under_way) is not None:
            sweep.go_on()
            self._is_new = True
        elif self._opened is not None and self._opened.path is not None:
            self._show_kept(self._opened.path, goes_on=True)

    def stop(self) -> None:
        """End the sweep; its rows are kept, and it can be gone on with."""
        if (sweep := self.under_way) is not None:
            self._is_stopped = True
            sweep.cancel()
            self._is_new = True

    def choose(self, name: str) -> None:
        """Show another observable."""
        self._chosen, self._is_due, self._due = name, True, 0.0

    def choose_at(self, at: tuple[int, ...]) -> None:
        """Show other values of the axes that aren't drawn."""
        self._at, self._is_due, self._due = at, True, 0.0

    def open_run(self, cell: int) -> None:
        """Open a run of a cell, to be repeated: the first, and each time the next one."""
        if self._opened is None:
            return
        source, before = self._opened.source, self._last_run
        n = source.plan.seeds
        begin = 0 if before is None or before[0] != cell else before[1] + 1
        refused = ""
        for k in range(begin, begin + n):
            try:
                session = source.session(cell, k % n)
            except ValueError as error:
                refused = refused or str(error)
                continue
            if self._files.repeat(session, f"cell {cell}"):
                self._last_run = cell, k % n
                which = f"run {k % n + 1} of {n}, " if n > 1 else ""
                self._screen.show_toast(f"Opened: {which}seed {session.parameters.seed}")
            return
        self._screen.show_toast(f"Not opened: {refused}")

    def save(self, file: str) -> None:
        """Write the table, or a picture of what shows, to a file of its own."""
        if self._opened is not None and self._saving is None:
            self._saving = self._submit(partial(self._opened.save, self._chosen, Path(file)))

    def show_folder(self) -> None:
        """Show the folder that it is kept in."""
        if self._opened is not None and self._opened.path is not None:
            self._open_folder(self._opened.path)

    def offer_to_go_on(self) -> None:
        """If a sweep ended before its time, offer to go on with it."""
        if self.folder is not None and self.folder.is_dir():
            self._looking = self._submit(partial(cut_off_sweep, self.folder))

    # -- a frame ------------------------------------------------------------------------

    def take(self, wall: float) -> None:
        """Once a frame: take up what the threads have made."""
        self._take_opened()
        self._take_others()
        if not self._is_over and self._opened is not None and not self._opened.is_under_way:
            self._is_over = self._is_new = True
            self._note_end(self._opened)
        is_changed, self._is_new = self._is_new, False
        self._is_due = self._is_due or is_changed
        if (drawing := self._drawing) is not None and drawing.done():
            self._drawing = None
            self._screen.show_in(SWEEP.name, drawing.result())
        if self._is_due and self._drawing is None and wall >= self._due:
            self._draw(wall)

    def _draw(self, wall: float) -> None:
        opened = self._opened
        if opened is not None and self._screen.is_seen(SWEEP.name):
            self._is_due, self._due = False, wall + _DRAWN_EVERY_S
            picture = opened.source, opened.axes, self._stage(), self._chosen, self._at
            self._drawing = self._submit(partial(sweep_shown, *picture))

    def _stage(self) -> SweepStage:
        assert self._opened is not None
        return self._opened.stage(is_stopped=self._is_stopped)

    def _note_end(self, opened: OpenedSweep) -> None:
        """What is done, or ended by hand, isn't offered; an end that nobody sees is told."""
        if opened.under_way is None:
            return
        is_done = self._stage().state is SweepState.DONE
        if opened.path is not None and (is_done or self._is_stopped):
            mark_under_way(opened.path, is_under_way=False)
        if not self._is_stopped and not self._screen.is_seen(SWEEP.name):
            words = f"The sweep has ended: {self._stage().words}."
            show = Answer("Show", partial(self._screen.show_panel, SWEEP.name))
            self._screen.show_notice(Notice(words, (show,), _ABOUT))

    def _take_others(self) -> None:
        if (saving := self._saving) is not None and saving.done():
            self._saving = None
            self._screen.show_toast(saving.result())
        if (looking := self._looking) is not None and looking.done():
            self._looking = None
            if (path := looking.result()) is not None:
                self._offer(path)

    def _offer(self, path: Path) -> None:
        words = f"A sweep was cut off ({path.name}): what it has is kept."
        answers = (
            Answer("Go on", partial(self.show, path, goes_on=True)),
            Answer("Show", partial(self._let_be, path, then_show=True)),
            Answer("Don't", partial(self._let_be, path)),
        )
        self._screen.show_notice(Notice(words, answers, _ABOUT))

    def _let_be(self, path: Path, *, then_show: bool = False) -> None:
        mark_under_way(path, is_under_way=False)
        if then_show:
            self.show(path)

    # -- opening ------------------------------------------------------------------------

    def _show_kept(self, path: Path, *, goes_on: bool) -> None:
        if goes_on:
            self._open(partial(gone_on_with, self._begins, self._note_change, path))
        else:
            self._open(partial(kept_sweep, path))

    def _open(self, how: Callable[[], OpenedSweep]) -> None:
        if self._opening is not None:
            self._screen.show_toast("A sweep is being opened already")
            return
        self._screen.show_panel(SWEEP.name)
        self._opening = self._submit(partial(_in_place_of, self._opened, how))

    def _take_opened(self) -> None:
        opening = self._opening
        if opening is None or not opening.done():
            return
        self._opening = None
        self._is_new = True
        if (error := opening.exception()) is not None:
            if not isinstance(error, REFUSALS):
                raise error
            self._screen.show_toast(f"No sweep: {reason_of_refusal(error)}")
            return
        before, self._opened = self._opened, opening.result()
        observed = self._opened.source.plan.observe
        is_same = before is not None and before.axes == self._opened.axes
        if not is_same or self._chosen not in observed:
            self._chosen, self._at = observed[0], ()
        self._last_run = self._drawing = None
        self._is_stopped = False
        self._is_over = self._opened.under_way is None
        self._due = 0.0

    def _note_change(self) -> None:
        self._is_new = True

    # -- the thread ---------------------------------------------------------------------

    def _submit(self, work: Callable[[], Any]) -> Future[Any]:
        if self._thread is None:
            self._thread = DiskThread("sweep pictures")
        future = self._thread.submit(work)
        future.add_done_callback(lambda _: self.wake())
        return future

    async def aclose(self) -> None:
        """End what is under way, when the window closes; its rows are kept.

        Notes
        -----
        Cancelling is safe: the processes of a sweep end with this one.
        """
        if self._thread is None:
            return
        if self._opening is not None:
            await asyncio.wait([asyncio.wrap_future(self._opening)])
            self._take_opened()
        if self._opened is not None:
            await asyncio.wrap_future(self._thread.submit(self._opened.end))
        self._thread.end()
        self._thread = None


def _nothing() -> None:
    """What comes of an answer that changes nothing."""


def _in_place_of(before: OpenedSweep | None, how: Callable[[], OpenedSweep]) -> OpenedSweep:
    """Open a sweep once the one before has ended."""
    if before is not None:
        before.end()
    return how()
