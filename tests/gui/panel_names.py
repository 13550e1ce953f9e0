"""Names of the panels there are, for tests that go through all of them."""

from gui.instruments.registry import PANELS

PANEL_NAMES = list(PANELS)
SHOWN_AT_FIRST = frozenset(panel.name for panel in PANELS.values() if panel.is_shown_at_first)
