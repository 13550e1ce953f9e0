"""Settings saved as they change, so that a crash takes none away."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gui.controllers import settings_keeper
from gui.controllers.settings_keeper import SettingsKeeper
from gui.kept.settings import Settings, load_settings
from tests.gui.conftest import Run
from tests.gui.waiting import until


def test_what_changes_is_saved_and_nothing_before(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can't be told at the moment waits; the keeper looks every millisecond of real time."""
    monkeypatch.setattr(settings_keeper, "SAVE_SETTINGS_EVERY_S", 0.001)
    path = tmp_path / "settings.json"
    present: list[Settings | None] = [Settings(preset="Waves")]

    looked = 0

    def look() -> Settings | None:
        nonlocal looked
        looked += 1
        return present[0]

    async def main() -> None:
        keeper = SettingsKeeper(path, look)
        keeping = asyncio.create_task(keeper.run())
        await until(lambda: looked > 3)
        await keeper.save_if_changed()
        assert not path.exists()
        present[0] = None
        await keeper.save_if_changed()
        present[0] = Settings(preset="Pinwheels")
        await until(path.exists)
        assert load_settings(path).preset == "Pinwheels"
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        keeper.close(Settings(preset="Two islands"))
        await until(
            lambda: load_settings(path).preset == "Two islands"
        )  # close waits, not for ever

    run(main())
