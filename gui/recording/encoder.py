"""The encoder: a process of its own without Qt, which takes pictures from shared memory."""

from __future__ import annotations

import dataclasses
import json
import mmap
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments import why_not
from experiments.processes.unfinished import ENDING_SIGNALS
from gui.models.recording_settings import QUEUE_LENGTH, RecordingError, RecordingSettings, Subject
from gui.picture.cells import Cells
from gui.picture.composer import Composer
from gui.recording.shared_memory import attach
from gui.recording.video_file import VideoFile, open_video

READY: Final = "ready"
TAKEN: Final = "taken"
FINISHED: Final = "finished"
FAILED: Final = "failed"
FRAME: Final = "frame"
FINISH: Final = "finish"

_NOTE_SESSION_EVERY_S: Final = 2.0

_LEAST_SLOTS: Final = 3
_LARGEST_QUEUE: Final = 128 << 20
"""Bytes for the pictures that wait, where that is enough for the least of them."""

_NICENESS: Final = 5
"""The window goes first where both want the same core."""

Size = tuple[int, int]

Form = tuple[int, int, str, bool, bool]
"""What a picture is: the header of cells, or height and width of a window and that it is one."""

_WINDOW: Final = "window"


class Slots:
    """Shared memory for the pictures that wait, and for the session.

    Parameters
    ----------
    memory
        At least :meth:`size` bytes.
    picture_bytes, caption_bytes, session_bytes
        Room for each.

    Attributes
    ----------
    length
        How many pictures can wait.
    """

    def __init__(
        self, memory: mmap.mmap, picture_bytes: int, caption_bytes: int, session_bytes: int
    ) -> None:
        slot = picture_bytes + caption_bytes
        self.length = self._length(slot)
        end = self.length * slot
        all_bytes = np.frombuffer(memory, dtype=np.uint8)
        self._slots = all_bytes[:end].reshape(self.length, slot)
        self._picture_bytes = picture_bytes
        self._sessions = all_bytes[end : end + 2 * session_bytes].reshape(2, session_bytes)

    @staticmethod
    def size(picture_bytes: int, caption_bytes: int, session_bytes: int) -> int:
        """Bytes needed for all."""
        slot = picture_bytes + caption_bytes
        return Slots._length(slot) * slot + 2 * session_bytes

    @staticmethod
    def _length(slot: int) -> int:
        """How many slots there are: fewer of large ones."""
        return min(QUEUE_LENGTH, max(_LEAST_SLOTS, _LARGEST_QUEUE // slot))

    def put_picture(self, slot: int, picture: Cells | NDArray[np.uint8]) -> bool:
        """Leave a picture for the encoder; whether there is room for it."""
        parts = picture.parts if isinstance(picture, Cells) else (picture.reshape(-1),)
        if sum(map(len, parts)) > self._picture_bytes:
            return False
        begin = 0
        for part in parts:
            self._slots[slot, begin : begin + len(part)] = part
            begin += len(part)
        return True

    def picture(self, slot: int, form: Form) -> Cells | NDArray[np.uint8]:
        """What was left, of the form that :func:`form_of` gave."""
        if form[2] != _WINDOW:
            return Cells.unpacked(form, self._slots[slot])
        height, width, *_ = form
        return self._slots[slot, : 4 * height * width].reshape(height, width, 4)

    def caption(self, slot: int, shape: Size) -> Any:
        """Where its caption is, RGBA."""
        length = shape[0] * shape[1] * 4
        begin = self._picture_bytes
        return self._slots[slot, begin : begin + length].reshape(*shape, 4)

    def put_session(self, session: bytes, *, is_last: bool) -> int:
        """Leave a session for the encoder; its length, or 0 if there is no room for it.

        The last one has a place of its own: the one before may not have been read yet.
        """
        if len(session) > self._sessions.shape[1]:
            return 0
        self._sessions[int(is_last), : len(session)] = np.frombuffer(session, dtype=np.uint8)
        return len(session)

    def session(self, length: int, *, is_last: bool) -> bytes:
        """What was left."""
        return self._sessions[int(is_last), :length].tobytes()


def main() -> None:
    """Encode what standard input tells of, until it is finished or closed.

    Lines of JSON come in: first an order (:func:`order`), then ``[FRAME, slot, index, form,
    caption shape or null, session length]`` and ``[FINISH, session
    length]``. Out go ``[READY]``, ``[TAKEN, slot, file size]``, ``[FINISHED, file size,
    whether the session is in it]``, of size 0 if there was no picture and so is no file, and
    ``[FAILED, words]``.
    """
    # A signal for the whole group is the window's to answer: it says when this is over.
    for number in ENDING_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    given = json.loads(sys.stdin.readline())
    sizes = given["sizes"]
    slots = Slots(attach(given["memory"], Slots.size(*sizes)), *sizes)
    settings = RecordingSettings(**{**given["settings"], "subject": Subject(given["subject"])})
    path, session = Path(given["path"]), given["session"].encode()
    try:
        video = open_video(path, settings, given["metadata"], session, is_live=True)
        _Encoding(slots, path, video, settings, session).run()
    except RecordingError as error:
        say(FAILED, str(error))
    except OSError as error:
        say(FAILED, why_not(error, path))
    except Exception as error:  # noqa: BLE001  # whatever it is, the window has to say it
        say(FAILED, f"{type(error).__name__}: {error}")
    # The memory goes with the process: views of it are held all over.
    os._exit(0)


def order(
    memory: str,
    sizes: tuple[int, int, int],
    path: Path,
    settings: RecordingSettings,
    metadata: Mapping[str, str],
    session: bytes,
) -> str:
    """The first line for the encoder; see :class:`~gui.recording.video_file.VideoFile`."""
    values = {**dataclasses.asdict(settings), "subject": None}
    del values["subject"]
    return json.dumps(
        {
            "memory": memory,
            "sizes": sizes,
            "path": str(path.absolute()),
            "subject": settings.subject.value,
            "settings": values,
            "metadata": dict(metadata),
            "session": session.decode(),
        }
    )


def form_of(picture: Cells | NDArray[np.uint8]) -> Form:
    """What a picture is, for the encoder."""
    if isinstance(picture, Cells):
        return picture.header
    height, width = picture.shape[:2]
    return height, width, _WINDOW, False, False


def say(*message: object) -> None:
    """Tell the window something; if it is gone, nobody has to know."""
    with suppress(OSError):
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


class _Encoding:
    """One file under way."""

    def __init__(
        self,
        slots: Slots,
        path: Path,
        video: VideoFile,
        settings: RecordingSettings,
        session: bytes,
    ) -> None:
        self._slots = slots
        self._path = path
        self._video = video
        self._composer = Composer(settings)
        self._session = session
        self._noted = time.monotonic()

    def run(self) -> None:
        """Encode until the end."""
        say(READY)
        try:
            while self._take(self._next()):
                pass
            if self._video.is_empty:
                self._video.give_up()
                say(FINISHED, 0, True)
                return
            is_held = self._video.close(self._session)
        except Exception:
            self._video.give_up()
            raise
        say(FINISHED, self._path.stat().st_size, is_held)

    def _next(self) -> Any:
        line = sys.stdin.readline()
        return json.loads(line) if line.endswith("\n") else (FINISH, 0)  # the window is gone

    def _take(self, message: Any) -> bool:
        """Do what a message says; whether there may be more."""
        if message[0] == FINISH:
            self._hold(message[1], is_last=True)
            return False
        _, slot, index, form, caption_shape, session_length = message
        caption = None if caption_shape is None else self._slots.caption(slot, caption_shape)
        picture = self._composer.compose(self._slots.picture(slot, form), caption)
        self._hold(session_length, is_last=False)
        say(TAKEN, slot, self._path.stat().st_size)
        self._video.write(picture, index)
        now = time.monotonic()
        if session_length or now - self._noted > _NOTE_SESSION_EVERY_S:
            self._noted = now
            self._video.note_session(self._session)
        return True

    def _hold(self, length: int, *, is_last: bool) -> None:
        if length:
            self._session = self._slots.session(length, is_last=is_last)


if __name__ == "__main__":
    main()
