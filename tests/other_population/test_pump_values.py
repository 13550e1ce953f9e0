"""As `tests/gui/test_pump_values.py` says."""

from tests.gui.test_pump_values import *
