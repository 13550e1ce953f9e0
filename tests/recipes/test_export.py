"""A kind of export, added from outside: option, help, menu, file and sidecar follow from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from experiments import (
    EXPORT_KINDS,
    ExportKind,
    ExportSource,
    Parameters,
    Status,
    Table,
    load_session,
    sidecar_path,
)
from experiments.commands.command_line import main
from experiments.export.kinds import COHERENCE_EXPORT, FLASH_EXPORT, PHASE_EXPORT
from experiments.export.tables import TABLE_FORMATS
from gui.laboratory import Laboratory
from gui.models.exports import PLOT, window_exports
from gui.models.file_kinds import new_stem
from gui.views.export_menu import ExportMenu
from tests.gui.conftest import InWindow
from tests.gui.waiting import until
from tests.recipes.product_files import files_that_name

SMALL = Parameters(side=6, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)


def status_table(source: ExportSource) -> Table:
    """Who is silent or blind, by id."""
    status = source.simulation.status.astype(np.uint32)
    columns = {"id": np.arange(len(status), dtype=np.uint32), "status": status}
    meanings = {"id": "firefly, row by row from 0", "status": "sum of the flags, no unit"}
    return Table("marks", columns, meanings)


MARKS = ExportKind(
    name="marks",
    title="Marks",
    sentence="What was done to each firefly",
    option="marks-of-all",
    holds="what was done to each firefly",
    take=status_table,
)


@pytest.fixture
def marks() -> Iterator[ExportKind[Table]]:
    """One more kind, for the time of a test."""
    with EXPORT_KINDS.adding(MARKS):
        yield MARKS


def test_run_has_an_option_that_writes_it(
    marks: ExportKind[Table], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """With its columns, and their units in the sidecar; the help tells of it."""
    path = tmp_path / "marks.csv"
    given = ["--preset", "two-islands", "--seconds", "1", "--marks-of-all", str(path)]
    assert main(given) == 0
    header, *rows = path.read_text().splitlines()
    assert header == "id,status"
    assert {int(row.split(",")[1]) for row in rows} > {int(Status.NORMAL)}
    said = json.loads(sidecar_path(path).read_text())
    assert (said["what"], said["rows"]) == ("marks", len(rows))
    assert said["columns"]["status"] == "sum of the flags, no unit"
    assert "--marks-of-all" in said["command"]
    with pytest.raises(SystemExit):
        main(["--help"])
    words = " ".join(capfd.readouterr().out.split())
    assert "write what was done to each firefly to .csv, .jsonl or .parquet" in words


def test_what_cannot_be_written_is_refused_by_its_option(
    marks: ExportKind[Table], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In one line, before anything runs."""
    with pytest.raises(SystemExit) as left:
        main(["--seconds", "1e9", "--marks-of-all", str(tmp_path / "marks.npy")])
    assert left.value.code == 2
    said = capfd.readouterr().err
    assert f"--marks-of-all {tmp_path / 'marks.npy'} must end in .csv, .jsonl or .parquet" in said


def test_the_window_exports_it(
    marks: ExportKind[Table], in_window: InWindow, tmp_path: Path
) -> None:
    """From its menu, to a file named after it, with the session that makes it again."""
    path = tmp_path / f"{new_stem(marks.name, '', 1, 2.0)}{marks.formats[0]}"
    assert path.name == "fireflies-seed1-2s-marks.csv"

    async def body(lab: Laboratory) -> None:
        menu = lab.window.toolbar.export_menu
        [action] = [each for each in menu.actions() if each.toolTip() == marks.sentence]
        asked: list[ExportKind[Any]] = []
        menu.exportRequested.disconnect()
        menu.exportRequested.connect(asked.append)
        action.trigger()
        assert asked == [marks]
        await until(lambda: lab.simulation.now > 0.5)
        lab.simulation.act("silent", [3])
        await until(lambda: lab.simulation.status[3] == Status.SILENT)
        lab.window.exportRequested.emit(marks, str(path))
        await until(lambda: not lab.exporting.is_on)

    in_window(body, SMALL)
    assert path.read_text().splitlines()[4] == f"3,{Status.SILENT:d}"
    said = json.loads(sidecar_path(path).read_text())
    again = f"--session {path.name}.fireflies --marks-of-all {path.name}"
    assert said["command"] == f"fireflies run {again}"
    assert len(load_session(path.with_name(f"{path.name}.fireflies")).steps) == 1


def test_taken_away_it_is_gone(
    qtbot: QtBot, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """No option, no entry, no kind of file."""
    from PySide6.QtWidgets import QWidget

    with pytest.raises(SystemExit) as left:
        main(["--marks-of-all", str(tmp_path / "marks.csv")])
    assert left.value.code == 2
    assert "unknown option --marks-of-all" in capfd.readouterr().err
    assert "marks" not in window_exports()
    parent = QWidget()
    qtbot.addWidget(parent)
    assert MARKS.sentence not in [each.toolTip() for each in ExportMenu(parent).actions()]


def test_a_name_stands_for_one_kind() -> None:
    """A second one of that name is refused."""
    with EXPORT_KINDS.adding(MARKS), pytest.raises(ValueError, match="'marks' is declared already"):
        EXPORT_KINDS.add(MARKS)
    assert "marks" not in EXPORT_KINDS


@pytest.mark.parametrize("kind", window_exports().values(), ids=lambda kind: kind.name)
def test_the_docs_tell_of_each_kind(kind: ExportKind[Any]) -> None:
    """A row of their table has what the menu calls it, its option, and what it may end in."""
    text = (Path(__file__).parents[2] / "docs" / "sessions.md").read_text()
    [row] = [line for line in text.splitlines() if f"--{kind.option} FILE" in line]
    assert kind.title in row
    others = set(kind.formats) - set(TABLE_FORMATS)
    assert all(f"`{suffix}`" in row for suffix in others)


@pytest.mark.parametrize(
    "kind", [FLASH_EXPORT, COHERENCE_EXPORT, PHASE_EXPORT, PLOT], ids=lambda kind: kind.name
)
def test_a_kind_takes_at_most_two_files_of_the_product(kind: ExportKind[Any]) -> None:
    """The one that declares it; what is no table has another one that draws it."""
    words = (kind.sentence, f'"{kind.title}"', f'"--{kind.option}"', f'option="{kind.option}"')
    declared_in = "gui/models/exports.py" if kind is PLOT else "experiments/export/kinds.py"
    sweeps = {"experiments/commands/sweep_command.py", "experiments/commands/sweep_options.py"}
    files = files_that_name(words) - sweeps  # which have a plot of their own
    assert declared_in in files
    assert len(files) <= (2 if kind is PLOT else 1)
