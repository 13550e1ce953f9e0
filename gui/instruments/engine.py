"""The figures of the engine and the window: what was measured in the last second, in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gui.instruments.panel import Area, Panel
from gui.models.metrics import Summary

FIGURES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "runs": ("Workflows", "Runs under way on the one shared engine"),
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
        "speed_achieved": ("Speed held", "Virtual seconds per second of yours"),
    }
)
"""Name for people and explanation of each figure shown, by metric."""


def figure_texts(
    latest: Mapping[str, Summary], counts: Mapping[str, int] = MappingProxyType({})
) -> dict[str, str]:
    """What to write for each figure; nothing where nothing was read.

    Parameters
    ----------
    latest
        What was measured in the last second.
    counts
        What is counted and not measured: ``runs`` and ``frames_dropped``.
    """
    texts = {}
    for name in FIGURES:
        summary = latest.get(name)
        if name in counts:
            texts[name] = f"{counts[name]:,}"
        elif summary is None:
            texts[name] = "\N{EN DASH}"
        elif name.endswith("_ms"):
            texts[name] = f"{summary.mean:.1f}, p99 {summary.p99:.1f} ms"
        elif name == "speed_achieved":
            texts[name] = f"{summary.mean:.3g}x"
        else:
            texts[name] = f"{summary.mean:,.0f} /s"
    return texts


ENGINE: Final = Panel(
    name="engine",
    title="Engine",
    key="Ctrl+7",
    sentence="What the engine and the window measured in the last second",
    view="gui.instruments.engine_view:FigureTable",
    area=Area.LEFT,
)
