"""The window's state: all that it shows beside pictures and panels, as one frozen whole.

The user's wishes and the findings about the run are mutable; :func:`resolve`, a pure function,
makes of them what is to be shown, and only differences are shown. Toasts and notices, which are
said once, are not part of the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from experiments import Parameters
from gui.models.brush import Brush
from gui.models.colouring import Colouring
from gui.models.current_run import CurrentRun
from gui.models.drawing import Drawing
from gui.models.findings import Findings, Note, Refusal
from gui.models.first_start import story_of
from gui.models.intent import Intent
from gui.models.preset_words import PresetWords, preset_words, words_as_given
from gui.models.status_readout import StatusReadout
from gui.models.stroke_shape import StrokeShape
from gui.models.timeline import Timeline


@dataclass(frozen=True, slots=True)
class WindowState:
    """What the window shows at one moment.

    Attributes
    ----------
    values
        Of the parameters, as the controls show them.
    n_touched
        How often the user has touched them: since then they may show other values.
    refusals
        Why values were refused, by the name of the parameter.
    is_playing
        Whether time passes.
    view
        What the colour of a firefly means.
    is_calm
        Whether every change of brightness is softened.
    population
        What was chosen to compute the fireflies.
    is_mirrored
        Whether the compiled population runs beside them.
    drawing
        How fireflies are drawn.
    marks_defects
        Whether phase defects are marked.
    brush, brush_width, shape
        What is in the hand; its width in cells; the shape of its strokes.
    preview
        Ids of the fireflies within the shape that is being drawn.
    pinned
        The firefly that is held on to, or None.
    looked_at
        The firefly whose hearers are framed: the one held on to, or else the one that is pointed
        at with nothing in the hand; None for none.
    preset
        What is said of the preset that the run began with.
    note
        Words over the grid.
    story
        Lines over the grid that tell what there is to see; none if it isn't told.
    timeline
        Where a run that is repeated is; None if none is.
    status
        What the status line says; None before there is anything to say.
    firefly
        What is known of the firefly that is looked at.
    """

    values: Parameters
    n_touched: int
    refusals: Mapping[str, Refusal]
    is_playing: bool
    view: Colouring
    is_calm: bool
    drawing: Drawing
    population: str
    is_mirrored: bool
    marks_defects: bool
    brush: Brush
    brush_width: int
    shape: StrokeShape
    preview: frozenset[int]
    pinned: int | None
    looked_at: int | None
    preset: PresetWords
    note: Note
    story: tuple[str, ...]
    timeline: Timeline | None
    status: StatusReadout | None
    firefly: str


def resolve(
    intent: Intent, current: CurrentRun, findings: Findings, pending: Parameters
) -> WindowState:
    """What the window is to show.

    Parameters
    ----------
    intent
        What the user wants.
    current
        What is known of the run.
    findings
        What there is to say of it.
    pending
        The parameters in force once all that was asked for has taken effect.
    """
    is_staged = findings.staged is not None
    values = pending if findings.staged is None else findings.staged
    if not is_staged and current.replay_speed is not None:
        values = pending.replace(speed=current.replay_speed)
    return WindowState(
        values=values,
        n_touched=intent.n_touched,
        refusals=findings.refusals,
        is_playing=intent.is_playing,
        view=intent.view,
        is_calm=intent.is_calm,
        drawing=intent.drawing,
        population=intent.population,
        is_mirrored=intent.is_mirrored,
        marks_defects=intent.marks_defects,
        brush=intent.brush,
        brush_width=intent.brush_width,
        shape=intent.shape,
        preview=intent.preview,
        pinned=None if is_staged else intent.pinned,
        looked_at=None if is_staged else _looked_at(intent),
        preset=_preset(intent, current, values),
        note=findings.note,
        story=_story(intent, findings, values),
        timeline=findings.timeline,
        status=findings.status,
        firefly=findings.firefly,
    )


def _looked_at(intent: Intent) -> int | None:
    if intent.pinned is not None:
        return intent.pinned
    return intent.pointed_at if intent.brush is Brush.LOOK else None


def _story(intent: Intent, findings: Findings, values: Parameters) -> tuple[str, ...]:
    """The story, where no note is in its way."""
    return story_of(values) if intent.tells_story and not findings.note.words else ()


def _preset(intent: Intent, current: CurrentRun, values: Parameters) -> PresetWords:
    """The words of the preset chosen last, even before its run has begun."""
    wanted = intent.wanted_beginning(current.beginning)
    if wanted.preset is not current.beginning.preset:
        return words_as_given(wanted)
    return preset_words(current.beginning, values, is_painted=current.is_painted)
