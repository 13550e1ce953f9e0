"""What is said of a run that hardly moves."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from experiments import COMPILED, WORKFLOWS, Parameters, PopulationKind, SlowAdvice
from gui.controllers import readouts
from gui.models.pacing import SpeedMeter
from gui.models.slowness import TOLD_AFTER_S, SlownessNews, advice_of
from gui.models.status_readout import BUSY_WORDS, Activity, StatusReadout
from gui.views.status_line import StatusLine
from tests.gui.staged import Stage, run_staged


def status(**values: Any) -> StatusReadout:
    """Of a run that hardly moves, and why is known."""
    known: dict[str, Any] = {
        "activity": Activity.RUNNING,
        "t": 1.0,
        "asked": 1.0,
        "held": 0.001,
        "fps": 60.0,
        "flashes_per_s": 750.0,
        "observed": {},
        "seed": 1,
        "population": "",
        "advice": "this helps",
    }
    return StatusReadout(**{**known, **values})


@pytest.mark.parametrize(
    ("values", "kind", "flashes_per_s", "held", "begin"),
    [
        ({"side": 10}, WORKFLOWS, 5_000.0, 1e-4, "pulses come straight back, about 2,500,000"),
        ({"side": 10}, WORKFLOWS, 5_000.0, 0.0, "pulses come straight back: a longer delay"),
        ({"side": 10}, WORKFLOWS, 100.0, 0.0, ""),  # all at one instant
        ({"side": 10}, WORKFLOWS, 20.0, 1.0, ""),
        ({"side": 10}, WORKFLOWS, None, None, ""),
        (
            {"topology": "all"},
            WORKFLOWS,
            500.0,
            0.5,
            "each of 2,500 workflows is heard by 2,499: Menu, Computed as, Compiled takes",
        ),
        ({"topology": "all"}, COMPILED, 500.0, 0.5, ""),
    ],
)
def test_what_takes_the_time_is_told_where_it_is_known(
    values: dict[str, Any],
    kind: PopulationKind,
    flashes_per_s: float | None,
    held: float | None,
    begin: str,
) -> None:
    """Pulses that come straight back, or more pulses than workflows have time for."""
    told = advice_of(Parameters(**values), kind, flashes_per_s, held)
    assert told.words.startswith(begin)
    assert bool(told) == bool(begin)
    assert told.rules in {"", "pulses come straight back"}
    assert bool(told.rules) == begin.startswith("pulses")


def test_rules_that_take_the_time_are_told_before_other_programs() -> None:
    """These may be busy too; without them it would be no faster to speak of."""
    assert status(is_starved=True).speed_text() == f"{BUSY_WORDS}: below 0.01x"
    assert status(is_starved=True, rules="it storms").speed_text() == "it storms: below 0.01x"


def test_it_is_said_once_of_a_swarm_that_hardly_moves() -> None:
    """When it has been that slow for a while; of the next swarm again."""
    news = SlownessNews()
    assert news.news(status(), 10.0) == ""
    assert news.news(status(held=0.5), 10.0 + TOLD_AFTER_S) == ""
    assert news.news(status(), 20.0) == ""
    assert news.news(status(), 20.0 + TOLD_AFTER_S) == "It hardly moves: this helps"
    assert news.news(status(), 40.0) == ""
    news.begin_anew()
    assert news.news(status(), 50.0) == ""
    assert news.news(status(), 50.0 + TOLD_AFTER_S) == "It hardly moves: this helps"


@pytest.mark.parametrize(
    "values", [{"advice": ""}, {"held": None}, {"is_replay": True}, {"held": 0.06, "asked": 0.5}]
)
def test_nothing_is_said_where_nothing_helps(values: dict[str, Any]) -> None:
    """Nor where it is as slow as asked."""
    news = SlownessNews()
    assert [news.news(status(**values), wall) for wall in (0.0, 10.0)] == ["", ""]


def test_why_it_hardly_moves_is_told_over_the_grid_and_at_the_speed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once there, and here for as long as it lasts."""
    held = [0.001]
    monkeypatch.setattr(SpeedMeter, "rate", lambda _: held[-1])
    monkeypatch.setattr(readouts, "advice_of", lambda *_: SlowAdvice("this helps", "it storms"))

    async def body(stage: Stage) -> None:
        await stage.play(2.0 * TOLD_AFTER_S)
        slow = [words for words in stage.screen.toasts if words.startswith("It hardly moves")]
        assert slow == ["It hardly moves: this helps"]
        assert stage.screen.statuses[-1].advice == "this helps"
        assert stage.screen.statuses[-1].speed_text() == "it storms: below 0.01x"
        held.append(1.0)
        await stage.play(1.0)
        assert stage.screen.statuses[-1].advice == ""
        assert stage.screen.statuses[-1].speed_text() == "1.0x"

    run_staged(body)


def test_the_speed_has_the_advice_as_its_tool_tip(qtbot: QtBot) -> None:
    """While there is one."""
    host = QWidget()
    qtbot.addWidget(host)
    line = StatusLine(host)
    for advice, shown in (("this helps", "This helps"), ("", "")):
        line.show_status(status(advice=advice))
        assert line.labels["speed"].toolTip() == shown
