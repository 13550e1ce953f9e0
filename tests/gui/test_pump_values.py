"""Values on their way to the model: asked for, refused, marked and undone."""

from __future__ import annotations

import asyncio

import pytest

from experiments import Parameters
from tests.gui.staged import SMALL, Stage, run_staged


def test_changes_reach_the_model_within_a_frame() -> None:
    """What was asked between two frames is in force after the next one."""

    async def body(stage: Stage) -> None:
        await stage.play(0.5)
        stage.controller.move_value("nudge", 0.01)
        stage.controller.move_value("nudge", 0.07)
        stage.controller.move_value("glow", 0.5)
        await stage.play(1 / 60)
        assert stage.simulation.parameters.nudge == 0.07
        assert stage.simulation.parameters.glow == 0.5
        assert len(stage.simulation.interventions) == 1
        assert stage.values.nudge == 0.07

    run_staged(body)


def test_changes_reach_the_model_while_paused() -> None:
    """Also a swarm that stands still takes its new values at once."""

    async def body(stage: Stage) -> None:
        stage.controller.toggle_play()
        await stage.play(0.1)
        stage.controller.move_value("period", 2.0)
        await stage.play(1 / 60)
        assert stage.simulation.parameters.period == 2.0

    run_staged(body)


def test_an_invalid_value_is_refused_with_its_reason() -> None:
    """The model keeps all its values; the reason stands next to what was moved."""

    async def body(stage: Stage) -> None:
        stage.controller.move_value("refractory", 0.01)
        await stage.play(1 / 60)
        assert stage.simulation.parameters == SMALL
        reason = "Refractory stays above the jitter (0.02 s), not 0.01 s"
        assert stage.screen.refusals == {"refractory": reason}
        assert stage.screen.values == SMALL
        stage.controller.move_value("refractory", 0.3)
        await stage.play(1 / 60)
        assert stage.screen.refusals == {}
        assert stage.simulation.parameters.refractory == 0.3

    run_staged(body)


def test_of_two_values_asked_at_once_only_the_bad_one_is_refused() -> None:
    """Wishes of one frame don't stand in for each other."""

    async def body(stage: Stage) -> None:
        stage.controller.move_value("speed", 0.01)
        stage.controller.move_value("nudge", 0.01)
        await stage.play(1 / 60)
        assert stage.simulation.parameters == SMALL.replace(nudge=0.01)
        assert "nudge" not in stage.screen.refusals

    run_staged(body)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("period", "-0.2", "Period stays between 0.001 s and 3,600 s, not -0.2 s"),
        ("period", "7200", "Period stays between 0.001 s and 3,600 s, not 7,200 s"),
        ("period", "soon", "Period takes a number, not \u201csoon\u201d"),
        ("period", "0.15", "Period stays above the refractory time (0.20 s), not 0.15 s"),
        ("delay", "-1", "Delay stays between 0 s and 3,600 s, not -1 s"),
        ("nudge", "nan", "Nudge stays between 0 s and the period (1.0 s), not nan"),
        ("nudge", "9", "Nudge stays between 0 s and the period (1.0 s), not 9 s"),
        ("refractory", "5", "Refractory stays from 0 s to below the period (1.0 s), not 5 s"),
        ("refractory", "0.01", "Refractory stays above the jitter (0.02 s), not 0.01 s"),
        ("refractory", "9e-7", "Refractory does not go with the jitter (0.02 s), not 9e-07 s"),
        ("jitter", "0.2", "Jitter stays from 0 s to below the refractory time (0.20 s), not 0.2 s"),
        ("glow", "2", "Glow stays above 0, up to 1 period, not 2"),
        ("speed", "0.01", "Speed stays between 0.05x and 1,000x, or is max, not 0.01x"),
        (
            "speed",
            "as fast as it goes",
            "Speed takes a number or max, not \u201cas fast as i\u2026\u201d",
        ),
        ("side", "2", "Side is a whole number from 3 to 1000, not 2"),
        ("side", "7.5", "Side is a whole number from 3 to 1000, not 7.5"),
        ("side", "4,000", "Side is a whole number from 3 to 1000, not 4,000"),
    ],
)
def test_typed_nonsense_is_refused_in_words(name: str, text: str, reason: str) -> None:
    """What is allowed is said, in one short sentence with units, and nothing changes."""

    async def body(stage: Stage) -> None:
        stage.controller.type_value(name, text)
        await stage.play(1 / 60)
        assert stage.screen.refusals == {name: reason}
        assert stage.simulation.pending == SMALL
        assert stage.intent.restart is None

    run_staged(body)


def test_a_period_below_the_nudge_is_refused_for_its_sake() -> None:
    """The value moved is the subject, whichever of two values the model would blame."""

    async def body(stage: Stage) -> None:
        stage.controller.type_value("nudge", "0.5")
        await stage.play(1 / 60)
        stage.controller.type_value("period", "0.4")
        await stage.play(1 / 60)
        assert stage.screen.refusals == {
            "period": "Period stays at or above the nudge (0.50 s), not 0.4 s"
        }

    run_staged(body)


