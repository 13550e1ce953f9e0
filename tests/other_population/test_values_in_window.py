"""As `tests/gui/test_values_in_window.py` says."""

from tests.gui.test_values_in_window import *
