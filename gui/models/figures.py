"""The figures of the engine section: what the window measured of itself, in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gui.metrics import Summary

FIGURES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
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
    }
)
"""Name for people and explanation of each figure shown, by metric."""


def figure_texts(latest: Mapping[str, Summary]) -> dict[str, str]:
    """What to write for each figure, of the last second; nothing where nothing was read."""
    texts = {}
    for name in FIGURES:
        summary = latest.get(name)
        if summary is None:
            texts[name] = "\N{EN DASH}"
        elif name.endswith("_ms"):
            texts[name] = f"{summary.mean:.1f} ms, p99 {summary.p99:.1f} ms"
        else:
            texts[name] = f"{summary.mean:,.0f} /s"
    return texts
