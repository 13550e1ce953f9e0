"""Recent runs in the menu: noted with a picture, R and date, opened again, and forgotten."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QImage

from experiments import Parameters, Session, save_session
from gui.app import settings_of
from gui.kept.settings import load_settings, save_settings
from gui.laboratory import Laboratory
from gui.models.recent_run import MOST_RECENT, RecentRun
from tests.gui.conftest import InWindow
from tests.gui.staged import SMALL
from tests.gui.waiting import frames, until, until_later

NOTED = datetime(2026, 11, 26, 8, 10).timestamp()


def entries(lab: Laboratory) -> list[QAction]:
    """What the menu lists, as it is opened."""
    menu = lab.window.toolbar.recent_menu
    menu.aboutToShow.emit()
    return [each for each in menu.actions() if each.data() is not None]


def test_what_is_said_of_a_run() -> None:
    """Its name, R if that is known, and when it was."""
    run = RecentRun("/some/where/slow.fireflies", NOTED, 0.987)
    assert run.words == "slow.fireflies    R 0.99    2026-11-26 08:10"
    assert RecentRun("/a.mp4", NOTED).words == "a.mp4    2026-11-26 08:10"
    assert RecentRun("/a.mp4", 1e300, 0.5).words == "a.mp4    R 0.50"


def test_a_saved_run_is_listed_with_its_picture_and_opened_again(
    in_window: InWindow, tmp_path: Path
) -> None:
    """R is that of the moment it was saved at; a file that is gone is listed no more."""

    async def body(lab: Laboratory) -> None:
        lab.recent.pictures = tmp_path / "pictures"
        assert entries(lab) == []
        await until_later(lab, 1.0)
        lab.intent.is_playing = False
        await frames(lab)
        for name in ("one", "two"):
            lab.files.save(str(tmp_path / name))
        r = lab.simulation.instant.coherence
        first, second = entries(lab)
        assert first.text().startswith(f"two.fireflies    R {r:.2f}    20")
        assert first.toolTip() == str(tmp_path / "two.fireflies")
        assert not first.icon().isNull()
        assert len(list(lab.recent.pictures.iterdir())) == 2
        second.trigger()
        await until(lambda: lab.current.session is not None and lab.simulation.is_following)
        assert entries(lab)[0].toolTip() == str(tmp_path / "one.fireflies")
        assert f"R {r:.2f}" in entries(lab)[0].text()
        (tmp_path / "one.fireflies").unlink()
        assert [each.toolTip() for each in entries(lab)] == [str(tmp_path / "two.fireflies")]

    in_window(body, SMALL)


def test_how_an_opened_run_ends_is_seen_once_it_is_repeated(
    in_window: InWindow, tmp_path: Path
) -> None:
    """Until then its R isn't known, nor has it a picture."""
    path = tmp_path / "other.fireflies"
    save_session(path, Session(SMALL.replace(speed=50.0), (), 3.0))

    async def body(lab: Laboratory) -> None:
        lab.recent.pictures = tmp_path / "pictures"
        lab.files.open(str(path))
        (entry,) = entries(lab)
        assert "R " not in entry.text()
        assert entry.icon().isNull()
        await until(lambda: lab.recent.runs[0].r is not None)
        assert lab.simulation.now == 3.0
        (entry,) = entries(lab)
        assert f"R {lab.simulation.instant.coherence:.2f}" in entry.text()
        (picture,) = lab.recent.pictures.iterdir()
        assert not QImage(str(picture)).isNull()

    in_window(body, SMALL)


def test_they_are_remembered_and_can_be_forgotten(in_window: InWindow, tmp_path: Path) -> None:
    """Ten at most, the latest; clearing the list leaves the files, and no pictures."""
    for k in range(MOST_RECENT + 2):
        save_session(tmp_path / f"{k}.fireflies", Session(Parameters(side=3), (), 1.0))

    async def body(lab: Laboratory) -> None:
        lab.recent.pictures = tmp_path / "pictures"
        for k in range(MOST_RECENT + 2):
            lab.recent.note_saved(tmp_path / f"{k}.fireflies")
        settings = settings_of(lab)
        save_settings(tmp_path / "settings.json", settings)
        again = load_settings(tmp_path / "settings.json", pytest.fail)
        assert [Path(run.file).stem for run in again.recent] == [
            str(k) for k in range(MOST_RECENT + 1, 1, -1)
        ]
        lab.recent.bring_back(again.recent)
        assert len(entries(lab)) == MOST_RECENT
        lab.window.toolbar.recent_menu.actions()[-1].trigger()
        assert entries(lab) == []
        assert lab.window.toolbar.recent_menu.actions()[0].text().startswith("None yet")
        assert settings_of(lab).recent == ()
        assert len(list(tmp_path.glob("*.fireflies"))) == MOST_RECENT + 2

    in_window(body, SMALL)
