"""The look of a preset: its view and its panels, and another view where it is too fast for eyes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from experiments import Parameters, PresetError, PresetFile, PresetWindow
from gui.instruments.registry import PANELS
from gui.models.colouring import LEGENDS, Colouring
from gui.models.look import Look
from gui.models.scales import value_text
from gui.picture.frame_buffer import CALM_RATE_HZ


@dataclass(frozen=True, slots=True)
class PresetLook:
    """How a window opens a preset.

    Attributes
    ----------
    view
        What the colours mean; None: what they do already.
    panels
        Names of those shown; None: as they are.
    why
        Why it is another view than the preset's or the present one, in a sentence; else empty.
    """

    view: Colouring | None = None
    panels: frozenset[str] | None = None
    why: str = ""


def look_of(
    preset: PresetFile, parameters: Parameters, present: Colouring = Colouring.GLOW
) -> PresetLook:
    """How a window opens a preset.

    In step all flash at once. Where that is more often in a second of real time than a glow shows
    in full, as the flash guard has it, the phase is shown, in which there is something to see.

    Parameters
    ----------
    preset
        What is opened.
    parameters
        What its run begins with.
    present
        What the colours mean by now.

    Raises
    ------
    PresetError
        It names a view or a panel that there isn't.
    """
    view, panels = _view(preset.window.view), _panels(preset.window.panels)
    rate = parameters.speed / parameters.period
    if (view or present) is not Colouring.GLOW or rate <= CALM_RATE_HZ:
        return PresetLook(view, panels)
    speed = value_text("speed", parameters.speed)
    often = f"{rate:,.0f} times a second" if rate < 1e6 else "as fast as it can"
    why = f"Shown by {LEGENDS[Colouring.PHASE].label.lower()}: at speed {speed} all in step would "
    return PresetLook(Colouring.PHASE, panels, f"{why}flash {often}, too fast for eyes")


def dressed(look: Look, preset: PresetFile | None, parameters: Parameters) -> tuple[Look, str]:
    """A look with what a preset says of it, where nothing else was asked for; and why, if need be.

    Raises
    ------
    PresetError
        It names a view or a panel that there isn't.
    """
    if preset is None:
        return look, ""
    found = look_of(preset, parameters)
    view, why = (found.view, found.why) if look.view is None else (look.view, "")
    panels = found.panels if look.panels is None else look.panels
    return replace(look, view=view, panels=panels), why


def window_as_shown(view: Colouring, panels: Collection[str]) -> PresetWindow:
    """What a preset says of a window that shows such a view, and such panels."""
    return PresetWindow(view.value, tuple(name for name in PANELS if name in panels))


def _view(name: str) -> Colouring | None:
    known = [each.value for each in Colouring]
    if name and name not in known:
        raise PresetError(f"window.view must be one of {', '.join(known)}, got '{name}'")
    return Colouring(name) if name else None


def _panels(names: Iterable[str] | None) -> frozenset[str] | None:
    if names is None:
        return None
    found = frozenset(names)
    if unknown := sorted(found - set(PANELS)):
        allowed = f"some of {', '.join(PANELS)}"
        raise PresetError(f"window.panels must be {allowed}, got '{unknown[0]}'")
    return found
