"""The look of a preset: the view and panels it opens with, and what is too fast for eyes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from experiments import Parameters, PresetError, PresetFile, PresetWindow, load_preset, save_preset
from gui.__main__ import main
from gui.controllers.preset_look import dressed, look_of
from gui.models.colouring import Colouring
from gui.models.look import AT_FIRST, Look
from tests.gui.panel_names import PANEL_NAMES
from tests.gui.staged import SMALL, Stage, run_staged

FAST = SMALL.replace(speed=20.0)
"""In step they would flash twenty times a second."""


def preset_of(
    view: str = "", panels: tuple[str, ...] | None = None, parameters: Parameters = SMALL
) -> PresetFile:
    """A preset with a look."""
    return PresetFile("mine", "", parameters.values(), window=PresetWindow(view, panels))


def test_a_preset_is_opened_as_it_says_unless_something_else_is_asked_for() -> None:
    """What it leaves out is as it would be without it."""
    preset = preset_of("order", ("rate", "raster"))
    look, why = dressed(AT_FIRST, preset, SMALL)
    assert (look.view, look.panels, why) == (Colouring.ORDER, frozenset({"rate", "raster"}), "")
    asked = Look(view=Colouring.GLOW, panels=frozenset({"engine"}))
    assert dressed(asked, preset, SMALL) == (asked, "")
    assert dressed(AT_FIRST, preset_of(), SMALL) == (AT_FIRST, "")
    assert dressed(AT_FIRST, None, SMALL) == (AT_FIRST, "")
    assert dressed(AT_FIRST, preset_of(panels=()), SMALL)[0].panels == frozenset()


def test_what_is_too_fast_for_eyes_opens_in_phase_and_says_why() -> None:
    """In step it would be evened out to nothing; somebody who asks for the glow gets it."""
    for view in ("", "glow"):
        look = look_of(preset_of(view), FAST)
        assert look.view is Colouring.PHASE
        assert look.why == (
            "Shown by phase: at speed 20.0x all in step would flash 20 times a second, "
            "too fast for eyes"
        )
    assert look_of(preset_of("order"), FAST).why == ""
    assert look_of(preset_of(), FAST, Colouring.ORDER).view is None
    asked = Look(view=Colouring.GLOW)
    assert dressed(asked, preset_of("glow"), FAST) == (asked, "")
    assert "as fast as it can" in look_of(preset_of(), SMALL.replace(speed=float("inf"))).why


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (PresetWindow("fase"), r"window.view must be one of glow, phase, order.*, got 'fase'"),
        (
            PresetWindow("", ("rate", "plot")),
            rf"window.panels must be some of {', '.join(PANEL_NAMES)}, got 'plot'",
        ),
    ],
)
def test_names_that_there_are_not_are_refused(
    window: PresetWindow, words: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In one sentence that says which there are; on the command line too, before anything runs."""
    preset = PresetFile("mine", "", SMALL.values(), window=window)
    with pytest.raises(PresetError, match=words):
        look_of(preset, SMALL)
    path = tmp_path / "mine.toml"
    save_preset(path, preset)
    with pytest.raises(SystemExit) as end:
        main(["--preset", str(path), "--screenshot", str(tmp_path / "a.png")])
    assert end.value.code == 2
    err = capfd.readouterr().err
    assert err.count("\n") == 1
    assert re.search(rf"--preset {re.escape(str(path))}: {words}", err)

    async def body(stage: Stage) -> None:
        before = stage.intent.view
        stage.controller.open_preset(str(path))
        assert re.match(f"Not opened: in {re.escape(str(path))}, {words}", stage.screen.toasts[-1])
        assert (stage.intent.restart, stage.intent.view) == (None, before)

    run_staged(body)


def test_choosing_a_preset_shows_its_view_and_panels(tmp_path: Path) -> None:
    """And one that says nothing of them leaves them as they are."""
    path, plain = tmp_path / "mine.toml", tmp_path / "plain.toml"
    save_preset(path, preset_of("order", ("rate",)))
    save_preset(plain, preset_of())

    async def body(stage: Stage) -> None:
        for file in (path, plain):
            stage.controller.open_preset(str(file))
            await stage.follow()
            assert stage.screen.view is Colouring.ORDER
            assert stage.screen.panels == {"rate"}

    run_staged(body)


def test_a_preset_that_is_too_fast_says_so_when_it_is_chosen(tmp_path: Path) -> None:
    """Where the glow would have shown."""
    path = tmp_path / "fast.toml"
    save_preset(path, preset_of(parameters=FAST))

    async def body(stage: Stage) -> None:
        stage.controller.open_preset(str(path))
        assert stage.screen.view is Colouring.PHASE
        assert "too fast for eyes" in stage.screen.toasts[-1]

    run_staged(body)


def test_saving_ones_own_writes_the_view_and_the_panels_that_show(tmp_path: Path) -> None:
    """So that it opens as one sees it."""
    path = tmp_path / "mine.toml"

    async def body(stage: Stage) -> None:
        stage.controller.choose_view(Colouring.PHASE)
        stage.screen.panels = frozenset({"raster", "coherence"})
        stage.controller.save_preset(str(path))

    run_staged(body)
    assert load_preset(path).window == PresetWindow("phase", ("coherence", "raster"))
    assert '[window]\nview = "phase"\n' in path.read_text(encoding="utf-8")
