"""A screen without Qt: it remembers what it was shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments import Defects, Parameters
from gui.controllers.screen import Screen
from gui.models.brush import Brush
from gui.models.colouring import Colouring
from gui.models.drawing import Drawing
from gui.models.hearers import Hearers
from gui.models.notice import Notice
from gui.models.recording import RecordingStatus
from gui.models.status_readout import StatusReadout
from gui.models.stroke_shape import StrokeShape
from gui.models.timeline import Timeline
from gui.picture.frame_buffer import Frame
from tests.gui.cells import rgba_of


class FakeScreen:
    """What controllers show things on, in tests; derived from the protocol by a type checker.

    Attributes
    ----------
    shows
        Whether anybody looks: at the grid and at all panels.
    given
        All that each panel was given to show, by its name, the latest last.
    """

    def __init__(self) -> None:
        self.shows = True
        self.panels: frozenset[str] = frozenset({"controls", "coherence"})
        self.frames: list[NDArray[np.uint8]] = []
        self.is_evened = False
        self.given: defaultdict[str, list[Any]] = defaultdict(list)
        self.statuses: list[StatusReadout] = []
        self.notes: list[str] = []
        self.can_cancel = False
        self.story: tuple[str, ...] = ()
        self.toasts: list[str] = []
        self.refusals: dict[str, str] = {}
        self.values: Parameters | None = None
        self.playing: bool | None = None
        self.timeline: Timeline | None = None
        self.recording: RecordingStatus | None = None
        self.notice: Notice | None = None
        self.marks: NDArray[np.uint8] | None = None
        self.is_marking = False
        self.defects: Defects | None = None
        self.pinned: int | None = None
        self.hearers: list[Hearers] = []
        self.preset = ("", "")
        self.is_calm = False
        self.brush: tuple[Brush, int] | None = None
        self.shape = StrokeShape.FREE
        self.preview: set[int] = set()
        self.firefly = ""
        self.view: Colouring | None = None

    def is_showing(self) -> bool:
        return self.shows

    def is_seen(self, name: str) -> bool:
        return self.shows

    def panels_shown(self) -> frozenset[str]:
        return self.panels

    def show_panels(self, names: Collection[str]) -> None:
        self.panels = frozenset(names)

    def show_panel(self, name: str) -> None:
        self.panels |= {name}

    def room(self, name: str) -> tuple[int, int]:
        return 40, 60

    def show_in(self, name: str, data: object) -> None:
        self.given[name].append(data)

    def show_frame(self, frame: Frame) -> None:
        self.frames.append(rgba_of(frame.cells).copy())
        self.is_evened = frame.is_evened

    def show_view(self, view: Colouring) -> None:
        self.view = view

    def show_brush(self, brush: Brush, width: int, shape: StrokeShape) -> None:
        self.brush, self.shape = (brush, width), shape

    def show_preview(self, ids: Collection[int]) -> None:
        self.preview = set(ids)

    def show_firefly(self, words: str) -> None:
        self.firefly = words

    def show_marks(self, status: NDArray[np.uint8]) -> None:
        self.marks = status

    def show_pinned(self, firefly: int | None) -> None:
        self.pinned = firefly

    def show_hearers(self, hearers: Hearers) -> None:
        self.hearers.append(hearers)

    def show_timeline(self, timeline: Timeline | None) -> None:
        self.timeline = timeline

    def show_notice(self, notice: Notice | None) -> None:
        self.notice = notice

    def show_recording(self, status: RecordingStatus | None) -> None:
        self.recording = status

    def show_status(self, status: StatusReadout) -> None:
        self.statuses.append(status)

    def show_playing(self, is_playing: bool) -> None:
        self.playing = is_playing

    def show_note(self, words: str, can_cancel: bool = False) -> None:
        self.notes.append(words)
        self.can_cancel = can_cancel

    def show_story(self, lines: Sequence[str]) -> None:
        self.story = tuple(lines)

    def show_preset(self, name: str, sentence: str, usual: str = "") -> None:
        self.preset = name, sentence

    def show_calm(self, is_calm: bool) -> None:
        self.is_calm = is_calm

    def show_drawing(self, drawing: Drawing) -> None:
        self.drawing = drawing

    def show_population(self, choice: str, *, is_mirrored: bool) -> None:
        self.population = choice

    def show_marking(self, is_on: bool) -> None:
        self.is_marking = is_on

    def show_defects(self, defects: Defects | None) -> None:
        self.defects = defects

    def show_toast(self, words: str) -> None:
        self.toasts.append(words)

    def show_parameters(self, parameters: Parameters) -> None:
        self.values = parameters

    def show_refusal(self, name: str, reason: str) -> None:
        if reason:
            self.refusals[name] = reason
        else:
            self.refusals.pop(name, None)


_: Screen = FakeScreen()  # to a type checker: it has all that there is, and as it is called
