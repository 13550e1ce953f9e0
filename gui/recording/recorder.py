"""The recorder: the window's side of a recording, which never waits for the encoder."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

import numpy as np
from numpy.typing import NDArray

from experiments import scratch_file, start_child
from gui.models.recording_settings import (
    Layout,
    RecordingError,
    RecordingSettings,
    Subject,
    check_rate,
    check_recording_path,
)
from gui.picture.cells import Cells, packed_size
from gui.recording.embedded import reserved_for
from gui.recording.encoder import (
    FAILED,
    FINISH,
    FINISHED,
    FRAME,
    READY,
    TAKEN,
    Slots,
    form_of,
    order,
)
from gui.recording.frame_numbers import FrameNumbers
from gui.recording.salvage import salvage
from gui.recording.shared_memory import SharedMemory

_PIXEL: Final = 4
"""Bytes of one: RGBA."""

_LONGEST_GOODBYE_S: Final = 0.5
_LAST_WORDS: Final = tuple(f'["{kind}"' for kind in (FINISHED, FAILED))
_LONGEST_LAST_WORDS: Final = 500


class RecorderState(Enum):
    """How far a recording is."""

    STARTING = "starting"
    RECORDING = "recording"
    FINISHING = "finishing"
    FINISHED = "finished"
    FAILED = "failed"


class Recorder:
    """One recording, from its start to its end.

    Parameters
    ----------
    path
        File to make.
    settings
        What is recorded.
    metadata
        Title, comment and more, by name.
    session
        The session so far.
    largest_side
        Of the largest grid that has to fit.

    Attributes
    ----------
    frames, dropped
        Frames handed over, and frames dropped because the encoder was too slow.
    bytes_written
        Size of the file, as far as is known.
    times
        The numbers of its frames; they can be paused.
    problem
        What went wrong, in one sentence; empty if nothing did.

    Raises
    ------
    RecordingError
        The file can't be made.
    """

    def __init__(
        self,
        path: Path,
        settings: RecordingSettings,
        metadata: Mapping[str, str],
        session: bytes,
        largest_side: int,
    ) -> None:
        check_recording_path(path)
        check_rate(path.suffix, settings.fps)
        self.path = path
        self.settings = settings
        self.frames = self.dropped = self.bytes_written = 0
        self.problem = ""
        self.is_session_held = True
        self._state = RecorderState.STARTING
        self.times = FrameNumbers(settings.fps)
        self._caption: NDArray[np.uint8] | None = None
        self._session_slot: int | None = None  # whose session the encoder hasn't read yet
        sizes = self._sizes(session, largest_side)
        memory = SharedMemory(Slots.size(*sizes))
        self._slots: Slots | None = Slots(memory.buffer, *sizes)
        self._free = list(range(self._slots.length))
        try:
            self._errors = scratch_file()  # closed at the end
        except OSError as error:
            memory.close_handles()
            raise RecordingError(f"can't be encoded: {error.strerror}") from error
        try:
            # Not by multiprocessing, which runs the main module once more in the child.
            self._process = start_child(
                "gui.recording.encoder",
                hears_signals=False,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                pass_fds=memory.handles,
            )
        except OSError as error:
            self._errors.close()
            raise RecordingError(f"can't be encoded: {error.strerror}") from error
        finally:
            memory.close_handles()
        self._heard: SimpleQueue[str] = SimpleQueue()
        self._listener = threading.Thread(target=self._listen, name="recorder", daemon=True)
        self._listener.start()
        self._send(order(memory.key, sizes, path, settings, metadata, session))

    def _sizes(self, session: bytes, largest_side: int) -> tuple[int, int, int]:
        settings = self.settings
        place = Layout.of(settings).caption
        caption = 0 if place is None else place.width * place.height
        is_grid = settings.subject is Subject.GRID  # which comes with one cell a firefly
        window = settings.width * settings.height * _PIXEL
        picture = packed_size(largest_side) if is_grid else window
        return picture, caption * _PIXEL, reserved_for(session)

    # -- what it shows ------------------------------------------------------------------

    @property
    def state(self) -> RecorderState:
        """Its state when :meth:`poll` last looked."""
        return self._state

    @property
    def n_free(self) -> int:
        """How many more pictures could be handed over now."""
        return len(self._free)

    @property
    def encoder_pid(self) -> int:
        """The process that encodes."""
        return self._process.pid

    @property
    def is_over(self) -> bool:
        """Whether it has ended, with or without success."""
        return self._state in (RecorderState.FINISHED, RecorderState.FAILED)

    @property
    def elapsed_s(self) -> float:
        """Seconds of video so far."""
        return self.times.elapsed_s

    # -- while it runs ------------------------------------------------------------------

    def is_due(self, wall: float) -> bool:
        """Whether a frame of the video begins at this time, seconds of the wall clock."""
        return self._state is RecorderState.RECORDING and self.times.is_due(wall)

    def offer(
        self,
        wall: float,
        picture: Cells | NDArray[np.uint8],
        caption: NDArray[np.uint8] | None = None,
        session: bytes = b"",
    ) -> bool:
        """Hand over a picture, if one is due; never waits.

        Parameters
        ----------
        wall
            Seconds of the wall clock; the first picture's are the beginning of the video.
        picture
            The grid, or RGBA of the window, shape ``(h, w, 4)``.
        caption
            RGBA of the size of its place.
        session
            The session by now, if it has changed.

        Returns
        -------
        bool
            Whether it was taken: otherwise none was due, or it was dropped and counted.
        """
        if not self.is_due(wall) or self._slots is None:
            return False
        self.dropped += self.times.take(wall)
        if not self._free or not self._slots.put_picture(self._free[-1], picture):
            self.dropped += 1
            return False
        slot = self._free.pop()
        caption_shape = None
        if caption is not None and caption is not self._caption:
            self._slots.caption(slot, caption.shape[:2])[...] = caption
            caption_shape = caption.shape[:2]
        length = 0
        if session and self._session_slot is None:
            length = self._slots.put_session(session, is_last=False)
            self._session_slot = slot if length else None
        message = (FRAME, slot, self.times.last, form_of(picture), caption_shape, length)
        if not self._send(json.dumps(message)):
            return False
        self._caption = caption
        self.frames += 1
        return True

    def poll(self) -> RecorderState:
        """Read what the encoder reports, without waiting for it."""
        while not self._heard.empty():
            self._hear(self._heard.get())
        if self.is_over:
            self._let_go()
        return self._state

    def _listen(self) -> None:
        """In a thread: collect what the encoder says, and an empty line at its end.

        The thread sees it to its end even if nobody else has the time for that, and to what it
        leaves behind if it couldn't do that itself.
        """
        assert self._process.stdout is not None
        line = ""
        with self._process.stdout as lines:
            for line in lines:
                self._heard.put(line)
        self._process.wait()
        is_ours = bool(line) or not self._size()  # else it may never have come to make a file
        if is_ours and not line.startswith(_LAST_WORDS):
            salvage(self.path, self.path.suffix.lower())
        self._heard.put("")

    def _hear(self, line: str) -> None:
        if not line:
            self._note_dead()
            return
        message = json.loads(line)
        kind = message[0]
        if kind == READY and self._state is RecorderState.STARTING:
            self._state = RecorderState.RECORDING
        elif kind == TAKEN:
            self._free.append(message[1])
            if message[1] == self._session_slot:
                self._session_slot = None
            self.bytes_written = message[2]
        elif kind == FINISHED:
            self.bytes_written = message[1]
            self.is_session_held = self.is_session_held and message[2]
            self._state = RecorderState.FINISHED
        elif kind == FAILED:
            self.problem = message[1]
            self._state = RecorderState.FAILED

    def _note_dead(self) -> None:
        if self.is_over:
            return
        code = self._process.wait(1.0)
        how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
        self._errors.seek(0)
        last = self._errors.read()[-_LONGEST_LAST_WORDS:].decode(errors="replace").split("\n")
        if last_words := " ".join(last[-2:]).strip():
            how = f"{how}: {last_words}"
        self.problem = f"the encoder ended unexpectedly ({how})"
        self._state = RecorderState.FAILED

    def _send(self, line: str) -> bool:
        """Whether the encoder was told; if it is gone, its end will be heard of."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError:
            return False
        return True

    # -- the end ------------------------------------------------------------------------

    def finish(self, session: bytes = b"") -> None:
        """Ask for the end of the file, with the session as it is now; doesn't wait for it."""
        if self._state is RecorderState.STARTING or self._state is RecorderState.RECORDING:
            self._state = RecorderState.FINISHING
            length = 0
            if session and self._slots is not None:
                length = self._slots.put_session(session, is_last=True)
            self.is_session_held = bool(length) or not session
            self._send(json.dumps((FINISH, length)))

    def wait(self, timeout_s: float) -> RecorderState:
        """Wait for the end, at most for the given time, once there is nothing else to do."""
        stop_at = time.monotonic() + timeout_s
        self.poll()
        while not self.is_over and (left := stop_at - time.monotonic()) > 0.0:
            with suppress(Empty):
                self._hear(self._heard.get(timeout=left))
        return self.poll()

    def abandon(self) -> None:
        """Detach from the encoder, whatever it is doing; it finishes the file by itself."""
        is_finishing = self._state is RecorderState.FINISHING
        if not self.is_over:
            self._state = RecorderState.FAILED
            self.problem = self.problem or "given up"
        self._let_go(is_patient=is_finishing)

    def _let_go(self, *, is_patient: bool = False) -> None:
        if self._slots is None:
            return
        self._slots = None
        with suppress(OSError):
            self._process.stdin and self._process.stdin.close()
        self._errors.close()
        try:
            self._process.wait(_LONGEST_GOODBYE_S)
        except subprocess.TimeoutExpired:
            if is_patient:
                return  # it is on its way: the file is finished without anybody waiting
            self._process.kill()  # it hangs: what it has written plays
            self._process.wait()
            self._listener.join()
        self.bytes_written = self._size()

    def _size(self) -> int:
        """Bytes of the file; 0 if there is none."""
        return os.path.getsize(self.path) if self.path.exists() else 0
