"""A recording that is paused and goes on, and the folder that recordings go to."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from gui.controllers.file_places import FilePlaces
from gui.laboratory import Laboratory
from gui.models.recording import RecordingChoice
from gui.recording.frame_numbers import FrameNumbers
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL
from tests.gui.videos import decoded
from tests.gui.waiting import frames, until

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # of dialogs, offscreen


def has_frames(lab: Laboratory, n: int) -> bool:
    """Whether the recording has more frames than that."""
    return lab.recording.recorder is not None and lab.recording.recorder.frames > n


def test_frames_before_and_after_a_pause_are_neighbours() -> None:
    """However long it was; then they keep to the wall clock again, and none was missed."""
    numbers = FrameNumbers(10)
    numbers.pause(True)
    assert not numbers.is_due(0.0)
    numbers.pause(False)
    for k in range(3):
        assert numbers.is_due(k / 10)
        assert numbers.take(k / 10) == 0
    numbers.pause(True)
    assert not numbers.is_due(5.0)
    assert numbers.elapsed_s == pytest.approx(0.3)
    numbers.pause(False)
    assert numbers.is_due(100.0)
    assert numbers.take(100.0) == 0
    assert numbers.last == 3
    assert not numbers.is_due(100.02)
    assert numbers.is_due(100.1)
    assert numbers.take(100.3) == 2
    assert numbers.last == 6


def test_a_paused_recording_takes_nothing_and_joins_what_comes_after(
    in_window: InWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button beside it and the key; of the time between nothing is in the video."""
    monkeypatch.setattr("platformdirs.user_videos_path", lambda: tmp_path)

    async def body(lab: Laboratory) -> None:
        toolbar = lab.window.toolbar
        button = toolbar.buttons["pause recording"]
        lab.window.recordingChoiceRequested.emit(RecordingChoice(fps=30))
        assert button.isHidden()
        lab.window.ask("record")
        await until(partial(has_frames, lab, 10))
        assert button.isVisible()
        button.click()
        await until(lambda: "paused" in toolbar.recording.text())
        recorder = lab.recording.recorder
        assert recorder is not None
        n, elapsed = recorder.frames, recorder.elapsed_s
        now = lab.simulation.now
        await until(lambda: lab.simulation.now > now + 1.0)
        assert (recorder.frames, recorder.elapsed_s) == (n, elapsed)
        assert not lab.recording.wants_pictures
        QTest.keyClick(
            lab.window,
            Qt.Key.Key_P,
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
        )
        await until(lambda: recorder.frames > n + 10)
        assert "paused" not in toolbar.recording.text()
        lab.window.ask("pause recording")  # finished while paused it is whole too
        lab.window.ask("record")
        await until(lambda: not lab.recording.is_on)
        assert button.isHidden()
        (path,) = (tmp_path / "Fireflies").iterdir()
        times, _ = decoded(path)
        assert len(times) == recorder.frames
        assert np.max(np.diff(times)) <= (recorder.dropped + 1.01) / 30

    in_window(body, SMALL)


def test_the_folder_of_recordings_is_chosen_shown_and_remembered(
    in_window: InWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the recording menu; where it is gone the videos' folder has them again."""
    monkeypatch.setattr("platformdirs.user_videos_path", lambda: tmp_path / "videos")
    mine = tmp_path / "mine & yours"
    mine.mkdir()

    async def body(lab: Laboratory) -> None:
        menu = lab.window.toolbar.recording_menu
        menu.aboutToShow.emit()
        entry = menu.actions()[-1]
        assert entry.toolTip() == str(tmp_path / "videos" / "Fireflies")
        entry.trigger()
        dialog = lab.window.findChild(QFileDialog)
        assert dialog is not None
        assert dialog.fileMode() is QFileDialog.FileMode.Directory
        dialog.fileSelected.emit(str(mine))
        dialog.close()
        assert entry.toolTip() == str(mine)
        assert entry.text().startswith("Folder: ")
        assert "mine && yours" in entry.text()
        lab.window.ask("record")
        await until(partial(has_frames, lab, 3))
        lab.window.ask("record")
        await until(lambda: not lab.recording.is_on)
        assert [path.suffix for path in mine.iterdir()] == [".mp4"]
        remembered = lab.places.remembered()
        places = FilePlaces(lab.simulation, lambda: "")
        places.bring_back(remembered)
        assert places.chosen("recording") == mine
        for path in mine.iterdir():
            path.unlink()
        mine.rmdir()
        menu.aboutToShow.emit()
        assert entry.toolTip() == str(tmp_path / "videos" / "Fireflies")
        await frames(lab)

    in_window(body, SMALL)
