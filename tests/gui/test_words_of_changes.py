"""Changes of the physics in words: marks on plots, captions, and what undo says."""

from __future__ import annotations

from typing import Any

import pytest

from experiments import Parameters, session_of
from gui.models.coherence_trace import Mark
from gui.models.timeline import change_marks
from gui.picture.caption import caption_lines
from tests.gui.staged import Stage, run_staged

LONG = tuple((x / 4, 0.1) for x in range(5))
CURVE = ((0.0, 0.0), (0.4, -0.1), (1.0, 0.05))


async def marked(stage: Stage, **values: Any) -> list[str]:
    """The marks that a change adds: those of the plots and those of a session are the same."""
    before = len(stage.screen.given["coherence"][-1].marks) if stage.screen.given else 0
    await stage.play(1.5)  # longer than what counts as one drag
    for name, value in values.items():
        stage.intent.ask(name, value)
    await stage.play(0.5)
    stage.wall += 1.0
    stage.pump.present()
    shown = [mark for mark in stage.screen.given["coherence"][-1].marks if not mark.is_found]
    stage.simulation.settle()
    marks = change_marks(session_of(stage.simulation).steps)
    assert [Mark(mark.t, mark.label) for mark in shown] == marks
    return [mark.label for mark in marks][before:]


def test_marks_say_changes_in_plain_words() -> None:
    """Delay, loss and responses by their values; a curve only that it was redrawn; no constants."""

    async def body(stage: Stage) -> None:
        assert await marked(stage, delay=0.7) == ["delay 0.70 s"]
        assert await marked(stage, loss=0.25) == ["loss 0.25"]
        assert await marked(stage, response="mirollo-strogatz") == ["response mirollo-strogatz"]
        assert await marked(stage, eps=0.01) == ["eps 0.010"]
        assert await marked(stage, response="drawn", points=CURVE) == ["response drawn"]
        assert await marked(stage, points=CURVE[:1] + CURVE[2:]) == ["response redrawn"]
        session = session_of(stage.simulation)
        kept = {name for step in session.steps for name, _ in step.change}
        assert {"a", "c", "slopes"} <= kept, "constants are in the session all the same"

    run_staged(body)


def test_undo_says_that_a_response_was_redrawn() -> None:
    """Its points have no single number; choices and values are said as ever."""

    async def body(stage: Stage) -> None:
        def said() -> str:
            return stage.screen.toasts[-1]

        stage.controller.type_value("response", "drawn")
        stage.controller.type_value("points", "0:0,0.4:-0.1,1:0.05")
        await stage.play(0.1)
        stage.controller.undo()
        await stage.follow()
        assert said() == "Undone: response redrawn"
        stage.controller.redo()
        await stage.follow()
        assert said() == "Done again: response redrawn"
        stage.controller.undo()
        await stage.follow()
        stage.controller.undo()
        await stage.follow()
        assert said() == "Undone: Response constant again"

    run_staged(body)


@pytest.mark.parametrize("response", ["mirollo-strogatz", "drawn"])
def test_captions_tell_a_curve_by_its_points_and_no_constants(response: str) -> None:
    """What is written beside a picture can be read."""
    told = caption_lines(1.0, None, Parameters(response=response, points=LONG, eps=0.02))
    assert f"Response {response}" in told
    assert ("Points 5" in told) is (response == "drawn")
    assert not [line for line in told if line.split()[0].lower() in {"a", "c", "slopes"}]
