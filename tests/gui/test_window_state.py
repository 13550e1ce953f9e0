"""Wishes and what is known of the run make one frozen state; the window is shown differences."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gui
from experiments import GALLERY, Action, Parameters, Simulation, as_file
from gui.controllers.presenting import Presenting
from gui.models.brush import Brush
from gui.models.colouring import Colouring
from gui.models.current_run import CurrentRun
from gui.models.drawing import Drawing
from gui.models.findings import Findings, Note
from gui.models.intent import Intent
from gui.models.place import Beginning
from gui.models.timeline import Timeline
from gui.models.window_state import resolve
from tests.gui.fake_screen import FakeScreen
from tests.gui.staged import SMALL, Stage, run_staged

HANDS = {"computing", "wishes", "hand", "time_zoom", "run_files", "time_wishes"}
"""Controllers that turn what the user's hands do into wishes."""


class CountingScreen(FakeScreen):
    """Notes what it is asked to show."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("show_"):
            self.asked.append(name)
        return super().__getattribute__(name)


def of_preset(name: str) -> Beginning:
    """What a run with a preset of the gallery begins with."""
    return Beginning.of(as_file(next(each for each in GALLERY if each.name == name)), name)


def presented() -> tuple[Presenting, Intent, CurrentRun, CountingScreen]:
    """What shows a run, and what it is made of."""
    intent, current, screen = Intent(), CurrentRun(), CountingScreen()
    return Presenting(Simulation(SMALL), intent, current, screen), intent, current, screen


def test_the_first_time_everything_shows_and_then_nothing_but_differences() -> None:
    """What is as it was is not shown again, whoever asks for it and however often."""
    presenting, intent, _, screen = presented()
    presenting.show()
    assert {"show_parameters", "show_playing", "show_view", "show_brush"} <= set(screen.asked)
    assert len(screen.asked) == len(set(screen.asked))
    screen.asked.clear()
    presenting.show()
    assert screen.asked == []

    changes: dict[str, Callable[[], object]] = {
        "show_playing": intent.toggle_play,
        "show_view": lambda: setattr(intent, "view", Colouring.ORDER),
        "show_calm": lambda: setattr(intent, "is_calm", True),
        "show_drawing": lambda: setattr(intent, "drawing", Drawing.TILES),
        "show_population": lambda: setattr(intent, "population", "compiled"),
        "show_hearers": lambda: setattr(intent, "pointed_at", 7),
        "show_pinned": lambda: setattr(intent, "pinned", 7),
        "show_brush": lambda: setattr(intent, "brush", Brush.FLASH),
        "show_parameters": intent.note_touched,
        "show_refusal": lambda: presenting.findings.refuse("nudge", "too much"),
        "show_note": lambda: setattr(presenting.findings, "note", Note("Waking", True)),
        "show_timeline": lambda: setattr(presenting.findings, "timeline", Timeline(1, 2, (), "")),
        "show_firefly": lambda: setattr(presenting.findings, "firefly", "Firefly 7"),
    }
    for shown, change in changes.items():
        change()
        presenting.show()
        assert screen.asked == [shown]
        screen.asked.clear()


def test_what_is_refused_again_is_said_again_and_taken_back_once() -> None:
    """Words that have gone by themselves come back, though they are the same."""
    presenting, _, _, screen = presented()
    presenting.show()
    screen.asked.clear()
    for _ in range(2):
        presenting.findings.refuse("nudge", "too much")
        presenting.show()
    assert screen.asked == ["show_refusal"] * 2
    assert screen.refusals == {"nudge": "too much"}
    for _ in range(2):
        presenting.findings.accept("nudge")
        presenting.show()
    assert screen.asked == ["show_refusal"] * 3
    assert screen.refusals == {}


def test_resolving_changes_nothing_and_depends_on_nothing_else() -> None:
    """The same wishes and the same run give the same state; both are as they were."""
    intent, findings = Intent(), Findings()
    current = CurrentRun(beginning=of_preset("Small swarm"))
    intent.begin_anew("preset", beginning=of_preset("Huge swarm"), side=5)
    intent.touch(Action.FLASH_NOW, {1, 2})
    findings.refuse("nudge", "too much")
    before = copy.deepcopy((intent, findings, current.beginning))
    first = resolve(intent, current, findings, SMALL)
    assert resolve(intent, current, findings, SMALL) == first
    after = (intent, findings, current.beginning)
    assert [repr(each) for each in after] == [repr(each) for each in before]


def test_the_values_shown_are_those_to_come_or_at_the_speed_of_the_replay() -> None:
    """While a swarm is made its own; of a repeat those in force, but for the speed chosen."""
    intent, current, findings = Intent(), CurrentRun(), Findings()
    assert resolve(intent, current, findings, SMALL).values == SMALL
    current.replay_speed = 7.0
    assert resolve(intent, current, findings, SMALL).values == SMALL.replace(speed=7.0)
    intent.pinned = 3
    assert resolve(intent, current, findings, SMALL).pinned == 3
    findings.staged = Parameters(side=9)
    staged = resolve(intent, current, findings, SMALL)
    assert (staged.values, staged.pinned) == (Parameters(side=9), None)


def test_a_preset_is_named_as_soon_as_it_is_wished_for() -> None:
    """And from then on with what has been changed; what another restart keeps stays."""
    intent, findings = Intent(), Findings()
    small, huge = of_preset("Small swarm"), of_preset("Huge swarm")
    assert small.given is not None
    current = CurrentRun(beginning=small)

    def name(values: Parameters) -> str:
        return resolve(intent, current, findings, values).preset.name

    assert name(small.given) == "Small swarm"
    assert name(small.given.replace(nudge=0.33)) == "Small swarm, changed"
    intent.begin_anew("new seed 5", seed=5)
    assert name(small.given.replace(nudge=0.33)) == "Small swarm, changed"
    intent.begin_anew("preset Huge swarm", beginning=huge)
    assert name(small.given.replace(nudge=0.33)) == "Huge swarm"
    current.is_painted = True
    current.begin(intent.take_restart())
    assert huge.given is not None
    assert name(huge.given) == "Huge swarm"
    current.is_painted = True
    assert name(huge.given) == "Huge swarm, changed"


def test_frames_in_which_nothing_changes_show_nothing_but_the_time() -> None:
    """A run that plays: pictures, panels, and the status line now and then."""

    async def body(stage: Stage) -> None:
        await stage.play(1.0)
        calls: list[str] = []
        for name in ("parameters", "playing", "view", "calm", "brush", "pinned", "preset", "note"):
            setattr(stage.screen, f"show_{name}", lambda *_given, name=name: calls.append(name))
        before = len(stage.screen.statuses)
        await stage.play(2.0)
        assert calls == []
        assert 2 <= len(stage.screen.statuses) - before <= 15
        stage.controller.move_value("nudge", 0.06)
        await stage.play(0.1)
        assert calls == ["parameters"]

    run_staged(body)


def test_intent_is_written_by_the_user_s_hands_alone() -> None:
    """Elsewhere nothing of it is set: wishes are taken out by its own methods."""
    written = []
    for path in Path(gui.__file__).parent.rglob("*.py"):
        if path.stem in HANDS or path.stem == "intent":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            targets: list[ast.expr] = []
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
                targets = [node.target]
            for each in targets:
                parts = each.elts if isinstance(each, ast.Tuple) else [each]
                written += [
                    f"{path.stem}: {ast.unparse(part)}"
                    for part in parts
                    if isinstance(part, ast.Attribute)
                    and ast.unparse(part.value).rpartition(".")[2] in ("intent", "_intent")
                ]
    assert written == ["pump: intent.on_wish"]  # who listens, and no wish
