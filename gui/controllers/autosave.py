"""The autosave: it saves the running session so often that a crash costs two seconds at most."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cascade.standard_output import write_error
from experiments import (
    SessionError,
    check_session_size,
    moment_encoder,
    write_whole,
)
from gui.controllers.screen import Screen
from gui.controllers.session_keeper import SessionKeeper, Snapshot
from gui.kept.run_folder import RunFolder, moment_path
from gui.models.current_run import CurrentRun
from gui.picture.painting import Painting
from gui.system.disk_thread import DiskThread

SAVE_EVERY_S: Final = 1.0

KEEP_EVERY_S: Final = 30.0
"""Seconds after which the state of a run is saved again."""

WORTH_A_MOMENT: Final = 40_000
"""Flashes that take about two seconds to repeat: fewer aren't worth a moment."""

_CYCLES: Final = 2
_REST_S: Final = 4.0
"""Least seconds between two moments: saving one takes a few ms of a frame."""

LONGEST_SAVE_S: Final = 5.0
"""Wall seconds for which a window that closes waits for the disk."""

_LONGEST_END_S: Final = 0.2
"""Seconds that completing the last instant may take when the window closes."""

_LOOK_EVERY_S: Final = 0.02
"""How soon to look again while an instant is under way: it is saved when it is complete."""


class Autosave:
    """Keeps a session file of the run that goes on, in a folder of such files.

    What is encoded is never encoded again, and a thread does the writing: neither
    the simulation nor the window waits for a disk.

    Parameters
    ----------
    keeper
        What runs, with its session.
    current
        Knows when a run is repeated: such a run isn't saved again.
    screen
        Shows that nothing can be saved.
    folder
        Where the files go.
    painting
        Remembers what pictures depend on, for moments; without it there are none.
    """

    def __init__(
        self,
        keeper: SessionKeeper,
        current: CurrentRun,
        screen: Screen,
        folder: RunFolder,
        painting: Painting | None = None,
    ) -> None:
        self._simulation = keeper.simulation
        self._current = current
        self._screen = screen
        self._folder = folder
        self._thread = DiskThread("autosave")
        self._keeper = keeper
        self._run: object = None
        self._path: Path | None = None
        self._saved: tuple[float, int] | None = None
        self._has_told = False
        self._painting = painting
        self._flashes_kept = 0
        self._kept_at = -math.inf

    async def run(self) -> None:
        """Save once a second, until cancelled.

        Notes
        -----
        Cancelling is safe; on the wall clock.
        """
        while True:
            began = time.monotonic()
            await self.save_when_complete()
            await asyncio.sleep(max(0.0, began + SAVE_EVERY_S - time.monotonic()))

    def close(self) -> None:
        """Save for the last time, and note that the run has ended normally.

        A disk that takes longer than `LONGEST_SAVE_S` is not waited for: that is said, and the
        run counts as cut off.
        """
        wait_until = time.monotonic() + LONGEST_SAVE_S
        # First: the thread may be about to put an earlier moment in place.
        if self._thread.has_done_all(LONGEST_SAVE_S):
            if self._simulation.settle(_LONGEST_END_S) and self._is_of_interest():
                self._thread.submit(self._save_and_note, self._snapshot())
            self._thread.submit(self._folder.close)
            if self._thread.has_done_all(wait_until - time.monotonic()):
                self._thread.end()
                return
        write_error(
            f"fireflies: the end of the run may not be saved: {self._folder.place} has taken "
            f"nothing for {LONGEST_SAVE_S:g} s\n"
        )

    def _save_and_note(self, snapshot: Snapshot) -> None:
        if problem := self._save(snapshot):
            write_error(f"fireflies: the end of the run is not saved: {problem}\n")

    async def save_when_complete(self) -> None:
        """Save what is new, as soon as the instant under way is complete.

        Notes
        -----
        Cancelling is safe: what is being written is still written.
        """
        while not self._simulation.is_complete:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY_S)
        if not self._is_of_interest():
            return
        saving = self._thread.submit(self._save, self._snapshot(), self._moment_if_due())
        self._note(await asyncio.wrap_future(saving))

    def _moment_if_due(self) -> Callable[[], bytes] | None:
        """What makes a file of the present state, if much has happened since the last one."""
        simulation, n_flashes = self._simulation, len(self._simulation.flashes)
        new, waited = n_flashes - self._flashes_kept, time.monotonic() - self._kept_at
        is_much = new >= max(WORTH_A_MOMENT, _CYCLES * simulation.parameters.n_fireflies)
        is_due = waited >= (_REST_S if is_much else KEEP_EVERY_S) and new > 0
        if self._painting is None or n_flashes < WORTH_A_MOMENT or not is_due:
            return None
        self._flashes_kept, self._kept_at = n_flashes, time.monotonic()
        self._painting.catch_up(simulation)
        return moment_encoder(simulation.moment(), self._painting.memory())

    def _is_of_interest(self) -> bool:
        """Whether there is something to save that isn't saved yet."""
        simulation = self._simulation
        if self._current.session is not None or simulation.is_following or simulation.now == 0.0:
            return False
        is_gone = self._path is not None and not self._path.parent.is_dir()
        if self._run is not self._keeper.run or is_gone:
            self._begin()
        return (simulation.now, len(simulation.interventions)) != self._saved

    def _begin(self) -> None:
        """Begin another run: the file of the previous one is complete."""
        self._run = self._keeper.run
        if self._path is not None:
            self._folder.note_ended(self._path)
        self._saved = None
        self._flashes_kept, self._kept_at = 0, -math.inf
        try:
            self._path = self._folder.begin(self._current.beginning.source)
        except OSError as error:
            self._path = None
            self._tell(error.strerror or str(error))

    def _snapshot(self) -> Snapshot:
        self._saved = (self._simulation.now, len(self._simulation.interventions))
        return self._keeper.snapshot()

    def _save(self, snapshot: Snapshot, encode: Callable[[], bytes] | None = None) -> str:
        """Write the file, and then the moment; returns what went wrong, or nothing."""
        if self._path is None:
            return ""
        contents = snapshot.contents()
        try:
            check_session_size(contents, snapshot.text.n_steps)
            write_whole(self._path, contents)
            if encode is not None:
                write_whole(moment_path(self._path), encode())
        except SessionError as error:  # what was saved last can be opened, so keep it
            return str(error)
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def _note(self, problem: str) -> None:
        if problem:
            self._saved = None
            self._tell(problem)
        elif self._path is not None:
            self._has_told = False

    def _tell(self, problem: str) -> None:
        """Say once that nothing is being saved; the run goes on."""
        if not self._has_told:
            self._has_told = True
            self._screen.show_toast(
                f"The running session can't be saved in {self._folder.place}: {problem}"
            )
