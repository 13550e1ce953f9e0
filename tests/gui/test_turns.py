"""Whose turn it is: which panel is shown when, and what panels say of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from gui.controllers.instruments import Instruments
from gui.instruments.controls import CONTROLS
from gui.instruments.panel import Instrument
from gui.instruments.registry import PANELS
from gui.models.coherence_trace import Mark, MarkKeeper
from gui.models.metrics import Measured
from gui.models.time_window import TimeWindow
from tests.gui.staged import Stage, run_staged


@dataclass(frozen=True)
class Nothing:
    """Nothing was measured."""

    measured: Measured = field(default_factory=Measured)


async def instruments_of(stage: Stage) -> tuple[Instruments, MarkKeeper]:
    """Instruments of their own on the screen of a stage, and the changes that they know."""
    marks = MarkKeeper()
    await stage.play(0.5)
    stage.screen.given.clear()
    painting, nothing = stage.pump.painting, Nothing()
    return Instruments(stage.screen, painting, marks, stage.intent, nothing), marks


def shown_by(stage: Stage, instruments: Instruments, walls: Iterable[float]) -> list[str]:
    """The panels that are given something at each of some wall times."""
    shown = []
    for wall in walls:
        stage.screen.given.clear()
        instruments.show_next(stage.simulation, wall)
        shown.append("".join(stage.screen.given))
    return shown


def test_one_instrument_is_shown_in_a_frame_the_one_that_has_waited_longest() -> None:
    """None twice before each was shown; then by when they are due; none if nothing has changed."""

    async def body(stage: Stage) -> None:
        instruments, _ = await instruments_of(stage)
        declared = [each for each in PANELS.values() if isinstance(each, Instrument)]
        names = [each.name for each in declared]
        assert shown_by(stage, instruments, range(len(names))) == names
        assert instruments.is_up_to_date(stage.simulation)
        assert shown_by(stage, instruments, range(10, 15)) == [""] * 5
        await stage.play(0.1)
        assert not instruments.is_up_to_date(stage.simulation)
        due = {each.name: number + each.interval_s for number, each in enumerate(declared)}
        del due["response"]  # it goes by the parameters alone
        assert shown_by(stage, instruments, [20] * (len(due) + 1)) == [
            *sorted(due, key=lambda name: due[name]),
            "",
        ]

    run_staged(body)


def test_what_people_change_by_hand_shows_at_once() -> None:
    """The part of the run that is shown, and that a change began; what a drag makes of its words,
    as soon as the picture is due again."""

    async def body(stage: Stage) -> None:
        instruments, marks = await instruments_of(stage)
        shown_by(stage, instruments, [0.0] * len(PANELS))
        assert shown_by(stage, instruments, [0.01]) == [""]
        stage.intent.time_window = TimeWindow(0.1, 0.3)
        assert not instruments.is_up_to_date(stage.simulation)
        assert shown_by(stage, instruments, [0.01] * 3) == ["coherence", "raster", "rate"]
        marks.note(0.01, 0.2, "nudge", "nudge 0.06 s")
        instruments.show_next(stage.simulation, 0.01)
        assert stage.screen.given["coherence"][-1].marks == (Mark(0.2, "nudge 0.06 s"),)
        marks.note(0.01, 0.2, "nudge", "nudge 0.07 s")  # the same drag goes on
        for _ in PANELS:
            instruments.show_next(stage.simulation, 10.0)
        assert stage.screen.given["coherence"][-1].marks == (Mark(0.2, "nudge 0.07 s"),)

    run_staged(body)


def test_an_instrument_that_nobody_sees_works_out_nothing() -> None:
    """It is shown as soon as somebody does, with the present."""

    async def body(stage: Stage) -> None:
        instruments, _ = await instruments_of(stage)
        stage.screen.shows = False
        assert shown_by(stage, instruments, range(10)) == [""] * 10
        assert instruments.is_up_to_date(stage.simulation)
        stage.screen.shows = True
        assert not instruments.is_up_to_date(stage.simulation)
        assert shown_by(stage, instruments, [0.0]) != [""]

    run_staged(body)


def test_what_panels_say_of_themselves_fits_together() -> None:
    """Each has a key of its own, in their order; those stacked stand on one of the same area."""
    declared = list(PANELS.values())
    keys = [f"{held}+{k}" for held in ("Ctrl", "Alt") for k in range(1, 10)]
    assert [each.key for each in declared] == keys[: len(declared)]
    for each in declared:
        if each.stacked_on:
            assert PANELS[each.stacked_on].area is each.area


def test_the_guide_tells_of_every_panel_and_its_keys() -> None:
    """By the title that it has in the window."""
    text = (Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8")
    keys = [each.key for each in PANELS.values()]
    assert f"`{keys[0]}` to `{keys[8]}` and `{keys[9]}` to `{keys[-1]}`" in text
    for each in PANELS.values():
        assert f"**{each.title}**" in text or each is CONTROLS
