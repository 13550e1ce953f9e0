"""The figures of the engine and the window, in words, and the lateness of all fireflies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from experiments import Parameters
from gui.instruments.panel import Area, Instrument, RunSoFar, instant_shown
from gui.models.lateness import LatenessPicture, lateness_picture
from gui.models.metrics import Summary

FIGURES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "runs": ("Workflows", "Runs under way on the one shared engine"),
        "in_flight": (
            "Pulses in flight",
            "Sent and not yet arrived, one a flash; without a delay there are none",
        ),
        "wakes_per_s": ("Wakes", "Resumptions of workflows in the last second"),
        "loop_lag_ms": (
            "Loop lag",
            "How late the event loop is: mean, and 99th percentile",
        ),
        "render_jitter_ms": (
            "Frame jitter",
            "How far two frames are from a sixtieth of a second apart: mean, and 99th percentile",
        ),
        "flush_duration_ms": (
            "Picture",
            "From the flash log to a picture ready to paint: mean, and 99th percentile",
        ),
        "lateness_ms": (
            "Lateness",
            "From the moment asked for to the moment a flash comes to light: mean, and 99th "
            "percentile",
        ),
        "frames_dropped": ("Frames dropped", "Pictures left out since the start of the swarm"),
        "differences": (
            "Mirror",
            "Flashes that differ from those of the compiled population beside the run, of all that "
            "were compared: 0, or one of the two is wrong",
        ),
        "speed_achieved": ("Speed held", "Virtual seconds per second of yours"),
    }
)
"""Name for people and explanation of each figure shown, by metric."""


_LONG_MS: Final = 999.95
"""From so many milliseconds on there would be too many digits for the panel."""


def figure_texts(
    latest: Mapping[str, Summary], counts: Mapping[str, int] = MappingProxyType({})
) -> dict[str, str]:
    """What to write for each figure; nothing where nothing was read.

    Parameters
    ----------
    latest
        What was measured in the last second.
    counts
        What is counted and not measured; see :class:`~gui.models.metrics.Measured`.
    """
    texts = {}
    for name in FIGURES:
        summary = latest.get(name)
        if name == "differences" and name in counts:
            texts[name] = f"{counts[name]:,} of {counts['mirrored']:,} differ"
        elif name in counts:
            texts[name] = f"{counts[name]:,}"
        elif summary is None:
            texts[name] = "\N{EN DASH}"
        elif name.endswith("_ms"):
            both = summary.mean, summary.p99
            scale, unit = (1e-3, "s") if max(both) >= _LONG_MS else (1.0, "ms")
            mean, p99 = (f"{scale * each:.1f}" for each in both)
            texts[name] = f"{mean}, p99 {p99} {unit}"
        elif name == "speed_achieved":
            texts[name] = f"{summary.mean:.3g}x"
        else:
            texts[name] = f"{summary.mean:,.0f} /s"
    return texts


@dataclass(frozen=True, slots=True)
class EnginePicture:
    """What the panel shows: what to write for each figure, and the lateness of all."""

    texts: Mapping[str, str]
    lateness: LatenessPicture


def engine_picture(run: RunSoFar) -> EnginePicture:
    """The figures of the last second, and how late the last flash of each firefly came."""
    side = run.instant.parameters.side
    texts = figure_texts(run.measured.latest, run.measured.counts)
    return EnginePicture(texts, lateness_picture(run.lateness, side))


def _empty(parameters: Parameters) -> EnginePicture:
    unknown = np.full(parameters.n_fireflies, np.nan)
    return EnginePicture(figure_texts({}), lateness_picture(unknown, parameters.side))


def _depends_on(run: RunSoFar) -> tuple[object, ...]:
    return *instant_shown(run), run.measured


ENGINE: Final = Instrument(
    name="engine",
    title="Engine",
    key="Ctrl+7",
    sentence="What the engine and the window measured in the last second, and how late the last "
    "flash of each firefly came to light. On its map point: read out; wheel: zoom; drag: move; "
    "double click: all",
    view="gui.instruments.engine_view:EngineView",
    area=Area.LEFT,
    compute=engine_picture,
    interval_s=1 / 4,
    depends_on=_depends_on,
    empty=_empty,
)
