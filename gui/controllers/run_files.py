"""Runs and the files they come from and go to."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from experiments import (
    SESSION_SUFFIX,
    ParameterError,
    SavedMoment,
    Session,
    SessionError,
    Simulation,
    StrangeFileError,
    check_size,
    load_moment,
    load_session,
    one_line,
    path_of,
    program_version,
    save_session,
    session_of,
)
from gui.controllers.screen import Screen
from gui.controllers.wishes import WishController
from gui.kept.run_folder import RunFolder, moment_path
from gui.models.intent import Intent
from gui.models.notice import Answer, Notice
from gui.recording.recorded_session import OpenedKind, kind_to_open, load_run

_MOST_NAMED: Final = 3


class RunFiles:
    """Opens, saves and restores runs, as the views ask for.

    Parameters
    ----------
    simulation
        What runs now.
    intent
        Where wishes go.
    screen
        Where it shows how that went.
    wishes
        Opens presets.
    folder
        Where running sessions are kept, if they are.

    Attributes
    ----------
    on_saved, on_opened
        Called with the file of a run that was saved, or that is to be repeated.
    """

    def __init__(
        self,
        simulation: Simulation,
        intent: Intent,
        screen: Screen,
        wishes: WishController,
        folder: RunFolder | None = None,
    ) -> None:
        self._simulation = simulation
        self._intent = intent
        self._screen = screen
        self._wishes = wishes
        self.folder = folder
        self.on_saved: Callable[[Path], object] = lambda _path: None
        self.on_opened: Callable[[Path, Session], object] = lambda _path, _session: None

    def open_dropped(self, addresses: Sequence[str]) -> None:
        """Open the first of the files that were dropped; it is said that the others are not."""
        first, *others = addresses
        self.open(first)
        if others:
            names = [urllib.parse.unquote(each.rstrip("/").rpartition("/")[2]) for each in others]
            shown = names[:_MOST_NAMED]
            more = [f"{len(names) - len(shown)} more"] if len(names) > len(shown) else []
            words = f"One file at a time. Not opened: {', '.join(shown + more)}"
            self._screen.show_notice(Notice(one_line(words), about="dropped files"))

    def open(self, file: str) -> None:
        """Open a session or a recording, to be repeated, or a preset, to begin with.

        Parameters
        ----------
        file
            Its path, or its address.
        """
        self._screen.show_toast("")  # why the file before was refused is of no interest now
        try:
            path = path_of(file)
            kind = kind_to_open(path)
        except StrangeFileError as refused:
            self._screen.show_toast(f"Not opened: {refused}")
            return
        if kind is OpenedKind.PRESET:
            self._wishes.open_preset(str(path))
        else:
            self.open_session(path)

    def open_session(self, path: Path, *, then_go_on: bool = False, preset: str = "") -> bool:
        """Repeat a run that was saved; whether that is possible.

        Parameters
        ----------
        path
            The file.
        then_go_on
            Whether it is restored: its end, and the controls.
        preset
            Name or file of the preset it began with, which the file doesn't say.
        """
        try:
            session = load_run(path)
        except SessionError as refused:
            self._screen.show_toast(f"Not opened: {refused}")
            return False
        saved = load_moment(moment_path(path), session) if then_go_on else None
        if not self.repeat(session, str(path), then_go_on=then_go_on, saved=saved):
            return False
        if preset:
            self._wishes.name_preset(preset, session.parameters.side)
        if not then_go_on:
            self.on_opened(path, session)
        return True

    def repeat(
        self,
        session: Session,
        name: str,
        *,
        then_go_on: bool = False,
        saved: SavedMoment | None = None,
    ) -> bool:
        """Repeat a run; or restore it: its end, and the controls."""
        try:
            check_size(session.parameters, self._simulation.population_choice)
        except ParameterError as refused:
            self._screen.show_toast(one_line(f"Not opened: in {name}, {refused}"))
            return False
        self._intent.repeat(session, then_go_on=then_go_on, saved=saved)
        return True

    def save(self, file: str) -> None:
        """Write the run until now to a session file."""
        path = Path(file)
        if path.suffix != SESSION_SUFFIX:
            path = path.with_name(path.name + SESSION_SUFFIX)
        self._simulation.settle()
        try:
            save_session(path, session_of(self._simulation, program_version()))
        except SessionError as refused:
            self._screen.show_toast(f"Not saved: {refused}")
            return
        self._screen.show_toast(f"Saved: {path}")
        self.on_saved(path)

    def offer_to_restore(self) -> None:
        """If a run ended without its window being closed, offer to go on with it."""
        if self.folder is None:
            return
        waiting = self.folder.cut_off()
        for number, path in enumerate(waiting, 1):
            if not self.folder.claim(path):
                continue  # another window has just offered it
            try:
                session = load_session(path)
            except SessionError:
                self.folder.note_ended(path)  # kept, for whoever can make something of it
                continue
            words = (
                f"A run ended unexpectedly {_when(path)}, {session.end:,.0f} s in "
                f"({session.parameters.n_fireflies:,} fireflies, seed {session.parameters.seed})."
            )
            if others := len(waiting) - number:
                words += f" After this {others} more can be restored, one at each start."
            restore = Answer("Restore", partial(self.restore, path))
            forget = Answer("Don't", partial(self.folder.note_ended, path))
            self._screen.show_notice(Notice(words, (restore, forget)))
            return

    def restore(self, path: Path) -> None:
        """Go on with a run that was cut off, from its file."""
        preset = "" if self.folder is None else self.folder.preset_of(path)
        is_restored = self.open_session(path, then_go_on=True, preset=preset)
        if is_restored and self.folder is not None:
            self.folder.note_ended(path)


def _when(path: Path) -> str:
    """When a file was written last, on the clock of whoever looks at it."""
    try:
        then = datetime.fromtimestamp(path.stat().st_mtime)
    except (OSError, OverflowError, ValueError):
        return "at an unknown time"
    is_today = then.date() == datetime.now().date()
    return f"today at {then:%H:%M}" if is_today else f"on {then:%Y-%m-%d at %H:%M}"
