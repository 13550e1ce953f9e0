"""The controls, which are the window's own: it gives them the parameters."""

from __future__ import annotations

from typing import Final

from gui.instruments.panel import Area, Panel

CONTROLS: Final = Panel(
    name="controls",
    title="Controls",
    key="Ctrl+1",
    sentence="The parameters of the model, views and brushes",
    area=Area.RIGHT,
    is_shown_at_first=True,
)
