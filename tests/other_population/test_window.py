"""As `tests/gui/test_window.py` says."""

from tests.gui.test_window import *