def test_a_refusal_goes_with_the_next_good_value_of_its_own() -> None:
    """Another parameter's change leaves it; also the value in force takes it back."""

    async def body(stage: Stage) -> None:
        stage.controller.type_value("nudge", "9")
        stage.controller.type_value("side", "2")
        await stage.play(1 / 60)
        assert set(stage.screen.refusals) == {"nudge", "side"}
        stage.controller.move_value("glow", 0.5)
        await stage.play(1 / 60)
        assert set(stage.screen.refusals) == {"nudge", "side"}
        stage.controller.type_value("nudge", "0.05")
        stage.controller.type_value("side", "6")
        await stage.play(1 / 60)
        assert stage.screen.refusals == {}

    run_staged(body)


def test_changes_leave_marks_but_those_of_the_view_dont() -> None:
    """A mark says what changed and when; speed and glow change nothing that happens."""

    async def body(stage: Stage) -> None:
        await stage.play(1.0)
        stage.controller.move_value("nudge", 0.04)
        stage.controller.move_value("speed", 2.0)
        stage.controller.move_value("glow", 0.4)
        await stage.play(1.0)
        marks = stage.screen.given["coherence"][-1].marks
        assert [mark.label for mark in marks] == ["nudge 0.04 s"]
        assert marks[0].t == pytest.approx(1.0, abs=0.05)

    run_staged(body)


def test_undo_and_redo_go_through_changes_one_drag_at_a_time() -> None:
    """A drag is one step; values come back at the present time, and forth again."""

    async def body(stage: Stage) -> None:
        for nudge in (0.06, 0.07, 0.08):
            stage.controller.move_value("nudge", nudge)
            await stage.play(1 / 60)
        stage.controller.release_handle("nudge")
        stage.controller.type_value("period", "2")
        await stage.play(1.0)
        now = stage.simulation.now

        async def values() -> tuple[float, float]:
            await stage.play(1 / 60)
            return stage.simulation.parameters.nudge, stage.simulation.parameters.period

        assert await values() == (0.08, 2.0)
        stage.controller.undo()
        assert await values() == (0.08, 1.0)
        stage.controller.undo()
        assert await values() == (0.05, 1.0)
        stage.controller.undo()
        assert await values() == (0.05, 1.0)
        stage.controller.redo()
        stage.controller.redo()
        assert await values() == (0.08, 2.0)
        stage.controller.undo()
        assert await values() == (0.08, 1.0)
        stage.controller.type_value("jitter", "0.01")
        stage.controller.redo()
        assert await values() == (0.08, 1.0)
        assert stage.simulation.now > now

    run_staged(body)


def test_a_refused_change_is_nothing_to_undo() -> None:
    """Undo goes to the last change that was made."""

    async def body(stage: Stage) -> None:
        stage.controller.type_value("nudge", "0.06")
        await stage.play(1 / 60)
        stage.controller.type_value("nudge", "50")
        await stage.play(1 / 60)
        stage.controller.undo()
        await stage.play(1 / 60)
        assert stage.simulation.parameters == SMALL

    run_staged(body)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("period", "2", 2.0),
        ("nudge", "0.11", 0.11),
        ("refractory", "0.31", 0.31),
        ("jitter", "0.07", 0.07),
        ("glow", "0.9", 0.9),
        ("speed", "2.5", 2.5),
    ],
)
def test_a_change_is_in_the_model_and_on_the_screen_within_one_frame(
    name: str, text: str, value: float
) -> None:
    """Every live slider, while time passes and while it is paused."""

    async def body(stage: Stage) -> None:
        for is_playing in (True, False):
            await stage.play(0.5)
            stage.controller.type_value(name, text)
            await stage.play(1 / 60)
            assert getattr(stage.simulation.parameters, name) == value
            assert getattr(stage.screen.values, name) == value
            stage.controller.undo()
            if is_playing:
                stage.controller.toggle_play()

    run_staged(body)


def test_a_value_shows_before_the_loop_paints_the_frame() -> None:
    """Not the old one beside a picture made with the new: it is there at the loop's turn."""

    async def body(stage: Stage) -> None:
        await stage.step()
        stage.controller.move_value("nudge", 0.07)
        stage.controller.toggle_play()
        seen: list[tuple[Parameters | None, bool | None]] = []
        loop = asyncio.get_running_loop()
        step = asyncio.ensure_future(stage.step())
        loop.call_soon(lambda: seen.append((stage.screen.values, stage.screen.playing)))
        await step
        ((values, is_playing),) = seen
        assert values is not None
        assert values.nudge == 0.07
        assert is_playing is stage.intent.is_playing

    run_staged(body)


def test_while_a_value_is_dragged_plots_over_time_are_drawn_no_more_often() -> None:
    """A drag is one mark, whose words follow with the next picture; so it costs no frames."""

    async def body(stage: Stage) -> None:
        pictures = stage.screen.given["coherence"]

        async def pictures_in(values: list[float]) -> int:
            before = len(pictures)
            for value in values:
                stage.controller.move_value("nudge", value)
                await stage.play(1 / 60)
            return len(pictures) - before

        await stage.play(1.0)
        at_rest = await pictures_in([0.05] * 60)
        dragged = await pictures_in([0.05 + 0.001 * k for k in range(60)])
        assert at_rest > 0
        assert dragged <= at_rest + 1  # its beginning shows at once
        await stage.play(0.5)
        assert pictures[-1].marks[-1].label == "nudge 0.109 s"

    run_staged(body)
