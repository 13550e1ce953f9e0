"""Recording: what the window shows, or the grid alone, goes to a file while it runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import platformdirs
from numpy.typing import NDArray

from experiments import (
    make_folder,
)
from gui.controllers.screen import Screen
from gui.controllers.session_keeper import SessionKeeper
from gui.kept.places import place_of_user
from gui.models.notice import Notice, folder_answer
from gui.models.recording import RecordingChoice, RecordingStatus, length_text, size_text
from gui.models.recording_settings import (
    Layout,
    RecordingError,
    RecordingSettings,
    Subject,
    check_recording_path,
    free_path,
)
from gui.picture.caption import metadata_of, present_caption
from gui.picture.cells import Cells
from gui.picture.painting import Painting
from gui.recording.recorder import Recorder, RecorderState

_STATUS_EVERY_S: Final = 0.25
_SESSION_EVERY_S: Final = 2.0


class Captions(Protocol):
    """Draws captions."""

    def draw(self, lines: tuple[str, ...]) -> NDArray[np.uint8]:
        """RGBA of the size it was made for."""


def videos_folder() -> Path:
    """Where the videos of this user are; an OSError if there is no home."""
    return place_of_user(platformdirs.user_videos_path) / "Fireflies"


class Recording:
    """Starts, feeds and ends recordings; the window and the run never wait for one.

    Parameters
    ----------
    keeper, painting
        What runs, with its session, and who makes its pictures.
    screen
        Where it shows how the recording goes.
    picture_window
        Gives a picture of the window, RGBA, of at most a given width and height.
    captions_for
        Makes what draws captions of a given width and height.
    open_folder
        Shows a folder to the user.
    folder
        Gives the folder for recordings without a name of their own.
    """

    def __init__(
        self,
        keeper: SessionKeeper,
        painting: Painting,
        screen: Screen,
        picture_window: Callable[[int, int], NDArray[np.uint8]],
        captions_for: Callable[[int, int], Captions],
        open_folder: Callable[[Path], object],
        folder: Callable[[], Path] = videos_folder,
    ) -> None:
        self._simulation = keeper.simulation
        self._painting = painting
        self._screen = screen
        self._picture_window = picture_window
        self._captions_for = captions_for
        self._open_folder = open_folder
        self._folder = folder
        self._keeper = keeper
        self._thread: ThreadPoolExecutor | None = None
        self._starting: Future[Recorder] | None = None
        self._recorder: Recorder | None = None
        self._captions: Captions | None = None
        self._path = Path()
        self._session = b""
        self._session_due = self._status_due = -math.inf
        self.choice = RecordingChoice()

    @property
    def is_on(self) -> bool:
        """Whether a recording is starting, running or being finished."""
        return self._starting is not None or self._recorder is not None

    @property
    def recorder(self) -> Recorder | None:
        """The recording under way, once it has begun."""
        return self._recorder

    @property
    def wants_pictures(self) -> bool:
        """Whether pictures have to be made even if nobody looks."""
        return self.is_on and not self.is_paused

    @property
    def is_paused(self) -> bool:
        """Whether the time of the video stands still."""
        return self._recorder is not None and self._recorder.times.is_paused

    @property
    def is_starting(self) -> bool:
        """Whether the encoder isn't ready yet."""
        recorder = self._recorder
        is_new = recorder is not None and recorder.state is RecorderState.STARTING
        return self._starting is not None or is_new

    # -- asked for ----------------------------------------------------------------------

    def toggle(self) -> None:
        """Record from now on, or finish what is recorded."""
        if self.is_on:
            self.finish()
        else:
            self.start()

    def start(self, path: Path | None = None, settings: RecordingSettings | None = None) -> None:
        """Begin to record; by default to a new file in the folder for videos, as was chosen."""
        settings = settings or self.choice.settings()
        try:
            self._path = path or self._new_path()
            check_recording_path(self._path)
        except RecordingError as refused:
            self._screen.show_notice(Notice(f"Not recorded: {self._path} {refused}"))
            return
        except OSError as error:
            where = f"{error.filename} can't be made: " if error.filename else ""
            self._screen.show_notice(Notice(f"Not recorded: {where}{error.strerror}"))
            return
        place = Layout.of(settings).caption
        self._captions = None if place is None else self._captions_for(place.width, place.height)
        self._session = self._present_session()
        parameters = self._simulation.parameters
        metadata = metadata_of(parameters)
        side = max(self._simulation.kind.largest_side, parameters.side)
        # A process takes a while to start, for which no frame should wait.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recording")
        self._starting = self._thread.submit(
            Recorder, self._path, settings, metadata, self._session, side
        )
        self._screen.show_recording(RecordingStatus(False, 0.0, 0, 0))

    def toggle_pause(self) -> None:
        """Let the time of the video stand still, or go on from there: the frames are joined."""
        if self._starting is not None:
            self._take_up(wait=True)
        if (recorder := self._recorder) is not None:
            recorder.times.pause(not recorder.times.is_paused)
            self._show_status(recorder)

    def finish(self) -> None:
        """Finish the file, as soon as all waiting frames are encoded."""
        if self._starting is not None:
            self._take_up(wait=True)
        if self._recorder is not None:
            self._recorder.finish(self._present_session())
            self._status_due = -math.inf

    def close(self, timeout_s: float) -> None:
        """Finish the file and wait for it, when the window closes."""
        self.finish()
        if self._recorder is not None:
            self._recorder.wait(timeout_s)
            self._recorder.abandon()
            self._recorder = None
        self._end_thread()

    # -- once a frame -------------------------------------------------------------------

    def take(self, wall: float) -> None:
        """Hand over the present picture, if one is due, and show how it goes."""
        if self._starting is not None:
            self._take_up(wait=False)
        recorder = self._recorder
        if recorder is None:
            return
        recorder.poll()
        if recorder.is_due(wall):
            self._offer(recorder, wall)
        if recorder.is_over:
            self._recorder = None
            self._end_thread()
            self._screen.show_recording(None)
            self._screen.show_notice(self._outcome(recorder))
        elif wall >= self._status_due:
            self._status_due = wall + _STATUS_EVERY_S
            self._show_status(recorder)

    def _show_status(self, recorder: Recorder) -> None:
        self._screen.show_recording(
            RecordingStatus(
                recorder.state is RecorderState.RECORDING,
                recorder.elapsed_s,
                recorder.bytes_written,
                recorder.dropped,
                recorder.times.is_paused,
            )
        )

    def _take_up(self, *, wait: bool) -> None:
        """Check whether the recorder has started."""
        starting = self._starting
        if starting is None or not (wait or starting.done()):
            return
        self._starting = None
        try:
            self._recorder = starting.result()
        except (RecordingError, OSError) as error:
            self._screen.show_recording(None)
            why = f"can't be recorded: {error.strerror}" if isinstance(error, OSError) else error
            self._screen.show_notice(Notice(f"Not recorded: {self._path} {why}"))
        self._end_thread()

    def _offer(self, recorder: Recorder, wall: float) -> None:
        settings = recorder.settings
        if settings.subject is Subject.WINDOW:
            picture: Cells | NDArray[np.uint8] | None
            picture = self._picture_window(settings.width, settings.height)
        else:
            picture = self._painting.latest
        if picture is None:
            return
        session = b""
        if wall >= self._session_due and self._simulation.is_complete:
            self._session_due = wall + _SESSION_EVERY_S
            session = self._session = self._present_session()
        recorder.offer(wall, picture, self._caption(), session)

    def _caption(self) -> NDArray[np.uint8] | None:
        if self._captions is None:
            return None
        return self._captions.draw(present_caption(self._simulation))

    def _present_session(self) -> bytes:
        """The session until now or, while an instant is under way, as it was last known."""
        if self._simulation.is_complete:
            self._session = self._keeper.snapshot().contents()
        return self._session

    def _outcome(self, recorder: Recorder) -> Notice:
        """A notice that says how it ended."""
        answers = (folder_answer(recorder.path.parent, self._open_folder),)
        length = length_text(recorder.elapsed_s)
        if not recorder.bytes_written and recorder.state is RecorderState.FINISHED:
            return Notice("Nothing was recorded: it was finished before the first picture.")
        if recorder.state is RecorderState.FINISHED:
            size = size_text(recorder.bytes_written)
            dropped = f", {recorder.dropped:,} frames dropped" if recorder.dropped else ""
            lost = "" if recorder.is_session_held else "; its session is too long to be in it"
            words = f"Recorded {length}, {size}{dropped}{lost}: {recorder.path}"
        else:
            words = f"The recording has stopped after {length}: {recorder.problem}. "
            plays = "What was written plays" if recorder.bytes_written else "Nothing was written"
            words += f"{plays}: {recorder.path}"
        return Notice(words, answers)

    def _new_path(self) -> Path:
        folder = self._folder()
        make_folder(folder)
        return free_path(folder, stem_of_now(), self.choice.suffix)

    def _end_thread(self) -> None:
        if self._thread is not None:
            self._thread.shutdown(wait=False)
            self._thread = None


def stem_of_now() -> str:
    """A name for a file, made of the present date and time."""
    return f"Fireflies {datetime.now():%Y-%m-%d %H.%M.%S}"
